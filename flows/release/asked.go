package release

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	askedKey = "{release}:asked"
	tryKey   = "{release}:try"
	askedFor = 7 * 24 * time.Hour // after that nobody remembers what it was
	tryFor   = 24 * time.Hour
)

// Asked is a wish of one person that a folder be published; the second person
// confirms it.
type Asked struct {
	Hash string    `json:"hash"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// Ask notes the wish; an earlier one gives way.
func (s *Store) Ask(ctx context.Context, a Asked) error { return s.note(ctx, askedKey, a, askedFor) }

// Asked gives the wish that stands, or none.
func (s *Store) Asked(ctx context.Context) (a Asked, err error) {
	return a, s.noted(ctx, askedKey, &a)
}

// Try is what became of the last attempt to publish from the console.
type Try struct {
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	State string    `json:"state"` // checking, refused, done
	Why   []string  `json:"why,omitempty"`
}

// Tried notes it, so that every process can show it.
func (s *Store) Tried(ctx context.Context, t Try) error { return s.note(ctx, tryKey, t, tryFor) }

// LastTry gives it.
func (s *Store) LastTry(ctx context.Context) (t Try, err error) { return t, s.noted(ctx, tryKey, &t) }

func (s *Store) note(ctx context.Context, key string, what any, keep time.Duration) error {
	text, err := json.Marshal(what)
	if err == nil {
		err = s.rdb.Set(ctx, key, text, keep).Err()
	}
	return wrap("note", err)
}

func (s *Store) noted(ctx context.Context, key string, into any) error {
	text, err := s.rdb.Get(ctx, key).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	return wrap("noted", err)
}

// Before is the hash of the release that a recall would bring back, "" if there is none.
func (s *Store) Before(ctx context.Context, hash string) (string, error) {
	all, err := s.standing(ctx)
	i := slices.IndexFunc(all, func(l left) bool { return l.hash != hash })
	if err != nil || i < 0 {
		return "", err
	}
	return all[i].hash, nil
}
