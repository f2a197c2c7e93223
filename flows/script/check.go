package script

import (
	"fmt"
	"sort"
	"strings"

	"engawa/flows"
)

// check finds what only the whole can tell.
func (l *loader) check() {
	l.checkReferences()
	l.checkFacts()
	l.checkLines()
	l.checkLabels()
	l.checkChains()
	l.checkReach()
	l.untranslated()
}

// checkReferences looks for every scene, card and flow that something leads to.
func (l *loader) checkReferences() {
	for _, r := range l.refs {
		switch r.kind {
		case "scene":
			if l.b.Scenes[r.scene] == nil {
				l.missingScene(r)
			}
		case "card":
			if l.b.Cards[r.card] == nil {
				var known []string
				for id := range l.b.Cards {
					known = append(known, string(id))
				}
				r.tell("card", fmt.Sprintf("カード「%s」がありません。cards/%s.yaml を作るか、名前を直します。", r.card, r.card), nearestSorted(string(r.card), known))
			}
		case "flow":
			if l.b.Flows[r.local] == nil {
				var known []string
				for _, id := range l.b.Order {
					known = append(known, string(id))
				}
				r.tell("flow", fmt.Sprintf("流れ「%s」がありません。", r.local), nearestSorted(string(r.local), known))
			}
		}
	}
}

func (l *loader) missingScene(r reference) {
	var known []string
	here := string(r.local) + "/"
	for key := range l.b.Scenes {
		if name, ok := strings.CutPrefix(string(key), here); ok {
			known = append(known, name)
		} else {
			known = append(known, string(key))
		}
	}
	name := strings.TrimPrefix(string(r.scene), here)
	r.tell("scene", fmt.Sprintf("「%s」という場面がありません。", name), nearestSorted(name, append(known, endWord)))
}

func (r reference) tell(code, text, near string) {
	should := ""
	if near != "" {
		text += fmt.Sprintf("「%s」のことでしょうか。", near)
		should = r.file.instead(r.at, near)
	}
	r.file.fault(r.at, code, text, should)
}

// checkFacts looks whether each もし can ever hold and each 渡す ever carries something.
func (l *loader) checkFacts() {
	for _, sc := range l.scenes() {
		for _, br := range sc.If {
			if br.Fact == "時間" {
				continue
			}
			if !l.sets[br.Fact][br.Value] {
				l.sceneFault(sc, "fact", fmt.Sprintf("「もし」の %s=%s を「おぼえる」場面がありません。", br.Fact, br.Value))
			}
		}
		if sc.Handoff == nil {
			continue
		}
		for _, key := range sc.Handoff.Pass {
			if key != "題" && l.sets[key] == nil {
				l.sceneFault(sc, "fact", fmt.Sprintf("「渡す」の %s を「おぼえる」場面がありません。", key))
			}
		}
	}
}

// checkLines wants every fixed sentence that the root may have to say.
func (l *loader) checkLines() {
	var gone []string
	for _, k := range lineNames() {
		if l.b.Lines[k] == nil && !lines[k].maybe {
			gone = append(gone, k)
		}
	}
	if l.b.House.ReadMark && l.b.Lines["greeting.read"] == nil {
		gone = append(gone, "greeting.read")
	}
	if len(gone) > 0 {
		l.faults = append(l.faults, Fault{File: "lines", Code: "missing-line", Text: "決まったことばが足りません: " + strings.Join(gone, "・")})
	}
}

// checkLabels wants the buttons of a scene to differ in every language.
func (l *loader) checkLabels() {
	for _, sc := range l.scenes() {
		for _, lang := range flows.Langs {
			seen := map[string]bool{}
			for _, ch := range sc.Choices {
				t, ok := ch.Label[lang]
				if ok && seen[t] && lang != flows.Ja { // ja is told where it stands
					l.sceneFault(sc, "label-twice", fmt.Sprintf("%s の訳で、ボタン「%s」が2つあります。", lang, t))
				}
				seen[t] = ok
			}
		}
	}
}

