package house

import (
	"context"
	"errors"

	"engawa/flows"
	"engawa/handoff"
)

// townOf lets the console change areas and teams.
type townOf struct{ h *house }

// Town is what lies over house.yaml.
func (t townOf) Town(ctx context.Context) (handoff.Town, error) { return t.h.shifts.Town(ctx) }

// SetTown puts another in force.
func (t townOf) SetTown(ctx context.Context, town handoff.Town, by string) error {
	return t.h.shifts.SetTown(ctx, town, by)
}

// Base is house.yaml alone.
func (t townOf) Base() *flows.House { return t.h.shifts.Base() }

// Settle moves open talks out of what is no more.
func (t townOf) Settle(ctx context.Context) (int, error) { return t.h.desk.Settle(ctx) }

// teamOf is the team that a person's open case is with.
func (h *house) teamOf(ctx context.Context, p flows.PersonID) (string, error) {
	row, err := h.desk.Of(ctx, p)
	if errors.Is(err, handoff.ErrUnknown) || err == nil && !row.Open() {
		return "", nil
	}
	return row.Team, err
}
