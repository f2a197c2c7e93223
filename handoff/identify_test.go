package handoff

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/flows"
)

var life = flows.DeskNote{Do: flows.NoteOpen, Urgency: flows.Life, Level: flows.Clear, Rules: []string{"life.1"}}

func TestOnlyALifeInClearDangerLetsAnIDBeOpened(t *testing.T) {
	forgotten := func(c Case) Case { c.Forgotten = monday; return c }
	open := Case{State: Waiting, Person: "07-anna", Urgency: flows.Life, Level: flows.Clear}
	left := Case{State: Closed, Why: WhyLeft, Closed: monday.Add(-time.Hour), Person: "07-anna", Urgency: flows.Life, Level: flows.Clear}
	long := left
	long.Closed = monday.Add(-73 * time.Hour)
	for _, row := range []struct {
		what string
		c    Case
		want bool
	}{
		{"waiting", open, true},
		{"talking", func(c Case) Case { c.State = Talking; return c }(open), true},
		{"open after 消す", forgotten(open), true},
		{"left, then 消す", forgotten(left), true},
		{"left", left, false},
		{"left long before 消す", forgotten(long), false},
		{"closed by a coordinator", func(c Case) Case { c.Why = WhyHand; return c }(forgotten(left)), false},
		{"violence", func(c Case) Case { c.Urgency = flows.Violence; return c }(open), false},
		{"worry", func(c Case) Case { c.Level = flows.Worry; return c }(open), false},
		{"no danger", Case{State: Waiting, Person: "07-anna"}, false},
		{"nobody", func(c Case) Case { c.Person = ""; return c }(open), false},
	} {
		if got := row.c.Identifiable(); got != row.want {
			t.Errorf("%s: got %v, want %v", row.what, got, row.want)
		}
	}
}

func TestWhoOpensAnIDAndWhyIsWrittenDownSealed(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.take("07-anna", life)
	row, err := w.desk.Of(ctx, "07-anna")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct {
		act, reason string
		want        error
	}{{"a1", "  ", ErrEmpty}, {"", "警察へ", ErrAct}, {"a1", strings.Repeat("長", 5001), ErrTooLong}} {
		if _, err := w.desk.Identify(ctx, row.ID, suzuran, bad.act, bad.reason); !errors.Is(err, bad.want) {
			t.Errorf("act %q: %v, want %v", bad.act, err, bad.want)
		}
	}
	c, err := w.desk.Identify(ctx, row.ID, suzuran, "a1", "橋の上と書いたので警察へ")
	if err != nil || c.Person != "07-anna" {
		t.Fatalf("got %v, %v", c.Person, err)
	}
	if _, err := w.desk.Identify(ctx, row.ID, suzuran, "a1", "橋の上と書いたので警察へ"); !errors.Is(err, ErrShown) {
		t.Errorf("the same form again: %v, want ErrShown", err)
	}
	w.logHas(row.ID, DoOpen, DoIdentify)
	log, err := w.desk.Log(ctx, row.ID)
	if err != nil {
		t.Fatal(err)
	}
	if e := log[1]; e.By != "sato" || e.Reason != "橋の上と書いたので警察へ" || !e.At.Equal(monday) {
		t.Errorf("the log says %+v", e)
	}
	if all := everything(t, w.rdb); strings.Contains(all, "橋の上") {
		t.Error("the reason stands in clear in the store")
	}
	w.must(w.desk.Claim(ctx, row.ID, suzuran))
	w.must(w.desk.Close(ctx, row.ID, suzuran))
	if _, err := w.desk.Identify(ctx, row.ID, suzuran, "a2", "もう一度"); !errors.Is(err, ErrNoDanger) {
		t.Errorf("on a closed case: %v, want ErrNoDanger", err)
	}
	if _, err := w.desk.Identify(ctx, "c-none", suzuran, "a3", "だれ"); !errors.Is(err, ErrUnknown) {
		t.Errorf("on no case: %v, want ErrUnknown", err)
	}
}

