package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"engawa/flows"
)

// Content is what the house says and whom it names, as far as the console may put it
// right. What is put right lies over the release in force until a release says it too.
type Content interface {
	Cards(ctx context.Context) ([]Offer, error)
	Card(ctx context.Context, id string) (Offer, error)
	Verify(ctx context.Context, ids []string, name string, day time.Time, by string) error
	Change(ctx context.Context, id string, seen int64, fields map[string]string, by string) error
	Hours(ctx context.Context) (HouseHours, error)
	SetHours(ctx context.Context, seen int64, hours string, by string) error
	Close(ctx context.Context, day time.Time, why string, by string) error
	Reopen(ctx context.Context, day time.Time, by string) error
	Drafts(ctx context.Context) ([]Draft, error)
	Draft(ctx context.Context, file string) (Draft, error)
	Confirm(ctx context.Context, file, hash, name, by string) error
	Releases
}

// What Content answers besides.
var (
	ErrTaken     = errors.New("console: somebody else has changed this meanwhile")
	ErrNoContent = errors.New("console: no such card or file")
	ErrSame      = errors.New("console: the same person again")
)

// Refused is why something was not put in force: sentences for the one who tried.
type Refused struct{ Why []string }

func (*Refused) Error() string { return "console: the content refuses it" }

// Offer is one contact, place or service as the house names it now.
type Offer struct {
	ID, Kind, Title string
	Why             string // unverified, expired, soon; "" = fine
	Always          bool   // 110, 119, 189
	Until, Day      time.Time
	Shown           time.Time // until when residents see it; zero: nobody has verified it
	History         []Done    // what was put right here since its last release
	By, Source      string
	Instead         string            // what residents see meanwhile; "" nothing
	Fields          map[string]string // by the names of offerFields
	Seen            int64             // which change of it this is
}

// offerFields are what the console may change of a card, in the order of the page.
var offerFields = []string{"phone", "hours", "week", "place", "arrive", "lead"}

// HouseHours is when somebody reads, and when nobody does.
type HouseHours struct {
	Week   string // 平日: 9:00-17:00
	Closed []ClosedDay
	Seen   int64
}

// ClosedDay is a day on which nobody reads.
type ClosedDay struct {
	Day time.Time
	Why string
}

// Draft is a file whose sentences wait for a person's confirmation.
type Draft struct {
	File, Lang, Hash string
	By               string // who had confirmed it before the words changed
	Sentences        []Rendered
}

// Rendered is one that residents may see, beside the Japanese it was made from.
type Rendered struct{ Ja, Text string }

var contentRoutes = []route{
	{http.MethodGet, "/content", counts, (*console).content},
	{http.MethodPost, "/content/verify", repairs, (*console).verify},
	{http.MethodGet, "/content/card/:id", counts, (*console).card},
	{http.MethodPost, "/content/card/:id", repairs, (*console).changeCard},
	{http.MethodPost, "/content/hours", publishes, (*console).setHours},
	{http.MethodPost, "/content/close", repairs, (*console).closeDay},
	{http.MethodPost, "/content/reopen", repairs, (*console).reopenDay},
	{http.MethodGet, "/content/draft", counts, (*console).draft},
	{http.MethodPost, "/content/draft", repairs, (*console).confirmDraft},
	{http.MethodGet, "/content/releases", counts, (*console).releases},
	{http.MethodPost, "/content/publish", publishes, (*console).publish},
	{http.MethodPost, "/content/recall", publishes, (*console).recall},
}

// contentDid are the sentences that may follow a form of these pages.
var contentDid = []string{"verified", "mended", "confirmed", "publishing", "recalled"}

// contentView is the page 「ことばと連絡先」.
type contentView struct {
	Page           page
	Alarms         []alarmView
	Trouble        []string
	Mends          bool // this person may put things right
	Publishes      bool
	Tries          bool // the words can be tried out
	Waiting, Soon  []offerView
	Fine           []offerView
	Name, Day, Max string
	Hours          HouseHours
	Closed         []closedView
	Drafts         []draftRow
	Sentences      int
}

type offerView struct {
	ID, Title, Kind, Why, Source, Instead, Phone string
}

type closedView struct{ Value, Text string }

type draftRow struct{ Href, Name, Lang, Was string }

func (c *console) content(v *visit) error { return c.contentPage(v, http.StatusOK, nil) }

func (c *console) contentPage(v *visit, status int, trouble []string) error {
	if c.Content == nil {
		return errMissing
	}
	ctx, say, now := v.Request().Context(), c.pages.say(v.Taste.Lang), c.now()
	view := contentView{Trouble: trouble, Mends: v.has(repairs), Publishes: v.has(publishes), Tries: c.Preview != nil, Name: v.Alias, Day: now.Format(time.DateOnly), Max: now.Format(time.DateOnly)}
	cards, err := c.Content.Cards(ctx)
	if err != nil {
		return err
	}
	for _, o := range cards {
		one := c.offerView(o, say)
		switch o.Why {
		case "":
			view.Fine = append(view.Fine, one)
		case "soon":
			view.Soon = append(view.Soon, one)
		default:
			view.Waiting = append(view.Waiting, one)
		}
	}
	if view.Hours, err = c.Content.Hours(ctx); err != nil {
		return err
	}
	for _, d := range view.Hours.Closed {
		if days(now, d.Day) >= 0 {
			view.Closed = append(view.Closed, closedView{d.Day.Format(time.DateOnly), say.date(d.Day) + " " + d.Why})
		}
	}
	if err := c.drafts(ctx, &view, say); err != nil {
		return err
	}
	if view.Alarms, err = c.alarmViews(ctx, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "content", say("content.title"))
	return c.render(v, status, "content", view)
}

