package board

import (
	"context"
	"slices"
	"strings"
	"time"

	"engawa/flows"
)

// What a member is to their groups by the name that their talk has for them. The
// board knows a random name and no account; nobody but the house sees even that.

// OfPerson are the groups that a person posts for, in the order of their names.
func (s *Snapshot) OfPerson(p flows.PersonID) (all []*Group) {
	if p == "" {
		return nil
	}
	for _, g := range s.Groups {
		if _, ok := g.person(p); ok && g.State != Recalled {
			all = append(all, g)
		}
	}
	slices.SortFunc(all, func(a, b *Group) int { return strings.Compare(a.Name+a.ID, b.Name+b.ID) })
	return all
}

// person finds who joined from LINE.
func (g *Group) person(p flows.PersonID) (Member, bool) {
	i := slices.IndexFunc(g.Members, func(m Member) bool { return p != "" && m.Person == p })
	if i < 0 {
		return Member{}, false
	}
	return g.Members[i], true
}

// ByPerson finds a member by the name that their talk has for them.
func (s *Store) ByPerson(ctx context.Context, group string, p flows.PersonID) (*Group, Member, error) {
	g, err := s.Group(ctx, group)
	if err != nil {
		return nil, Member{}, err
	}
	m, ok := g.person(p)
	if !ok || g.State == Recalled {
		return nil, Member{}, ErrMay
	}
	return g, m, nil
}

// Forget takes somebody who said 消す out of every group, and their questions with
// them. What was posted stays the group's.
func (s *Store) Forget(ctx context.Context, f *Follower, p flows.PersonID) error {
	if err := f.Look(ctx); err != nil {
		return err
	}
	for _, g := range f.Now().Groups {
		if err := s.forgetQuestions(ctx, g.ID, p); err != nil {
			return err
		}
		m, ok := g.person(p)
		if !ok {
			continue
		}
		if err := s.Leave(ctx, "forget:"+m.ID+":"+g.ID, g.ID, m.ID, m.ID); err != nil {
			return err
		}
	}
	return nil
}

// Last is what a group posted last, nil if nothing that can be shown again.
func (s *Snapshot) Last(group string) *Post {
	for _, p := range s.Of(group) {
		if e := p.Newest(); e != nil && e.Name() != "" {
			return p
		}
	}
	return nil
}

// KeepFlyer keeps a picture of a draft as long as one of a post.
func (s *Store) KeepFlyer(ctx context.Context, name string) error {
	return wrap("picture", s.rdb.Expire(ctx, pictureKey(name), pictureFor).Err())
}

// DraftFlyer keeps a cleaned picture for as long as a draft.
func (s *Store) DraftFlyer(ctx context.Context, clean []byte, during time.Duration) (string, error) {
	name := hashed(string(clean))
	left, err := s.rdb.TTL(ctx, pictureKey(name)).Result()
	if err == nil && left < during { // the same flyer may belong to a post already
		err = s.rdb.Set(ctx, pictureKey(name), clean, during).Err()
	}
	return name, wrap("picture", err)
}
