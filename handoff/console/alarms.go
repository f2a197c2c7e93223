package console

import (
	"context"
	"errors"
	"net/http"

	"engawa/flows"
	"engawa/handoff"
)

// alarmView is one cry for help. It shows who and which rule, never words.
type alarmView struct {
	ID, Word, Alias, Since, Reason string
	Href                           string
	Calls                          []logView
}

func (c *console) alarmViews(ctx context.Context, say sayer) ([]alarmView, error) {
	open, err := c.Alarms.Open(ctx)
	if err != nil {
		return nil, err
	}
	out, names := make([]alarmView, 0, len(open)), c.aliases(ctx)
	for _, a := range open {
		view := alarmView{
			ID: a.ID, Word: say("alarm.clear"), Alias: aliasOf(a.Alias, say),
			Since: say.moment(a.Raised.In(c.zone()), c.now()), Reason: c.alarmReason(a.Urgency, a.Level, a.Rules, say),
		}
		view.Calls = c.callLines(a, names, say)
		if a.Standby {
			view.Word = say("alarm.standby")
		}
		if view.Href, err = c.placeOf(ctx, a.Person); err != nil {
			return nil, err
		}
		out = append(out, view)
	}
	return out, nil
}

func (c *console) alarmReason(u flows.Urgency, l flows.Level, rules []string, say sayer) string {
	if c.Reason != nil {
		if text := c.Reason(u, l, rules); text != "" {
			return text
		}
	}
	switch u {
	case flows.Life, flows.Violence, flows.Medical:
		return say("alarm." + string(u))
	}
	return say("alarm.some")
}

// ack says that somebody has seen an alarm, and goes to the person's talk if there is one.
func (c *console) ack(v *visit) error {
	id, err := v.named()
	if err != nil {
		return err
	}
	a, err := c.Alarms.Ack(v.Request().Context(), id, v.Alias)
	if err != nil {
		return err
	}
	to, err := c.placeOf(v.Request().Context(), a.Person)
	if err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, to+"?did=acked")
}

// placeOf is the page of a person's talk, or the line while there is none.
func (c *console) placeOf(ctx context.Context, person flows.PersonID) (string, error) {
	row, err := c.Desk.Of(ctx, person)
	if errors.Is(err, handoff.ErrUnknown) {
		return "/", nil
	}
	return "/case/" + string(row.ID), err
}
