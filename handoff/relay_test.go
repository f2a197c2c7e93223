package handoff

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"engawa/config/redistest"
	"engawa/flows"
)

func TestMain(m *testing.M) {
	// The shared client of redistest keeps its pool until the process ends.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).reaper"))
}

// running lets a desk run until the test ends, and waits for it to stop.
func (w *world) running(d *Desk) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() {
		if err := d.Run(ctx); !errors.Is(err, context.Canceled) {
			w.t.Errorf("run: %v", err)
		}
	})
	return func() { cancel(); all.Wait() }
}

func TestALaneThatDoesNotAnswerHoldsUpNobodyElse(t *testing.T) {
	w := newWorld(t)
	w.lanes.setDeaf("01-deaf", true)
	for i := range 120 {
		w.open(flows.PersonID(fmt.Sprintf("02-p%d", i)))
	}
	id := w.open("01-deaf")
	w.must(w.desk.Claim(t.Context(), id, suzuran))
	w.must(w.desk.Answer(t.Context(), id, suzuran, "a", "はい"))
	w.open("03-last")
	left, err := w.desk.carry(t.Context(), "test")
	if left != 3 || err == nil {
		t.Errorf("carry left %d acts, err %v, want 3 and an error", left, err)
	}
	if got := w.lanes.acts("03-last"); len(got) != 1 {
		t.Errorf("who came after the deaf lane heard %v, want opened", got)
	}
	if n, since, err := w.desk.Untold(t.Context()); n != 3 || since.IsZero() || err != nil {
		t.Errorf("untold = %d since %v, err %v", n, since, err)
	}
	w.lanes.setDeaf("01-deaf", false)
	w.carry()
	want := []flows.DeskDo{flows.DeskOpened, flows.DeskClaimed, flows.DeskAnswered}
	if got := w.lanes.acts("01-deaf"); !slices.Equal(got, want) {
		t.Errorf("the deaf lane heard %v, want %v in order", got, want)
	}
}

func TestTwoProcessesCarryEveryActOnceAndInOrder(t *testing.T) {
	w := newWorld(t)
	other := w.another(w.rdb)
	stopOne, stopTwo := w.running(w.desk), w.running(other)
	defer stopTwo()
	const p = flows.PersonID("07-anna")
	id := w.open(p)
	w.must(w.desk.Claim(t.Context(), id, suzuran))
	for i := range 20 {
		d := w.desk
		if i%2 == 1 {
			d = other
		}
		w.must(d.Answer(t.Context(), id, suzuran, fmt.Sprintf("a%d", i), "はい"))
		if i == 10 {
			stopOne() // the other one carries on at once
		}
	}
	w.eventually(func() bool { return len(w.lanes.acts(p)) == 22 })
	for i, h := range w.lanes.heard(p)[2:] {
		if want := ActID(id, fmt.Sprintf("a%d", i)); h.event != want {
			t.Errorf("act %d is %s, want %s", i, h.event, want)
		}
	}
	w.eventually(func() bool { n, _, err := w.desk.Untold(t.Context()); return n == 0 && err == nil })
}

func TestAWatcherHearsOfChangesInAnotherProcess(t *testing.T) {
	w := newWorld(t)
	other := w.another(w.rdb)
	stop := w.running(other)
	defer stop()
	ctx, cancel := context.WithCancel(t.Context())
	ticks := other.Watch(ctx)
	w.open("07-anna")
	select {
	case _, open := <-ticks:
		if !open {
			t.Fatal("the watch ended by itself")
		}
	case <-time.After(time.Minute):
		t.Fatal("no tick came")
	}
	cancel()
	w.eventually(func() bool {
		select {
		case _, open := <-ticks:
			return !open
		default:
			return false
		}
	})
}

func TestARestartOfTheStoreIsNoticedWithoutAMessage(t *testing.T) {
	server := redistest.Start(t)
	w := worldOn(t, server.Client())
	stop := w.running(w.desk)
	defer stop()
	w.open("01-anna")
	server.Kill()
	server.Restart()
	w.eventually(func() bool { return w.rdb.Ping(t.Context()).Err() == nil })
	ticks := w.desk.Watch(t.Context())
	// A change that no channel tells of.
	if err := w.rdb.Incr(t.Context(), revKey).Err(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ticks:
	case <-time.After(time.Minute):
		t.Fatal("no tick came")
	}
}
