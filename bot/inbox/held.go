package inbox

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Bounds of what one lane keeps in memory.
const (
	maxHeld  = 4096 // entries; more stay in the store until these are done
	maxBatch = 128  // entries offered to one turn
)

// Pauses after a failed turn: the first, and the longest.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 2 * time.Second
)

// lane is what we remember of a lane while we hold it. All of it is thrown away
// with the lease; the store knows everything.
type lane struct {
	lease  Lease
	ctx    context.Context // ends when the lease is lost or given back
	cancel context.CancelFunc
	quit   chan struct{} // closed: no further turn is begun

	cursor  string    // last stream id read; only the poll loop uses it
	missed  int       // polls in a row in which the store had more than we knew
	renewed time.Time // only the share loop uses it

	turns sync.WaitGroup // slots at work
	while sync.WaitGroup // what runs beside them

	mu    sync.Mutex
	gone  bool                // no slot may be begun any more
	known map[string]struct{} // stream ids in memory
	slots map[string]*slot
}

// slot is one person's queue in memory, with a goroutine as long as it is not empty.
type slot struct {
	waiting []*Entry
	more    chan struct{} // rung when waiting has grown
}

// hold begins the work on a lane that was just leased.
func (r *Reader) hold(lease Lease, asked time.Time) {
	ctx, cancel := context.WithCancel(context.Background()) // outlives Run's: turns under way may end
	ln := &lane{
		lease: lease, ctx: ctx, cancel: cancel, quit: make(chan struct{}), renewed: asked,
		known: make(map[string]struct{}), slots: make(map[string]*slot),
	}
	for _, f := range r.opt.While {
		r.work.Add(1)
		ln.while.Go(func() {
			defer r.work.Done()
			f(ctx, lease)
		})
	}
	r.mu.Lock()
	r.held[lease.Lane] = ln
	r.mu.Unlock()
	r.opt.Log.Debug("inbox: lane taken", "lane", lease.Lane.String())
	r.Wake(lease.Lane)
}

// close lets no further turn begin and says whether it was open until now.
func (ln *lane) close() bool {
	ln.mu.Lock()
	defer ln.mu.Unlock()
	if ln.gone {
		return false
	}
	ln.gone = true
	close(ln.quit)
	return true
}

func (ln *lane) leaving() bool {
	ln.mu.Lock()
	defer ln.mu.Unlock()
	return ln.gone
}

// lose forgets a lane that is not ours any more, at once.
func (r *Reader) lose(ln *lane) {
	ln.close()
	ln.cancel()
	r.forget(ln)
	r.opt.Log.Warn("inbox: lane lost", "lane", ln.lease.Lane.String())
}

func (r *Reader) forget(ln *lane) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held[ln.lease.Lane] == ln {
		delete(r.held, ln.lease.Lane)
	}
}

// giveUp hands a lane back: turns under way may end, then the lease goes. Until
// then it is renewed like any other.
func (r *Reader) giveUp(ln *lane) {
	if !ln.close() {
		return
	}
	r.work.Go(func() {
		ended := make(chan struct{})
		go func() { ln.turns.Wait(); close(ended) }()
		grace := time.NewTimer(r.opt.Grace)
		defer grace.Stop()
		select {
		case <-ended:
		case <-grace.C:
		}
		ln.cancel()
		<-ended
		ln.while.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		r.release(ctx, ln.lease)
		r.forget(ln)
	})
}

// offer puts entries that were just read into their persons' queues.
func (r *Reader) offer(ln *lane, entries []*Entry) {
	ln.mu.Lock()
	defer ln.mu.Unlock()
	if ln.gone {
		return
	}
	for _, e := range entries {
		if _, there := ln.known[e.ID]; there {
			continue
		}
		ln.known[e.ID] = struct{}{}
		whose := e.whose()
		s := ln.slots[whose]
		if s == nil {
			s = &slot{more: make(chan struct{}, 1)}
			ln.slots[whose] = s
			r.work.Add(1)
			ln.turns.Go(func() {
				defer r.work.Done()
				r.serve(ln, whose, s)
			})
		}
		s.waiting = append(s.waiting, e)
		ring(s.more)
	}
}

// size is how many entries are in memory.
func (ln *lane) size() int {
	ln.mu.Lock()
	defer ln.mu.Unlock()
	return len(ln.known)
}

// serve answers one person until nothing waits: the only goroutine that does.
func (r *Reader) serve(ln *lane, whose string, s *slot) {
	failures := 0
	for {
		batch := ln.batch(whose, s)
		if batch == nil {
			return
		}
		out, err := r.turn(ln, batch)
		pause, heed := out.Wait, true // a wait for more ends when more has come
		switch {
		case errors.Is(err, ErrStolen):
			r.lose(ln)
			return
		case out.Done > 0:
			ln.finish(s, out.Done)
			failures = 0
			continue
		case err != nil || pause <= 0:
			pause, heed = backOff(failures), false
			failures++
			r.failed(ln, err, failures)
		}
		if !ln.pause(s, pause, heed) {
			return
		}
	}
}

// batch is what waits for a person; nil ends the slot.
func (ln *lane) batch(whose string, s *slot) []*Entry {
	ln.mu.Lock()
	defer ln.mu.Unlock()
	if ln.gone || len(s.waiting) == 0 {
		delete(ln.slots, whose)
		return nil
	}
	select {
	case <-s.more: // what rang is in the batch
	default:
	}
	return slices.Clone(s.waiting[:min(len(s.waiting), maxBatch)])
}

func (ln *lane) finish(s *slot, done int) {
	ln.mu.Lock()
	defer ln.mu.Unlock()
	done = min(done, len(s.waiting))
	for _, e := range s.waiting[:done] {
		delete(ln.known, e.ID)
	}
	s.waiting = slices.Delete(s.waiting, 0, done)
}

// turn waits for a free place, so that a flood costs time and not memory or sockets.
func (r *Reader) turn(ln *lane, batch []*Entry) (Outcome, error) {
	select {
	case r.turns <- struct{}{}:
	case <-ln.quit:
		return Outcome{Wait: time.Hour}, nil // pause sees the same and ends the slot
	}
	defer func() { <-r.turns }()
	return r.handler.Turn(ln.ctx, ln.lease, batch)
}

// pause waits and says whether to go on.
func (ln *lane) pause(s *slot, d time.Duration, heed bool) bool {
	var more chan struct{}
	if heed {
		more = s.more
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-more:
	case <-ln.quit:
		return false
	}
	return true
}

func (r *Reader) failed(ln *lane, err error, times int) {
	if err == nil || ln.ctx.Err() != nil {
		return
	}
	r.opt.Log.Warn("inbox: a turn failed and comes again", "lane", ln.lease.Lane.String(), "times", times, "err", err)
}

// backOff doubles from the first pause to the last, each time a little off, so
// that many who failed together do not come back together.
func backOff(failures int) time.Duration {
	d := min(firstPause<<min(failures, 10), lastPause)
	return d - rand.N(d/4+1) //#nosec G404 -- spreads retries; who guesses it gains nothing
}
