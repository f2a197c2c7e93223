package alarm

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"engawa/flows"
)

// Of lists the alarms of a person, the oldest first. After 消す there are none.
func (s *Store) Of(ctx context.Context, person flows.PersonID) ([]Alarm, error) {
	if person == "" {
		return nil, nil
	}
	ids, err := s.rdb.SMembers(ctx, ofKey(person)).Result()
	if err != nil {
		return nil, wrap("of", err)
	}
	return s.list(ctx, ids)
}

// Seen lists the last alarms that somebody has acknowledged, the oldest first.
func (s *Store) Seen(ctx context.Context, most int64) ([]Alarm, error) {
	ids, err := s.rdb.ZRevRange(ctx, ackedKey, 0, most-1).Result()
	if err != nil {
		return nil, wrap("seen", err)
	}
	return s.list(ctx, ids)
}

func (s *Store) list(ctx context.Context, ids []string) ([]Alarm, error) {
	var all []Alarm
	for _, id := range ids {
		a, err := s.Get(ctx, id)
		if errors.Is(err, ErrUnknown) {
			continue // its time is over
		}
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b Alarm) int { return cmp.Or(a.Raised.Compare(b.Raised), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}