// checkChains follows つぎ, which goes on without waiting: what is said in one
// breath stays within three bubbles, and never runs in a circle.
func (l *loader) checkChains() {
	for _, sc := range l.scenes() {
		said, at := 0, sc
		seen := map[flows.SceneKey]bool{}
		for at != nil && !seen[at.Key] {
			seen[at.Key] = true
			said += len(at.Texts)
			if at.Write != flows.WriteRoute || at.Next == "" {
				break
			}
			at = l.b.Scenes[at.Next]
			if at != nil && seen[at.Key] {
				l.sceneFault(sc, "circle", fmt.Sprintf("「つぎ」だけをたどると「%s」へもどってきて、止まりません。どこかに「選ぶ」を入れます。", at.Name))
			}
		}
		if said > maxBubble {
			l.sceneFault(sc, "bubbles", fmt.Sprintf("「つぎ」でつづけて出ることばが、あわせて %d つあります。%d つまでにします。", said, maxBubble))
		}
	}
}

// checkReach warns of scenes to which no way leads.
func (l *loader) checkReach() {
	seen := map[flows.SceneKey]bool{}
	var walk func(key flows.SceneKey)
	walk = func(key flows.SceneKey) {
		sc := l.b.Scenes[key]
		if sc == nil || seen[key] {
			return
		}
		seen[key] = true
		walk(sc.Next)
		for _, br := range sc.If {
			walk(br.Next)
		}
		for _, ch := range sc.Choices {
			walk(ch.Next)
			if ch.Later != nil {
				walk(ch.Later.Scene)
			}
		}
	}
	for _, id := range l.b.Order {
		walk(l.b.Flows[id].Start)
	}
	for _, sc := range l.scenes() {
		if !seen[sc.Key] {
			l.sceneFault(sc, "unreached", fmt.Sprintf("場面「%s」へ行く道がありません。", sc.Name))
			f := l.fileOf(sc)
			f.faults[len(f.faults)-1].Warn = true
		}
	}
}

// scenes lists all scenes in the order of their files.
func (l *loader) scenes() []*flows.Scene {
	var out []*flows.Scene
	for _, key := range l.sceneOrder {
		out = append(out, l.b.Scenes[key])
	}
	return out
}

func (l *loader) fileOf(sc *flows.Scene) *file { return l.sceneAt[sc.Key].file }

func (l *loader) sceneFault(sc *flows.Scene, code, text string) {
	r := l.sceneAt[sc.Key]
	r.file.fault(r.at, code, text, "")
}

// buildMenu joins house.yaml's order with the entrances' own words.
func (l *loader) buildMenu() {
	if len(l.menu) > maxMenu {
		l.house.fault(l.menu[0].at, "choices", fmt.Sprintf("メニューは %d つまでです(いま %d つ)。ほかの流れは、近い流れの「選ぶ」から「流れ/はじめ」へつなぎます。", maxMenu, len(l.menu)), "")
	}
	var known []string
	for _, id := range l.b.Order {
		known = append(known, string(id))
	}
	for _, it := range l.menu {
		if x, ok := exitWords[it.text]; ok {
			var p flows.Phrase
			if ps := l.b.Lines["exit."+string(x)]; len(ps) > 0 {
				p = ps[0]
			}
			l.b.Menu = append(l.b.Menu, flows.MenuEntry{Label: p, Exit: x})
			continue
		}
		fl := l.b.Flows[flows.FlowID(it.text)]
		if fl == nil {
			l.house.unknown(it.at, "flow", it.text, "メニュー", append(known, exitNames...))
			continue
		}
		label := l.labels[fl.ID]
		if label == nil {
			label = fl.Title
		}
		l.b.Menu = append(l.b.Menu, flows.MenuEntry{Label: label, Scene: fl.Start})
	}
}

func nearestSorted(word string, known []string) string {
	sorted := append([]string(nil), known...)
	sort.Strings(sorted)
	return nearest(word, sorted)
}
