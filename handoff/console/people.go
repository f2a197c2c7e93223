package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/book"
	"engawa/handoff/staff"
)

// Office is who works here, when, and the log of it all.
type Office struct {
	Accounts *staff.Store
	Book     *book.Book
	Weeks    Weeks
	Rooms    Rooms
	Town     Town
}

// Weeks are people's own hours; *handoff.Shifts is one.
type Weeks interface {
	WeekOf(ctx context.Context, account string) (handoff.Week, error)
	SetWeek(ctx context.Context, account string, w handoff.Week) error
}

// Rooms are the teams and areas that people are put into; *handoff.Desk is one.
type Rooms interface {
	GivenTeams(ctx context.Context, account string) ([]string, error)
	SetTeams(ctx context.Context, account string, teams []string) error
}

var (
	seesPeople  = []staff.Role{staff.Administrator, staff.Supervisor}
	keepsPeople = []staff.Role{staff.Administrator}
)

var peopleRoutes = []route{
	{http.MethodGet, "/people", seesPeople, (*console).people},
	{http.MethodPost, "/people", keepsPeople, (*console).personAdd},
	{http.MethodGet, "/people/:id", seesPeople, (*console).person},
	{http.MethodPost, "/people/:id/edit", keepsPeople, (*console).personEdit},
	{http.MethodPost, "/people/:id/reset", keepsPeople, (*console).personReset},
	{http.MethodPost, "/people/:id/disable", keepsPeople, (*console).personDisable},
	{http.MethodPost, "/people/:id/enable", keepsPeople, (*console).personEnable},
	{http.MethodPost, "/people/:id/sessions/end", keepsPeople, (*console).personSessions},
	{http.MethodPost, "/people/:id/teams", keepsHours, (*console).personTeams},
	{http.MethodPost, "/people/:id/week", keepsHours, (*console).personWeek},
	{http.MethodPost, "/people/:id/day", keepsHours, (*console).personDay},
	{http.MethodPost, "/people/:id/out", keepsHours, (*console).personOut},
	{http.MethodPost, "/people/:id/back", keepsHours, (*console).personBack},
	{http.MethodPost, "/people/:id/return", keepsHours, (*console).personReturn},
}

var peopleDid = []string{"personedit", "personoff", "personon", "personteams", "personweek", "personout", "personback", "personreturn", "personsessions"}

// peopleView lists everybody who works here.
type peopleView struct {
	Page    page
	Alarms  []alarmView
	Trouble string
	People  []personRow
	Keeps   bool // may change accounts
	New     staff.Account
	Roles   []choiceView
	Fresh   *freshView
}

// personRow is one line of the list.
type personRow struct {
	Name, Alias, Roles, Teams, Says string
	Off                             bool
}

// freshView shows a password once.
type freshView struct{ Name, Alias, Password string }

func (c *console) people(v *visit) error {
	return c.peoplePage(v, http.StatusOK, "", staff.Account{}, nil)
}

