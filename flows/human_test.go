package flows

import (
	"testing"
	"time"
)

func TestAHumanIsOneTapAwayAndNothingIsAskedFirst(t *testing.T) {
	k := newTalk(t).says(Reading{Topics: money, Sure: true}).taps("人と話す").wantLines("human.open").wantText(0, "つなぎます。きょう午後5時まで")
	n := k.wantNote(NoteOpen)
	if n.Topic != "money" || n.Scene != "okane/はじめ" || n.Since != morning.Unix() || n.Memory != nil || n.All {
		t.Errorf("note: %+v", n)
	}
	if k.s.Mode != ModeWaiting || k.s.Scene != "okane/はじめ" {
		t.Errorf("state: %+v", k.s)
	}
	k.do(Event{Kind: EvTap, Tap: Tap{Exit: ExHuman, Turn: k.s.Turn - 1}}).wantLines("") // a double tap
	k.later(time.Minute).presses(ExHuman).wantLines("human.again")
	if k.note(NoteOpen) != nil {
		t.Error("a second case")
	}
}

func TestTheNextTimeIsToldAsPeopleSayIt(t *testing.T) {
	newTalk(t).at(time.Date(2026, 12, 5, 2, 10, 0, 0, tokyo)).types(ExHuman).wantText(0, "次に読むのは 12月7日(月) 午前9時ごろ")
	newTalk(t).at(time.Date(2026, 12, 3, 20, 0, 0, 0, tokyo)).types(ExHuman).wantText(0, "次に読むのは あした 午前9時ごろ")
}

func TestThePlaceInTheLineIsToldWhenTheCaseExists(t *testing.T) {
	k := newTalk(t).presses(ExHuman).desk(DeskAct{Do: DeskOpened, Ahead: 2}).wantLines("line.place").wantText(0, "前に2人")
	if k.s.Case != "c1" || k.spoken()[0].Kind != EfHuman || k.spoken()[0].Voice != Machine {
		t.Errorf("state %+v, effect %+v", k.s, k.spoken())
	}
	newTalk(t).presses(ExLeave).wantLines("line.none")
}

func TestWhileWaitingTapsAndExitsWorkAndTextsGoToTheCase(t *testing.T) {
	k := newTalk(t).presses(ExHuman).desk(DeskAct{Do: DeskOpened})
	k.says(Reading{Topics: money, Sure: true}).wantLines("waiting.receipt")
	k.wantNote(NoteWords)
	k.presses(ExMenu).wantLines("menu.lead").taps("お金のこと").wantLines("okane/はじめ").taps("家賃").wantLines("okane/家賃")
	k.presses(ExLeave).wantLines("line.left")
	if n := k.wantNote(NoteLeave); n.Case != "c1" || k.s.Mode != ModeBot || k.s.Case != "" {
		t.Errorf("note %+v state %+v", n, k.s)
	}
}

func TestWhatIsPassedOnIsTheirChoice(t *testing.T) {
	k := newTalk(t).presses(ExHuman).desk(DeskAct{Do: DeskOpened})
	k.presses(ExHide).wantLines("human.hidden")
	if n := k.wantNote(NoteShare); n.Since != 0 || n.All {
		t.Errorf("hide: %+v", n)
	}
	k.presses(ExShowAll).wantLines("human.all")
	if n := k.wantNote(NoteShare); n.Since == 0 || !n.All {
		t.Errorf("show all: %+v", n)
	}
	k.says(Reading{Urgency: Life, Level: Clear})
	k.presses(ExHide).wantLines("human.shared") // with a life at stake the visit is always shown
	if k.note(NoteShare) != nil {
		t.Error("hidden although a life may be at stake")
	}
}

func TestAHumanTakesOverAndTheMachineKeepsQuiet(t *testing.T) {
	k := newTalk(t).withHuman().wantLines("joined").wantText(0, "すずらんさんが来ました")
	if k.s.Mode != ModeHuman || k.s.Staff != "すずらん" {
		t.Fatalf("state: %+v", k.s)
	}
	k.says(Reading{Talk: true}).wantLines("human.receipt")
	k.later(time.Hour).says(Reading{Topics: money, Sure: true}).wantLines("").wantNote(NoteWords)
	k.says(Reading{Exit: ExYes}).wantLines("").wantNote(NoteWords)
	k.says(Reading{Exit: ExNone}).wantLines("").wantNote(NoteWords)
	k.do(Event{Kind: EvSticker}).wantLines("").wantNote(NoteWords)
	k.do(Event{Kind: EvTap, Tap: Tap{Scene: "okane/はじめ", Choice: 1}}).wantLines("").wantNote(NoteWords)
	k.do(Event{Kind: EvTap, Tap: Tap{Exit: ExMenu, Arg: "okane/はじめ"}}).wantLines("").wantNote(NoteWords)
	k.do(Event{Kind: EvTap, Tap: Tap{Exit: ExYes, Arg: "resume"}}).wantLines("").wantNote(NoteWords)
	k.later(12 * time.Hour).says(Reading{}).wantLines("human.receipt")
	k.presses(ExMenu).wantLines("human.receipt")
	k.presses(ExPrivacy).wantLines("privacy")
	k.presses(ExEnd).wantLines("end.human")
	k.presses(ExBot).wantLines("bot.back")
	k.wantNote(NoteLeave)
	k.says(Reading{Talk: true}).wantLines("talk")
}

