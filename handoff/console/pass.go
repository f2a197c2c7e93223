package console

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/staff"
)

// when reads a moment that was chosen from a list; the zero time if none was.
func (v *visit) when(name string) (time.Time, error) {
	text := v.form(name)
	if text == "" {
		return time.Time{}, nil
	}
	unix, err := strconv.ParseInt(text, 10, 64)
	if err != nil || unix <= 0 || unix > 1<<40 {
		return time.Time{}, errBad
	}
	return time.Unix(unix, 0), nil
}

// do makes one move on the case of the address, and says what was done.
func (c *console) do(v *visit, done string, move func(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if _, err := move(v.Request().Context(), id, v.by()); err != nil {
		return c.refuse(v, id, err, fill{})
	}
	return c.after(v, id, done)
}

// snooze lets a case sleep until a morning on which somebody reads.
func (c *console) snooze(v *visit) error {
	until, err := v.when("until")
	if err != nil {
		return err
	}
	return c.do(v, "snoozed", func(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error) {
		return c.Desk.Snooze(ctx, id, by, until)
	})
}

// ask asks a colleague to take the talk over. A note may go with it.
func (c *console) ask(v *visit) error {
	ctx := v.Request().Context()
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	to, ok, err := c.colleague(ctx, v.form("to"))
	if err != nil {
		return err
	}
	if !ok {
		return errBad
	}
	return c.askWith(v, func(ctx context.Context, id flows.CaseID) error {
		return c.asksBecause(ctx, id, v.by(), to, v.form("why"))
	})
}

// askWith keeps the note that goes with a question, and asks.
func (c *console) askWith(v *visit, ask func(context.Context, flows.CaseID) error) error {
	ctx := v.Request().Context()
	id, err := v.caseID()
	if err != nil {
		return err
	}
	row, err := c.Desk.Get(ctx, id)
	if err != nil {
		return err
	}
	act, text := v.form("act"), v.form("note")
	if err := row.Can(handoff.DoAsk, v.by()); err != nil {
		return c.refuse(v, id, err, fill{note: text})
	}
	if text != "" { // first, so that it is there when they look
		if err := c.Desk.Note(ctx, id, v.by(), act, text); err != nil && !errors.Is(err, handoff.ErrEmpty) {
			return c.refuse(v, id, err, fill{note: text})
		}
	}
	if err := ask(ctx, id); err != nil {
		return c.refuse(v, id, err, fill{})
	}
	return c.after(v, id, "asked")
}

// colleague finds somebody who may answer residents.
func (c *console) colleague(ctx context.Context, name string) (handoff.Staff, bool, error) {
	all, err := c.Staff.List(ctx)
	if err != nil {
		return handoff.Staff{}, false, err
	}
	for _, a := range all {
		if a.Name == name && answers(a) {
			return handoff.Staff{Name: a.Name, Alias: a.Alias}, true, nil
		}
	}
	return handoff.Staff{}, false, nil
}

func answers(a staff.Account) bool { return !a.Disabled && a.Is(speaks...) }

func (c *console) takeBack(v *visit) error { return c.do(v, "unasked", c.Desk.TakeBack) }

// accept takes the talk over, and opens its words: who takes it means to read.
func (c *console) accept(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if _, err := c.Desk.Accept(v.Request().Context(), id, v.by()); err != nil {
		return c.refuse(v, id, err, fill{})
	}
	if err := c.breakSeal(v, id); err != nil {
		c.Log.Warn("console: accepted, but the words stay sealed", "case", id, "err", err)
	}
	return c.after(v, id, "accepted")
}

func (c *console) decline(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if _, err := c.Desk.Decline(v.Request().Context(), id, v.by()); err != nil {
		return c.refuse(v, id, err, fill{})
	}
	return v.Redirect(http.StatusSeeOther, "/?did=declined")
}

// colleagues are those who could be asked, and whether they are there.
func (c *console) colleagues(ctx context.Context, me string, say sayer) []choiceView {
	all, err := c.Staff.List(ctx)
	if err != nil {
		return nil
	}
	var out []choiceView
	for _, a := range all {
		if !answers(a) || a.Name == me {
			continue
		}
		text := a.Alias
		if until := c.outUntil(a.Name); !until.IsZero() {
			text = say("ask.out", "staff", a.Alias, "until", say.coming(until, c.now()))
		}
		out = append(out, choiceView{Value: a.Name, Text: text})
	}
	return out
}

// mornings are the hours at which the house opens next, then in a week and in two.
func (c *console) mornings(now time.Time) []time.Time {
	openAt := c.Roster.OpenAt
	if h := c.House(); h != nil && len(h.Hours) > 0 {
		openAt = h.OpenAt // whoever is out may be back by then
	}
	var out []time.Time
	for ahead := 1; ahead <= 14; ahead++ {
		day := time.Date(now.Year(), now.Month(), now.Day()+ahead, 0, 0, 0, 0, now.Location())
		open, next := openAt(day)
		if open {
			next = day
		}
		next = next.In(now.Location())
		if !next.IsZero() && days(day, next) == 0 && (len(out) < 4 || ahead%7 == 0) {
			out = append(out, next)
		}
	}
	return out
}

func timesOf(times []time.Time, now time.Time, tell func(t, now time.Time) string) []choiceView {
	out := make([]choiceView, len(times))
	for i, t := range times {
		out[i] = choiceView{Value: strconv.FormatInt(t.Unix(), 10), Text: tell(t, now)}
	}
	return out
}
