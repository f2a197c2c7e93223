package flows

import "testing"

func TestHarshWordsAreMetCalmlyAndTheWayToAPersonStaysOpen(t *testing.T) {
	k := newTalk(t).says(Reading{Harsh: true}).wantLines("harsh")
	if k.s.Mode != ModeBot {
		t.Errorf("got mode %q, want the talk to go on", k.s.Mode)
	}
}

func TestHarshWordsToAHumanAreLeftToTheHuman(t *testing.T) {
	for _, e := range newTalk(t).withHuman().says(Reading{Harsh: true}).out {
		if e.Line == "harsh" {
			t.Error("the machine answers in the middle of a human's talk")
		}
	}
}
