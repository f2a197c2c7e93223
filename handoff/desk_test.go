package handoff

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"engawa/flows"
)

func TestOfAHundredCoordinatorsOneGetsTheCaseAndTheOthersHearWho(t *testing.T) {
	w := newWorld(t)
	id := w.open("07-anna")
	var mu sync.Mutex
	var winners, told []string
	var all sync.WaitGroup
	processes := make([]*Desk, 25) // four in each: the race is both inside a process and between them
	for i := range processes {
		processes[i] = w.another(w.rdb)
	}
	for i := range 100 {
		by := Staff{Name: fmt.Sprintf("staff%02d", i), Alias: fmt.Sprintf("花%02d", i)}
		all.Go(func() {
			_, err := processes[i%len(processes)].Claim(t.Context(), id, by)
			mu.Lock()
			defer mu.Unlock()
			var taken *TakenError
			switch {
			case err == nil:
				winners = append(winners, by.Alias)
			case errors.As(err, &taken):
				told = append(told, taken.By)
			default:
				t.Errorf("claim: %v", err)
			}
		})
	}
	all.Wait()
	if len(winners) != 1 || len(told) != 99 {
		t.Fatalf("got %d winners and %d who were told, want 1 and 99", len(winners), len(told))
	}
	for _, by := range told {
		if by != winners[0] {
			t.Errorf("a loser was told that %s has it, want %s", by, winners[0])
		}
	}
	w.carry()
	if got, want := w.lanes.acts("07-anna"), []flows.DeskDo{flows.DeskOpened, flows.DeskClaimed}; !slices.Equal(got, want) {
		t.Errorf("the lane heard %v, want %v", got, want)
	}
}

func TestANoteThatComesThreeTimesIsTakenOnce(t *testing.T) {
	notes := []flows.DeskNote{
		{Do: flows.NoteOpen, Topic: "money"},
		{Do: flows.NoteWords},
		{Do: flows.NoteRisk, Urgency: flows.Life, Level: flows.Clear, Rules: []string{"life.1"}},
		{Do: flows.NoteShare, All: true},
		{Do: flows.NoteUnsent},
		{Do: flows.NoteStopped, Why: "muted"},
		{Do: flows.NoteLeave},
		{Do: flows.NoteForgotten},
	}
	for _, note := range notes {
		t.Run(string(note.Do), func(t *testing.T) {
			w := newWorld(t)
			id := w.open("07-anna")
			w.take("07-anna", flows.DeskNote{Do: flows.NoteWords})
			var first Case
			for i := range 3 {
				w.clock.Pass(time.Second)
				if err := w.desk.Take(t.Context(), "the-same", "07-anna", "あだ名", note); err != nil {
					t.Fatalf("take: %v", err)
				}
				got := w.get(id).Case
				if i == 0 {
					first = got
				}
				if d := differ(got, first); d != "" {
					t.Errorf("time %d changed the case: %s", i+1, d)
				}
			}
			w.carry()
			if got := w.lanes.acts("07-anna"); !slices.Equal(got, []flows.DeskDo{flows.DeskOpened}) {
				t.Errorf("the lane heard %v, want one opened", got)
			}
		})
	}
}

func TestOnePersonHasOneOpenCaseWhateverRaces(t *testing.T) {
	w := newWorld(t)
	desks := []*Desk{w.desk, w.another(w.rdb), w.another(w.rdb)}
	var all sync.WaitGroup
	for i := range 60 {
		all.Go(func() {
			err := desks[i%3].Take(t.Context(), fmt.Sprintf("tap-%d", i), "07-anna", "つばめ", flows.DeskNote{Do: flows.NoteOpen})
			if err != nil {
				t.Errorf("take: %v", err)
			}
		})
	}
	all.Wait()
	rows, err := w.desk.Queue(t.Context())
	if err != nil || len(rows) != 1 {
		t.Fatalf("queue has %d rows, err %v, want 1", len(rows), err)
	}
	w.carry()
	if got := w.lanes.acts("07-anna"); len(got) != 1 {
		t.Errorf("the lane heard %v, want one opened", got)
	}
}

