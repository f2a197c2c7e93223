package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/config/privacy"
	"engawa/config/traces"
	"engawa/flows"
)

// Waits of what stays in the house: short, because nothing there is far away.
const (
	nearWait = 4 * time.Second // at most
	callTime = 5 * time.Second // for one call to the desk, an alarm, the key store
)

// elsewhere carries the next parcel for the desk, an alarm, the key store or the board.
// None of these is ever given up. A mark of reading goes the same way; it is a courtesy
// that may come to nothing (see marked).
func (o *Outbox) elsewhere(ctx context.Context, lease inbox.Lease, e errand) bool {
	got, err := headMove.Run(ctx, o.rdb, []string{
		leaseKey(lease.Lane), QueueKey(e.dest, e.person), ParcelsKey(e.person), DueKey(lease.Lane, e.dest),
	}, lease.Value, string(e.person)).Result()
	head := texts(got)
	if err != nil || len(head) == 0 {
		o.fault(fmt.Errorf("outbox: head: %w", err), e.person)
		return false
	}
	if head[0] != "open" {
		if head[0] == "idle" {
			o.moves(e)
		}
		return false
	}
	var p Parcel
	if err := json.Unmarshal([]byte(head[1]), &p); err != nil {
		p = Parcel{At: o.now().UnixMilli()}
		return o.postpone(ctx, lease, e, p, errBroken)
	}
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	span := o.opt.Traces.Begin(traces.Hand)
	err = o.hand(call, lease, e, p)
	span.End(traces.Facts{Lane: lease.Lane, Kind: string(e.dest), Failed: err != nil})
	if err != nil {
		return o.postpone(ctx, lease, e, p, err)
	}
	left, err := doneMove.Run(ctx, o.rdb, []string{
		leaseKey(lease.Lane), QueueKey(e.dest, e.person), ParcelsKey(e.person), DueKey(lease.Lane, e.dest),
	}, lease.Value, string(e.person), p.ID, o.now().UnixMilli()).Int()
	if err != nil {
		o.fault(fmt.Errorf("outbox: done: %w", err), e.person)
		return false
	}
	o.moves(e)
	o.opt.Metrics.settled(e.dest, "accepted")
	return left > 0
}

func (o *Outbox) postpone(ctx context.Context, lease inbox.Lease, e errand, p Parcel, cause error) bool {
	tries := o.stands(e, p.At, "")
	o.fault(cause, e.person)
	due := o.now().Add(min(nearWait, pause(string(e.person), tries)))
	err := postponeMove.Run(ctx, o.rdb, []string{leaseKey(lease.Lane), DueKey(lease.Lane, e.dest)},
		lease.Value, string(e.person), due.UnixMilli()).Err()
	if err != nil && !errors.Is(err, redis.Nil) {
		o.fault(fmt.Errorf("outbox: postpone: %w", err), e.person)
	}
	return false
}

// hand gives a parcel to whom it is for.
func (o *Outbox) hand(ctx context.Context, lease inbox.Lease, e errand, p Parcel) error {
	l, err := o.unseal(ctx, p)
	lost := errors.Is(err, privacy.ErrShredded)
	if err != nil && !lost && (p.Class != ClassPurge || errors.Is(err, errBroken)) {
		return err
	}
	switch e.dest {
	case ToAlarm:
		a := flows.Alarm{Level: flows.Clear} // unreadable is no reason to stay silent
		if l.Alarm != nil {
			a = *l.Alarm
		}
		return o.Alarm.Raise(ctx, p.ID, e.person, l.Alias, a)
	case ToDesk:
		if l.Note == nil {
			o.log.Error("outbox: a note without content is left out", "parcel", p.ID)
			return nil
		}
		return o.Desk.Take(ctx, p.ID, e.person, l.Alias, *l.Note)
	case ToRead:
		return o.marked(ctx, p, l.Read)
	case ToBoard:
		if l.Board == nil || o.Board == nil {
			o.log.Error("outbox: a post without content is left out", "parcel", p.ID)
			return nil
		}
		return o.Board.Carry(ctx, p.ID, e.person, *l.Board, l.Post)
	}
	return o.destroy(ctx, lease, p, l, lost)
}

