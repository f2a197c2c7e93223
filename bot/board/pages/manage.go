package pages

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"engawa/bot/board"
	"engawa/flows/catalogue"
	"engawa/flows/forms"
)

// postRow is a post in its group's list.
type postRow struct {
	ID, Title, State, When, Word string
	Over                         bool
}

type homeView struct {
	frame
	Member board.Member
	Posts  []postRow
	Draft  bool
	Asks   []asked
	Sent   bool
	Life   string // what its state says to its members: open, paused, resting, held, quiet
	Still  bool
	Act    string
	Rest   string
}

// home is a group's own page: what stands, and the way to post.
func (g *Pages) home(c echo.Context) error {
	w, err := g.enter(c)
	if err != nil {
		return err
	}
	v := homeView{frame: g.frame(w.group.Name), Member: w.member, Sent: c.QueryParam("sent") != "",
		Life: lifeOf(w.group), Still: c.QueryParam("still") != "", Act: board.NewID()}
	if g.Rest != nil {
		v.Rest = days(g.Rest())
	}
	v.Group, v.Token = w.group, w.token
	now := g.Now().In(catalogue.Tokyo)
	for _, p := range g.Board.Now().Of(w.group.ID) {
		v.Posts = append(v.Posts, g.row(p, now))
	}
	v.Posts = v.Posts[:min(len(v.Posts), 100)]
	if v.Asks, err = g.asks(c, w.group.ID); err != nil {
		return err
	}
	v.Draft = g.Store.Draft(c.Request().Context(), w.member.ID, &draft{}) == nil
	return g.render(c, http.StatusOK, "home", v)
}

// lifeOf is how a group stands, as its members should see it.
func lifeOf(g *board.Group) string {
	switch {
	case g.Held:
		return "held"
	case g.State == board.Open && !g.Quiet.IsZero():
		return "quiet"
	}
	return string(g.State)
}

// days says a stretch of time in days.
func days(d time.Duration) string { return strconv.Itoa(int(d.Hours())/24) + "日" }

func (g *Pages) row(p *board.Post, now time.Time) postRow {
	e := p.Newest()
	r := postRow{ID: p.ID, Title: e.Name(), State: stateWords(p), Word: p.Word, Over: e.Over(now, g.closed())}
	if r.Title == "" {
		r.Title = "取り下げられたもの"
	}
	if o, ok := e.Next(now, g.closed()); ok {
		r.When = o.Words(now)
	} else {
		r.When = "おわりました"
	}
	return r
}

func stateWords(p *board.Post) string {
	switch p.State {
	case board.Waits:
		if p.Live != nil {
			return "のっています。直したところは、縁側の担当の人が見ています"
		}
		return "縁側の担当の人が見ています"
	case board.Asked:
		return "担当の人から質問があります"
	case board.Refused:
		return "このままではのせられませんでした"
	}
	switch p.Live.State {
	case catalogue.Cancelled:
		return "中止にしました"
	case catalogue.Recalled:
		return "取り下げられました"
	}
	return "のっています"
}

type dateRow struct {
	Day   catalogue.Day
	Words string
	Off   bool
}

type manageView struct {
	frame
	P        *board.Post
	Row      postRow
	Dates    []dateRow
	Act      string
	Can      bool
	Tomorrow string
	Felt     []string
}

func (g *Pages) post(c echo.Context, w *who) (*board.Post, error) {
	p, err := g.Store.Post(c.Request().Context(), c.Param("post"))
	if err != nil {
		return nil, err
	}
	if p.Group != w.group.ID {
		return nil, board.ErrUnknown
	}
	return p, nil
}

