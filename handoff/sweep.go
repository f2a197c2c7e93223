package handoff

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
	"engawa/flows"
)

// How often the desk looks after itself.
const (
	sweepEvery = 15 * time.Second
	pruneEvery = time.Hour
	takenFor   = 30 * 24 * time.Hour // how long an id may still come a second time
	sweepPage  = 500
)

// Run carries acts to the lanes, hears of changes, and sweeps, until ctx ends.
// Every process runs it; what only one may do at a time is fenced in the store.
func (d *Desk) Run(ctx context.Context) error {
	var all sync.WaitGroup
	all.Go(func() { d.relay(ctx) })
	all.Go(func() { d.listen(ctx) })
	all.Go(func() { d.post(ctx) })
	all.Go(func() {
		d.every(ctx, sweepEvery, func(now time.Time) error { _, err := d.Sweep(ctx, now); return err })
	})
	settle := d.keepSettled()
	all.Go(func() { d.every(ctx, sweepEvery, func(now time.Time) error { return settle(ctx, now) }) })
	all.Go(func() { d.every(ctx, pruneEvery, func(now time.Time) error { return d.Prune(ctx, now) }) })
	all.Wait()
	return ctx.Err()
}

func (d *Desk) every(ctx context.Context, pause time.Duration, do func(now time.Time) error) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		if err := do(d.now()); err != nil && ctx.Err() == nil {
			d.opt.Log.Warn("handoff: looking after the desk", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Sweep gives back to the line what was left alone too long and is not written at
// just now, wakes what has slept
// long enough, and says how many cases it moved. The resident hears of it through
// the lane, the coordinator through [Desk.Notices].
func (d *Desk) Sweep(ctx context.Context, now time.Time) (int, error) {
	now = instant(now)
	due, err := d.rdb.ZRangeByScore(ctx, leasesKey, upTo(now)).Result()
	if err != nil {
		return 0, wrap("sweep", err)
	}
	moved := 0
	var faults []error
	for _, id := range due {
		wrote, err := d.wrote(ctx, flows.CaseID(id))
		if err == nil {
			_, err = d.act(ctx, flows.CaseID(id), change{
				move: Move{Do: DoLapse, Promise: d.roster.Promise(now), Wrote: wrote}, at: now,
			})
		}
		switch {
		case err == nil:
			moved++
		case errors.Is(err, ErrMove), errors.Is(err, ErrUnknown):
			// extended, answered or swept by somebody else in this moment
		default:
			faults = append(faults, err) // one case must not keep the others
		}
	}
	return moved, wrap("sweep", errors.Join(faults...))
}

// Prune lets go of what has been kept long enough, as the table of privacy says:
// first what points at the person, then the case and its notes, last its log.
func (d *Desk) Prune(ctx context.Context, now time.Time) error {
	err := errors.Join(
		d.stage(ctx, closedKey, now.Add(-privacy.Keep[privacy.CaseWords]), d.fadeOut),
		d.stage(ctx, fadedKey, now.Add(-privacy.Keep[privacy.Notes]), d.erase),
		d.stage(ctx, loggedKey, now.Add(-privacy.Keep[privacy.Log]), d.dropLog),
		d.endTasks(ctx, now.Add(-privacy.Keep[privacy.Tasks])),
		d.rdb.ZRemRangeByScore(ctx, takenKey, "-inf", upTo(now.Add(-takenFor)).Max).Err(),
	)
	return wrap("prune", err)
}

func upTo(t time.Time) *redis.ZRangeBy {
	return &redis.ZRangeBy{Min: "-inf", Max: strconv.FormatInt(t.UnixMilli(), 10), Count: sweepPage}
}

// stage does one thing to every case whose time in a list is over.
func (d *Desk) stage(ctx context.Context, list string, before time.Time, do func(context.Context, flows.CaseID) error) error {
	for {
		ids, err := d.rdb.ZRangeByScore(ctx, list, upTo(before)).Result()
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			if err := do(ctx, flows.CaseID(id)); err != nil {
				return err
			}
		}
	}
}

// fadeOut takes alias, person and choices off a closed case.
func (d *Desk) fadeOut(ctx context.Context, id flows.CaseID) error {
	if d.opt.Over != nil {
		if err := d.opt.Over(ctx, id); err != nil {
			return err
		}
	}
	_, err := d.act(ctx, id, change{move: Move{Do: DoFade}, at: d.now()})
	if errors.Is(err, ErrUnknown) || errors.Is(err, ErrMove) {
		return d.rdb.ZRem(ctx, closedKey, string(id)).Err() // opened again, or gone
	}
	return err
}

// erase destroys a case's notes and then all of it but its log.
func (d *Desk) erase(ctx context.Context, id flows.CaseID) error {
	if d.opt.Notes != nil {
		if err := d.opt.Notes.Shred(ctx, privacy.Case(string(id))); err != nil {
			return err
		}
	}
	keys := []string{caseKey(id), notesKey(id), actsKey(id), fadedKey, loggedKey}
	return eraseScript.Run(ctx, d.rdb, keys, string(id)).Err()
}

func (d *Desk) dropLog(ctx context.Context, id flows.CaseID) error {
	pipe := d.rdb.Pipeline()
	pipe.Del(ctx, logKey(id))
	pipe.ZRem(ctx, loggedKey, string(id))
	_, err := pipe.Exec(ctx)
	return err
}
