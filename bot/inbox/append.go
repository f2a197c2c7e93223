package inbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Limits of one write of an [Appender].
const (
	flushEntries = 256             // entries in one round trip
	flushTime    = 2 * time.Second // for a store that neither answers nor refuses
)

// ErrFull means that the store is slower than the world for so long that we
// refuse to queue more in memory. The door answers 503 and LINE comes again.
var ErrFull = errors.New("inbox: too many entries wait for the store")

// ErrReplicas means that an entry was stored and not copied in time. It may be
// lost with the store, so whoever brought it is asked to bring it again.
var ErrReplicas = errors.New("inbox: not copied to the replicas")

// copyTime is what the replicas get; the door's patience is a little longer.
const copyTime = 800 * time.Millisecond

// maxQueued bounds what may wait in memory for the store: ten seconds of a flood.
const maxQueued = 20_000

// Appender puts events into their lanes. What many callers wait for goes out in
// one round trip; as soon as it is back, the next one leaves. Nothing is tried
// twice here: after an error an entry may be stored or not, and who brings it
// again is told apart by its event id.
type Appender struct {
	rdb redis.UniversalClient

	// Readers are the lanes that this process reads itself. For all others the
	// process that does is told over pub/sub. May be nil. Set it before the first call.
	Readers Waker

	// Replicas is how many copies of an entry there must be before it counts as
	// stored; 0 where there are none. Set it before the first call.
	Replicas int

	lanes int
	keys  []string // of the lanes' streams

	mu      sync.Mutex
	queue   []*call
	queued  int // entries in queue
	leading bool
}

// Waker reads lanes in this process.
type Waker interface {
	Holds(Lane) bool
	Wake(Lane)
}

// call is what one caller waits for.
type call struct {
	ctx     context.Context
	lanes   []Lane
	entries []Entry
	added   []added
	done    chan error
}

// added is what the store said to one entry.
type added struct {
	trip *trip
	said *redis.StringCmd
}

// NewAppender makes an appender for a store with that many lanes.
func NewAppender(rdb redis.UniversalClient, lanes int) *Appender {
	a := &Appender{rdb: rdb, lanes: lanes, keys: make([]string, max(lanes, 1))}
	for l := range a.keys {
		a.keys[l] = LaneKey(Lane(l), "in")
	}
	return a
}

// Lanes is how many lanes the store has.
func (a *Appender) Lanes() int { return a.lanes }

// Append stores the entries, each in the lane of its pseudonym or person, and
// returns when the store has said yes to every one of them. A caller who gives up
// waiting gets its context's error; the entries may have been stored all the same.
func (a *Appender) Append(ctx context.Context, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	c := &call{ctx: ctx, entries: entries, lanes: make([]Lane, len(entries)), done: make(chan error, 1)}
	for i := range entries {
		c.lanes[i] = a.laneOf(&entries[i])
	}
	if err := a.enqueue(c); err != nil {
		return err
	}
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("inbox: append: %w", ctx.Err())
	}
}

func (a *Appender) laneOf(e *Entry) Lane {
	if e.Person != "" {
		if l := LaneOfPerson(e.Person); l >= 0 && int(l) < a.lanes {
			return l
		}
	}
	return LaneOf(e.Blind, a.lanes)
}

// enqueue makes the first caller's goroutine start the writing; it ends when
// nobody waits any more, so an idle appender has no goroutine at all.
func (a *Appender) enqueue(c *call) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.queued+len(c.entries) > maxQueued {
		return ErrFull
	}
	a.queue = append(a.queue, c)
	a.queued += len(c.entries)
	if !a.leading {
		a.leading = true
		go a.lead()
	}
	return nil
}

func (a *Appender) lead() {
	for batch := a.next(); batch != nil; batch = a.next() {
		a.flush(batch)
	}
}

