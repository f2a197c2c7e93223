package console

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

// errOld refuses a closed talk that only a supervisor may still read.
var errOld = errors.New("console: closed too long ago for this role")

// inView stands before every address of a talk, so that no page of it can forget to ask:
// some time after its closing only a supervisor opens it. Whoever has its resident's
// present talk reads the earlier ones too, so that nobody tells their story twice.
func (c *console) inView(v *visit, r route) error {
	id := flows.CaseID("")
	switch {
	case c.ViewFor <= 0 || v.has(opens):
		return nil
	case strings.HasPrefix(r.path, "/case/:id"):
		var err error
		if id, err = v.caseID(); err != nil {
			return err
		}
	case r.path == "/pieces":
		id = flows.CaseID(v.QueryParam("case"))
	}
	if id == "" || !idShape.MatchString(string(id)) {
		return nil
	}
	ctx := v.Request().Context()
	row, err := c.Desk.Get(ctx, id)
	if errors.Is(err, handoff.ErrUnknown) {
		return nil // the page itself says so
	}
	if err != nil {
		return err
	}
	if (handoff.View{For: c.ViewFor}).Holds(row.Case, c.now()) {
		return nil
	}
	view, err := c.viewOf(ctx, v)
	if err != nil {
		return err
	}
	if !view.Holds(row.Case, c.now()) {
		return errOld
	}
	return nil
}

// viewOf is how far back this visitor may look.
func (c *console) viewOf(ctx context.Context, v *visit) (handoff.View, error) {
	view := handoff.View{For: c.ViewFor, Hands: map[flows.PersonID]bool{}}
	if v.has(opens) || c.ViewFor <= 0 {
		return handoff.View{}, nil
	}
	rows, err := c.Desk.Mine(ctx, v.Name)
	if err != nil {
		return view, fmt.Errorf("console: view: %w", err)
	}
	for _, r := range rows {
		view.Hands[r.Person] = true
	}
	return view, nil
}

// viewDays is the time after which talks close to view, in whole days.
func (c *console) viewDays() int { return int(c.ViewFor / (24 * time.Hour)) }
