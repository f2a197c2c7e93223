package console

import (
	"errors"
	"net/http"

	"engawa/handoff/staff"
)

// beforeOwn are the addresses open to somebody who still has the password that was
// printed once: somebody else may have read it on its way.
var beforeOwn = []string{"/first", "/sign-out"}

// firstView asks for a password of one's own before anything else.
type firstView struct {
	Page    page
	Account string
	Trouble string
}

// toFirst answers whatever else was asked for.
func (c *console) toFirst(v *visit, r route) error {
	switch {
	case r.path == "/live" || r.path == "/pieces":
		return v.NoContent(http.StatusForbidden)
	case r.method == http.MethodPost:
		return c.firstPage(v, http.StatusForbidden, "")
	}
	return v.Redirect(http.StatusSeeOther, "/first")
}

func (c *console) first(v *visit) error {
	if !v.OneTime {
		return v.Redirect(http.StatusSeeOther, v.home())
	}
	return c.firstPage(v, http.StatusOK, "")
}

func (c *console) firstPage(v *visit, status int, trouble string) error {
	say := c.pages.say(v.Taste.Lang)
	return c.render(v, status, "first", firstView{Page: c.plainPage(v, say("first.title")), Account: v.Name, Trouble: trouble})
}

// choose takes somebody's own password, typed twice because nobody sees it.
func (c *console) choose(v *visit) error {
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	say := c.pages.say(v.Taste.Lang)
	if v.form("password") != v.form("again") {
		return c.firstPage(v, http.StatusUnprocessableEntity, say("first.differ"))
	}
	err := c.Staff.Choose(v.Request().Context(), v.Token, v.form("password"))
	var limited *staff.LimitedError
	switch {
	case errors.Is(err, staff.ErrPassword):
		return c.firstPage(v, http.StatusUnprocessableEntity, say("me.short"))
	case errors.Is(err, staff.ErrSame):
		return c.firstPage(v, http.StatusUnprocessableEntity, say("first.same"))
	case errors.As(err, &limited):
		return c.firstPage(v, http.StatusTooManyRequests, say("door.slow", "wait", say.wait(limited.After)))
	case errors.Is(err, staff.ErrChosen):
		return v.Redirect(http.StatusSeeOther, v.home())
	case err != nil:
		return err
	}
	return v.Redirect(http.StatusSeeOther, v.home()+"?did=password")
}
