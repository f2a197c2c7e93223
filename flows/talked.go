package flows

import "slices"

// AskTalked is how the talk with a human was. It is 「どうでしたか」 of a visit, asked
// of a talk: one tap or none, counted and told to nobody. It stands in the line that the
// closing causes anyway; nothing is ever sent for it.
const AskTalked Question = "talked"

// TalkFelts are the answers, never whether anything was "solved". The second leads to a
// human again.
var TalkFelts = [...]string{"talk-good", "talk-more", "talk-not"}

const talkMore = "talk-more"

// Talked is the talk that a person was asked about last. It is asked about once, also
// when it is opened again, and answered once.
type Talked struct {
	Case  CaseID `json:"c"`
	Topic string `json:"t,omitempty"`
	Done  bool   `json:"d,omitempty"`
}

// AboutTalk says whether a tap answers how a talk was. Who works at the desk never
// reads it: it is kept in no talk and goes to no case.
func AboutTalk(t Tap) bool { return t.Exit == ExFelt && slices.Contains(TalkFelts[:], t.Arg) }

// HushTalk is an event as the journal may tell it: that the question was answered, and
// not how. Who wants to go on talking has a case, which is no secret.
func HushTalk(s State, e Event) Event {
	first := TalkFelts[0]
	if AboutTalk(e.Tap) && e.Tap.Arg != talkMore {
		e.Tap.Arg = first
	}
	if s.Ask != AskTalked || !slices.ContainsFunc(e.Readings, TellsTalk) {
		return e
	}
	e.Readings = slices.Clone(e.Readings)
	for i := range e.Readings {
		if r := &e.Readings[i]; TellsTalk(*r) && TalkFelts[r.Choice-1] != talkMore {
			r.Choice = 1
		}
	}
	return e
}

// TellsTalk says whether a text is such an answer, where the question stands open.
func TellsTalk(r Reading) bool {
	return r.Choice >= 1 && r.Choice <= len(TalkFelts) && r.Level == NoLevel && r.Exit == NoExit
}

func talkTaps() []Tap {
	taps := make([]Tap, len(TalkFelts))
	for i, felt := range TalkFelts {
		taps[i] = Tap{Exit: ExFelt, Arg: felt}
	}
	return taps
}

// mayAskTalk says whether the talk that is just being closed may be asked about: a
// human has really spoken in it, nothing was stopped, no life was at stake, nobody
// fears who else looks at this phone, and they are where it took place.
func (t *turn) mayAskTalk() bool {
	s := &t.s
	switch {
	case len(t.b.Lines["talked.ask"]) == 0 || len(t.b.Lines["talked.thanks"]) == 0: // words published by an older program
		return false
	case !s.Spoke || s.Case == "" || t.mayNot() != "" || s.Stopped:
		return false
	case s.Level == Clear || s.Urgent == Life || s.Urgent == Violence:
		return false
	case s.Place == InRoom && !t.v.Room.Here:
		return false
	}
	return s.Talk == nil || s.Talk.Case != s.Case
}

// askTalk puts the question under the line that says that the talk is over.
func (t *turn) askTalk(e *Effect, id CaseID) {
	_, topic := t.subject()
	t.because("talk.asked")
	t.s.Talk = &Talked{Case: id, Topic: topic}
	t.s.Ask = AskTalked
	t.write(e, t.b.Lines["talked.ask"])
	e.Choices = Offered(t.b, t.s)
}

// talked takes an answer. While somebody at the desk has the talk they are no part of
// it: it is counted, and answered like any other way out.
func (t *turn) talked(felt string) {
	switch {
	case felt == talkMore:
		t.human()
	case t.s.Mode == ModeHuman:
		t.receipt()
	default:
		t.back2place(t.say("talked.thanks", ExMenu))
	}
	q := t.s.Talk
	if q == nil || q.Done {
		return
	}
	t.because("talk.felt")
	t.s.Talk = &Talked{Case: q.Case, Topic: q.Topic, Done: true}
	t.add(EfBoard, "").Board = BoardNote{Do: BoardFelt, Case: q.Case, Felt: felt, Topic: q.Topic, Month: t.local().Format("2006-01")}
}
