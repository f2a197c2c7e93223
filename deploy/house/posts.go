package house

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"engawa/flows"
	"engawa/flows/catalogue"
)

// shelf is everything that can be offered, as it stands: the cards of the content
// in force and what groups post. It is indexed anew when either changes, and with
// every day.
type shelf struct {
	house *house

	mu    sync.Mutex
	index *catalogue.Index
	of    string // what index was made of
}

// filters are the ways to look, as the catalogue calls them.
var filters = map[string]catalogue.Filter{"today": catalogue.Today, "week": catalogue.ThisWeek, "near": catalogue.Near,
	"online": catalogue.Online, "quiet": catalogue.Silent, "peers": catalogue.Peers, "family": catalogue.Family}

// offered are the kinds that a search for a place to be looks through. A telephone
// number is no place.
var offered = []catalogue.Kind{catalogue.Ibasho, catalogue.Event, catalogue.Role}

// perTurn is how many cards one answer shows.
const perTurn = 3

// posts answers what a turn asks the board; see [dialogue.Parts].
func (s *shelf) posts(q flows.PostQuery) ([]flows.Post, bool) {
	return s.find(s.house.bundle(), q)
}

// find is the same by any words: those of a preview need not be the ones in force.
func (s *shelf) find(b *flows.Bundle, q flows.PostQuery) ([]flows.Post, bool) {
	x, known := s.current(b, q.Now)
	if len(q.About) > 0 {
		return s.named(b, known, q), false
	}
	ask := catalogue.Ask{Words: strings.Join(q.Texts, "\n"), Kinds: offered, Limit: 4 * perTurn}
	if f, ok := filters[q.How]; ok {
		ask.Filters = []catalogue.Filter{f}
	}
	if q.Near != nil {
		near := catalogue.Round(q.Near.Lat, q.Near.Lng)
		ask.Near, ask.Filters = &near, append(ask.Filters, catalogue.Near)
	}
	found := x.Find(q.Now, ask)
	var posts []flows.Post
	for _, hit := range catalogue.Pick(found.Hits, perTurn) {
		posts = append(posts, s.post(b, hit.Entry, hit.Next, q))
	}
	return posts, found.Loose
}

// current gives the index of this day, and every entry by name, also those that
// are not offered any more.
func (s *shelf) current(b *flows.Bundle, now time.Time) (*catalogue.Index, map[string]*catalogue.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entries, version := s.house.offers(b)
	if of := b.Hash + " " + version + " " + string(catalogue.DayOf(now)); s.index == nil || s.of != of {
		s.index, s.of = catalogue.NewIndex(entries, b.House.Closed, now), of
	}
	known := make(map[string]*catalogue.Entry, len(entries))
	for _, e := range entries {
		known[e.ID] = e
	}
	return s.index, known
}

// named gives posts by name, in the order of the names.
func (s *shelf) named(b *flows.Bundle, known map[string]*catalogue.Entry, q flows.PostQuery) (posts []flows.Post) {
	for _, about := range q.About {
		id, day := flows.AboutOf(about)
		e := known[string(id)]
		if e == nil {
			posts = append(posts, flows.Post{ID: id, Day: day, Standing: flows.PostGone})
			continue
		}
		p := s.post(b, e, occurrence(e, day, q.Now, b.House.Closed), q)
		p.Day = day
		posts = append(posts, p)
	}
	return posts
}

// occurrence is the time of a day, or the next one.
func occurrence(e *catalogue.Entry, day string, now time.Time, closed catalogue.Closed) *catalogue.Occurrence {
	if day == "" {
		if o, ok := e.Next(now, closed); ok {
			return &o
		}
		return nil
	}
	from := now.AddDate(0, 0, -1)
	all := e.Occurrences(from, from.AddDate(1, 0, 0), closed)
	if i := slices.IndexFunc(all, func(o catalogue.Occurrence) bool { return string(o.Day) == day }); i >= 0 {
		return &all[i]
	}
	return nil
}

// post is an entry as a person may see it now.
func (s *shelf) post(b *flows.Bundle, e *catalogue.Entry, o *catalogue.Occurrence, q flows.PostQuery) flows.Post {
	p := flows.Post{ID: flows.PostID(e.ID), Told: catalogue.Told(e, q.Lang), Standing: standing(e, o, q.Now)}
	if o != nil {
		p.At = o.Start
	}
	if o != nil && e.Kind != catalogue.Service && e.Group != "" {
		p.Day = string(o.Day)
	}
	if p.Standing == flows.PostGone {
		return flows.Post{ID: p.ID, Day: p.Day, Standing: p.Standing}
	}
	if c := b.Cards[flows.CardID(e.ID)]; c != nil && e.Group == "" {
		p.Card = b.DrawAt(c, q.Lang, q.Now)
	} else {
		p.Card = catalogue.Draw(b, e, o, q.Lang, q.Now)
	}
	p.Page, p.Calendar = s.house.postPages(e)
	return p
}

func standing(e *catalogue.Entry, o *catalogue.Occurrence, now time.Time) flows.Standing {
	switch {
	case e.State == catalogue.Cancelled, o != nil && o.Off:
		return flows.PostCancelled
	case !e.Shown(now):
		return flows.PostGone
	case o != nil && !o.Was.IsZero():
		return flows.PostMoved
	}
	return flows.PostOn
}

// offers lists what can be offered, and a version that changes with it.
func (h *house) offers(b *flows.Bundle) ([]*catalogue.Entry, string) {
	all := catalogue.FromCards(b)
	if h.posted == nil {
		return all, ""
	}
	shot := h.posted.Now()
	return append(all, shot.Entries()...), strconv.FormatInt(shot.Version, 10)
}

// postPages are the addresses of an entry's public page and calendar.
func (h *house) postPages(e *catalogue.Entry) (page, calendar string) {
	if h.cfg.PublicURL == "" || e.Kind == catalogue.Contact || e.Kind == catalogue.Service {
		return "", ""
	}
	return h.cfg.PublicURL + "/event/" + e.ID, h.cfg.PublicURL + "/feed/event/" + e.ID + ".ics?openExternalBrowser=1" // LINE's own browser keeps no calendar file
}

// newsEvery is how often the board is looked through for what became of a post.
const newsEvery = 2 * time.Second

// tellNews tells those who kept a post, and asked to hear, what became of it. Every
// process looks; whatever is told twice reaches a lane once.
func (h *house) tellNews(ctx context.Context) error {
	return every(ctx, newsEvery, func() {
		if err := h.tellOnce(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("news of the board cannot be told yet", "err", err)
		}
	})
}

func (h *house) tellOnce(ctx context.Context) error {
	// A group that cannot be told must not keep residents from hearing that a date is off.
	return errors.Join(h.bringAnswers(ctx), h.tellGroups(ctx), h.tellKeepers(ctx))
}

// tellKeepers tells those who kept a post what became of it.
func (h *house) tellKeepers(ctx context.Context) error {
	now := h.clock()
	news, err := h.board.Untold(ctx, h.posted.Now().News(now))
	if err != nil {
		return err
	}
	for _, n := range news {
		if err := h.turns.News(ctx, n.ID, now, n.PostNews); err != nil {
			return err
		}
		if err := h.board.Told(ctx, n.ID); err != nil {
			return err
		}
	}
	return nil
}
