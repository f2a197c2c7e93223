package handoff

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/config/privacy"
	"engawa/flows"
)

func TestAClaimWithoutAWordGoesBackAfterTenMinutes(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("07-anna")
	waits := w.get(id).Waits
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.clock.Pass(9 * time.Minute)
	w.sweep()
	w.state(id, Claimed)
	w.must(w.desk.Extend(ctx, id, suzuran, time.Time{}))
	w.clock.Pass(10 * time.Minute)
	w.sweep()
	w.state(id, Claimed)
	w.clock.Pass(time.Minute)
	if n := w.sweep(); n != 1 {
		t.Errorf("sweep moved %d, want 1", n)
	}
	row := w.state(id, Waiting)
	if row.Why != WhySilence || row.Last != suzuran || !row.Waits.Equal(waits) || row.Bounced != 1 {
		t.Errorf("after silence: why %q, last %v, waits %v (want %v), bounced %d", row.Why, row.Last, row.Waits, waits, row.Bounced)
	}
	w.carry()
	heard := w.lanes.heard("07-anna")
	if last := heard[len(heard)-1].act; last.Do != flows.DeskReturned || last.Why != WhySilence || last.Staff != "すずらん" {
		t.Errorf("the lane heard %+v, want returned by silence", last)
	}
	notices, _ := w.desk.Notices(ctx, "sato")
	if len(notices) != 1 || notices[0].Do != DoLapse || notices[0].Case != id {
		t.Errorf("the coordinator heard %+v, want one lapse", notices)
	}
	if _, err := w.desk.Answer(ctx, id, suzuran, "late", "はい"); !errors.Is(err, ErrNotYours) {
		t.Errorf("answer after the case went back: %v, want ErrNotYours", err)
	}
}

// TestATalkStaysInTheHandsThatWriteInIt: a long first answer takes its time.
func TestATalkStaysInTheHandsThatWriteInIt(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("07-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	for range 25 { // four minutes past the ten
		w.clock.Pass(FirstWord / 18)
		if err := w.desk.Writes(ctx, id, suzuran); err != nil {
			t.Fatal(err)
		}
		w.sweep()
		w.state(id, Claimed)
	}
	w.clock.Pass(StillWriting - time.Second) // they look something up
	w.sweep()
	w.state(id, Claimed)
	w.must(w.desk.Extend(ctx, id, suzuran, time.Time{})) // one key, after the end
	w.clock.Pass(FirstWord - time.Second)
	w.sweep()
	w.state(id, Claimed)
	w.clock.Pass(time.Second)
	if err := w.desk.Writes(ctx, id, kikyo); err != nil { // who does not have it keeps nothing
		t.Fatal(err)
	}
	w.sweep()
	w.state(id, Waiting)

	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Answer(ctx, id, suzuran, "a", "はい"))
	w.take("07-anna", flows.DeskNote{Do: flows.NoteWords})
	w.clock.Pass(w.get(id).Lease.Sub(w.clock.Now()))
	if err := w.desk.Writes(ctx, id, suzuran); err != nil {
		t.Fatal(err)
	}
	w.sweep()
	w.state(id, Talking) // a promise is answered late rather than by somebody else
	w.clock.Pass(StillWriting)
	w.sweep()
	w.state(id, Waiting)
}

