package house

import (
	"context"
	"errors"
	"time"

	"engawa/handoff/console"
)

// budgetEvery is how often LINE is asked what is left of the month. Between two
// answers the outbox counts what it sends itself.
const budgetEvery = time.Minute

var errUnknownBudget = errors.New("LINE has not told what is left of the month")

// followBudget keeps the month's messages known until ctx ends. While LINE does not
// answer, what it said last holds.
func (h *house) followBudget(ctx context.Context) error {
	learn := func() {
		if err := h.learnBudget(ctx); err != nil && ctx.Err() == nil {
			h.log.Debug("budget", "err", err)
		}
	}
	learn()
	return every(ctx, budgetEvery, learn)
}

func (h *house) learnBudget(ctx context.Context) error {
	q, err := h.line.Quota(ctx)
	if err != nil {
		return err
	}
	h.budget.Learn(h.clock().In(h.houseNow().Zone), q.Limited, q.Limit, q.Used, h.cfg.Reserve.Of(q.Limit))
	return nil
}

// pushes is the month's budget, for the console.
func (h *house) pushes(context.Context) (b console.Budget, err error) {
	if !h.budget.Known() {
		return b, errUnknownBudget
	}
	b.Used, b.Limit, b.Reserve = h.budget.Standing()
	if !h.outbox.Status().Quota.IsZero() { // LINE said so itself
		b.Used = max(b.Used, b.Limit)
	}
	return b, nil
}
