package flows

import (
	"testing"
	"time"
)

func TestDeletingTakesTwoTapsAndLeavesNothing(t *testing.T) {
	k := newTalk(t).says(Reading{Topics: money, Sure: true}).taps("家賃").types(ExDelete).wantLines("delete.ask")
	k.taps("いいえ").wantLines("delete.no")
	k.presses(ExDeleteNow).wantLines("delete.ask") // never without asking now
	k.taps("いま消す").wantLines("delete.done")
	if !k.spoken()[0].Final || k.count(EfPurge) != 1 || k.count(EfCancel) != 1 || k.note(NoteForgotten) == nil {
		t.Errorf("effects: %+v", k.out)
	}
	if got := asJSON(k.s); got != "{}" {
		t.Errorf("state: %s", got)
	}
}

func TestDeletingThisTalkKeepsTheRest(t *testing.T) {
	k := newTalk(t).withHuman().later(time.Hour).presses(ExForget).wantLines("forget.ask").taps("はい").wantLines("forget.done")
	since := int64(0)
	for _, e := range k.out {
		if e.Kind == EfForget {
			since = e.Since
		}
	}
	if since != morning.Unix() || k.s.Mode != ModeHuman || k.s.Visit != k.v.Now.Unix() {
		t.Errorf("since %d, state %+v", since, k.s)
	}
	k.wantNote(NoteUnsent)
}

func TestStopEndsNudgesAndAsksAboutRepliesOnce(t *testing.T) {
	newTalk(t).types(ExStop).wantLines("stop")
	k := newTalk(t).withHuman().types(ExStop).wantLines("stop.ask")
	k.wantNote(NoteStopped)
	k.desk(DeskAct{Do: DeskAnswered, Words: true}).wantLines("")
	if n := k.wantNote(NoteRefused); n.Why != "asking" {
		t.Errorf("refused: %+v", n)
	}
	k.says(Reading{Exit: ExNo}).wantLines("stop.kept")
	k.desk(DeskAct{Do: DeskAnswered, Words: true}).wantLines("words")
	k.types(ExStop).wantLines("stop.ask").taps("はい").wantLines("stop.muted")
	k.desk(DeskAct{Do: DeskAnswered, Words: true}).wantLines("")
	if n := k.wantNote(NoteRefused); n.Why != "stopped" {
		t.Errorf("refused: %+v", n)
	}
	k.desk(DeskAct{Do: DeskReturned}).wantLines("") // not even that
	k.presses(ExHuman).wantLines("human.again")     // who asks for a human wants to hear from one
	k.desk(DeskAct{Do: DeskClaimed, Staff: "すずらん"}).wantLines("joined")
}

func TestWhileTheStopQuestionIsOpenTheOldButtonsStillAnswerIt(t *testing.T) {
	k := newTalk(t).withHuman().types(ExStop)
	no := k.spoken()[0].Choices[1].Data
	k.says(Reading{}).presses(ExDelete).presses(ExPrivacy)
	tap, err := DecodeTap(no)
	if err != nil {
		t.Fatal(err)
	}
	k.do(Event{Kind: EvTap, Tap: tap}).wantLines("stop.kept")
	k.desk(DeskAct{Do: DeskAnswered, Words: true}).wantLines("words")
}

func TestEndingATopicEndsNothingElse(t *testing.T) {
	k := newTalk(t).says(Reading{Topics: money, Sure: true}).presses(ExEnd).wantLines("end")
	if k.s.Scene != "" || k.s.Stopped {
		t.Errorf("state: %+v", k.s)
	}
	k.presses(ExHuman).later(time.Minute).presses(ExEnd).wantLines("end.human")
	if k.s.Mode != ModeWaiting {
		t.Errorf("mode: %q", k.s.Mode)
	}
}

func TestALanguageIsSwitchedAndThePlaceIsKept(t *testing.T) {
	k := newTalk(t).says(Reading{Topics: money, Sure: true}).presses(ExLang).wantLines("lang.ask")
	if got := k.labels()[:3]; got[0] != "日本語" || got[1] != "やさしい日本語" || got[2] != "English" {
		t.Errorf("languages: %v", got)
	}
	k.taps("English").wantLines("lang.done")
	if k.s.Lang != En || k.s.Scene != "okane/はじめ" || k.spoken()[0].Choices[0].Label != "(en) 家賃" {
		t.Errorf("state %+v, choices %+v", k.s, k.spoken()[0].Choices)
	}
	k.says(Reading{Exit: ExLang, Lang: Vi}).wantLines("lang.done")
	k.do(Event{Kind: EvTap, Tap: Tap{Exit: ExLang, Arg: "ja"}})
	if k.s.Lang != "" {
		t.Errorf("lang: %q", k.s.Lang)
	}
}

func TestUnsendDestroysTheTextAndSaysNothing(t *testing.T) {
	k := newTalk(t).withHuman().do(Event{Kind: EvUnsend, Ref: "m7"}).wantLines("")
	if k.out[0].Kind != EfUnsend || k.out[0].Ref != "m7" {
		t.Errorf("effects: %+v", k.out)
	}
	k.wantNote(NoteUnsent)
}

func TestPrivacyStandsOnePressFromDeleting(t *testing.T) {
	k := newTalk(t)
	k.b.House.Privacy = "https://example.jp/privacy"
	k.presses(ExPrivacy).wantLines("privacy")
	if k.spoken()[0].Choices[0].URI != k.b.House.Privacy {
		t.Errorf("choices: %+v", k.spoken()[0].Choices)
	}
	k.taps("消す").wantLines("delete.ask")
}
