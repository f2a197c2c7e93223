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
	"engawa/flows"
)

// Waits of what stays in the house: short, because nothing there is far away.
const (
	nearWait = 4 * time.Second // at most
	callTime = 5 * time.Second // for one call to the desk, an alarm, the key store
)

// elsewhere carries the next parcel for the desk, an alarm or the key store. None
// of these is ever given up.
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
	if err := o.hand(call, lease, e, p); err != nil {
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
	var l Letter
	plain, err := o.Vault.Open(ctx, p.Owner, p.AAD(), p.Body)
	lost := errors.Is(err, privacy.ErrShredded)
	switch {
	case err == nil:
		if err := json.Unmarshal(plain, &l); err != nil {
			return errBroken
		}
	case !lost && p.Class != ClassPurge:
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
	}
	return o.destroy(ctx, lease, p, l, lost)
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
