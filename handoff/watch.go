package handoff

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// hub tells everybody in this process that something has changed. A tick says no
// more than that, so that many changes in a row are one tick.
type hub struct {
	mu   sync.Mutex
	ears map[chan struct{}]bool
}

func newHub() *hub { return &hub{ears: map[chan struct{}]bool{}} }

func (h *hub) wake() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ear := range h.ears {
		select {
		case ear <- struct{}{}:
		default: // a tick waits there already
		}
	}
}

// join gives an ear; stop closes it.
func (h *hub) join() (ear chan struct{}, stop func()) {
	ear = make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ears[ear] = true
	return ear, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.ears[ear] {
			delete(h.ears, ear)
			close(ear)
		}
	}
}

// Watch ticks when anything on the desk or among the alarms has changed, in any
// process; its channel is closed when ctx ends. It ticks while [Desk.Run] runs.
func (d *Desk) Watch(ctx context.Context) <-chan struct{} {
	ear, stop := d.hub.join()
	context.AfterFunc(ctx, stop)
	return ear
}

// look is how often the revision is looked at when no message comes through:
// pub/sub may lose some, and does while it reconnects.
const look = 2 * time.Second

// listen turns the channels of the store into ticks, until ctx ends.
func (d *Desk) listen(ctx context.Context) {
	sub := d.rdb.Subscribe(ctx, Changed, Alarmed)
	defer func() { _ = sub.Close() }()
	heard := sub.Channel()
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	last := ""
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-heard:
			if !ok {
				heard = nil // closed under us: the ticker goes on
				continue
			}
			d.hub.wake()
		case <-ticker.C:
			rev, err := d.rdb.Get(ctx, revKey).Result()
			if err != nil && !errors.Is(err, redis.Nil) {
				continue // the store is away; what changed meanwhile shows afterwards
			}
			if rev != last {
				last = rev
				d.hub.wake()
			}
		}
	}
}
