package flows

import (
	"strings"
	"testing"
	"time"
)

var money = []Scored{{Flow: "okane", Topic: "money", Score: 900}, {Flow: "ibasho", Topic: "place", Score: 500}}

func TestATextThatNamesAnEntranceOpensItAtOnce(t *testing.T) {
	k := newTalk(t).says(Reading{Topics: money, Sure: true}).wantLines("okane/はじめ")
	if k.s.Scene != "okane/はじめ" {
		t.Errorf("scene: got %q", k.s.Scene)
	}
	if got, want := strings.Join(k.labels()[:4], " "), "家賃 まだ言葉にできない 急ぎ 3日後に一度だけ"; got != want {
		t.Errorf("choices: got %q, want %q", got, want)
	}
}

func TestAnUnclearTextIsAskedBackWithCandidatesThenTheMenuThenAHuman(t *testing.T) {
	k := newTalk(t).says(Reading{Topics: money}).wantLines("clarify.lead")
	if got, want := strings.Join(k.labels()[:3], " "), "お金のこと 居場所をさがす どれも違う"; got != want {
		t.Errorf("candidates: got %q, want %q", got, want)
	}
	k.taps("どれも違う").wantLines("none.lead")
	k.says(Reading{}).wantLines("clarify.human").says(Reading{Exit: ExYes}).wantLines("human.open")
	k = newTalk(t).says(Reading{Topics: money}).says(Reading{Topics: money}).wantLines("clarify.again").says(Reading{}).wantLines("clarify.human")
	last := k.lines()
	for range 6 {
		if k.says(Reading{}); k.lines() == last {
			t.Errorf("the same sentence twice: %q", last)
		}
		last = k.lines()
	}
}

func TestACandidateIsATapAway(t *testing.T) {
	newTalk(t).says(Reading{Topics: money}).taps("居場所をさがす").wantLines("ibasho/はじめ")
}

func TestWordsThatNameThePlaceTheyAreInLeadNobodyAway(t *testing.T) {
	for _, sure := range []bool{true, false} {
		k := newTalk(t).says(Reading{Topics: money, Sure: true}).wantLines("okane/はじめ")
		k.says(Reading{Topics: money, Sure: sure}).wantLines("clarify.here").says(Reading{Choice: 1}).wantLines("okane/家賃")
	}
}

func TestADigitAndATypedLabelAreTaps(t *testing.T) {
	k := newTalk(t).says(Reading{Topics: money, Sure: true})
	k.says(Reading{Choice: 1}).wantLines("okane/家賃")
	k.says(Reading{Choice: 99}).wantLines("clarify.again").says(Reading{Choice: 1}).wantLines("okane/二年")
	k.presses(ExMenu).says(Reading{Choice: 2}).wantLines("ibasho/はじめ") // what is on the screen now is the menu
	k.says(Reading{Topics: money, Sure: true}).presses(ExLang).says(Reading{Choice: 3}).wantLines("lang.done")
}

func TestSmallTalkNeverRepeatsItselfAtOnce(t *testing.T) {
	k := newTalk(t)
	last := ""
	for range 5 {
		text := k.says(Reading{Talk: true}).wantLines("talk").spoken()[0].Bubbles[0].Text
		if text == last {
			t.Errorf("said twice: %q", text)
		}
		last = text
	}
}

func TestTheFirstUseNoticeComesOnce(t *testing.T) {
	k := newTalk(t)
	k.s = State{}
	k.do(Event{Kind: EvFollow}).wantLines("greeting")
	k.do(Event{Kind: EvFollow}).wantLines("follow")
	k.do(Event{Kind: EvUnfollow}).wantLines("")
	k.do(Event{Kind: EvFollow}).wantLines("greeting.back")
	k.s = State{}
	k.says(Reading{Topics: money, Sure: true}).wantLines("greeting okane/はじめ")
	k.says(Reading{Talk: true}).wantLines("talk")
}

func TestABurstIsOneTurn(t *testing.T) {
	k := newTalk(t).says(
		Reading{Talk: true},
		Reading{Topics: money[:1], Sure: true},
		Reading{Topics: []Scored{{Flow: "ibasho", Topic: "place", Score: 950}}, Sure: true},
	).wantLines("okane/はじめ")
	k.taps("居場所をさがす").wantLines("ibasho/はじめ") // the second wish stays in sight
	k.says(Reading{Topics: money, Sure: true}, Reading{Exit: ExHuman}, Reading{Exit: ExEnd}).wantLines("end")
	k.says(Reading{Talk: true}, Reading{Urgency: Life, Level: Worry}, Reading{Urgency: Violence, Level: Clear, Rules: []string{"v1"}}).wantLines("crisis.violence")
}

func TestStickersPhotosPlacesAndUnknownThingsAreReceived(t *testing.T) {
	for kind, line := range map[EventKind]string{EvSticker: "sticker", EvMedia: "media", EvLocation: "location", EvUnknown: "unknown", "hologram": "unknown"} {
		newTalk(t).do(Event{Kind: kind}).wantLines(line)
	}
}

