package release

import (
	"context"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"engawa/flows"
)

// Reader reads a folder as the operator wants it read (drafts, languages).
type Reader func(folder fs.FS) (*flows.Bundle, error)

// First is what speaks as long as nothing has been published: a folder and its bundle.
type First struct {
	Folder fs.FS
	Bundle *flows.Bundle
}

// Follower holds the releases in memory and follows the pointer of the store, and
// what is laid over the releases in the console. It is safe for concurrent use.
type Follower struct {
	store *Store
	first First
	read  Reader
	rack  atomic.Pointer[Rack]

	mu    sync.Mutex // one look at a time
	kept  map[string]book
	laid  Laid
	known bool // laid has been read
}

// book is a release as it was read: without and with what lies over it.
type book struct {
	folder fs.FS
	plain  *flows.Bundle
	mark   string // of what lies over it
	shown  *flows.Bundle
}

// Follow begins with first, which speaks as long as nothing has been published.
func Follow(store *Store, first First, read Reader) *Follower {
	f := &Follower{store: store, first: first, read: read, kept: map[string]book{}}
	f.rack.Store(NewRack(first.Bundle))
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
	if err != nil {
		return err
	}
	if err := f.lookOver(ctx); err != nil {
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
			out.old[base(b.Hash)], out.left[base(b.Hash)] = b, until
		}
		until = l.at
	}
	f.rack.Store(out)
	return nil
}

// lookOver reads what lies over the releases, when it has changed.
func (f *Follower) lookOver(ctx context.Context) error {
	n, err := f.store.count(ctx)
	if err != nil || f.known && n == f.laid.Count {
		return err
	}
	laid, err := f.store.Laid(ctx)
	if err == nil {
		f.laid, f.known = laid, true
	}
	return err
}

// bundle reads a release with what lies over it, once. People know it by the hash
// that its words have here, which may not be the one it was published under where
// drafts are let through.
func (f *Follower) bundle(ctx context.Context, hash string) (*flows.Bundle, error) {
	b, ok := f.kept[hash]
	if !ok {
		var err error
		if b, err = f.open(ctx, hash); err != nil {
			return nil, err
		}
		f.kept[hash] = b
	}
	mark := f.laid.Mark()
	if mark == b.mark {
		return b.shown, nil
	}
	b.mark, b.shown = mark, b.plain
	if mark != "" {
		over, _ := f.laid.Over(b.folder)
		shown, err := f.read(over)
		if err != nil {
			return nil, fmt.Errorf("release: what lies over it: %w", err)
		}
		named := *shown
		named.Hash = b.plain.Hash + "+" + mark
		b.shown = &named
	}
	f.kept[hash] = b
	return b.shown, nil
}

// open reads a release as it was published; "" is what speaks before the first one.
func (f *Follower) open(ctx context.Context, hash string) (book, error) {
	if hash == "" {
		return book{folder: f.first.Folder, plain: f.first.Bundle, shown: f.first.Bundle}, nil
	}
	folder, err := f.store.Folder(ctx, hash)
	if err != nil {
		return book{}, err
	}
	plain, err := f.read(folder)
	return book{folder: folder, plain: plain, shown: plain}, err
}
