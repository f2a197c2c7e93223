package handoff

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"engawa/flows"
)

// handedOn is a talk in which both have written, that すずらん gave to ききょう.
func handedOn(w *world, person flows.PersonID) flows.CaseID {
	w.t.Helper()
	ctx := w.t.Context()
	id := w.open(person)
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Answer(ctx, id, suzuran, "a", "はい"))
	w.must(w.desk.AskBecause(ctx, id, suzuran, kikyo, flows.PassedKnows))
	w.must(w.desk.Accept(ctx, id, kikyo))
	return id
}

// same brings the resident's そのままがいい about the last passing on.
func (w *world) same(person flows.PersonID, id flows.CaseID) {
	w.t.Helper()
	w.take(person, flows.DeskNote{Do: flows.NoteSame, Case: id, Act: fmt.Sprint(w.get(id).Pass.No)})
}

// why tells what of そのままがいい somebody was told.
func (w *world) why(staff Staff) (all []string) {
	w.t.Helper()
	notices, err := w.desk.Notices(w.t.Context(), staff.Name)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, n := range notices {
		if n.Do == DoSame {
			all = append(all, n.Why)
		}
	}
	return all
}

func TestWhoeverWouldRatherKeepTheOneOfBeforeHasThemAgainAndBothHearIt(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := handedOn(w, "01-anna")
	w.take("01-anna", flows.DeskNote{Do: flows.NoteWords})
	before := w.state(id, Talking)
	no := fmt.Sprint(before.Pass.No)
	for n := range 3 { // tapped three times, and each brought twice
		note := flows.DeskNote{Do: flows.NoteSame, Case: id, Act: no}
		for range 2 {
			if err := w.desk.Take(ctx, fmt.Sprintf("same-%d", n), "01-anna", "みどりのつばめ 27", note); err != nil {
				t.Fatal(err)
			}
		}
	}
	row := w.state(id, Talking)
	if row.Staff != suzuran || row.Last != kikyo || row.Words != before.Words || !row.Waits.Equal(before.Waits) || !row.Promise.Equal(before.Promise) {
		t.Errorf("it is with %v, last %v, owes since %s until %s; want suzuran, kikyo and all as it was", row.Staff, row.Last, row.Waits, row.Promise)
	}
	w.carry()
	want := []flows.DeskDo{flows.DeskOpened, flows.DeskClaimed, flows.DeskAnswered, flows.DeskPassed, flows.DeskKept}
	if got := w.lanes.acts("01-anna"); !slices.Equal(got, want) {
		t.Errorf("the resident heard %v, want %v", got, want)
	}
	if got := w.why(kikyo); !slices.Equal(got, []string{WhyGone}) {
		t.Errorf("kikyo was told %v", got)
	}
	if got := w.why(suzuran); !slices.Equal(got, []string{WhyMine}) {
		t.Errorf("suzuran was told %v", got)
	}
	w.logHas(id, DoOpen, DoClaim, DoAnswer, DoAsk, DoAccept, DoSame)
	w.must(w.desk.Answer(ctx, id, suzuran, "b", "つづけます"))
	if err := second(w.desk.Answer(ctx, id, kikyo, "c", "まだ")); !errors.Is(err, ErrNotYours) {
		t.Errorf("kikyo answers: %v, want ErrNotYours", err)
	}
}

func TestAWishThatComesAfterTheNewOneHasWrittenIsTheirsToDecide(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for name, x := range map[string]struct {
		decide func(flows.CaseID) error
		with   Staff
	}{
		"given back": {func(id flows.CaseID) error { return second(w.desk.Yield(ctx, id, kikyo)) }, suzuran},
		"kept":       {func(id flows.CaseID) error { return second(w.desk.GoOn(ctx, id, kikyo)) }, kikyo},
	} {
		person := flows.PersonID("01-" + name)
		id := handedOn(w, person)
		if err := second(w.desk.Yield(ctx, id, kikyo)); !errors.Is(err, ErrMove) {
			t.Errorf("%s: before any wish: %v, want ErrMove", name, err)
		}
		w.must(w.desk.Answer(ctx, id, kikyo, "new", "こんにちは"))
		for range 3 {
			w.same(person, id)
		}
		if row := w.state(id, Talking); row.Staff != kikyo || row.Pass.Wish.IsZero() {
			t.Fatalf("%s: with %v, wish %s; want it to wait for kikyo's decision", name, row.Staff, row.Pass.Wish)
		}
		if err := second(w.desk.GoOn(ctx, id, suzuran)); !errors.Is(err, ErrNotYours) {
			t.Errorf("%s: somebody else decides: %v, want ErrNotYours", name, err)
		}
		if err := x.decide(id); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if row := w.state(id, Talking); row.Staff != x.with || row.Pass != (Pass{}) {
			t.Errorf("%s: with %v, %+v; want %v", name, row.Staff, row.Pass, x.with)
		}
		w.carry()
		heard := w.lanes.heard(person)
		if last := heard[len(heard)-1].act; last.Do != flows.DeskKept || last.Staff != x.with.Alias {
			t.Errorf("%s: the resident heard last %+v", name, last)
		}
	}
	if got := w.why(kikyo); !slices.Equal(got, []string{WhyWish, WhyWish}) {
		t.Errorf("kikyo was told %v, want each wish once", got)
	}
}

