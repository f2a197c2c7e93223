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
		if err := s.Set(t.Context(), Away, until, "suzuki", now); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Now(t.Context()); err != nil || !n.Away.Equal(until) || !n.Disaster.IsZero() {
		t.Errorf("now %+v, %v", n, err)
	}
	for range 3 {
		if err := s.End(t.Context(), Away, "suzuki", now); err != nil {
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

func TestASwitchNeedsAnEndThatComes(t *testing.T) {
	s := New(redistest.Client(t))
	for _, until := range []time.Time{{}, now, now.AddDate(1, 0, 0)} {
		if err := s.Set(t.Context(), Disaster, until, "suzuki", now); !errors.Is(err, ErrTime) {
			t.Errorf("until %v: %v, want ErrTime", until, err)
		}
	}
}
