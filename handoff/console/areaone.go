package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

// areaView is the form of one area or team, as it stands or as it was typed.
type areaView struct {
	Page     page
	Alarms   []alarmView
	Trouble  string
	Now      []string // what it is by now, where somebody else was faster
	Kind, Of string   // what is changed; "" = a new one
	Rev      int64
	Name     string
	Levels   []choiceView
	Teams    []choiceView
	People   []choiceView
	Also     string // who stands there without a tick here
	Topics   []choiceView
	Own      bool // hours of its own
	Week     []weekdayView
	Ours     bool // changed here
	To       []choiceView
	Open     int // talks that are in it now
}

// typedPlace is what the form holds.
type typedPlace struct {
	name                  string
	level                 flows.AreaLevel
	teams, people, topics []string
	week                  [7]string // as typed
	own                   bool
}

func (c *console) areaOne(v *visit) error {
	kind, name := handoff.AskKind(v.QueryParam("kind")), v.QueryParam("name")
	if c.Office == nil || c.Office.Town == nil || c.Teams == nil || kind != handoff.AskTeam && kind != handoff.AskArea {
		return errMissing
	}
	typed, there := c.placeNow(kind, name)
	if !there && name != "" {
		say := c.pages.say(v.Taste.Lang)
		return c.areasPage(v, http.StatusNotFound, say("areas.already", "name", name))
	}
	return c.areaPage(v, http.StatusOK, "", kind, name, typed)
}

// placeNow is an area or team as it is in force.
func (c *console) placeNow(kind handoff.AskKind, name string) (p typedPlace, there bool) {
	h := c.houseIs()
	if kind == handoff.AskTeam {
		about := h.About[name]
		p = typedPlace{name: name, people: about.People, topics: about.Topics, own: about.Hours != nil}
		for d := range p.week {
			p.week[d] = typedSpans(about.Hours[time.Weekday(d)])
		}
		return p, slices.Contains(h.Teams, name)
	}
	for _, a := range h.Areas {
		if a.Name == name {
			return typedPlace{name: name, level: a.Level, teams: a.Teams, people: a.People}, true
		}
	}
	return typedPlace{level: flows.AreaNear}, false
}

