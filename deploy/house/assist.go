package house

import (
	"context"
	"fmt"

	"engawa/bot/assist"
	"engawa/bot/people"
	"engawa/config"
	"engawa/flows"
)

// joinAssist joins the language model, if the city has switched one on. Without one
// nothing else in the house changes.
func (h *house) joinAssist() error {
	budget, err := assist.ParseBudget(h.cfg.Assist.Budget)
	if err != nil {
		return fmt.Errorf("ENGAWA_ASSIST_BUDGET: %w", err)
	}
	h.asked = assist.NewAudit(h.rdb, h.vault, h.clock)
	h.model, err = assist.New(assist.Options{
		BaseURL: h.cfg.Assist.URL, APIKey: h.cfg.Assist.Key.Reveal, Model: h.cfg.Assist.Model, Budget: budget,
		Audit: h.asked, Redis: h.rdb, Zone: h.bundle().House.Zone, Clock: h.clock, Log: h.log,
	})
	if err != nil {
		return fmt.Errorf("ENGAWA_ASSIST_URL: 言語モデルの場所が使えません。http:// は市の網の中だけです / the model's address cannot be used: %w", err)
	}
	h.reg.MustRegister(h.model.Collectors()...)
	return nil
}

// second reads a text again with the model's help. Whatever goes wrong, the rules'
// own reading stays; the model can only raise caution.
func (h *house) second(ctx context.Context, b *flows.Bundle, s flows.State, p flows.PersonID, last people.Said, local flows.Reading) flows.Reading {
	q, ask := assist.Ask(b, s, last.Text, local)
	if !ask {
		return local
	}
	q.Who, q.TextID = p, last.ID
	commands, err := h.model.Read(ctx, q)
	if err != nil { // counted and logged there; the rules are answer enough
		return local
	}
	return assist.Merge(local, commands)
}

// chosen is what the city has decided about its promises.
func (h *house) chosen() config.Chosen {
	return config.Chosen{
		Replicas: h.cfg.Replicas, Drafts: h.bundle().Drafts, Records: h.bundle().House.Records, Model: h.model.On(), Ways: h.waker.Ways(),
	}
}
