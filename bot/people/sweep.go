package people

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/config/privacy"
	"engawa/flows"
)

// Swept is what a sweep found over its time.
type Swept struct {
	Seen   int64 // marks of events
	Words  int   // people whose words went
	States int   // people whom the house forgot
}

// sweepEvery is how often a process looks through the people. Terms are days long,
// and a town is large.
const sweepEvery = time.Hour

// Sweep ends everything that privacy.Keep says has been kept long enough. Any
// process may call it at any time; again changes nothing. An open case keeps all of
// its person; a closed one keeps their words for a year.
func (s *Store) Sweep(ctx context.Context, now time.Time) (Swept, error) {
	var out Swept
	for l := range inbox.Lane(s.lanes) {
		n, err := s.rdb.ZRemRangeByScore(ctx, inbox.LaneKey(l, "seen"), "-inf", MS(now.Add(-privacy.Keep[privacy.Seen]))).Result()
		if err != nil {
			return out, fmt.Errorf("people: sweep: %w", err)
		}
		out.Seen += n
		if err := s.endRisks(ctx, l, now); err != nil {
			return out, fmt.Errorf("people: sweep: %w", err)
		}
	}
	if last := s.swept.Load(); now.Sub(time.UnixMilli(last)).Abs() < sweepEvery {
		return out, nil
	}
	silent := "(" + MS(now.Add(-privacy.Keep[privacy.Words]))
	err := s.each(ctx, "-inf", silent, func(ids []flows.PersonID) error {
		list, err := s.terms(ctx, ids)
		if err != nil {
			return err
		}
		for _, t := range list {
			if err := s.sweepOne(ctx, t, now, &out); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return out, fmt.Errorf("people: sweep: %w", err)
	}
	s.swept.Store(now.UnixMilli())
	return out, nil
}

// term is what decides how long somebody is kept.
type term struct {
	id     flows.PersonID
	last   time.Time // their last event
	open   bool      // a case
	closed time.Time // the last case
	gone   bool      // state ended already
	words  bool      // there are some
}

func (s *Store) terms(ctx context.Context, ids []flows.PersonID) ([]term, error) {
	pipe := s.rdb.Pipeline()
	fields := make([]*redis.SliceCmd, len(ids))
	words := make([]*redis.IntCmd, len(ids))
	last := make([]*redis.FloatCmd, len(ids))
	for i, id := range ids {
		fields[i] = pipe.HMGet(ctx, Key(id, "person"), FieldCase, FieldClosed, FieldGone)
		words[i] = pipe.Exists(ctx, Key(id, "words"))
		last[i] = pipe.ZScore(ctx, ListKey(inbox.LaneOfPerson(id)), string(id))
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, err
	}
	list := make([]term, 0, len(ids))
	for i, id := range ids {
		if last[i].Err() != nil {
			continue // erased meanwhile
		}
		f := fields[i].Val()
		t := term{id: id, last: time.UnixMilli(int64(last[i].Val())), open: f[0] != nil, gone: f[2] != nil, words: words[i].Val() == 1}
		if v, ok := f[1].(string); ok {
			ms, _ := strconv.ParseInt(v, 10, 64)
			t.closed = time.UnixMilli(ms)
		}
		list = append(list, t)
	}
	return list, nil
}

func (s *Store) sweepOne(ctx context.Context, t term, now time.Time, out *Swept) error {
	if t.open {
		return nil
	}
	keepWords := !t.closed.IsZero() && now.Before(t.closed.Add(privacy.Keep[privacy.CaseWords]))
	before := now.Add(-privacy.Keep[privacy.State])
	if t.last.Before(before) {
		if t.gone && keepWords {
			return nil
		}
		return s.end(ctx, t, keepWords, before, now, out)
	}
	if t.words && !keepWords {
		out.Words++
		return s.dropWords(ctx, t.id)
	}
	return nil
}

// end forgets somebody silent for long: first so that they begin anew when they
// come back, then the key, then the data.
func (s *Store) end(ctx context.Context, t term, keepWords bool, before, now time.Time, out *Swept) error {
	left, err := s.left(ctx, t.id, MS(before), MS(now))
	if err != nil || !left {
		return err
	}
	out.States++
	if keepWords {
		return nil
	}
	return s.Purge(ctx, t.id)
}

// dropWords destroys texts, keys first. What is said while it works stays.
func (s *Store) dropWords(ctx context.Context, p flows.PersonID) error {
	ids, err := s.rdb.HKeys(ctx, Key(p, "words")).Result()
	if err != nil || len(ids) == 0 {
		return err
	}
	if err := s.vault.ShredTexts(ctx, owner(p), ids...); err != nil {
		return err
	}
	return s.rdb.HDel(ctx, Key(p, "words"), ids...).Err()
}
