package flows

import (
	"strconv"
	"time"
)

// What may come of a talk while a human has it, beside words: somebody else takes
// it over, which the resident may say no to, and it rests.
const (
	ExSame Exit = "same" // そのままがいい: rather the coordinator of before

	DeskPassed  DeskDo = "passed"  // somebody else has it now: DeskAct.Staff, From, Why, Stays, Pass
	DeskKept    DeskDo = "kept"    // what came of そのままがいい: DeskAct.Staff has it
	DeskPaused  DeskDo = "paused"  // it rests until DeskAct.Until; words may travel beside it
	DeskResumed DeskDo = "resumed" // it goes on

	NoteSame NoteDo = "same" // そのままがいい: DeskNote.Act is the pass that the button was about, "" = the last
)

// Why somebody else has the talk, as the resident is told.
const (
	PassedOn       = ""         // it was handed on
	PassedKnows    = "knows"    // the new one knows more about this
	PassedAway     = "away"     // the one before will not be here for a while
	PassedWide     = "wide"     // it was taken up to a wider area
	PassedRelieved = "relieved" // taken over in one step, because the one before had to stop: there is no way back to them
)

// passed: another coordinator joins. Nobody is welcomed twice; the resident hears
// who writes now and why, and may say no with one tap.
func (t *turn) passed(act *DeskAct) {
	s := &t.s
	s.Mode, s.Staff, s.Ask = ModeHuman, act.Staff, stopOnly(s.Ask)
	t.setUntil(act)
	t.dropCheckIn()
	t.from = act.From
	s.From, s.Pass, s.Wished = "", act.Pass, false // the button stands in the talk itself this time
	e := t.news(passedLine(act.Why))
	if act.Why == PassedRelieved || act.From == "" {
		return
	}
	if e != nil {
		if act.Stays {
			t.write(e, t.b.Lines["passed.stays"])
		}
		t.write(e, t.b.Lines["passed.say"])
		e.Choices = []Button{t.sameButton()}
	}
	s.From = act.From
}

func passedLine(why string) (key string) {
	switch why {
	case PassedKnows:
		key = "passed.knows"
	case PassedAway:
		key = "passed.away"
	case PassedWide:
		key = "passed.wide"
	case PassedRelieved:
		key = "passed.relieved"
	default:
		key = "passed.on"
	}
	return key
}

// sameButton is そのままがいい about the present pass: an old one is told apart.
func (t *turn) sameButton() Button {
	return t.button(Tap{Exit: ExSame, Arg: strconv.Itoa(t.s.Pass)})
}

// same is そのままがいい. The desk decides what comes of it: it knows whether the
// new one has written meanwhile. False where nothing was passed on: a word then.
func (t *turn) same(arg string) bool {
	s := &t.s
	switch {
	case s.Mode != ModeHuman, s.From == "" && t.e.Kind == EvText:
		return false
	case s.From == "": // an old button: who has the talk answers it
		t.receipt()
		return true
	}
	again := s.Wished
	s.Wished = true
	t.say("same.told")
	if !again {
		n := t.noteOf(NoteSame)
		n.Act = arg
		t.add(EfDesk, "").Desk = n
	}
	return true
}

// goesOn is what came of it: who was there before has the talk again, or the new one
// goes on with it.
func (t *turn) goesOn(act *DeskAct) {
	s := &t.s
	stays := s.Staff == act.Staff
	s.Mode, s.Staff = ModeHuman, act.Staff
	s.From, s.Pass, s.Wished = "", 0, false
	t.setUntil(act)
	if stays {
		t.news("same.stays")
	} else {
		t.news("same.back")
	}
}

// alone forgets who was there before, and that the talk rested: it is another talk
// with its coordinator, or none.
func (s *State) alone() { s.From, s.Pass, s.Wished, s.Paused = "", 0, false, 0 }

// resting says whether the desk has paused the talk.
func (t *turn) resting() bool { return t.s.Mode == ModeHuman && t.s.Paused > t.now }

// paused: the desk lets the talk rest, which the resident hears at once, with how to
// reach help. What they write is kept, counted and read for urgency all the same.
func (t *turn) paused(act *DeskAct) {
	if !act.Until.After(t.v.Now) {
		t.because("pause.over")
		return
	}
	if t.s.Mode == ModeWaiting {
		t.s.Mode, t.s.Staff = ModeHuman, act.Staff
		t.dropCheckIn() // somebody has them now
	}
	if act.Words {
		t.carry(act)
	}
	t.s.Paused = act.Until.Unix()
	t.setUntil(act)
	t.promise = act.Until
	t.news("paused")
}

// resumed: the pause is over, by its hour or by hand.
func (t *turn) resumed(act *DeskAct) {
	if t.s.Paused == 0 {
		t.because("pause.over")
		return
	}
	t.s.Paused = 0
	t.setUntil(act)
	t.news("resumed")
}

// pauseEnds is when the talk goes on.
func (t *turn) pauseEnds() time.Time { return time.Unix(t.s.Paused, 0) }