// drafts lists the files whose sentences wait for somebody to read them.
func (c *console) drafts(ctx context.Context, view *contentView, say sayer) error {
	all, err := c.Content.Drafts(ctx)
	for _, d := range all {
		row := draftRow{Href: "/content/draft?file=" + url.QueryEscape(d.File), Name: d.File, Lang: langName(d.Lang, say)}
		if d.By != "" {
			row.Was = say("content.stale", "name", d.By)
		}
		view.Drafts = append(view.Drafts, row)
		view.Sentences += len(d.Sentences)
	}
	return err
}

func (c *console) offerView(o Offer, say sayer) offerView {
	now := c.now()
	one := offerView{ID: o.ID, Title: o.Title, Kind: say("kind." + o.Kind), Source: o.Source, Phone: o.Fields["phone"]}
	switch {
	case o.Always:
		one.Why = say("content.always")
	case o.Why == "unverified":
		one.Why = say("content.unverified")
	case o.Why == "expired":
		one.Why = say("content.expired", "day", say.date(o.Until.In(c.zone())))
	case o.Why == "soon":
		one.Why = say("content.soon", "day", say.coming(o.Until.In(c.zone()), now))
	case !o.Day.IsZero():
		one.Why = say("content.verified", "day", say.date(o.Day), "name", o.By)
	}
	if o.Why != "" && o.Why != "soon" {
		one.Instead = say("content.nothing")
		if o.Instead != "" {
			one.Instead = say("content.instead", "title", o.Instead)
		}
	}
	return one
}

// verify notes that a person has called, gone or looked: for every card that is ticked.
func (c *console) verify(v *visit) error {
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	say := c.pages.say(v.Taste.Lang)
	ids, name := v.Request().PostForm["id"], strings.TrimSpace(v.form("name"))
	day, err := time.ParseInLocation(time.DateOnly, v.form("day"), c.zone())
	switch {
	case len(ids) == 0:
		return c.contentPage(v, http.StatusUnprocessableEntity, []string{say("content.notick")})
	case name == "" || len([]rune(name)) > 40:
		return c.contentPage(v, http.StatusUnprocessableEntity, []string{say("content.noname")})
	case err != nil || day.After(c.now()) || len(ids) > 500 || slices.ContainsFunc(ids, func(id string) bool { return !idShape.MatchString(id) }):
		return c.contentPage(v, http.StatusUnprocessableEntity, []string{say("content.badday")})
	}
	if err := c.Content.Verify(v.Request().Context(), ids, name, day, v.Name); err != nil {
		return c.contentRefused(v, err, c.contentPage)
	}
	return v.Redirect(http.StatusSeeOther, "/content?did=verified")
}

// contentRefused shows a page again with why something was not taken.
func (c *console) contentRefused(v *visit, err error, again func(*visit, int, []string) error) error {
	say := c.pages.say(v.Taste.Lang)
	var refused *Refused
	switch {
	case errors.As(err, &refused):
		return again(v, http.StatusUnprocessableEntity, append([]string{say("content.refused")}, refused.Why...))
	case errors.Is(err, ErrTaken):
		return again(v, http.StatusConflict, []string{say("content.taken")})
	case errors.Is(err, ErrSame):
		return again(v, http.StatusForbidden, []string{say("content.same")})
	}
	return err
}

func (c *console) setHours(v *visit) error {
	seen, err := v.seen()
	if err != nil {
		return err
	}
	if err := c.Content.SetHours(v.Request().Context(), seen, v.form("week"), v.Name); err != nil {
		return c.contentRefused(v, err, c.contentPage)
	}
	return v.Redirect(http.StatusSeeOther, "/content?did=mended")
}

// seen reads which change of a thing the form was made from.
func (v *visit) seen() (int64, error) {
	if err := v.Request().ParseForm(); err != nil {
		return 0, badForm(err)
	}
	n, err := strconv.ParseInt(v.form("seen"), 10, 64)
	if err != nil {
		return 0, errBad
	}
	return n, nil
}

func (c *console) closeDay(v *visit) error {
	return c.onDay(v, func(ctx context.Context, day time.Time) error {
		why := strings.TrimSpace(v.form("why"))
		if why == "" || len([]rune(why)) > 40 {
			return &Refused{Why: []string{c.pages.say(v.Taste.Lang)("content.noreason")}}
		}
		return c.Content.Close(ctx, day, why, v.Name)
	})
}

func (c *console) reopenDay(v *visit) error {
	return c.onDay(v, func(ctx context.Context, day time.Time) error { return c.Content.Reopen(ctx, day, v.Name) })
}

// onDay does something about one day of the calendar.
func (c *console) onDay(v *visit, do func(context.Context, time.Time) error) error {
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	day, err := time.ParseInLocation(time.DateOnly, v.form("day"), c.zone())
	if err != nil || c.Content == nil {
		return errBad
	}
	if err := do(v.Request().Context(), day); err != nil {
		return c.contentRefused(v, err, c.contentPage)
	}
	return v.Redirect(http.StatusSeeOther, "/content?did=mended")
}

// langName is how a language is called on the page.
func langName(l string, say sayer) string {
	if l == "" {
		l = string(flows.Ja)
	}
	return say("lang." + l)
}
