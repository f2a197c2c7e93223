package console

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
)

// ledgerView shows that nothing was lost, and what could not be delivered.
type ledgerView struct {
	Page    page
	Alarms  []alarmView
	Sum     sumView
	Letters []letterView
	Calls   []storyView
	Trouble string
}

// sumView is the equation that must hold.
type sumView struct {
	Received, Waiting, Duplicates int64
	Parts                         []partView
	Holds                         bool
	Says                          string
}

type partView struct {
	Name, Means string
	N           int64
	Width       int64 // of 100
}

type letterView struct {
	ID, Title, What, Why, Time, ISO string
	Again, Drop, Reason             string // on its buttons
}

// sumParts are the places where something received can be, in the order of the equation.
var sumParts = []string{"bot", "human", "quiet", "deleted", "failed", "pending"}

func (c *console) ledger(v *visit) error { return c.ledgerPage(v, http.StatusOK, "") }

func (c *console) ledgerPage(v *visit, status int, trouble string) error {
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	numbers, waiting, err := c.Ledger.Counts(ctx)
	if err != nil {
		return err
	}
	letters, err := c.Letters.List(ctx)
	if err != nil {
		return err
	}
	view := ledgerView{Sum: sum(numbers, waiting, say), Trouble: trouble}
	for _, l := range letters {
		view.Letters = append(view.Letters, c.letterView(l, say))
	}
	if view.Calls, err = c.stories(ctx, say); err != nil {
		return err
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "ledger", say("ledger.title"))
	return c.render(v, status, "ledger", view)
}

func sum(n map[string]int64, waiting int64, say sayer) sumView {
	s := sumView{Received: n["received"], Waiting: waiting, Duplicates: n["duplicates"]}
	rest := s.Received
	for _, name := range sumParts {
		rest -= n[name]
		s.Parts = append(s.Parts, partView{
			Name: say("count." + name), Means: say("means." + name), N: n[name],
			Width: min(100, n[name]*100/max(1, s.Received)),
		})
	}
	s.Holds, s.Says = rest == 0, say("ledger.holds")
	if !s.Holds {
		s.Says = say("ledger.off", "n", max(rest, -rest))
	}
	return s
}

func (c *console) letterView(l Letter, say sayer) letterView {
	at := l.At.In(c.zone())
	view := letterView{
		ID: l.ID, Time: say.moment(at, c.now()), ISO: at.Format(time.RFC3339), What: say("dead.statedead"),
		Again: say("dead.resend"), Drop: say("dead.drop"), Reason: say("dead.reason"),
	}
	if l.Class == "in" {
		key := "dead.inof"
		if l.Alias == "" {
			key = "dead.in"
		}
		view.Title, view.What = say(key, "alias", l.Alias), say("dead.statein")
		view.Again, view.Drop, view.Reason = say("dead.retry"), say("dead.end"), say("dead.endreason")
		return view
	}
	key := "dead.answer"
	if l.Class == "human" || l.Class == "nudge" {
		key = "dead." + l.Class
	}
	view.Title = say(key, "alias", aliasOf(l.Alias, say))
	if l.State == "uncertain" {
		view.What = say("dead.stateuncertain")
	}
	if view.Why = say("why." + l.Why); view.Why == "why."+l.Why {
		view.Why = say("why.other")
	}
	return view
}

// resend puts a letter back on its way.
func (c *console) resend(v *visit) error {
	return c.decide(v, c.Letters.Resend, "resent")
}

// drop lets go of a letter.
func (c *console) drop(v *visit) error {
	return c.decide(v, c.Letters.Drop, "dropped")
}

// decide carries out what somebody decided about a letter. Whoever looks later
// must be able to see why.
func (c *console) decide(v *visit, do func(ctx context.Context, id, reason, staff string) error, did string) error {
	id, err := v.named()
	if err != nil {
		return err
	}
	reason := strings.TrimSpace(v.form("reason"))
	if reason == "" || len([]rune(reason)) > 200 {
		return c.ledgerPage(v, http.StatusUnprocessableEntity, c.pages.say(v.Taste.Lang)("dead.needreason"))
	}
	if err := do(v.Request().Context(), id, reason, v.Name); err != nil {
		return c.letterGone(v, err)
	}
	return v.Redirect(http.StatusSeeOther, "/ledger?did="+did)
}

// letterGone: a colleague was faster, which is as good.
func (c *console) letterGone(v *visit, err error) error {
	if !errors.Is(err, ErrNoLetter) {
		return err
	}
	return c.ledgerPage(v, http.StatusConflict, c.pages.say(v.Taste.Lang)("dead.gone"))
}
