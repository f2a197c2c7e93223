package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"engawa/flows"
)

// ErrEnd says that the end of a switch is past, or too far away.
var ErrEnd = errors.New("console: the end of the switch is past or too far away")

// Notices are the two switches of the house: nobody is there today, and a disaster.
type Notices interface {
	Now() flows.Notice // from memory: it is asked for every page
	Standing(ctx context.Context) (flows.Notice, []Switched, error)
	// Shown is what residents will meet from now on if this is set.
	Shown(kind string, until time.Time) Shown
	Set(ctx context.Context, act, kind string, until time.Time, by string) error
	End(ctx context.Context, act, kind, by string) error
}

// Switched is one entry of the log, the newest first.
type Switched struct {
	Kind  string
	Until time.Time // zero: it was ended
	By    string
	At    time.Time
}

// Shown is what residents read, in Japanese.
type Shown struct {
	Menu  string // what stands over the menu
	First string // its first entry
	Wait  string // the answer to 「人と話したい」
}

// switches are the kinds, in the order of the page.
var switches = []string{"away", "disaster"}

var noticeRoutes = []route{
	{http.MethodGet, "/notices", keepsHours, (*console).notices},
	{http.MethodGet, "/notices/sure", keepsHours, (*console).noticeSure},
	{http.MethodPost, "/notices/set", keepsHours, (*console).noticeSet},
	{http.MethodPost, "/notices/end", keepsHours, (*console).noticeEnd},
}

// endOf is the end of one switch.
func endOf(n flows.Notice, kind string) time.Time {
	if kind == "disaster" {
		return n.Disaster
	}
	return n.Away
}

// tellingView is the calm line at the top of every page while a switch is on.
type tellingView struct {
	Lines   []string
	Changes bool // this person may change it
}

func (c *console) telling(v *visit, say sayer) *tellingView {
	if c.Notices == nil || v.Name == "" {
		return nil
	}
	out, n, now := tellingView{Changes: v.has(keepsHours)}, c.Notices.Now(), c.now()
	for _, kind := range switches {
		if end := endOf(n, kind); now.Before(end) {
			out.Lines = append(out.Lines, say("switch.line."+kind, "until", say.coming(end.In(c.zone()), now)))
		}
	}
	if out.Lines == nil {
		return nil
	}
	return &out
}

// noticesView is the page of the switches; Sure is set on the page that asks once.
type noticesView struct {
	Page     page
	Alarms   []alarmView
	Trouble  string
	Switches []switchView
	Log      []doneView
	Sure     *sureView
}

type switchView struct {
	Kind, Name, Says, Act string
	On                    string // until when and by whom; "" = off
	Date, Clock           string // of the form
	Min, Max              string // days that can be chosen
}

type sureView struct {
	Kind, Name, Act, Date, Clock, Until string
	Shown                               Shown
	Both                                string // the other switch is on too
}

func (c *console) notices(v *visit) error { return c.noticesPage(v, http.StatusOK, "") }

func (c *console) noticesPage(v *visit, status int, trouble string) error {
	if c.Notices == nil {
		return errMissing
	}
	ctx, say, now := v.Request().Context(), c.pages.say(v.Taste.Lang), c.now()
	n, log, err := c.Notices.Standing(ctx)
	if err != nil {
		return err
	}
	view, names := noticesView{Trouble: trouble}, c.aliases(ctx)
	called := func(by string) string {
		if names[by] != "" {
			return names[by]
		}
		return by
	}
	for _, kind := range switches {
		s := switchView{Kind: kind, Name: say("switch." + kind), Says: say("switch.says." + kind), Act: newAct(),
			Min: now.Format(time.DateOnly), Max: now.AddDate(0, 0, 30).Format(time.DateOnly), Date: now.Format(time.DateOnly), Clock: "17:00"}
		if now.Hour() >= 16 {
			s.Date, s.Clock = now.AddDate(0, 0, 1).Format(time.DateOnly), "09:00"
		}
		if end := endOf(n, kind).In(c.zone()); now.Before(end) {
			s.On, s.Date, s.Clock = say("switch.on", "until", say.coming(end, now)), end.Format(time.DateOnly), end.Format("15:04")
			if i := slices.IndexFunc(log, func(d Switched) bool { return d.Kind == kind }); i >= 0 {
				s.On = say("switch.onby", "until", say.coming(end, now), "staff", called(log[i].By), "time", say.moment(log[i].At.In(c.zone()), now))
			}
		}
		view.Switches = append(view.Switches, s)
	}
	for _, d := range log {
		view.Log = append(view.Log, c.switchedView(d, called(d.By), say))
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "hours", say("switch.title"))
	return c.render(v, status, "notices", view)
}

