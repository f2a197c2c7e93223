package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"engawa/config/privacy"
	"engawa/flows"
)

// giveUp ends an envelope that LINE refused, or whose fate nobody can know. A
// crisis answer and a human's words of unknown fate are pushed once more: twice is
// better than perhaps never. Everything else becomes a letter.
func (o *Outbox) giveUp(ctx context.Context, env *envelope, r ruling, why string) bool {
	if env.via == viaPush && env.try == 1 && r == failed {
		o.budget.undo()
	}
	var moves []move
	var notes []Parcel
	for i, p := range env.parcels {
		if r == uncertain && p.Round == 0 && (p.Crisis || p.Class == ClassHuman) {
			p.Round++
			blob, err := p.Encode()
			if err != nil {
				o.fault(err, env.person)
				return false
			}
			moves = append(moves, move{parcel: p, verdict: "again", more: blob})
			continue
		}
		state := StateFailed
		if r == uncertain {
			state = StateUncertain
		}
		m, n, err := o.lost(ctx, p, env.letters[i], state, why)
		if err != nil {
			o.fault(err, env.person)
			return o.putOff(ctx, env, keep, "keys", 0) // the same question again gives the same answer
		}
		moves, notes = append(moves, m), append(notes, n...)
	}
	return o.close(ctx, env, moves, notes)
}

// lost makes the letter of a parcel that is not delivered, and the desk's note if
// it held a human's words.
func (o *Outbox) lost(ctx context.Context, p Parcel, l Letter, state, why string) (move, []Parcel, error) {
	m := move{parcel: p, verdict: "failed"}
	plain, err := json.Marshal(l)
	if err != nil {
		return m, nil, fmt.Errorf("outbox: letter: %w", err)
	}
	d := dead{
		ID: p.ID, Kind: deadParcel, Person: p.Person, Event: p.Event, Also: p.Also, Class: p.Class, Crisis: p.Crisis,
		State: state, Why: why, At: p.At, Since: o.now().UnixMilli(), Round: p.Round, Owner: privacy.Dead(p.ID),
	}
	if d.Body, err = o.Vault.Seal(ctx, d.Owner, p.AAD(), plain); err != nil {
		return m, nil, err
	}
	blob, err := json.Marshal(d)
	if err != nil {
		return m, nil, fmt.Errorf("outbox: letter: %w", err)
	}
	m.more = string(bytes.TrimSuffix(blob, []byte("}")))
	told := state
	if why == whyOld {
		told = why
	}
	n, has, err := o.tell(ctx, p, l, flows.NoteRefused, told)
	if err != nil || !has {
		return m, nil, err
	}
	return m, []Parcel{n}, nil
}

// tell makes the note by which the desk learns what became of a human's words.
func (o *Outbox) tell(ctx context.Context, p Parcel, l Letter, do flows.NoteDo, why string) (Parcel, bool, error) {
	if p.Class != ClassHuman || l.Act == "" {
		return Parcel{}, false, nil
	}
	note := flows.DeskNote{}
	if l.Note != nil {
		note = *l.Note
	}
	note.Do, note.Act, note.Why = do, l.Act, why
	now := o.now()
	n := Parcel{
		ID: p.ID + ".fate", Event: p.Event, Person: p.Person, Dest: ToDesk,
		At: now.UnixMilli(), Owner: SealedBy(ToDesk, false, p.Person, now),
	}
	plain, err := n.Fill(Letter{Note: &note, Alias: l.Alias})
	if err != nil {
		return Parcel{}, false, fmt.Errorf("outbox: note: %w", err)
	}
	n.Body, err = o.Vault.Seal(ctx, n.Owner, n.AAD(), plain)
	return n, err == nil, err
}

// Why the first parcel of a queue is not sent; freeze.lua decides.
const (
	whyOld     = "old"     // 24 hours have passed
	whyBlocked = "blocked" // the person has blocked the account
	whyStopped = "stopped" // the person said もう送らないで
	whyLate    = "late"    // a nudge outside its hours
	whyReserve = "reserve" // a nudge for which the month's messages did not do
	whyDeleted = "deleted" // the person said 消す; the keys go in this moment

	whyUnreadable = "unreadable" // the seal does not fit: the store gave back something else
)

// refuse takes a parcel out of the queue that must not be sent any more.
func (o *Outbox) refuse(ctx context.Context, env *envelope) bool {
	why := env.why
	switch err := o.open(ctx, env); {
	case gone(err), why == whyDeleted && len(env.parcels) == 1:
		return o.close(ctx, env, o.all(env, "deleted"), nil)
	case err != nil:
		o.fault(err, env.person)
		return o.putOff(ctx, env, apart, "keys", 0)
	}
	p, l := env.parcels[0], env.letters[0]
	if why == whyStopped || why == whyLate { // as the person wished: nothing has failed
		var notes []Parcel
		n, has, err := o.tell(ctx, p, l, flows.NoteRefused, why)
		if err != nil {
			o.fault(err, env.person)
			return o.putOff(ctx, env, apart, "keys", 0)
		}
		if has {
			notes = append(notes, n)
		}
		return o.close(ctx, env, o.all(env, "quiet"), notes)
	}
	state := StateFailed
	if why == whyBlocked {
		state = StateBlocked
	}
	m, notes, err := o.lost(ctx, p, l, state, why)
	if err != nil {
		o.fault(err, env.person)
		return o.putOff(ctx, env, apart, "keys", 0)
	}
	return o.close(ctx, env, []move{m}, notes)
}
