package flows

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var allExits = []Exit{NoExit, ExHuman, ExEnd, ExStop, ExBack, ExRestart, ExLang, ExDelete, ExDeleteNow, ExForget, ExBot, ExSame, ExLeave,
	ExHide, ExShowAll, ExMenu, ExPrivacy, ExYes, ExNo, ExNone, ExFind, ExGo, ExKeep, ExKeep, ExDrop, ExWith, ExAsk, ExWish, ExKept, ExPost, ExAfter, ExFelt, ExFelt, "someday"}

// world is a person, a desk and a calendar at random, with a plain model of what
// was promised beside it.
type world struct {
	*rapid.T
	b       *Bundle
	s       State
	v       View
	out     []Effect
	timers  []Timer
	cases   int
	open    CaseID // the case the desk has open
	tell    []DeskAct
	consent bool // あとで was tapped, and neither stop nor human came since
}

func (w *world) pick(name string, list ...string) string {
	return rapid.SampledFrom(list).Draw(w.T, name)
}

func (w *world) chance(name string, percent int) bool {
	return rapid.IntRange(0, 99).Draw(w.T, name) < percent
}

func (w *world) reading() Reading {
	r := Reading{}
	switch rapid.IntRange(0, 9).Draw(w.T, "reads") {
	case 0, 1:
		r.Exit = rapid.SampledFrom(allExits).Draw(w.T, "exit")
	case 2:
		r.Urgency, r.Level = Urgency(w.pick("urgency", "life", "violence", "medical")), Level(w.pick("level", "worry", "clear"))
	case 3:
		r.Talk = true
	case 4:
		r.Choice = rapid.IntRange(1, 6).Draw(w.T, "choice")
	case 5, 6, 7:
		r.Topics, r.Sure = money[rapid.IntRange(0, 1).Draw(w.T, "topic"):], w.chance("sure", 50)
	}
	r.Lang = Lang(w.pick("lang", "", "ja", "en", "vi", "xx"))
	return r
}

func (w *world) event() Event {
	e := Event{ID: "e", At: w.v.Now, Kind: EvText, Standby: w.chance("standby", 3)}
	switch n := rapid.IntRange(0, 19).Draw(w.T, "kind"); {
	case n < 6:
		for range rapid.IntRange(0, 3).Draw(w.T, "texts") {
			e.Readings = append(e.Readings, w.reading())
		}
	case n < 13:
		e.Kind, e.Tap = EvTap, w.tap()
	case n < 14:
		e.Kind = EventKind(w.pick("other", "sticker", "media", "location", "unknown", "follow", "unfollow"))
	case n < 15:
		e.Kind, e.Ref = EvUnsend, "m1"
	case n < 16:
		e.Kind, e.Standby = EvPost, false
		e.Post = PostNews{ID: PostID(w.pick("post", "p1", "p2", "p9")), Standing: Standing(w.pick("standing", "cancelled", "moved", "gone"))}
	case n < 18:
		e.Kind, e.Desk, e.Standby = EvDesk, w.act(), false
	default:
		if len(w.timers) > 0 {
			i := rapid.IntRange(0, len(w.timers)-1).Draw(w.T, "timer")
			e.Kind, e.Timer, e.Standby = EvTimer, w.timers[i], false
			if w.chance("on time", 80) && w.v.Now.Before(e.Timer.At) {
				w.clock(e.Timer.At)
			}
		}
	}
	return e
}

func (w *world) tap() Tap {
	if list := Offered(w.b, w.s); len(list) > 0 && w.chance("offered", 60) {
		tap, err := DecodeTap(list[rapid.IntRange(0, len(list)-1).Draw(w.T, "button")].Data)
		if err != nil {
			w.Fatalf("a button of ours: %v", err)
		}
		return tap
	}
	return Tap{
		Exit:   rapid.SampledFrom(allExits).Draw(w.T, "exit"),
		Scene:  SceneKey(w.pick("scene", "", "okane/はじめ", "okane/家賃", "okane/しめ", "nowhere")),
		Choice: rapid.IntRange(0, 5).Draw(w.T, "choice"),
		Turn:   w.s.Turn - uint32(rapid.IntRange(0, 2).Draw(w.T, "late")),
		Arg:    w.pick("arg", "", "delete", "stop", "forget", "resume", "worry.life", "okane/はじめ", "en", "clarify", "tell", "p1@2026-12-12", "p2", "talk-good", "talk-more"),
	}
}

