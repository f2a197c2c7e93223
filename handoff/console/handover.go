package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

// handoverView is what somebody leaves behind at the end of a shift: every talk that
// is in hands, with what was promised and until when.
type handoverView struct {
	Page         page
	Alarms       []alarmView
	Speaks       bool
	Out          string // until when oneself is out
	Back         []choiceView
	Mine, Others []handView
	Waiting      string
}

// handView is one talk that is in somebody's hands.
type handView struct {
	ID, Alias, Holder, Topic, Why string
	Clear                         bool
	Promise, Owed, New, Asked     string
	Note, NoteBy                  string // the last one
}

func (c *console) handover(v *visit) error {
	ctx, say, now := v.Request().Context(), c.pages.say(v.Taste.Lang), c.now()
	held, err := c.Desk.Mine(ctx, "")
	if err != nil {
		return err
	}
	waiting, err := c.Desk.Queue(ctx)
	if err != nil {
		return err
	}
	view := handoverView{Speaks: v.has(speaks), Waiting: say("handover.waiting", "n", len(waiting))}
	for _, r := range held {
		one, err := c.handView(ctx, c.unopened(ctx, r), say)
		if err != nil {
			return err
		}
		if r.Staff.Name == v.Name {
			view.Mine = append(view.Mine, one)
		} else {
			view.Others = append(view.Others, one)
		}
	}
	if until := c.outUntil(v.Name); !until.IsZero() {
		view.Out = say("out.until", "until", say.coming(until, now))
	}
	view.Back = c.returns(now, say)
	if view.Alarms, err = c.alarmViews(ctx, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "handover", say("handover.title"))
	return c.render(v, http.StatusOK, "handover", view)
}

func (c *console) handView(ctx context.Context, r handoff.Row, say sayer) (handView, error) {
	now := c.now()
	one := handView{
		ID: string(r.ID), Alias: aliasOf(r.Alias, say), Holder: r.Staff.Alias, Topic: topic(r.Topic, say),
		Clear: r.Level == flows.Clear, Promise: c.promised(r.Case, say),
	}
	if r.Level != flows.NoLevel {
		one.Why = why(r, say)
	}
	if !r.Forgotten.IsZero() {
		one.Promise = say("talk.deleted")
		return one, nil
	}
	if !r.Waits.IsZero() {
		one.Owed = say("handover.owed", "time", say.lasting(now.Sub(r.Waits)))
	}
	if r.Words > 0 {
		one.New = say("row.new", "n", r.Words)
	}
	if r.Asked.Alias != "" {
		one.Asked = say("ask.asked", "staff", r.Asked.Alias)
	}
	notes, err := c.Desk.Notes(ctx, r.ID)
	notes = slices.DeleteFunc(notes, func(n handoff.Remark) bool { return n.To != "" }) // a whisper was for one moment
	if err != nil {
		return one, err
	}
	if n := len(notes); n > 0 {
		last := notes[n-1]
		one.Note, one.NoteBy = last.Text, last.By.Alias+" "+say.moment(last.At.In(c.zone()), now)
	}
	return one, nil
}

// promised is what the resident was told, in one line.
func (c *console) promised(k handoff.Case, say sayer) string {
	now := c.now()
	switch {
	case k.State == handoff.Snoozed:
		return say("row.sleeps", "until", say.coming(k.Lease.In(c.zone()), now))
	case k.State == handoff.Claimed && k.First.IsZero() && !k.Given && !k.Lease.IsZero():
		return say("promise.firstword", "when", say.until(k.Lease.In(c.zone()), now))
	case !k.Promise.IsZero():
		return say("promise.until", "when", say.until(k.Promise.In(c.zone()), now))
	}
	return say("promise.none")
}

// returns are the times at which somebody who goes out may be back.
func (c *console) returns(now time.Time, say sayer) []choiceView {
	hour := now.Truncate(30 * time.Minute)
	times := []time.Time{hour.Add(time.Hour), hour.Add(2 * time.Hour), hour.Add(3 * time.Hour)}
	times = slices.DeleteFunc(times, func(t time.Time) bool { return days(now, t) != 0 })
	return timesOf(append(times, c.mornings(now)...), now, say.coming)
}

// outUntil is when somebody is back; zero: they are in.
func (c *console) outUntil(name string) time.Time {
	if c.Shifts == nil {
		return time.Time{}
	}
	until := c.Shifts.OutUntil(name, c.Now())
	if until.IsZero() {
		return until
	}
	return until.In(c.zone())
}

// goOut: one tap, and nobody is promised an answer by somebody who is not there.
// Without a time it is until the house opens on another day.
func (c *console) goOut(v *visit) error {
	until, err := v.when("until")
	if err != nil {
		return err
	}
	now := c.now()
	if until.IsZero() {
		if next := c.mornings(now); len(next) > 0 {
			until = next[0]
		} else {
			until = time.Date(now.Year(), now.Month(), now.Day()+1, 9, 0, 0, 0, now.Location())
		}
	}
	if c.Shifts == nil || !until.After(now) {
		return errBad
	}
	if err := c.Shifts.Out(v.Request().Context(), v.Name, until); err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/handover?did=out")
}

func (c *console) comeBack(v *visit) error {
	if c.Shifts == nil {
		return errBad
	}
	if err := c.Shifts.Back(v.Request().Context(), v.Name); err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, v.home()+"?did=back")
}

// returnAll gives all of one's talks back to the line.
func (c *console) returnAll(v *visit) error {
	if _, err := c.Desk.ReturnAll(v.Request().Context(), v.by()); err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/handover?did=returnedall")
}
