package handoff

import (
	"errors"
	"testing"
	"time"

	"engawa/flows"
)

// of makes hours for some weekdays.
func of(from, to int, days ...time.Weekday) map[time.Weekday][]flows.Span {
	week := map[time.Weekday][]flows.Span{}
	for _, d := range days {
		week[d] = []flows.Span{{From: from * 60, To: to * 60}}
	}
	return week
}

func TestWhoWorksPartTimeIsOnInTheirOwnHoursOnly(t *testing.T) {
	w := newWorld(t) // Monday the 16th, 10:00; the house is open 9-12 and 13-17
	s := w.withShifts("sato", "tanaka")
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.SetWeek(ctx, "sato", Week{Days: of(9, 11, time.Monday, time.Tuesday)}))
	must(s.SetWeek(ctx, "tanaka", Week{Days: of(14, 16, time.Monday), Off: []string{"2026-11-30"}}))
	for _, row := range []struct {
		at   time.Time
		open bool
		next time.Time
	}{
		{at(16, 10), true, at(16, 11)},  // sato alone
		{at(16, 11), false, at(16, 14)}, // nobody, though the house is open
		{at(16, 14), true, at(16, 16)},  // tanaka alone
		{at(16, 16), false, at(17, 9)},  // sato's Tuesday
		{at(17, 12), false, at(24, 9)},  // Monday the 23rd is a holiday
	} {
		if open, next := s.OpenAt(row.at); open != row.open || !next.Equal(row.next) {
			t.Errorf("%s: open %v until or from %s, want %v, %s", row.at, open, next, row.open, row.next)
		}
	}
	if s.On("tanaka", at(16, 10)) || !s.On("tanaka", at(16, 14)) || s.On("tanaka", at(30, 14)) {
		t.Error("tanaka is on in her own hours, and not on her day off")
	}
	if !s.Away("tanaka", at(16, 10)) || s.Away("sato", at(16, 10)) {
		t.Error("what wakes at ten goes to sato, who is there")
	}
	must(s.Out(ctx, "sato", at(17, 10)))
	if open, next := s.OpenAt(at(17, 9)); open || !next.Equal(at(17, 10)) {
		t.Errorf("sato is out until ten: open %v, next %s", open, next)
	}
}

func TestTwoWhoChangeAWeekAtOnceAreToldApart(t *testing.T) {
	w := newWorld(t)
	s := w.withShifts("sato")
	ctx := t.Context()
	seen, err := s.WeekOf(ctx, "sato")
	if err != nil {
		t.Fatal(err)
	}
	seen.Days = of(9, 12, time.Monday)
	if err := s.SetWeek(ctx, "sato", seen); err != nil {
		t.Fatal(err)
	}
	if err := s.SetWeek(ctx, "sato", seen); !errors.Is(err, ErrOther) {
		t.Errorf("a second hand with the old page: %v, want ErrOther", err)
	}
	now, err := s.WeekOf(ctx, "sato")
	if err != nil || now.Rev != 1 || len(now.Days) != 1 {
		t.Errorf("the week is %+v, err %v", now, err)
	}
	for _, bad := range []Week{{Days: of(12, 9, time.Monday), Rev: 1}, {Off: []string{"tomorrow"}, Rev: 1}} {
		if err := s.SetWeek(ctx, "sato", bad); !errors.Is(err, ErrHours) {
			t.Errorf("%+v: %v, want ErrHours", bad, err)
		}
	}
	if err := s.SetWeek(ctx, "sato", Week{Rev: 1}); err != nil {
		t.Fatal(err)
	}
	if open, next := s.OpenAt(monday); !open || !next.Equal(at(16, 12)) {
		t.Errorf("without a week of one's own: open %v until %s", open, next)
	}
}
