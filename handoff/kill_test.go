package handoff

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"engawa/config/redistest"
	"engawa/flows"
)

// TestAKillBetweenAnyTwoStepsLosesNothingAndDoublesNothing cuts every act off at
// every command that it sends, before and after it is carried out, lets it be
// tried again as its caller would, and compares with a day on which nothing broke.
func TestAKillBetweenAnyTwoStepsLosesNothingAndDoublesNothing(t *testing.T) {
	rdb := redistest.Client(t)
	faults := &cuts{}
	rdb.AddHook(faults)
	const p = flows.PersonID("07-anna")
	acts := map[string]func(context.Context, *world, flows.CaseID) error{
		"words": func(ctx context.Context, w *world, _ flows.CaseID) error {
			return w.desk.Take(ctx, "x", p, "つばめ", flows.DeskNote{Do: flows.NoteWords})
		},
		"refused": func(ctx context.Context, w *world, id flows.CaseID) error {
			return w.desk.Take(ctx, "x", p, "つばめ", flows.DeskNote{Do: flows.NoteRefused, Act: ActID(id, "first"), Why: "stopped"})
		},
		"leave": func(ctx context.Context, w *world, _ flows.CaseID) error {
			return w.desk.Take(ctx, "x", p, "つばめ", flows.DeskNote{Do: flows.NoteLeave})
		},
		"forgotten": func(ctx context.Context, w *world, _ flows.CaseID) error {
			return w.desk.Take(ctx, "x", p, "つばめ", flows.DeskNote{Do: flows.NoteForgotten})
		},
		"open": func(ctx context.Context, w *world, _ flows.CaseID) error {
			return w.desk.Take(ctx, "x", "08-bert", "つばめ", flows.DeskNote{Do: flows.NoteOpen})
		},
		"answer": func(ctx context.Context, w *world, id flows.CaseID) error {
			_, err := w.desk.Answer(ctx, id, suzuran, "second", "はい")
			return err
		},
		"same": func(ctx context.Context, w *world, id flows.CaseID) error {
			return w.desk.Take(ctx, "x", p, "つばめ", flows.DeskNote{Do: flows.NoteSame, Case: id})
		},
		"pause": func(ctx context.Context, w *world, id flows.CaseID) error {
			_, err := w.desk.Pause(ctx, id, sumire, "second", w.clock.Now().Add(time.Hour), "少し間をおきます")
			return err
		},
		"note": func(ctx context.Context, w *world, id flows.CaseID) error {
			return w.desk.Note(ctx, id, suzuran, "n", "覚え書き")
		},
		"sweep": func(ctx context.Context, w *world, _ flows.CaseID) error {
			_, err := w.desk.Sweep(ctx, w.clock.Now().Add(time.Hour))
			return err
		},
		"carry": func(ctx context.Context, w *world, _ flows.CaseID) error {
			_, err := w.desk.carry(ctx, "test")
			return err
		},
	}
	for name, act := range acts {
		t.Run(name, func(t *testing.T) {
			day := func(cut int, after bool) (left string, commands int) {
				if err := rdb.FlushDB(t.Context()).Err(); err != nil {
					t.Fatal(err)
				}
				w := worldOn(t, rdb)
				n := 0
				w.desk.newID = func() flows.CaseID { n = min(n+1, 2); return flows.CaseID(fmt.Sprintf("c%d", n)) }
				id := w.open(p)
				w.must(w.desk.Claim(t.Context(), id, suzuran))
				if name != "sweep" {
					w.must(w.desk.Answer(t.Context(), id, suzuran, "first", "こんにちは"))
				}
				if name == "same" {
					w.must(w.desk.Ask(t.Context(), id, suzuran, kikyo))
					w.must(w.desk.Accept(t.Context(), id, kikyo))
				}
				faults.set(cut, after)
				_ = act(t.Context(), w, id)
				commands = faults.commands()
				faults.set(0, false)
				if err := act(t.Context(), w, id); err != nil {
					t.Fatalf("the second attempt: %v", err)
				}
				w.carry()
				return w.after(id, p, "08-bert"), commands
			}
			want, commands := day(0, false)
			if commands < 2 {
				t.Fatalf("the act sent %d commands: nothing was tried", commands)
			}
			for cut := 1; cut <= commands; cut++ {
				for _, after := range []bool{false, true} {
					if got, _ := day(cut, after); got != want {
						t.Errorf("cut at command %d (after it: %v) left\n%s\nwant\n%s", cut, after, got, want)
					}
				}
			}
		})
	}
}

// after is what is left of a day: case, line, lanes, log, fates, notices, notes.
func (w *world) after(id flows.CaseID, persons ...flows.PersonID) string {
	w.t.Helper()
	ctx := w.t.Context()
	out := fmt.Sprintf("%+v\n", w.get(id))
	rows, err := w.desk.Queue(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	out += fmt.Sprintf("%+v\n", rows)
	for _, p := range persons {
		out += fmt.Sprintf("%+v\n", w.lanes.heard(p))
	}
	entries, _ := w.desk.Log(ctx, id)
	fates, _ := w.desk.Fates(ctx, id)
	notices, _ := w.desk.Notices(ctx, "sato")
	notes, _ := w.desk.Notes(ctx, id)
	left, _, _ := w.desk.Untold(ctx)
	return out + fmt.Sprintf("%v\n%v\n%v\n%v\n%d untold", entries, fates, notices, notes, left)
}

// TestTheStoreDyingInTheMiddleLosesNoAcknowledgedAct kills the real server.
func TestTheStoreDyingInTheMiddleLosesNoAcknowledgedAct(t *testing.T) {
	server := redistest.Start(t)
	w := worldOn(t, server.Client())
	const p = flows.PersonID("07-anna")
	id := w.open(p)
	w.must(w.desk.Claim(t.Context(), id, suzuran))
	var sent []string
	for round := range 3 {
		for i := range 5 {
			act := fmt.Sprintf("r%d-%d", round, i)
			if _, err := w.desk.Answer(t.Context(), id, suzuran, act, "はい"); err == nil {
				sent = append(sent, ActID(id, act))
			}
		}
		server.Kill()
		if _, err := w.desk.Answer(t.Context(), id, suzuran, fmt.Sprintf("r%d-dead", round), "はい"); err == nil {
			t.Error("an answer was taken by a store that is down")
		}
		server.Restart()
		w.eventually(func() bool { return w.rdb.Ping(t.Context()).Err() == nil })
	}
	w.eventually(func() bool { left, err := w.desk.carry(t.Context(), "test"); return left == 0 && err == nil })
	var got []string
	for _, h := range w.lanes.heard(p) {
		if h.act.Do == flows.DeskAnswered {
			got = append(got, h.event)
		}
	}
	if !slices.Equal(got, sent) {
		t.Errorf("the lane heard %v, want %v", got, sent)
	}
}

// eventually waits for something that another goroutine or process does.
func (w *world) eventually(is func() bool) {
	w.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		if is() {
			return
		}
	}
	w.t.Fatal("it did not happen within 20 s")
}