func TestAStoryFromTapToClose(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("07-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.take("07-anna", flows.DeskNote{Do: flows.NoteWords})
	if c := w.must(w.desk.Opened(ctx, id, suzuran, w.clock.Now())); c.Words != 0 {
		t.Errorf("unread words after opening = %d, want 0", c.Words)
	}
	w.clock.Pass(time.Minute)
	c := w.must(w.desk.Answer(ctx, id, suzuran, "form1", "こんにちは。"))
	if c.State != Talking || c.First.IsZero() || !c.Waits.IsZero() {
		t.Errorf("after the first word: %+v", c)
	}
	if want := time.Date(2026, 11, 17, 17, 0, 0, 0, tokyo); !c.Promise.Equal(want) {
		t.Errorf("promise = %v, want the end of the next working day %v", c.Promise, want)
	}
	w.take("07-anna", flows.DeskNote{Do: flows.NoteSent, Act: ActID(id, "form1")})
	w.must(w.desk.HandBack(ctx, id, suzuran))
	w.carry()
	want := []flows.DeskDo{flows.DeskOpened, flows.DeskClaimed, flows.DeskRead, flows.DeskAnswered, flows.DeskHandBack}
	if got := w.lanes.acts("07-anna"); !slices.Equal(got, want) {
		t.Errorf("the lane heard %v, want %v", got, want)
	}
	said := w.lanes.heard("07-anna")[3]
	if said.event != ActID(id, "form1") || !said.act.Words || said.act.Staff != "すずらん" || !strings.HasPrefix(said.sealed, "sealed for 07-anna") {
		t.Errorf("the answer came as %+v", said)
	}
	fates, err := w.desk.Fates(ctx, id)
	if got := fates[ActID(id, "form1")].State; err != nil || got != "sent" {
		t.Errorf("fate of the answer = %q, err %v, want sent", got, err)
	}
	w.logHas(id, DoOpen, DoClaim, DoRead, DoAnswer, DoHandBack)
}

func (w *world) logHas(id flows.CaseID, want ...Do) {
	w.t.Helper()
	entries, err := w.desk.Log(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	var got []Do
	for _, e := range entries {
		got = append(got, e.Do)
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("log = %v, want %v", got, want)
	}
}

func TestTheLineIsOrderedByRiskAndThenByWaiting(t *testing.T) {
	w := newWorld(t)
	for _, p := range []struct {
		id  flows.PersonID
		urg flows.Urgency
		lev flows.Level
	}{
		{"01-plain", "", ""}, {"02-worry", flows.Medical, flows.Worry}, {"03-plain", "", ""},
		{"04-violence", flows.Violence, flows.Clear}, {"05-life", flows.Life, flows.Clear},
	} {
		w.take(p.id, flows.DeskNote{Do: flows.NoteOpen, Urgency: p.urg, Level: p.lev, Rules: []string{"r-" + string(p.id)}})
		w.clock.Pass(time.Minute)
	}
	rows, err := w.desk.Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []flows.PersonID
	for i, r := range rows {
		got = append(got, r.Person)
		if r.Ahead != i {
			t.Errorf("%s has %d ahead, want %d", r.Person, r.Ahead, i)
		}
	}
	want := []flows.PersonID{"05-life", "04-violence", "02-worry", "01-plain", "03-plain"}
	if !slices.Equal(got, want) {
		t.Errorf("line = %v, want %v", got, want)
	}
	if rows[0].Reason != "r-05-life" || rows[3].Reason != "" {
		t.Errorf("reasons = %q and %q", rows[0].Reason, rows[3].Reason)
	}
	w.carry()
	if got := w.lanes.heard("03-plain")[0].act.Ahead; got != 2 {
		t.Errorf("the third to come was told %d ahead, want 2", got)
	}
	if got := w.lanes.heard("05-life")[0].act.Ahead; got != 0 {
		t.Errorf("a life in danger was told %d ahead, want 0", got)
	}
}

func TestRiskThatRisesMovesTheCaseForwardAndNeverBack(t *testing.T) {
	w := newWorld(t)
	w.open("01-first")
	w.clock.Pass(time.Minute)
	id := w.open("02-second")
	w.take("02-second", flows.DeskNote{Do: flows.NoteRisk, Urgency: flows.Life, Level: flows.Clear, Rules: []string{"life.1"}})
	w.take("02-second", flows.DeskNote{Do: flows.NoteRisk, Urgency: flows.Life, Level: flows.Worry, Rules: []string{"life.9"}})
	row := w.get(id)
	if row.Ahead != 0 || row.Level != flows.Clear || !slices.Equal(row.Rules, []string{"life.1", "life.9"}) {
		t.Errorf("ahead %d, level %q, rules %v", row.Ahead, row.Level, row.Rules)
	}
}

func TestACoordinatorHasNoMoreThanAgreedUnlessTheyPull(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	var ids []flows.CaseID
	for i := range 4 {
		ids = append(ids, w.open(flows.PersonID(fmt.Sprintf("0%d-p", i))))
	}
	for _, id := range ids[:3] {
		w.must(w.desk.Claim(ctx, id, suzuran))
	}
	if _, err := w.desk.Claim(ctx, ids[3], suzuran); !errors.Is(err, ErrFull) {
		t.Fatalf("fourth claim: %v, want ErrFull", err)
	}
	w.state(ids[3], Waiting)
	w.must(w.desk.Pull(ctx, ids[3], suzuran))
	w.must(w.desk.Answer(ctx, ids[0], suzuran, "a", "はい"))
	w.must(w.desk.Snooze(ctx, ids[0], suzuran, w.clock.Now().Add(time.Hour)))
	w.must(w.desk.Close(ctx, ids[1], suzuran))
	id := w.open("09-late")
	w.must(w.desk.Claim(ctx, id, suzuran)) // one sleeps, one is closed: there is room again
	mine, err := w.desk.Mine(ctx, "sato")
	if err != nil || len(mine) != 4 {
		t.Errorf("mine has %d rows, err %v, want 4", len(mine), err)
	}
}

func TestAnAnswerIsRefusedToWhoeverDoesNotHaveTheCase(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("07-anna")
	if _, err := w.desk.Answer(ctx, id, suzuran, "a", "はい"); !errors.Is(err, ErrNotYours) {
		t.Errorf("answer to a waiting case: %v, want ErrNotYours", err)
	}
	w.must(w.desk.Claim(ctx, id, kikyo))
	for name, act := range map[string]func() error{
		"answer":   func() error { _, err := w.desk.Answer(ctx, id, suzuran, "a", "はい"); return err },
		"extend":   func() error { _, err := w.desk.Extend(ctx, id, suzuran, time.Time{}); return err },
		"return":   func() error { _, err := w.desk.Return(ctx, id, suzuran); return err },
		"handback": func() error { _, err := w.desk.HandBack(ctx, id, suzuran); return err },
		"close":    func() error { _, err := w.desk.Close(ctx, id, suzuran); return err },
	} {
		if err := act(); !errors.Is(err, ErrNotYours) {
			t.Errorf("%s: %v, want ErrNotYours", name, err)
		}
	}
	if len(w.seals.ids) != 0 {
		t.Errorf("a refused answer was sealed: %v", w.seals.ids)
	}
	if _, err := w.desk.Answer(ctx, id, kikyo, "b", " \n "); !errors.Is(err, ErrEmpty) {
		t.Errorf("answer of nothing: %v, want ErrEmpty", err)
	}
	if _, err := w.desk.Answer(ctx, id, kikyo, "b", strings.Repeat("あ", 5001)); !errors.Is(err, ErrTooLong) {
		t.Errorf("answer of 5001 characters: %v, want ErrTooLong", err)
	}
	if _, err := w.desk.Answer(ctx, id, kikyo, "b/1", "はい"); !errors.Is(err, ErrAct) {
		t.Errorf("an act's id with a slash: %v, want ErrAct", err)
	}
	if _, err := w.desk.Claim(ctx, "c-nowhere", kikyo); !errors.Is(err, ErrUnknown) {
		t.Errorf("claim of a case that is not there: %v, want ErrUnknown", err)
	}
}

func TestADoubleClickSendsOneAnswer(t *testing.T) {
	w := newWorld(t)
	id := w.open("07-anna")
	w.must(w.desk.Claim(t.Context(), id, suzuran))
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if _, err := w.desk.Answer(t.Context(), id, suzuran, "form1", "はい"); err != nil {
				t.Errorf("answer: %v", err)
			}
		})
	}
	all.Wait()
	w.carry()
	if got, want := w.lanes.acts("07-anna"), []flows.DeskDo{flows.DeskOpened, flows.DeskClaimed, flows.DeskAnswered}; !slices.Equal(got, want) {
		t.Errorf("the lane heard %v, want %v", got, want)
	}
}