func (c *console) areaPage(v *visit, status int, trouble string, kind handoff.AskKind, of string, p typedPlace) error {
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	town, err := c.Office.Town.Town(ctx)
	if err != nil {
		return err
	}
	names, members, err := c.whoStands(ctx)
	if err != nil {
		return err
	}
	view := areaView{Trouble: trouble, Kind: string(kind), Of: of, Rev: town.Rev, Name: p.name, Own: p.own}
	h := c.houseIs()
	view.stands(p, names, members[of])
	if kind == handoff.AskArea {
		c.areaChoices(&view, h, of, p, say)
		view.Ours = slices.ContainsFunc(town.Areas, func(l handoff.AreaLaid) bool { return l.Area.Name == of && l.Of != "" })
	} else {
		teamChoices(&view, h, of, p, say)
		view.Ours = slices.ContainsFunc(town.Teams, func(l handoff.TeamLaid) bool { return l.Name == of && l.Of != "" })
	}
	if status == http.StatusConflict {
		view.Now = c.placeSays(kind, of, members, names, say)
	}
	if view.Open, err = c.talksIn(v, kind, of); err != nil {
		return err
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	title := say("areas.new." + string(kind))
	if of != "" {
		title = of
	}
	view.Page = c.fullPage(v, "areas", title)
	return c.render(v, status, "area", view)
}

// stands fills in who may be ticked, and who stands there without a tick.
func (view *areaView) stands(p typedPlace, names map[string]string, in []string) {
	for name, alias := range names {
		view.People = append(view.People, choiceView{Value: name, Text: alias, Says: name, Chosen: slices.Contains(p.people, name)})
	}
	slices.SortFunc(view.People, func(a, b choiceView) int { return strings.Compare(a.Text+a.Value, b.Text+b.Value) })
	var also []string
	for _, name := range in {
		if !slices.Contains(p.people, name) {
			also = append(also, names[name])
		}
	}
	slices.Sort(also)
	view.Also = strings.Join(also, "・")
}

func (c *console) areaChoices(view *areaView, h *flows.House, of string, p typedPlace, say sayer) {
	for l := flows.AreaNear; l <= flows.AreaWide; l++ {
		view.Levels = append(view.Levels, choiceView{Value: strconv.Itoa(int(l)), Text: levelName(l, say), Says: say("areas.level." + strconv.Itoa(int(l)) + ".says"), Chosen: l == p.level})
	}
	for _, name := range h.Teams {
		view.Teams = append(view.Teams, choiceView{Value: name, Text: name, Chosen: slices.Contains(p.teams, name)})
	}
	view.To = []choiceView{{Text: say("areas.toup")}}
	for _, a := range h.Areas {
		if a.Name != of {
			view.To = append(view.To, choiceView{Value: a.Name, Text: a.Name})
		}
	}
}

func teamChoices(view *areaView, h *flows.House, of string, p typedPlace, say sayer) {
	for _, t := range deskTopics {
		view.Topics = append(view.Topics, choiceView{Value: t, Text: topic(t, say), Chosen: slices.Contains(p.topics, t)})
	}
	for i := range 7 {
		d := (i + 1) % 7
		view.Week = append(view.Week, weekdayView{
			Field: "d" + strconv.Itoa(d), Name: say("hours.weekday", "weekday", say("weekday."+strconv.Itoa(d))), Value: p.week[d],
		})
	}
	view.To = []choiceView{{Text: say("areas.toall")}}
	for _, name := range h.Teams {
		if name != of {
			view.To = append(view.To, choiceView{Value: name, Text: name})
		}
	}
}

// deskTopics are the topics that a team may have, in the order of the form.
var deskTopics = []string{"money", "food", "home", "work", "procedure", "child", "school", "young_carer", "family", "hikikomori", "care", "disability",
	"health", "addiction", "reentry", "neighbor", "concern", "place", "join", "language", "disaster", "talk", "other"}

// placeSays tells in words what an area or team is now.
func (c *console) placeSays(kind handoff.AskKind, name string, members map[string][]string, names map[string]string, say sayer) []string {
	p, there := c.placeNow(kind, name)
	if !there {
		return nil
	}
	says := standing(members[name], names, say)
	if kind == handoff.AskArea {
		return append(append([]string{levelName(p.level, say)}, says...), listed(say, "areas.viateams", "teams", p.teams)...)
	}
	return c.teamPlace(c.houseIs(), handoff.Town{}, name, members[name], names, say).Says
}

// talksIn counts the open talks that are in an area or team.
func (c *console) talksIn(v *visit, kind handoff.AskKind, name string) (n int, err error) {
	if name == "" {
		return 0, nil
	}
	ctx := v.Request().Context()
	waiting, err := c.Desk.Queue(ctx)
	if err != nil {
		return 0, err
	}
	held, err := c.Desk.Mine(ctx, "")
	for _, r := range slices.Concat(waiting, held) {
		if kind == handoff.AskArea && r.Area == name || kind == handoff.AskTeam && r.Team == name {
			n++
		}
	}
	return n, err
}

// typed reads the form; what of it cannot be understood is an error, and is kept.
func (v *visit) typedPlace(kind handoff.AskKind) (p typedPlace, week map[time.Weekday][]flows.Span, err error) {
	f := v.Request().PostForm
	p = typedPlace{name: strings.Join(strings.Fields(v.form("name")), " "), teams: f["team"], people: f["person"], topics: f["topic"], own: v.form("own") == "yes"}
	for d := range p.week {
		p.week[d] = v.form("d" + strconv.Itoa(d))
	}
	if kind == handoff.AskTeam {
		if !p.own {
			return p, nil, nil
		}
		week, ok := v.week()
		if !ok || len(week) == 0 {
			return p, nil, handoff.ErrHours
		}
		return p, week, nil
	}
	level, err := strconv.Atoi(v.form("level"))
	if err != nil {
		return p, nil, handoff.ErrPlace
	}
	p.level = flows.AreaLevel(level)
	return p, nil, nil
}

// areaSave adds, renames or changes an area or team. Whoever was slower keeps what
// they typed and sees what it is by now.
func (c *console) areaSave(v *visit) error {
	kind, of, seen, err := c.areaForm(v)
	if err != nil {
		return err
	}
	say := c.pages.say(v.Taste.Lang)
	p, week, err := v.typedPlace(kind)
	if err == nil {
		err = c.intoForce(v, "areas-save", p.name, func(t handoff.Town) (handoff.Town, error) {
			base := c.Office.Town.Base()
			if kind == handoff.AskTeam {
				return t.WithTeam(base, of, seen, p.name, flows.Team{Topics: p.topics, People: p.people, Hours: week})
			}
			return t.WithArea(base, of, seen, flows.Area{Name: p.name, Level: p.level, Teams: p.teams, People: p.people})
		})
	}
	switch {
	case errors.Is(err, handoff.ErrOther):
		return c.areaPage(v, http.StatusConflict, say("areas.otherkept"), kind, of, p)
	case errors.Is(err, handoff.ErrGonePlace):
		return c.areaPage(v, http.StatusConflict, say("areas.gonekept", "name", of), kind, "", p)
	case errors.Is(err, handoff.ErrPlaceName):
		return c.areaPage(v, http.StatusUnprocessableEntity, say("areas.badname"), kind, of, p)
	case errors.Is(err, handoff.ErrHours):
		return c.areaPage(v, http.StatusUnprocessableEntity, say("areas.badhours"), kind, of, p)
	case errors.Is(err, handoff.ErrPlace):
		return c.areaPage(v, http.StatusUnprocessableEntity, say("areas.bad"), kind, of, p)
	case err != nil:
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/areas?did=areasaved")
}

// weekInWords is a week in one line, days of the same hours together.
func weekInWords(week map[time.Weekday][]flows.Span, say sayer) string {
	var parts []string
	for i := 0; i < 7; i++ {
		d := time.Weekday((i + 1) % 7)
		spans := typedSpans(week[d])
		if spans == "" {
			continue
		}
		first := say("weekday." + strconv.Itoa(int(d)))
		for i+1 < 7 && typedSpans(week[time.Weekday((i+2)%7)]) == spans {
			i++
		}
		if last := say("weekday." + strconv.Itoa((i+1)%7)); last != first {
			first += "〜" + last
		}
		parts = append(parts, first+" "+spans)
	}
	return strings.Join(parts, "、")
}
