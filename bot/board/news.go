package board

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strconv"
	"time"

	"engawa/flows"
	"engawa/flows/catalogue"
)

// News is what became of a post, for those who kept it. It follows from how the
// post stands, not from who did what: whichever process looks, today or after a
// crash, finds the same news under the same name.
type News struct {
	ID string // names it
	flows.PostNews
}

// toldKey holds what has been told: HASH news id → unix ms.
const toldKey = "{board}:told"

// News lists what there is to tell at the moment now: dates to come that are off or
// moved, and posts that are no more. What is past needs no telling.
func (s *Snapshot) News(now time.Time) (all []News) {
	for id, p := range s.Posts {
		g := s.Groups[p.Group]
		if p.Live == nil || g == nil {
			continue
		}
		add := func(day catalogue.Day, st flows.Standing, mark string) {
			sum := sha256.Sum256([]byte(id + "|" + string(day) + "|" + string(st) + "|" + mark))
			all = append(all, News{ID: hex.EncodeToString(sum[:12]), PostNews: flows.PostNews{ID: flows.PostID(id), Day: string(day), Standing: st}})
		}
		switch {
		case g.State == Recalled, p.Live.State == catalogue.Recalled:
			add("", flows.PostGone, "")
			continue
		case p.Live.State == catalogue.Cancelled:
			add("", flows.PostCancelled, "")
			continue
		}
		for i := range p.Live.Times {
			w := &p.Live.Times[i]
			today := catalogue.DayOf(now.In(w.Location()))
			for _, c := range w.Changes {
				switch {
				case c.Day < today:
				case c.Start == "":
					add(c.Day, flows.PostCancelled, "")
				default:
					add(c.Day, flows.PostMoved, string(c.Start))
				}
			}
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].ID < all[j].ID })
	return all
}

// Untold leaves out what was told before.
func (s *Store) Untold(ctx context.Context, all []News) ([]News, error) {
	return untold(ctx, s, all, func(n News) string { return n.ID })
}

func untold[T any](ctx context.Context, s *Store, all []T, name func(T) string) (left []T, err error) {
	if len(all) == 0 {
		return nil, nil
	}
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = name(all[i])
	}
	told, err := s.rdb.HMGet(ctx, toldKey, ids...).Result()
	if err != nil {
		return nil, fmt.Errorf("board: told: %w", err)
	}
	for i, at := range told {
		if at == nil {
			left = append(left, all[i])
		}
	}
	return left, nil
}

// Told notes that all who wanted to hear have been told.
func (s *Store) Told(ctx context.Context, id string) error {
	if err := s.rdb.HSet(ctx, toldKey, id, strconv.FormatInt(s.now().UnixMilli(), 10)).Err(); err != nil {
		return fmt.Errorf("board: told: %w", err)
	}
	return nil
}
