package console

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"

	"engawa/flows"
	"engawa/handoff/staff"
)

// doorView is the sign-in page.
type doorView struct {
	Page                 page
	House, Trouble, Name string
	Next                 string
	Draft, DraftFor      string // what somebody was writing when their session ended
	Kept                 kept
	OtherLang, OtherName string
}

func (c *console) door(v *visit) error {
	view := doorView{Next: nextOf(v.QueryParam("next"))}
	if view.Next != "/" {
		view.Trouble = "door.needed"
	}
	return c.doorPage(v, http.StatusOK, view)
}

// doorPage shows the entrance. Trouble is the key of a sentence, or the sentence itself.
func (c *console) doorPage(v *visit, status int, view doorView) error {
	say := c.pages.say(v.Taste.Lang)
	view.Page = c.plainPage(v, say("door.title2"))
	view.Page.Notice, _ = c.notice(v, say)
	view.Trouble = say(view.Trouble)
	if h := c.House(); h != nil {
		view.House = say("door.house", "city", h.City, "house", h.Name)
	}
	view.OtherLang, view.OtherName = "en", "English"
	if v.Taste.Lang == "en" {
		view.OtherLang, view.OtherName = "ja", "日本語"
	}
	return c.render(v, status, "door", view)
}

// signIn lets somebody in by name and password. A wrong name, a wrong password
// and a locked account get the same answer.
func (c *console) signIn(v *visit) error {
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	say := c.pages.say(v.Taste.Lang)
	again := doorView{
		Next: nextOf(v.form("next")), Name: v.form("name"),
		Draft: v.form("draft"), DraftFor: v.form("draft_for"), Kept: v.keptForm(),
	}
	name := strings.ToLower(strings.TrimSpace(v.form("name")))
	token, s, err := c.Staff.Login(v.Request().Context(), name, v.form("password"), v.RealIP())
	var limited *staff.LimitedError
	var proof *staff.ProofError
	switch {
	case errors.As(err, &proof):
		return c.proofPage(v, http.StatusOK, proofView{Proof: proof.Token, Next: again.Next, Draft: again.Draft, DraftFor: again.DraftFor, Kept: again.Kept})
	case errors.As(err, &limited):
		again.Trouble = say("door.slow", "wait", say.wait(limited.After))
		return c.doorPage(v, http.StatusTooManyRequests, again)
	case errors.Is(err, staff.ErrDenied):
		again.Trouble = "door.wrong"
		return c.doorPage(v, http.StatusUnauthorized, again)
	case err != nil:
		return err
	}
	c.begin(v, token, s)
	return c.welcome(v, again)
}

// welcome leads on to where somebody was going, with the words they were writing.
func (c *console) welcome(v *visit, from doorView) error {
	id, isCase := strings.CutPrefix(from.Next, "/case/")
	task, isTask := strings.CutPrefix(from.Next, "/task/")
	switch {
	case v.OneTime:
		return v.Redirect(http.StatusSeeOther, "/first")
	case v.Must:
		return v.Redirect(http.StatusSeeOther, "/me/second")
	case c.hasKept(from.Kept):
		return c.keptPage(v, from.Kept, from.Next)
	case isCase && from.Draft != "" && v.has(reads):
		f := fill{words: from.Draft}
		if from.DraftFor == "note" {
			f = fill{note: from.Draft}
		}
		return c.orKept(v, from, c.casePage(v, http.StatusOK, flows.CaseID(id), f))
	case isTask && from.Draft != "" && v.has(reads):
		return c.orKept(v, from, c.taskPage(v, http.StatusOK, task, taskFill{note: from.Draft}))
	case from.Next == "/":
		return v.Redirect(http.StatusSeeOther, v.home())
	}
	return v.Redirect(http.StatusSeeOther, from.Next)
}

// guest is the demo's link: signed in without a password. serve sets no Guest,
// and then nothing is here.
func (c *console) guest(v *visit) error {
	code := []byte(c.Guest.Code)
	if len(code) == 0 || !c.Loopback || subtle.ConstantTimeCompare([]byte(v.Param("code")), code) != 1 {
		return errMissing
	}
	token, s, err := c.Staff.Enter(v.Request().Context(), c.Guest.Name)
	if err != nil {
		return err
	}
	c.begin(v, token, s)
	if to := nextOf(v.QueryParam("to")); to != "/" {
		return v.Redirect(http.StatusSeeOther, to)
	}
	return v.Redirect(http.StatusSeeOther, v.home())
}

// signOut ends this browser's session and the streams of all its tabs.
func (c *console) signOut(v *visit) error {
	if err := c.Staff.Logout(v.Request().Context(), v.Token); err != nil && !errors.Is(err, staff.ErrSession) {
		return err
	}
	c.hub.end(v.Session.ID)
	c.setCookie(v.Context, "")
	return v.Redirect(http.StatusSeeOther, "/sign-in?did=signedoutok")
}
