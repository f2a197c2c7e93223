package prove

import (
	"reflect"
	"strings"

	"engawa/flows"
)

// watcher holds single steps against the promises. It belongs to one worker.
type watcher struct {
	c       *checker
	flow    flows.FlowID // where its steps begin
	found   []Finding
	checked map[string]int
	ofFlow  sights // met by what is done on every walk through the flow
	ofRoot  sights // met by what is done once for each class
}

// newWatcher watches the steps that are taken at a state.
func newWatcher(c *checker, s *flows.State) *watcher {
	return &watcher{c: c, flow: c.flowOf(s), checked: map[string]int{}, ofFlow: newSights(), ofRoot: newSights()}
}

// into adds what was seen to the whole.
func (w *watcher) into(c *checker) {
	for _, f := range w.found {
		c.find(f)
	}
	for p, n := range w.checked {
		c.checked[p] += n
	}
	c.sightsOf(w.flow).add(w.ofFlow)
	c.sightsOf("").add(w.ofRoot)
}

// broken notes a broken promise with the way to it.
func (w *watcher) broken(t *turn, property, key, why, fix string) {
	f := Finding{Property: property, Severity: Error, Key: key, Why: why, Fix: fix, Path: t.way().told(), from: w.flow}
	if t.once() {
		f.from = ""
	}
	w.found = append(w.found, f)
}

// reaches says whether an effect comes to the resident's screen.
func reaches(e *flows.Effect) bool {
	return e.Kind == flows.EfAnswer || e.Kind == flows.EfHuman || e.Kind == flows.EfNudge
}

// own says whether the person caused the event.
func own(e *flows.Event) bool { return e.Kind != flows.EvDesk && e.Kind != flows.EvTimer }

// watch holds one step against every promise about single steps.
func (w *watcher) watch(t *turn) {
	w.shape(t)
	w.scenes(t)
	if t.d.e.Standby {
		w.standby(t)
		return
	}
	switch exitOf(&t.d.e) {
	case flows.ExHuman:
		w.human(t)
	case flows.ExStop:
		w.stop(t)
	case flows.ExDelete:
		w.delete(t)
	case flows.ExSame:
		w.same(t)
	}
	w.crisis(t)
	w.alarm(t)
	w.quiet(t)
	w.rests(t)
	w.heldBack(t)
	w.notice(t)
	w.nudge(t)
	w.talked(t)
	w.due(t)
}

// shape: whatever reaches a person says something and shows the two exits first.
func (w *watcher) shape(t *turn) {
	for i := range t.out {
		e := &t.out[i]
		if !reaches(e) {
			continue
		}
		w.checked["P1"]++
		if len(e.Bubbles) == 0 {
			w.broken(t, "P3", lineKey(e), "ここで、何も言わずに終わります。", "ことばを足します。")
		}
		if len(e.Exits) < 2 || tapOf(e.Exits[0]).Exit != flows.ExHuman || tapOf(e.Exits[1]).Exit != flows.ExEnd {
			w.broken(t, "P1", lineKey(e), "「人と話す」と「ここまで」が、いつもの場所にありません。", "")
		}
	}
}

func tapOf(b flows.Button) flows.Tap {
	tap, err := flows.DecodeTap(b.Data)
	if err != nil {
		return flows.Tap{}
	}
	return tap
}

// lineKey is the file key of what an effect says.
func lineKey(e *flows.Effect) string {
	if strings.Contains(e.Line, "/") {
		return e.Line
	}
	return "line/" + e.Line
}

// scenes books which scenes taps and texts lead to, and that no walk turns in circles.
func (w *watcher) scenes(t *turn) {
	met := w.ofFlow
	if t.once() {
		met = w.ofRoot
	}
	for i := range t.out {
		e := &t.out[i]
		if !reaches(e) {
			continue
		}
		for _, key := range showing(e) {
			if t.d.e.Kind != flows.EvText || t.d.tap {
				met.shown[key] = true
			} else if _, known := met.heard[key]; !known {
				met.heard[key] = t.way()
			}
		}
	}
	w.checked["P4"]++
	for _, code := range t.why {
		if code == "scene.nowhere" {
			key := string(t.s.Scene)
			if key == "" {
				key = string(t.was.Scene)
			}
			w.broken(t, "P4", key, "押したあと、だれも何もしないのに場面から場面へ回りつづけます。", "どこかに「選ぶ」か「つぎ: おわり」を入れます。")
		}
		if code == "scene.gone" && t.d.e.Kind == flows.EvTimer {
			w.broken(t, "P10", string(t.d.e.Timer.Scene), "声をかける日が来ても、行き先の場面がありません。", "「あとで」の場面を、ある場面にします。")
		}
	}
}

