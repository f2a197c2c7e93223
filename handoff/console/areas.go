package console

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/staff"
)

// Town is the areas and teams of the house as they can be changed here.
type Town interface {
	Town(ctx context.Context) (handoff.Town, error)
	SetTown(ctx context.Context, t handoff.Town, by string) error
	Base() *flows.House // house.yaml alone
	// Settle moves open talks out of what was renamed or taken away.
	Settle(ctx context.Context) (int, error)
}

var (
	keepsAreas = []staff.Role{staff.AreaLead, staff.Administrator}
	seesAreas  = []staff.Role{staff.AreaLead, staff.Administrator, staff.Supervisor}
)

var areaRoutes = []route{
	{http.MethodGet, "/areas", seesAreas, (*console).areas},
	{http.MethodGet, "/areas/one", keepsAreas, (*console).areaOne},
	{http.MethodPost, "/areas/save", keepsAreas, (*console).areaSave},
	{http.MethodPost, "/areas/retire", keepsAreas, (*console).areaRetire},
	{http.MethodPost, "/areas/back", keepsAreas, (*console).areaBack},
}

var areaDid = []string{"areasaved", "areagone", "areaback"}

// areasView lists the areas from near to wide, and the teams.
type areasView struct {
	Page    page
	Alarms  []alarmView
	Trouble string
	Rev     int64
	Keeps   bool
	Steps   []ladderView
	Teams   []areaRow
	Gone    []areaRow
	Changed string
}

// ladderView is one step of the ladder.
type ladderView struct {
	Name   string
	Places []areaRow
}

// areaRow is one area or team; Says is one line each.
type areaRow struct {
	Kind, Name, Href string
	Says             []string
	Thin             string // fewer than two people
	Ours             bool   // changed here: house.yaml says something else
}

func (c *console) areas(v *visit) error { return c.areasPage(v, http.StatusOK, "") }

