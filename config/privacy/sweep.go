package privacy

import (
	"context"
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
// shreds, forgets lines older than any backup, and has the append-only files rewritten
// when they may still remember what was destroyed.
func (v *Vault) Tend(ctx context.Context, now time.Time) error {
	if err := v.reapplyIfUneven(ctx); err != nil {
		return err
	}
	if err := v.forgetShreds(ctx, now); err != nil {
		return err
	}
	return v.Compact(ctx, now)
}
