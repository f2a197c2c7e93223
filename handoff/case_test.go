package handoff

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"engawa/flows"
)

// differ says how two cases differ, or nothing.
func differ(got, want Case) string { return cmp.Diff(want, got, cmpopts.EquateEmpty()) }

func TestEveryMoveIsInTheTable(t *testing.T) {
	for _, do := range slices.Concat(slices.Collect(maps.Values(asks)), holders, answers, tellsHolder) {
		if len(allowed[do]) == 0 {
			t.Errorf("%q is in no state allowed", do)
		}
	}
}

func TestAMoveThatTheTableDoesNotAllowIsRefused(t *testing.T) {
	states := []State{None, Waiting, Claimed, Talking, Snoozed, Closed}
	for do, may := range allowed {
		for _, s := range states {
			c := Case{State: s}
			if c.Held() {
				c.Staff, c.Asked = suzuran, suzuran // no real case is so; every move is by them
			}
			err := c.Can(do, suzuran)
			if want := slices.Contains(may, s); (err == nil) != want {
				t.Errorf("%s in state %q: %v, want allowed %v", do, s, err, want)
			}
		}
	}
}

func TestTheRefusalSaysWhatIsTheMatter(t *testing.T) {
	held := Case{State: Talking, Staff: kikyo}
	var taken *TakenError
	if err := held.Can(DoClaim, suzuran); !errors.As(err, &taken) || taken.By != "ききょう" {
		t.Errorf("claim of a colleague's case: %v, want taken by ききょう", err)
	}
	for _, tc := range []struct {
		c    Case
		do   Do
		want error
	}{
		{held, DoAnswer, ErrNotYours},
		{Case{State: Waiting}, DoAnswer, ErrNotYours},
		{Case{State: Closed}, DoAnswer, ErrMove},
		{Case{}, DoClaim, ErrUnknown},
		{Case{State: Talking, Staff: suzuran, Forgotten: monday}, DoAnswer, ErrForgotten},
	} {
		if err := tc.c.Can(tc.do, suzuran); !errors.Is(err, tc.want) {
			t.Errorf("%s in %q: %v, want %v", tc.do, tc.c.State, err, tc.want)
		}
	}
}

func TestTheRiskRuleIsThePublishedOne(t *testing.T) {
	order := []Case{
		{Urgency: flows.Life, Level: flows.Clear},
		{Urgency: flows.Violence, Level: flows.Clear},
		{Urgency: flows.Life, Level: flows.Worry},
		{},
	}
	for i, c := range order {
		if c.Rank() != i {
			t.Errorf("rank of %s/%s = %d, want %d", c.Urgency, c.Level, c.Rank(), i)
		}
	}
	if got := (Case{Urgency: flows.Medical, Level: flows.Clear}).Rank(); got != 1 {
		t.Errorf("rank of medical/clear = %d, want 1", got)
	}
	if got := (Case{Hurry: true}).Rank(); got != 2 {
		t.Errorf("rank of a case that an author called urgent = %d, want 2", got)
	}
}

