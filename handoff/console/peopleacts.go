package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"engawa/handoff"
	"engawa/handoff/staff"
)

// accounts act in the name of who asks, so that the book says who it was.
func (c *console) accounts(v *visit) *staff.Store { return c.Office.Accounts.As(v.Name) }

// peopleTrouble says what an account is refused with; "" for anything else.
func peopleTrouble(err error, say sayer) string {
	for _, t := range []struct {
		err  error
		says string
	}{
		{staff.ErrName, say("people.badname")}, {staff.ErrAlias, say("people.badalias")}, {staff.ErrExists, say("people.taken")},
		{staff.ErrRole, say("people.norole")}, {staff.ErrMost, say("people.badmost")}, {staff.ErrStale, say("people.stale")}, {staff.ErrLast, say("people.last")},
		{handoff.ErrOther, say("people.stale")}, {handoff.ErrHours, say("people.badhours")}, {handoff.ErrNoGroup, say("people.noteam")},
		{handoff.ErrTime, say("people.badtime")},
	} {
		if errors.Is(err, t.err) {
			return t.says
		}
	}
	return ""
}

// typedAccount reads what may be changed of an account.
func (v *visit) typedAccount(a staff.Account) (staff.Account, error) {
	if err := v.Request().ParseForm(); err != nil {
		return a, badForm(err)
	}
	a.Alias, a.Roles = strings.TrimSpace(v.form("alias")), nil
	for _, r := range v.Request().PostForm["role"] {
		a.Roles = append(a.Roles, staff.Role(r))
	}
	a.Most = 0
	if most := plainTyping.Replace(v.form("most")); most != "" {
		n, err := strconv.Atoi(most)
		if err != nil || n < 1 {
			return a, staff.ErrMost
		}
		a.Most = n
	}
	return a, nil
}

// personAdd makes an account. Its password is shown on the answer, and nowhere again.
func (c *console) personAdd(v *visit) error {
	if c.Office == nil {
		return errMissing
	}
	say := c.pages.say(v.Taste.Lang)
	a, err := v.typedAccount(staff.Account{Name: strings.ToLower(strings.TrimSpace(v.form("name")))})
	password := ""
	if err == nil {
		password, err = c.accounts(v).Add(v.Request().Context(), a, "")
	}
	if err != nil {
		if says := peopleTrouble(err, say); says != "" {
			return c.peoplePage(v, http.StatusUnprocessableEntity, says, a, nil)
		}
		return err
	}
	return c.peoplePage(v, http.StatusOK, "", staff.Account{}, &freshView{a.Name, a.Alias, password})
}

// personEdit changes alias, roles and capacity of the account that was looked at.
// Nobody takes their own administrator's role away: there is always one left.
func (c *console) personEdit(v *visit) error {
	return c.personAct(v, "personedit", func(a staff.Account) error {
		a, err := v.typedAccount(a)
		if err != nil {
			return err
		}
		if a.Name == v.Name && !a.Is(staff.Administrator) {
			return errSelf
		}
		if a.Rev, err = strconv.ParseInt(v.form("rev"), 10, 64); err != nil {
			return errBad
		}
		return c.accounts(v).Edit(v.Request().Context(), a)
	})
}

// errSelf: nobody locks themselves out.
var errSelf = errors.New("console: not on one's own account")

