package handoff

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/redistest"
	"engawa/flows"
)

const anna = flows.PersonID("07-anna")

// talking gives a case that suzuran has claimed.
func (w *world) claimed() flows.CaseID {
	w.t.Helper()
	id := w.open(anna)
	w.must(w.desk.Claim(w.t.Context(), id, suzuran))
	return id
}

// due lets what is due leave, and carries it to the lanes.
func (w *world) due() {
	w.t.Helper()
	if _, err := w.desk.sendDue(w.t.Context()); err != nil {
		w.t.Fatalf("send what is due: %v", err)
	}
	w.carry()
}

// said is what the lane of anna heard in words, by the acts that sent it.
func (w *world) said() (acts []string) {
	for _, h := range w.lanes.heard(anna) {
		if h.act.Do == flows.DeskAnswered {
			_, act, _ := strings.Cut(h.event, "/a-")
			acts = append(acts, act)
		}
	}
	return acts
}

func (w *world) held(id flows.CaseID, by Staff) *Held {
	w.t.Helper()
	h, err := w.desk.Held(w.t.Context(), id, by)
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

func TestAnAnswerWaitsFiveSecondsAndThenLeavesOnce(t *testing.T) {
	w := newWorld(t)
	id := w.claimed()
	for range 3 {
		w.must(w.desk.Hold(t.Context(), id, suzuran, "a1", "こんにちは"))
	}
	w.clock.Pass(UndoFor - time.Millisecond)
	w.due()
	if got := w.said(); len(got) != 0 {
		t.Fatalf("before its time the lane heard %v", got)
	}
	if h := w.held(id, suzuran); h == nil || h.Words != "こんにちは" || h.Due.IsZero() {
		t.Errorf("held = %+v, want the words and when they leave", h)
	}
	if h := w.held(id, kikyo); h != nil {
		t.Error("a colleague sees what has not been sent")
	}
	w.clock.Pass(time.Millisecond)
	for range 3 {
		w.due()
	}
	if got := w.said(); !slices.Equal(got, []string{"a1"}) {
		t.Errorf("the lane heard %v, want the answer once", got)
	}
	if w.state(id, Talking).Waits != (time.Time{}) || w.held(id, suzuran) != nil {
		t.Error("after it has left, nothing is owed and nothing is held")
	}
	w.must(w.desk.Hold(t.Context(), id, suzuran, "a1", "こんにちは"))
	if w.held(id, suzuran) != nil {
		t.Error("the same letter, sent again later, is held again")
	}
}

func TestAnAnswerThatIsTakenBackNeverLeavesAndGivesItsWordsBack(t *testing.T) {
	w := newWorld(t)
	id := w.claimed()
	w.must(w.desk.Hold(t.Context(), id, suzuran, "a1", "まちがい"))
	if ok, err := w.desk.Unsay(t.Context(), id, kikyo, "a1"); ok || err != nil {
		t.Fatalf("a colleague took it back: %v %v", ok, err)
	}
	for round, want := range []bool{true, false, false} {
		if ok, err := w.desk.Unsay(t.Context(), id, suzuran, "a1"); ok != want || err != nil {
			t.Fatalf("taken back, time %d: %v %v, want %v", round+1, ok, err, want)
		}
	}
	w.clock.Pass(time.Hour)
	w.due()
	if got := w.said(); len(got) != 0 {
		t.Fatalf("what was taken back left: %v", got)
	}
	if h := w.held(id, suzuran); h == nil || h.Words != "まちがい" || h.Why != WhyBack || !h.Due.IsZero() {
		t.Errorf("held = %+v, want the words, come back", h)
	}
	if w.state(id, Claimed).Waits.IsZero() {
		t.Error("a word is still owed")
	}
	if _, err := w.desk.Hold(t.Context(), id, suzuran, "a1", "まちがい"); !errors.Is(err, ErrTakenBack) {
		t.Errorf("a late second click on the same letter: %v, want that it was taken back", err)
	}
	w.must(w.desk.Hold(t.Context(), id, suzuran, "a2", "こちらです"))
	w.clock.Pass(UndoFor)
	w.due()
	if got := w.said(); !slices.Equal(got, []string{"a2"}) || w.held(id, suzuran) != nil {
		t.Errorf("the lane heard %v, want the new words alone, and nothing left over", got)
	}
}

func TestWhatIsHeldGoesBeforeWhateverComesAfterIt(t *testing.T) {
	after := map[string]func(context.Context, *world, flows.CaseID) error{
		"close": func(ctx context.Context, w *world, id flows.CaseID) error {
			_, err := w.desk.Close(ctx, id, suzuran)
			return err
		},
		"handback": func(ctx context.Context, w *world, id flows.CaseID) error {
			_, err := w.desk.HandBack(ctx, id, suzuran)
			return err
		},
		"return": func(ctx context.Context, w *world, id flows.CaseID) error {
			_, err := w.desk.Return(ctx, id, suzuran)
			return err
		},
		"all": func(ctx context.Context, w *world, _ flows.CaseID) error {
			_, err := w.desk.ReturnAll(ctx, suzuran)
			return err
		},
		"promise": func(ctx context.Context, w *world, id flows.CaseID) error {
			_, err := w.desk.Extend(ctx, id, suzuran, w.clock.Now().Add(5*time.Hour))
			return err
		},
		"snooze": func(ctx context.Context, w *world, id flows.CaseID) error {
			_, err := w.desk.Snooze(ctx, id, suzuran, w.clock.Now().Add(24*time.Hour))
			return err
		},
		"accept": func(ctx context.Context, w *world, id flows.CaseID) error {
			if _, err := w.desk.Ask(ctx, id, suzuran, kikyo); err != nil {
				return err
			}
			_, err := w.desk.Accept(ctx, id, kikyo)
			return err
		},
		"another": func(ctx context.Context, w *world, id flows.CaseID) error {
			_, err := w.desk.Hold(ctx, id, suzuran, "a2", "つづき")
			return err
		},
		"lapse": func(ctx context.Context, w *world, _ flows.CaseID) error {
			_, err := w.desk.Sweep(ctx, w.clock.Now().Add(FirstWord))
			return err
		},
	}
	for name, then := range after {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.claimed()
			w.must(w.desk.Hold(t.Context(), id, suzuran, "a1", "またあした"))
			if err := then(t.Context(), w, id); err != nil {
				t.Fatal(err)
			}
			w.carry()
			acts := w.lanes.acts(anna)
			if i := slices.Index(acts, flows.DeskAnswered); i != 2 || !slices.Equal(w.said(), []string{"a1"}) {
				t.Errorf("the lane heard %v, want the answer once and right after the claim", acts)
			}
			if name == "lapse" && w.get(id).State != Talking {
				t.Error("a case whose answer was on its way went back to the line")
			}
		})
	}
}

