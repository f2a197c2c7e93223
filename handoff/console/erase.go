package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

// Erases deletes one line of a talk from our own store; *handoff.Desk is one.
type Erases interface {
	Erase(ctx context.Context, id flows.CaseID, by handoff.Staff, chief bool, act, text, why string) (handoff.Case, error)
}

var eraseRoutes = []route{
	{http.MethodGet, "/case/:id/erase", speaks, (*console).erasePage},
	{http.MethodPost, "/case/:id/erase", speaks, (*console).erase},
}

var eraseDid = []string{"erased"}

// errRecords refuses to delete what the city has to keep.
var errRecords = errors.New("console: the city keeps a record of what was said")

// eraseView is the page on which a line is chosen, and then, with what goes and what
// stays said plainly, deleted.
type eraseView struct {
	Page             page
	Alarms           []alarmView
	Case, Act        string
	Trouble, Records string
	Lines            []lineChoice
	Whys             []choiceView
	Sure             *lineChoice // chosen: what is left is to be sure
	Why, WhyText     string
}

type lineChoice struct{ ID, By, Time, ISO, Text string }

// mayErase: who has the talk, or a supervisor.
func (c *console) mayErase(k handoff.Case, v *visit) bool {
	return c.Erases != nil && k.Person != "" && k.Forgotten.IsZero() && (v.has(opens) || k.Held() && k.Staff.Name == v.Name)
}

func (c *console) erasePage(v *visit) error {
	return c.eraseShown(v, http.StatusOK, "", "", "")
}

// erase asks once more, and then deletes.
func (c *console) erase(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	say := c.pages.say(v.Taste.Lang)
	line, why, act := v.form("line"), v.form("why"), v.form("act")
	switch {
	case line == "" || !slices.Contains(handoff.EraseWhys[:], why):
		return c.eraseShown(v, http.StatusUnprocessableEntity, "", "", say("erase.choose"))
	case v.form("sure") != "yes":
		return c.eraseShown(v, http.StatusOK, line, why, "")
	}
	row, lines, err := c.erasable(v, id)
	if err != nil {
		return c.refuse(v, id, err, fill{})
	}
	if !slices.ContainsFunc(lines, func(l Line) bool { return l.ID == line }) && !slices.Contains(row.Erased, line) {
		return c.eraseShown(v, http.StatusConflict, "", "", say("erase.gone")) // taken back meanwhile, or never shown to them
	}
	if _, err := c.Erases.Erase(v.Request().Context(), id, v.by(), v.has(opens), act, line, why); err != nil {
		return c.refuse(v, id, err, fill{})
	}
	return c.after(v, id, "erased&sent="+url.QueryEscape(act))
}

// erasable are the lines that this visitor may delete: those that stand open on their
// page, from the resident and from the desk.
func (c *console) erasable(v *visit, id flows.CaseID) (row handoff.Row, lines []Line, err error) {
	ctx := v.Request().Context()
	if row, err = c.Desk.Get(ctx, id); err != nil {
		return row, nil, err
	}
	switch h := c.House(); {
	case !c.mayErase(row.Case, v):
		return row, nil, handoff.ErrNotYours
	case h != nil && h.Records:
		return row, nil, errRecords
	}
	log, err := c.Desk.Log(ctx, id)
	if err != nil {
		return row, nil, err
	}
	said, _, err := c.said(ctx, row)
	to := readTo(row.Case, log, v.Name)
	return row, slices.DeleteFunc(said, func(l Line) bool {
		sealed := l.By != "staff" && l.At.Truncate(time.Millisecond).After(to)
		return l.ID == "" || l.By == "machine" || l.Gone || sealed || !row.Shows(l.At)
	}), err
}

// eraseShown is the page; with a line and a reason it asks whether to go on.
func (c *console) eraseShown(v *visit, status int, line, why, trouble string) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	row, lines, err := c.erasable(v, id)
	view := eraseView{Case: string(id), Act: newAct(), Trouble: trouble}
	switch {
	case errors.Is(err, errRecords):
		view.Records = say("erase.records")
	case errors.Is(err, handoff.ErrNotYours):
		return c.refuse(v, id, err, fill{})
	case err != nil:
		return err
	}
	w := letterWriter{say: say, row: row, zone: c.zone(), now: c.now(), harsh: c.harsh}
	for _, l := range slices.Backward(lines) { // the newest first: it is the likeliest
		at := l.At.In(c.zone())
		one := lineChoice{ID: l.ID, Time: say.day(at, c.now()) + " " + at.Format("15:04"), ISO: at.Format(time.RFC3339), Text: w.kind(l)}
		if one.By = say("by.resident", "alias", aliasOf(row.Alias, say)); l.By == "staff" {
			one.By, one.Text = say("by.staff", "staff", l.Staff), l.Text
		}
		view.Lines = append(view.Lines, one)
		if l.ID == line {
			view.Sure, view.Why, view.WhyText = &one, why, say("erase.why."+why)
		}
	}
	if line != "" && view.Sure == nil && view.Records == "" {
		view.Trouble = say("erase.gone")
	}
	for _, why := range handoff.EraseWhys {
		view.Whys = append(view.Whys, choiceView{Value: why, Text: say("erase.why." + why)})
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "line", say("erase.title"))
	return c.render(v, status, "erase", view)
}
