package flows

import (
	"strings"
	"testing"
	"time"
)

// noticing is a talk in a house that knows how to tell its notices.
func noticing(t *testing.T, n Notice) *talk {
	k := newTalk(t)
	b := *k.b
	b.Lines = map[string][]Phrase{}
	for key, p := range k.b.Lines {
		b.Lines[key] = p
	}
	b.Lines["notice.away"] = []Phrase{{Ja: "きょうは人がいません。次は{when}"}}
	b.Lines["notice.disaster"] = []Phrase{{Ja: "災害のときの案内です"}}
	b.Flows = map[FlowID]*Flow{}
	for id, f := range k.b.Flows {
		b.Flows[id] = f
	}
	b.Scenes = map[SceneKey]*Scene{}
	for key, sc := range k.b.Scenes {
		b.Scenes[key] = sc
	}
	b.Flows["saigai"] = &Flow{ID: "saigai", Title: Phrase{Ja: "災害のあと"}, Topic: "disaster", Start: "saigai/はじめ"}
	b.Scenes["saigai/はじめ"] = &Scene{Key: "saigai/はじめ", Flow: "saigai", Name: "はじめ", Texts: []Phrase{{Ja: "おけがはありませんか"}}, End: true}
	b.Order = append([]FlowID{"saigai"}, k.b.Order...)
	k.b, k.v.Notice = &b, n
	return k
}

func TestADayWithoutAnybodyIsToldBeforeTheWait(t *testing.T) {
	k := noticing(t, Notice{Away: morning.Add(24 * time.Hour)})
	k.presses(ExMenu).wantText(0, "きょうは人がいません。次は12月7日(月) 午前9時ごろ")
	k.presses(ExHuman).wantLines("human.closed") // in the middle of the hours
	if k.s.Mode != ModeWaiting || k.note(NoteOpen) == nil {
		t.Errorf("the way to a human is closed: %+v", k.s)
	}
}

func TestANoticeEndsByItself(t *testing.T) {
	k := noticing(t, Notice{Away: morning.Add(time.Hour), Disaster: morning.Add(time.Hour)})
	k.later(time.Hour).presses(ExMenu)
	if got := asJSON(k.out); strings.Contains(got, "きょうは人がいません") || strings.Contains(got, "災害のときの") {
		t.Errorf("said after its end: %s", got)
	}
	k.presses(ExHuman).wantLines("human.open")
}

func TestInADisasterItsEntranceLeadsAndATypedOneMeansWhatWasShown(t *testing.T) {
	k := noticing(t, Notice{Disaster: morning.Add(time.Hour)})
	k.presses(ExMenu).wantText(0, "災害のときの案内です")
	if got := k.labels(); len(got) == 0 || got[0] != "災害のあと" {
		t.Fatalf("the menu is %v, want the disaster's entrance first", got)
	}
	k.v.Notice = Notice{} // it ended while the menu stood on the screen
	k.says(Reading{Choice: 1}).wantLines("saigai/はじめ")
}

func TestWhileAHumanHasTheTalkTheNoticeIsQuiet(t *testing.T) {
	k := noticing(t, Notice{Away: morning.Add(time.Hour), Disaster: morning.Add(time.Hour)}).withHuman()
	for _, x := range []Exit{ExMenu, ExHuman, ExRestart, ExEnd} {
		k.presses(x)
		if got := asJSON(k.out); strings.Contains(got, "災害のときの") {
			t.Errorf("%s: %s", x, got)
		}
	}
}

func TestUnderANoticeEveryAnswerHasItsWaysOutAndAtMostThreeBubbles(t *testing.T) {
	for _, n := range []Notice{{Away: morning.Add(time.Hour)}, {Disaster: morning.Add(time.Hour)}, {Away: morning.Add(time.Hour), Disaster: morning.Add(time.Hour)}} {
		k := noticing(t, n).do(Event{Kind: EvFollow})
		for _, x := range []Exit{ExMenu, ExHuman, ExMenu, ExLeave, ExRestart, ExEnd} {
			k.presses(x)
			for _, e := range k.spoken() {
				if len(e.Bubbles) > 3 || len(e.Exits) == 0 || !strings.Contains(e.Exits[0].Data, string(ExHuman)) {
					t.Errorf("%+v after %s: %d bubbles, exits %v", n, x, len(e.Bubbles), e.Exits)
				}
			}
		}
		v, s, b := k.v, k.s, k.b
		s1, e1, w1 := Step(b, v, s, Event{ID: "x", Kind: EvTap, At: v.Now, Tap: Tap{Exit: ExMenu}})
		s2, e2, w2 := Step(b, v, s, Event{ID: "x", Kind: EvTap, At: v.Now, Tap: Tap{Exit: ExMenu}})
		if asJSON([]any{s1, e1, w1}) != asJSON([]any{s2, e2, w2}) {
			t.Error("the same turn twice is not the same")
		}
	}
}