func (g *Pages) managePage(c echo.Context) error {
	w, err := g.enter(c)
	if err != nil {
		return err
	}
	p, err := g.post(c, w)
	if err != nil {
		return err
	}
	now := g.Now().In(catalogue.Tokyo)
	v := manageView{frame: g.frame(p.Newest().Name()), P: p, Row: g.row(p, now), Act: board.NewID(), Tomorrow: now.AddDate(0, 0, 1).Format(time.DateOnly)}
	v.Group, v.Token = w.group, w.token
	if v.Felt, err = g.felt(c, p.ID); err != nil {
		return err
	}
	v.Can = p.Live != nil && p.Live.State == catalogue.Published
	if v.Can {
		for _, o := range p.Live.Occurrences(now, now.AddDate(0, 4, 0), g.closed()) {
			v.Dates = append(v.Dates, dateRow{o.Day, o.Words(now), o.Off})
		}
		v.Dates = v.Dates[:min(len(v.Dates), 12)]
	}
	return g.render(c, http.StatusOK, "manage", v)
}

// again makes a draft 「前と同じ」 with the next date: one tap here, one to send.
func (g *Pages) again(c echo.Context) error {
	w, err := g.enterForm(c)
	if err != nil {
		return err
	}
	p, err := g.post(c, w)
	if err != nil {
		return err
	}
	d := &draft{Act: board.NewID(), Entry: *p.Newest()}
	d.Entry.Times = slices.Clone(d.Entry.Times)
	for i := range d.Entry.Times {
		d.Entry.Times[i] = forms.Later(d.Entry.Times[i], g.Now())
	}
	if err := g.Store.SaveDraft(c.Request().Context(), w.member.ID, d); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/g/post?step=6")
}

// edit makes a draft of what stands, to be changed.
func (g *Pages) edit(c echo.Context) error {
	w, err := g.enterForm(c)
	if err != nil {
		return err
	}
	p, err := g.post(c, w)
	if err != nil {
		return err
	}
	d := &draft{Act: board.NewID(), Post: p.ID, Seen: p.Rev(), Entry: *p.Newest()}
	if err := g.Store.SaveDraft(c.Request().Context(), w.member.ID, d); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/g/post?step=1")
}

// cancel cancels one date, or all of them. It is seen at once.
func (g *Pages) cancel(c echo.Context) error {
	return g.change(c, func(c echo.Context, w *who, act, post string) error {
		ctx := c.Request().Context()
		if day := c.FormValue("day"); day != "" {
			_, err := g.Store.Cancel(ctx, act, w.group.ID, w.member.ID, post, catalogue.Day(day))
			return err
		}
		_, err := g.Store.CancelAll(ctx, act, w.group.ID, w.member.ID, post)
		return err
	})
}

// move postpones one date.
func (g *Pages) move(c echo.Context) error {
	return g.change(c, func(c echo.Context, w *who, act, post string) error {
		to, from, until := c.FormValue("to"), c.FormValue("from"), c.FormValue("until")
		ch := catalogue.Change{Day: catalogue.Day(c.FormValue("day")), Start: catalogue.Local(to + "T" + from), End: catalogue.Local(to + "T" + until)}
		_, err := g.Store.Postpone(c.Request().Context(), act, w.group.ID, w.member.ID, post, ch)
		return err
	})
}

func (g *Pages) change(c echo.Context, do func(c echo.Context, w *who, act, post string) error) error {
	w, err := g.enterForm(c)
	if err != nil {
		return err
	}
	act := c.FormValue("act")
	if len(act) != 16 {
		return errForm
	}
	if err := do(c, w, act+c.FormValue("day"), c.Param("post")); err != nil {
		if wrong := catalogue.Faults(err); len(wrong) > 0 {
			v := messageView{frame: g.frame("たしかめてください"), Says: wrong[0].Text, Then: "何も変わっていません。もどって、もう一度できます。", Link: "/g/p/" + c.Param("post"), Act: "もどる"}
			return g.render(c, http.StatusUnprocessableEntity, "message", v)
		}
		return err
	}
	if err := g.Board.Look(c.Request().Context()); err != nil {
		g.Log.Warn("the board cannot be read", "err", err)
	}
	return c.Redirect(http.StatusSeeOther, "/g/p/"+c.Param("post"))
}
