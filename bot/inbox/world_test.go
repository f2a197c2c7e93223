package inbox

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"engawa/config/privacy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// until waits for something to become true, and fails the test if it does not.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		if is() {
			return
		}
	}
	t.Fatalf("never came true: %s", what)
}

// notebook is a handler that writes down what it was given and deletes it.
type notebook struct {
	rdb  redis.UniversalClient
	hook func(lease Lease, waiting []*Entry) (Outcome, error) // may refuse; nil lets all pass

	mu    sync.Mutex
	wrote map[string][]string // whose → event ids in the order of their turns
	batch []int
}

func (n *notebook) Turn(ctx context.Context, lease Lease, waiting []*Entry) (Outcome, error) {
	if n.hook != nil {
		if out, err := n.hook(lease, waiting); err != nil || out.Wait > 0 {
			return out, err
		}
	}
	if v, err := n.rdb.Get(ctx, LaneKey(lease.Lane, "lease")).Result(); err != nil || v != lease.Value {
		return Outcome{}, ErrStolen
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.wrote == nil {
		n.wrote = map[string][]string{}
	}
	ids := make([]string, len(waiting))
	for i, e := range waiting {
		ids[i] = e.ID
		n.wrote[e.whose()] = append(n.wrote[e.whose()], e.Event)
	}
	if err := n.rdb.XDel(ctx, LaneKey(lease.Lane, "in"), ids...).Err(); err != nil {
		return Outcome{}, err
	}
	n.batch = append(n.batch, len(waiting))
	return Outcome{Done: len(waiting)}, nil
}

func (n *notebook) all() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	sum := 0
	for _, l := range n.wrote {
		sum += len(l)
	}
	return sum
}

func (n *notebook) of(whose string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.wrote[whose]...)
}

func quick(process string) Options {
	return Options{Process: process, Poll: 20 * time.Millisecond, Beat: 20 * time.Millisecond, Lease: 400 * time.Millisecond, Grace: time.Second}
}

// start runs a reader until the test ends or the returned stop is called.
func start(t *testing.T, r *Reader) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

func word(person, n int) Entry {
	return Entry{
		Event: fmt.Sprintf("p%02d-%03d", person, n), Blind: blindOf(person), Kind: FromLINE,
		Arrived: time.UnixMilli(1795348800000), Sealed: []byte("sealed"),
	}
}

func blindOf(person int) privacy.Blind { return privacy.Blind(fmt.Sprintf("blind%02d", person)) }

func put(t *testing.T, a *Appender, entries ...Entry) {
	t.Helper()
	if err := a.Append(t.Context(), entries); err != nil {
		t.Fatalf("append: %v", err)
	}
}