func (c *console) peoplePage(v *visit, status int, trouble string, given staff.Account, fresh *freshView) error {
	if c.Office == nil {
		return errMissing
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	all, err := c.Office.Accounts.List(ctx)
	if err != nil {
		return err
	}
	view := peopleView{Trouble: trouble, Keeps: v.has(keepsPeople), New: given, Fresh: fresh, Roles: roleChoices(given.Roles, say)}
	for _, a := range all {
		row := personRow{Name: a.Name, Alias: a.Alias, Roles: rolesIn(a.Roles, say), Off: a.Disabled, Says: c.standing(a, say)}
		if c.Teams != nil {
			teams, err := c.Teams.TeamsOf(ctx, a.Name)
			if err != nil {
				return err
			}
			row.Teams = strings.Join(teams, "・")
		}
		view.People = append(view.People, row)
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "people", say("people.title"))
	return c.render(v, status, "people", view)
}

// standing is how somebody stands just now: here, out, not yet come, locked.
func (c *console) standing(a staff.Account, say sayer) string {
	now := c.now()
	until := c.outUntil(a.Name)
	switch {
	case a.Disabled:
		return say("people.off")
	case a.OneTime:
		return say("people.new")
	case !until.IsZero():
		return say("people.out", "until", say.coming(until, now))
	case !a.Is(speaks...):
		return ""
	case c.Roster.On(a.Name, now):
		return say("people.on")
	}
	return say("people.notnow")
}

func rolesIn(roles []staff.Role, say sayer) string {
	var words []string
	for _, r := range roles {
		words = append(words, say("role."+string(r)))
	}
	return strings.Join(words, "・")
}

func roleChoices(has []staff.Role, say sayer) (out []choiceView) {
	for _, r := range staff.Roles {
		out = append(out, choiceView{Value: string(r), Text: say("role." + string(r)), Says: say("role." + string(r) + ".may"), Chosen: slices.Contains(has, r)})
	}
	return out
}

// personView is all about one person who works here.
type personView struct {
	Page        page
	Alarms      []alarmView
	Trouble     string
	Who         staff.Account
	Says, Most  string
	Keeps, Self bool
	Roles       []choiceView
	Teams       []choiceView
	Also        string // areas that come with a team
	Given       string // teams as they stand, so that a stale form is noticed
	Week        []weekdayView
	Own         bool
	Rev         int64
	Off         []dayView
	Talks       int
	Speaks, Out bool
	Sessions    int
	Fresh       *freshView
}

func (c *console) person(v *visit) error { return c.personPage(v, http.StatusOK, "", nil) }

// whom finds the account of the address.
func (c *console) whom(v *visit) (staff.Account, error) {
	if c.Office == nil {
		return staff.Account{}, errMissing
	}
	name, err := v.id()
	if err != nil {
		return staff.Account{}, err
	}
	return c.Office.Accounts.Find(v.Request().Context(), name)
}

func (c *console) personPage(v *visit, status int, trouble string, fresh *freshView) error {
	a, err := c.whom(v)
	if err != nil {
		return err
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	view := personView{
		Trouble: trouble, Who: a, Says: c.standing(a, say), Keeps: v.has(keepsPeople), Self: a.Name == v.Name, Fresh: fresh,
		Roles: roleChoices(a.Roles, say), Speaks: a.Is(speaks...), Out: !c.outUntil(a.Name).IsZero(),
	}
	if a.Most > 0 {
		view.Most = strconv.Itoa(a.Most)
	}
	held, err := c.Desk.Mine(ctx, a.Name)
	if err != nil {
		return err
	}
	view.Talks = len(held)
	open, err := c.Office.Accounts.Sessions(ctx, a.Name)
	if err != nil {
		return err
	}
	view.Sessions = len(open)
	if err := errors.Join(c.teamsInto(ctx, &view), c.weekInto(ctx, &view, say)); err != nil {
		return err
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "people", a.Alias)
	return c.render(v, status, "person", view)
}

func (c *console) teamsInto(ctx context.Context, view *personView) error {
	if c.Office.Rooms == nil || c.Teams == nil {
		return nil
	}
	given, err := c.Office.Rooms.GivenTeams(ctx, view.Who.Name)
	if err != nil {
		return err
	}
	in, err := c.Teams.TeamsOf(ctx, view.Who.Name)
	if err != nil {
		return err
	}
	h := c.House()
	if h == nil {
		h = &flows.House{}
	}
	names := slices.Clone(h.Teams)
	for _, a := range h.Areas {
		names = append(names, a.Name)
	}
	for _, name := range names {
		view.Teams = append(view.Teams, choiceView{Value: name, Text: name, Chosen: slices.Contains(given, name)})
	}
	view.Given = strings.Join(given, "\n")
	view.Also = strings.Join(slices.DeleteFunc(in, func(name string) bool { return slices.Contains(given, name) }), "・")
	return nil
}

func (c *console) weekInto(ctx context.Context, view *personView, say sayer) error {
	if c.Office.Weeks == nil || !view.Speaks {
		return nil
	}
	w, err := c.Office.Weeks.WeekOf(ctx, view.Who.Name)
	if err != nil {
		return err
	}
	view.Own, view.Rev = w.Days != nil, w.Rev
	for i := range 7 {
		d := time.Weekday((i + 1) % 7)
		view.Week = append(view.Week, weekdayView{
			Field: "d" + strconv.Itoa(int(d)), Name: say("hours.weekday", "weekday", say("weekday."+strconv.Itoa(int(d)))), Value: typedSpans(w.Days[d]),
		})
	}
	today := c.now().Format(time.DateOnly)
	for _, date := range w.Off {
		if t, err := time.Parse(time.DateOnly, date); err == nil && date >= today {
			view.Off = append(view.Off, dayView{Date: date, Name: say("hours.date", "year", t.Year(), "day", say.date(t)), Ours: true})
		}
	}
	return nil
}
