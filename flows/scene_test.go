package flows

import (
	"testing"
	"time"
)

func TestScenesPassOnWithoutAskingAndBranchOnWhatIsRemembered(t *testing.T) {
	k := newTalk(t).says(Reading{Topics: money, Sure: true}).taps("家賃")
	if cards := k.spoken()[0].Bubbles[1:]; len(cards) != 2 || cards[0].Card.ID != "mado" || cards[1].Card.ID != "memo" {
		t.Errorf("a card that nobody verified for too long gives way to its replacement: %+v", cards)
	}
	k.taps("2年以内").wantText(0, "二年以内ですね")
	if k.s.Scene != "okane/しめ" || len(k.spoken()[0].Bubbles) != 2 {
		t.Errorf("scene %q, bubbles %+v", k.s.Scene, k.spoken()[0].Bubbles)
	}
	k.presses(ExBack).wantLines("okane/家賃")
	if len(k.s.Memory) != 0 {
		t.Errorf("もどる must give memory back: %v", k.s.Memory)
	}
	k.taps("もっと前").wantText(0, "窓口の人が確かめます")
	k.presses(ExBack).presses(ExBack).wantLines("okane/はじめ").presses(ExBack).wantLines("menu.lead").presses(ExBack).wantLines("back.none")
}

func TestTheHourDecidesABranch(t *testing.T) {
	hello := Event{Kind: EvTap, Tap: Tap{Exit: ExMenu, Arg: "hanashi/はじめ"}}
	newTalk(t).do(hello).wantText(0, "なんでもどうぞ")
	newTalk(t).at(morning.Add(12*time.Hour)).do(hello).wantText(0, "夜ですね")
}

func TestRestartForgetsThePlaceAndKeepsTheConsent(t *testing.T) {
	k := newTalk(t).says(Reading{Topics: money, Sure: true}).taps("3日後に一度だけ")
	k.says(Reading{Topics: money, Sure: true}).taps("家賃").presses(ExRestart).wantLines("restart")
	if k.s.Scene != "" || k.s.Back != nil || k.s.Consent == "" {
		t.Errorf("state: %+v", k.s)
	}
}

// checkedIn asks for a check-in and gives its timer.
func checkedIn(t *testing.T, at time.Time) (*talk, Timer) {
	k := newTalk(t).at(at).says(Reading{Topics: money, Sure: true}).taps("3日後に一度だけ").wantLines("end")
	for _, e := range k.out {
		if e.Kind == EfTimer {
			return k, e.Timer
		}
	}
	t.Fatal("no timer")
	return nil, Timer{}
}

func TestACheckInComesOnceAndOnlyAsAskedFor(t *testing.T) {
	k, timer := checkedIn(t, morning)
	if timer.At != morning.AddDate(0, 0, 3) || timer.Scene != "okane/その後" {
		t.Errorf("timer: %+v", timer)
	}
	due := Event{Kind: EvTimer, Timer: timer}
	k.at(timer.At).do(due).wantLines("okane/その後")
	if e := k.spoken()[0]; e.Kind != EfNudge || !hasLabel(e.Exits, "もう送らないで") {
		t.Errorf("effect: %+v", e)
	}
	k.do(due).wantLines("")
	k.taps2("まだ", "okane/その後").wantLines("okane/はじめ")
}

// taps2 answers a scene's button by its label, from the bundle.
func (k *talk) taps2(label string, scene SceneKey) *talk {
	k.Helper()
	for i, c := range k.b.Scenes[scene].Choices {
		if c.Label[Ja] == label {
			return k.do(Event{Kind: EvTap, Tap: Tap{Scene: scene, Choice: i + 1}})
		}
	}
	k.Fatalf("no choice %q", label)
	return k
}

func hasLabel(list []Button, label string) bool {
	for _, b := range list {
		if b.Label == label {
			return true
		}
	}
	return false
}

func TestACheckInWaitsForTheDay(t *testing.T) {
	night := time.Date(2026, 12, 4, 23, 0, 0, 0, tokyo)
	k, timer := checkedIn(t, night)
	nine := time.Date(2026, 12, 8, 9, 0, 0, 0, tokyo)
	if timer.At != nine {
		t.Errorf("asked for at night: got %v, want %v", timer.At, nine)
	}
	k.at(time.Date(2026, 12, 8, 20, 0, 0, 0, tokyo)).do(Event{Kind: EvTimer, Timer: timer}).wantLines("")
	if len(k.out) != 1 || k.out[0].Kind != EfTimer || k.out[0].Timer.At != nine.AddDate(0, 0, 1) {
		t.Errorf("fired too late in the day: %+v", k.out)
	}
}

func TestAHumanAStopOrABlockCancelsTheCheckIn(t *testing.T) {
	for name, e := range map[string]Event{
		"human": {Kind: EvTap, Tap: Tap{Exit: ExHuman}}, "stop": {Kind: EvTap, Tap: Tap{Exit: ExStop}},
		"unfollow": {Kind: EvUnfollow}, "crisis": {Kind: EvText, Readings: []Reading{clear}},
	} {
		k, timer := checkedIn(t, morning)
		k.do(e)
		if k.count(EfCancel) != 1 {
			t.Errorf("%s: nothing cancelled: %+v", name, k.out)
		}
		k.at(timer.At).do(Event{Kind: EvTimer, Timer: timer}).wantLines("")
	}
}

func TestInSmallTalkACatIsACatAndWhatIsHalfSaidStaysInReach(t *testing.T) {
	k := newTalk(t)
	k.b.Flows["hanashi"].Topic = "smalltalk"
	k.b.Scenes["hanashi/はじめ"].End, k.b.Scenes["hanashi/はじめ"].Choices = false, []Choice{{Label: ja("空の話"), Next: "hanashi/はじめ"}, {Label: ja("おわり"), End: true}}
	k.b.Scenes["hanashi/はじめ"].If = nil
	k.do(Event{Kind: EvTap, Tap: Tap{Exit: ExMenu, Arg: "hanashi/はじめ"}})
	seen := map[string]bool{}
	for range 3 {
		k.says(Reading{Topics: []Scored{{Flow: "okane", Topic: "money", Score: 180}}}).wantLines("talk")
		seen[k.spoken()[0].Bubbles[0].Text] = true
		if len(k.spoken()[0].Choices) == 0 {
			t.Error("the place was lost")
		}
	}
	if len(seen) != 3 {
		t.Errorf("the same words came twice in three answers: %v", seen)
	}
	k.says(Reading{Topics: []Scored{{Flow: "okane", Topic: "money", Score: 600}}}).wantLines("talk")
	if !hasExit(k.exitsOf(0), ExMenu) || len(k.spoken()[0].Exits) < 4 {
		t.Errorf("exits %+v, want the way to money among them", k.spoken()[0].Exits)
	}
	k.says(Reading{Topics: money, Sure: true}).wantLines("okane/はじめ")
}

func TestWhoSaysNoToTheWorriedQuestionIsNotLeftBeforeAnEmptyScreen(t *testing.T) {
	k := newTalk(t).says(Reading{Urgency: Life, Level: Worry}).taps("いいえ").wantLines("worry.ok")
	if len(k.spoken()[0].Choices) != len(k.b.Menu) {
		t.Errorf("choices %+v, want the menu", k.spoken()[0].Choices)
	}
}