func TestAPromiseMayBePassedByTwoHours(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("07-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Answer(ctx, id, suzuran, "a", "はい"))
	w.clock.Pass(time.Hour)
	w.take("07-anna", flows.DeskNote{Do: flows.NoteWords})
	due := time.Date(2026, 11, 17, 17, 0, 0, 0, tokyo)
	if row := w.get(id); !row.Promise.Equal(due) {
		t.Fatalf("promise = %v, want %v", row.Promise, due)
	}
	w.clock.Pass(due.Add(Grace).Sub(w.clock.Now()) - time.Millisecond)
	w.sweep()
	w.state(id, Talking)
	w.clock.Pass(time.Millisecond)
	w.sweep()
	w.state(id, Waiting)
}

func TestATalkInWhichNothingIsOwedRests(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("07-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Answer(ctx, id, suzuran, "a", "はい"))
	w.clock.Pass(10 * 24 * time.Hour)
	w.sweep()
	w.state(id, Talking)
	if notices, _ := w.desk.Notices(ctx, "sato"); len(notices) != 0 {
		t.Errorf("notices = %v, want none", notices)
	}
	w.take("07-anna", flows.DeskNote{Do: flows.NoteWords})
	if row := w.get(id); !row.Promise.After(w.clock.Now()) || !row.Lease.Equal(row.Promise.Add(Grace)) {
		t.Errorf("a new word got promise %v and lease %v", row.Promise, row.Lease)
	}
	w.clock.Pass(10 * 24 * time.Hour)
	w.sweep()
	w.state(id, Waiting)
}

func TestANamedPromiseBindsAndTheResidentHearsIt(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("07-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Answer(ctx, id, suzuran, "a", "調べます"))
	until := w.clock.Now().Add(3 * time.Hour)
	w.must(w.desk.Extend(ctx, id, suzuran, until))
	if _, err := w.desk.Extend(ctx, id, suzuran, monday.Add(-time.Hour)); !errors.Is(err, ErrTime) {
		t.Errorf("a promise in the past: %v, want ErrTime", err)
	}
	w.carry()
	heard := w.lanes.heard("07-anna")
	if last := heard[len(heard)-1].act; last.Do != flows.DeskPromised || !last.Until.Equal(until) {
		t.Errorf("the lane heard %+v, want the promise of %v", last, until)
	}
	w.clock.Pass(3*time.Hour + Grace)
	w.sweep()
	w.state(id, Waiting)
}

func TestASleepingCaseWakesByAWordOrByItsDate(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("07-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Answer(ctx, id, suzuran, "a", "また来週"))
	w.must(w.desk.Snooze(ctx, id, suzuran, w.clock.Now().Add(7*24*time.Hour)))
	w.clock.Pass(24 * time.Hour)
	w.sweep()
	w.state(id, Snoozed)
	w.take("07-anna", flows.DeskNote{Do: flows.NoteWords})
	if row := w.state(id, Talking); row.Waits.IsZero() || row.Staff != suzuran {
		t.Errorf("woken by a word: waits %v, staff %v", row.Waits, row.Staff)
	}
	w.must(w.desk.Snooze(ctx, id, suzuran, w.clock.Now().Add(time.Hour)))
	w.clock.Pass(time.Hour)
	w.sweep()
	w.state(id, Talking)
	if notices, _ := w.desk.Notices(ctx, "sato"); len(notices) != 1 {
		t.Errorf("notices = %v, want one: it woke", notices)
	}
}

func TestCasesOfACoordinatorWhoLeavesGoBackAtOnce(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	a, b := w.open("01-a"), w.open("02-b")
	other := w.open("03-c")
	w.must(w.desk.Claim(ctx, a, suzuran))
	w.must(w.desk.Claim(ctx, b, suzuran))
	w.must(w.desk.Claim(ctx, other, kikyo))
	if n, err := w.desk.ReturnAll(ctx, suzuran); err != nil || n != 2 {
		t.Errorf("returned %d, err %v, want 2", n, err)
	}
	w.state(a, Waiting)
	w.state(b, Waiting)
	w.state(other, Claimed)
}

func TestAForgottenCaseKeepsNothingOfItsPerson(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.take("07-anna", flows.DeskNote{
		Do: flows.NoteOpen, Topic: "money", Flow: "okane", Scene: "okane/家賃", Memory: map[string]string{"家族": "ひとり"},
	})
	row, err := w.desk.Of(ctx, "07-anna")
	if err != nil {
		t.Fatal(err)
	}
	id := row.ID
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Answer(ctx, id, suzuran, "a", "ひみつのことば"))
	if err := w.desk.Note(ctx, id, suzuran, "n", "覚え書き"); err != nil {
		t.Fatal(err)
	}
	w.take("07-anna", flows.DeskNote{Do: flows.NoteForgotten})
	row = w.state(id, Talking)
	if row.Forgotten.IsZero() || row.Alias != "" || row.Memory != nil || row.Scene != "" {
		t.Errorf("the coordinator still sees %+v", row.Case)
	}
	if fates, _ := w.desk.Fates(ctx, id); fates[ActID(id, "a")].State != "refused" {
		t.Errorf("an answer that was on its way = %v, want refused", fates)
	}
	if _, err := w.desk.Answer(ctx, id, suzuran, "b", "まだいますか"); !errors.Is(err, ErrForgotten) {
		t.Errorf("answer: %v, want ErrForgotten", err)
	}
	w.carry()
	w.must(w.desk.Close(ctx, id, suzuran))
	w.carry()
	if got, want := w.lanes.acts("07-anna"), []flows.DeskDo{flows.DeskOpened, flows.DeskClaimed, flows.DeskAnswered}; !slices.Equal(got, want) {
		t.Errorf("the lane heard %v, want %v", got, want)
	}
	all := everything(t, w.rdb)
	for _, trace := range []string{"07-anna", "つばめ", "家賃", "ひとり", "okane", "sealed for", "money"} {
		if strings.Contains(all, trace) {
			t.Errorf("the store still holds %q", trace)
		}
	}
	if notes, err := w.desk.Notes(ctx, id); err != nil || len(notes) != 1 {
		t.Errorf("staff's own notes = %v, err %v, want one", notes, err)
	}
	w.logHas(id, DoOpen, DoClaim, DoAnswer, DoNote, DoForgotten, DoClose)
}

func TestWordsThatWereDestroyedChangeEveryCaseOfThePerson(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("01-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Close(ctx, id, suzuran))
	w.clock.Pass(30 * 24 * time.Hour)
	again := w.open("01-anna")
	if again == id {
		t.Fatal("the old case was opened again")
	}
	ticks := w.desk.Watch(ctx)
	before := w.rdb.Get(ctx, revKey).Val()
	if err := w.desk.Withdrawn(ctx, "01-anna"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []flows.CaseID{id, again} {
		if row := w.get(c); !row.Withdrawn.Equal(w.clock.Now()) {
			t.Errorf("case %s shows words as of %s, want now", c, row.Withdrawn)
		}
	}
	if after := w.rdb.Get(ctx, revKey).Val(); after == before {
		t.Error("no other process hears of it")
	}
	select {
	case <-ticks:
	default:
		t.Error("no open page hears of it")
	}
	w.state(id, Closed)
	w.state(again, Waiting)
	if n, err := w.desk.Notices(ctx, suzuran.Name); err != nil || len(n) != 0 {
		t.Errorf("notices %v, err %v: it is nobody's news", n, err)
	}
	if err := w.desk.Withdrawn(ctx, "02-nobody"); err != nil {
		t.Errorf("words of somebody without a case: %v", err)
	}
}

func TestForgettingClosesWhatWaitsButNeverWithdrawsARisk(t *testing.T) {
	w := newWorld(t)
	forgotten := flows.DeskNote{Do: flows.NoteForgotten}
	plain := w.open("01-plain")
	w.take("01-plain", forgotten)
	if row := w.state(plain, Closed); row.Why != WhyForgotten {
		t.Errorf("why = %q, want forgotten", row.Why)
	}
	w.take("02-life", flows.DeskNote{Do: flows.NoteOpen, Urgency: flows.Life, Level: flows.Clear, Rules: []string{"life.1"}})
	row, err := w.desk.Of(t.Context(), "02-life")
	if err != nil {
		t.Fatal(err)
	}
	w.take("02-life", forgotten)
	row = w.state(row.ID, Waiting)
	if row.Alias != "" || row.Person != "02-life" || !slices.Equal(row.Rules, []string{"life.1"}) {
		t.Errorf("a risk after 消す: %+v", row.Case)
	}
	w.must(w.desk.Claim(t.Context(), row.ID, suzuran))
	w.must(w.desk.Close(t.Context(), row.ID, suzuran))
	if row = w.state(row.ID, Closed); row.Person != "" {
		t.Errorf("the closed case still leads to %q", row.Person)
	}
	fresh := w.open("02-life") // the same lane id writes again: a stranger
	if fresh == row.ID {
		t.Error("a forgotten case was opened again")
	}
}

func TestWhatIsKeptLongEnoughGoesInThreeSteps(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("07-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	if err := w.desk.Note(ctx, id, suzuran, "n", "覚え書き"); err != nil {
		t.Fatal(err)
	}
	w.must(w.desk.Close(ctx, id, suzuran))
	w.carry()
	prune := func(after time.Duration) {
		t.Helper()
		w.clock.Pass(after)
		if err := w.desk.Prune(ctx, w.clock.Now()); err != nil {
			t.Fatalf("prune: %v", err)
		}
		for _, day := range w.rdb.Keys(ctx, "{desk}:book:*").Val() { // the store's own clock has not moved
			if ends := time.UnixMilli(w.rdb.PExpireTime(ctx, day).Val().Milliseconds()); !ends.After(w.clock.Now()) {
				w.rdb.Del(ctx, day)
			}
		}
	}
	prune(privacy.Keep[privacy.CaseWords] - time.Hour)
	if row := w.get(id); row.Alias == "" {
		t.Error("the case faded before its time")
	}
	prune(2 * time.Hour)
	if row := w.get(id); row.Alias != "" || row.Person != "" || row.Topic != "money" {
		t.Errorf("after a year: %+v", row.Case)
	}
	if strings.Contains(everything(t, w.rdb), "07-anna") {
		t.Error("the store still knows the person after a year")
	}
	if notes, err := w.desk.Notes(ctx, id); err != nil || len(notes) != 1 {
		t.Errorf("notes = %v, err %v, want one", notes, err)
	}
	prune(privacy.Keep[privacy.Notes])
	if _, err := w.desk.Get(ctx, id); !errors.Is(err, ErrUnknown) {
		t.Errorf("get: %v, want ErrUnknown", err)
	}
	if !w.notes.gone[privacy.Case(string(id))] {
		t.Error("the key of the notes is still there")
	}
	if all := everything(t, w.rdb); strings.Contains(all, string(id)) && !strings.Contains(all, "log:"+string(id)) && !strings.Contains(all, "{desk}:book:") {
		t.Error("more than the log is left of the case")
	}
	prune(privacy.Keep[privacy.Log])
	if strings.Contains(everything(t, w.rdb), string(id)) {
		t.Error("the store still knows the case")
	}
}

func TestTheRosterPromisesTheEndOfTheNextWorkingDay(t *testing.T) {
	r := HouseRoster{House: house}
	for _, tc := range []struct{ at, want time.Time }{
		{monday, time.Date(2026, 11, 17, 17, 0, 0, 0, tokyo)},
		{time.Date(2026, 11, 16, 3, 0, 0, 0, tokyo), time.Date(2026, 11, 17, 17, 0, 0, 0, tokyo)},
		{time.Date(2026, 11, 20, 16, 0, 0, 0, tokyo), time.Date(2026, 11, 24, 17, 0, 0, 0, tokyo)}, // over a weekend and a holiday
	} {
		if got := r.Promise(tc.at); !got.Equal(tc.want) {
			t.Errorf("promise at %v = %v, want %v", tc.at, got, tc.want)
		}
	}
	never := HouseRoster{House: func() *flows.House { return &flows.House{Zone: tokyo} }}
	if got := never.Promise(monday); !got.Equal(monday.Add(72 * time.Hour)) {
		t.Errorf("a house without hours promises %v", got)
	}
	always := HouseRoster{House: func() *flows.House {
		h := map[time.Weekday][]flows.Span{}
		for d := time.Sunday; d <= time.Saturday; d++ {
			h[d] = []flows.Span{{From: 0, To: 24 * 60}}
		}
		return &flows.House{Zone: tokyo, Hours: h}
	}}
	if got := always.Promise(monday); !got.Equal(monday.Add(24 * time.Hour)) {
		t.Errorf("a house that is always open promises %v", got)
	}
}
