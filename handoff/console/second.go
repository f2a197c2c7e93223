package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"

	"engawa/handoff/staff"
)

// What follows the password stands here: today a code of the telephone or of paper.
// A passkey, or a city's own sign-on, is one more way to answer the same page; see
// deploy/decisions/0013-second-proof.md.
var secondRoutes = []route{
	{http.MethodPost, "/sign-in/code", anyone, (*console).prove},
	{http.MethodGet, "/me/second", signedIn, (*console).second},
	{http.MethodPost, "/me/second/begin", signedIn, (*console).secondBegin},
	{http.MethodPost, "/me/second/confirm", signedIn, (*console).secondConfirm},
	{http.MethodPost, "/me/second/codes", signedIn, (*console).secondCodes},
	{http.MethodPost, "/me/second/drop", signedIn, (*console).secondDrop},
	{http.MethodPost, "/people/:id/second/drop", keepsPeople, (*console).personSecond},
	{http.MethodGet, "/me/devices", signedIn, (*console).devices},
	{http.MethodPost, "/me/devices/end", signedIn, (*console).endDevices},
}

var secondDid = []string{"seconddropped", "personsecond", "devicesended"}

// beforeSecond are the addresses open to somebody who must have a second factor and
// has none yet.
var beforeSecond = []string{"/me/second", "/me/second/begin", "/me/second/confirm", "/first", "/sign-out"}

// toSecond answers whatever else was asked for.
func (c *console) toSecond(v *visit, r route) error {
	if r.path == "/live" || r.path == "/pieces" {
		return v.NoContent(http.StatusForbidden)
	}
	return v.Redirect(http.StatusSeeOther, "/me/second")
}

// proofView asks for the second proof of a sign-in. What somebody was writing goes
// through with them.
type proofView struct {
	Page            page
	Proof, Trouble  string
	Next            string
	Draft, DraftFor string
	Kept            kept
}

func (c *console) proofPage(v *visit, status int, view proofView) error {
	view.Page = c.plainPage(v, c.pages.say(v.Taste.Lang)("proof.title"))
	return c.render(v, status, "proof", view)
}

// prove takes the code. A wrong one and one that was used before get the same answer.
func (c *console) prove(v *visit) error {
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	if c.Office == nil {
		return errMissing
	}
	say := c.pages.say(v.Taste.Lang)
	again := proofView{Proof: v.form("proof"), Next: nextOf(v.form("next")), Draft: v.form("draft"), DraftFor: v.form("draft_for"), Kept: v.keptForm()}
	token, s, err := c.Office.Accounts.Prove(v.Request().Context(), again.Proof, v.form("code"), v.RealIP())
	var limited *staff.LimitedError
	switch {
	case errors.As(err, &limited):
		again.Trouble = say("door.slow", "wait", say.wait(limited.After))
		return c.proofPage(v, http.StatusTooManyRequests, again)
	case errors.Is(err, staff.ErrCode):
		again.Trouble = say("proof.wrong")
		return c.proofPage(v, http.StatusUnauthorized, again)
	case errors.Is(err, staff.ErrProof), errors.Is(err, staff.ErrDenied):
		return c.doorPage(v, http.StatusUnauthorized, doorView{Trouble: "proof.late", Next: again.Next, Draft: again.Draft, DraftFor: again.DraftFor, Kept: again.Kept})
	case err != nil:
		return err
	}
	c.begin(v, token, s)
	return c.welcome(v, doorView{Next: again.Next, Draft: again.Draft, DraftFor: again.DraftFor, Kept: again.Kept})
}

// secondView is one's own second factor: off, being set up, or on.
type secondView struct {
	Page     page
	Alarms   []alarmView
	Trouble  string
	On, Must bool
	Left     int64    // recovery codes
	Secret   string   // being set up
	Picture  *picture // of the same
	Codes    []string // shown once
}

// picture is a code of black and white squares, as one path.
type picture struct {
	Size int
	Path string
}

func (c *console) second(v *visit) error { return c.secondPage(v, http.StatusOK, "", nil) }

func (c *console) secondPage(v *visit, status int, trouble string, codes []string) error {
	if c.Office == nil {
		return errMissing
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	a, err := c.Office.Accounts.Find(ctx, v.Name)
	if err != nil {
		return err
	}
	view := secondView{Trouble: trouble, On: a.Second, Must: v.Must && !a.Second, Codes: codes}
	if a.Second {
		if view.Left, err = c.Office.Accounts.CodesLeft(ctx, v.Name); err != nil {
			return err
		}
	} else {
		set, err := c.Office.Accounts.SettingUp(ctx, v.Token)
		if err != nil && !errors.Is(err, staff.ErrSetUp) {
			return err
		}
		if err == nil {
			view.Secret = inGroups(set.Secret)
			if view.Picture, err = drawn(set.URL); err != nil {
				return err
			}
		}
	}
	if view.Must {
		view.Page = c.plainPage(v, say("second.title"))
	} else {
		if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
			return err
		}
		view.Page = c.fullPage(v, "me", say("second.title"))
	}
	view.Page.Account = v.Name
	return c.render(v, status, "second", view)
}

