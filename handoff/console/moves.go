package console

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"
	"unicode/utf16"

	"engawa/flows"
	"engawa/handoff"
)

// after goes back to the talk and says what was done. A redirect, so that
// reloading repeats nothing.
func (c *console) after(v *visit, id flows.CaseID, done string) error {
	return v.Redirect(http.StatusSeeOther, "/case/"+url.PathEscape(string(id))+"?did="+done)
}

// refuse shows the talk as it is now and why the act was not done; what was
// written stays on the page. Errors that no page of a talk explains go on.
func (c *console) refuse(v *visit, id flows.CaseID, err error, f fill) error {
	say := c.pages.say(v.Taste.Lang)
	var taken *handoff.TakenError
	status := http.StatusConflict
	switch {
	case errors.As(err, &taken):
		f.trouble = say("claim.taken", "staff", taken.By)
	case errors.Is(err, handoff.ErrFull):
		f.full = say("claim.full")
	case errors.Is(err, handoff.ErrNotYours):
		f.trouble = c.notYours(v, id, say)
	case errors.Is(err, handoff.ErrNoGroup):
		f.trouble = say("ask.nogroup")
	case errors.Is(err, errRecords):
		f.trouble = say("erase.records")
	case errors.Is(err, handoff.ErrWhy):
		f.trouble, status = say("erase.nowhy"), http.StatusUnprocessableEntity
	case errors.Is(err, handoff.ErrPaused):
		f.trouble = say("rest.held")
	case errors.Is(err, handoff.ErrSelf):
		return errBad
	case errors.Is(err, handoff.ErrMove):
		f.trouble = say("case.changed")
	case errors.Is(err, handoff.ErrForgotten):
		f.trouble = say("error.forgotten")
	case errors.Is(err, handoff.ErrTime):
		f.trouble, status = say("promise.past"), http.StatusUnprocessableEntity
	case errors.Is(err, handoff.ErrEmpty):
		f.trouble, status = say("answer.empty"), http.StatusUnprocessableEntity
	case errors.Is(err, handoff.ErrTooLong):
		n := len(utf16.Encode([]rune(f.words + f.note)))
		f.trouble, status = say("answer.long", "max", maxWords, "n", n), http.StatusUnprocessableEntity
	case errors.Is(err, handoff.ErrNoDanger):
		f.trouble = say("police.nodanger")
	case errors.Is(err, handoff.ErrShown):
		f.trouble = say("police.shown")
	case errors.Is(err, ErrNoID):
		f.trouble = say("police.gone")
	case errors.Is(err, handoff.ErrAct):
		return errBad
	default:
		return err
	}
	return c.casePage(v, status, id, f)
}

func (c *console) notYours(v *visit, id flows.CaseID, say sayer) string {
	row, err := c.Desk.Get(v.Request().Context(), id)
	if err != nil || !row.Held() {
		return say("case.notyoursnobody")
	}
	return say("case.notyours", "staff", row.Staff.Alias)
}

// open breaks the seal: from here on the words count as read by a human.
func (c *console) open(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if err := c.breakSeal(v, id); err != nil {
		return c.refuse(v, id, err, fill{})
	}
	return c.after(v, id, "opened")
}

// breakSeal records the opening of all that this page will show, and no more:
// what arrives a moment later stays sealed.
func (c *console) breakSeal(v *visit, id flows.CaseID) error {
	ctx := v.Request().Context()
	row, err := c.Desk.Get(ctx, id)
	if err != nil {
		return err
	}
	said, _, err := c.said(ctx, row)
	if err != nil {
		return err
	}
	var newest time.Time
	for _, l := range said {
		if row.Shows(l.At) && l.At.After(newest) {
			newest = l.At
		}
	}
	if newest.IsZero() {
		return nil
	}
	_, err = c.Desk.Opened(ctx, id, v.by(), newest)
	return err
}

// claim takes a case and opens its words: who takes it means to read.
func (c *console) claim(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	take := c.Desk.Claim
	if v.form("pull") == "yes" {
		take = c.Desk.Pull
	}
	if _, err := take(v.Request().Context(), id, v.by()); err != nil {
		return c.refuse(v, id, err, fill{})
	}
	if err := c.breakSeal(v, id); err != nil {
		c.Log.Warn("console: claimed, but the words stay sealed", "case", id, "err", err)
	}
	return c.after(v, id, "claimed")
}

// note keeps a note for colleagues.
func (c *console) note(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	act, text := v.form("act"), v.form("note")
	err = c.Desk.Note(v.Request().Context(), id, v.by(), act, text)
	if errors.Is(err, handoff.ErrEmpty) {
		return c.casePage(v, http.StatusUnprocessableEntity, id, fill{trouble: c.pages.say(v.Taste.Lang)("notes.empty")})
	}
	if err != nil {
		return c.refuse(v, id, err, fill{note: text})
	}
	return c.after(v, id, "noted&sent="+url.QueryEscape(act))
}

// extend gives ten minutes more before the first word, or promises a time. It works
// after the end, too: a talk that has just gone back to the line comes back by it,
// unless a colleague was faster.
func (c *console) extend(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	var until time.Time
	done := "more"
	if text := v.form("until"); text != "" {
		unix, err := strconv.ParseInt(text, 10, 64)
		if err != nil || unix <= 0 || unix > 1<<40 {
			return errBad
		}
		until, done = time.Unix(unix, 0), "extended"
	}
	ctx := v.Request().Context()
	_, err = c.Desk.Extend(ctx, id, v.by(), until)
	if errors.Is(err, handoff.ErrNotYours) && c.lapsedFrom(v, id) {
		if _, err = c.Desk.Pull(ctx, id, v.by()); err == nil && !until.IsZero() {
			_, err = c.Desk.Extend(ctx, id, v.by(), until)
		}
		done = "claimed"
	}
	if err != nil {
		return c.refuse(v, id, err, fill{})
	}
	return c.after(v, id, done)
}

// lapsedFrom says whether the talk waits because this visitor's time for it ran out.
func (c *console) lapsedFrom(v *visit, id flows.CaseID) bool {
	row, err := c.Desk.Get(v.Request().Context(), id)
	return err == nil && row.State == handoff.Waiting && row.Why == handoff.WhySilence && row.Last.Name == v.Name
}

func (c *console) giveBack(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if _, err := c.Desk.Return(v.Request().Context(), id, v.by()); err != nil {
		return c.refuse(v, id, err, fill{})
	}
	return c.after(v, id, "returned")
}

func (c *console) handBack(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if _, err := c.Desk.HandBack(v.Request().Context(), id, v.by()); err != nil {
		return c.refuse(v, id, err, fill{})
	}
	return c.after(v, id, "handback")
}

func (c *console) closeCase(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if _, err := c.Desk.Close(v.Request().Context(), id, v.by()); err != nil {
		return c.refuse(v, id, err, fill{})
	}
	return c.after(v, id, "closed")
}
