package privacy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Rewrap puts every key that an older master key wraps under the active one. Only
// the wrapping changes: people, words and the index stay what they are. It may run
// while the house is open and in several processes at once. The index key comes
// last, so that a master key taken away too early is noticed at the next start. A key
// that no master key opens does not keep the others waiting; it is the error.
func (v *Vault) Rewrap(ctx context.Context) (n int, err error) {
	var locked error
	err = v.stale(ctx, func(o Owner, blob string) error {
		key, err := v.master.unwrap(o, []byte(blob))
		if err != nil {
			locked = err
			return nil
		}
		done, err := rewrapMove.Run(ctx, v.keys, []string{ownerKey(o)}, blob, v.master.wrap(o, key)).Int()
		n += done
		return err
	})
	v.mu.Lock()
	v.oldAt = time.Time{} // count again
	v.mu.Unlock()
	if err := errors.Join(err, locked); err != nil {
		return n, fmt.Errorf("privacy: rewrap: %w", err)
	}
	return n, nil
}

// stale visits every owner whose key is not under the active master key.
func (v *Vault) stale(ctx context.Context, visit func(o Owner, blob string) error) error {
	order := append(slots()[2:], "days", "index")
	for _, slot := range order {
		owners, err := v.keys.ZRange(ctx, ownersKey(slot), 0, -1).Result()
		if err != nil {
			return err
		}
		for len(owners) > 0 {
			n := min(batch, len(owners))
			if err := v.staleAmong(ctx, owners[:n], visit); err != nil {
				return err
			}
			owners = owners[n:]
		}
	}
	return nil
}

func (v *Vault) staleAmong(ctx context.Context, owners []string, visit func(o Owner, blob string) error) error {
	blobs := make([]*redis.StringCmd, len(owners))
	pipe := v.keys.Pipeline()
	for i, o := range owners {
		blobs[i] = pipe.HGet(ctx, ownerKey(Owner(o)), "k")
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return err
	}
	for i, o := range owners {
		blob, err := blobs[i].Result()
		if errors.Is(err, redis.Nil) {
			continue // shredded since the list was read
		}
		if err != nil {
			return err
		}
		if v.master.active([]byte(blob)) {
			continue
		}
		if err := visit(Owner(o), blob); err != nil {
			return err
		}
	}
	return nil
}
