// Package gather joins what many goroutines ask of a Redis at the same moment into one
// round trip. A round trip costs the store and us about the same for one command as for
// ten, so under load this is where most of a turn's time goes; somebody who asks alone
// waits no longer than before. Nothing is tried twice, and nothing is held back to wait
// for more.
package gather

import (
	"context"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Limits of a client's round trips.
const (
	under = 2  // on their way at once: a slow one does not hold up everybody
	most  = 64 // questions in one
)

// Trips are the round trips to one store.
type Trips struct {
	rdb redis.UniversalClient

	mu      sync.Mutex
	waiting []*question
	away    int
}

type question struct {
	ctx  context.Context // of who asked
	put  func(redis.Pipeliner)
	left bool // it is on a trip
	done chan struct{}
}

// New joins what is asked of a store.
func New(rdb redis.UniversalClient) *Trips { return &Trips{rdb: rdb} }

// Do lets put add commands to a round trip and returns when it is back; each command
// then carries its own answer or error. An error means that ctx has ended first: the
// commands may be carried out all the same, and must not be looked at.
func (t *Trips) Do(ctx context.Context, put func(redis.Pipeliner)) error {
	q := &question{ctx: ctx, put: put, done: make(chan struct{})}
	t.mu.Lock()
	t.waiting = append(t.waiting, q)
	if t.away < under {
		t.away++
		go t.carry() //#nosec G118 -- a trip belongs to all who are on it, so no single one may end it
	}
	t.mu.Unlock()
	select {
	case <-q.done:
		if !q.left {
			return ctx.Err()
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// carry makes round trips until nobody waits. The client's own limits of time hold for
// each; no single caller's do, because a trip belongs to all who are on it.
func (t *Trips) carry() {
	for batch := t.next(); batch != nil; batch = t.next() {
		pipe := t.rdb.Pipeline()
		for _, q := range batch {
			if q.left = q.ctx.Err() == nil; q.left { // who has given up meanwhile wants nothing done any more
				q.put(pipe)
			}
		}
		_, _ = pipe.Exec(context.Background()) // each command carries its own error
		for _, q := range batch {
			close(q.done)
		}
	}
}

func (t *Trips) next() []*question {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := min(len(t.waiting), most)
	if n == 0 {
		t.away--
		return nil
	}
	batch := t.waiting[:n:n]
	if t.waiting = t.waiting[n:]; len(t.waiting) == 0 {
		t.waiting = nil
	}
	return batch
}
