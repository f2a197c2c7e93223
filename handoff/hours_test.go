package handoff

import (
	"errors"
	"testing"
	"time"

	"engawa/flows"
)

func TestHoursOverTheHouseWinInEveryProcess(t *testing.T) {
	w := newWorld(t) // Monday the 16th, 10:00; open 9–12 and 13–17; the 23rd is closed
	here, there := w.withShifts("sato"), w.withShifts("sato")
	ctx := t.Context()
	next := func(from, want time.Time) {
		t.Helper()
		w.eventually(func() bool { _, got := there.OpenAt(from); return got.Equal(want) })
	}
	next(at(20, 18), at(24, 9))
	h, err := here.Hours(ctx)
	if err != nil || h.Rev != 0 {
		t.Fatalf("before anybody changed them: %+v, %v", h, err)
	}
	h.Days = map[string]Day{"2026-11-23": {Open: true}, "2026-11-24": {Why: "研修"}}
	if err := here.SetHours(ctx, h, "mori"); err != nil {
		t.Fatal(err)
	}
	next(at(20, 18), at(23, 9))
	next(at(23, 18), at(25, 9))
	if err := there.SetHours(ctx, h, "sato"); !errors.Is(err, ErrOther) {
		t.Errorf("what was looked at before: %v, want ErrOther", err)
	}
	h, err = there.Hours(ctx)
	if err != nil || h.By != "mori" || h.Days["2026-11-24"].Why != "研修" {
		t.Fatalf("in force: %+v, %v", h, err)
	}
	h.Week = map[time.Weekday][]flows.Span{time.Saturday: {{From: 10 * 60, To: 15 * 60}}}
	if err := here.SetHours(ctx, h, "mori"); err != nil {
		t.Fatal(err)
	}
	next(monday, at(21, 10))
	if got, want := here.Promise(monday), at(21, 15); !got.Equal(want) {
		t.Errorf("promise: %s, want %s", got, want)
	}
	if here.On("sato", monday) {
		t.Error("on shift although the house is closed now")
	}
	if base := house(); len(base.Hours) != 5 || base.Closed["2026-11-24"] != "" {
		t.Error("house.yaml itself was changed")
	}
	if n, err := w.rdb.Get(ctx, revKey).Int(); err != nil || n < 2 {
		t.Errorf("revision %d, err %v: open pages hear nothing", n, err)
	}
}

func TestHoursThatAreNoneAreRefusedAndChangeNothing(t *testing.T) {
	w := newWorld(t)
	s := w.withShifts("sato")
	spans := func(all ...flows.Span) Hours {
		return Hours{Week: map[time.Weekday][]flows.Span{time.Monday: all}}
	}
	for name, h := range map[string]Hours{
		"backwards":   spans(flows.Span{From: 600, To: 540}),
		"of no time":  spans(flows.Span{From: 600, To: 600}),
		"overlapping": spans(flows.Span{From: 540, To: 720}, flows.Span{From: 700, To: 800}),
		"too late":    spans(flows.Span{From: 540, To: 1500}),
		"no day":      {Week: map[time.Weekday][]flows.Span{8: nil}},
		"no date":     {Days: map[string]Day{"明日": {}}},
	} {
		if err := s.SetHours(t.Context(), h, "mori"); !errors.Is(err, ErrHours) {
			t.Errorf("%s: %v, want ErrHours", name, err)
		}
	}
	if open, next := s.OpenAt(monday); !open || !next.Equal(at(16, 12)) {
		t.Errorf("open %v until %s", open, next)
	}
	past := Hours{Days: map[string]Day{"2026-09-01": {}, "2026-12-29": {}}}
	if err := s.SetHours(t.Context(), past, "mori"); err != nil {
		t.Fatal(err)
	}
	if h, err := s.Hours(t.Context()); err != nil || len(h.Days) != 1 {
		t.Errorf("kept: %+v, %v, want the day to come alone", h.Days, err)
	}
}