// act is what the desk has to tell, else something it might do, else nonsense.
func (w *world) act() DeskAct {
	if len(w.tell) > 0 {
		act := w.tell[0]
		w.tell = w.tell[1:]
		return act
	}
	id := w.open
	if w.chance("stale case", 10) {
		id = "c0"
	}
	return DeskAct{Do: DeskDo(w.pick("do", "claimed", "claimed", "answered", "answered", "promised", "returned", "handback", "closed", "read", "alarmed", "dance", "passed", "passed", "kept", "paused", "resumed")),
		Case: id, Staff: w.pick("staff", "すずらん", "れんげ"), Words: w.chance("words", 90), Until: w.v.Now.Add(24 * time.Hour)}
}

func (w *world) clock(at time.Time) {
	w.v.Now = at
	w.v.Open, w.v.NextOpen = w.b.House.OpenAt(at)
	w.v.Friend, w.v.Night = w.chance("friend", 80), w.chance("night", 30)
	w.v.Posts, w.v.Nearest = nil, false
	if w.chance("posts", 70) {
		w.v.Posts, w.v.Nearest = []Post{tea(), off(), {ID: "p3", Standing: PostGone}}, w.chance("nearest", 30)
	}
}

// after keeps the calendar and the desk.
func (w *world) after(e Event) {
	for _, f := range w.out {
		switch f.Kind {
		case EfTimer:
			w.timers = append(w.timers, f.Timer)
			w.consent = w.consent || f.Timer.Kind == TimerCheckIn
		case EfCancel: // a timer on its way may still come: only the model forgets
			w.consent = w.consent && f.Timer.Key != "*" && !strings.HasPrefix(f.Timer.Key, "checkin:")
		case EfDesk:
			switch f.Desk.Do {
			case NoteOpen:
				w.cases++
				w.open = CaseID("c" + string(rune('0'+w.cases%10)))
				w.tell = append(w.tell, DeskAct{Do: DeskOpened, Case: w.open, Ahead: w.cases % 3})
			case NoteLeave, NoteForgotten:
				w.tell = append(w.tell, DeskAct{Do: DeskClosed, Case: w.open, Why: "left"})
			}
		}
	}
}

func (w *world) step(e Event) State {
	before := w.s
	frozen := asJSON(w.s)
	s, out, why := Step(w.b, w.v, w.s, e)
	s2, out2, why2 := Step(w.b, w.v, w.s, e)
	if asJSON(s) != asJSON(s2) || asJSON(out) != asJSON(out2) || asJSON(why) != asJSON(why2) {
		w.Fatalf("two steps differ: %+v", e)
	}
	if asJSON(w.s) != frozen {
		w.Fatalf("the state it was given changed: %+v", e)
	}
	w.s, w.out = s, out
	return before
}

func TestWhateverHappensThePromisesHold(t *testing.T) {
	b := fakeBundle()
	rapid.Check(t, func(rt *rapid.T) {
		w := &world{T: rt, b: b}
		w.clock(morning)
		for range rapid.IntRange(1, 40).Draw(rt, "events") {
			if w.chance("time passes", 30) {
				w.clock(w.v.Now.Add(time.Duration(rapid.IntRange(1, 60*40).Draw(rt, "minutes")) * time.Minute))
			}
			e := w.event()
			before := w.step(e)
			w.wellFormed(e)
			w.quietWithHuman(before, e)
			w.noUnaskedNudge(before, e)
			w.crisisFirst(before, e)
			w.heldBack(before, e)
			w.after(e)
			w.humanReachable()
			w.stopWorks()
			w.deleteWorks()
		}
	})
}

// wellFormed: whatever reaches a person says something and shows the two exits
// in the same place; nothing in standby; the state stays small.
func (w *world) wellFormed(e Event) {
	for _, f := range w.out {
		if !reaches(f) {
			continue
		}
		if e.Standby {
			w.Fatalf("said in standby: %+v", f)
		}
		if len(f.Bubbles) == 0 || len(f.Exits) < 2 || len(f.Exits) > maxExits || f.Line == "" {
			w.Fatalf("effect %q: %d bubbles, %d exits", f.Line, len(f.Bubbles), len(f.Exits))
		}
		for i, x := range []Exit{ExHuman, ExEnd} {
			if tap, err := DecodeTap(f.Exits[i].Data); err != nil || tap.Exit != x {
				w.Fatalf("effect %q: exit %d is %+v", f.Line, i, f.Exits[i])
			}
		}
		for _, b := range append(f.Choices[:len(f.Choices):len(f.Choices)], f.Exits...) {
			if b.Label == "" || b.URI == "" && b.Data == "" {
				w.Fatalf("effect %q: button %+v", f.Line, b)
			}
		}
	}
	if n := len(asJSON(w.s)); n > 1000 {
		w.Fatalf("state of %d bytes: %s", n, asJSON(w.s))
	}
}