func TestACoordinatorsWordsReachThePersonAndTheDeskLearnsIt(t *testing.T) {
	k := newTalk(t).withHuman()
	k.desk(DeskAct{Do: DeskAnswered, Staff: "すずらん", Words: true, Until: morning.Add(29 * time.Hour)}).wantLines("words")
	e := k.spoken()[0]
	if e.Kind != EfHuman || e.Voice != Human || e.Staff != "すずらん" || !e.Bubbles[0].Words {
		t.Errorf("effect: %+v", e)
	}
	if n := k.wantNote(NoteSent); n.Act != "e4" {
		t.Errorf("act: %+v", n)
	}
	k.says(Reading{}).wantText(0, "すずらんさんが読みます。あした午後3時まで")
	k.desk(DeskAct{Do: DeskPromised, Until: morning.Add(3 * time.Hour)}).wantText(0, "きょう午後1時までに届きます")
	k.desk(DeskAct{Do: DeskReturned, Why: "silence"}).wantLines("returned")
	if k.s.Mode != ModeWaiting || k.s.Case != "c1" {
		t.Errorf("returned: %+v", k.s)
	}
	k.desk(DeskAct{Do: DeskClaimed, Staff: "れんげ"}).wantText(0, "れんげさんが来ました")
	k.desk(DeskAct{Do: DeskHandBack, Staff: "れんげ"}).wantLines("handback")
	if k.s.Mode != ModeBot || k.s.Case != "" {
		t.Errorf("handed back: %+v", k.s)
	}
}

func TestWhoLeftIsNotFollowed(t *testing.T) {
	k := newTalk(t).withHuman().presses(ExBot)
	k.desk(DeskAct{Do: DeskAnswered, Words: true}).wantLines("")
	if n := k.wantNote(NoteRefused); n.Why != "left" || n.Case != "c1" {
		t.Errorf("refused: %+v", n)
	}
	k.desk(DeskAct{Do: DeskClosed}).wantLines("")
	k.presses(ExHuman)
	k.desk(DeskAct{Do: DeskClosed}).wantLines("") // the old case is put away late; the new request stands
	if k.s.Mode != ModeWaiting {
		t.Errorf("mode: %q", k.s.Mode)
	}
	k.presses(ExLeave).desk(DeskAct{Do: DeskOpened, Case: "c2"}).wantLines("")
	if n := k.wantNote(NoteLeave); n.Case != "c2" {
		t.Errorf("a case nobody wants must be let go: %+v", n)
	}
	k.presses(ExDelete).presses(ExDeleteNow).desk(DeskAct{Do: DeskAnswered, Words: true})
	if n := k.wantNote(NoteRefused); n.Why != "forgotten" || asJSON(k.s) != "{}" {
		t.Errorf("after 消す: %+v, state %s", n, asJSON(k.s))
	}
}

func TestAHandOffSceneOpensTheCaseAndPassesOnWhatItSays(t *testing.T) {
	k := newTalk(t).says(Reading{Topics: money, Sure: true}).taps("家賃").taps("2年以内").presses(ExMenu).taps("お金のこと")
	k.taps("急ぎ").wantLines("okane/急ぎ human.open")
	n := k.wantNote(NoteOpen)
	if n.Team != "くらし相談" || n.Why != "hurry" || asJSON(n.Memory) != `{"時期":"2年以内","題":"お金のこと"}` {
		t.Errorf("note: %+v", n)
	}
	k.presses(ExBack).presses(ExHuman).wantLines("human.again")
	night := newTalk(t).at(morning.Add(12 * time.Hour)).says(Reading{Topics: money, Sure: true}).taps("急ぎ").wantLines("okane/急ぎ human.closed")
	if b := night.spoken()[1].Bubbles; b[len(b)-1].Card == nil || b[len(b)-1].Card.ID != "119" {
		t.Errorf("the card for the night is missing: %+v", b)
	}
}

func TestASceneThatAHumanReadsOpensACaseAndDoesNotAnswerTheContent(t *testing.T) {
	for _, e := range []Event{{Kind: EvText, Readings: []Reading{{Topics: money, Sure: true}}}, {Kind: EvSticker}} {
		k := newTalk(t).says(Reading{Topics: money, Sure: true}).taps("まだ言葉にできない")
		k.do(e).wantLines("waiting.receipt okane/しめ").wantNote(NoteOpen)
	}
}

func TestAtMostOneHintToAddTheAccount(t *testing.T) {
	k := newTalk(t)
	k.v.Friend = false
	k.presses(ExHuman)
	// The exits of the last bubble belong to what is passed on, so the hint stands before it.
	b := k.spoken()[0].Bubbles
	if n := len(b); b[n-2].Text != "[friend.hint]" || b[n-1].Text != "[human.shared]" {
		t.Errorf("bubbles: %+v, want the hint and then what is passed on", b)
	}
}
