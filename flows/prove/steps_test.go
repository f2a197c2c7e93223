package prove

import (
	"slices"
	"testing"
	"time"

	"engawa/flows"
)

// tamper is a fault of Step itself, made by hand: what a step gave is changed
// before the watcher sees it. Content cannot break these promises; this shows that
// the proof would see it if Step did.
type tamper struct {
	name     string
	property string
	at       flows.State // where it happens
	owes     bool
	deed     func(l *deedList) deed
	change   func(t *turn)
	under    string // of notices: the kind of day
}

var withHuman = flows.State{Greeted: true, DraftTold: true, Turn: 3, Mode: flows.ModeHuman, Case: ourCase, Staff: suzuran, Last: epoch, Visit: epoch, Receipt: epoch}

func press(t flows.Tap) func(l *deedList) deed { return func(l *deedList) deed { return l.tap(t) } }

func write(r flows.Reading) func(l *deedList) deed {
	return func(*deedList) deed { return texts("書く", r) }
}

func act(a flows.DeskAct) func(l *deedList) deed {
	return func(*deedList) deed {
		a.Case, a.Staff = ourCase, suzuran
		return deed{e: flows.Event{Kind: flows.EvDesk, Desk: a}, words: "相談員がすること"}
	}
}

func drops(kind flows.EffectKind) func(t *turn) {
	return func(t *turn) {
		var out []flows.Effect
		for _, e := range t.out {
			if e.Kind != kind {
				out = append(out, e)
			}
		}
		t.out = out
	}
}

func says(kind flows.EffectKind, line string) func(t *turn) {
	return func(t *turn) {
		t.out = append(t.out, flows.Effect{Kind: kind, Line: line, Bubbles: []flows.Bubble{{Text: "…"}},
			Exits: []flows.Button{{Data: flows.EncodeTap(flows.Tap{Exit: flows.ExHuman})}, {Data: flows.EncodeTap(flows.Tap{Exit: flows.ExEnd})}}})
	}
}

