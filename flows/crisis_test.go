package flows

import (
	"strings"
	"testing"
	"time"
)

var clear = Reading{Urgency: Life, Level: Clear, Rules: []string{"life.1"}}

func TestOthersWhoListenAtThisHourStandInACrisisAnswer(t *testing.T) {
	all := map[time.Weekday][]Span{}
	for d := time.Sunday; d <= time.Saturday; d++ {
		all[d] = []Span{{0, 24 * 60}}
	}
	night := map[time.Weekday][]Span{time.Friday: {{20 * 60, 24 * 60}}}
	labels := func(change func(k *talk)) (out []string) {
		k := newTalk(t)
		seen := morning.AddDate(0, 0, -10)
		k.b.Cards["chat"] = &Card{ID: "chat", Kind: "contact", Title: ja("文字の窓口"), URL: "https://chat.example", Phone: "0300001005", Week: all, Holidays: true, Verified: seen, By: "すずらん"}
		k.b.Cards["tel"] = &Card{ID: "tel", Kind: "contact", Title: ja("夜の電話"), Phone: "0300001006", Week: night, Holidays: true, Verified: seen, By: "すずらん"}
		k.b.House.Urgent = map[Urgency][]CardID{Life: {"tel", "chat"}}
		change(k)
		k.says(Reading{Urgency: Life, Level: Clear})
		for _, b := range k.spoken()[0].Choices[1:] {
			out = append(out, b.Label+" "+b.URI)
		}
		return out
	}
	for name, c := range map[string]struct {
		change func(k *talk)
		want   string
	}{
		"open now, and written before spoken": {func(*talk) {}, "文字の窓口 https://chat.example"},
		"nobody has verified it":              {func(k *talk) { k.b.Cards["chat"].By = "" }, ""},
		"written before spoken, of both":      {func(k *talk) { k.at(morning.Add(11 * time.Hour)) }, "文字の窓口 https://chat.example"},
		"spoken where nothing is written": {func(k *talk) {
			k.at(morning.Add(11 * time.Hour))
			k.b.Cards["chat"].URL = ""
			k.b.House.Urgent[Life] = []CardID{"tel"}
		}, "夜の電話 tel:0300001006"},
		"its hours are not known": {func(k *talk) { k.b.Cards["chat"].Week = nil }, ""},
		"an unknown card":         {func(k *talk) { k.b.House.Urgent[Life] = []CardID{"gone"} }, ""},
	} {
		got := labels(c.change)
		if extra := strings.Join(got[2:], ", "); extra != c.want || len(got) > 3 {
			t.Errorf("%s: got %v, want %q after 119 and 110", name, got, c.want)
		}
	}
}

func TestWhoWritesOfViolenceCanTakeTheTalkOffTheScreen(t *testing.T) {
	k := newTalk(t).says(Reading{Urgency: Violence, Level: Clear})
	if !hasExit(k.exitsOf(0), ExForget) {
		t.Errorf("exits %v, want この話を消す", k.exitsOf(0))
	}
	if k = newTalk(t).says(Reading{Urgency: Life, Level: Clear}); hasExit(k.exitsOf(0), ExForget) {
		t.Errorf("exits %v: deleting is not offered to who wants to die", k.exitsOf(0))
	}
}

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

func TestACheckInAfterViolenceNamesNoTopic(t *testing.T) {
	k := newTalk(t)
	k.b.Lines["nudge.quiet"] = one("[nudge.quiet]")
	k.says(Reading{Topics: money, Sure: true}).taps("3日後に一度だけ")
	timer := k.out[len(k.out)-1].Timer
	for _, e := range k.out {
		if e.Kind == EfTimer {
			timer = e.Timer
		}
	}
	k.says(Reading{Urgency: Violence, Level: Worry}).later(72 * time.Hour).do(Event{Kind: EvTimer, Timer: timer})
	if e := k.spoken(); len(e) != 1 || e[0].Kind != EfNudge || e[0].Line != "nudge.quiet" || !hasExit(k.exitsOf(0), ExStop) {
		t.Fatalf("got %+v, want one quiet word with a way to stop", e)
	}
	for _, b := range k.spoken()[0].Choices {
		if strings.Contains(b.Label, "お金") || strings.Contains(b.Label, "家賃") {
			t.Errorf("the button %q names the topic", b.Label)
		}
	}
	k.taps("つづける").wantLines("okane/その後")
}
