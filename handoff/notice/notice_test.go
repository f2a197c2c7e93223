package notice

import (
	"errors"
	"testing"
	"time"

	"engawa/config/redistest"
)

var now = time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)

func TestASwitchSetThreeTimesIsSetOnceAndCanBeEnded(t *testing.T) {
	rdb := redistest.Client(t)
	s := New(rdb)
	until := now.Add(5 * time.Hour)
	for range 3 {
		if err := s.Set(t.Context(), "on", Away, until, "suzuki", now); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Now(t.Context()); err != nil || !n.Away.Equal(until) || !n.Disaster.IsZero() {
		t.Errorf("now %+v, %v", n, err)
	}
	for range 3 {
		if err := s.End(t.Context(), "off", Away, "suzuki", now); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Now(t.Context()); err != nil || n.AwayAt(now) {
		t.Errorf("after its end: %+v, %v", n, err)
	}
	if got := rdb.LLen(t.Context(), logKey).Val(); got != 2 {
		t.Errorf("%d entries in the log, want one for each change", got)
	}
}

func TestAFormThatComesAgainDoesNotTurnOnWhatWasEndedSince(t *testing.T) {
	s := New(redistest.Client(t))
	until := now.Add(5 * time.Hour)
	for _, do := range []func() error{
		func() error { return s.Set(t.Context(), "a1", Disaster, until, "suzuki", now) },
		func() error { return s.End(t.Context(), "a2", Disaster, "mori", now.Add(time.Hour)) },
		func() error { return s.Set(t.Context(), "a1", Disaster, until, "suzuki", now.Add(time.Hour)) }, // sent twice, late
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Now(t.Context()); err != nil || n.DisasterAt(now.Add(time.Hour)) {
		t.Errorf("the old form turned it on again: %+v, %v", n, err)
	}
	deeds, err := s.Log(t.Context(), 10)
	if err != nil || len(deeds) != 2 || deeds[0].By != "mori" || !deeds[0].Until.IsZero() || !deeds[1].Until.Equal(until) {
		t.Errorf("the log is %+v, %v; want the end by mori, then the start", deeds, err)
	}
}

func TestWhatHasEndedByItselfIsNotEndedAgain(t *testing.T) {
	s := New(redistest.Client(t))
	if err := s.Set(t.Context(), "a1", Away, now.Add(time.Hour), "suzuki", now); err != nil {
		t.Fatal(err)
	}
	if err := s.End(t.Context(), "a2", Away, "mori", now.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if deeds, err := s.Log(t.Context(), 10); err != nil || len(deeds) != 1 {
		t.Errorf("the log is %+v, %v; want the start alone", deeds, err)
	}
}

func TestASwitchNeedsAnEndThatComes(t *testing.T) {
	s := New(redistest.Client(t))
	for _, until := range []time.Time{{}, now, now.AddDate(1, 0, 0)} {
		if err := s.Set(t.Context(), "on", Disaster, until, "suzuki", now); !errors.Is(err, ErrTime) {
			t.Errorf("until %v: %v, want ErrTime", until, err)
		}
	}
}
