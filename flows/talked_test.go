package flows

import (
	"slices"
	"testing"
	"time"
)

// answered is a talk in which a human has really written.
func answered(t *testing.T) *talk {
	t.Helper()
	k := newTalk(t).says(Reading{Topics: money, Sure: true}).withHuman()
	return k.desk(DeskAct{Do: DeskAnswered, Staff: "すずらん", Words: true})
}

func TestHowATalkWasIsAskedOnceInTheLineThatClosesIt(t *testing.T) {
	for _, do := range []DeskDo{DeskClosed, DeskHandBack} {
		k := answered(t).desk(DeskAct{Do: do, Staff: "すずらん"})
		if all := k.spoken(); len(all) != 1 || all[0].Kind != EfHuman || len(all[0].Bubbles) != 2 || len(all[0].Choices) != 3 {
			t.Fatalf("%s: said %+v, want one line with the question and three answers", do, all)
		}
		for i := range 3 {
			k.do(Event{Kind: EvTap, Tap: Tap{Exit: ExFelt, Arg: "talk-not", Turn: k.s.Turn}}).wantLines("talked.thanks")
			n := k.board()
			if i == 0 && (n == nil || n.Do != BoardFelt || n.Felt != "talk-not" || n.Case != "c1" || n.Topic != "money" || n.Month != "2026-12") {
				t.Errorf("counted as %+v", n)
			}
			if i > 0 && n != nil {
				t.Errorf("counted a second time: %+v", n)
			}
			k.later(time.Minute)
		}
		k.presses(ExHuman).desk(DeskAct{Do: DeskOpened}).desk(DeskAct{Do: DeskClaimed, Staff: "すずらん"})
		k.desk(DeskAct{Do: DeskAnswered, Staff: "すずらん", Words: true}).desk(DeskAct{Do: do, Staff: "すずらん"})
		if k.s.Ask == AskTalked {
			t.Errorf("%s: asked again about the same talk", do)
		}
	}
}

func TestWhoStillWantsToTalkIsWithAHumanAtOnce(t *testing.T) {
	for name, tell := range map[string]func(*talk){
		"by a tap":    func(k *talk) { k.do(Event{Kind: EvTap, Tap: Tap{Exit: ExFelt, Arg: talkMore, Turn: k.s.Turn}}) },
		"by a number": func(k *talk) { k.says(Reading{Choice: 2}) },
	} {
		k := answered(t).desk(DeskAct{Do: DeskClosed, Staff: "すずらん"})
		tell(k)
		k.wantLines("human.open").wantNote(NoteOpen)
		if n := k.board(); n == nil || n.Felt != talkMore || k.s.Mode != ModeWaiting {
			t.Errorf("%s: counted %+v, mode %q", name, n, k.s.Mode)
		}
	}
}

func TestHowATalkWasIsNeverAsked(t *testing.T) {
	shut := DeskAct{Do: DeskClosed, Staff: "すずらん"}
	for name, k := range map[string]*talk{
		"where no human has written":   newTalk(t).withHuman().desk(shut),
		"after もう送らないで":                answered(t).presses(ExStop).says(Reading{Exit: ExNo}).desk(shut),
		"where a life was at stake":    answered(t).says(Reading{Urgency: Life, Level: Clear}).desk(shut),
		"of who may be looked over":    answered(t).says(Reading{Urgency: Violence, Level: Clear}).desk(shut),
		"of who left by themselves":    answered(t).presses(ExBot),
		"of who was given to the line": answered(t).desk(DeskAct{Do: DeskReturned}),
	} {
		if k.s.Ask == AskTalked || slices.Contains(k.labels(), "話せてよかった") {
			t.Errorf("asked %s", name)
		}
	}
	k := answered(t)
	k.s.Place, k.v.Room = InRoom, RoomView{On: true}
	if k.desk(shut); k.s.Ask == AskTalked {
		t.Error("asked in LINE about a talk of a room that nobody is in")
	}
	k = answered(t)
	k.s.Place, k.v.Room = InRoom, RoomView{On: true, Here: true}
	if k.desk(shut); k.s.Ask != AskTalked || k.spoken()[0].Place != InRoom {
		t.Errorf("not asked in the room in which they are: %+v", k.spoken())
	}
	k = answered(t).presses(ExDelete).presses(ExDeleteNow).desk(shut)
	if len(k.spoken()) != 0 {
		t.Error("somebody who said 消す is told something")
	}
}

func TestAnAnswerAboutATalkReachesNoCoordinator(t *testing.T) {
	k := answered(t).desk(DeskAct{Do: DeskClosed, Staff: "すずらん"})
	k.presses(ExHuman).desk(DeskAct{Do: DeskOpened}).desk(DeskAct{Do: DeskClaimed, Staff: "すずらん"})
	k.do(Event{Kind: EvTap, Tap: Tap{Exit: ExFelt, Arg: "talk-not"}}).wantLines("human.receipt")
	if k.note(NoteWords) != nil || k.board() == nil {
		t.Error("a button of before went to the case, or was not counted")
	}
	said := Event{Kind: EvTap, Tap: Tap{Exit: ExFelt, Arg: "talk-not"}}
	typed := Event{Kind: EvText, Readings: []Reading{{Choice: 3}}}
	if got := HushTalk(State{}, said); got.Tap.Arg == "talk-not" {
		t.Error("the journal tells which answer was tapped")
	}
	if got := HushTalk(State{Ask: AskTalked}, typed); got.Readings[0].Choice == 3 || typed.Readings[0].Choice != 3 {
		t.Error("the journal tells which answer was typed, or the event itself was changed")
	}
	if got := HushTalk(State{}, typed); got.Readings[0].Choice != 3 {
		t.Error("a choice of something else stands wrong in the journal")
	}
}
