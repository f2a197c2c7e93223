package handoff

import (
	"errors"
	"slices"
	"testing"
	"time"

	"engawa/flows"
)

// told is what somebody has been told, as words: "ask accept".
func (w *world) told(staff Staff) (all []Do) {
	w.t.Helper()
	notices, err := w.desk.Notices(w.t.Context(), staff.Name)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, n := range notices {
		all = append(all, n.Do)
	}
	return all
}

func TestACaseThatAColleagueDeclinesNeverLeftItsHands(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("01-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Answer(ctx, id, suzuran, "a", "はい"))
	for range 2 { // tapped twice
		w.must(w.desk.Ask(ctx, id, suzuran, kikyo))
	}
	if row := w.state(id, Talking); row.Staff != suzuran || row.Asked != kikyo {
		t.Errorf("while kikyo is asked, the case is with %v, asked %v", row.Staff, row.Asked)
	}
	for name, err := range map[string]error{
		"somebody who was not asked accepts": second(w.desk.Accept(ctx, id, team[2])),
		"the one who asks accepts":           second(w.desk.Accept(ctx, id, suzuran)),
		"the one who was asked asks on":      second(w.desk.Ask(ctx, id, kikyo, team[2])),
	} {
		if !errors.Is(err, ErrNotYours) {
			t.Errorf("%s: %v, want ErrNotYours", name, err)
		}
	}
	if err := second(w.desk.Ask(ctx, id, suzuran, suzuran)); !errors.Is(err, ErrSelf) {
		t.Errorf("asking oneself: %v, want ErrSelf", err)
	}
	w.must(w.desk.Decline(ctx, id, kikyo))
	if row := w.state(id, Talking); row.Staff != suzuran || row.Asked.Name != "" {
		t.Errorf("declined, the case is with %v, asked %v", row.Staff, row.Asked)
	}
	if err := second(w.desk.Accept(ctx, id, kikyo)); !errors.Is(err, ErrNotYours) {
		t.Errorf("accepting after declining: %v, want ErrNotYours", err)
	}
	if got := w.told(kikyo); !slices.Equal(got, []Do{DoAsk}) {
		t.Errorf("kikyo was told %v, want asked once", got)
	}
	if got := w.told(suzuran); !slices.Equal(got, []Do{DoDecline}) {
		t.Errorf("suzuran was told %v, want declined", got)
	}
	w.carry()
	if got, want := w.lanes.acts("01-anna"), []flows.DeskDo{flows.DeskOpened, flows.DeskClaimed, flows.DeskAnswered}; !slices.Equal(got, want) {
		t.Errorf("the resident heard %v, want %v: nothing of the asking", got, want)
	}
	w.logHas(id, DoOpen, DoClaim, DoAnswer, DoAsk, DoAsk, DoDecline)
}

func TestACaseThatAColleagueAcceptsIsTheirsAndTheResidentHearsWho(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("01-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Answer(ctx, id, suzuran, "a", "はい"))
	before := w.state(id, Talking)
	w.must(w.desk.Ask(ctx, id, suzuran, kikyo))
	w.must(w.desk.Accept(ctx, id, kikyo))
	row := w.state(id, Talking)
	if row.Staff != kikyo || row.Last != suzuran || !row.Promise.Equal(before.Promise) || !row.Lease.Equal(before.Lease) {
		t.Errorf("accepted: with %v, before %v, promise %s; want kikyo, suzuran and the same promise", row.Staff, row.Last, row.Promise)
	}
	if err := second(w.desk.Answer(ctx, id, suzuran, "b", "まだ")); !errors.Is(err, ErrNotYours) {
		t.Errorf("suzuran answers: %v, want ErrNotYours", err)
	}
	w.carry()
	heard := w.lanes.heard("01-anna")
	if last := heard[len(heard)-1].act; last.Do != flows.DeskPassed || last.Staff != kikyo.Alias || last.From != suzuran.Alias {
		t.Errorf("the resident heard last: %+v", last)
	}
	if got := w.told(suzuran); !slices.Equal(got, []Do{DoAccept}) {
		t.Errorf("suzuran was told %v, want accepted", got)
	}
	if mine, err := w.desk.Mine(ctx, kikyo.Name); err != nil || len(mine) != 1 {
		t.Errorf("kikyo has %d cases, err %v", len(mine), err)
	}
}

func TestACaseCanBeAskedForNoMoreOnceItIsElsewhere(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for name, end := range map[string]func(flows.CaseID) error{
		"taken back": func(id flows.CaseID) error { return second(w.desk.TakeBack(ctx, id, suzuran)) },
		"returned":   func(id flows.CaseID) error { return second(w.desk.Return(ctx, id, suzuran)) },
		"closed":     func(id flows.CaseID) error { return second(w.desk.Close(ctx, id, suzuran)) },
	} {
		id := w.open(flows.PersonID("01-" + name))
		w.must(w.desk.Claim(ctx, id, suzuran))
		w.must(w.desk.Ask(ctx, id, suzuran, kikyo))
		if err := end(id); err != nil {
			t.Fatal(err)
		}
		if row := w.get(id); row.Asked.Name != "" {
			t.Errorf("%s: %v is still asked", name, row.Asked)
		}
		if err := second(w.desk.Accept(ctx, id, kikyo)); err == nil {
			t.Errorf("%s, and yet accepted", name)
		}
	}
}

func TestWhoIsOwedAWordHearsUntilWhenTheCaseSleepsAndIsNotForgotten(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("01-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Answer(ctx, id, suzuran, "a", "はい"))
	w.take("01-anna", flows.DeskNote{Do: flows.NoteWords})
	until := w.clock.Now().Add(3 * 24 * time.Hour)
	w.must(w.desk.Snooze(ctx, id, suzuran, until))
	w.carry()
	heard := w.lanes.heard("01-anna")
	if last := heard[len(heard)-1].act; last.Do != flows.DeskPromised || !last.Until.Equal(until) {
		t.Errorf("the resident heard last: %+v, want the new promise", last)
	}
	w.clock.Pass(3 * 24 * time.Hour)
	w.sweep()
	if row := w.state(id, Talking); row.Waits.IsZero() || !row.Promise.Equal(until) {
		t.Errorf("awake: waits %v, promise %v; want still owed, by the same time", row.Waits, row.Promise)
	}
	w.clock.Pass(Grace)
	w.sweep()
	w.state(id, Waiting)
}

func second(_ Case, err error) error { return err }
