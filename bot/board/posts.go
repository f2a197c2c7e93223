package board

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"engawa/flows/catalogue"
)

// mostPerDay is how many posts one group may send in: more is no group.
const mostPerDay = 200

// Submit sends in a new post, or a new version of one. seen is the Rev of the
// post that the writer began from, 0 for a new one; if somebody else has changed
// it since, the writer is told with ErrEdited and nothing is lost on either side.
// The same act twice is one post.
func (s *Store) Submit(ctx context.Context, act, group, member, post string, seen int64, e *catalogue.Entry) (*Post, error) {
	return s.submitAs(ctx, act, group, member, post, seen, e, func(g *Group) bool { _, ok := g.Member(member); return ok })
}

// SubmitFor is Submit by somebody of the house on behalf of a group, as when its
// list comes in a file. It waits for a facilitator like any other.
func (s *Store) SubmitFor(ctx context.Context, act, group, by, post string, seen int64, e *catalogue.Entry) (*Post, error) {
	return s.submitAs(ctx, act, group, by, post, seen, e, func(*Group) bool { return true })
}

func (s *Store) submitAs(ctx context.Context, act, group, by, post string, seen int64, e *catalogue.Entry, may func(*Group) bool) (*Post, error) {
	if post == "" {
		post = act
	}
	err := again(func() error { return s.submitOnce(ctx, act, group, by, post, seen, e, may) })
	if err != nil {
		return nil, err
	}
	return s.Post(ctx, post)
}

func (s *Store) submitOnce(ctx context.Context, act, group, by, post string, seen int64, e *catalogue.Entry, may func(*Group) bool) error {
	g, p, err := s.owned(ctx, group, post, may)
	if err != nil && (g == nil || !errors.Is(err, ErrUnknown)) {
		return err
	}
	if p == nil {
		p = &Post{ID: post, Group: group, Created: s.now()}
	}
	if p.rev != seen {
		return edited{s.unless(ctx, act, ErrEdited)}.err()
	}
	if p.Live != nil && p.Live.State == catalogue.Recalled {
		return ErrState
	}
	copied := *e
	copied.ID = post
	if err := copied.Check(); err != nil {
		return err
	}
	if err := s.limit(ctx, "post:"+group, mostPerDay, 24*time.Hour); err != nil {
		return s.unless(ctx, act, err)
	}
	p.submit(g, &copied, by, s.now())
	g.LastPost = s.now()
	if g.State != Paused { // who paused it says themselves when it goes on
		g.goesOn(s.now())
	}
	_, _, err = s.write(ctx, act, document{postDoc(post), p.rev, p}, document{groupDoc(group), g.rev, g})
	return err
}

// edited keeps again from trying again: what the writer saw is old for good.
type edited struct{ error }

func (e edited) err() error {
	if errors.Is(e.error, ErrEdited) {
		return &told{ErrEdited}
	}
	return e.error
}

// told is ErrEdited for a person, not for a second try.
type told struct{ why error }

func (t *told) Error() string { return t.why.Error() }

// Edited tells that somebody else was quicker with the same post.
func Edited(err error) bool {
	var t *told
	return errors.As(err, &t) || errors.Is(err, ErrEdited)
}

// mine reads group and post for a member who may post.
func (s *Store) mine(ctx context.Context, group, member, post string) (*Group, *Post, error) {
	return s.owned(ctx, group, post, func(g *Group) bool { _, ok := g.Member(member); return ok })
}

// owned reads a group and a post of it.
func (s *Store) owned(ctx context.Context, group, post string, may func(*Group) bool) (*Group, *Post, error) {
	g, err := s.Group(ctx, group)
	if err != nil {
		return nil, nil, errors.Join(ErrMay, err)
	}
	if g.State == Recalled || !may(g) {
		return nil, nil, ErrMay
	}
	p, err := s.Post(ctx, post)
	if err != nil {
		return g, nil, err
	}
	if p.Group != group {
		return nil, nil, ErrMay
	}
	return g, p, nil
}

// changePost reads a post, lets change decide, and writes it.
func (s *Store) changePost(ctx context.Context, act, id string, change func(p *Post) error) (p *Post, err error) {
	err = again(func() error {
		if p, err = s.Post(ctx, id); err != nil {
			return err
		}
		if err := change(p); err != nil {
			return s.unless(ctx, act, err)
		}
		p.Changed = s.now()
		n, done, err := s.write(ctx, act, document{postDoc(id), p.rev, p})
		if done {
			p, err = s.Post(ctx, id)
			return err
		}
		p.rev = n
		return err
	})
	return p, err
}

// Verdict is what a facilitator decides about a post that waits.
type Verdict string

// The verdicts. Asking back and refusing need words.
const (
	Accept  Verdict = "accept"
	AskBack Verdict = "ask"
	Refuse  Verdict = "refuse"
)

