package wake

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"engawa/config/clocktest"
	"engawa/config/redistest"
	"engawa/flows"
	"engawa/handoff/alarm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 16, 3, 0, 0, 0, time.UTC)

// night is one alarm, its clock, and the ways that people are called by.
type night struct {
	*testing.T
	clock  *clocktest.Clock
	rdb    redis.UniversalClient
	alarms *alarm.Store
	pager  *pager
}

// pager is a way that remembers its calls, and fails when told to.
type pager struct {
	mu    sync.Mutex
	fails bool
	rings []Ring
}

func (*pager) Name() string { return "pager" }

func (p *pager) Call(_ context.Context, r Ring) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fails {
		return nil, errors.New("no signal")
	}
	p.rings = append(p.rings, r)
	return []string{string(r.For())}, nil
}

func (p *pager) spoil(fails bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fails = fails
}

func (p *pager) rung() []Ring {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Ring(nil), p.rings...)
}

// stuck is a way that hangs until it is let go.
type stuck struct{ free chan struct{} }

func (stuck) Name() string { return "stuck" }

func (s stuck) Call(ctx context.Context, _ Ring) ([]string, error) {
	select {
	case <-s.free:
	case <-ctx.Done():
	}
	return nil, ctx.Err()
}

func TestAWayThatHangsHoldsUpNoOtherCryForHelp(t *testing.T) {
	n := newNight(t)
	hangs := stuck{make(chan struct{})}
	w := New(n.alarms, []Way{hangs, n.pager}, "https://desk.example", n.clock.Now, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for i, id := range []string{"a1", "a2", "a3"} { // each comes while the calls before it still hang
		n.raise(id)
		for deadline := time.Now().Add(15 * time.Second); len(n.pager.rung()) <= i; <-tick.C {
			if time.Now().After(deadline) {
				t.Fatalf("%s waits behind a way that hangs", id)
			}
		}
	}
	close(hangs.free)
	cancel()
	<-done
}

// silent hears acknowledgements and does nothing.
type silent struct{}

func (silent) Tell(context.Context, flows.PersonID, string, time.Time, flows.DeskAct, []byte) error {
	return nil
}

func newNight(t *testing.T) *night {
	t.Helper()
	n := &night{T: t, clock: clocktest.At(noon), rdb: redistest.Client(t), pager: &pager{}}
	n.alarms = alarm.New(n.rdb, silent{}, n.clock.Now, slog.New(slog.DiscardHandler))
	return n
}

func (n *night) waker() *Waker {
	return New(n.alarms, []Way{n.pager}, "https://desk.example", n.clock.Now, slog.New(slog.NewTextHandler(io.Discard, nil)))
}

func (n *night) raise(id string) {
	n.Helper()
	if err := n.alarms.Raise(n.Context(), id, "07-anna", "みどりのつばめ 27", flows.Alarm{Urgency: flows.Life, Level: flows.Clear}); err != nil {
		n.Fatal(err)
	}
}

// look lets several processes look for what is due, side by side.
func (n *night) look(wakers ...*Waker) {
	n.Helper()
	var all sync.WaitGroup
	for _, w := range wakers {
		all.Go(func() {
			if err := w.Once(n.Context()); err != nil {
				n.Error(err)
			}
		})
	}
	all.Wait()
}

func TestPeopleAreCalledStepByStepUntilOneHasSeenIt(t *testing.T) {
	n := newNight(t)
	a, b := n.waker(), n.waker()
	n.raise("a1")
	for range 14 * 6 { // fourteen minutes, looked at by two processes every ten seconds
		n.look(a, b)
		n.clock.Pass(10 * time.Second)
	}
	got := n.pager.rung()
	want := []struct {
		whom  For
		after time.Duration
	}{{First, 0}, {Second, 3 * time.Minute}, {Duty, 6 * time.Minute}}
	if len(got) != len(want) {
		t.Fatalf("got %d calls (%+v), want %d", len(got), got, len(want))
	}
	for i, w := range want {
		if got[i].For() != w.whom || got[i].Waiting != w.after || got[i].ID != "a1" || got[i].Link != "https://desk.example" {
			t.Errorf("call %d: got %+v, want %s after %s", i, got[i], w.whom, w.after)
		}
	}
	if _, err := n.alarms.Ack(t.Context(), "a1", "すずらん"); err != nil {
		t.Fatal(err)
	}
	n.clock.Pass(time.Hour)
	n.look(a, b)
	if more := len(n.pager.rung()) - len(got); more != 0 {
		t.Errorf("%d calls after it was seen", more)
	}
}

func TestACallThatFailsIsMadeAgainAndBothStandOnTheAlarm(t *testing.T) {
	n := newNight(t)
	w := n.waker()
	n.pager.spoil(true)
	n.raise("a1")
	n.look(w)
	n.look(w) // too soon for another try
	n.pager.spoil(false)
	n.clock.Pass(40 * time.Second)
	n.look(w)
	a, err := n.alarms.Get(t.Context(), "a1")
	if err != nil || len(a.Calls) != 2 || a.Calls[0].OK || !a.Calls[1].OK || len(a.Calls[1].To) != 1 || a.Calls[1].To[0] != string(First) {
		t.Errorf("got %+v (%v), want one failure and then one call", a.Calls, err)
	}
	if len(n.pager.rung()) != 1 {
		t.Errorf("got %d calls, want 1", len(n.pager.rung()))
	}
}

func TestAProcessThatDiedInTheMiddleOfACallIsStoodInFor(t *testing.T) {
	n := newNight(t)
	n.raise("a1")
	if mine, err := n.alarms.Take(t.Context(), "a1", "pager", 0); err != nil || !mine { // and then the process dies
		t.Fatalf("take: %v, %v", mine, err)
	}
	w := n.waker()
	n.look(w)
	if len(n.pager.rung()) != 0 {
		t.Error("a call was made while another process was at it")
	}
	n.clock.Pass(61 * time.Second)
	n.look(w)
	if len(n.pager.rung()) != 1 {
		t.Errorf("got %d calls after the other fell silent, want 1", len(n.pager.rung()))
	}
}

func TestARaisedAlarmRingsAtOnce(t *testing.T) {
	n := newNight(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- n.waker().Run(ctx) }()
	n.raise("a1")
	deadline, tick := time.Now().Add(20*time.Second), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for len(n.pager.rung()) == 0 && time.Now().Before(deadline) {
		<-tick.C
	}
	cancel()
	if err := <-done; err != nil || len(n.pager.rung()) != 1 {
		t.Errorf("got %d calls (%v), want 1", len(n.pager.rung()), err)
	}
}