func TestNothingOfBeforeTheTapIsShownUnlessItWasPassedOn(t *testing.T) {
	before := monday.Add(-time.Hour)
	open := func(n flows.DeskNote) Case {
		n.Do = flows.NoteOpen
		c, _, err := Case{}.Apply(Move{Do: DoOpen, Note: n, Fresh: Case{ID: "c1"}}, monday)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	visit := open(flows.DeskNote{Since: before.Unix()})
	if !visit.Shows(before) || visit.Shows(before.Add(-time.Second)) {
		t.Error("the visit is shown, earlier ones are not")
	}
	hidden, _, _ := visit.Apply(Move{Do: DoShare}, monday.Add(time.Minute))
	if hidden.Shows(before) || !hidden.Shows(monday) {
		t.Error("見せない leaves what was said since the tap and nothing before it")
	}
	all, _, _ := hidden.Apply(Move{Do: DoShare, Note: flows.DeskNote{Since: before.Unix(), All: true}}, monday.Add(2*time.Minute))
	if !all.Shows(before.AddDate(-1, 0, 0)) || !all.From().IsZero() {
		t.Error("前の話も見せる shows earlier visits")
	}
	danger, _, _ := hidden.Apply(Move{Do: DoRisk, Note: flows.DeskNote{
		Urgency: flows.Life, Level: flows.Clear, Since: before.Unix(),
	}}, monday.Add(time.Minute))
	if !danger.Shows(before) {
		t.Error("in 明らか the visit is always shown")
	}
}

func TestWhoLeavesAndComesBackWhileBeingClaimedIsInTheLineAgain(t *testing.T) {
	w := newWorld(t)
	id := w.open("07-anna")
	w.must(w.desk.Claim(t.Context(), id, suzuran))
	w.take("07-anna", flows.DeskNote{Do: flows.NoteLeave})
	w.take("07-anna", flows.DeskNote{Do: flows.NoteOpen})
	w.carry()
	want := []flows.DeskDo{flows.DeskOpened, flows.DeskClaimed, flows.DeskReturned, flows.DeskOpened}
	if got := w.lanes.acts("07-anna"); !slices.Equal(got, want) {
		t.Errorf("the lane heard %v, want %v: else it would think that somebody is there", got, want)
	}
}

func TestACaseThatItsLaneDoesNotKnowIsClosed(t *testing.T) {
	w := newWorld(t)
	id := w.open("07-anna")
	w.take("07-anna", flows.DeskNote{Do: flows.NoteLeave})
	w.take("07-anna", flows.DeskNote{Do: flows.NoteOpen})
	w.must(w.desk.Claim(t.Context(), id, suzuran))
	w.carry()
	heard := w.lanes.heard("07-anna")
	old, claim := heard[0].event, heard[len(heard)-1].event
	w.take("07-anna", flows.DeskNote{Do: flows.NoteRefused, Case: id, Act: old, Why: "left"})
	w.state(id, Claimed) // an act of the earlier opening says nothing about this one
	w.take("07-anna", flows.DeskNote{Do: flows.NoteRefused, Case: id, Act: claim, Why: "asking"})
	w.state(id, Claimed)
	w.take("07-anna", flows.DeskNote{Do: flows.NoteRefused, Case: id, Act: claim, Why: "left"})
	w.state(id, Closed)
	if notices, _ := w.desk.Notices(t.Context(), "sato"); len(notices) != 1 || notices[0].Do != DoLost {
		t.Errorf("notices = %v, want one: lost", notices)
	}
}

// TestACaseIsAlwaysWhole applies moves at random and checks what has to hold
// after each of them.
func TestACaseIsAlwaysWhole(t *testing.T) {
	all := slices.Sorted(maps.Keys(allowed))
	rapid.Check(t, func(rt *rapid.T) {
		c, at := Case{}, monday
		for range rapid.IntRange(1, 40).Draw(rt, "moves") {
			at = at.Add(time.Duration(rapid.IntRange(0, 100_000).Draw(rt, "seconds")) * time.Second)
			by := rapid.SampledFrom(team).Draw(rt, "by")
			if c.Held() && rapid.Bool().Draw(rt, "own") {
				by = c.Staff
			}
			if c.Asked.Name != "" && rapid.Bool().Draw(rt, "asked") {
				by = c.Asked
			}
			m := Move{
				To: rapid.SampledFrom(team).Draw(rt, "to"), Away: rapid.Bool().Draw(rt, "away"), Do: rapid.SampledFrom(all).Draw(rt, "do"), By: by, Until: at.Add(time.Hour), Promise: at.Add(30 * time.Hour),
				Note: flows.DeskNote{Level: rapid.SampledFrom([]flows.Level{"", flows.Worry, flows.Clear}).Draw(rt, "level"), Urgency: flows.Life},
			}
			if c.State == None {
				m.Fresh = Case{ID: "c1", Person: "07-anna", Alias: "つばめ"}
			}
			next, acts, err := c.Apply(m, at)
			if err != nil {
				if d := differ(next, c); d != "" || acts != nil {
					rt.Fatalf("a refused %s changed the case: %s", m.Do, d)
				}
				continue
			}
			whole(rt, next, acts)
			if next.Open() && c.Open() && next.Rank() > c.Rank() {
				rt.Fatalf("%s let the risk fall from %d to %d", m.Do, c.Rank(), next.Rank())
			}
			c = next
			if !c.Forgotten.IsZero() && c.State == Closed {
				c = Case{} // the desk has lost the way to it
			}
		}
	})
}

func whole(rt *rapid.T, c Case, acts []flows.DeskAct) {
	rt.Helper()
	switch {
	case c.Held() != (c.Staff != Staff{}):
		rt.Fatalf("state %s with staff %v", c.State, c.Staff)
	case c.Asked.Name != "" && (!c.Held() || c.Asked.Name == c.Staff.Name):
		rt.Fatalf("%v is asked to take over from %v in state %s", c.Asked, c.Staff, c.State)
	case c.State == Snoozed && c.Lease.IsZero():
		rt.Fatal("sleeps for ever")
	case c.State == Waiting && c.Waits.IsZero():
		rt.Fatal("waits since no time")
	case c.State == Waiting && !c.Lease.IsZero():
		rt.Fatal("a lease without a holder")
	case c.State == Claimed && c.Lease.IsZero():
		rt.Fatal("claimed for ever")
	case c.Busy() && !c.Waits.IsZero() && c.Lease.IsZero():
		rt.Fatal("somebody waits and nobody is bound")
	case (c.State == Closed) != !c.Closed.IsZero():
		rt.Fatalf("state %s, closed at %v", c.State, c.Closed)
	case !c.Forgotten.IsZero() && (c.Alias != "" || c.Memory != nil || len(acts) > 0):
		rt.Fatalf("a forgotten case keeps %q, tells %v", c.Alias, acts)
	}
	for _, a := range acts {
		if a.Case != c.ID {
			rt.Fatalf("an act of case %q, want %q", a.Case, c.ID)
		}
	}
}