// Decide carries out a verdict on the version that the facilitator saw.
func (s *Store) Decide(ctx context.Context, act, post string, version int, v Verdict, words, by string) (*Post, error) {
	return s.changePost(ctx, act, post, func(p *Post) error {
		if p.Version != version {
			return &told{ErrEdited}
		}
		if p.State != Waits && p.State != Asked || p.Next == nil {
			return ErrState
		}
		words = clip(strings.TrimSpace(words), 400)
		switch v {
		case Accept:
			p.publish(by, s.now())
		case AskBack, Refuse:
			if words == "" {
				return &catalogue.Fault{Field: "words", Text: "会の人に伝えることばを書いてください。"}
			}
			p.Word, p.State = words, map[Verdict]PostState{AskBack: Asked, Refuse: Refused}[v]
		default:
			return ErrState
		}
		p.Log = logged(p.Log, Done{s.now(), by, string(v)})
		return nil
	})
}

// Looked says that a facilitator has looked at a sample.
func (s *Store) Looked(ctx context.Context, act, post, by string) (*Post, error) {
	return s.changePost(ctx, act, post, func(p *Post) error {
		p.Sample = false
		p.Log = logged(p.Log, Done{s.now(), by, "looked"})
		return nil
	})
}

// Verify notes that somebody has looked whether what stands is still so.
func (s *Store) Verify(ctx context.Context, act, post, name string, day time.Time, by string) (*Post, error) {
	return s.changePost(ctx, act, post, func(p *Post) error {
		if p.Live == nil || p.Live.State != catalogue.Published {
			return ErrState
		}
		live := *p.Live
		live.Verified, live.By = day, name
		p.Live = &live
		p.Log = logged(p.Log, Done{s.now(), by, "verify"})
		return nil
	})
}

// Recall takes one post back: of what stood nothing is shown again but its dates.
func (s *Store) Recall(ctx context.Context, act, post, by string) (*Post, error) {
	return s.changePost(ctx, act, post, func(p *Post) error {
		if p.Live == nil {
			return ErrState
		}
		p.Live = bare(p.Live)
		p.Live.State, p.Live.Changed, p.Next, p.State = catalogue.Recalled, s.now(), nil, Stands
		p.Log = logged(p.Log, Done{s.now(), by, "recall"})
		return nil
	})
}

// CancelAll cancels every date of a post. It is seen at once: nobody shall stand
// before a closed door because an approval was missing.
func (s *Store) CancelAll(ctx context.Context, act, group, member, post string) (*Post, error) {
	return s.changeLive(ctx, act, group, member, post, "cancel all", func(e *catalogue.Entry) error {
		e.State = catalogue.Cancelled
		return nil
	})
}

// Cancel cancels one date; Postpone moves it.
func (s *Store) Cancel(ctx context.Context, act, group, member, post string, day catalogue.Day) (*Post, error) {
	return s.Postpone(ctx, act, group, member, post, catalogue.Change{Day: day})
}

// Postpone moves one date, or cancels it if no new time is given.
func (s *Store) Postpone(ctx context.Context, act, group, member, post string, c catalogue.Change) (*Post, error) {
	return s.changeLive(ctx, act, group, member, post, "change a date", func(e *catalogue.Entry) error {
		for i := range e.Times {
			w := &e.Times[i]
			on := &catalogue.When{Start: w.Start, End: w.End, Zone: w.Zone, Rule: w.Rule, Except: w.Except, Extra: w.Extra}
			from, err := (catalogue.Local(string(c.Day) + "T00:00")).In(w.Location())
			if err != nil {
				return &catalogue.Fault{Field: "day", Text: "日にちが読めません。"}
			}
			had, err := on.Occurrences(from, from.Add(24*time.Hour), nil)
			if err != nil || !slices.ContainsFunc(had, func(o catalogue.Occurrence) bool { return o.Day == c.Day }) {
				continue
			}
			w.Changes = append(slices.DeleteFunc(slices.Clone(w.Changes), func(o catalogue.Change) bool { return o.Day == c.Day }), c)
			return e.Check()
		}
		return &catalogue.Fault{Field: "day", Text: "その日の予定はありません。"}
	})
}

// changeLive changes what residents see, and what waits beside it.
func (s *Store) changeLive(ctx context.Context, act, group, member, post, do string, change func(*catalogue.Entry) error) (*Post, error) {
	if _, _, err := s.mine(ctx, group, member, post); err != nil {
		return nil, err
	}
	return s.changePost(ctx, act, post, func(p *Post) error {
		if p.Live == nil || p.Live.State != catalogue.Published {
			return ErrState
		}
		live := *p.Live
		live.Times = slices.Clone(live.Times)
		if err := change(&live); err != nil {
			return err
		}
		live.Changed = s.now()
		p.Live = &live
		if p.Next != nil {
			next := *p.Next
			next.Times = slices.Clone(next.Times)
			if change(&next) == nil {
				next.State = catalogue.Waiting
				p.Next = &next
			}
		}
		p.Log = logged(p.Log, Done{s.now(), member, do})
		return nil
	})
}
