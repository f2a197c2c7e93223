package board

import (
	"context"
	"errors"
	"strconv"
	"time"

	"engawa/flows"
)

// Notice is what the members of a group should hear, if they agreed to hear it. Like
// [News] it follows from how things stand, and has a name: whoever looks, today or
// after a crash, finds the same one.
type Notice struct {
	ID, Group string
	What      flows.GroupWhat
	questions []string // that it is about
}

// askedEvery is how long a group is left alone after it was told of a question: those
// that come meanwhile are told of together.
const askedEvery = 6 * time.Hour

// Notices are those that nobody has been told of yet.
func (s *Store) Notices(ctx context.Context, shot *Snapshot) ([]Notice, error) {
	var all []Notice
	for _, g := range shot.ByName() {
		if g.State == Open && !g.Quiet.IsZero() {
			all = append(all, Notice{ID: hashed("silent|" + g.ID + "|" + strconv.FormatInt(g.Quiet.Unix(), 10)), Group: g.ID, What: flows.GroupSilent})
		}
	}
	all, err := untold(ctx, s, all, func(n Notice) string { return n.ID })
	if err != nil {
		return nil, err
	}
	asked, err := s.asked(ctx)
	return append(all, asked...), err
}

// asked are the questions that have arrived, one notice for each group.
func (s *Store) asked(ctx context.Context) ([]Notice, error) {
	ids, err := s.rdb.SMembers(ctx, arrivedKey).Result()
	if err != nil {
		return nil, wrap("arrived", err)
	}
	of := map[string]*Notice{}
	for _, id := range ids {
		q, err := s.Question(ctx, id)
		if errors.Is(err, ErrUnknown) || err == nil && q.Answer != "" { // taken back, or answered already
			err = s.rdb.SRem(ctx, arrivedKey, id).Err()
		} else if err == nil {
			n := of[q.Group]
			if n == nil {
				n = &Notice{Group: q.Group, What: flows.GroupAsked}
				of[q.Group] = n
			}
			n.questions = append(n.questions, id)
			n.ID = max(n.ID, hashed("asked|"+id)) // the same name for the same questions
		}
		if err != nil {
			return nil, wrap("arrived", err)
		}
	}
	var all []Notice
	for group, n := range of {
		last, err := s.rdb.Get(ctx, askedLately(group)).Result()
		if err == nil && last != n.ID {
			continue // told of others a moment ago
		}
		all = append(all, *n)
	}
	return untold(ctx, s, all, func(n Notice) string { return n.ID })
}

func askedLately(group string) string { return "{board}:asked:" + group }

// Begin says that a notice goes out now: further questions wait, however often a
// process dies before the end.
func (s *Store) Begin(ctx context.Context, n Notice) error {
	if n.What != flows.GroupAsked {
		return nil
	}
	return wrap("notice", s.rdb.Set(ctx, askedLately(n.Group), n.ID, askedEvery).Err())
}

// Done says that all members have been told.
func (s *Store) Done(ctx context.Context, n Notice) error {
	if err := s.Told(ctx, n.ID); err != nil || len(n.questions) == 0 {
		return err
	}
	all := make([]any, len(n.questions))
	for i, id := range n.questions {
		all[i] = id
	}
	return wrap("notice", s.rdb.SRem(ctx, arrivedKey, all...).Err())
}
