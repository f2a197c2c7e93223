package board

import (
	"context"
	"slices"
	"strconv"
	"time"

	"engawa/flows/catalogue"
)

// Silence is how long a group may be silent before it is asked whether it goes on,
// and how long it then has to say so before its posts rest. Zero: nobody is asked.
type Silence struct{ Ask, Rest time.Duration }

// Pause lets the posts of a group rest for a while. Any member may: whoever is tired
// first should not have to look for the host.
func (s *Store) Pause(ctx context.Context, act, group, member string) (*Group, error) {
	return s.changeGroup(ctx, act, group, func(g *Group) error {
		if _, ok := g.Member(member); !ok {
			return ErrMay
		}
		if g.State == Recalled || g.Held {
			return ErrState
		}
		g.State, g.Quiet = Paused, time.Time{}
		g.Log = logged(g.Log, Done{s.now(), member, "pause"})
		return nil
	})
}

// Still is a member's word that their group goes on: one that rested or that they
// paused is back, with all its posts. What the house has paused it alone opens again.
func (s *Store) Still(ctx context.Context, act, group, member string) (*Group, error) {
	return s.changeGroup(ctx, act, group, func(g *Group) error {
		if _, ok := g.Member(member); !ok {
			return ErrMay
		}
		if g.State == Recalled || g.Held {
			return ErrState
		}
		g.goesOn(s.now())
		g.Log = logged(g.Log, Done{s.now(), member, "still"})
		return nil
	})
}

// goesOn notes a sign of life.
func (g *Group) goesOn(now time.Time) {
	g.Heard, g.Quiet = now, time.Time{}
	if g.State == Resting || g.State == Paused && !g.Held {
		g.State = Open
	}
}

// signs are the things that a member does to a post.
var signs = []string{"submit", "cancel all", "change a date"}

// lastSign is when a group was last heard of.
func (s *Snapshot) lastSign(g *Group, posts []*Post) time.Time {
	last := g.Registered
	for _, at := range []time.Time{g.LastPost, g.Heard} {
		if at.After(last) {
			last = at
		}
	}
	for _, p := range posts {
		for _, d := range p.Log {
			if d.At.After(last) && slices.Contains(signs, d.Do) {
				last = d.At
			}
		}
	}
	return last
}

// Quieter are groups that something stands of, and that nothing was heard of for too
// long: first those that are to be asked, then those that were asked and did not answer.
func (s *Snapshot) Quieter(now time.Time, in Silence, closed catalogue.Closed) (ask, rest []*Group) {
	if in.Ask <= 0 || in.Rest <= 0 {
		return nil, nil
	}
	posts := map[string][]*Post{}
	for _, p := range s.Posts {
		if p.Live != nil && p.Live.State == catalogue.Published {
			posts[p.Group] = append(posts[p.Group], p)
		}
	}
	for _, g := range s.ByName() {
		stands := slices.ContainsFunc(posts[g.ID], func(p *Post) bool { return !p.Live.Over(now, closed) })
		switch last := s.lastSign(g, posts[g.ID]); {
		case g.State != Open || !stands || now.Sub(last) < in.Ask:
		case !g.Quiet.After(last):
			ask = append(ask, g)
		case now.Sub(g.Quiet) >= in.Rest:
			rest = append(rest, g)
		}
	}
	return ask, rest
}

// Tend asks the groups that fell silent, and lets rest what nobody answered for. Every
// process does it, and as often as it likes: what was decided on has changed by then.
func (s *Store) Tend(ctx context.Context, f *Follower, in Silence, closed catalogue.Closed) error {
	ask, rest := f.Now().Quieter(s.now(), in, closed)
	for _, g := range ask {
		if err := s.tend(ctx, g, "ask", func(g *Group) { g.Quiet = s.now() }); err != nil {
			return err
		}
	}
	for _, g := range rest {
		if err := s.tend(ctx, g, "rest", func(g *Group) { g.State = Resting }); err != nil {
			return err
		}
	}
	if len(ask)+len(rest) > 0 {
		return f.Look(ctx)
	}
	return nil
}

// tend changes a group if it is still as it was when that was decided.
func (s *Store) tend(ctx context.Context, seen *Group, do string, change func(*Group)) error {
	_, err := s.changeGroup(ctx, do+":"+seen.ID+":"+strconv.FormatInt(seen.rev, 10), seen.ID, func(g *Group) error {
		if g.rev == seen.rev {
			change(g)
			g.Log = logged(g.Log, Done{s.now(), "house", do})
		}
		return nil
	})
	return err
}
