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

	lanes int

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
	done    chan error
}

// NewAppender makes an appender for a store with that many lanes.
func NewAppender(rdb redis.UniversalClient, lanes int) *Appender {
	return &Appender{rdb: rdb, lanes: lanes}
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
	pipe := a.rdb.Pipeline()
	added := make([][]*redis.StringCmd, len(batch))
	touched := make(map[Lane]struct{}, 4)
	for i, c := range batch {
		for j := range c.entries {
			added[i] = append(added[i], pipe.XAdd(ctx, &redis.XAddArgs{
				Stream: LaneKey(c.lanes[j], "in"), Values: c.entries[j].values(),
			}))
			touched[c.lanes[j]] = struct{}{}
		}
	}
	for l := range touched {
		if a.Readers == nil || !a.Readers.Holds(l) {
			pipe.Publish(ctx, l.Channel(), tickNew)
			delete(touched, l)
		}
	}
	_, _ = pipe.Exec(ctx) // each command carries its own error
	for i, c := range batch {
		c.done <- firstError(added[i])
	}
	for l := range touched {
		a.Readers.Wake(l)
	}
}

func firstError(cmds []*redis.StringCmd) error {
	for _, c := range cmds {
		if err := c.Err(); err != nil {
			return fmt.Errorf("inbox: append: %w", err)
		}
	}
	return nil
}