var tampers = []tamper{
	{name: "the way to a human is missing from a screen", property: "P1", deed: press(flows.Tap{Exit: flows.ExPrivacy}), change: func(t *turn) { t.out[0].Exits = t.out[0].Exits[1:] }},
	{name: "人と話す opens no case", property: "P1", deed: press(flows.Tap{Exit: flows.ExHuman}), change: drops(flows.EfDesk)},
	{name: "人と話す leaves the machine in charge", property: "P1", deed: press(flows.Tap{Exit: flows.ExHuman}), change: func(t *turn) { t.s.Mode = flows.ModeBot }},
	{name: "人と話す is not answered", property: "P1", deed: write(flows.Reading{Exit: flows.ExHuman}), change: drops(flows.EfAnswer)},
	{name: "stop is forgotten", property: "P2", deed: press(flows.Tap{Exit: flows.ExStop}), change: func(t *turn) { t.s.Stopped = false }},
	{name: "stop leaves the replies on", property: "P2", at: withHuman, deed: press(flows.Tap{Exit: flows.ExStop}), change: func(t *turn) { t.s.Muted = false }},
	{name: "stop is not told to the desk", property: "P2", at: withHuman, deed: press(flows.Tap{Exit: flows.ExStop}), change: drops(flows.EfDesk)},
	{name: "a reply reaches who asked for none", property: "P2", at: func() flows.State { s := withHuman; s.Muted, s.Stopped = true, true; return s }(),
		deed: act(flows.DeskAct{Do: flows.DeskAnswered, Words: true}), change: says(flows.EfHuman, "words")},
	{name: "an answer says nothing", property: "P3", deed: press(flows.Tap{Exit: flows.ExPrivacy}), change: func(t *turn) { t.out[0].Bubbles = nil }},
	{name: "the crisis answer comes second", property: "P6", deed: write(cry), change: func(t *turn) { t.out = append([]flows.Effect{{Kind: flows.EfTimer}}, t.out...) }},
	{name: "a cry wakes nobody", property: "P6", deed: write(cry), change: drops(flows.EfAlarm)},
	{name: "a cry makes no case", property: "P6", deed: write(cry), change: drops(flows.EfDesk)},
	{name: "the human is not the first button", property: "P6", deed: write(cry), change: func(t *turn) { t.out[0].Choices = t.out[0].Choices[1:] }},
	{name: "five numbers at once", property: "P6", deed: write(cry), change: func(t *turn) {
		for range 3 {
			t.out[0].Choices = append(t.out[0].Choices, flows.Button{Label: "188", URI: "tel:188"})
		}
	}},
	{name: "a cry to a human is not passed on", property: "P6", at: withHuman, deed: write(cry), change: drops(flows.EfDesk)},
	{name: "nobody promises the card", property: "P6", at: withHuman, deed: write(cry), change: func(t *turn) { t.s.Alarm = 0 }},
	{name: "a cry in standby is lost", property: "P6", deed: func(*deedList) deed { d := texts("書く", cry); d.e.Standby = true; return d }, change: drops(flows.EfAlarm)},
	{name: "the card comes before the human", property: "P7", at: withHuman, deed: write(cry), change: func(t *turn) { says(flows.EfAnswer, "crisis.life")(t); t.out[len(t.out)-1].Crisis = true }},
	{name: "the machine answers a text", property: "P7", at: withHuman, deed: write(flows.Reading{}), change: says(flows.EfAnswer, "talk")},
	{name: "a second receipt within the hour", property: "P7", at: withHuman, deed: write(flows.Reading{}), change: says(flows.EfAnswer, "human.receipt")},
	{name: "the machine speaks as a human", property: "P7", at: withHuman, deed: press(flows.Tap{Exit: flows.ExEnd}), change: func(t *turn) { t.out[0].Voice = flows.Human }},
	{name: "the machine speaks in standby", property: "P7", deed: func(*deedList) deed { d := texts("書く", flows.Reading{}); d.e.Standby = true; return d }, change: says(flows.EfAnswer, "talk")},
	{name: "a nudge out of nothing", property: "P8", deed: write(flows.Reading{Talk: true}), change: says(flows.EfNudge, "okane/その後")},
	{name: "a check-in nobody asked for", property: "P8", deed: press(flows.Tap{Exit: flows.ExPrivacy}), change: func(t *turn) {
		t.out = append(t.out, flows.Effect{Kind: flows.EfTimer, Timer: flows.Timer{Kind: flows.TimerCheckIn}})
	}},
	{name: "delete does not ask first", property: "P9", deed: press(flows.Tap{Exit: flows.ExDelete}), change: func(t *turn) { t.s.Ask = flows.AskNothing }},
	{name: "a timer that is over does something", property: "P10", deed: func(*deedList) deed {
		return deed{e: flows.Event{Kind: flows.EvTimer, Timer: flows.Timer{Kind: flows.TimerAlarm, Turn: 9}}, words: "時間がすぎる"}
	}, change: says(flows.EfHuman, "crisis.life")},
	{name: "a day without anybody is not told", property: "notice", under: "人がいない日に", deed: press(flows.Tap{Exit: flows.ExMenu}), change: func(t *turn) { t.out[0].Bubbles = t.out[0].Bubbles[1:] }},
	{name: "a disaster is not told", property: "notice", under: "災害のときに", deed: press(flows.Tap{Exit: flows.ExRestart}), change: func(t *turn) { t.out[0].Bubbles = t.out[0].Bubbles[1:] }},
	{name: "a reader is promised who is not there", property: "notice", under: "人がいない日に", deed: press(flows.Tap{Exit: flows.ExHuman}), change: func(t *turn) { t.out[0].Line = "human.open" }},
	{name: "the disaster's entrance is not the first", property: "notice", under: "災害で人もいない日に", deed: press(flows.Tap{Exit: flows.ExMenu}), change: func(t *turn) { t.out[0].Choices = t.out[0].Choices[1:] }},
	{name: "the notice is told to whom a human has", property: "notice", under: "災害のときに", at: withHuman, deed: press(flows.Tap{Exit: flows.ExEnd}), change: func(t *turn) {
		t.out[0].Bubbles[0].Text = t.c.b.Lines["notice.disaster"][0][flows.Ja]
	}},
	{name: "the notice is told again and again", property: "notice", under: "災害のときに", deed: press(flows.Tap{Exit: flows.ExPrivacy}), change: func(t *turn) {
		t.out[0].Bubbles[0].Text = t.c.b.Lines["notice.disaster"][0][flows.Ja]
	}},
	{name: "on such a day the way to a human is closed", property: "P1", under: "災害で人もいない日に", deed: press(flows.Tap{Exit: flows.ExHuman}), change: drops(flows.EfDesk)},
	{name: "on such a day a cry is answered as in hours", property: "P6", under: "人がいない日に", deed: write(cry), change: func(t *turn) { t.out[0].Line = "crisis.life" }},
	{name: "on such a day a cry makes no case", property: "P6", under: "災害で人もいない日に", deed: write(cry), change: drops(flows.EfDesk)},
}

