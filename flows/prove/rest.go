package prove

import (
	"time"

	"engawa/flows"
)

// What stands in class.passed.
const (
	passedNot byte = iota
	passedOn
	passedWished
)

// restOf sorts a state by who had the talk before, and whether it rests.
func restOf(s *flows.State) class {
	k := class{facet: rest, mode: s.Mode, known: s.Case != "", muted: s.Muted, blocked: s.Blocked, paused: paused(s)}
	if s.Ask == flows.AskStop {
		k.ask = s.Ask
	}
	switch {
	case s.Wished:
		k.passed = passedWished
	case s.From != "":
		k.passed = passedOn
	}
	return k
}

func paused(s *flows.State) bool { return s.Mode == flows.ModeHuman && s.Paused != 0 }

// rested says whether the talk was paused at the moment of the step.
func (t *turn) rested() bool { return paused(&t.was) && t.was.Paused > t.d.v.Now.Unix() }

// passing is what a desk does to a talk beside answering it: somebody else takes it
// over, it comes back, it rests and goes on.
func (l *deedList) passing(until time.Time) {
	next := l.n.s.Pass + 1
	for _, do := range []struct {
		words string
		act   flows.DeskAct
	}{
		{"くわしい相談員が引きつぐ", flows.DeskAct{Do: flows.DeskPassed, Staff: "れんげ", From: suzuran, Pass: next, Why: flows.PassedKnows}},
		{"広い地域の相談員も加わる", flows.DeskAct{Do: flows.DeskPassed, Staff: "れんげ", From: suzuran, Pass: next, Why: flows.PassedWide, Stays: true}},
		{"相談員がすぐに交代する", flows.DeskAct{Do: flows.DeskPassed, Staff: "れんげ", From: suzuran, Pass: next, Why: flows.PassedRelieved}},
		{"前の相談員にもどる", flows.DeskAct{Do: flows.DeskKept, Staff: suzuran}},
		{"新しい相談員がつづける", flows.DeskAct{Do: flows.DeskKept, Staff: "れんげ"}},
		{"相談員がお休みにする", flows.DeskAct{Do: flows.DeskPaused, Until: until}},
		{"相談員がことばをそえてお休みにする", flows.DeskAct{Do: flows.DeskPaused, Until: until, Words: true}},
		{"お休みの知らせが遅れて来る", flows.DeskAct{Do: flows.DeskPaused, Until: l.c.day.Now.Add(-time.Hour)}},
		{"お休みが終わる", flows.DeskAct{Do: flows.DeskResumed}},
	} {
		l.act(do.words, do.act)
	}
	l.both(l.tap(flows.Tap{Exit: flows.ExSame}))
	l.add(texts("「そのままがいい」と書く", flows.Reading{Exit: flows.ExSame}))
}

// same: P7. Who would rather keep the one of before is answered at once, and the
// desk hears it once; nothing else changes until the desk has decided.
func (w *watcher) same(t *turn) {
	if t.was.Mode != flows.ModeHuman || t.was.From == "" || w.cries(t) {
		return
	}
	w.checked["P7"]++
	told, want := 0, 1
	if t.was.Wished {
		want = 0
	}
	for i := range t.out {
		if t.out[i].Kind == flows.EfDesk && t.out[i].Desk.Do == flows.NoteSame {
			told++
		}
	}
	if told != want {
		w.broken(t, "P7", "", "「そのままがいい」が、相談員にちょうど一度は伝わりません。", "")
	}
	if count(t, flows.EfAnswer) == 0 || t.s.Mode != flows.ModeHuman || t.s.Staff != t.was.Staff {
		w.broken(t, "P7", "", "「そのままがいい」に返事がないか、相談員が決める前に何かが変わります。", "")
	}
}

// rests: P7. Whoever takes a talk over is named once and with a way to say no; a
// pause says until when, and how to reach help meanwhile.
func (w *watcher) rests(t *turn) {
	act := &t.d.e.Desk
	if t.d.e.Kind != flows.EvDesk || act.Case != t.was.Case || t.was.Mode == flows.ModeBot || t.was.Muted || t.was.Blocked {
		return
	}
	said := map[string]*flows.Effect{}
	for i := range t.out {
		if reaches(&t.out[i]) {
			said[t.out[i].Line] = &t.out[i]
		}
	}
	switch act.Do {
	case flows.DeskPassed:
		w.checked["P7"]++
		if said["joined"] != nil || len(said) != 1 {
			w.broken(t, "P7", "line/joined", "引きついだ相談員が、もう一度むかえられるか、だれが来たかが伝わりません。", "")
		}
		for _, e := range said {
			refusable := act.Why != flows.PassedRelieved
			if (len(e.Choices) == 1 && tapOf(e.Choices[0]).Exit == flows.ExSame) != refusable {
				w.broken(t, "P7", lineKey(e), "引きついだことを伝えるとき、「そのままがいい」がないか、ことわれない交代にあります。", "")
			}
		}
	case flows.DeskPaused:
		w.checked["P7"]++
		if act.Until.After(t.d.v.Now) && (said["paused"] == nil || !paused(&t.s)) {
			w.broken(t, "P7", "line/paused", "お休みになったのに、いつまでかが伝わりません。", "")
		}
	}
}
