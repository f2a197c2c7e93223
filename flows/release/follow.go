package release

import (
	"context"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"engawa/flows"
)

// Reader reads a folder as the operator wants it read (drafts, languages).
type Reader func(folder fs.FS) (*flows.Bundle, error)

// Follower holds the releases in memory and follows the pointer of the store. It is
// safe for concurrent use.
type Follower struct {
	store *Store
	read  Reader
	rack  atomic.Pointer[Rack]

	mu     sync.Mutex // one look at a time
	byHash map[string]*flows.Bundle
}

// Follow begins with first, which speaks as long as nothing has been published.
func Follow(store *Store, first *flows.Bundle, read Reader) *Follower {
	f := &Follower{store: store, read: read, byHash: map[string]*flows.Bundle{}}
	f.rack.Store(NewRack(first))
	return f
}

// Rack is the releases as they were last seen.
func (f *Follower) Rack() *Rack { return f.rack.Load() }

// Look follows the pointer once. If the release in force cannot be read, the one so
// far stays, and the error says why.
func (f *Follower) Look(ctx context.Context, at time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	hash, err := f.store.Now(ctx)
	if err != nil || hash == "" {
		return err
	}
	all, err := f.store.standing(ctx)
	if err != nil {
		return err
	}
	now, err := f.bundle(ctx, hash)
	if err != nil {
		return err
	}
	out := NewRack(now)
	until := at // a release was in force until the next one came
	for _, l := range all {
		if l.hash == hash {
			until = l.at
			continue
		}
		if b, err := f.bundle(ctx, l.hash); err == nil && at.Sub(until) < PinnedFor {
			out.old[b.Hash], out.left[b.Hash] = b, until
		}
		until = l.at
	}
	f.rack.Store(out)
	return nil
}

// bundle reads a release, once. People know it by the hash that its words have here,
// which may not be the one it was published under where drafts are let through.
func (f *Follower) bundle(ctx context.Context, hash string) (*flows.Bundle, error) {
	if b := f.byHash[hash]; b != nil {
		return b, nil
	}
	folder, err := f.store.Folder(ctx, hash)
	if err != nil {
		return nil, err
	}
	b, err := f.read(folder)
	if err != nil {
		return nil, err
	}
	f.byHash[hash] = b
	return b, nil
}
