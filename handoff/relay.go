package handoff

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
)

// The relay carries acts from the desk's stream to the lanes. One process does
// it at a time; a second one for a moment does no harm, because the lanes know
// every event that they have seen.
const (
	relayLease = 5 * time.Second
	relayPage  = 50 // acts read at once
	relayWide  = 8  // persons told side by side
	tellWithin = 3 * time.Second
	idle       = time.Second
	farthest   = 5 * time.Second // between attempts while lanes do not answer
)

// relay runs until ctx ends. Its place is kept while there is work and given
// back in the end.
func (d *Desk) relay(ctx context.Context) {
	me := rand.Text()
	woken, stop := d.hub.join()
	defer stop()
	defer d.leave(me)
	pause := time.Duration(0)
	for {
		left, err := d.carry(ctx, me)
		if ctx.Err() != nil {
			return
		}
		wait := idle
		if err != nil || left > 0 {
			pause = min(max(2*pause, 50*time.Millisecond), farthest)
			wait = pause
		} else {
			pause = 0
		}
		if err != nil {
			d.opt.Log.Warn("handoff: acts wait for their lanes", "left", left, "err", err)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-woken:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// leave lets another process carry on at once.
func (d *Desk) leave(me string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := unleaseScript.Run(ctx, d.rdb, []string{relayKey}, me).Err(); err != nil {
		d.opt.Log.Warn("handoff: the relay's place runs out by itself", "err", err)
	}
}

// carry tells the lanes everything that waits, once through, and says how many
// acts it had to leave. For one person it never goes past an act that failed.
func (d *Desk) carry(ctx context.Context, me string) (left int, err error) {
	stuck := map[flows.PersonID]bool{}
	after := "-"
	for {
		ours, err := leaseScript.Run(ctx, d.rdb, []string{relayKey}, me, relayLease.Milliseconds()).Int()
		if err != nil {
			return left, err
		}
		if ours == 0 {
			return 0, nil // another process carries
		}
		page, err := d.rdb.XRangeN(ctx, tellKey, after, "+", relayPage).Result()
		if err != nil {
			return left, err
		}
		if len(page) == 0 {
			return left, d.firstFault(stuck)
		}
		left += d.tellPage(ctx, page, stuck)
		after = "(" + page[len(page)-1].ID
		if ctx.Err() != nil {
			return left, ctx.Err()
		}
	}
}

var errLanes = errors.New("handoff: some lanes do not answer")

func (d *Desk) firstFault(stuck map[flows.PersonID]bool) error {
	if len(stuck) == 0 {
		return nil
	}
	return errLanes
}

// tellPage tells the acts of one page, persons side by side, one person's acts
// in order. It adds to stuck whom it could not tell.
func (d *Desk) tellPage(ctx context.Context, page []redis.XMessage, stuck map[flows.PersonID]bool) (left int) {
	var order []flows.PersonID
	lines := map[flows.PersonID][]redis.XMessage{}
	for _, m := range page {
		p := flows.PersonID(field(m.Values, "p"))
		if stuck[p] {
			left++
			continue
		}
		if lines[p] == nil {
			order = append(order, p)
		}
		lines[p] = append(lines[p], m)
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	seats := make(chan struct{}, relayWide)
	for _, p := range order {
		seats <- struct{}{}
		all.Go(func() {
			defer func() { <-seats }()
			n := d.tellLine(ctx, p, lines[p])
			mu.Lock()
			defer mu.Unlock()
			if rest := len(lines[p]) - n; rest > 0 {
				stuck[p] = true
				left += rest
			}
		})
	}
	all.Wait()
	return left
}

// tellLine tells one person's acts until one fails, and says how many it told.
func (d *Desk) tellLine(ctx context.Context, p flows.PersonID, acts []redis.XMessage) int {
	for n, m := range acts {
		if d.tellOne(ctx, p, m) != nil {
			return n
		}
	}
	return len(acts)
}

func (d *Desk) tellOne(ctx context.Context, p flows.PersonID, m redis.XMessage) error {
	var act flows.DeskAct
	if err := json.Unmarshal([]byte(field(m.Values, "a")), &act); err != nil {
		d.opt.Log.Error("handoff: an act cannot be read", "id", m.ID)
		return err
	}
	if act.Do == flows.DeskOpened {
		act.Ahead = int(number(field(m.Values, "n")))
	}
	var sealed []byte
	if w := field(m.Values, "w"); act.Words {
		sealed = []byte(w)
	}
	telling, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	if err := d.teller.Tell(telling, p, field(m.Values, "e"), moment(field(m.Values, "t")), act, sealed); err != nil {
		return err
	}
	return d.rdb.XDel(ctx, tellKey, m.ID).Err()
}

// Untold counts the acts that have not reached their lane yet, and says since
// when the oldest of them waits.
func (d *Desk) Untold(ctx context.Context) (int, time.Time, error) {
	n, err := d.rdb.XLen(ctx, tellKey).Result()
	if err != nil || n == 0 {
		return 0, time.Time{}, wrap("untold", err)
	}
	first, err := d.rdb.XRangeN(ctx, tellKey, "-", "+", 1).Result()
	if err != nil || len(first) == 0 {
		return 0, time.Time{}, wrap("untold", err)
	}
	return int(n), moment(field(first[0].Values, "t")), nil
}
