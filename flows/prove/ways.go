package prove

import (
	"context"
	"strings"

	"engawa/flows"
)

// spot is one place of a walk along what the authors wrote: only the buttons on
// the screen are pressed, no way out of the root.
type spot struct {
	s      flows.State
	key    string // scene, memory that matters, what is on the screen
	way    trail
	taps   int
	helped bool // a card or a human has been offered on the way
	next   []int
	help   bool // a card, a human or an end is right here
}

// maxTaps is how many taps the first card or human may be away: P11.
const maxTaps = 3

// walkWays holds the promises about ways: from every entrance, and from every
// check-in, by day and by night. It is false if ctx ended.
func (c *checker) walkWays(ctx context.Context) bool {
	for _, id := range c.b.Order {
		f := c.bones.Flows[id]
		if f == nil || !c.touched(id) {
			continue
		}
		if ctx.Err() != nil {
			return false
		}
		for _, v := range c.hours() {
			c.walkFrom(id, f.Start, v, true)
		}
	}
	for _, key := range c.checkIns() {
		for _, v := range c.hours() {
			c.walkFrom(c.bones.Scenes[key].Flow, key, v, false)
		}
	}
	c.heardElsewhere()
	c.reachable()
	return true
}

func (c *checker) hours() []*flows.View {
	if c.always {
		return []*flows.View{&c.day}
	}
	return []*flows.View{&c.day, &c.night}
}

// checkIns lists where あとで leads, in the order of the scenes' names.
func (c *checker) checkIns() (keys []flows.SceneKey) {
	for _, sc := range c.sortedScenes() {
		for i := range sc.Choices {
			c.held("P10")
			l := sc.Choices[i].Later
			if l == nil {
				continue
			}
			target := c.bones.Scenes[l.Scene]
			switch {
			case target == nil:
				c.find(Finding{Property: "P10", Severity: Error, Key: choiceKey(sc, i), Why: "「あとで」の行き先の場面がありません。", Fix: "「場面」を、ある場面の名前にします。"})
			case l.Days < 1 || l.Days > 30:
				c.find(Finding{Property: "P10", Severity: Error, Key: choiceKey(sc, i), Why: "「あとで」の日は、1から30までです。"})
			case !has(keys, l.Scene) && c.touched(target.Flow):
				keys = append(keys, l.Scene)
			}
		}
	}
	return keys
}

// walk is one such walk.
type walk struct {
	c       *checker
	v       *flows.View
	places  []*spot
	known   map[string]int
	flow    flows.FlowID
	from    flows.SceneKey
	entered bool // from an entrance: nothing has been offered yet
}

func (c *checker) walkFrom(id flows.FlowID, start flows.SceneKey, v *flows.View, entrance bool) {
	w := &walk{c: c, v: v, known: map[string]int{}, flow: id, from: start, entered: entrance}
	guest := flows.State{Greeted: true, DraftTold: true, Turn: 1, Last: v.Now.Unix() - 60, Visit: v.Now.Unix() - 600}
	e := flows.Event{ID: "e", Kind: flows.EvTap, At: v.Now, Tap: flows.Tap{Exit: flows.ExMenu, Arg: string(start), Turn: 1}}
	words := "「" + c.labelOf(e.Tap) + "」"
	if !entrance {
		guest.Consent = "checkin:1"
		e = flows.Event{ID: "e", Kind: flows.EvTimer, At: v.Now, Timer: flows.Timer{Kind: flows.TimerCheckIn, Key: guest.Consent, Scene: start, At: v.Now}}
		words = "(声をかける日が来る)"
	}
	day := *v
	if !entrance { // a check-in is spoken in daytime only
		day = c.day
	}
	s, out, why := flows.Step(c.bones, day, guest, e)
	if v == &c.night {
		words = "(夜に)" + words
	}
	w.arrive(-1, s, out, why, trail{}.then(words), 0, !entrance)
	for i := 0; i < len(w.places); i++ {
		w.goOn(i)
	}
	w.judge(id)
}

func (w *walk) find(f Finding) {
	f.from = w.flow
	w.c.find(f)
}

// goOn presses every button on the screen of a place.
func (w *walk) goOn(i int) {
	p := w.places[i]
	if p.s.Scene == "" || p.s.Mode != flows.ModeBot {
		return // the talk has ended or a human has been asked for
	}
	for _, b := range flows.Offered(w.c.bones, p.s) {
		tap, err := flows.DecodeTap(b.Data)
		if err != nil || tap.Scene == "" {
			continue
		}
		v := *w.v
		s, out, why := flows.Step(w.c.bones, v, p.s, flows.Event{ID: "e", Kind: flows.EvTap, At: v.Now, Tap: tap})
		w.c.report.Steps++
		w.arrive(i, s, out, why, p.way.then("「"+w.c.labelOf(tap)+"」"), p.taps+1, p.helped || p.help)
	}
}