// unseal reads what a parcel says.
func (o *Outbox) unseal(ctx context.Context, p Parcel) (Letter, error) {
	plain, err := o.Vault.Open(ctx, p.Owner, p.AAD(), p.Body)
	if err != nil {
		return Letter{}, err
	}
	var l Letter
	if json.Unmarshal(plain, &l) != nil {
		return Letter{}, errBroken
	}
	return l, nil
}

// destroy carries out what was asked to be forgotten. Keys first, then data.
func (o *Outbox) destroy(ctx context.Context, lease inbox.Lease, p Parcel, l Letter, lost bool) error {
	switch {
	case p.Class == ClassPurge || l.Purge:
		return o.purge(ctx, lease, p)
	case lost:
		return nil // the person's key is gone, and every text's with it
	case p.Class == ClassForget:
		return o.Keys.Forget(ctx, p.Person, l.Texts)
	}
	return o.Keys.Unsend(ctx, p.Person, l.Texts)
}

func (o *Outbox) purge(ctx context.Context, lease inbox.Lease, p Parcel) error {
	if err := o.outlive(ctx, p.Person); err != nil {
		return fmt.Errorf("outbox: purge: %w", err)
	}
	if err := o.Keys.Purge(ctx, p.Person); err != nil {
		return fmt.Errorf("outbox: purge: %w", err)
	}
	ok, err := purgeMove.Run(ctx, o.rdb, []string{
		leaseKey(lease.Lane), ParcelsKey(p.Person), QueueKey(ToLINE, p.Person), DueKey(lease.Lane, ToLINE),
		envKey(p.Person), TokenKey(p.Person), owedKey(p.Person), ledgerKey(lease.Lane),
	}, lease.Value, string(p.Person), o.now().UnixMilli()).Bool()
	switch {
	case err != nil && !errors.Is(err, redis.Nil):
		return fmt.Errorf("outbox: purge: %w", err)
	case !ok:
		return errStolen
	}
	// No envelope of this person can write a letter from here on.
	return o.burn(ctx, lease.Lane, p.Person)
}

// outlive keeps what the house has promised to keep, while it can still be read.
// It looks at what is on its way first: what has arrived since is at the desk.
func (o *Outbox) outlive(ctx context.Context, person flows.PersonID) error {
	if o.Outlive == nil {
		return nil
	}
	all, err := o.rdb.HVals(ctx, ParcelsKey(person)).Result()
	if err != nil {
		return err
	}
	danger := false
	for _, text := range all {
		var p Parcel
		if json.Unmarshal([]byte(text), &p) != nil || p.Dest != ToDesk && p.Dest != ToAlarm {
			continue
		}
		l, err := o.unseal(ctx, p)
		if err != nil && !gone(err) && !errors.Is(err, errBroken) && !errors.Is(err, privacy.ErrBroken) {
			return err
		}
		danger = danger || l.endangered()
	}
	return o.Outlive(ctx, person, danger)
}

// endangered says whether a letter to the desk brings word of a life in clear danger.
func (l Letter) endangered() bool {
	clear := func(u flows.Urgency, v flows.Level) bool { return u == flows.Life && v == flows.Clear }
	if l.Alarm != nil && clear(l.Alarm.Urgency, l.Alarm.Level) {
		return !l.Alarm.Standby // that one leads to no case
	}
	if l.Note == nil || !clear(l.Note.Urgency, l.Note.Level) {
		return false
	}
	return l.Note.Do == flows.NoteOpen || l.Note.Do == flows.NoteRisk || l.Note.Do == flows.NoteWords
}
