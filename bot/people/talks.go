package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
	"engawa/flows"
)

// Talks looks through the words of many persons for whoever searches them: what
// residents and staff said and keep wants, in order, and nothing of what was taken
// back. What is not wanted is forgotten at once. Callers bound how many persons
// they ask for at a time.
func (s *Store) Talks(ctx context.Context, persons []flows.PersonID, keep func(text string) bool) (map[flows.PersonID][]Said, error) {
	pipe := s.rdb.Pipeline()
	got := make([]*redis.MapStringStringCmd, len(persons))
	for i, p := range persons {
		got[i] = pipe.HGetAll(ctx, Key(p, "words"))
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("people: talks: %w", err)
	}
	of, heads, err := s.wanted(ctx, persons, got, keep)
	if err != nil {
		return nil, fmt.Errorf("people: talks: %w", err)
	}
	talks := make(map[flows.PersonID][]Said, len(persons))
	for i, w := range of {
		for _, said := range read(w.id, heads[i], w.body) {
			if !said.Gone && said.By != ByMachine {
				talks[w.person] = append(talks[w.person], said)
			}
		}
	}
	for _, said := range talks {
		slices.SortStableFunc(said, inOrder)
	}
	return talks, nil
}

// spoken is one thing that a person's words hold, with its words opened.
type spoken struct {
	person flows.PersonID
	id     string
	body   privacy.Item
}

// wanted opens the words, and the heads of those alone that keep wants.
func (s *Store) wanted(ctx context.Context, persons []flows.PersonID, got []*redis.MapStringStringCmd, keep func(string) bool) (of []spoken, heads []privacy.Item, err error) {
	var bodies []privacy.Item
	var all []spoken
	var sealed [][]byte
	for i, p := range persons {
		for id, v := range got[i].Val() {
			if h, b, ok := cut([]byte(v)); ok && len(b) > 0 {
				all, sealed = append(all, spoken{person: p, id: id}), append(sealed, h)
				bodies = append(bodies, privacy.Item{Owner: owner(p), Text: id, AAD: "text", Data: b})
			}
		}
	}
	if len(bodies) == 0 {
		return nil, nil, nil
	}
	if err := s.vault.OpenMany(ctx, bodies); err != nil {
		return nil, nil, err
	}
	for i := range all {
		var with body
		if bodies[i].Err != nil || json.Unmarshal(bodies[i].Data, &with) != nil || with.Text == "" || !keep(with.Text) {
			continue
		}
		all[i].body = bodies[i]
		of = append(of, all[i])
		heads = append(heads, privacy.Item{Owner: owner(all[i].person), AAD: "said:" + all[i].id, Data: sealed[i]})
	}
	if len(heads) == 0 {
		return nil, nil, nil
	}
	return of, heads, s.vault.OpenMany(ctx, heads)
}
