package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/find"
)

// Search looks for words among cases. Nothing is indexed: words are opened in this
// process, looked through and forgotten.
type Search struct {
	Desk  Searched
	Talks func(ctx context.Context, persons []flows.PersonID, keep func(text string) bool) (map[flows.PersonID][]Line, error)
}

// Searched is what the search asks of the desk; *handoff.Desk is one.
type Searched interface {
	Searchable(ctx context.Context) ([]flows.CaseID, error)
	Rows(ctx context.Context, ids []flows.CaseID) ([]handoff.Row, error)
	Found(ctx context.Context, ids []flows.CaseID, by handoff.Staff) error
}

var searchRoutes = []route{
	{http.MethodGet, "/search", reads, (*console).search},
	{http.MethodPost, "/search", reads, (*console).search},
}

// The search reads so many cases at once, side by side, which bounds its memory;
// it shows so many, and gives up after so long.
const (
	searchPage  = 250
	searchWide  = 4
	searchShown = 30
	searchFor   = 8 * time.Second
)

// Hit is the newest line of one case in which all words stand.
type Hit struct {
	Row  handoff.Row
	Line Line
}

// searchView is the page of the search.
type searchView struct {
	Page    page
	Alarms  []alarmView
	Query   string
	Asked   bool
	Hits    []hitView
	More    bool
	Trouble string
	Old     string // that older talks are not looked through for this visitor
}

type hitView struct {
	ID, Alias, Time, ISO, Standing, By string
	Found                              find.Snippet
}

// search shows what was found. The words are posted, so that they stand in no
// address; whoever is shown a line of a case is named in its log.
func (c *console) search(v *visit) error {
	if c.Search == nil {
		return errMissing
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	view := searchView{Query: cut(v.form("q"), 60)}
	q := find.Read(view.Query)
	if view.Asked = !q.Empty() && v.Request().Method == http.MethodPost; view.Asked {
		within, stop := context.WithTimeout(ctx, searchFor)
		defer stop()
		far, err := c.viewOf(within, v)
		if err != nil {
			return err
		}
		hits, err := c.Search.Find(within, q, func(k handoff.Case) bool { return far.Holds(k, c.now()) })
		if err != nil {
			return err
		}
		view.More = len(hits) > searchShown
		hits = hits[:min(len(hits), searchShown)]
		if err := c.Search.Desk.Found(ctx, idsOf(hits), v.by()); err != nil {
			return err // what cannot be written down is not shown
		}
		for _, h := range hits {
			view.Hits = append(view.Hits, c.hitView(v, h, q, say))
		}
	}
	if c.ViewFor > 0 && !v.has(opens) {
		view.Old = say("search.old", "days", c.viewDays())
	}
	var err error
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "search", say("search.title"))
	return c.render(v, http.StatusOK, "search", view)
}

func idsOf(hits []Hit) (ids []flows.CaseID) {
	for _, h := range hits {
		ids = append(ids, h.Row.ID)
	}
	return ids
}

func (c *console) hitView(v *visit, h Hit, q find.Query, say sayer) hitView {
	at := h.Line.At.In(c.zone())
	out := hitView{
		ID: string(h.Row.ID), Alias: aliasOf(h.Row.Alias, say), Time: say.day(at, c.now()) + " " + at.Format("15:04"), ISO: at.Format(time.RFC3339),
		By: say("by.resident", "alias", aliasOf(h.Row.Alias, say)), Found: q.Cut(h.Line.Text, 40),
	}
	if h.Line.By == "staff" {
		out.By = say("by.staff", "staff", h.Line.Staff)
	}
	if c.harsh(h.Line.Text) {
		out.Found = find.Snippet{Before: say("row.harsh")}
	}
	var head caseView
	c.stand(&head, h.Row, v, say)
	out.Standing = head.Standing
	return out
}

// Find looks through all cases that may be looked into, newest talk first, and gives one
// more hit than is shown. Words that no coordinator has opened stay sealed here too.
func (s *Search) Find(ctx context.Context, q find.Query, may func(handoff.Case) bool) ([]Hit, error) {
	ids, err := s.Desk.Searchable(ctx)
	if err != nil {
		return nil, err
	}
	var (
		mu    sync.Mutex
		all   []Hit
		fault error
		wide  sync.WaitGroup
		pages = slices.Collect(slices.Chunk(ids, searchPage))
		next  = make(chan []flows.CaseID, len(pages))
	)
	for _, p := range pages {
		next <- p
	}
	close(next)
	for range searchWide {
		wide.Go(func() {
			for page := range next {
				hits, err := s.page(ctx, q, page, may)
				mu.Lock()
				all = newest(append(all, hits...))
				if err != nil {
					fault = err
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	wide.Wait()
	return all, fault
}

// newest keeps no more than is shown, and one that says there are more.
func newest(all []Hit) []Hit {
	slices.SortFunc(all, func(a, b Hit) int {
		return cmp.Or(b.Line.At.Compare(a.Line.At), cmp.Compare(a.Row.ID, b.Row.ID))
	})
	return all[:min(len(all), searchShown+1)]
}

func (s *Search) page(ctx context.Context, q find.Query, ids []flows.CaseID, may func(handoff.Case) bool) (hits []Hit, err error) {
	rows, err := s.Desk.Rows(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r handoff.Row) bool { return !readable(r.Case) || !may(r.Case) })
	var persons []flows.PersonID
	for _, r := range rows {
		persons = append(persons, r.Person)
	}
	slices.Sort(persons)
	talks, err := s.Talks(ctx, slices.Compact(persons), q.In)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		for _, l := range slices.Backward(talks[r.Person]) {
			opened := l.By == "staff" || !l.At.Truncate(time.Millisecond).After(r.ReadTo)
			if opened && !l.Gone && r.Shows(l.At) {
				hits = append(hits, Hit{Row: r, Line: l})
				break
			}
		}
	}
	return hits, nil
}

// readable: somebody has opened words of the case, and its person has not deleted them.
func readable(k handoff.Case) bool {
	return k.Person != "" && k.Forgotten.IsZero() && (!k.ReadTo.IsZero() || !k.Answered.IsZero())
}