// inGroups writes a key so that it can be read from a screen and typed.
func inGroups(key string) string {
	var b strings.Builder
	for i, r := range key {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// drawn makes the picture here: a key that is read from it goes to no other host.
func drawn(text string) (*picture, error) {
	const quiet = 4 // squares of white around it, without which cameras do not find it
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, err
	}
	size := code.Bounds().Dx()
	var b strings.Builder
	for y := range size {
		for x := range size {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				b.WriteString("M" + strconv.Itoa(x+quiet) + " " + strconv.Itoa(y+quiet) + "h1v1h-1z")
			}
		}
	}
	return &picture{Size: size + 2*quiet, Path: b.String()}, nil
}

// secondAct does something with one's own second factor and shows the page again.
func (c *console) secondAct(v *visit, did string, do func(*staff.Store) ([]string, error)) error {
	if c.Office == nil {
		return errMissing
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	codes, err := do(c.Office.Accounts)
	say := c.pages.say(v.Taste.Lang)
	var limited *staff.LimitedError
	switch {
	case errors.As(err, &limited):
		return c.secondPage(v, http.StatusTooManyRequests, say("door.slow", "wait", say.wait(limited.After)), nil)
	case errors.Is(err, staff.ErrDenied):
		return c.secondPage(v, http.StatusUnprocessableEntity, say("me.wrong"), nil)
	case errors.Is(err, staff.ErrCode):
		return c.secondPage(v, http.StatusUnprocessableEntity, say("proof.wrong"), nil)
	case errors.Is(err, staff.ErrSetUp):
		return c.secondPage(v, http.StatusConflict, say("second.again"), nil)
	case errors.Is(err, staff.ErrRequired):
		return c.secondPage(v, http.StatusUnprocessableEntity, say("second.required"), nil)
	case err != nil:
		return err
	case codes != nil:
		return c.secondPage(v, http.StatusOK, "", codes)
	}
	return v.Redirect(http.StatusSeeOther, "/me/second"+did)
}

func (c *console) secondBegin(v *visit) error {
	return c.secondAct(v, "", func(s *staff.Store) ([]string, error) {
		return nil, s.BeginSecond(v.Request().Context(), v.Token, v.form("password"))
	})
}

func (c *console) secondConfirm(v *visit) error {
	return c.secondAct(v, "", func(s *staff.Store) ([]string, error) {
		return s.ConfirmSecond(v.Request().Context(), v.Token, v.form("code"))
	})
}

func (c *console) secondCodes(v *visit) error {
	return c.secondAct(v, "", func(s *staff.Store) ([]string, error) {
		return s.NewCodes(v.Request().Context(), v.Token, v.form("code"))
	})
}

func (c *console) secondDrop(v *visit) error {
	return c.secondAct(v, "?did=seconddropped", func(s *staff.Store) ([]string, error) {
		return nil, s.DropSecond(v.Request().Context(), v.Token, v.form("code"))
	})
}

// personSecond takes somebody's second factor away: telephone and paper are lost.
func (c *console) personSecond(v *visit) error {
	return c.personAct(v, "personsecond", func(a staff.Account) error {
		if a.Name == v.Name {
			return errSelf
		}
		return c.accounts(v).ResetSecond(v.Request().Context(), a.Name)
	})
}

// devicesView is where one is signed in.
type devicesView struct {
	Page     page
	Alarms   []alarmView
	Sessions []sessionView
}

func (c *console) devices(v *visit) error {
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	sessions, err := c.sessionViews(ctx, v, say)
	if err != nil {
		return err
	}
	view := devicesView{Sessions: sessions}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "me", say("me.sessions"))
	return c.render(v, http.StatusOK, "devices", view)
}

// endDevices signs out every device but this one.
func (c *console) endDevices(v *visit) error {
	ctx := v.Request().Context()
	all, err := c.Staff.Sessions(ctx, v.Name)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.ID == v.Session.ID {
			continue
		}
		if err := c.Staff.Revoke(ctx, v.Name, s.ID); err != nil && !errors.Is(err, staff.ErrUnknown) {
			return err
		}
		c.hub.end(s.ID)
	}
	return v.Redirect(http.StatusSeeOther, "/me/devices?did=devicesended")
}