// quietWithHuman: only the four.
func (w *world) quietWithHuman(before State, e Event) {
	if before.Mode != ModeHuman {
		return
	}
	own := e.Kind != EvDesk && e.Kind != EvTimer && e.Kind != EvPost
	exit := e.Tap.Exit != NoExit && e.Kind == EvTap
	for _, r := range e.Readings {
		exit = exit || r.Exit != NoExit || r.Choice > 0
	}
	for _, f := range w.out {
		switch {
		case !reaches(f), e.Kind == EvDesk && f.Kind == EfHuman, own && exit && !f.Crisis:
		case (f.Line == "human.receipt" || f.Line == "paused.receipt") && w.v.Now.Unix()-before.Receipt >= 12*3600 && w.s.Receipt == w.v.Now.Unix():
		case f.Crisis && e.Kind == EvTimer && !w.v.Alarmed:
		case f.Crisis && own && !w.v.Open:
		default:
			w.Fatalf("the machine spoke while a human has the talk: %q after %+v", f.Line, e)
		}
	}
}

func (w *world) noUnaskedNudge(before State, e Event) {
	for _, f := range w.out {
		if f.Kind != EfNudge {
			continue
		}
		if e.Timer.Kind == TimerVisit {
			if hour := w.v.Now.In(tokyo).Hour(); len(before.After) == 0 || before.Stopped || before.Blocked || before.Mode != ModeBot || hour < 9 || hour >= 20 {
				w.Fatalf("asked about a visit: state %s, at %v", asJSON(before), w.v.Now)
			}
			continue
		}
		if e.Kind == EvPost || e.Timer.Kind == TimerPost {
			w.noUnaskedNews(before, e)
			continue
		}
		hour := w.v.Now.In(tokyo).Hour()
		if !w.consent || before.Stopped || before.Blocked || before.Mode != ModeBot || hour < 9 || hour >= 20 || e.Kind != EvTimer {
			w.Fatalf("nudged: consent %v, state %s, at %v", w.consent, asJSON(before), w.v.Now)
		}
		w.consent = false
	}
}

// noUnaskedNews: what became of a post is told to who kept it and asked to hear.
func (w *world) noUnaskedNews(before State, e Event) {
	n, from, asked := e.Post, 7, false
	if e.Kind == EvTimer {
		n = e.Timer.Post
	}
	if n.Standing == PostMoved {
		from = 9
	}
	for _, k := range before.Kept {
		asked = asked || k.ID == n.ID && k.Tell
	}
	if hour := w.v.Now.In(tokyo).Hour(); !asked || before.Stopped || before.Blocked || before.Mode == ModeHuman || hour < from || hour >= 20 {
		w.Fatalf("told of a post: asked %v, state %s, at %v", asked, asJSON(before), w.v.Now)
	}
}

func (w *world) crisisFirst(before State, e Event) {
	if e.Kind != EvText || e.Standby || before.Mode == ModeHuman {
		return
	}
	for _, r := range e.Readings {
		if r.Level != Clear || r.Urgency == NoUrgency {
			continue
		}
		if len(w.out) == 0 || !w.out[0].Crisis || w.out[0].Kind != EfAnswer {
			w.Fatalf("a clear cry for help and not the first answer: %+v", w.out)
		}
		return
	}
}

// heldBack: nothing of the desk reaches who said stop or blocked us.
func (w *world) heldBack(before State, e Event) {
	for _, f := range w.out {
		if f.Kind == EfHuman && (before.Muted || before.Blocked) {
			w.Fatalf("sent against their will: %q after %+v", f.Line, e)
		}
	}
}

func (w *world) humanReachable() {
	for _, e := range []Event{{Kind: EvTap, Tap: Tap{Exit: ExHuman, Turn: w.s.Turn}}, {Kind: EvText, Readings: []Reading{{Exit: ExHuman}}}} {
		s, out, _ := Step(w.b, w.v, w.s, e)
		if s.Mode == ModeBot || s.Muted || len(out) == 0 || out[0].Kind != EfAnswer {
			w.Fatalf("no human from %s: %s %+v", asJSON(w.s), asJSON(s), out)
		}
	}
}

func (w *world) stopWorks() {
	for _, e := range []Event{{Kind: EvTap, Tap: Tap{Exit: ExStop, Turn: w.s.Turn}}, {Kind: EvText, Readings: []Reading{{Exit: ExStop}}}} {
		s, out, _ := Step(w.b, w.v, w.s, e)
		if !s.Stopped || s.Consent != "" || s.Mode != ModeBot && !s.Muted || len(out) == 0 {
			w.Fatalf("stop did not hold from %s: %s", asJSON(w.s), asJSON(s))
		}
	}
}