func TestSomebodyWhoComesBackFindsTheSameCaseAndTheirCoordinatorsName(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("07-anna")
	early := w.clock.Now()
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Close(ctx, id, suzuran))
	w.clock.Pass(25 * time.Hour)
	again := w.open("07-anna")
	row := w.get(again)
	if again != id || row.State != Waiting || row.Wish != "すずらん" {
		t.Errorf("came back to case %s in %s with wish %q, want %s waiting for すずらん", again, row.State, row.Wish, id)
	}
	between := early.Add(5 * time.Hour)
	if !row.Shows(early) || row.Shows(between) || !row.Shows(w.clock.Now()) {
		t.Errorf("shows then %v, in between %v, now %v; want true, false, true", row.Shows(early), row.Shows(between), row.Shows(w.clock.Now()))
	}
	w.must(w.desk.Claim(ctx, id, kikyo))
	w.must(w.desk.Close(ctx, id, kikyo))
	w.clock.Pass(15 * 24 * time.Hour)
	fresh := w.open("07-anna")
	if row := w.get(fresh); fresh == id || row.Last != kikyo {
		t.Errorf("after a long time: case %s with last %v, want a new one that knows %v", fresh, row.Last, kikyo)
	}
}

func TestWordsThatWereUnderWayWhenTheCaseWasClosedOpenItAgain(t *testing.T) {
	w := newWorld(t)
	id := w.open("07-anna")
	w.must(w.desk.Claim(t.Context(), id, suzuran))
	w.must(w.desk.Close(t.Context(), id, suzuran))
	written := w.clock.Now().Add(time.Second)
	w.clock.Pass(2 * time.Second)
	w.take("07-anna", flows.DeskNote{Do: flows.NoteWords, Case: id})
	row := w.state(id, Waiting)
	if row.Words != 1 || !row.Shows(written) || row.Topic != "money" {
		t.Errorf("words %d, shown %v, topic %q", row.Words, row.Shows(written), row.Topic)
	}
}

