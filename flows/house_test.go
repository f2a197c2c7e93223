package flows

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTheHouseKnowsItsHours(t *testing.T) {
	h := &House{Zone: tokyo, Closed: map[string]string{"2026-12-29": "年末"}, Hours: map[time.Weekday][]Span{
		time.Monday:  {{9 * 60, 12 * 60}, {12 * 60, 17 * 60}},
		time.Tuesday: {{9 * 60, 17 * 60}},
		time.Friday:  {{22 * 60, 2 * 60}},
	}}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 12, day, hour, minute, 0, 0, tokyo) }
	for _, c := range []struct {
		name string
		at   time.Time
		open bool
		next time.Time
	}{
		{"before opening", at(7, 8, 59), false, at(7, 9, 0)},
		{"touching spans are one", at(7, 9, 0), true, at(7, 17, 0)},
		{"the closing minute is closed", at(7, 17, 0), false, at(8, 9, 0)},
		{"late on Friday", at(11, 23, 0), true, at(12, 2, 0)},
		{"after midnight it is still Friday evening", at(12, 1, 59), true, at(12, 2, 0)},
		{"a closed day is passed over", at(28, 18, 0), false, at(32, 22, 0)},
	} {
		if open, next := h.OpenAt(c.at); open != c.open || !next.Equal(c.next) {
			t.Errorf("%s: got %v %v, want %v %v", c.name, open, next, c.open, c.next)
		}
	}
}

func TestAHouseWithoutHoursPromisesNothing(t *testing.T) {
	for _, h := range []*House{nil, {}, {Hours: map[time.Weekday][]Span{time.Monday: {{600, 600}}}}} {
		if open, next := h.OpenAt(morning); open || !next.IsZero() {
			t.Errorf("got %v %v", open, next)
		}
	}
	always := &House{Hours: map[time.Weekday][]Span{}}
	for d := time.Sunday; d <= time.Saturday; d++ {
		always.Hours[d] = []Span{{0, 24 * 60}}
	}
	if open, next := always.OpenAt(morning); !open || !next.IsZero() {
		t.Errorf("around the clock: got %v %v", open, next)
	}
}

// TestOpenAtAgreesWithAWatchman walks minute by minute, as a watchman would, and
// compares: over random hours, closed days and midnights.
func TestOpenAtAgreesWithAWatchman(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := &House{Zone: tokyo, Hours: map[time.Weekday][]Span{}, Closed: map[string]string{}}
		for d := time.Sunday; d <= time.Saturday; d++ {
			for range rapid.IntRange(0, 2).Draw(rt, "spans") {
				h.Hours[d] = append(h.Hours[d], Span{rapid.IntRange(0, 23).Draw(rt, "from") * 60, rapid.IntRange(0, 47).Draw(rt, "to") * 30})
			}
		}
		if rapid.Bool().Draw(rt, "closed") {
			h.Closed[morning.AddDate(0, 0, rapid.IntRange(-1, 3).Draw(rt, "day")).Format(time.DateOnly)] = "休み"
		}
		at := morning.Add(time.Duration(rapid.IntRange(0, 3*24*60).Draw(rt, "minute")) * time.Minute)
		open, next := h.OpenAt(at)
		if want := watch(h, at); open != want {
			rt.Fatalf("at %v: got %v, want %v (%+v)", at, open, want, h)
		}
		for m := at; m.Before(at.AddDate(0, 0, 9)); m = m.Add(30 * time.Minute) {
			m := m.Truncate(30 * time.Minute)
			if m.After(at) && watch(h, m) != open {
				if !next.Equal(m) {
					rt.Fatalf("at %v (open %v) it changes at %v, got %v (%+v)", at, open, m, next, h)
				}
				return
			}
		}
	})
}

// watch is the plain reading of a time table.
func watch(h *House, at time.Time) bool {
	for back := -1; back <= 0; back++ {
		day := time.Date(at.Year(), at.Month(), at.Day()+back, 0, 0, 0, 0, tokyo)
		if _, closed := h.Closed[day.Format(time.DateOnly)]; closed {
			continue
		}
		for _, s := range h.Hours[day.Weekday()] {
			end := s.To
			if end < s.From {
				end += 24 * 60
			}
			minute := int(at.Sub(day) / time.Minute)
			if minute >= s.From && minute < end {
				return true
			}
		}
	}
	return false
}