func (c *console) areasPage(v *visit, status int, trouble string) error {
	if c.Office == nil || c.Office.Town == nil || c.Teams == nil {
		return errMissing
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	town, err := c.Office.Town.Town(ctx)
	if err != nil {
		return err
	}
	view := areasView{Trouble: trouble, Rev: town.Rev, Keeps: v.has(keepsAreas)}
	names, members, err := c.whoStands(ctx)
	if err != nil {
		return err
	}
	h := c.houseIs()
	for level := flows.AreaNear; level <= flows.AreaWide; level++ {
		step := ladderView{Name: levelName(level, say)}
		for _, a := range h.Areas {
			if a.Level != level {
				continue
			}
			p := areaRow{Kind: string(handoff.AskArea), Name: a.Name, Href: placeHref(handoff.AskArea, a.Name)}
			p.Ours = slices.ContainsFunc(town.Areas, func(l handoff.AreaLaid) bool { return l.Area.Name == a.Name })
			p.Says = standing(members[a.Name], names, say)
			p.Says = append(p.Says, listed(say, "areas.viateams", "teams", a.Teams)...)
			p.Thin = thin(len(members[a.Name]), say)
			step.Places = append(step.Places, p)
		}
		view.Steps = append(view.Steps, step)
	}
	for _, name := range h.Teams {
		view.Teams = append(view.Teams, c.teamPlace(h, town, name, members[name], names, say))
	}
	view.Gone = gonePlaces(town, say)
	if town.By != "" {
		view.Changed = say("areas.changed", "staff", cmp.Or(c.aliases(ctx)[town.By], town.By), "time", say.moment(town.At.In(c.zone()), c.now()))
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "areas", say("areas.title"))
	return c.render(v, status, "areas", view)
}

func (c *console) teamPlace(h *flows.House, town handoff.Town, name string, in []string, names map[string]string, say sayer) areaRow {
	about := h.About[name]
	p := areaRow{Kind: string(handoff.AskTeam), Name: name, Href: placeHref(handoff.AskTeam, name)}
	p.Ours = slices.ContainsFunc(town.Teams, func(l handoff.TeamLaid) bool { return l.Name == name })
	p.Says = standing(in, names, say)
	var topics []string
	for _, t := range about.Topics {
		topics = append(topics, topic(t, say))
	}
	p.Says = append(p.Says, listed(say, "areas.topics", "topics", topics)...)
	if about.Hours != nil {
		p.Says = append(p.Says, say("areas.hours", "hours", weekInWords(about.Hours, say)))
	}
	p.Thin = thin(len(in), say)
	return p
}

// houseIs is the house in force, or an empty one.
func (c *console) houseIs() *flows.House {
	if h := c.House(); h != nil {
		return h
	}
	return &flows.House{}
}

// whoStands gives the aliases of those who may answer, and who is in which area and team.
func (c *console) whoStands(ctx context.Context) (names map[string]string, members map[string][]string, err error) {
	accounts, err := c.Staff.List(ctx)
	if err != nil {
		return nil, nil, err
	}
	names = map[string]string{}
	var all []string
	for _, a := range accounts {
		if answers(a) {
			names[a.Name] = a.Alias
			all = append(all, a.Name)
		}
	}
	members, err = c.Teams.Members(ctx, all)
	return names, members, err
}

func standing(in []string, names map[string]string, say sayer) []string {
	var aliases []string
	for _, name := range in {
		aliases = append(aliases, names[name])
	}
	slices.Sort(aliases)
	if len(aliases) == 0 {
		return []string{say("areas.nobody")}
	}
	return []string{say("areas.people", "staff", strings.Join(aliases, "・"))}
}

func listed(say sayer, key, name string, all []string) []string {
	if len(all) == 0 {
		return nil
	}
	return []string{say(key, name, strings.Join(all, "・"))}
}

// thin warns where nobody could be ill or on holiday.
func thin(n int, say sayer) string {
	if n >= 2 {
		return ""
	}
	return say("areas.thin", "n", n)
}

func levelName(l flows.AreaLevel, say sayer) string {
	return say("areas.level." + strconv.Itoa(int(l)))
}

func placeHref(kind handoff.AskKind, name string) string {
	return "/areas/one?" + url.Values{"kind": {string(kind)}, "name": {name}}.Encode()
}

func gonePlaces(town handoff.Town, say sayer) (out []areaRow) {
	for _, l := range town.Areas {
		if l.Gone {
			out = append(out, areaRow{Kind: string(handoff.AskArea), Name: l.Area.Name, Says: goneTo(l.Laid, say)})
		}
	}
	for _, l := range town.Teams {
		if l.Gone {
			out = append(out, areaRow{Kind: string(handoff.AskTeam), Name: l.Name, Says: goneTo(l.Laid, say)})
		}
	}
	return out
}

func goneTo(l handoff.Laid, say sayer) []string {
	if l.To == "" {
		return nil
	}
	return []string{say("areas.goneto", "area", l.To)}
}

// areaRetire takes an area or team away. Talks in it go on with whoever has them.
func (c *console) areaRetire(v *visit) error {
	return c.changeTown(v, "areagone", "areas-retire", func(t handoff.Town, kind handoff.AskKind, name string, seen int64) (handoff.Town, error) {
		if kind == handoff.AskTeam {
			return t.WithoutTeam(c.Office.Town.Base(), name, seen, v.form("to"))
		}
		return t.WithoutArea(c.Office.Town.Base(), name, seen, v.form("to"))
	})
}

// areaBack undoes what was changed here.
func (c *console) areaBack(v *visit) error {
	return c.changeTown(v, "areaback", "areas-back", func(t handoff.Town, kind handoff.AskKind, name string, seen int64) (handoff.Town, error) {
		return t.Back(kind, name, seen)
	})
}

// changeTown changes the entry that somebody looked at and shows the list again.
func (c *console) changeTown(v *visit, did, act string, change func(t handoff.Town, kind handoff.AskKind, name string, seen int64) (handoff.Town, error)) error {
	kind, name, seen, err := c.areaForm(v)
	if err != nil {
		return err
	}
	err = c.intoForce(v, act, name, func(t handoff.Town) (handoff.Town, error) { return change(t, kind, name, seen) })
	say := c.pages.say(v.Taste.Lang)
	switch {
	case errors.Is(err, handoff.ErrOther):
		return c.areasPage(v, http.StatusConflict, say("areas.other", "name", name))
	case errors.Is(err, handoff.ErrGonePlace):
		return c.areasPage(v, http.StatusConflict, say("areas.already", "name", name))
	case errors.Is(err, handoff.ErrPlaceName):
		return c.areasPage(v, http.StatusUnprocessableEntity, say("areas.badname"))
	case err != nil:
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/areas?did="+did)
}

// areaForm reads which area or team a form is about, and which state of it was seen.
func (c *console) areaForm(v *visit) (kind handoff.AskKind, name string, seen int64, err error) {
	if c.Office == nil || c.Office.Town == nil || c.Teams == nil {
		return "", "", 0, errMissing
	}
	if err := v.Request().ParseForm(); err != nil {
		return "", "", 0, badForm(err)
	}
	kind, name = handoff.AskKind(v.form("kind")), v.form("of")
	seen, err = strconv.ParseInt(v.form("rev"), 10, 64)
	if err != nil || kind != handoff.AskTeam && kind != handoff.AskArea {
		return "", "", 0, errBad
	}
	return kind, name, seen, nil
}

// townTries is how often a change is made anew because somebody changed something else
// in the same moment.
const townTries = 5

// intoForce puts a change in force, writes its line into the book and moves the talks
// that it concerns; a Settle that fails now is made up for by the desk itself.
func (c *console) intoForce(v *visit, act, name string, change func(handoff.Town) (handoff.Town, error)) error {
	ctx := v.Request().Context()
	for range townTries {
		town, err := c.Office.Town.Town(ctx)
		if err != nil {
			return err
		}
		if town, err = change(town); err != nil {
			return err
		}
		err = c.Office.Town.SetTown(ctx, town, v.Name)
		if errors.Is(err, handoff.ErrOther) {
			continue
		}
		if err != nil {
			return err
		}
		if c.Office.Book != nil {
			if err := c.Office.Book.Write(ctx, v.Name, act, "", name); err != nil {
				c.Log.Error("console: the book lacks a line", "what", act, "err", err)
			}
		}
		if _, err := c.Office.Town.Settle(ctx); err != nil {
			c.Log.Warn("console: open talks are settled a little later", "err", err)
		}
		return nil
	}
	return handoff.ErrOther
}
