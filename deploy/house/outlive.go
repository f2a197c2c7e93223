package house

import (
	"context"
	"errors"
	"slices"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/alarm"
)

// outlive keeps what the house has told residents that it keeps when they say 消す,
// as long as it can still be read: the LINE id where a life is in clear danger, and
// in a city with records what was said after a coordinator took the talk. Both the
// desk, when it hears of the 消す, and the outbox, before it destroys the keys, ask
// for it: whichever comes first still finds everything, and again changes nothing.
func (h *house) outlive(ctx context.Context, p flows.PersonID, danger bool) error {
	if !danger {
		var err error
		if danger, err = h.endangered(ctx, p); err != nil {
			return err
		}
	}
	if danger {
		if err := h.people.KeepID(ctx, p, h.clock()); err != nil {
			return err
		}
	}
	if !h.houseNow().Records {
		return nil
	}
	taken, err := h.desk.Taken(ctx, p)
	if err != nil {
		return err
	}
	for id, windows := range taken {
		if err := h.people.KeepRecord(ctx, p, id, windows.Hold); err != nil {
			return err
		}
	}
	return nil
}

// keysOf destroys words and then tells the desk, so that no open page goes on
// showing them.
type keysOf struct{ h *house }

// Purge is 消す. The desk hears of it by the person's own note.
func (k keysOf) Purge(ctx context.Context, p flows.PersonID) error {
	return errors.Join(k.h.people.Purge(ctx, p), k.h.board.Forget(ctx, k.h.posted, p))
}

// Unsend destroys texts that were taken back.
func (k keysOf) Unsend(ctx context.Context, p flows.PersonID, texts []string) error {
	return errors.Join(k.h.people.Unsend(ctx, p, texts), k.h.asked.Withdraw(ctx, p), k.h.desk.Withdrawn(ctx, p), k.h.rooms.Touch(ctx, p))
}

// Forget is この話を消す.
func (k keysOf) Forget(ctx context.Context, p flows.PersonID, texts []string) error {
	return errors.Join(k.h.people.Forget(ctx, p, texts), k.h.asked.Withdraw(ctx, p), k.h.desk.Withdrawn(ctx, p), k.h.rooms.Touch(ctx, p))
}

// endangered says whether the person's life is in clear danger as far as the desk
// knows. Leaving the line does not end it while its alarm is running.
func (h *house) endangered(ctx context.Context, p flows.PersonID) (bool, error) {
	row, err := h.desk.Of(ctx, p)
	if errors.Is(err, handoff.ErrUnknown) {
		return false, nil
	}
	if err != nil || row.Rank() != 0 {
		return false, err
	}
	if row.Open() {
		return true, nil
	}
	open, err := h.alarms.Open(ctx)
	return row.Why == handoff.WhyLeft && slices.ContainsFunc(open, func(a alarm.Alarm) bool {
		return a.Person == p && a.Urgency == flows.Life && a.Level == flows.Clear
	}), err
}

// forgetAtDesk is what happens beside the desk when it hears of a 消す.
func (h *house) forgetAtDesk(ctx context.Context, p flows.PersonID) error {
	if err := h.outlive(ctx, p, false); err != nil {
		return err
	}
	return h.alarms.Forget(ctx, p)
}
