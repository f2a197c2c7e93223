package inbox

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrStolen means that the lane belongs to another process now. Whatever was
// being done under the old lease has written nothing and must be forgotten.
var ErrStolen = errors.New("inbox: the lease of the lane is not ours any more")

// Lease is the right to work on a lane. Every write under it compares Value.
type Lease struct {
	Lane  Lane
	Value string
}

// Scripts of the leases.
var (
	//go:embed lua/renew.lua
	renewLua string
	//go:embed lua/release.lua
	releaseLua string

	renewScript   = redis.NewScript(renewLua)
	releaseScript = redis.NewScript(releaseLua)
)

// What is said on a lane's channel.
const (
	tickNew  = "new"  // something was appended
	tickFree = "free" // the lease was given back
)

// share gives this process its part of the lanes: as many as there are lanes for
// each living process, rounded up. It renews what it holds, takes what is free and
// hands back what is too much. Called once per beat, and when a lane came free.
func (r *Reader) share(ctx context.Context) {
	fair, err := r.fair(ctx)
	if err == nil {
		err = r.renew(ctx)
	}
	r.away(err)
	r.dropStale()
	if err != nil {
		return // nothing can be taken from a store that does not answer
	}
	held := r.holding()
	switch {
	case len(held) > fair:
		for _, ln := range held[fair:] {
			r.giveUp(ln)
		}
	case len(held) < fair:
		if err := r.take(ctx, fair-len(held)); err != nil {
			r.away(err)
		}
	}
}

// fair signs this process in and says how many lanes each living one may hold.
func (r *Reader) fair(ctx context.Context) (int, error) {
	now := time.Now()
	pipe := r.rdb.Pipeline()
	pipe.ZAdd(ctx, procsKey, redis.Z{Score: float64(now.UnixMilli()), Member: r.opt.Process})
	pipe.ZRemRangeByScore(ctx, procsKey, "-inf", strconv.FormatInt(now.Add(-time.Hour).UnixMilli(), 10))
	alive := pipe.ZCount(ctx, procsKey, strconv.FormatInt(now.Add(-r.opt.Lease).UnixMilli(), 10), "+inf")
	if _, err := pipe.Exec(ctx); err != nil {
		return 0, fmt.Errorf("inbox: share: %w", err)
	}
	n := max(1, int(alive.Val()))
	return (r.lanes + n - 1) / n, nil
}

// renew prolongs every lease and drops the lanes that were stolen.
func (r *Reader) renew(ctx context.Context) error {
	for _, ln := range r.all() {
		asked := time.Now() // before asking: the store's clock starts later than ours
		ours, err := renewScript.Run(ctx, r.rdb, []string{LaneKey(ln.lease.Lane, "lease")},
			ln.lease.Value, r.opt.Lease.Milliseconds()).Bool()
		switch {
		case err != nil && !errors.Is(err, redis.Nil):
			return fmt.Errorf("inbox: renew: %w", err)
		case !ours:
			r.lose(ln)
		default:
			ln.renewed = asked
		}
	}
	return nil
}

// dropStale forgets lanes whose lease must have run out while the store was away.
// The fence would refuse their commits anyway; this ends work done in vain.
func (r *Reader) dropStale() {
	for _, ln := range r.all() {
		if time.Since(ln.renewed) > r.opt.Lease {
			r.lose(ln)
		}
	}
}

// take leases up to want lanes that nobody has.
func (r *Reader) take(ctx context.Context, want int) error {
	free, err := r.free(ctx)
	if err != nil {
		return err
	}
	for _, l := range free {
		if want == 0 {
			return nil
		}
		value := rand.Text()
		asked := time.Now()
		ok, err := r.rdb.SetNX(ctx, LaneKey(l, "lease"), value, r.opt.Lease).Result()
		if err != nil {
			return fmt.Errorf("inbox: lease: %w", err)
		}
		if ok {
			r.hold(Lease{Lane: l, Value: value}, asked)
			want--
		}
	}
	return nil
}

// free lists lanes without a lease, beginning somewhere else in every process, so
// that two that start together do not race for each single one.
func (r *Reader) free(ctx context.Context) ([]Lane, error) {
	pipe := r.rdb.Pipeline()
	there := make([]*redis.IntCmd, r.lanes)
	for l := range there {
		there[l] = pipe.Exists(ctx, LaneKey(Lane(l), "lease"))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("inbox: lease: %w", err)
	}
	var free []Lane
	for i := range there {
		l := (i + r.first) % r.lanes
		if there[l].Val() == 0 {
			free = append(free, Lane(l))
		}
	}
	return free, nil
}

// release gives a lane back and tells the others at once.
func (r *Reader) release(ctx context.Context, lease Lease) {
	err := releaseScript.Run(ctx, r.rdb, []string{LaneKey(lease.Lane, "lease")}, lease.Value).Err()
	if err == nil {
		err = r.rdb.Publish(ctx, lease.Lane.Channel(), tickFree).Err()
	}
	if err != nil {
		r.opt.Log.Warn("inbox: a lease runs out by itself", "lane", lease.Lane.String(), "err", err)
	}
}

// holding lists the lanes that we work on and mean to keep, in order.
func (r *Reader) holding() []*lane {
	return slices.DeleteFunc(r.all(), func(ln *lane) bool { return ln.leaving() })
}
