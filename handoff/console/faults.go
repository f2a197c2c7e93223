package console

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"

	"github.com/labstack/echo/v4"

	"engawa/handoff"
	"engawa/handoff/alarm"
	"engawa/handoff/staff"
)

// What a page is refused with.
var (
	errMissing   = errors.New("console: no such page")
	errForbidden = errors.New("console: not for this role")
	errOrigin    = errors.New("console: request of another origin")
	errBig       = errors.New("console: body too large")
	errBad       = errors.New("console: form not understood")
	errMany      = errors.New("console: too many streams")
)

// faults say which status and which page an error becomes. The page's texts
// are error.<kind>: what happened, what is safe, what to do.
var faults = []struct {
	err    error
	status int
	kind   string
}{
	{errMissing, http.StatusNotFound, "missing"},
	{handoff.ErrUnknown, http.StatusNotFound, "missing"},
	{handoff.ErrNoTask, http.StatusNotFound, "missing"},
	{alarm.ErrUnknown, http.StatusNotFound, "missing"},
	{ErrNoLetter, http.StatusNotFound, "missing"},
	{ErrNoContent, http.StatusNotFound, "missing"},
	{ErrNoGroup, http.StatusNotFound, "missing"},
	{ErrGroupChanged, http.StatusBadRequest, "bad"},
	{ErrGroupWords, http.StatusBadRequest, "bad"},
	{staff.ErrUnknown, http.StatusNotFound, "missing"},
	{errForbidden, http.StatusForbidden, "forbidden"},
	{errOld, http.StatusForbidden, "old"},
	{errOrigin, http.StatusForbidden, "origin"},
	{errBig, http.StatusRequestEntityTooLarge, "big"},
	{errBad, http.StatusBadRequest, "bad"},
	{errMany, http.StatusServiceUnavailable, "many"},
	{staff.ErrSession, http.StatusUnauthorized, "signin"},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "away"},
}

// kindOf sorts an error. What nobody named is the store, as a rule, or our own mistake.
func kindOf(err error) (int, string) {
	for _, f := range faults {
		if errors.Is(err, f.err) {
			return f.status, f.kind
		}
	}
	var he *echo.HTTPError
	if errors.As(err, &he) {
		switch he.Code {
		case http.StatusNotFound:
			return http.StatusNotFound, "missing"
		case http.StatusMethodNotAllowed:
			return http.StatusMethodNotAllowed, "method"
		case http.StatusRequestEntityTooLarge:
			return http.StatusRequestEntityTooLarge, "big"
		case http.StatusBadRequest:
			return http.StatusBadRequest, "bad"
		}
	}
	if storeAway(err) {
		return http.StatusServiceUnavailable, "away"
	}
	return http.StatusInternalServerError, "broken"
}

// faultView is a page that says what happened, what is safe and what to do.
type faultView struct {
	Page                      page
	Alarms                    []alarmView
	What, Safe, Do, Draft, Go string
	Href                      string
}

// fault answers an error with a plain page. The error itself goes to the log
// only, and by our rules holds nobody's words.
func (c *console) fault(err error, ec echo.Context) {
	if ec.Response().Committed {
		return
	}
	if errors.Is(err, context.Canceled) && ec.Request().Context().Err() != nil {
		return // nobody waits for the answer any more
	}
	status, kind := kindOf(err)
	if status >= http.StatusInternalServerError {
		c.Log.Error("console: page failed", "route", ec.Path(), "status", status, "err", err)
	}
	v := &visit{Context: ec, Taste: tasteOf(ec)}
	say := c.pages.say(v.Taste.Lang)
	view := faultView{
		What: say("error."+kind, "days", c.viewDays()), Safe: say("error." + kind + ".safe"), Do: say("error." + kind + ".do"),
		Go: say("error.home"), Href: "/",
	}
	view.Page = c.plainPage(v, say("error.title"))
	if status >= http.StatusInternalServerError || kind == "big" || kind == "bad" || kind == "old" {
		view.Draft = unsent(v)
	}
	if err := c.render(v, status, "error", view); err != nil {
		c.Log.Error("console: error page failed", "err", err)
	}
}

// unsent gives back what somebody had written into a form that failed.
func unsent(v *visit) string {
	if v.Request().Method != http.MethodPost || v.Request().ParseForm() != nil {
		return ""
	}
	if w := v.form("words"); w != "" {
		return w
	}
	return v.form("note")
}

func badForm(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return errBig
	}
	return errBad
}

// storeAway tells a store that cannot be reached from a mistake of ours.
func storeAway(err error) bool {
	var op net.Error
	return errors.As(err, &op) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
