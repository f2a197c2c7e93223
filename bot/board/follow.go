package board

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/flows/catalogue"
)

// Snapshot is all groups and posts at one moment. Nothing in it is ever changed.
type Snapshot struct {
	Version int64
	Groups  map[string]*Group
	Posts   map[string]*Post
}

// Entries are the posts as the public may know them, recalled and cancelled ones
// among them without words, in the order of their ids.
func (s *Snapshot) Entries() []*catalogue.Entry {
	out := make([]*catalogue.Entry, 0, len(s.Posts))
	for _, p := range s.Posts {
		if e := p.Shown(s.Groups[p.Group]); e != nil {
			out = append(out, e)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// Entry is one of them; nil if there is none.
func (s *Snapshot) Entry(id string) *catalogue.Entry {
	p := s.Posts[id]
	if p == nil {
		return nil
	}
	return p.Shown(s.Groups[p.Group])
}

// Waiting are the posts that a facilitator should look at: those that wait, the
// oldest first, then samples.
func (s *Snapshot) Waiting() (all []*Post) {
	for _, p := range s.Posts {
		if g := s.Groups[p.Group]; g != nil && g.State != Recalled && (p.State == Waits || p.Sample) {
			all = append(all, p)
		}
	}
	sort.Slice(all, func(i, j int) bool {
		if (all[i].State == Waits) != (all[j].State == Waits) {
			return all[i].State == Waits
		}
		if !all[i].Changed.Equal(all[j].Changed) {
			return all[i].Changed.Before(all[j].Changed)
		}
		return all[i].ID < all[j].ID
	})
	return all
}

// Of are the posts of a group, the newest first.
func (s *Snapshot) Of(group string) (all []*Post) {
	for _, p := range s.Posts {
		if p.Group == group {
			all = append(all, p)
		}
	}
	sort.Slice(all, func(i, j int) bool {
		if !all[i].Changed.Equal(all[j].Changed) {
			return all[i].Changed.After(all[j].Changed)
		}
		return all[i].ID < all[j].ID
	})
	return all
}

// Follower holds the board in memory and follows the store. It is safe for
// concurrent use.
type Follower struct {
	store *Store
	log   *slog.Logger
	shot  atomic.Pointer[Snapshot]
	mu    sync.Mutex // one look at a time
}

// Follow begins with an empty board; Look fills it.
func Follow(store *Store, log *slog.Logger) *Follower {
	f := &Follower{store: store, log: log}
	f.shot.Store(&Snapshot{Groups: map[string]*Group{}, Posts: map[string]*Post{}})
	return f
}

// Now is the board as it was last seen.
func (f *Follower) Now() *Snapshot { return f.shot.Load() }

// Look reads what has changed since the last look.
func (f *Follower) Look(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	seen := f.shot.Load()
	n, err := f.store.rdb.Get(ctx, versionKey).Int64()
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("board: look: %w", err)
	}
	if n == seen.Version {
		return nil
	}
	since := "(" + strconv.FormatInt(seen.Version, 10)
	if n < seen.Version { // the store was put back to an older day
		seen, since = &Snapshot{Groups: map[string]*Group{}, Posts: map[string]*Post{}}, "-inf"
	}
	changed, err := f.store.rdb.ZRangeByScoreWithScores(ctx, movedKey, &redis.ZRangeBy{Min: since, Max: strconv.FormatInt(n, 10)}).Result()
	if err != nil {
		return fmt.Errorf("board: look: %w", err)
	}
	next := &Snapshot{Version: n, Groups: maps.Clone(seen.Groups), Posts: maps.Clone(seen.Posts)}
	const atOnce = 500
	for len(changed) > 0 {
		some := changed[:min(len(changed), atOnce)]
		changed = changed[len(some):]
		if err := f.fetch(ctx, some, next); err != nil {
			return err
		}
	}
	f.shot.Store(next)
	return nil
}

func (f *Follower) fetch(ctx context.Context, some []redis.Z, next *Snapshot) error {
	ids := make([]string, len(some))
	for i, z := range some {
		ids[i], _ = z.Member.(string)
	}
	bodies, err := f.store.rdb.HMGet(ctx, docsKey, ids...).Result()
	if err != nil {
		return fmt.Errorf("board: look: %w", err)
	}
	for i, b := range bodies {
		body, _ := b.(string)
		kind, id, _ := strings.Cut(ids[i], ":")
		rev := int64(some[i].Score)
		switch kind {
		case "g":
			g := &Group{rev: rev}
			if err = json.Unmarshal([]byte(body), g); err == nil {
				next.Groups[id] = g
			}
		case "p":
			p := &Post{rev: rev}
			if err = json.Unmarshal([]byte(body), p); err == nil {
				next.Posts[id] = p
			}
		}
		if err != nil {
			return fmt.Errorf("board: look: %w", err)
		}
	}
	return nil
}

// Run follows until ctx ends. What cannot be read now is read at the next look.
func (f *Follower) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := f.Look(ctx); err != nil && ctx.Err() == nil {
			f.log.Warn("the board cannot be read", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// ByName are the groups in the order of their names.
func (s *Snapshot) ByName() []*Group {
	return slices.SortedFunc(maps.Values(s.Groups), func(a, b *Group) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
}