func TestATapOnAnOlderButtonAndATalkBackInTheLineLoseNoWish(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := handedOn(w, "01-anna")
	w.take("01-anna", flows.DeskNote{Do: flows.NoteSame, Case: id, Act: "1"})
	if row := w.state(id, Talking); row.Staff != kikyo || row.Pass.Wish.IsZero() {
		t.Errorf("an older button moved the case: with %v, wish %s", row.Staff, row.Pass.Wish)
	}
	id = handedOn(w, "01-bert")
	no := fmt.Sprint(w.get(id).Pass.No)
	w.must(w.desk.Return(ctx, id, kikyo))
	w.take("01-bert", flows.DeskNote{Do: flows.NoteSame, Case: id, Act: no})
	if row := w.state(id, Waiting); row.Last != suzuran || row.Wish != suzuran.Alias {
		t.Errorf("in the line it is first %v's, %q's; want suzuran's", row.Last, row.Wish)
	}
	w.must(w.desk.Claim(ctx, id, kikyo))
	w.take("01-bert", flows.DeskNote{Do: flows.NoteSame, Case: id, Act: no})
	if row := w.state(id, Claimed); row.Staff != kikyo || row.Pass != (Pass{}) {
		t.Errorf("a wish about what is over: %v, %+v", row.Staff, row.Pass)
	}
}

func TestACaseThatWentUpComesBackToWhereItWas(t *testing.T) {
	w := inTown(t)
	ctx := t.Context()
	id := w.open("07-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.AskGroup(ctx, id, suzuran, AskArea, "区", true))
	w.must(w.desk.Accept(ctx, id, sumire))
	w.carry()
	heard := w.lanes.heard("07-anna")
	if last := heard[len(heard)-1].act; last.Why != flows.PassedWide || !last.Stays || last.From != suzuran.Alias {
		t.Errorf("the resident heard %+v, want that somebody of the wider area joins and suzuran stays", last)
	}
	w.same("07-anna", id)
	if row := w.state(id, Claimed); row.Staff != suzuran || row.Area != "" || row.Beside != (Staff{}) || !row.Lease.Equal(w.clock.Now().Add(FirstWord)) {
		t.Errorf("back: with %v in %q beside %v until %s", row.Staff, row.Area, row.Beside, row.Lease)
	}
}

// absent is a house in which some are not there.
type absent struct {
	HouseRoster
	out, gone string
}

func (a absent) Away(staff string, _ time.Time) bool { return staff == a.out }
func (a absent) Works(staff string) bool             { return staff != a.gone }

func TestNobodyGetsACaseBackWhoIsNotThere(t *testing.T) {
	for name, roster := range map[string]absent{
		"out":    {HouseRoster: HouseRoster{House: house}, out: suzuran.Name},
		"locked": {HouseRoster: HouseRoster{House: house}, gone: suzuran.Name},
	} {
		w := newWorld(t)
		id := handedOn(w, "01-anna")
		w.desk.roster = roster
		w.same("01-anna", id)
		if row := w.state(id, Talking); row.Staff != kikyo || row.Pass.Wish.IsZero() {
			t.Errorf("%s: with %v, wish %s; want kikyo to decide", name, row.Staff, row.Pass.Wish)
		}
	}
}

func TestATakeOverAfterThreatsHasNoWayBack(t *testing.T) {
	w := newWorld(t)
	id := handedOn(w, "01-anna")
	w.must(w.desk.Relieve(t.Context(), id, sumire))
	w.carry()
	heard := w.lanes.heard("01-anna")
	if last := heard[len(heard)-1].act; last.Do != flows.DeskPassed || last.Why != flows.PassedRelieved {
		t.Errorf("the resident heard %+v", last)
	}
	w.same("01-anna", id)
	if row := w.state(id, Talking); row.Staff != sumire {
		t.Errorf("with %v, want sumire", row.Staff)
	}
}

func TestAnAnswerThatIsHeldBackGoesToItsWriterWhenTheTalkLeavesThem(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := handedOn(w, "01-anna")
	w.must(w.desk.Hold(ctx, id, kikyo, "held", "まだ出ていません"))
	w.same("01-anna", id)
	if row := w.state(id, Talking); row.Staff != suzuran {
		t.Fatalf("with %v, want suzuran: nothing of kikyo's had left", row.Staff)
	}
	if err := w.desk.SendHeld(ctx, id); err != nil {
		t.Fatal(err)
	}
	h, err := w.desk.Held(ctx, id, kikyo)
	if err != nil || h == nil || h.Why != WhyLeft || h.Words != "まだ出ていません" {
		t.Errorf("kikyo's words: %+v, %v", h, err)
	}
	w.must(w.desk.Hold(ctx, id, suzuran, "next", "もどりました"))
}

func TestAWishAndTheNewOnesWordAtTheSameMomentLeaveOneHolder(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for n := range 8 {
		person := flows.PersonID(fmt.Sprintf("01-race%d", n))
		id := handedOn(w, person)
		no := fmt.Sprint(w.get(id).Pass.No)
		var both sync.WaitGroup
		var answered error
		both.Go(func() { _, answered = w.desk.Answer(ctx, id, kikyo, "new", "はい") })
		both.Go(func() {
			note := flows.DeskNote{Do: flows.NoteSame, Case: id, Act: no}
			if err := w.desk.Take(ctx, "race-"+string(person), person, "x", note); err != nil {
				t.Error(err)
			}
		})
		both.Wait()
		row := w.state(id, Talking)
		wrote := answered == nil
		if wrote != (row.Staff == kikyo) || wrote == row.Pass.Wish.IsZero() {
			t.Errorf("kikyo wrote: %v, the case is with %v, wish %s", answered, row.Staff, row.Pass.Wish)
		}
		w.must(w.desk.Close(ctx, id, row.Staff))
	}
}