// arrive books where a tap has led.
func (w *walk) arrive(from int, s flows.State, out []flows.Effect, why []string, way trail, taps int, helped bool) {
	s.Last = w.v.Now.Unix() - 60
	helps := w.helps(&s, out)
	var passed []flows.SceneKey
	for i := range out {
		if reaches(&out[i]) {
			passed = append(passed, showing(&out[i])...)
		}
	}
	for _, key := range passed {
		w.c.sightsOf(w.flow).shown[key] = true
	}
	for _, code := range why {
		if code == "scene.nowhere" {
			w.find(Finding{Property: "P4", Severity: Error, Key: string(w.from), Path: way.told(),
				Why: "押したあと、だれも何もしないのに場面から場面へ回りつづけます。", Fix: "どこかに「選ぶ」か「つぎ: おわり」を入れます。"})
		}
	}
	w.questions(passed, way, helped)
	key := string(s.Scene) + "\x00" + string(s.Mode)
	if sc := w.c.bones.Scenes[s.Scene]; sc != nil {
		key += "\x00" + w.c.remembered(sc.Flow, s.Memory)
	}
	if !helped {
		key += "\x00!"
	}
	at, known := w.known[key]
	if !known {
		at = len(w.places)
		w.known[key] = at
		w.places = append(w.places, &spot{s: s, key: key, way: way, taps: taps, helped: helped, help: helps})
	}
	w.places[at].help = w.places[at].help || helps
	if from >= 0 {
		w.places[from].next = append(w.places[from].next, at)
	}
}

// helps says whether a step brought a card, a human or a kind end.
func (w *walk) helps(s *flows.State, out []flows.Effect) bool {
	if s.Scene == "" || s.Mode != flows.ModeBot {
		return true
	}
	if sc := w.c.bones.Scenes[s.Scene]; sc != nil && sc.Write != flows.WriteRoute {
		return true
	}
	for i := range out {
		for j := range out[i].Bubbles {
			if out[i].Bubbles[j].Card != nil {
				return true
			}
		}
	}
	return false
}

// questions: P12. Before a card or a human nobody is asked about themselves.
func (w *walk) questions(passed []flows.SceneKey, way trail, helped bool) {
	if !w.entered || helped {
		return
	}
	for _, key := range passed {
		w.c.held("P12")
		sc := w.c.b.Scenes[key]
		if sc == nil {
			continue
		}
		for i := range sc.Choices {
			if sc.Choices[i].Remember[0] != "" {
				w.find(Finding{Property: "P12", Severity: Error, Key: choiceKey(sc, i), Path: way.told(),
					Why: "カードも人も出す前に、その人のことを聞いて、おぼえます。", Fix: "先にカードか「つなぐ」を見せて、そのあとで聞きます。"})
			}
		}
		for i, p := range sc.Texts {
			if q := aboutYou.FindString(p[flows.Ja]); q != "" {
				w.find(Finding{Property: "P12", Severity: Error, Key: textKey(sc, i), Path: way.told(),
					Why: "カードも人も出す前に、その人のことを聞いています(「" + q + "」)。", Fix: "聞かずに、選べるものを先に出します。"})
			}
		}
		if len(sc.Cards) > 0 || sc.Handoff != nil {
			return
		}
	}
}

// judge looks at the whole walk: P3 and P11.
func (w *walk) judge(id flows.FlowID) {
	w.c.held("P3")
	good := make([]bool, len(w.places))
	for changed := true; changed; {
		changed = false
		for i, p := range w.places {
			if good[i] {
				continue
			}
			ok := p.help
			for _, n := range p.next {
				ok = ok || good[n]
			}
			if ok {
				good[i], changed = true, true
			}
		}
	}
	for i, p := range w.places {
		w.c.held("P3")
		if good[i] {
			continue
		}
		why := "ここから先のどのボタンを押しても、カードにも、人にも、おわりにも着きません。"
		if len(p.next) == 0 {
			why = "ここで行き止まりです。選べるものも、カードも、人も、おわりもありません。"
		}
		w.find(Finding{Property: "P3", Severity: Error, Key: string(p.s.Scene), Path: p.way.told(), Why: why, Fix: "「選ぶ」に、カードのある場面・つなぐ場面・おわりのどれかへの道を足します。"})
	}
	if w.entered {
		w.near(id)
	}
}