func TestWordsThatComeWhileAnAnswerIsHeldAreStillOwedAnAnswer(t *testing.T) {
	w := newWorld(t)
	id := w.claimed()
	w.must(w.desk.Hold(t.Context(), id, suzuran, "a1", "はい"))
	w.clock.Pass(2 * time.Second)
	wrote := w.clock.Now()
	w.take(anna, flows.DeskNote{Do: flows.NoteWords})
	w.clock.Pass(3 * time.Second)
	w.due()
	if row := w.state(id, Talking); !row.Waits.Equal(wrote) || row.Words == 0 {
		t.Errorf("waits since %s with %d new words, want since %s", row.Waits, row.Words, wrote)
	}
}

func TestAnAnswerToSomebodyWhoHasLeftComesBackToItsWriter(t *testing.T) {
	w := newWorld(t)
	id := w.claimed()
	w.must(w.desk.Hold(t.Context(), id, suzuran, "a1", "いま行きます"))
	w.take(anna, flows.DeskNote{Do: flows.NoteLeave})
	w.clock.Pass(UndoFor)
	w.due()
	w.due()
	if h := w.held(id, suzuran); len(w.said()) != 0 || h == nil || h.Why != WhyLeft || h.Words != "いま行きます" {
		t.Errorf("the lane heard %v, its writer finds %+v; want nothing said and the words back", w.said(), h)
	}
	notices, err := w.desk.Notices(t.Context(), suzuran.Name)
	if err != nil || !slices.ContainsFunc(notices, func(n Notice) bool { return n.Do == DoRefused && n.Why == WhyLeft }) {
		t.Errorf("notices %v %v, want one that the words did not go", notices, err)
	}
}

