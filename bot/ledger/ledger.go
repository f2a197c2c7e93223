// Package ledger holds the counts that must add up: every event that LINE was
// told 200 for is answered, read by a human, quiet by rule, deleted on request,
// failed and listed, or on its way:
//
//	received = bot + human + quiet + deleted + failed + pending
//
// The counts of a lane are one hash, and every script that moves an event from one
// to another moves both in the same step, so the sum is true at every instant. An
// event is counted when a turn first takes it; until then it is "waiting". What
// comes twice is counted apart. The ledger also keeps the journal, a wordless line
// for every turn.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
)

// The counts, by the names of their fields.
const (
	Received   = "received"
	Bot        = "bot"     // LINE has accepted the last of the answer
	Human      = "human"   // a coordinator has opened it
	Quiet      = "quiet"   // no answer, by rule
	Deleted    = "deleted" // on request
	Failed     = "failed"  // and listed
	Pending    = "pending" // taken, and its fate still open
	Duplicates = "duplicates"
)

// Names lists the counts in the order in which they are shown.
var Names = [...]string{Received, Bot, Human, Quiet, Deleted, Failed, Pending, Duplicates}

// ErrUnequal means that a lane's counts do not add up: something was lost or done
// twice, or somebody wrote into the store by hand.
var ErrUnequal = errors.New("ledger: the counts do not add up")

// Counts are the counts of one lane, or of all.
type Counts map[string]int64

// Equal says whether the counts add up.
func (c Counts) Equal() bool {
	return c[Received] == c[Bot]+c[Human]+c[Quiet]+c[Deleted]+c[Failed]+c[Pending]
}

// Ledger reads the counts.
type Ledger struct {
	rdb   redis.UniversalClient
	lanes int
}

// New makes a ledger of a store with that many lanes.
func New(rdb redis.UniversalClient, lanes int) *Ledger {
	return &Ledger{rdb: rdb, lanes: lanes}
}

// Key is a lane's hash of counts.
func Key(l inbox.Lane) string { return inbox.LaneKey(l, "ledger") }

// Lanes reads every lane's counts.
func (g *Ledger) Lanes(ctx context.Context) ([]Counts, error) {
	pipe := g.rdb.Pipeline()
	got := make([]*redis.MapStringStringCmd, g.lanes)
	for l := range got {
		got[l] = pipe.HGetAll(ctx, Key(inbox.Lane(l)))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("ledger: counts: %w", err)
	}
	all := make([]Counts, g.lanes)
	for l := range all {
		all[l] = Counts{}
		for name, v := range got[l].Val() {
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("ledger: lane %s: %s is not a number", inbox.Lane(l), name)
			}
			all[l][name] = n
		}
	}
	return all, nil
}

// Counts are the sums over all lanes, and how many events wait for their turn.
func (g *Ledger) Counts(ctx context.Context) (sum map[string]int64, waiting int64, err error) {
	lanes, err := g.Lanes(ctx)
	if err != nil {
		return nil, 0, err
	}
	sum = map[string]int64{}
	for _, name := range Names {
		sum[name] = 0
	}
	for _, c := range lanes {
		for name, n := range c {
			sum[name] += n
		}
	}
	pipe := g.rdb.Pipeline()
	length := make([]*redis.IntCmd, g.lanes)
	for l := range length {
		length[l] = pipe.XLen(ctx, inbox.LaneKey(inbox.Lane(l), "in"))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, 0, fmt.Errorf("ledger: waiting: %w", err)
	}
	for _, n := range length {
		waiting += n.Val()
	}
	return sum, waiting, nil
}

// Equation checks that every lane adds up; ErrUnequal names those that do not.
func (g *Ledger) Equation(ctx context.Context) error {
	lanes, err := g.Lanes(ctx)
	if err != nil {
		return err
	}
	var wrong []string
	for l, c := range lanes {
		if !c.Equal() {
			wrong = append(wrong, inbox.Lane(l).String())
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%w: lanes %s", ErrUnequal, strings.Join(wrong, ", "))
	}
	return nil
}

// Oldest is how long the oldest event has waited for its turn; 0 if none waits.
func (g *Ledger) Oldest(ctx context.Context, now time.Time) (time.Duration, error) {
	first, err := g.first(ctx)
	if err != nil {
		return 0, err
	}
	var oldest time.Duration
	for _, t := range first {
		oldest = max(oldest, now.Sub(t))
	}
	return oldest, nil
}

// first is when the event at the head of each lane arrived, which is its oldest;
// empty lanes are left out.
func (g *Ledger) first(ctx context.Context) ([]time.Time, error) {
	pipe := g.rdb.Pipeline()
	heads := make([]*redis.XMessageSliceCmd, g.lanes)
	for l := range heads {
		heads[l] = pipe.XRangeN(ctx, inbox.LaneKey(inbox.Lane(l), "in"), "-", "+", 1)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("ledger: oldest: %w", err)
	}
	var all []time.Time
	for _, h := range heads {
		for _, m := range h.Val() {
			s, _ := m.Values["t"].(string)
			ms, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				head, _, _ := strings.Cut(m.ID, "-")
				ms, _ = strconv.ParseInt(head, 10, 64)
			}
			all = append(all, time.UnixMilli(ms))
		}
	}
	return all, nil
}

// Unfinished says whether an event that still waits may lie under the key of a day:
// then the key must stay. The outbox has a question of the same name for parcels.
func (g *Ledger) Unfinished(ctx context.Context, day string) (bool, error) {
	began, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return false, fmt.Errorf("ledger: %q is not a day", day)
	}
	over := began.Add(24 * time.Hour)
	first, err := g.first(ctx)
	if err != nil {
		return false, err
	}
	for _, t := range first {
		if t.Before(over) {
			return true, nil
		}
	}
	return false, nil
}
