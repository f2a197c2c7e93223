package prove

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/flows"
)

// copied is the shipped bundle with scenes, cards, flows and lines that a test may spoil.
func copied(t testing.TB) *flows.Bundle { return copyOf(shipped(t)) }

func copyOf(good *flows.Bundle) *flows.Bundle {
	b := *good
	b.Menu = slices.Clone(b.Menu)
	b.Scenes, b.Cards, b.Flows, b.Lines = map[flows.SceneKey]*flows.Scene{}, map[flows.CardID]*flows.Card{}, map[flows.FlowID]*flows.Flow{}, map[string][]flows.Phrase{}
	for k, sc := range good.Scenes {
		own := *sc
		own.Choices = slices.Clone(sc.Choices)
		b.Scenes[k] = &own
	}
	for k, c := range good.Cards {
		own := *c
		b.Cards[k] = &own
	}
	for k, f := range good.Flows {
		own := *f
		b.Flows[k] = &own
	}
	for k, ps := range good.Lines {
		for _, p := range ps {
			own := flows.Phrase{}
			for l, s := range p {
				own[l] = s
			}
			b.Lines[k] = append(b.Lines[k], own)
		}
	}
	return &b
}

func ja(s string) flows.Phrase { return flows.Phrase{flows.Ja: s} }

// lead puts a scene between the door of a flow and its first scene.
func lead(b *flows.Bundle, id flows.FlowID, sc flows.Scene) {
	sc.Flow, sc.Name = id, strings.TrimPrefix(string(sc.Key), string(id)+"/")
	b.Scenes[sc.Key] = &sc
	b.Flows[id].Start = sc.Key
	for i := range b.Menu {
		if s := b.Scenes[b.Menu[i].Scene]; s != nil && s.Flow == id {
			b.Menu[i].Scene = sc.Key
		}
	}
}

func TestABrokenPromiseIsToldWithTheShortestWay(t *testing.T) {
	t.Parallel()
	one := []flows.Phrase{ja("ひとつの文です。")}
	for name, x := range map[string]struct {
		spoil    func(b *flows.Bundle)
		property string
		path     string // how the way there ends, from the flow's own first scene on; "" = any
	}{
		"P3 a scene without a way on": {func(b *flows.Bundle) {
			b.Scenes["okane/行き止まり"] = &flows.Scene{Key: "okane/行き止まり", Flow: "okane", Name: "行き止まり", Texts: one}
			b.Scenes["okane/借金"].Choices[0].Next = "okane/行き止まり"
		}, "P3", "「借金や督促がこわい」→「" + shipped(t).Scenes["okane/借金"].Choices[0].Label[flows.Ja] + "」"},
		"P4 scenes that send everybody in circles": {func(b *flows.Bundle) {
			b.Scenes["okane/輪"] = &flows.Scene{Key: "okane/輪", Flow: "okane", Name: "輪", Texts: one, Next: "okane/輪のつぎ"}
			b.Scenes["okane/輪のつぎ"] = &flows.Scene{Key: "okane/輪のつぎ", Flow: "okane", Name: "輪のつぎ", Texts: one, Next: "okane/輪"}
			b.Scenes["okane/家賃"].Choices[0].Next = "okane/輪"
		}, "P4", ""},
		"P5 a scene that nobody reaches": {func(b *flows.Bundle) {
			b.Scenes["okane/島"] = &flows.Scene{Key: "okane/島", Flow: "okane", Name: "島", Texts: one, End: true}
		}, "P5", ""},
		"P10 a check-in that leads to a hand-off": {func(b *flows.Bundle) {
			for i := range b.Scenes["okane/しめくくり"].Choices {
				if l := b.Scenes["okane/しめくくり"].Choices[i].Later; l != nil {
					b.Scenes["okane/しめくくり"].Choices[i].Later = &flows.Later{Days: 3, Scene: "okane/頼む"}
				}
			}
		}, "P10", ""},
		"P10 a check-in that leads nowhere": {func(b *flows.Bundle) {
			b.Scenes["okane/しめくくり"].Choices[0].Later = &flows.Later{Days: 3, Scene: "okane/ない"}
		}, "P10", ""},
		"P11 help that is far": {func(b *flows.Bundle) {
			to := b.Flows["okane"].Start
			for _, name := range []flows.SceneKey{"okane/d", "okane/c", "okane/b", "okane/a"} {
				lead(b, "okane", flows.Scene{Key: name, Texts: one, Choices: []flows.Choice{{Label: ja("すすむ"), Next: to}, {Label: ja("先へ"), Next: to}}})
				to = name
			}
		}, "P11", "「お金のこと」"},
		"P12 a question before help": {func(b *flows.Bundle) {
			lead(b, "okane", flows.Scene{Key: "okane/だれ", Texts: []flows.Phrase{ja("はじめに、お名前を教えてもらえますか。")},
				Choices: []flows.Choice{{Label: ja("はい"), Next: "okane/はじめ"}, {Label: ja("いいえ"), Next: "okane/はじめ"}}})
		}, "P12", "「お金のこと」"},
		"P6 no words for the night":     {func(b *flows.Bundle) { delete(b.Lines, "crisis.life.night") }, "P6", "(夜に)(「死にたい」と書く)"},
		"label two buttons that differ": {func(b *flows.Bundle) { b.Scenes["okane/家賃"].Choices[0].Label = ja("人と話す") }, "label", "「家賃がきびしい」"},
		"card nothing stands in":        {func(b *flows.Bundle) { b.Cards["food"].Instead = "" }, "card", ""},
		"route no human, no anonymity": {func(b *flows.Bundle) {
			for _, sc := range b.Scenes {
				if sc.Flow == "okane" {
					sc.Handoff, sc.Write, sc.Cards = nil, flows.WriteRoute, nil
				}
			}
		}, "route", ""},
		"line nobody asks for":   {func(b *flows.Bundle) { b.Lines["greeting.evening"] = one }, "line", ""},
		"line without its when":  {func(b *flows.Bundle) { b.Lines["human.closed"] = one }, "line", ""},
		"house that never opens": {func(b *flows.Bundle) { b.House.Hours = map[time.Weekday][]flows.Span{} }, "house", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := copied(t)
			x.spoil(b)
			told := func(f Finding) bool {
				return f.Property == x.property && strings.HasSuffix(strings.Join(f.Path, "→"), x.path)
			}
			quick := newChecker(b, today()) // what stands in the files needs no walk
			proved(t).fork().recall(quick, "", nil)
			if quick.lint(); slices.ContainsFunc(quick.all, told) {
				return
			}
			opt := today()
			opt.until = func(f *Finding) bool { return told(*f) }
			if all, _ := proved(t).fork().Check(context.Background(), b, opt); !slices.ContainsFunc(all, told) {
				t.Errorf("got %v; want %s by %q", all, x.property, x.path)
			}
		})
	}
}
