// Package notice keeps the two switches of the house: nobody is there today, and a
// disaster. Each is set with its end, ends by itself, and is logged with who set it.
package notice

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
)

// Kind is one switch.
type Kind string

// The switches.
const (
	Away     Kind = "away"
	Disaster Kind = "disaster"
)

const (
	nowKey = "{notice}:now"
	logKey = "{notice}:log"
	actKey = "{notice}:act:"
	kept   = 1000
	actFor = 24 * time.Hour      // how long the same form may come again
	most   = 31 * 24 * time.Hour // nobody forgets a switch for longer
)

// ErrTime says that the end of a switch is past, or too far away.
var ErrTime = errors.New("notice: the end must lie within the next 31 days")

//go:embed lua/set.lua
var setLua string

var setScript = redis.NewScript(setLua)

// Deed is one entry of the log.
type Deed struct {
	Kind  Kind
	Until time.Time // zero: it was ended
	By    string
	At    time.Time
}

// Store keeps the switches.
type Store struct{ rdb redis.UniversalClient }

// New makes it on a store.
func New(rdb redis.UniversalClient) *Store { return &Store{rdb} }

// Set turns a switch on until then. The same act again changes nothing, and
// neither does another that wants what is so already.
func (s *Store) Set(ctx context.Context, act string, k Kind, until time.Time, by string, now time.Time) error {
	if !until.After(now) || until.Sub(now) > most {
		return ErrTime
	}
	return s.set(ctx, act, Deed{Kind: k, Until: until.Truncate(time.Second), By: by, At: now}, until.Unix())
}

// End turns a switch off before its end.
func (s *Store) End(ctx context.Context, act string, k Kind, by string, now time.Time) error {
	return s.set(ctx, act, Deed{Kind: k, By: by, At: now}, 0)
}

func (s *Store) set(ctx context.Context, act string, d Deed, until int64) error {
	entry, err := json.Marshal(d)
	if err == nil {
		keys := []string{nowKey, logKey, actKey + act}
		err = setScript.Run(ctx, s.rdb, keys, string(d.Kind), until, entry, kept, d.At.Unix(), int(actFor.Seconds())).Err()
	}
	if err != nil {
		return fmt.Errorf("notice: set: %w", err)
	}
	return nil
}

// Log is what was done last, the newest first.
func (s *Store) Log(ctx context.Context, n int) ([]Deed, error) {
	raw, err := s.rdb.LRange(ctx, logKey, 0, int64(n)-1).Result()
	if err != nil {
		return nil, fmt.Errorf("notice: log: %w", err)
	}
	deeds := make([]Deed, len(raw))
	for i, entry := range raw {
		if err := json.Unmarshal([]byte(entry), &deeds[i]); err != nil {
			return nil, fmt.Errorf("notice: log: entry %d: %w", i, err)
		}
	}
	return deeds, nil
}

// Now is what the house tells everybody.
func (s *Store) Now(ctx context.Context) (flows.Notice, error) {
	all, err := s.rdb.HGetAll(ctx, nowKey).Result()
	if err != nil {
		return flows.Notice{}, fmt.Errorf("notice: now: %w", err)
	}
	at := func(k Kind) time.Time {
		if n, err := strconv.ParseInt(all[string(k)], 10, 64); err == nil && n > 0 {
			return time.Unix(n, 0).UTC()
		}
		return time.Time{}
	}
	return flows.Notice{Away: at(Away), Disaster: at(Disaster)}, nil
}
