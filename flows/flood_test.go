package flows

import (
	"testing"
	"time"
)

func TestWhoWritesVeryMuchIsAnsweredMoreAndMoreSlowlyAndThenAsBefore(t *testing.T) {
	var s State
	now := morning
	write := func(n int, every time.Duration) (waits []time.Duration) {
		for range n {
			now = now.Add(every)
			waits = append(waits, Slow(s, now, 1))
			v := View{Now: now, Open: true}
			s, _, _ = Step(newTalk(t).b, v, s, Event{Kind: EvText, Readings: []Reading{{}}})
		}
		return waits
	}
	for i, w := range write(60, 10*time.Second) { // ten minutes of a lively talk
		if w != 0 {
			t.Fatalf("text %d of a lively talk waits %s", i, w)
		}
	}
	waits := write(300, 200*time.Millisecond) // a minute of a flood
	last := time.Duration(0)
	for i, w := range waits {
		if w < last {
			t.Fatalf("text %d waits %s after %s: want it to grow", i, w, last)
		}
		last = w
	}
	if waits[25] != 0 || waits[60] == 0 || last != floodMost {
		t.Errorf("waits: %s, %s … %s, want none, some … %s", waits[25], waits[60], last, floodMost)
	}
	s.Mode = ModeHuman
	if w := Slow(s, now, 1); w != 0 {
		t.Errorf("a coordinator waits %s for the words", w)
	}
	s.Mode = ModeBot
	now = now.Add(10 * time.Minute)
	if w := Slow(s, now, 1); w != 0 {
		t.Errorf("ten minutes later a text waits %s", w)
	}
	if s.Many > 1000 {
		t.Errorf("counts %d texts", s.Many)
	}
	s.Many, s.ManyAt = 1000, now.Add(time.Hour).Unix() // a clock that went back
	if w := Slow(s, now, 1); w != floodMost {
		t.Errorf("with a clock that went back: %s, want %s", w, floodMost)
	}
}
