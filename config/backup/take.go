package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
)

// breath is how long the masters of a cluster may hold their writes back so that
// their snapshots are of one moment: less than the door waits for the store.
const breath = 900 * time.Millisecond

// Options say what a backup is to hold.
type Options struct {
	Head   Head                         // Masters and Master are filled in
	Master privacy.Master               // seals the file
	Skip   func(key string) bool        // what is true only now, such as leases
	Refuse func(key string) (why error) // what must not leave the store
}

// Taken says what a backup has become.
type Taken struct {
	Keys    int64
	Masters int
	Apart   bool // several masters, and their snapshots may be seconds apart
}

// Take writes a backup of everything that a store holds.
func Take(ctx context.Context, c redis.UniversalClient, to io.Writer, opt Options) (Taken, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	masters, err := mastersOf(ctx, c)
	if err != nil {
		return Taken{}, err
	}
	opt.Head.Masters = len(masters)
	w, err := newWriter(to, opt.Head, opt.Master)
	if err != nil {
		return Taken{}, fmt.Errorf("backup: write: %w", err)
	}
	var sources []*source
	defer func() {
		for _, s := range sources {
			s.close()
		}
	}()
	for _, m := range masters {
		s, err := dial(ctx, m)
		if err != nil {
			return Taken{}, err
		}
		sources = append(sources, s)
	}
	bodies, apart, err := begin(ctx, masters, sources)
	if err != nil {
		return Taken{}, err
	}
	if err := together(len(sources), stop, gather(w, opt, sources, bodies)); err != nil {
		return Taken{}, err
	}
	if err := w.end(to); err != nil {
		return Taken{}, fmt.Errorf("backup: write: %w", err)
	}
	return Taken{Keys: w.keys, Masters: len(masters), Apart: apart}, nil
}

// gather writes down what one of the sources tells; they take turns record by record.
func gather(w *writer, opt Options, sources []*source, bodies []io.Reader) func(int) error {
	var turn sync.Mutex
	return func(n int) error {
		return sources[n].read(bodies[n], func(r record) error {
			if opt.Skip(r.key) {
				return nil
			}
			if err := opt.Refuse(r.key); err != nil {
				return err
			}
			turn.Lock()
			defer turn.Unlock()
			if err := w.add(r); err != nil {
				return fmt.Errorf("backup: write: %w", err)
			}
			return nil
		})
	}
}

func mastersOf(ctx context.Context, c redis.UniversalClient) ([]*redis.Client, error) {
	switch c := c.(type) {
	case *redis.Client:
		return []*redis.Client{c}, nil
	case *redis.ClusterClient:
		var turn sync.Mutex
		var all []*redis.Client
		err := c.ForEachMaster(ctx, func(_ context.Context, m *redis.Client) error {
			turn.Lock()
			defer turn.Unlock()
			all = append(all, m)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("backup: find the masters: %w", err)
		}
		return all, nil
	}
	return nil, errors.New("backup: not a store that can be backed up")
}

// begin fixes the moment of all snapshots. In a cluster the masters hold their writes
// back meanwhile, if they begin a snapshot at once (repl-diskless-sync-delay 0, as
// deploy/redis.conf has it); else a pause would be longer than the door may wait.
func begin(ctx context.Context, masters []*redis.Client, sources []*source) (bodies []io.Reader, apart bool, err error) {
	bodies = make([]io.Reader, len(sources))
	hold := len(masters) > 1
	for _, m := range masters {
		delay, err := m.ConfigGet(ctx, "repl-diskless-sync-delay").Result()
		hold = hold && err == nil && delay["repl-diskless-sync-delay"] == "0"
	}
	began := time.Now()
	if hold {
		err := together(len(masters), func() {}, func(n int) error {
			return masters[n].Do(ctx, "client", "pause", breath.Milliseconds(), "write").Err()
		})
		hold = err == nil
		defer func() {
			_ = together(len(masters), func() {}, func(n int) error { return masters[n].Do(ctx, "client", "unpause").Err() })
		}()
	}
	err = together(len(sources), func() {}, func(n int) error {
		body, err := sources[n].begin()
		bodies[n] = body
		return err
	})
	held := hold && time.Since(began) < breath
	return bodies, len(masters) > 1 && !held, err
}

// together does something for each at the same time; the first error ends them all.
func together(n int, stop func(), do func(int) error) error {
	var all sync.WaitGroup
	var once sync.Once
	var first error
	for i := range n {
		all.Go(func() {
			if err := do(i); err != nil {
				once.Do(func() { first = err; stop() })
			}
		})
	}
	all.Wait()
	return first
}