// personAct does something to the account of the address and shows its page again.
func (c *console) personAct(v *visit, did string, do func(staff.Account) error) error {
	a, err := c.whom(v)
	if err != nil {
		return err
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	err = do(a)
	say := c.pages.say(v.Taste.Lang)
	switch says := peopleTrouble(err, say); {
	case errors.Is(err, errSelf):
		return c.personPage(v, http.StatusUnprocessableEntity, say("people.self"), nil)
	case errors.Is(err, staff.ErrStale), errors.Is(err, handoff.ErrOther):
		return c.personPage(v, http.StatusConflict, says, nil)
	case says != "":
		return c.personPage(v, http.StatusUnprocessableEntity, says, nil)
	case err != nil:
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/people/"+url.PathEscape(a.Name)+"?did="+did)
}

func (c *console) personReset(v *visit) error {
	a, err := c.whom(v)
	if err != nil {
		return err
	}
	if a.Name == v.Name {
		return c.personPage(v, http.StatusUnprocessableEntity, c.pages.say(v.Taste.Lang)("people.self"), nil)
	}
	password, err := c.accounts(v).Reset(v.Request().Context(), a.Name, "")
	if err != nil {
		return err
	}
	return c.personPage(v, http.StatusOK, "", &freshView{a.Name, a.Alias, password})
}

// personDisable locks an account and gives its talks back. The order matters: who
// is locked can take nothing more. Pressed again it does what was left undone.
func (c *console) personDisable(v *visit) error {
	return c.personAct(v, "personoff", func(a staff.Account) error {
		if a.Name == v.Name {
			return errSelf
		}
		if err := c.accounts(v).Disable(v.Request().Context(), a.Name); err != nil {
			return err
		}
		_, err := c.Desk.ReturnAll(v.Request().Context(), handoff.Staff{Name: a.Name, Alias: a.Alias})
		return err
	})
}

func (c *console) personEnable(v *visit) error {
	return c.personAct(v, "personon", func(a staff.Account) error {
		return c.accounts(v).Enable(v.Request().Context(), a.Name)
	})
}

// personSessions signs somebody out everywhere: a telephone was lost.
func (c *console) personSessions(v *visit) error {
	return c.personAct(v, "personsessions", func(a staff.Account) error {
		open, err := c.Office.Accounts.Sessions(v.Request().Context(), a.Name)
		if err != nil {
			return err
		}
		for _, s := range open {
			if s.ID == v.Session.ID {
				continue // the browser that asks for it goes on
			}
			if err := c.accounts(v).Revoke(v.Request().Context(), a.Name, s.ID); err != nil && !errors.Is(err, staff.ErrUnknown) {
				return err
			}
			c.hub.end(s.ID)
		}
		return nil
	})
}

func (c *console) personTeams(v *visit) error {
	return c.personAct(v, "personteams", func(a staff.Account) error {
		if c.Office.Rooms == nil {
			return errMissing
		}
		ctx := v.Request().Context()
		given, err := c.Office.Rooms.GivenTeams(ctx, a.Name)
		if err != nil {
			return err
		}
		if v.form("given") != strings.Join(given, "\n") {
			return handoff.ErrOther
		}
		return c.Office.Rooms.SetTeams(ctx, a.Name, v.Request().PostForm["team"])
	})
}

// personWeek gives somebody hours of their own, or those of the house.
func (c *console) personWeek(v *visit) error {
	return c.changeWeek(v, func(w *handoff.Week) bool {
		w.Days = nil
		if v.form("do") == "usual" {
			return true
		}
		days, ok := v.week()
		w.Days = days
		return ok
	})
}

// personDay puts one day off into somebody's roster, or takes it out again.
func (c *console) personDay(v *visit) error {
	return c.changeWeek(v, func(w *handoff.Week) bool {
		date := strings.TrimSpace(v.form("date"))
		if v.form("do") == "drop" {
			w.Off = slices.DeleteFunc(w.Off, func(d string) bool { return d == date })
			return true
		}
		w.Off = append(w.Off, date)
		return date >= c.now().Format(time.DateOnly)
	})
}

func (c *console) changeWeek(v *visit, change func(*handoff.Week) bool) error {
	return c.personAct(v, "personweek", func(a staff.Account) error {
		if c.Office.Weeks == nil {
			return errMissing
		}
		w, err := c.Office.Weeks.WeekOf(v.Request().Context(), a.Name)
		if err != nil {
			return err
		}
		switch {
		case v.form("rev") != strconv.FormatInt(w.Rev, 10):
			return handoff.ErrOther
		case !change(&w):
			return handoff.ErrHours
		}
		return c.Office.Weeks.SetWeek(v.Request().Context(), a.Name, w)
	})
}

// personOut says for somebody who cannot say it themselves that they are not here.
func (c *console) personOut(v *visit) error {
	return c.personAct(v, "personout", func(a staff.Account) error {
		if c.Shifts == nil {
			return errMissing
		}
		until, err := time.ParseInLocation(time.DateOnly, v.form("date"), c.zone())
		if err != nil {
			return handoff.ErrTime
		}
		return c.Shifts.Out(v.Request().Context(), a.Name, until)
	})
}

func (c *console) personBack(v *visit) error {
	return c.personAct(v, "personback", func(a staff.Account) error {
		if c.Shifts == nil {
			return errMissing
		}
		return c.Shifts.Back(v.Request().Context(), a.Name)
	})
}

// personReturn gives all of somebody's talks back to the line: they are ill.
func (c *console) personReturn(v *visit) error {
	return c.personAct(v, "personreturn", func(a staff.Account) error {
		_, err := c.Desk.ReturnAll(v.Request().Context(), handoff.Staff{Name: a.Name, Alias: a.Alias})
		return err
	})
}