func (c *console) switchedView(d Switched, by string, say sayer) doneView {
	at, now := d.At.In(c.zone()), c.now()
	out := doneView{Time: say.moment(at, now), ISO: at.Format(time.RFC3339), What: say("switch." + d.Kind)}
	out.Text = say("switch.did.end", "staff", by)
	if !d.Until.IsZero() {
		out.Text = say("switch.did.set", "staff", by, "until", say.moment(d.Until.In(c.zone()), now))
	}
	return out
}

// noticeSure shows what will change and asks once. Looking changes nothing.
func (c *console) noticeSure(v *visit) error {
	if c.Notices == nil {
		return errMissing
	}
	kind, date, clock := v.QueryParam("kind"), v.QueryParam("date"), plainTyping.Replace(v.QueryParam("clock"))
	if !slices.Contains(switches, kind) {
		return errBad
	}
	ctx, say, now := v.Request().Context(), c.pages.say(v.Taste.Lang), c.now()
	until, ok := c.endTyped(date, clock)
	if !ok {
		return c.noticesPage(v, http.StatusUnprocessableEntity, say("switch.bad"))
	}
	s := &sureView{Kind: kind, Name: say("switch." + kind), Act: newAct(), Date: until.Format(time.DateOnly), Clock: until.Format("15:04"),
		Until: say.coming(until, now), Shown: c.Notices.Shown(kind, until)}
	for _, other := range switches {
		if other != kind && now.Before(endOf(c.Notices.Now(), other)) {
			s.Both = say("switch.both", "other", say("switch."+other))
		}
	}
	alarms, err := c.alarmsFor(ctx, v, say)
	if err != nil {
		return err
	}
	return c.render(v, http.StatusOK, "notices", noticesView{Page: c.fullPage(v, "hours", say("switch.suretitle")), Alarms: alarms, Sure: s})
}

// endTyped reads an end as the form gives it: it has to come, and within a month.
func (c *console) endTyped(date, clock string) (time.Time, bool) {
	until, err := time.ParseInLocation("2006-01-02 15:04", strings.TrimSpace(date)+" "+clock, c.zone())
	wait := until.Sub(c.now())
	return until, err == nil && wait > 0 && wait <= 31*24*time.Hour
}

// switched reads which switch a form is about.
func (c *console) switched(v *visit) (act, kind string, err error) {
	if c.Notices == nil {
		return "", "", errMissing
	}
	if act, err = formAct(v); err != nil {
		return "", "", err
	}
	if kind = v.form("kind"); !slices.Contains(switches, kind) {
		return "", "", errBad
	}
	return act, kind, nil
}

func (c *console) noticeSet(v *visit) error {
	act, kind, err := c.switched(v)
	if err != nil {
		return err
	}
	until, ok := c.endTyped(v.form("date"), plainTyping.Replace(v.form("clock")))
	if ok {
		err = c.Notices.Set(v.Request().Context(), act, kind, until, v.Name)
	}
	if !ok || errors.Is(err, ErrEnd) {
		return c.noticesPage(v, http.StatusUnprocessableEntity, c.pages.say(v.Taste.Lang)("switch.bad"))
	}
	if err != nil {
		return err
	}
	c.Log.Info("console: notice set", "kind", kind, "staff", v.Name)
	return v.Redirect(http.StatusSeeOther, "/notices?did=switched")
}

func (c *console) noticeEnd(v *visit) error {
	act, kind, err := c.switched(v)
	if err != nil {
		return err
	}
	if err := c.Notices.End(v.Request().Context(), act, kind, v.Name); err != nil {
		return err
	}
	c.Log.Info("console: notice ended", "kind", kind, "staff", v.Name)
	return v.Redirect(http.StatusSeeOther, "/notices?did=switchended")
}
