package assist

import (
	"errors"
	"sync"
	"time"
)

// How a server that fails is left alone: after so many failures in a row, for so
// long, and twice as long each time that it fails again.
const (
	tooOften    = 3
	firstRest   = 30 * time.Second
	longestRest = 10 * time.Minute
)

// gate lets questions of one side through: not too many at once, and none while
// the server rests. Residents and staff have one each, since what is too slow for
// the one is quick for the other.
type gate struct {
	limit time.Duration
	slots chan struct{}

	mu      sync.Mutex
	failed  int           // in a row
	rest    time.Duration // of the present pause
	resting time.Time     // until then
	probing bool          // one question is finding out whether it is over
}

func newGate(many int, limit time.Duration) *gate {
	return &gate{limit: limit, slots: make(chan struct{}, many)}
}

// enter is followed by leave if it gives no error.
func (g *gate) enter(now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.resting.IsZero() && (now.Before(g.resting) || g.probing) {
		return ErrResting
	}
	select {
	case g.slots <- struct{}{}:
	default:
		return ErrBusy
	}
	g.probing = !g.resting.IsZero()
	return nil
}

// leave notes how it went. What was cancelled by the one who asked tells nothing about the server.
func (g *gate) leave(now time.Time, err error, retry time.Duration, neutral bool) {
	<-g.slots
	g.mu.Lock()
	defer g.mu.Unlock()
	probe := g.probing
	g.probing = false
	switch {
	case neutral:
	case err == nil:
		g.failed, g.rest, g.resting = 0, 0, time.Time{}
	case errors.Is(err, ErrServer) || errors.Is(err, ErrTime) || errors.Is(err, ErrAnswer):
		g.worse(now, retry, probe)
	}
}

func (g *gate) worse(now time.Time, retry time.Duration, probe bool) {
	g.failed++
	if g.failed < tooOften && !probe && retry == 0 {
		return
	}
	g.rest = min(max(2*g.rest, firstRest), longestRest)
	g.resting = now.Add(max(g.rest, retry))
}

// until is when a rest ends, zero if there is none.
func (g *gate) until(now time.Time) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.resting) {
		return g.resting
	}
	return time.Time{}
}
