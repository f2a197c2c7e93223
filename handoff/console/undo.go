package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"engawa/flows"
	"engawa/handoff"
)

// Undo holds answers back for the moment in which one sees one's own mistake;
// *handoff.Desk is one.
type Undo interface {
	Hold(ctx context.Context, id flows.CaseID, by handoff.Staff, act, words string) (handoff.Case, error)
	Unsay(ctx context.Context, id flows.CaseID, by handoff.Staff, act string) (bool, error)
	Held(ctx context.Context, id flows.CaseID, by handoff.Staff) (*handoff.Held, error)
}

var undoRoutes = []route{
	{http.MethodPost, "/case/:id/unsay", speaks, (*console).unsay},
}

var undoDid = []string{"held", "unsaid"}

// heldView is an answer that can still be taken back.
type heldView struct{ Act, Words string }

// answer sends words to the resident. The form's own act makes a second click,
// a reload or the back button harmless.
func (c *console) answer(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	act, words := v.form("act"), v.form("words")
	give, done := c.Desk.Answer, "sent"
	if c.Undo != nil {
		give, done = c.Undo.Hold, "held"
	}
	_, err = give(v.Request().Context(), id, v.by(), act, words)
	switch {
	case errors.Is(err, handoff.ErrTakenBack):
		say := c.pages.say(v.Taste.Lang)
		return c.casePage(v, http.StatusConflict, id, fill{trouble: say("undo.again"), words: words})
	case err != nil:
		return c.refuse(v, id, err, fill{words: words, act: act})
	}
	return c.after(v, id, done+"&sent="+url.QueryEscape(act)+"#held") // on a phone it stands far below
}

// unsay takes an answer back that has not left. What was being written meanwhile
// comes with the form, and stays.
func (c *console) unsay(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	if c.Undo == nil || !actShape.MatchString(v.form("unsay")) {
		return errBad
	}
	ok, err := c.Undo.Unsay(v.Request().Context(), id, v.by(), v.form("unsay"))
	if err != nil {
		return err
	}
	words := v.form("words")
	if !ok {
		return c.casePage(v, http.StatusConflict, id, fill{trouble: c.pages.say(v.Taste.Lang)("undo.late"), words: words})
	}
	if words == "" {
		return c.after(v, id, "unsaid")
	}
	back, err := c.Undo.Held(v.Request().Context(), id, v.by())
	if err != nil {
		return err
	}
	if back != nil {
		words = back.Words + "\n" + words
	}
	return c.casePage(v, http.StatusOK, id, fill{words: words})
}

// held fills in an answer of the reader's that has not left, or that came back:
// then it lies in the box again.
func (c *console) held(ctx context.Context, view *caseView, v *visit) error {
	if c.Undo == nil || view.Gone {
		return nil
	}
	h, err := c.Undo.Held(ctx, flows.CaseID(view.ID), v.by())
	switch {
	case err != nil || h == nil:
		return err
	case !h.Due.IsZero():
		view.Held = &heldView{Act: h.Act, Words: h.Words}
	case view.Mine():
		view.Draft, view.Back = h.Words, h.Act
	default:
		view.Kept = h.Words
	}
	return nil
}

// filled puts what a form brought back onto its page.
func (view *caseView) filled(f fill) {
	view.Trouble, view.NoteDraft, view.Full = f.trouble, f.note, f.full
	if view.Mine() && !view.Gone {
		view.Draft = cmp.Or(f.words, view.Draft)
	} else {
		view.Kept = cmp.Or(f.words, view.Kept)
	}
	view.Act = cmp.Or(f.act, view.Act)
}

// heldMark differs when an answer of the reader's is held, leaves or comes back.
func (w *newsWriter) heldMark(ctx context.Context, c *console, id flows.CaseID, into io.Writer) error {
	if c.Undo == nil {
		return nil
	}
	h, err := c.Undo.Held(ctx, id, w.by())
	if err == nil && h != nil {
		_, err = fmt.Fprint(into, h.Act, h.Due.UnixMilli(), h.Why)
	}
	return err
}