func (w *world) deleteWorks() {
	s, _, _ := Step(w.b, w.v, w.s, Event{Kind: EvTap, Tap: Tap{Exit: ExDelete, Turn: w.s.Turn}})
	s, out, _ := Step(w.b, w.v, s, Event{Kind: EvText, Readings: []Reading{{Exit: ExDeleteNow}}})
	final, purge := 0, 0
	for _, f := range out {
		if f.Final {
			final++
		}
		if f.Kind == EfPurge {
			purge++
		}
	}
	if asJSON(s) != "{}" || final != 1 || purge != 1 {
		w.Fatalf("消す from %s left %s, %d farewells, %d purges", asJSON(w.s), asJSON(s), final, purge)
	}
}

// TestStepIsTotal feeds states, events and bundles that nobody ever made.
func TestStepIsTotal(t *testing.T) {
	any := func(list ...string) *rapid.Generator[string] {
		return rapid.OneOf(rapid.SampledFrom(append(list, "")), rapid.StringN(0, 8, -1))
	}
	scene := any("okane/はじめ", "okane/家賃", "hanashi/輪", "okane/急ぎ")
	rapid.Check(t, func(rt *rapid.T) {
		b := fakeBundle()
		switch rapid.IntRange(0, 4).Draw(rt, "bundle") {
		case 0:
			b = nil
		case 1:
			b = &Bundle{Menu: []MenuEntry{{}}, Order: []FlowID{"x"}}
		case 2:
			b.Scenes["okane/家賃"], b.Flows["okane"], b.Cards["mado"] = nil, nil, nil
		}
		s := State{
			Lang: Lang(any("en", "xx").Draw(rt, "lang")), Mode: Mode(any("waiting", "human").Draw(rt, "mode")), Case: CaseID(any("c1").Draw(rt, "case")),
			Scene: SceneKey(scene.Draw(rt, "scene")), Ask: Question(any("delete", "stop", "worry", "clarify", "lang", "resume").Draw(rt, "ask")),
			Undo: rapid.SliceOfN(any("a=b", "="), 0, 3).Draw(rt, "undo"), Tried: rapid.Int().Draw(rt, "tried"), Turn: rapid.Uint32().Draw(rt, "turn"),
			Varied: rapid.Uint32().Draw(rt, "varied"), Visit: rapid.Int64().Draw(rt, "visit"), Last: rapid.Int64().Draw(rt, "last"), Until: rapid.Int64().Draw(rt, "until"),
			Muted: rapid.Bool().Draw(rt, "muted"), Consent: any("checkin:1").Draw(rt, "consent"), Receipt: rapid.Int64().Draw(rt, "receipt"),
			Candidates: []FlowID{FlowID(any("okane").Draw(rt, "candidate"))}, Alarm: rapid.Uint32().Draw(rt, "alarm"), Urgent: Urgency(any("life").Draw(rt, "urgent")),
		}
		for range rapid.IntRange(0, 30).Draw(rt, "back") {
			s.Back = append(s.Back, SceneKey(scene.Draw(rt, "back to")))
		}
		e := Event{
			Kind: EventKind(any("text", "tap", "desk", "timer", "follow", "unfollow", "unsend", "sticker").Draw(rt, "kind")),
			Tap:  Tap{Exit: Exit(any("yes", "menu", "lang", "stop").Draw(rt, "exit")), Scene: SceneKey(scene.Draw(rt, "tapped")), Choice: rapid.Int().Draw(rt, "choice"), Arg: any("delete", "worry.").Draw(rt, "arg")},
			Desk: DeskAct{Do: DeskDo(any("opened", "claimed", "answered", "closed").Draw(rt, "do")), Case: CaseID(any("c1").Draw(rt, "of")), Ahead: rapid.Int().Draw(rt, "ahead")},
			Timer: Timer{Kind: TimerKind(any("checkin", "alarm").Draw(rt, "timer")), Scene: SceneKey(scene.Draw(rt, "due")), Key: any("checkin:1", "alarm.card:1").Draw(rt, "key"),
				Turn: rapid.SampledFrom([]uint32{s.Alarm, 0, 1}).Draw(rt, "set in")},
			Readings: []Reading{{Exit: Exit(any("delete_now", "no").Draw(rt, "typed")), Urgency: Urgency(any("life").Draw(rt, "danger")), Level: Level(any("clear", "worry").Draw(rt, "level")), Choice: rapid.Int().Draw(rt, "named"),
				Topics: []Scored{{Flow: FlowID(any("okane").Draw(rt, "flow"))}}, Sure: rapid.Bool().Draw(rt, "sure")}},
		}
		v := View{Now: time.Unix(rapid.Int64Range(-60e9, 250e9).Draw(rt, "now"), 0), Open: rapid.Bool().Draw(rt, "open")}
		got, out, _ := Step(b, v, s, e)
		if strings.Contains(asJSON(got), "json:") || strings.Contains(asJSON(out), "json:") {
			rt.Fatalf("not to be stored: %+v", got)
		}
	})
}
