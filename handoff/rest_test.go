package handoff

import (
	"errors"
	"slices"
	"testing"
	"time"

	"engawa/flows"
)

// talking is a talk in which すずらん has written.
func talking(w *world, person flows.PersonID) flows.CaseID {
	w.t.Helper()
	id := w.open(person)
	w.must(w.desk.Claim(w.t.Context(), id, suzuran))
	w.must(w.desk.Answer(w.t.Context(), id, suzuran, "a", "はい"))
	return id
}

func TestAPausedTalkKeepsEveryWordAndGoesOnByItself(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := talking(w, "07-anna")
	until := w.clock.Now().Add(23 * time.Hour)
	for range 3 { // sent three times
		w.must(w.desk.Pause(ctx, id, sumire, "p", until, "いまは、少し間をおきます。"))
	}
	if row := w.state(id, Talking); !row.Paused.Equal(until) || row.PausedBy != sumire || !row.Promise.Equal(until) || !row.Resting() {
		t.Errorf("paused until %s by %v, promised %s", row.Paused, row.PausedBy, row.Promise)
	}
	for name, err := range map[string]error{
		"an answer":  second(w.desk.Answer(ctx, id, suzuran, "b", "でも")),
		"one held":   second(w.desk.Hold(ctx, id, suzuran, "c", "でも")),
		"a promise":  second(w.desk.Extend(ctx, id, suzuran, w.clock.Now().Add(time.Hour))),
		"going back": second(w.desk.Snooze(ctx, id, suzuran, w.clock.Now().Add(time.Hour))),
	} {
		if !errors.Is(err, ErrPaused) {
			t.Errorf("%s while it rests: %v, want ErrPaused", name, err)
		}
	}
	w.clock.Pass(3 * time.Hour)
	w.take("07-anna", flows.DeskNote{Do: flows.NoteWords})
	w.take("07-anna", flows.DeskNote{Do: flows.NoteWords})
	if row := w.state(id, Talking); row.Words != 2 || row.Waits.IsZero() || !row.Promise.Equal(until) {
		t.Errorf("written meanwhile: %d words, waits since %s, promised %s", row.Words, row.Waits, row.Promise)
	}
	if n := w.sweep(); n != 0 {
		t.Errorf("%d cases moved before the end of the pause", n)
	}
	w.clock.Pass(21 * time.Hour)
	for range 3 {
		w.sweep()
	}
	if row := w.state(id, Talking); !row.Paused.IsZero() || row.Staff != suzuran || !row.Promise.After(w.clock.Now()) || row.Words != 2 {
		t.Errorf("afterwards: paused %s, with %v, promised %s, %d words", row.Paused, row.Staff, row.Promise, row.Words)
	}
	w.carry()
	want := []flows.DeskDo{flows.DeskOpened, flows.DeskClaimed, flows.DeskAnswered, flows.DeskPaused, flows.DeskResumed}
	if got := w.lanes.acts("07-anna"); !slices.Equal(got, want) {
		t.Errorf("the resident heard %v, want %v", got, want)
	}
	if got := w.told(suzuran); !slices.Equal(got, []Do{DoPause, DoResume}) {
		t.Errorf("suzuran was told %v", got)
	}
	w.logHas(id, DoOpen, DoClaim, DoAnswer, DoPause, DoResume)
	w.must(w.desk.Answer(ctx, id, suzuran, "d", "お待たせしました"))
}

func TestAPauseEndsByHandOnceAndNeverLastsForever(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := talking(w, "07-anna")
	for _, until := range []time.Duration{-time.Hour, LongestPause + time.Minute} {
		if err := second(w.desk.Pause(ctx, id, sumire, "bad", w.clock.Now().Add(until), "")); !errors.Is(err, ErrTime) {
			t.Errorf("until %s from now: %v, want ErrTime", until, err)
		}
	}
	w.must(w.desk.Pause(ctx, id, sumire, "p", w.clock.Now().Add(time.Hour), ""))
	w.must(w.desk.Resume(ctx, id, sumire))
	if err := second(w.desk.Resume(ctx, id, sumire)); !errors.Is(err, ErrMove) {
		t.Errorf("a second time: %v, want ErrMove", err)
	}
	if row := w.state(id, Talking); !row.Lease.IsZero() || !row.Promise.IsZero() {
		t.Errorf("nothing is owed, but it promises %s and lapses %s", row.Promise, row.Lease)
	}
}

func TestWhatIsUrgentBreaksThroughAPause(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := talking(w, "07-anna")
	w.must(w.desk.Pause(ctx, id, sumire, "p", w.clock.Now().Add(23*time.Hour), ""))
	w.take("07-anna", flows.DeskNote{Do: flows.NoteRisk, Urgency: flows.Life, Level: flows.Clear, Rules: []string{"r1"}})
	if row := w.state(id, Talking); row.Resting() || row.Rank() != 0 {
		t.Errorf("in clear danger: resting %v, rank %d", row.Resting(), row.Rank())
	}
	w.must(w.desk.Answer(ctx, id, suzuran, "b", "います"))
	if row := w.state(id, Talking); !row.Paused.IsZero() {
		t.Errorf("answered, and still paused until %s", row.Paused)
	}
}

func TestAPausedTalkMovesAndEndsLikeAnyOther(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	pause := func(person flows.PersonID) flows.CaseID {
		id := talking(w, person)
		w.must(w.desk.Pause(ctx, id, sumire, "p", w.clock.Now().Add(23*time.Hour), ""))
		return id
	}
	id := pause("07-anna")
	w.must(w.desk.Relieve(ctx, id, sumire))
	if row := w.state(id, Talking); row.Staff != sumire || row.Paused.IsZero() {
		t.Errorf("taken over: with %v, paused %s; want it to rest on", row.Staff, row.Paused)
	}
	w.must(w.desk.Return(ctx, id, sumire))
	if row := w.state(id, Waiting); !row.Paused.IsZero() {
		t.Errorf("in the line it rests until %s", row.Paused)
	}
	id = pause("07-bert")
	w.take("07-bert", flows.DeskNote{Do: flows.NoteLeave})
	if row := w.state(id, Closed); !row.Paused.IsZero() || !row.Lease.IsZero() {
		t.Errorf("left: paused %s, lease %s", row.Paused, row.Lease)
	}
	id = pause("07-cleo")
	w.take("07-cleo", flows.DeskNote{Do: flows.NoteForgotten})
	if err := second(w.desk.Pause(ctx, id, sumire, "p2", w.clock.Now().Add(time.Hour), "ことば")); !errors.Is(err, ErrForgotten) {
		t.Errorf("words after 消す: %v, want ErrForgotten", err)
	}
}
