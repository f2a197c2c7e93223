package inbox

import (
	"context"
	"crypto/rand"
	_ "embed"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Handler answers a person's events.
type Handler interface {
	// Turn gets all that waits for one person, oldest first, and finishes some of
	// it from the front, in the store too. [ErrStolen] drops the whole lane from
	// memory; after any other error the same events come again, a little later.
	Turn(ctx context.Context, lease Lease, waiting []*Entry) (Outcome, error)
}

// Outcome says what became of the events of a turn.
type Outcome struct {
	Done int           // so many from the front are finished
	Wait time.Duration // with Done 0: come again after this time, or when more has arrived
}

// Options are the knobs of a [Reader]. The zero value of each is a good one.
type Options struct {
	Process string        // names this process to the others; random if empty
	Poll    time.Duration // how long a lane is not looked at unless woken: 250 ms
	Beat    time.Duration // sign of life and renewing: 1 s
	Lease   time.Duration // how long a lane of a dead process stays its: 6 s
	Grace   time.Duration // how long turns under way may take to end when stopping: 1.5 s
	Turns   int           // persons answered side by side in this process: 32
	Log     *slog.Logger  //

	Now func() time.Time // when timers are due; default time.Now

	// While runs beside the turns of a lane for as long as the lane is held: its
	// context ends with the lease. The outbox lives here.
	While []func(ctx context.Context, lease Lease)
}

func (o Options) filled() Options {
	fill := func(d *time.Duration, to time.Duration) {
		if *d <= 0 {
			*d = to
		}
	}
	fill(&o.Poll, 250*time.Millisecond)
	fill(&o.Beat, time.Second)
	fill(&o.Lease, 6*time.Second)
	fill(&o.Grace, 1500*time.Millisecond)
	if o.Turns <= 0 {
		o.Turns = 32
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Process == "" {
		o.Process = rand.Text()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Reader works on this process's share of the lanes.
type Reader struct {
	rdb     redis.UniversalClient
	lanes   int
	handler Handler
	opt     Options
	first   int           // where this process begins to look for free lanes
	turns   chan struct{} // one token per turn under way

	mu    sync.Mutex
	held  map[Lane]*lane
	woken map[Lane]bool
	bell  chan struct{} // rung when woken has grown
	freed chan struct{} // rung when a lease came free
	ill   bool          // the store did not answer the last time

	work sync.WaitGroup // everything begun under any lease
}

// NewReader makes a reader for a store with that many lanes. [Reader.Run] starts it.
func NewReader(rdb redis.UniversalClient, lanes int, h Handler, opt Options) *Reader {
	r := &Reader{
		rdb: rdb, lanes: lanes, handler: h, opt: opt.filled(),
		held: make(map[Lane]*lane), woken: make(map[Lane]bool),
		bell: make(chan struct{}, 1), freed: make(chan struct{}, 1),
	}
	r.turns = make(chan struct{}, r.opt.Turns)
	for _, c := range []byte(r.opt.Process) {
		r.first = (r.first*31 + int(c)) % max(1, lanes)
	}
	return r
}

// Run shares the lanes with the other processes and answers what is in its own,
// until ctx ends. Then turns under way may finish, nothing new begins, the leases
// go back and Run returns.
func (r *Reader) Run(ctx context.Context) {
	var loops sync.WaitGroup
	inner, stop := context.WithCancel(ctx)
	defer stop()
	loops.Go(func() { r.listen(inner) })
	loops.Go(func() { r.pollLoop(inner) })
	beat := time.NewTicker(r.opt.Beat)
	defer beat.Stop()
	for ctx.Err() == nil {
		r.share(ctx)
		select {
		case <-beat.C:
		case <-r.freed:
		case <-ctx.Done():
		}
	}
	loops.Wait()
	r.leave(context.WithoutCancel(ctx))
}

// leave ends everything in good order.
func (r *Reader) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, r.opt.Grace+time.Second)
	defer cancel()
	if err := r.rdb.ZRem(ctx, procsKey, r.opt.Process).Err(); err != nil {
		r.away(err)
	}
	for _, ln := range r.all() {
		r.giveUp(ln)
	}
	r.work.Wait()
}

// Holds says whether this process reads the lane.
func (r *Reader) Holds(l Lane) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held[l] != nil
}

// Wake makes the lane be looked at now.
func (r *Reader) Wake(l Lane) {
	r.mu.Lock()
	r.woken[l] = true
	r.mu.Unlock()
	ring(r.bell)
}

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default: // it is ringing already
	}
}

// listen hears of what other processes put into our lanes.
func (r *Reader) listen(ctx context.Context) {
	sub := r.rdb.PSubscribe(ctx, channels+"*")
	defer func() { _ = sub.Close() }()
	heard := sub.Channel()
	for {
		select {
		case <-ctx.Done():
			return
		case m, ok := <-heard:
			if !ok {
				return
			}
			r.hear(m)
		}
	}
}

func (r *Reader) hear(m *redis.Message) {
	if m.Payload == tickFree {
		ring(r.freed)
		return
	}
	if l := laneOfDigits(strings.TrimPrefix(m.Channel, channels)); l != NoLane && r.Holds(l) {
		r.Wake(l)
	}
}

// all lists the lanes that we have a lease of, in order.
func (r *Reader) all() []*lane {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]*lane, 0, len(r.held))
	for _, ln := range r.held {
		list = append(list, ln)
	}
	slices.SortFunc(list, func(a, b *lane) int { return int(a.lease.Lane - b.lease.Lane) })
	return list
}

// away notes whether the store answers, and logs the change, not every try.
func (r *Reader) away(err error) {
	r.mu.Lock()
	was := r.ill
	r.ill = err != nil
	r.mu.Unlock()
	switch {
	case err != nil && !was:
		r.opt.Log.Error("inbox: the store does not answer; events wait", "err", err)
	case err == nil && was:
		r.opt.Log.Info("inbox: the store answers again")
	}
}
