package release

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"engawa/flows"
)

// Changes tells in plain Japanese what residents would notice of a release: first
// what is offered, then the talks, then the fixed sentences, then the hours.
func Changes(old, now *flows.Bundle, count map[flows.SceneKey]int) (out []string) {
	out = append(out, cardChanges(old, now)...)
	out = append(out, sceneChanges(old, now, count)...)
	if n := lineChanges(old, now); n > 0 {
		out = append(out, fmt.Sprintf("決まったことばが %dこ 変わります。", n))
	}
	a, b := old.House, now.House
	if !reflect.DeepEqual(a.Hours, b.Hours) {
		out = append(out, "相談員が読む時間が変わります。")
	}
	if !reflect.DeepEqual(a.Closed, b.Closed) {
		out = append(out, "休みの日が変わります。")
	}
	if !reflect.DeepEqual(old.Menu, now.Menu) {
		out = append(out, "はじめのメニューが変わります。")
	}
	return out
}

func cardChanges(old, now *flows.Bundle) (out []string) {
	for _, id := range ids(old.Cards, now.Cards) {
		a, b := old.Cards[id], now.Cards[id]
		switch {
		case a == nil:
			out = append(out, fmt.Sprintf("「%s」の案内が新しくできます。", b.Title[flows.Ja]))
		case b == nil:
			out = append(out, fmt.Sprintf("「%s」の案内がなくなります。", a.Title[flows.Ja]))
		case a.Phone != b.Phone:
			out = append(out, fmt.Sprintf("「%s」の電話が %s から %s に変わります。", b.Title[flows.Ja], none(a.Phone), none(b.Phone)))
		case a.By != b.By || !a.Verified.Equal(b.Verified):
			out = append(out, fmt.Sprintf("「%s」を確かめた人と日が変わります。", b.Title[flows.Ja]))
		case !reflect.DeepEqual(a, b):
			out = append(out, fmt.Sprintf("「%s」の中身が変わります。", b.Title[flows.Ja]))
		}
	}
	return out
}

func none(text string) string {
	if text == "" {
		return "(なし)"
	}
	return text
}

func sceneChanges(old, now *flows.Bundle, count map[flows.SceneKey]int) (out []string) {
	for _, f := range Fates(old, now, count) {
		name := sceneTitle(old, f.Scene)
		line := ""
		switch f.Becomes {
		case Changed:
			line = fmt.Sprintf("「%s」のことばか、先へすすむ道が変わります。", name)
		case Moved:
			line = fmt.Sprintf("「%s」は「%s」に移ります。", name, sceneTitle(now, f.To))
		case Retired:
			line = fmt.Sprintf("「%s」がなくなります。いまいる人は、前のことばのまま最後まで進めます。", name)
		default:
			continue
		}
		if f.People > 0 {
			line += fmt.Sprintf("いま%d人がいます。", f.People)
		}
		out = append(out, line)
	}
	for _, key := range ids(old.Scenes, now.Scenes) {
		if old.Scenes[key] == nil {
			out = append(out, fmt.Sprintf("「%s」が新しくできます。", sceneTitle(now, key)))
		}
	}
	return out
}

// sceneTitle is a scene as its author called it: お金のこと › 家賃.
func sceneTitle(b *flows.Bundle, key flows.SceneKey) string {
	flow, name, _ := strings.Cut(string(key), "/")
	if f := b.Flows[flows.FlowID(flow)]; f != nil {
		flow = f.Title[flows.Ja]
	}
	return flow + " › " + name
}

func lineChanges(old, now *flows.Bundle) (n int) {
	for _, key := range ids(old.Lines, now.Lines) {
		if !reflect.DeepEqual(old.Lines[key], now.Lines[key]) {
			n++
		}
	}
	return n
}

// ids gives the keys of both maps in order, each once.
func ids[K ~string, V any](a, b map[K]V) []K {
	var all []K
	for _, m := range []map[K]V{a, b} {
		for k := range m {
			all = append(all, k)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
