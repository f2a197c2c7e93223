package backup

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// underWay stands in a store from before the first key of a restore until the house
// has made it safe to open: a restore that broke off must not look like a whole one.
const underWay = "{engawa}:restoring"

// ErrUnderWay means that a restore was begun and has not come to its end.
var ErrUnderWay = errors.New("backup: a restore into this store has not come to its end")

// Ready refuses a store into which a restore was begun and not ended.
func Ready(ctx context.Context, c redis.UniversalClient) error {
	n, err := c.Exists(ctx, underWay).Result()
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if n > 0 {
		return ErrUnderWay
	}
	return nil
}

// Put fills an empty store. Then, and before anybody may use the store, finish is
// called; until it is done [Ready] refuses.
func (f *File) Put(ctx context.Context, c redis.UniversalClient, finish func() error) (int64, error) {
	if err := empty(ctx, c); err != nil {
		return 0, err
	}
	if won, err := c.SetNX(ctx, underWay, time.Now().UTC().Format(time.RFC3339), 0).Result(); err != nil || !won {
		return 0, fmt.Errorf("backup: put: %w", errors.Join(ErrUnderWay, err))
	}
	p := &putter{c: c, pipe: c.Pipeline()}
	if err := f.each(func(r record) error { return p.add(ctx, r) }); err != nil {
		return 0, err
	}
	if err := p.flush(ctx); err != nil {
		return 0, err
	}
	if err := finish(); err != nil {
		return 0, err
	}
	if err := c.Del(ctx, underWay).Err(); err != nil {
		return 0, fmt.Errorf("backup: put: %w", err)
	}
	return p.keys, nil
}

// empty looks at every master.
func empty(ctx context.Context, c redis.UniversalClient) error {
	if err := Ready(ctx, c); err != nil {
		return err
	}
	masters, err := mastersOf(ctx, c)
	if err != nil {
		return err
	}
	for _, m := range masters {
		n, err := m.DBSize(ctx).Result()
		if err != nil {
			return fmt.Errorf("backup: look into the store: %w", err)
		}
		if n > 0 {
			return ErrFull
		}
	}
	return nil
}

// At most so much goes out in one round trip.
const (
	mostKeys  = 500
	mostBytes = 4 << 20
)

type putter struct {
	c     redis.UniversalClient
	pipe  redis.Pipeliner
	bytes int
	keys  int64
}

func (p *putter) add(ctx context.Context, r record) error {
	ttl := "0"
	if r.expire > 0 {
		if r.expire <= time.Now().UnixMilli() {
			return nil // its time is over
		}
		ttl = fmt.Sprint(r.expire)
	}
	p.pipe.Do(ctx, "restore", r.key, ttl, r.value, "absttl")
	p.keys++
	if p.bytes += len(r.value); p.bytes > mostBytes || p.pipe.Len() >= mostKeys {
		return p.flush(ctx)
	}
	return nil
}

func (p *putter) flush(ctx context.Context) error {
	p.bytes = 0
	if p.pipe.Len() == 0 {
		return nil
	}
	_, err := p.pipe.Exec(ctx)
	switch {
	case err == nil:
		return nil
	case redis.HasErrorPrefix(err, "BUSYKEY"):
		return ErrFull
	case redis.HasErrorPrefix(err, "Bad data format"), redis.HasErrorPrefix(err, "DUMP payload"):
		return errors.New("backup: put: the store is older than the one that the backup is of")
	}
	return fmt.Errorf("backup: put: %w", err)
}
