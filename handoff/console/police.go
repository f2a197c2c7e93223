package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"engawa/handoff"
)

// mostMessages is how many of the last messages' numbers are given with an id.
const mostMessages = 20

// policeView is what a supervisor reads to the police, once.
type policeView struct {
	Forgotten bool // they said 消す
	Page      page
	Alarms    []alarmView
	Case      string
	ID        string // LINE's id of the resident
	Why       string // who opened it and what for
	Say       string
	Messages  []messageView
	Log       []logView // who pressed what, and whom the house called
}

// messageView names one message by LINE's own number, to the second.
type messageView struct{ ID, Time, ISO string }

// identify opens the sealed LINE id of a resident whose life is in clear danger.
// That it is opened, by whom and why, is written down before it is shown; the same
// form shows it no second time.
func (c *console) identify(v *visit) error {
	ctx := v.Request().Context()
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	act, reason := v.form("act"), v.form("reason")
	row, err := c.Desk.Get(ctx, id)
	if err != nil {
		return err
	}
	if c.LINEID == nil || !row.Identifiable() {
		return c.refuse(v, id, handoff.ErrNoDanger, fill{})
	}
	lineID, err := c.LINEID(ctx, row.Person)
	if err != nil {
		return c.refuse(v, id, err, fill{})
	}
	_, err = c.Desk.Identify(ctx, id, v.by(), act, reason)
	if errors.Is(err, handoff.ErrEmpty) {
		trouble := c.pages.say(v.Taste.Lang)("police.empty")
		return c.casePage(v, http.StatusUnprocessableEntity, id, fill{trouble: trouble})
	}
	if err != nil {
		return c.refuse(v, id, err, fill{})
	}
	c.Log.Warn("console: a sealed LINE id was opened", "case", id, "staff", v.Name)
	return c.policePage(v, row, lineID, reason)
}

// policePage is what there is to read out.
func (c *console) policePage(v *visit, row handoff.Row, lineID, reason string) (err error) {
	ctx := v.Request().Context()
	say := c.pages.say(v.Taste.Lang)
	view := policeView{
		Case: string(row.ID), ID: lineID, Why: say("police.why", "staff", v.Alias, "time", say.moment(c.now(), c.now()), "why", reason),
		Say: say("police.words", "city", c.city()), Forgotten: !row.Forgotten.IsZero(),
	}
	if view.Messages, err = c.numbers(ctx, row); err != nil {
		return err
	}
	if view.Log, err = c.history(v, row, say); err != nil {
		return err
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "line", say("police.title"))
	return c.render(v, http.StatusOK, "police", view)
}

// numbers are the last messages of the resident as LINE numbers them, also of those
// that were taken back.
func (c *console) numbers(ctx context.Context, row handoff.Row) ([]messageView, error) {
	said, _, err := c.said(ctx, row)
	if err != nil {
		return nil, err
	}
	var out []messageView
	for _, l := range slices.Backward(said) {
		ours := l.ID == "" || strings.ContainsFunc(l.ID, func(r rune) bool { return !unicode.IsDigit(r) })
		if l.By != "resident" || ours || !row.Shows(l.At) || len(out) == mostMessages {
			continue
		}
		at := l.At.In(c.zone())
		out = append(out, messageView{ID: l.ID, Time: at.Format("2006-01-02 15:04:05"), ISO: at.Format(time.RFC3339)})
	}
	slices.Reverse(out)
	return out, nil
}

func (c *console) city() string {
	if h := c.House(); h != nil {
		return h.City
	}
	return ""
}

// history is the case's log with the alarms and calls in it.
func (c *console) history(v *visit, row handoff.Row, say sayer) ([]logView, error) {
	ctx := v.Request().Context()
	log, err := c.Desk.Log(ctx, row.ID)
	if err != nil {
		return nil, err
	}
	return c.logViews(ctx, row, log, v, say)
}
