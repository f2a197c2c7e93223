package console

import (
	"context"
	"net/http"

	"engawa/flows"
	"engawa/handoff"
)

// Keeps is what comes of a talk that was passed on; *handoff.Desk is one.
type Keeps interface {
	AskBecause(ctx context.Context, id flows.CaseID, by, to handoff.Staff, why string) (handoff.Case, error)
	Yield(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)
	GoOn(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)
}

var keepRoutes = []route{
	{http.MethodPost, "/case/:id/yield", speaks, (*console).yield},
	{http.MethodPost, "/case/:id/goon", speaks, (*console).goOn},
}

var keepDid = []string{"yielded", "wenton"}

// askWhys are the reasons for passing a talk on, as the resident will be told.
var askWhys = []string{flows.PassedOn, flows.PassedKnows, flows.PassedAway}

// wishView is a resident's そのままがいい that waits for who has the talk.
type wishView struct{ ID, Says, Yield string }

func wish(k handoff.Case, mine bool, say sayer) *wishView {
	if k.Pass.Wish.IsZero() || !k.Open() || !k.Forgotten.IsZero() {
		return nil
	}
	w := &wishView{Says: say("same.says", "staff", k.Pass.From.Alias)}
	if mine {
		w.ID, w.Yield = string(k.ID), say("same.yield", "staff", k.Pass.From.Alias)
	}
	return w
}

func (c *console) yield(v *visit) error {
	if c.Keeps == nil {
		return errMissing
	}
	return c.do(v, "yielded", c.Keeps.Yield)
}

func (c *console) goOn(v *visit) error {
	if c.Keeps == nil {
		return errMissing
	}
	return c.do(v, "wenton", c.Keeps.GoOn)
}

// asksBecause asks a colleague, with the reason that the resident will hear.
func (c *console) asksBecause(ctx context.Context, id flows.CaseID, by, to handoff.Staff, why string) error {
	if c.Keeps == nil || why == "" {
		_, err := c.Desk.Ask(ctx, id, by, to)
		return err
	}
	_, err := c.Keeps.AskBecause(ctx, id, by, to, why)
	return err
}

// whysOf are the reasons to choose from.
func (c *console) whysOf(say sayer) (out []choiceView) {
	if c.Keeps == nil {
		return nil
	}
	for _, w := range askWhys {
		key := "ask.why." + w
		if w == "" {
			key = "ask.why.none"
		}
		out = append(out, choiceView{Value: w, Text: say(key)})
	}
	return out
}
