package flows

import (
	"testing"
	"time"
)

var clear = Reading{Urgency: Life, Level: Clear, Rules: []string{"life.1"}}

func TestAClearCryForHelpIsAnsweredFirstWithCaseAlarmAndTimer(t *testing.T) {
	k := newTalk(t).says(Reading{Topics: money, Sure: true}).says(clear).wantLines("crisis.life")
	if e := k.out[0]; !e.Crisis || e.Choices[0].Label != "人と話す" || e.Choices[1].URI != "tel:119" {
		t.Errorf("first effect: %+v", e)
	}
	n := k.wantNote(NoteOpen)
	if n.Urgency != Life || n.Level != Clear || n.Since != morning.Unix() || n.Rules[0] != "life.1" {
		t.Errorf("note: %+v", n)
	}
	if k.count(EfAlarm) != 1 || k.count(EfTimer) != 1 || k.s.Scene != "okane/はじめ" {
		t.Errorf("effects: %+v, scene %q", k.out, k.s.Scene)
	}
	k.says(clear).wantLines("crisis.life").wantNote(NoteRisk) // one case, however often
	if k.note(NoteOpen) != nil || k.count(EfTimer) != 0 {
		t.Errorf("again: %+v", k.out)
	}
}

func TestAtNightWithNobodyOnDutyNothingPretends(t *testing.T) {
	k := newTalk(t).at(morning.Add(14 * time.Hour)).says(clear).wantLines("crisis.life.night")
	if k.count(EfAlarm) != 0 || k.wantNote(NoteOpen).Level != Clear {
		t.Errorf("effects: %+v", k.out)
	}
	k = newTalk(t).at(morning.Add(14 * time.Hour))
	k.v.Night = true
	if k.says(clear).wantLines("crisis.life"); k.count(EfAlarm) != 1 {
		t.Errorf("with a night duty somebody is woken: %+v", k.out)
	}
}

func TestWithAHumanTheCardComesOutOfHoursOrAfterThreeMinutesUnseen(t *testing.T) {
	k := newTalk(t).withHuman().says(clear).wantLines("")
	k.wantNote(NoteRisk)
	timer := k.out[len(k.out)-1].Timer
	if timer.Kind != TimerAlarm || timer.At != morning.Add(3*time.Minute) {
		t.Fatalf("timer: %+v", timer)
	}
	k.later(3 * time.Minute).do(Event{Kind: EvTimer, Timer: timer}).wantLines("crisis.life")
	k.do(Event{Kind: EvTimer, Timer: timer}).wantLines("") // a late twin is nothing

	k = newTalk(t).withHuman().says(clear)
	timer = k.out[len(k.out)-1].Timer
	k.desk(DeskAct{Do: DeskAlarmed}).wantLines("").do(Event{Kind: EvTimer, Timer: timer}).wantLines("")

	k = newTalk(t).withHuman().says(clear)
	timer = k.out[len(k.out)-1].Timer
	k.v.Alarmed = true
	k.do(Event{Kind: EvTimer, Timer: timer}).wantLines("")

	k = newTalk(t).withHuman().later(14 * time.Hour).says(clear).wantLines("crisis.life.night")
	if k.out[0].Kind != EfDesk {
		t.Errorf("the coordinator learns it first: %+v", k.out)
	}
}

func TestAWorryIsAskedAboutOnceAndGently(t *testing.T) {
	worry := Reading{Urgency: Life, Level: Worry, Topics: money, Sure: true}
	k := newTalk(t).says(Reading{Topics: money, Sure: true}).says(worry).wantLines("worry.life")
	if len(k.spoken()[0].Choices) != 3 || k.s.Scene != "okane/はじめ" || k.note(NoteOpen) != nil {
		t.Errorf("effects: %+v", k.out)
	}
	k.taps("いいえ").wantLines("worry.ok")
	again := Reading{Urgency: Life, Level: Worry, Talk: true}
	k.says(again).wantLines("clarify.human").says(again).wantLines("worry.life")
	k.says(Reading{Urgency: Life, Level: Worry, Topics: money[1:], Sure: true}).wantLines("ibasho/はじめ") // they say what they want: the way to a human stands beside
	newTalk(t).says(clear).presses(ExLeave).says(again).wantLines("crisis.life")
	newTalk(t).says(worry).taps("はい").wantLines("crisis.life").wantNote(NoteOpen)
	newTalk(t).says(worry).says(Reading{Exit: ExYes}).wantLines("crisis.life")
	newTalk(t).says(worry).taps("人と話す").wantLines("human.open")
	k = newTalk(t).withHuman().says(Reading{Talk: true}).says(worry).wantLines("")
	if n := k.wantNote(NoteRisk); n.Level != Worry {
		t.Errorf("risk: %+v", n)
	}
}

func TestACryForHelpBesideAWayOutLosesNeither(t *testing.T) {
	newTalk(t).says(clear, Reading{Exit: ExDelete}).wantLines("crisis.life delete.ask")
	newTalk(t).presses(ExDelete).says(clear, Reading{Exit: ExDeleteNow}).wantLines("crisis.life delete.done")
}

func TestInStandbyNothingIsSaidButAClearCryWakesSomebody(t *testing.T) {
	for _, e := range []Event{{Kind: EvText}, {Kind: EvTap, Tap: Tap{Exit: ExHuman}}, {Kind: EvSticker}, {Kind: EvFollow}} {
		e.Standby = true
		if k := newTalk(t).do(e); len(k.out) != 0 {
			t.Errorf("%v: %+v", e.Kind, k.out)
		}
	}
	k := newTalk(t).do(Event{Kind: EvText, Standby: true, Readings: []Reading{clear}})
	if len(k.out) != 1 || k.out[0].Kind != EfAlarm || !k.out[0].Alarm.Standby {
		t.Errorf("effects: %+v", k.out)
	}
}
