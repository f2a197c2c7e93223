package alarm

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// sweepEvery is how late an alarm may be raised again.
const sweepEvery = 10 * time.Second

// Steps are the times after which an alarm is raised again while nobody reacts;
// after the last of them it is raised every hour.
var Steps = []time.Duration{3 * time.Minute, 6 * time.Minute, 15 * time.Minute, 30 * time.Minute}

// hourly is the pause after the last of Steps.
const hourly = time.Hour

// due is when the next step after n steps comes.
func due(raised time.Time, n int) time.Time {
	if n < len(Steps) {
		return raised.Add(Steps[n])
	}
	return raised.Add(Steps[len(Steps)-1] + time.Duration(n-len(Steps)+1)*hourly)
}

// Sweep raises again what nobody reacted to, carries acknowledgements that have
// not reached their lane, and lets go of alarms that were seen long ago.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	return errors.Join(s.again(ctx, now), s.carry(ctx), s.prune(ctx, now))
}

func (s *Store) again(ctx context.Context, now time.Time) error {
	open, err := s.Open(ctx)
	if err != nil {
		return err
	}
	for _, a := range open {
		n := len(a.Again)
		if due(a.Raised, n).After(now) {
			continue
		}
		keys := []string{alarmKey(a.ID), revKey}
		if err := againScript.Run(ctx, s.rdb, keys, a.ID, n, now.UnixMilli()).Err(); err != nil {
			return wrap("raise again", err)
		}
	}
	return nil
}

func (s *Store) carry(ctx context.Context) error {
	ids, err := s.rdb.SMembers(ctx, untoldKey).Result()
	if err != nil {
		return wrap("carry", err)
	}
	var faults []error
	for _, id := range ids {
		a, err := s.Get(ctx, id)
		if errors.Is(err, ErrUnknown) {
			err = s.rdb.SRem(ctx, untoldKey, id).Err()
		} else if err == nil {
			err = s.tell(ctx, a)
		}
		faults = append(faults, err)
	}
	return wrap("carry", errors.Join(faults...))
}

func (s *Store) prune(ctx context.Context, now time.Time) error {
	before := strconv.FormatInt(now.Add(-keep()).UnixMilli(), 10)
	ids, err := s.rdb.ZRangeByScore(ctx, ackedKey, &redis.ZRangeBy{Min: "-inf", Max: before}).Result()
	if err != nil || len(ids) == 0 {
		return wrap("prune", err)
	}
	pipe := s.rdb.Pipeline()
	for _, id := range ids {
		pipe.Del(ctx, alarmKey(id))
		pipe.ZRem(ctx, ackedKey, id)
		pipe.SRem(ctx, untoldKey, id)
	}
	_, err = pipe.Exec(ctx)
	return wrap("prune", err)
}

// Run sweeps until ctx ends. Every process runs it.
func (s *Store) Run(ctx context.Context) error {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if err := s.Sweep(ctx, s.clock()); err != nil && ctx.Err() == nil {
			s.log.Warn("alarm: looking after the alarms", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}
