package outbox

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/flows"
)

// window is how many persons of a lane and destination one look takes in beyond
// those being served.
const window = 64

// work is one person being served.
type work struct {
	score float64 // due time it was begun for
	again bool    // something new came in meanwhile
}

// Run carries what leaves a lane, for as long as ctx lasts: until the lease ends.
// Sends under way may then finish, within the grace; what does not is found as an
// envelope by whoever holds the lane next.
func (o *Outbox) Run(ctx context.Context, lease inbox.Lease) {
	bell := make(chan struct{}, 1)
	o.mu.Lock()
	o.bells[lease.Lane] = bell
	o.mu.Unlock()
	hard, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	var under sync.WaitGroup
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			o.leave(lease.Lane, bell)
			grace := time.AfterFunc(o.opt.Grace, cut)
			under.Wait()
			grace.Stop()
			return
		case <-bell:
		case <-timer.C:
		}
		timer.Reset(o.look(ctx, hard, lease, &under))
	}
}

func (o *Outbox) leave(l inbox.Lane, bell chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.bells[l] == bell {
		delete(o.bells, l)
	}
	for _, d := range Dests {
		delete(o.backlog, laneDest{l, d})
	}
	for e := range o.waiting {
		if inbox.LaneOfPerson(e.person) == l {
			delete(o.waiting, e)
		}
	}
}

// look starts a worker for everybody who is due and says when to look again.
func (o *Outbox) look(ctx, hard context.Context, lease inbox.Lease, under *sync.WaitGroup) time.Duration {
	pipe := o.rdb.Pipeline()
	var found [len(Dests)]*redis.ZSliceCmd
	o.mu.Lock()
	for i, d := range Dests {
		found[i] = pipe.ZRangeWithScores(ctx, DueKey(lease.Lane, d), 0, int64(window+o.served[laneDest{lease.Lane, d}]))
	}
	o.mu.Unlock()
	if _, err := pipe.Exec(ctx); err != nil {
		return o.opt.Poll // the reader of the lane says that the store is away
	}
	now := o.now()
	next := o.opt.Poll
	for i, d := range Dests {
		oldest := 0.0
		for _, z := range found[i].Val() {
			if wait := time.UnixMilli(int64(z.Score)).Sub(now); wait > 0 {
				next = min(next, wait)
				break // they are in order of time
			}
			person, _ := z.Member.(string)
			if wait, begun := o.begin(hard, lease, errand{d, flows.PersonID(person)}, z.Score, under); !begun {
				next = min(next, wait)
				if oldest == 0 {
					oldest = z.Score
				}
			}
		}
		o.mu.Lock()
		o.backlog[laneDest{lease.Lane, d}] = oldest
		o.mu.Unlock()
	}
	return max(next, time.Millisecond)
}

// begin gives an errand a worker, unless it has one, there is none, or the gate is shut.
func (o *Outbox) begin(hard context.Context, lease inbox.Lease, e errand, score float64, under *sync.WaitGroup) (wait time.Duration, begun bool) {
	if e.dest == ToLINE || e.dest == ToRead {
		if shut := o.gate.shut(o.now()); shut > 0 {
			return shut, false
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if w := o.busy[e]; w != nil {
		w.again = w.again || w.score != score
		return o.opt.Poll, true
	}
	select {
	case o.pool[e.dest] <- struct{}{}:
	default:
		o.starved[lease.Lane] = true
		return o.opt.Poll, false
	}
	w := &work{score: score}
	o.busy[e] = w
	o.served[laneDest{lease.Lane, e.dest}]++
	under.Go(func() { o.serve(hard, lease, e, w) })
	return 0, true
}

// serve does one errand until nothing is left or something must wait.
func (o *Outbox) serve(ctx context.Context, lease inbox.Lease, e errand, w *work) {
	step := o.elsewhere
	if e.dest == ToLINE {
		step = func(ctx context.Context, lease inbox.Lease, e errand) bool { return o.toLINE(ctx, lease, e.person) }
	}
	for {
		for ctx.Err() == nil && step(ctx, lease, e) {
		}
		o.mu.Lock()
		if w.again && ctx.Err() == nil {
			w.again = false
			o.mu.Unlock()
			continue
		}
		delete(o.busy, e)
		o.served[laneDest{lease.Lane, e.dest}]--
		<-o.pool[e.dest]
		hungry := o.starved
		if len(hungry) > 0 {
			o.starved = map[inbox.Lane]bool{}
		}
		bells := make([]chan struct{}, 0, len(hungry))
		for l := range hungry {
			bells = append(bells, o.bells[l])
		}
		o.mu.Unlock()
		for _, b := range bells {
			ring(b)
		}
		return
	}
}

// stands notes that an errand could not be done, and how often in a row.
func (o *Outbox) stands(e errand, at int64, why string) (tries int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	w := o.waiting[e]
	if since := time.UnixMilli(at); w.since.IsZero() || since.Before(w.since) {
		w.since = since
	}
	w.why, w.tries = why, w.tries+1
	o.waiting[e] = w
	return w.tries
}

func (o *Outbox) moves(e errand) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.waiting, e)
}
