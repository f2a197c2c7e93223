package console

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"engawa/handoff/alarm/own"
)

// Own is what a person has said of being reached; *own.Store is one.
type Own interface {
	Of(ctx context.Context, account string) (own.Reach, error)
	Set(ctx context.Context, account string, r own.Reach) error
}

var ownRoutes = []route{
	{http.MethodPost, "/me/reach", reads, (*console).ownReach},
}

// ownView is the part of one's own page about quiet hours and mail.
type ownView struct {
	From, To, Mail string
	Mails          bool // the house can send mail
}

// own shows what one has said; nil where the house does not ask.
func (c *console) own(ctx context.Context, v *visit) (*ownView, error) {
	if c.Own == nil || !v.has(reads) {
		return nil, nil
	}
	r, err := c.Own.Of(ctx, v.Name)
	if err != nil {
		return nil, err
	}
	view := &ownView{Mail: r.Mail, Mails: c.Mails}
	if r.From != r.To {
		view.From, view.To = clockOf(r.From), clockOf(r.To)
	}
	return view, nil
}

// ownReach sets one's own quiet hours and address. What was typed and cannot be
// meant stays in the form.
func (c *console) ownReach(v *visit) error {
	if c.Own == nil {
		return errMissing
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	typed := &ownView{From: v.form("from"), To: v.form("to"), Mail: strings.TrimSpace(v.form("mail")), Mails: c.Mails}
	was, err := c.Own.Of(ctx, v.Name)
	if err != nil {
		return err
	}
	if !c.Mails {
		typed.Mail = was.Mail // the field is not there
	}
	from, to, ok := quietOf(typed.From, typed.To)
	if err = own.ErrTime; ok {
		err = c.Own.Set(ctx, v.Name, own.Reach{From: from, To: to, Mail: typed.Mail})
	}
	switch {
	case errors.Is(err, own.ErrTime):
		return c.mePageWith(v, http.StatusUnprocessableEntity, say("bell.badtime"), typed)
	case errors.Is(err, own.ErrMail):
		return c.mePageWith(v, http.StatusUnprocessableEntity, say("own.badmail"), typed)
	case err != nil:
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/me?did=ownreach")
}

// hush tells the page when it may not sound, in minutes of the house's day.
func (c *console) hush(v *visit) string {
	if c.Own == nil || !v.has(reads) {
		return ""
	}
	r, err := c.Own.Of(v.Request().Context(), v.Name)
	if err != nil || r.From == r.To {
		return ""
	}
	_, zone := c.now().Zone()
	return strconv.Itoa(r.From) + " " + strconv.Itoa(r.To) + " " + strconv.Itoa(zone/60)
}
