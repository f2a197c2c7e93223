package console

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

// Rests lets a talk rest, for the safety of whoever has it; *handoff.Desk is one.
type Rests interface {
	Pause(ctx context.Context, id flows.CaseID, by handoff.Staff, act string, until time.Time, words string) (handoff.Case, error)
	Resume(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)
}

var restRoutes = []route{
	{http.MethodPost, "/case/:id/pause", opens, (*console).pauseTalk},
	{http.MethodPost, "/case/:id/resume", opens, (*console).resumeTalk},
}

var restDid = []string{"paused", "resumed"}

// restView is the pause of a talk, and who may set or end it.
type restView struct {
	ID, Act string
	Says    string       // until when it rests and by whom; "" = it does not
	Holds   bool         // nothing can be written meanwhile
	May     bool         // the reader may set or end it
	Until   []choiceView // to choose from
}

// rest is nil where nobody could let the talk rest.
func (c *console) rest(k handoff.Case, v *visit, say sayer) *restView {
	if c.Rests == nil || !k.Held() || !k.Forgotten.IsZero() {
		return nil
	}
	now := c.now()
	r := &restView{ID: string(k.ID), Act: newAct(), May: v.has(opens), Holds: k.Resting()}
	if !k.Paused.IsZero() {
		r.Says = say("rest.says", "until", say.coming(k.Paused.In(c.zone()), now), "staff", k.PausedBy.Alias)
	}
	for _, hours := range []int{1, 3} {
		r.Until = append(r.Until, timesOf([]time.Time{now.Add(time.Duration(hours) * time.Hour).Truncate(time.Minute)}, now, say.coming)...)
	}
	r.Until = append(r.Until, timesOf(c.mornings(now), now, say.coming)...)
	return r
}

// pauseTalk lets a talk rest. What was written for the resident stays on the page if
// it could not be done.
func (c *console) pauseTalk(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	if c.Rests == nil {
		return errMissing
	}
	until, err := v.when("until")
	if err != nil {
		return err
	}
	act, words := v.form("act"), v.form("words")
	if _, err := c.Rests.Pause(v.Request().Context(), id, v.by(), act, until, words); err != nil {
		return c.refuse(v, id, err, fill{words: words})
	}
	return c.after(v, id, "paused&sent="+url.QueryEscape(act))
}

func (c *console) resumeTalk(v *visit) error {
	if c.Rests == nil {
		return errMissing
	}
	return c.do(v, "resumed", c.Rests.Resume)
}
