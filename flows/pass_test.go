package flows

import (
	"testing"
	"time"
)

// passedOn is a talk that すずらん has handed to れんげ.
func passedOn(t *testing.T, why string) *talk {
	k := newTalk(t).withHuman()
	k.desk(DeskAct{Do: DeskPassed, Staff: "れんげ", From: "すずらん", Why: why, Pass: 3})
	return k
}

func TestWhoeverTakesATalkOverIsNamedWithTheReasonAndWelcomedByNobody(t *testing.T) {
	for why, line := range map[string]string{PassedOn: "passed.on", PassedKnows: "passed.knows", PassedAway: "passed.away", PassedWide: "passed.wide"} {
		k := passedOn(t, why).wantLines(line)
		if k.s.Staff != "れんげ" || k.s.Mode != ModeHuman || k.s.From != "すずらん" {
			t.Errorf("%s: state %+v", line, k.s)
		}
		tap, err := DecodeTap(k.spoken()[0].Choices[0].Data)
		if err != nil || tap.Exit != ExSame || tap.Arg != "3" {
			t.Errorf("%s: the button is %+v, %v", line, tap, err)
		}
	}
	k := passedOn(t, PassedRelieved).wantLines("passed.relieved")
	if len(k.spoken()[0].Choices) != 0 || k.s.From != "" {
		t.Errorf("after threats there is no way back: %+v", k.s)
	}
}

func TestKeepingTheOneOfBeforeIsOneTapHoweverOftenAndTheDeskDecides(t *testing.T) {
	k := passedOn(t, PassedKnows).taps("そのままがいい").wantLines("same.told")
	if n := k.wantNote(NoteSame); n.Act != "3" || n.Case != "c1" {
		t.Errorf("note: %+v", n)
	}
	if k.s.Staff != "れんげ" {
		t.Errorf("the lane decided by itself: %+v", k.s)
	}
	for range 2 {
		k.later(time.Minute).do(Event{Kind: EvTap, Tap: Tap{Exit: ExSame, Arg: "3"}}).wantLines("same.told")
		if k.note(NoteSame) != nil {
			t.Error("the desk heard it twice")
		}
	}
	k.desk(DeskAct{Do: DeskKept, Staff: "すずらん"}).wantLines("same.back")
	if k.s.Staff != "すずらん" || k.s.From != "" || k.s.Wished {
		t.Errorf("state: %+v", k.s)
	}
	k.later(time.Minute).do(Event{Kind: EvTap, Tap: Tap{Exit: ExSame, Arg: "3"}}).wantLines("human.receipt")
	k.later(13 * time.Hour).says(Reading{Exit: ExSame}).wantNote(NoteWords) // a word to the coordinator
}

func TestKeepingTheOneOfBeforeCanBeSaidLateAndInWords(t *testing.T) {
	k := passedOn(t, PassedOn)
	k.desk(DeskAct{Do: DeskAnswered, Staff: "れんげ", Words: true}).wantLines("words")
	k.says(Reading{Exit: ExSame}).wantLines("same.told").wantNote(NoteSame)
	k.desk(DeskAct{Do: DeskKept, Staff: "れんげ"}).wantLines("same.stays")
	if k.s.Staff != "れんげ" || k.s.Wished {
		t.Errorf("state: %+v", k.s)
	}
	k = passedOn(t, PassedOn).presses(ExBot)
	k.do(Event{Kind: EvTap, Tap: Tap{Exit: ExSame, Arg: "3"}}).wantLines("late.tap")
}

func TestWhoIsLetRestInTheLineIsNotNudgedByTheMachine(t *testing.T) {
	k := newTalk(t).presses(ExHuman)
	k.desk(DeskAct{Do: DeskOpened})
	k.s.Consent = "checkin:1"
	k.desk(DeskAct{Do: DeskPaused, Staff: "れんげ", Until: morning.Add(3 * 24 * time.Hour)})
	if k.s.Consent != "" || k.s.Mode != ModeHuman {
		t.Errorf("got consent %q in mode %s, want somebody who is with a human now", k.s.Consent, k.s.Mode)
	}
}

func TestAPauseSaysUntilWhenAndLeadsNowhereDead(t *testing.T) {
	k := newTalk(t).withHuman()
	until := morning.Add(3 * 24 * time.Hour)
	k.desk(DeskAct{Do: DeskPaused, Staff: "れんげ", Until: until, Words: true}).wantLines("words paused")
	if e := k.spoken()[0]; e.Staff != "れんげ" || k.s.Staff != "すずらん" {
		t.Errorf("the words are %q's and the talk %q's", e.Staff, k.s.Staff)
	}
	k.says(Reading{}).wantLines("paused.receipt").wantText(0, "お休み中です。つづきは12月7日(月) 午前10時ごろから").wantNote(NoteWords)
	k.presses(ExHuman).wantLines("paused.receipt")
	k.presses(ExEnd).wantLines("end.human")
	k.says(Reading{Urgency: Life, Level: Clear}).wantLines("crisis.life").wantNote(NoteRisk)
	k.desk(DeskAct{Do: DeskResumed, Staff: "すずらん"}).wantLines("resumed")
	k.desk(DeskAct{Do: DeskResumed, Staff: "すずらん"}).wantLines("")
	k.desk(DeskAct{Do: DeskPaused, Until: morning.Add(-time.Hour)}).wantLines("") // came late
	k.presses(ExHuman).wantLines("human.receipt")
}