func TestForgettingTakesHeldWordsToo(t *testing.T) {
	for _, back := range []bool{false, true} {
		w := newWorld(t)
		id := w.claimed()
		w.must(w.desk.Hold(t.Context(), id, suzuran, "a1", "いま行きます"))
		if back {
			if _, err := w.desk.Unsay(t.Context(), id, suzuran, "a1"); err != nil {
				t.Fatal(err)
			}
		}
		w.take(anna, flows.DeskNote{Do: flows.NoteForgotten})
		if n := w.rdb.Exists(t.Context(), backKey(id)).Val() + w.rdb.HLen(t.Context(), heldKey).Val() + w.rdb.ZCard(t.Context(), dueKey).Val(); n != 0 {
			t.Errorf("taken back %v: %d traces are left of an answer to somebody who deleted everything", back, n)
		}
		w.clock.Pass(UndoFor)
		w.due()
		if got := w.said(); len(got) != 0 {
			t.Errorf("somebody who deleted everything heard %v", got)
		}
	}
}

func TestAClockThatIsSetBackHoldsNothingForAnHour(t *testing.T) {
	w := newWorld(t)
	id := w.claimed()
	w.must(w.desk.Hold(t.Context(), id, suzuran, "a1", "はい"))
	w.clock.Pass(-time.Hour)
	w.due()
	if got := w.said(); !slices.Equal(got, []string{"a1"}) {
		t.Errorf("the lane heard %v, want the answer", got)
	}
}

func TestHeldWordsStandNowhereInClear(t *testing.T) {
	w := newWorld(t)
	id := w.claimed()
	w.must(w.desk.Hold(t.Context(), id, suzuran, "a1", "カナリアの返事"))
	if strings.Contains(everything(t, w.rdb), "カナリア") {
		t.Error("a held answer can be read in the store")
	}
	if _, err := w.desk.Unsay(t.Context(), id, suzuran, "a1"); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(everything(t, w.rdb), "カナリア") {
		t.Error("an answer that came back can be read in the store")
	}
}

// TestAProcessThatDiesAfterHoldingLeavesTheAnswerToTheOthers: the one that took the
// answer never runs; two others are awake, and the lane hears it once.
func TestAProcessThatDiesAfterHoldingLeavesTheAnswerToTheOthers(t *testing.T) {
	w := newWorld(t)
	id := w.claimed()
	w.must(w.desk.Hold(t.Context(), id, suzuran, "a1", "はい"))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for range 2 {
		go func(d *Desk) { _ = d.Run(ctx) }(w.another(w.rdb))
	}
	w.clock.Pass(UndoFor)
	w.eventually(func() bool { return len(w.said()) > 0 })
	stop()
	w.carry()
	if got := w.said(); !slices.Equal(got, []string{"a1"}) {
		t.Errorf("the lane heard %v, want the answer once", got)
	}
}

// TestTheStoreDyingWhileAnAnswerIsHeldSendsItOnce kills the real server twice: while
// the answer waits, and right after it has left.
func TestTheStoreDyingWhileAnAnswerIsHeldSendsItOnce(t *testing.T) {
	server := redistest.Start(t)
	w := worldOn(t, server.Client())
	id := w.claimed()
	w.must(w.desk.Hold(t.Context(), id, suzuran, "a1", "はい"))
	again := func() {
		server.Kill()
		if err := w.desk.SendHeld(t.Context(), id); err == nil {
			t.Error("a store that is down let an answer leave")
		}
		server.Restart()
		w.eventually(func() bool { return w.rdb.Ping(t.Context()).Err() == nil })
	}
	again()
	w.clock.Pass(UndoFor)
	if _, err := w.desk.sendDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	again()
	w.eventually(func() bool { left, err := w.desk.carry(t.Context(), "test"); return left == 0 && err == nil })
	w.due()
	if got := w.said(); !slices.Equal(got, []string{"a1"}) {
		t.Errorf("the lane heard %v, want the answer once", got)
	}
}

