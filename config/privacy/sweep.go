package privacy

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// SweepDays destroys the key of every inbox day whose term is over. A day that
// still has an unfinished event under it stays and is named: somebody must look.
func (v *Vault) SweepDays(ctx context.Context, now time.Time, unfinished func(day string) (bool, error)) (kept []string, err error) {
	overdue, err := v.overdueDays(ctx, now)
	if err != nil {
		return nil, err
	}
	for _, o := range overdue {
		name, _ := o.IsDay()
		open, err := unfinished(name)
		if err != nil {
			return kept, fmt.Errorf("privacy: sweep days: %w", err)
		}
		if open {
			kept = append(kept, name)
			continue
		}
		if err := v.Shred(ctx, o); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

// overdueDays are the days whose keys should be gone by now, oldest first.
func (v *Vault) overdueDays(ctx context.Context, now time.Time) ([]Owner, error) {
	owners, err := v.keys.ZRange(ctx, ownersKey("days"), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("privacy: list days: %w", err)
	}
	var out []Owner
	for _, o := range owners {
		name, _ := Owner(o).IsDay()
		began, err := time.Parse(time.DateOnly, name)
		if err != nil {
			continue // not a day that we made
		}
		if !now.Before(began.Add(day + Keep[Inbox])) {
			out = append(out, Owner(o))
		}
	}
	return out, nil
}

// Tend is what a running house does about once a minute: it completes half-done
// shreds, forgets lines older than any backup, has the append-only files rewritten
// when they may still remember what was destroyed, and after a rotation puts every
// key under the active master key. One that fails does not keep the others waiting.
func (v *Vault) Tend(ctx context.Context, now time.Time) error {
	return errors.Join(
		v.reapplyIfUneven(ctx),
		v.forgetShreds(ctx, now),
		v.Compact(ctx, now),
		v.finishRotation(ctx, now),
	)
}

func (v *Vault) finishRotation(ctx context.Context, now time.Time) error {
	old, err := v.oldMaster(ctx, now, recount)
	if err != nil {
		return fmt.Errorf("privacy: count keys of an older master key: %w", err)
	}
	if old == 0 {
		return nil
	}
	_, err = v.Rewrap(ctx)
	return err
}
