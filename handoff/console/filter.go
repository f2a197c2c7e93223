package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"engawa/flows"
	"engawa/handoff"
)

// Teams are the teams and areas of the house and who is in them; *handoff.Desk knows them.
type Teams interface {
	TeamsOf(ctx context.Context, account string) ([]string, error)
	Members(ctx context.Context, accounts []string) (map[string][]string, error)
	AskGroup(ctx context.Context, id flows.CaseID, by handoff.Staff, kind handoff.AskKind, name string, stay bool) (handoff.Case, error)
}

// filter narrows the line for one browser. It stands in the address and is
// remembered in a cookie, so that live news and other pages keep it. Whoever is in
// clear danger is shown whatever it says.
type filter struct {
	Area, Team, Topic, Lang string
	Mine, Sleeping          bool
}

// filterView is the form above the line.
type filterView struct {
	Areas, Teams, Topics, Langs []choiceView
	Mine, Sleeping              bool
	On                          bool
	Hidden                      string // how many others there are
	Gone                        string // what it asked for is no more
}

const filterCookie = "engawa_line"

// filterOf reads the filter of a request: from its address, or as it was last time.
func (c *console) filterOf(v *visit) filter {
	q := v.QueryParams()
	if v.Path() == "/" && q.Has("show") {
		f := filterFrom(q)
		//#nosec G124 -- Secure everywhere but on this machine (demo)
		k := &http.Cookie{
			Name: filterCookie, Path: "/", Value: f.query().Encode(),
			Secure: !c.Loopback, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		}
		if f == (filter{}) {
			k.MaxAge = -1
		}
		v.SetCookie(k)
		return f
	}
	k, err := v.Cookie(filterCookie)
	if err != nil {
		return filter{}
	}
	old, err := url.ParseQuery(k.Value)
	if err != nil {
		return filter{}
	}
	return filterFrom(old)
}

func filterFrom(q url.Values) filter {
	return filter{
		Area: q.Get("area"), Team: q.Get("team"), Topic: q.Get("topic"), Lang: q.Get("lang"),
		Mine: q.Get("mine") == "yes", Sleeping: q.Get("sleeping") == "yes",
	}
}

func (f filter) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"area": f.Area, "team": f.Team, "topic": f.Topic, "lang": f.Lang} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Mine {
		q.Set("mine", "yes")
	}
	if f.Sleeping {
		q.Set("sleeping", "yes")
	}
	return q
}

// keeps says whether a row is shown.
func (f filter) keeps(r handoff.Row, me string) bool {
	if r.Level == flows.Clear {
		return true
	}
	lang := r.Lang
	if lang == "" {
		lang = flows.Ja
	}
	return (f.Area == "" || r.Area == f.Area) && (f.Team == "" || r.Team == f.Team) &&
		(f.Topic == "" || r.Topic == f.Topic) && (f.Lang == "" || string(lang) == f.Lang) &&
		(!f.Mine || r.Staff.Name == me || r.Beside.Name == me) && (!f.Sleeping || r.State == handoff.Snoozed)
}

// there is the filter without an area or team that a colleague has taken away: nobody
// is hidden for the sake of something that is no more.
func (f filter) there(h *flows.House, rows []handoff.Row) (_ filter, gone string) {
	known := func(name string, has func(handoff.Row) bool) bool {
		return name == "" || slices.Contains(h.Teams, name) || slices.ContainsFunc(h.Areas, func(a flows.Area) bool { return a.Name == name }) ||
			slices.ContainsFunc(rows, has)
	}
	if !known(f.Area, func(r handoff.Row) bool { return r.Area == f.Area }) {
		f.Area, gone = "", f.Area
	}
	if !known(f.Team, func(r handoff.Row) bool { return r.Team == f.Team }) {
		f.Team, gone = "", f.Team
	}
	return f, gone
}

// view fills the form with what there is to choose: only what somebody in the line has.
func (f filter) view(rows []handoff.Row, me, gone string, say sayer) filterView {
	view := filterView{Mine: f.Mine, Sleeping: f.Sleeping, On: f != (filter{})}
	if gone != "" {
		view.Gone = say("filter.areagone", "name", gone)
	}
	seen := map[string][]string{}
	add := func(name, value string) {
		if value != "" && !slices.Contains(seen[name], value) {
			seen[name] = append(seen[name], value)
		}
	}
	for name, value := range map[string]string{"area": f.Area, "team": f.Team, "topic": f.Topic, "lang": f.Lang} {
		add(name, value) // what is chosen can be seen, and chosen off
	}
	hidden := 0
	for _, r := range rows {
		add("area", r.Area)
		add("team", r.Team)
		add("topic", r.Topic)
		if r.Lang != "" {
			add("lang", string(r.Lang))
		}
		if !f.keeps(r, me) {
			hidden++
		}
	}
	plain := func(s string) string { return s }
	view.Areas = options(seen["area"], f.Area, plain)
	view.Teams = options(seen["team"], f.Team, plain)
	view.Topics = options(seen["topic"], f.Topic, func(s string) string { return topic(s, say) })
	view.Langs = options(seen["lang"], f.Lang, func(s string) string { return language(flows.Lang(s), say) })
	if hidden > 0 {
		view.Hidden = say("filter.hidden", "n", hidden)
	}
	return view
}

func options(values []string, chosen string, name func(string) string) []choiceView {
	slices.Sort(values)
	out := make([]choiceView, len(values))
	for i, value := range values {
		out[i] = choiceView{Value: value, Text: name(value), Chosen: value == chosen}
	}
	return out
}

// groupViews are the teams, and the areas to which a case may be taken up next, with
// how many could accept it.
func (c *console) groupViews(ctx context.Context, k handoff.Case, me string, say sayer) (teams, areas []choiceView, err error) {
	h := c.House()
	if c.Teams == nil || h == nil {
		return nil, nil, nil
	}
	accounts, err := c.Staff.List(ctx)
	if err != nil {
		return nil, nil, err
	}
	var others []string
	for _, a := range accounts {
		if answers(a) && a.Name != me {
			others = append(others, a.Name)
		}
	}
	members, err := c.Teams.Members(ctx, others)
	if err != nil {
		return nil, nil, err
	}
	view := func(name string) choiceView {
		return choiceView{Value: name, Text: say("ask.members", "name", name, "n", len(members[name]))}
	}
	for _, name := range h.Teams {
		if len(members[name]) > 0 {
			teams = append(teams, view(name))
		}
	}
	// A step on which nobody stands is no step: the one above it is offered.
	manned := slices.DeleteFunc(slices.Clone(h.Areas), func(a flows.Area) bool { return len(members[a.Name]) == 0 && a.Name != k.Area })
	for _, a := range k.Higher(manned) {
		areas = append(areas, view(a.Name))
	}
	return teams, areas, nil
}

// askGroup asks a team or an area; a note may go with it.
func (c *console) askGroup(v *visit) error {
	kind, name := handoff.AskKind(v.form("kind")), v.form("to")
	if c.Teams == nil || name == "" || kind != handoff.AskTeam && kind != handoff.AskArea {
		return errBad
	}
	return c.askWith(v, func(ctx context.Context, id flows.CaseID) error {
		_, err := c.Teams.AskGroup(ctx, id, v.by(), kind, name, v.form("stay") == "yes")
		return err
	})
}
