package console

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"engawa/handoff/staff"
)

// The room where somebody looks again at what was true once: places and numbers of the
// content, and what groups have posted, in one list, what falls due this week first.

// PeerDue is a post of a group that residents see, and until when.
type PeerDue struct {
	ID, Title, Group, GroupID string
	When                      string
	Until, Day                time.Time // shown until; looked at
	By                        string
	History                   []Done
}

// Rechecks is what the groups part knows of posts that stand.
type Rechecks interface {
	Due(ctx context.Context) ([]PeerDue, error)
	Confirm(ctx context.Context, act string, posts []string, name string, day time.Time, by string) error
}

var rechecks = []staff.Role{staff.Facilitator, staff.Supervisor, staff.Coordinator, staff.Administrator}

var recheckRoutes = []route{
	{http.MethodGet, "/recheck", rechecks, (*console).recheck},
	{http.MethodPost, "/recheck", rechecks, (*console).confirmDue},
}

var recheckDid = []string{"rechecked"}

// dueView is one row of the list.
type dueView struct {
	Tick, Title, Kind, Href, Says, Last string
	until                               time.Time
	History                             []historyRow
}

type historyRow struct{ Day, By, What string }

type recheckView struct {
	Page             page
	Alarms           []alarmView
	Trouble          string
	Now, Later       []dueView // what is due by the end of the week, and the others
	Name, Day, Max   string
	Act              string
	Groups, Contents bool
}

func (c *console) recheck(v *visit) error { return c.recheckPage(v, http.StatusOK, "") }

// aWeek is what 「this week」 means here: seven days on.
const aWeek = 7 * 24 * time.Hour

func (c *console) recheckPage(v *visit, status int, trouble string) error {
	ctx, say, now := v.Request().Context(), c.pages.say(v.Taste.Lang), c.now()
	view := recheckView{Trouble: trouble, Name: v.Alias, Day: now.Format(time.DateOnly), Max: now.Format(time.DateOnly), Act: newAct()}
	view.Groups, view.Contents = c.Groups != nil && v.has(guides), c.Content != nil && v.has(repairs)
	rows, err := c.dueRows(ctx, &view, say, now)
	if err != nil {
		return err
	}
	slices.SortStableFunc(rows, func(a, b dueView) int { return a.until.Compare(b.until) })
	for _, r := range rows {
		if r.until.Before(now.Add(aWeek)) {
			view.Now = append(view.Now, r)
		} else {
			view.Later = append(view.Later, r)
		}
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "recheck", say("recheck.title"))
	return c.render(v, status, "recheck", view)
}

func (c *console) dueRows(ctx context.Context, view *recheckView, say sayer, now time.Time) (rows []dueView, err error) {
	if view.Groups {
		posts, err := c.Groups.Due(ctx)
		if err != nil {
			return nil, err
		}
		for _, p := range posts {
			rows = append(rows, dueView{Tick: "post:" + p.ID, Title: p.Title, Kind: p.Group, Href: "/group/" + p.GroupID, Says: dueWords(p.Until, now, say), until: p.Until,
				Last: seenWords(p.Day, p.By, say), History: c.historyRows(p.History, say)})
		}
	}
	if view.Contents {
		cards, err := c.Content.Cards(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range cards {
			if o.Always {
				continue
			}
			rows = append(rows, dueView{Tick: "card:" + o.ID, Title: o.Title, Kind: say("kind." + o.Kind), Href: "/content/card/" + o.ID, Says: dueWords(o.Shown, now, say), until: o.Shown,
				Last: seenWords(o.Day, o.By, say), History: c.historyRows(o.History, say)})
		}
	}
	return rows, nil
}

func dueWords(until, now time.Time, say sayer) string {
	switch {
	case until.IsZero():
		return say("recheck.never")
	case !until.After(now):
		return say("recheck.over", "day", say.date(until))
	}
	return say("recheck.until", "day", say.date(until))
}

func seenWords(day time.Time, by string, say sayer) string {
	if day.IsZero() || by == "" {
		return ""
	}
	return say("content.verified", "day", say.date(day), "name", by)
}

func (c *console) historyRows(all []Done, say sayer) (rows []historyRow) {
	for _, d := range slices.Backward(all) {
		what := d.What // what a field says now; else what was done, by its key
		if what == "" {
			what = say("recheck.did." + d.Do)
		}
		rows = append(rows, historyRow{d.At.In(c.zone()).Format("2006-01-02"), d.By, what})
	}
	return rows
}

// confirmDue notes for all that is ticked that one person has looked.
func (c *console) confirmDue(v *visit) error {
	act, err := formAct(v)
	if err != nil {
		return err
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	name := strings.TrimSpace(v.form("name"))
	day, err := time.ParseInLocation(time.DateOnly, v.form("day"), c.zone())
	ticks := v.Request().PostForm["id"]
	var posts, cards []string
	for _, tick := range ticks {
		kind, id, _ := strings.Cut(tick, ":")
		switch {
		case !idShape.MatchString(id):
			return errBad
		case kind == "post" && v.has(guides):
			posts = append(posts, id)
		case kind == "card" && v.has(repairs):
			cards = append(cards, id)
		default:
			return errBad
		}
	}
	switch {
	case len(ticks) == 0:
		return c.recheckPage(v, http.StatusUnprocessableEntity, say("content.notick"))
	case name == "" || len([]rune(name)) > 40:
		return c.recheckPage(v, http.StatusUnprocessableEntity, say("content.noname"))
	case err != nil || day.After(c.now()) || len(ticks) > 500:
		return c.recheckPage(v, http.StatusUnprocessableEntity, say("content.badday"))
	}
	if len(posts) > 0 {
		err = c.Groups.Confirm(ctx, act, posts, name, day, v.Name)
	}
	if err == nil && len(cards) > 0 {
		err = c.Content.Verify(ctx, cards, name, day, v.Name)
	}
	if err != nil {
		return c.contentRefused(v, err, func(v *visit, status int, why []string) error {
			return c.recheckPage(v, status, strings.Join(why, " "))
		})
	}
	return v.Redirect(http.StatusSeeOther, "/recheck?did=rechecked")
}