// TestTakingBackRacesTheSending: of the two exactly one happens.
func TestTakingBackRacesTheSending(t *testing.T) {
	w := newWorld(t)
	id := w.claimed()
	for n := range 20 {
		act := fmt.Sprintf("a%d", n)
		w.must(w.desk.Hold(t.Context(), id, suzuran, act, "はい"))
		w.clock.Pass(UndoFor)
		sent := make(chan error, 2)
		for range 2 {
			go func(d *Desk) { sent <- d.SendHeld(t.Context(), id) }(w.another(w.rdb))
		}
		back, err := w.desk.Unsay(t.Context(), id, suzuran, act)
		if err := errors.Join(err, <-sent, <-sent); err != nil {
			t.Fatal(err)
		}
		w.carry()
		if left := slices.Contains(w.said(), act); left == back {
			t.Fatalf("%s: taken back %v, left %v", act, back, left)
		}
	}
}

// TestAKillBetweenAnyTwoStepsHoldsSendsOrTakesBackOnce cuts each of the three off at
// every command, before and after it is carried out, and lets it be tried again.
func TestAKillBetweenAnyTwoStepsHoldsSendsOrTakesBackOnce(t *testing.T) {
	rdb := redistest.Client(t)
	faults := &cuts{}
	rdb.AddHook(faults)
	acts := map[string]func(context.Context, *world, flows.CaseID) error{
		"hold": func(ctx context.Context, w *world, id flows.CaseID) error {
			_, err := w.desk.Hold(ctx, id, suzuran, "a2", "つづき")
			return err
		},
		"unsay": func(ctx context.Context, w *world, id flows.CaseID) error {
			_, err := w.desk.Unsay(ctx, id, suzuran, "a1")
			return err
		},
		"send": func(ctx context.Context, w *world, id flows.CaseID) error { return w.desk.SendHeld(ctx, id) },
		"close": func(ctx context.Context, w *world, id flows.CaseID) error {
			return closes(w.desk.Close(ctx, id, suzuran))
		},
	}
	for name, act := range acts {
		t.Run(name, func(t *testing.T) {
			day := func(cut int, after bool) (string, int) { return heldDay(t, rdb, faults, act, cut, after) }
			want, commands := day(0, false)
			if commands < 1 {
				t.Fatal("nothing was tried")
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

// closes: a second attempt finds the case closed already.
func closes(_ Case, err error) error {
	if errors.Is(err, ErrMove) {
		return nil
	}
	return err
}

func heldDay(t *testing.T, rdb redis.UniversalClient, faults *cuts, act func(context.Context, *world, flows.CaseID) error, cut int, after bool) (string, int) {
	t.Helper()
	if err := rdb.FlushDB(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	w := worldOn(t, rdb)
	w.desk.newID = func() flows.CaseID { return "c1" }
	id := w.claimed()
	w.must(w.desk.Hold(t.Context(), id, suzuran, "a1", "はい"))
	faults.set(cut, after)
	_ = act(t.Context(), w, id)
	commands := faults.commands()
	faults.set(0, false)
	if err := act(t.Context(), w, id); err != nil {
		t.Fatalf("the second attempt: %v", err)
	}
	w.clock.Pass(UndoFor)
	w.due()
	return w.after(id, anna) + fmt.Sprintf("%+v", w.held(id, suzuran)), commands
}

func TestWhatIsWrittenInARowWaitsForItsFollowerAndTheLastForNobody(t *testing.T) {
	w := newWorld(t)
	id := w.claimed()
	for _, act := range []string{"a1", "a2", "a3"} {
		w.must(w.desk.Hold(t.Context(), id, suzuran, act, "はい"))
		w.clock.Pass(3 * time.Second)
	}
	w.clock.Pass(UndoFor)
	w.due()
	var waits []int64
	for _, h := range w.lanes.heard(anna) {
		if h.act.Do == flows.DeskAnswered {
			waits = append(waits, max(0, h.act.More-h.at.UnixMilli()))
		}
	}
	if want := (UndoFor + gatherSlack).Milliseconds(); !slices.Equal(waits, []int64{want, want, 0}) {
		t.Errorf("the answers wait %v ms for what follows, want the first two %d and the last not at all", waits, want)
	}
}