func TestLeavingTheLineIsOneNote(t *testing.T) {
	w := newWorld(t)
	id := w.open("07-anna")
	w.take("07-anna", flows.DeskNote{Do: flows.NoteLeave})
	if row := w.state(id, Closed); row.Why != WhyLeft {
		t.Errorf("why = %q, want left", row.Why)
	}
	if n, err := w.desk.Waiting(t.Context()); err != nil || n != 0 {
		t.Errorf("waiting = %d, err %v, want 0", n, err)
	}
	if _, err := w.desk.Claim(t.Context(), id, suzuran); !errors.Is(err, ErrMove) {
		t.Errorf("claim of a case whose person left: %v, want ErrMove", err)
	}
}

func TestACoordinatorHearsWhatHappenedWithoutTheirDoing(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("07-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Answer(ctx, id, suzuran, "a", "はい"))
	w.clock.Pass(time.Second)
	w.take("07-anna", flows.DeskNote{Do: flows.NoteStopped, Why: "muted"})
	w.take("07-anna", flows.DeskNote{Do: flows.NoteRefused, Act: ActID(id, "a"), Why: "stopped"})
	shown := w.clock.Now()
	w.clock.Pass(time.Second)
	w.take("07-anna", flows.DeskNote{Do: flows.NoteLeave})
	notices, err := w.desk.Notices(ctx, "sato")
	if err != nil {
		t.Fatal(err)
	}
	var got []Do
	for _, n := range notices {
		got = append(got, n.Do)
	}
	if want := []Do{DoStopped, DoRefused, DoLeave}; !slices.Equal(got, want) {
		t.Errorf("notices = %v, want %v", got, want)
	}
	if fates, _ := w.desk.Fates(ctx, id); fates[ActID(id, "a")] != (Fate{State: "refused", Why: "stopped", by: "sato"}) {
		t.Errorf("fates = %v", fates)
	}
	if err := w.desk.Noticed(ctx, "sato", shown); err != nil {
		t.Fatal(err)
	}
	if notices, _ = w.desk.Notices(ctx, "sato"); len(notices) != 1 || notices[0].Do != DoLeave {
		t.Errorf("notices after looking = %v, want the last one", notices)
	}
}

func TestNotesAreSealedKeptOnceAndReadBack(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.open("07-anna")
	for range 3 {
		if err := w.desk.Note(ctx, id, suzuran, "n1", "電話は午後がよい"); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.Pass(time.Second)
	if err := w.desk.Note(ctx, id, kikyo, "n2", "窓口へ同行"); err != nil {
		t.Fatal(err)
	}
	notes, err := w.desk.Notes(ctx, id)
	if err != nil || len(notes) != 2 || notes[0].Text != "電話は午後がよい" || notes[1].By != kikyo {
		t.Errorf("notes = %+v, err %v", notes, err)
	}
	if strings.Contains(everything(t, w.rdb), "電話") {
		t.Error("a note stands in clear in the store")
	}
}