// human: P1. A tap or a word, no question first, and a case that somebody reads.
func (w *watcher) human(t *turn) {
	w.checked["P1"]++
	if (t.d.e.Kind != flows.EvTap && t.d.e.Kind != flows.EvText) || w.cries(t) {
		return
	}
	if t.s.Mode == flows.ModeBot || t.s.Muted {
		w.broken(t, "P1", "", "「人と話す」を押しても、人につながりません。", "")
	}
	if t.was.Mode == flows.ModeBot && note(t, flows.NoteOpen) == nil {
		w.broken(t, "P1", "", "「人と話す」を押しても、相談員に知らせが行きません。", "")
	}
	if len(t.out) == 0 || t.out[0].Kind != flows.EfAnswer {
		w.broken(t, "P1", "", "「人と話す」に、すぐの返事がありません。", "")
	}
}

func (w *watcher) cries(t *turn) bool {
	for i := range t.d.e.Readings {
		if r := &t.d.e.Readings[i]; r.Level == flows.Clear && r.Urgency != flows.NoUrgency {
			return true
		}
	}
	return false
}

func note(t *turn, do flows.NoteDo) *flows.DeskNote {
	for i := range t.out {
		if t.out[i].Kind == flows.EfDesk && t.out[i].Desk.Do == do {
			return &t.out[i].Desk
		}
	}
	return nil
}

func count(t *turn, kind flows.EffectKind) (n int) {
	for i := range t.out {
		if t.out[i].Kind == kind {
			n++
		}
	}
	return n
}

// stop: P2. In the same step nudges end, and with a case the replies wait too.
func (w *watcher) stop(t *turn) {
	w.checked["P2"]++
	if !t.s.Stopped || t.s.Consent != "" {
		w.broken(t, "P2", "", "「もう送らないで」のあとも、こちらからの声かけが残ります。", "")
	}
	if t.n.s.Consent != "" && count(t, flows.EfCancel) == 0 {
		w.broken(t, "P2", "", "「もう送らないで」で、決まっていた声かけが取り消されません。", "")
	}
	if t.s.Mode != flows.ModeBot && !t.s.Muted && !w.cries(t) {
		w.broken(t, "P2", "", "「もう送らないで」のあとも、相談員の返事が届きます。", "")
	}
	if t.s.Mode != flows.ModeBot && t.was.Mode != flows.ModeBot && note(t, flows.NoteStopped) == nil {
		w.broken(t, "P2", "", "「もう送らないで」が、相談員に伝わりません。", "")
	}
	if count(t, flows.EfAnswer) == 0 {
		w.broken(t, "P2", "", "「もう送らないで」に、返事がありません。", "")
	}
}

// delete: P9. One tap asks, the second leaves nothing.
func (w *watcher) delete(t *turn) {
	w.checked["P9"]++
	if t.s.Ask != flows.AskDelete || count(t, flows.EfPurge) > 0 {
		w.broken(t, "P9", "", "「消す」で、消す前の確かめが出ません。", "")
		return
	}
	v := t.d.view()
	for _, e := range []flows.Event{{Kind: flows.EvTap, Tap: flows.Tap{Exit: flows.ExDeleteNow, Turn: t.s.Turn}}, {Kind: flows.EvText, Readings: []flows.Reading{{Exit: flows.ExDeleteNow}}}} {
		e.At, e.ID = v.Now, "e"
		s, out, _ := flows.Step(w.c.bones, v, t.s, e)
		if !blank(&s) {
			w.broken(t, "P9", "", "「いま消す」のあとに、覚えていることが残ります。", "")
		}
		if done := (turn{out: out}); count(&done, flows.EfPurge) != 1 || !cancelsAll(out) || note(&done, flows.NoteForgotten) == nil {
			w.broken(t, "P9", "", "「いま消す」で、鍵・時間の予約・相談員への知らせのどれかが残ります。", "")
		}
		if len(out) == 0 || !out[0].Final {
			w.broken(t, "P9", "", "「いま消す」に、お別れの返事がありません。", "")
		}
	}
}

func cancelsAll(out []flows.Effect) bool {
	for i := range out {
		if out[i].Kind == flows.EfCancel && out[i].Timer.Key == "*" {
			return true
		}
	}
	return false
}

// blank says whether nothing at all is remembered.
func blank(s *flows.State) bool { return reflect.ValueOf(*s).IsZero() }