// TestANoticeWithoutWordsIsTold takes away what the house says on such a day.
func TestANoticeWithoutWordsIsTold(t *testing.T) {
	for _, line := range []string{"notice.away", "notice.disaster"} {
		b := copied(t)
		delete(b.Lines, line)
		told := func(f *Finding) bool { return f.Property == "notice" && f.Key == "line/"+line && len(f.Path) > 0 }
		found, _ := Check(t.Context(), b, Options{until: told})
		if !slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Error && told(&f) }) {
			t.Errorf("%s: got %v, want the missing words told with the way there", line, Errors(found))
		}
	}
}

func TestTheWatcherSeesWhatStepMustNotDo(t *testing.T) {
	c := newChecker(shipped(t), Options{})
	for _, x := range tampers {
		t.Run(x.name, func(t *testing.T) {
			at := x.at
			if at.Turn == 0 {
				at = flows.State{Greeted: true, DraftTold: true, Turn: 1, Last: epoch, Visit: epoch}
			}
			n := &node{s: at, owes: x.owes}
			d := x.deed(&deedList{c: c, n: n})
			d.v, d.pause = &c.day, time.Minute
			for i := range notices {
				if notices[i].words == x.under {
					d.v = &c.notices.given[i]
				}
			}
			if x.under == "" && x.property == "P6" && d.e.Kind == flows.EvText {
				night := c.day // somebody on duty
				night.Night = true
				d.v = &night
			}
			step := c.take(n, d)
			w := newWatcher(c, &n.s)
			if w.watch(step); len(w.found) > 0 {
				t.Fatalf("found before anything was wrong: %v", w.found[0])
			}
			x.change(step)
			w = newWatcher(c, &n.s)
			w.watch(step)
			for _, f := range w.found {
				if f.Property == x.property {
					return
				}
			}
			t.Errorf("got %v, want %s broken", w.found, x.property)
		})
	}
}

func TestANudgeIsHeldAgainstConsentHourAndStop(t *testing.T) {
	c := newChecker(shipped(t), Options{})
	key := c.checkIns()[0]
	timer := flows.Timer{Kind: flows.TimerCheckIn, Key: "checkin:1", Scene: key, At: c.day.Now}
	base := flows.State{Greeted: true, DraftTold: true, Turn: 2, Last: epoch, Visit: epoch, Consent: "checkin:1"}
	for name, x := range map[string]struct {
		asked  bool
		change func(n *node, d *deed, t *turn)
		want   string
	}{
		"all is well":      {true, nil, ""},
		"nobody was asked": {false, nil, "P8"},
		"at nine at night": {true, func(_ *node, d *deed, t *turn) { t.d.v.Now = t.d.v.Now.Add(11 * time.Hour) }, "P8"},
		"after a stop":     {true, func(_ *node, _ *deed, t *turn) { t.was.Stopped = true }, "P8"},
		"twice":            {true, func(_ *node, _ *deed, t *turn) { t.s.Consent = "checkin:1" }, "P8"},
		"to nowhere":       {true, func(_ *node, _ *deed, t *turn) { t.out = nil }, "P10"},
	} {
		t.Run(name, func(t *testing.T) {
			day := c.day
			n := &node{s: base, checkIn: timer, asked: x.asked}
			d := deed{e: flows.Event{Kind: flows.EvTimer, Timer: timer}, v: &day, words: "声をかける日が来る", pause: 72 * time.Hour}
			step := c.take(n, d)
			if x.change != nil {
				x.change(n, &d, step)
			}
			w := newWatcher(c, &n.s)
			w.watch(step)
			got := ""
			if len(w.found) > 0 {
				got = w.found[0].Property
			}
			if got != x.want {
				t.Errorf("got %q (%v), want %q", got, w.found, x.want)
			}
		})
	}
}