// next takes what waits, at most one round trip's worth, and leaves out those
// whose caller has already gone: they were told 503 and LINE will bring them again.
func (a *Appender) next() []*call {
	a.mu.Lock()
	defer a.mu.Unlock()
	var batch []*call
	n, i := 0, 0
	for ; i < len(a.queue) && n < flushEntries; i++ {
		c := a.queue[i]
		a.queued -= len(c.entries)
		if c.ctx.Err() != nil {
			c.done <- fmt.Errorf("inbox: append: %w", c.ctx.Err())
			continue
		}
		batch = append(batch, c)
		n += len(c.entries)
	}
	a.queue = a.queue[i:]
	if len(a.queue) == 0 {
		a.queue = nil
	}
	if len(batch) == 0 {
		a.leading = false
		return nil
	}
	return batch
}

func (a *Appender) flush(batch []*call) {
	ctx, cancel := context.WithTimeout(context.Background(), flushTime)
	defer cancel()
	trips := a.trips(ctx, batch)
	near, far := a.touched(batch)
	if len(trips) == 1 { // the others hear of it on the same trip
		publish(ctx, trips[0].pipe, far)
		far = nil
	}
	for _, t := range trips {
		if a.Replicas > 0 {
			t.copies = redis.NewIntCmd(ctx, "wait", a.Replicas, copyTime.Milliseconds())
			_ = t.pipe.Process(ctx, t.copies)
		}
		_, _ = t.pipe.Exec(ctx) // each command carries its own error
	}
	for _, c := range batch {
		c.done <- a.result(c)
	}
	for _, l := range near {
		a.Readers.Wake(l)
	}
	if len(far) > 0 {
		pipe := a.rdb.Pipeline()
		publish(ctx, pipe, far)
		_, _ = pipe.Exec(ctx)
	}
}

// trip is what goes to one node of the store in one round trip.
type trip struct {
	node   redis.Cmdable
	pipe   redis.Pipeliner
	copies *redis.IntCmd
}

// trips puts the entries on their way. There is one trip, except in a cluster with
// replicas: waiting for copies must happen on the very connection that wrote.
func (a *Appender) trips(ctx context.Context, batch []*call) (all []*trip) {
	for _, c := range batch {
		c.added = make([]added, len(c.entries))
		for j := range c.entries {
			key := a.keys[c.lanes[j]]
			t := a.trip(ctx, &all, key)
			said := redis.NewStringCmd(ctx, c.entries[j].add(key)...)
			_ = t.pipe.Process(ctx, said)
			c.added[j] = added{t, said}
		}
	}
	return all
}

func (a *Appender) trip(ctx context.Context, all *[]*trip, key string) *trip {
	node := redis.Cmdable(a.rdb)
	if cluster, ok := a.rdb.(*redis.ClusterClient); ok && a.Replicas > 0 {
		if master, err := cluster.MasterForKey(ctx, key); err == nil {
			node = master
		}
	}
	for _, t := range *all {
		if t.node == node {
			return t
		}
	}
	t := &trip{node: node, pipe: node.Pipeline()}
	*all = append(*all, t)
	return t
}

// result is what the store said to one call.
func (a *Appender) result(c *call) error {
	for _, added := range c.added {
		if err := added.said.Err(); err != nil {
			return fmt.Errorf("inbox: append: %w", err)
		}
		copies := added.trip.copies
		if copies == nil {
			continue
		}
		if err := copies.Err(); err != nil {
			return fmt.Errorf("inbox: append: %w", err)
		}
		if copies.Val() < int64(a.Replicas) {
			return ErrReplicas
		}
	}
	return nil
}

// touched are the lanes that got something: those that this process reads, and the
// others, whose readers are told. Losing that costs at most one poll's time.
func (a *Appender) touched(batch []*call) (near, far []Lane) {
	seen := make(map[Lane]struct{}, 4)
	for _, c := range batch {
		for _, l := range c.lanes {
			if _, again := seen[l]; again {
				continue
			}
			seen[l] = struct{}{}
			if a.Readers != nil && a.Readers.Holds(l) {
				near = append(near, l)
			} else {
				far = append(far, l)
			}
		}
	}
	return near, far
}

func publish(ctx context.Context, pipe redis.Pipeliner, lanes []Lane) {
	for _, l := range lanes {
		pipe.Publish(ctx, l.Channel(), tickNew)
	}
}