// near: P11. The nearest card or human is at most three taps from the door, and
// from behind each of the door's own buttons.
func (w *walk) near(id flows.FlowID) {
	w.c.held("P11")
	dist := make([]int, len(w.places))
	const far = 1 << 20
	for i, p := range w.places {
		dist[i] = far
		if p.help && p.s.Scene != "" || p.s.Mode != flows.ModeBot || p.help && w.shows(p) {
			dist[i] = 0
		}
	}
	for range w.places {
		for i, p := range w.places {
			for _, n := range p.next {
				dist[i] = min(dist[i], dist[n]+1)
			}
		}
	}
	if len(dist) == 0 {
		return
	}
	if dist[0] > maxTaps {
		w.find(Finding{Property: "P11", Severity: Error, Key: string(w.from), Path: w.places[0].way.told(),
			Why: "この入口から3回押しても、カードにも人にも着きません。", Fix: "はじめの場面から近い所に、カードか「つなぐ」を置きます。"})
		return
	}
	for _, n := range w.places[0].next {
		if p := w.places[n]; p.s.Scene != "" && dist[n]+1 > maxTaps {
			w.find(Finding{Property: "P11", Severity: Warning, Key: string(p.s.Scene), Path: p.way.told(),
				Why: "この道では、カードか人まで3回より多く押します。", Fix: "とちゅうの場面にも、カードか「人に」の道を置きます。"})
		}
	}
}

// shows says whether an ended talk ended with a card.
func (w *walk) shows(p *spot) bool { return p.s.Scene == "" && p.taps == 0 }

// heardElsewhere: P13. Whatever a model, its silence or a misreading makes of a
// text, it leads only where a tap could have led.
func (c *checker) heardElsewhere() {
	for _, key := range c.sortedHeard() {
		c.held("P13")
		sc := c.bones.Scenes[key]
		if sc == nil || c.shown(key) || c.afterWriting(key) {
			continue
		}
		c.find(Finding{Property: "P13", Severity: Error, Key: string(key), Path: c.wayTo(key).told(), from: sc.Flow,
			Why: "ことばの読みかたしだいでだけ行ける場面です。ボタンでは行けません。", Fix: "どこかの「選ぶ」かメニューからも行けるようにします。"})
	}
}

// afterWriting says whether a scene is what follows writing in a scene that asks for it.
func (c *checker) afterWriting(key flows.SceneKey) bool {
	for _, sc := range c.bones.Scenes {
		if sc.Write == flows.WriteRoute || sc.Next == "" {
			continue
		}
		for at, hops := sc.Next, 0; at != "" && hops < 16; hops++ {
			if at == key {
				return true
			}
			next := c.bones.Scenes[at]
			if next == nil {
				break
			}
			for _, br := range next.If {
				if br.Next == key {
					return true
				}
			}
			at = next.Next
		}
	}
	return false
}

// reachable: P5. Every scene was seen on some way from an entrance.
func (c *checker) reachable() {
	for _, sc := range c.sortedScenes() {
		c.held("P5")
		if len(sc.Texts) > 0 && !c.shown(sc.Key) && !c.heard(sc.Key) {
			c.find(Finding{Property: "P5", Severity: Warning, Key: string(sc.Key),
				Why: "どの入口から、どう進んでも、この場面には来ません。", Fix: "ここへの道を足すか、場面を消します。"})
		}
		for i, br := range sc.If {
			c.held("P10")
			if br.Next != "" && c.bones.Scenes[br.Next] == nil {
				c.find(Finding{Property: "P10", Severity: Error, Key: string(sc.Key), Why: "「もし」の" + strings.Repeat("次の", i) + "行き先の場面がありません。"})
			}
		}
		if sc.Next == sc.Key {
			c.find(Finding{Property: "P4", Severity: Error, Key: string(sc.Key), Why: "「つぎ」が、自分の場面にもどります。", Fix: "「つぎ」を、ほかの場面かおわりにします。"})
		}
		if sc.Next != "" && c.bones.Scenes[sc.Next] == nil {
			c.find(Finding{Property: "P3", Severity: Error, Key: string(sc.Key), Why: "「つぎ」の行き先の場面がありません。", Fix: "「つぎ」を、ある場面かおわりにします。"})
		}
		for i := range sc.Choices {
			if ch := &sc.Choices[i]; !ch.End && c.bones.Scenes[ch.Next] == nil {
				c.find(Finding{Property: "P3", Severity: Error, Key: choiceKey(sc, i), Why: "ボタンの行き先の場面がありません。", Fix: "行き先を、ある場面かおわりにします。"})
			}
		}
	}
}
