package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"engawa/handoff/find"
	"engawa/handoff/ready"
)

// Ready keeps texts at hand; *ready.Store is one.
type Ready interface {
	All(ctx context.Context, account string, teams []string) ([]ready.Text, error)
	Put(ctx context.Context, t ready.Text, act string) error
	Drop(ctx context.Context, id string, rev int64) error
}

var readyRoutes = []route{
	{http.MethodGet, "/ready", repairs, (*console).ready},
	{http.MethodPost, "/ready", repairs, (*console).keepReady},
	{http.MethodPost, "/ready/:id/drop", repairs, (*console).dropReady},
}

var readyDid = []string{"readykept", "readydropped"}

// readyView is the room of the texts that are kept ready.
type readyView struct {
	Page     page
	Alarms   []alarmView
	Trouble  string
	Advice   []string // what may be said better in the text that was kept last
	Query    string
	New      readyText
	Mine     []readyText
	Blanks   []blankView
	Searched bool
}

// readyText is one of them, with what its form needs.
type readyText struct {
	ready.Text
	Whose  string
	May    bool // this reader may change it
	Act    string
	Scopes []choiceView
}

type blankView struct{ Name, Says string }

func (c *console) ready(v *visit) error {
	return c.readyPage(v, http.StatusOK, readyView{Query: cut(v.QueryParam("q"), 60)})
}

func (c *console) readyPage(v *visit, status int, view readyView) error {
	if c.Ready == nil {
		return errMissing
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	if err := c.readTeams(ctx, v); err != nil {
		return err
	}
	all, err := c.Ready.All(ctx, v.Name, v.Teams)
	if err != nil {
		return err
	}
	view.Searched = view.Query != ""
	for _, t := range ready.Matching(all, find.Read(view.Query)) {
		view.Mine = append(view.Mine, c.readyText(v, t, say))
	}
	view.New = c.readyText(v, view.New.Text, say)
	for i, name := range ready.Blanks {
		view.Blanks = append(view.Blanks, blankView{Name: "{" + name + "}", Says: say("ready.blank." + strconv.Itoa(i+1))})
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "ready", say("ready.title"))
	return c.render(v, status, "ready", view)
}

func (c *console) readyText(v *visit, t ready.Text, say sayer) readyText {
	out := readyText{Text: t, May: v.mayKeep(t), Act: newAct()}
	switch {
	case t.Owner != "":
		out.Whose = say("ready.own")
	case t.Team != "":
		out.Whose = say("ready.team", "team", t.Team)
	default:
		out.Whose = say("ready.all")
	}
	if t.ID == "" { // whose a text is, is said when it is new
		out.Scopes = append(out.Scopes, choiceView{Value: "own", Text: say("ready.own")})
		for _, team := range v.Teams {
			out.Scopes = append(out.Scopes, choiceView{Value: "team:" + team, Text: say("ready.team", "team", team)})
		}
		if v.has(publishes) {
			out.Scopes = append(out.Scopes, choiceView{Value: "all", Text: say("ready.all")})
		}
	}
	return out
}

// mayKeep: one's own, those of one's teams, and the whole desk's for whoever answers for it.
func (v *visit) mayKeep(t ready.Text) bool {
	switch {
	case t.Owner != "":
		return t.Owner == v.Name
	case t.Team != "":
		return slices.Contains(v.Teams, t.Team) || v.has(publishes)
	}
	return v.has(publishes)
}

// keepReady keeps a new text or a change of one. What breaks a rule for residents'
// texts is not kept, and stays in its box with the reason.
func (c *console) keepReady(v *visit) error {
	if c.Ready == nil {
		return errMissing
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	t, err := c.typedReady(ctx, v)
	if err != nil {
		return err
	}
	if !v.mayKeep(t) {
		return errForbidden
	}
	faults, advice := c.plain(t.Words)
	view := readyView{New: readyText{Text: t}}
	if t.ID != "" {
		view = readyView{}
	}
	err = t.Check()
	if err == nil && len(faults) > 0 {
		view.Trouble = say("ready.faults") + " " + strings.Join(faults, " ")
		return c.readyBack(v, http.StatusUnprocessableEntity, view, t)
	}
	if err == nil {
		err = c.Ready.Put(ctx, t, v.form("act"))
	}
	if trouble := readyTrouble(err, say); trouble != "" {
		view.Trouble = trouble
		return c.readyBack(v, http.StatusUnprocessableEntity, view, t)
	}
	if err != nil {
		return err
	}
	if len(advice) > 0 {
		return c.readyPage(v, http.StatusOK, readyView{Advice: advice})
	}
	return v.Redirect(http.StatusSeeOther, "/ready?did=readykept")
}

// readyBack shows what was typed again, beside what the text is now.
func (c *console) readyBack(v *visit, status int, view readyView, t ready.Text) error {
	view.New = readyText{Text: ready.Text{Title: t.Title, Words: t.Words}}
	return c.readyPage(v, status, view)
}

func (c *console) plain(words string) (faults, advice []string) {
	if c.Plain == nil {
		return nil, nil
	}
	return c.Plain(words)
}

// typedReady is the text of a form: an old one keeps whose it is.
func (c *console) typedReady(ctx context.Context, v *visit) (ready.Text, error) {
	if err := c.readTeams(ctx, v); err != nil {
		return ready.Text{}, err
	}
	t := ready.Text{By: v.Name}
	if id := v.form("id"); id != "" {
		all, err := c.Ready.All(ctx, v.Name, v.Teams)
		if err != nil {
			return t, err
		}
		i := slices.IndexFunc(all, func(t ready.Text) bool { return t.ID == id })
		if i < 0 {
			return t, errMissing
		}
		t = all[i]
		if t.Rev, err = strconv.ParseInt(v.form("rev"), 10, 64); err != nil {
			return t, errBad
		}
		t.By = v.Name
	} else {
		scope := v.form("whose")
		team, ofTeam := strings.CutPrefix(scope, "team:")
		switch {
		case ofTeam:
			t.Team = team
		case scope != "all":
			t.Owner = v.Name
		}
		if !actShape.MatchString(v.form("act")) {
			return t, errBad
		}
	}
	t.Title, t.Words = v.form("title"), v.form("text")
	return t, nil
}

func readyTrouble(err error, say sayer) string {
	var b *ready.BlankError
	switch {
	case errors.As(err, &b):
		return say("ready.noblank", "name", "{"+b.Name+"}")
	case errors.Is(err, ready.ErrEmpty):
		return say("ready.empty")
	case errors.Is(err, ready.ErrLong):
		return say("ready.long")
	case errors.Is(err, ready.ErrMany):
		return say("ready.many")
	case errors.Is(err, ready.ErrOther):
		return say("ready.other")
	}
	return ""
}

func (c *console) dropReady(v *visit) error {
	if c.Ready == nil {
		return errMissing
	}
	id, err := v.id()
	if err != nil {
		return err
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	if err := c.readTeams(ctx, v); err != nil {
		return err
	}
	all, err := c.Ready.All(ctx, v.Name, v.Teams)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(all, func(t ready.Text) bool { return t.ID == id }); i >= 0 {
		if !v.mayKeep(all[i]) {
			return errForbidden
		}
		rev, err := strconv.ParseInt(v.form("rev"), 10, 64)
		if err != nil {
			return errBad
		}
		err = c.Ready.Drop(ctx, id, rev)
		if trouble := readyTrouble(err, say); trouble != "" {
			return c.readyPage(v, http.StatusConflict, readyView{Trouble: trouble})
		}
		if err != nil {
			return err
		}
	}
	return v.Redirect(http.StatusSeeOther, "/ready?did=readydropped")
}