func TestAnOldButtonStillWorksAndAGoneOneShowsWhatIsOnTheScreen(t *testing.T) {
	k := newTalk(t).says(Reading{Topics: money, Sure: true})
	old := Tap{Bundle: "feedfeedfeed", Scene: "okane/家賃", Choice: 3, Turn: 1, Arg: mark(&k.b.Scenes["okane/家賃"].Choices[0])}
	k.do(Event{Kind: EvTap, Tap: old})
	if k.s.Memory["時期"] != "2年以内" {
		t.Errorf("a button of an older release must find its choice where it stands now: %v", k.s.Memory)
	}
	k.do(Event{Kind: EvTap, Tap: Tap{Scene: "okane/なくなった", Choice: 1}}).wantLines("late.tap")
	if len(k.spoken()[0].Choices) == 0 {
		t.Error("nothing to choose from after a late tap")
	}
}

func TestADoubleTapChangesNothingTheSecondTime(t *testing.T) {
	k := newTalk(t).says(Reading{Topics: money, Sure: true})
	tap, err := DecodeTap(k.spoken()[0].Choices[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	k.do(Event{Kind: EvTap, Tap: tap})
	before := asJSON(k.s)
	k.do(Event{Kind: EvTap, Tap: tap}).wantLines("")
	if after := asJSON(k.s); after != before {
		t.Errorf("state moved: %s → %s", before, after)
	}
	k.later(time.Minute).do(Event{Kind: EvTap, Tap: tap}).wantLines("okane/家賃")
}

func TestWhoComesBackAfterADayIsAskedWhereToGoOn(t *testing.T) {
	back := func() *talk {
		return newTalk(t).says(Reading{Topics: money, Sure: true}).taps("家賃").later(48 * time.Hour)
	}
	k := back().says(Reading{Talk: true}).wantLines("resume.lead").wantText(0, "前は「家賃」でした")
	if got := strings.Join(k.labels()[:3], " "); got != "つづける はじめから 人と話す" {
		t.Errorf("choices: got %q", got)
	}
	k.taps("つづける").wantLines("okane/家賃")
	back().says(Reading{Talk: true}).taps("はじめから").wantLines("restart")
	back().says(Reading{Talk: true}).taps("人と話す").wantLines("human.closed")
	back().says(Reading{Topics: money[1:], Sure: true}).wantLines("ibasho/はじめ") // who says what they want is not asked
	k = back().later(90 * 24 * time.Hour).says(Reading{Talk: true}).wantLines("talk")
	if k.s.Scene != "" {
		t.Errorf("after ninety days the place is forgotten, got %q", k.s.Scene)
	}
}

func TestAMissingSentenceNeverLeavesAPersonWithoutAnAnswer(t *testing.T) {
	for _, lang := range []Lang{"", JaEasy, En, Vi} {
		k := newTalk(t)
		k.b, k.s.Lang = &Bundle{}, lang
		k.says(Reading{Urgency: Life, Level: Clear})
		if len(k.spoken()) == 0 || !k.spoken()[0].Crisis || k.spoken()[0].Bubbles[0].Text == "" {
			t.Errorf("%s: a cry for help into an empty bundle: %+v", lang, k.spoken())
		}
		for _, e := range []Event{{Kind: EvText}, {Kind: EvFollow}, {Kind: EvTap, Tap: Tap{Exit: ExHuman}}, {Kind: EvTap, Tap: Tap{Exit: ExDelete}}} {
			k.do(e)
			if len(k.spoken()) == 0 || k.spoken()[0].Bubbles[0].Text == "" {
				t.Errorf("%s: %v left without an answer", lang, e.Kind)
			}
		}
	}
}

func TestALanguageWithoutItsOwnSentenceSaysSo(t *testing.T) {
	k := newTalk(t)
	k.s.Lang = Vi
	k.says(Reading{Talk: true}).wantText(0, "(やさしい)[lang.fallback]")
}

func TestDraftsAreToldOnce(t *testing.T) {
	k := newTalk(t)
	k.b.Drafts = true
	k.says(Reading{Talk: true}).wantText(0, "[draft.notice]")
	k.says(Reading{Talk: true}).wantText(0, "聞いています")
}

func TestASceneGoneFromTheReleaseStrandsNobody(t *testing.T) {
	k := newTalk(t)
	k.s.Scene, k.s.Back = "okane/なくなった", []SceneKey{"okane/これも", "okane/はじめ"}
	k.says(Reading{}).wantLines("clarify.again")
	k.presses(ExBack).wantLines("okane/はじめ")
	k.presses(ExBack)
	if len(k.spoken()) == 0 {
		t.Error("no answer")
	}
}

func TestACircleOfScenesEnds(t *testing.T) {
	k := newTalk(t)
	k.do(Event{Kind: EvTap, Tap: Tap{Exit: ExMenu, Arg: "hanashi/輪"}}).wantLines("late.tap")
}

func TestStepLeavesItsInputsAlone(t *testing.T) {
	k := newTalk(t).says(Reading{Topics: money, Sure: true}).taps("家賃")
	before := asJSON(k.s)
	state, e := k.s, Event{Kind: EvTap, At: k.v.Now, Tap: Tap{Scene: "okane/家賃", Choice: 1}}
	Step(k.b, k.v, state, e)
	Step(k.b, k.v, state, Event{Kind: EvTap, Tap: Tap{Exit: ExBack}})
	if after := asJSON(k.s); after != before {
		t.Errorf("state changed under us: %s → %s", before, after)
	}
}