func TestATalkIsTakenFromItsClaimToItsEnd(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	at := func(minutes int) time.Time { return monday.Add(time.Duration(minutes) * time.Minute) }
	id := w.open("07-anna")
	if taken, err := w.desk.Taken(ctx, "07-anna"); err != nil || len(taken) > 0 {
		t.Fatalf("before a claim: %v, %v, want nothing", taken, err)
	}
	w.clock.Pass(10 * time.Minute)
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Answer(ctx, id, suzuran, "a", "読みました"))
	w.clock.Pass(10 * time.Minute)
	w.must(w.desk.Return(ctx, id, suzuran)) // back in the line it goes on
	w.clock.Pass(10 * time.Minute)
	w.must(w.desk.Claim(ctx, id, kikyo))
	w.must(w.desk.HandBack(ctx, id, kikyo))
	w.clock.Pass(10 * time.Minute)
	w.open("07-anna") // the same case again, nobody has it yet
	w.clock.Pass(10 * time.Minute)
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.clock.Pass(10 * time.Minute)
	w.must(w.desk.Close(ctx, id, suzuran))
	w.clock.Pass(15 * 24 * time.Hour)
	second := w.open("07-anna")
	if second == id {
		t.Fatal("a case was opened again after two weeks")
	}
	taken, err := w.desk.Taken(ctx, "07-anna")
	if err != nil || len(taken) != 1 {
		t.Fatalf("got %v, %v, want the first case alone", taken, err)
	}
	for minutes, want := range map[int]bool{0: false, 9: false, 10: true, 25: true, 30: true, 35: false, 45: false, 50: true, 60: true, 61: false} {
		if got := taken[id].Hold(at(minutes)); got != want {
			t.Errorf("minute %d: got %v, want %v", minutes, got, want)
		}
	}
}

func TestDeletingReachesTheCasesOfLongAgo(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	var ids []flows.CaseID
	for range 3 {
		id := w.open("07-anna")
		w.must(w.desk.Claim(ctx, id, suzuran))
		w.must(w.desk.Close(ctx, id, suzuran))
		w.clock.Pass(20 * 24 * time.Hour)
		ids = append(ids, id)
	}
	var kept []flows.PersonID
	w.desk.opt.Forget = func(_ context.Context, p flows.PersonID) error { kept = append(kept, p); return nil }
	w.carry()
	for range 3 {
		w.take("07-anna", flows.DeskNote{Do: flows.NoteForgotten})
	}
	if len(kept) == 0 || kept[0] != "07-anna" {
		t.Errorf("who else must know was told %v", kept)
	}
	for _, id := range ids {
		if row := w.get(id); row.Person != "" || row.Alias != "" || row.Forgotten.IsZero() {
			t.Errorf("case %s still has %q, %q", id, row.Person, row.Alias)
		}
	}
	if all := everything(t, w.rdb); strings.Contains(all, "07-anna") || strings.Contains(all, "つばめ") {
		t.Error("the store still leads to them")
	}
}

func TestWhatElseEndsWithACasesWordsEndsBeforeIt(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("07-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Close(ctx, id, suzuran))
	var over []flows.CaseID
	away := errors.New("away")
	w.desk.opt.Over = func(_ context.Context, c flows.CaseID) error {
		if over = append(over, c); len(over) == 1 {
			return away
		}
		return nil
	}
	w.clock.Pass(364 * 24 * time.Hour)
	if err := w.desk.Prune(ctx, w.clock.Now()); err != nil || len(over) > 0 {
		t.Fatalf("before its time: %v, %v", over, err)
	}
	w.clock.Pass(2 * 24 * time.Hour)
	if err := w.desk.Prune(ctx, w.clock.Now()); !errors.Is(err, away) || !w.get(id).Faded.IsZero() {
		t.Fatalf("it could not end: %v, and the case has gone on without it", err)
	}
	if err := w.desk.Prune(ctx, w.clock.Now()); err != nil || w.get(id).Faded.IsZero() {
		t.Fatalf("the second time: %v", err)
	}
	if !slices.Equal(over, []flows.CaseID{id, id}) {
		t.Errorf("ended %v", over)
	}
}
