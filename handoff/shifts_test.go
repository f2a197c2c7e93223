package handoff

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"engawa/flows"
)

// withShifts gives the world a roster in which people go out and come back.
func (w *world) withShifts(names ...string) *Shifts {
	s := NewShifts(w.rdb, house, func(context.Context) ([]string, error) { return names, nil }, w.clock.Now)
	w.desk = New(w.rdb, s, w.seals, w.lanes, Options{
		Notes: w.notes, Now: w.clock.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	return s
}

func at(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, tokyo) }

func TestTheHouseIsOpenOnlyWhileSomebodyIsIn(t *testing.T) {
	w := newWorld(t) // Monday the 16th, 10:00
	s := w.withShifts("sato", "tanaka")
	ctx := t.Context()
	opens := func(when string, t time.Time, open bool, next time.Time) {
		w.t.Helper()
		if gotOpen, gotNext := s.OpenAt(t); gotOpen != open || !gotNext.Equal(next) {
			w.t.Errorf("%s: open %v until or from %s, want %v, %s", when, gotOpen, gotNext, open, next)
		}
	}
	opens("both in", monday, true, at(16, 12))
	if err := s.Out(ctx, "sato", at(17, 9)); err != nil {
		t.Fatal(err)
	}
	opens("one out", monday, true, at(16, 12))
	if s.On("sato", monday) || !s.On("tanaka", monday) {
		t.Error("on shift: want tanaka alone")
	}
	if err := s.Out(ctx, "tanaka", at(16, 14)); err != nil {
		t.Fatal(err)
	}
	opens("both out", monday, false, at(16, 14))
	opens("one back at two", at(16, 14), true, at(16, 17))
	if err := s.Out(ctx, "tanaka", at(18, 13)); err != nil {
		t.Fatal(err)
	}
	opens("both out for today", monday, false, at(17, 9))
	if err := s.Out(ctx, "sato", at(20, 18)); err != nil { // Friday evening; Monday the 23rd is a holiday
		t.Fatal(err)
	}
	opens("one back on Wednesday", at(17, 9), false, at(18, 13))
	if got, want := s.Promise(monday), at(18, 17); !got.Equal(want) {
		t.Errorf("promise while nobody is in until Wednesday = %s, want %s", got, want)
	}
	if err := s.Out(ctx, "tanaka", at(21, 10)); err != nil {
		t.Fatal(err)
	}
	opens("both out over the holiday", monday, false, at(24, 9))
	for range 2 {
		if err := s.Back(ctx, "sato"); err != nil {
			t.Fatal(err)
		}
	}
	opens("back", monday, true, at(16, 12))
	if err := s.Out(ctx, "sato", monday); !errors.Is(err, ErrTime) {
		t.Errorf("out until now: %v, want ErrTime", err)
	}
	opens("a night", at(16, 20), false, at(17, 9))
}

func TestAnotherProcessHearsWhoIsOut(t *testing.T) {
	w := newWorld(t)
	here := w.withShifts("sato")
	there := w.withShifts("sato")
	if open, _ := there.OpenAt(monday); !open {
		t.Fatal("closed before anybody went out")
	}
	if err := here.Out(t.Context(), "sato", at(17, 9)); err != nil {
		t.Fatal(err)
	}
	w.eventually(func() bool { open, _ := there.OpenAt(monday); return !open })
	if n, err := w.rdb.Get(t.Context(), revKey).Int(); err != nil || n == 0 {
		t.Errorf("revision %d, err %v: open pages hear nothing", n, err)
	}
}

func TestAHouseWithoutAccountsKeepsItsHours(t *testing.T) {
	w := newWorld(t)
	s := w.withShifts()
	if open, next := s.OpenAt(monday); !open || !next.Equal(at(16, 12)) {
		t.Errorf("open %v, next %s", open, next)
	}
}

func TestWhoWakesACaseOfSomebodyWhoIsOutComesBackIntoTheLine(t *testing.T) {
	w := newWorld(t)
	s := w.withShifts("sato", "tanaka")
	ctx := t.Context()
	sleeping := func(p flows.PersonID) flows.CaseID {
		id := w.open(p)
		w.must(w.desk.Claim(ctx, id, suzuran))
		w.must(w.desk.Answer(ctx, id, suzuran, "a", "また来週"))
		w.must(w.desk.Snooze(ctx, id, suzuran, w.clock.Now().Add(7*24*time.Hour)))
		return id
	}
	in := sleeping("01-anna")
	w.take("01-anna", flows.DeskNote{Do: flows.NoteWords})
	w.state(in, Talking)

	out := sleeping("02-bert")
	if err := s.Out(ctx, "sato", at(19, 9)); err != nil {
		t.Fatal(err)
	}
	w.take("02-bert", flows.DeskNote{Do: flows.NoteWords})
	row := w.state(out, Waiting)
	if row.Why != WhyAway || row.Last != suzuran || row.Words != 1 {
		t.Errorf("woken: why %q, before %v, words %d", row.Why, row.Last, row.Words)
	}
	w.carry()
	heard := w.lanes.heard("02-bert")
	if last := heard[len(heard)-1].act; last.Do != flows.DeskReturned || last.Why != WhyAway {
		t.Errorf("the resident heard last: %+v", last)
	}
	if got := w.told(suzuran); len(got) != 1 {
		t.Errorf("suzuran was told %v, want once that it woke", got)
	}
	w.logHas(out, DoOpen, DoClaim, DoAnswer, DoSnooze, DoWords)

	if err := s.Out(ctx, "tanaka", at(19, 9)); err != nil {
		t.Fatal(err)
	}
	if s.Away("sato", monday) {
		t.Error("with everybody out until the same hour, nobody else would see it sooner")
	}
}
