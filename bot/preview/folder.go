package preview

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"engawa/flows"
	"engawa/flows/prove"
	"engawa/flows/script"
	"engawa/flows/understand"
)

// Version is one reading of the words.
type Version struct {
	N      int           // grows with every reading
	Bundle *flows.Bundle // what talks: the last reading without faults; nil = there was none yet
	Files  fs.FS         // what is shown at the left
	Faults script.Faults // of this reading, warnings too
	Took   time.Duration // that reading took

	plain  *flows.Bundle             // Bundle before it was dressed: what is proved
	reader func() *understand.Reader // of Bundle; ready a moment later
}

// Proof is what a check of the present words found, or how far it is.
type Proof struct {
	Of       string // hash of the bundle that was checked; "" = none yet
	Findings []prove.Finding
	Talks    script.Faults // of tests/
	Running  bool
}

// Book is the words, as they are now.
type Book struct {
	mu      sync.Mutex
	now     Version
	proof   Proof
	readers map[chan struct{}]struct{} // woken by every change
}

// Now gives the newest reading.
func (b *Book) Now() Version {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

// Proof gives the newest check.
func (b *Book) Proof() Proof {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.proof
}

// Put makes a reading the present one. Where it has faults the last good one goes on talking.
func (b *Book) Put(v Version) {
	b.mu.Lock()
	last := b.now
	v.N = last.N + 1
	switch {
	case v.Bundle == nil:
		v.Bundle, v.plain, v.reader = last.Bundle, last.plain, last.reader
	default:
		fresh := v.Bundle
		v.reader = sync.OnceValue(func() *understand.Reader {
			var old *understand.Reader
			if last.reader != nil {
				old = last.reader()
			}
			return old.For(fresh)
		})
		ready := v.reader
		time.AfterFunc(breath/2, func() { ready() }) // what was written stands on the phone first
	}
	b.now = v
	b.mu.Unlock()
	b.wake()
}

func (b *Book) prove(p Proof) {
	b.mu.Lock()
	b.proof = p
	b.mu.Unlock()
	b.wake()
}

func (b *Book) wake() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ch := range b.readers {
		tick(ch)
	}
}

// watch gives a channel that ticks at every change.
func (b *Book) watch() (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.readers == nil {
		b.readers = map[chan struct{}]struct{}{}
	}
	b.readers[ch] = struct{}{}
	return ch, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.readers, ch)
	}
}

// Follower reads a folder again whenever something in it is saved.
type Follower struct {
	Book *Book

	dir   string
	dress func(*flows.Bundle) *flows.Bundle
	shelf script.Shelf
	watch *fsnotify.Watcher
	log   *slog.Logger
	saved chan struct{} // the folder was read again
	stirs chan struct{} // something is being saved
}

// settle is how long a save may take: editors empty a file before they write it.
const settle = 15 * time.Millisecond

// Follow reads a folder for the first time. dress changes a bundle before it is
// shown; nil = as it is.
func Follow(dir string, dress func(*flows.Bundle) *flows.Bundle, log *slog.Logger) (*Follower, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("preview: watch: %w", err)
	}
	if dress == nil {
		dress = func(b *flows.Bundle) *flows.Bundle { return b }
	}
	f := &Follower{Book: &Book{}, dir: dir, dress: dress, watch: w, log: log, saved: make(chan struct{}, 1), stirs: make(chan struct{}, 1)}
	if err := f.watchAll(); err != nil {
		_ = w.Close()
		return nil, err
	}
	f.read()
	return f, nil
}

// watchAll watches every folder; those that are watched already stay so.
func (f *Follower) watchAll() error {
	return filepath.WalkDir(f.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("preview: watch: %w", err)
		}
		if !d.IsDir() {
			return nil
		}
		if path != f.dir && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		if err := f.watch.Add(path); err != nil {
			return fmt.Errorf("preview: watch: %w", err)
		}
		return nil
	})
}

func (f *Follower) read() {
	began := time.Now()
	files := os.DirFS(f.dir)
	b, faults := f.shelf.Load(files, script.Options{AcceptDrafts: true, Now: began})
	v := Version{Files: files, Faults: faults, plain: b}
	if b != nil {
		v.Bundle = f.dress(b)
	}
	v.Took = time.Since(began)
	f.Book.Put(v)
	tick(f.saved)
}

// Run follows until ctx ends.
func (f *Follower) Run(ctx context.Context) {
	defer func() { _ = f.watch.Close() }()
	proving := make(chan struct{})
	go func() {
		defer close(proving)
		f.proveAll(ctx)
	}()
	defer func() { <-proving }()
	quiet := time.NewTimer(time.Hour)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case ev, open := <-f.watch.Events:
			if !open {
				return
			}
			if f.matters(ev) {
				tick(f.stirs)
				quiet.Reset(settle)
			}
		case <-f.watch.Errors: // events were lost: everything is read again
			quiet.Reset(settle)
		case <-quiet.C:
			if err := f.watchAll(); err != nil { // a folder that came or went
				f.log.Warn("preview: watch", "err", err)
			}
			f.read()
		}
	}
}

// tick tells whoever listens once; telling twice is telling once.
func tick(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// matters says whether a change can be one of the words: editors leave all kinds of
// files beside them.
func (f *Follower) matters(ev fsnotify.Event) bool {
	if ev.Op == fsnotify.Chmod {
		return false
	}
	base := filepath.Base(ev.Name)
	if strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~") {
		return false
	}
	ext := filepath.Ext(base)
	return ext == ".yaml" || ext == ".yml" || ext == ""
}
