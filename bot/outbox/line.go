package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"engawa/bot/inbox"
	"engawa/bot/line"
	"engawa/config/privacy"
	"engawa/config/traces"
	"engawa/flows"
)

// retrySpace is the name space of our retry keys: one envelope, one key, for ever.
var retrySpace = uuid.MustParse("6c1e5b0e-5f0a-5a6e-9d0a-0b7f2f6a4f11")

// retryKey names a push to LINE. Who finds the envelope after a crash finds the key.
func retryKey(envelope string) string { return uuid.NewSHA1(retrySpace, []byte(envelope)).String() }

// envelope is a frozen envelope, opened.
type envelope struct {
	frozen
	lease   inbox.Lease
	person  flows.PersonID
	parcels []Parcel
	letters []Letter
	broken  bool      // one of them cannot be read
	notes   []Parcel  // what the desk will be told if it is accepted, sealed beforehand
	token   string    // reply token in clear
	tokenAt time.Time // when its webhook arrived, by our clock
	tokenOf time.Time // when that happened which it answers, by LINE's
	to      string    // LINE user id, for a push
}

// toLINE carries a person's next envelope. It says whether to come again at once.
func (o *Outbox) toLINE(ctx context.Context, lease inbox.Lease, p flows.PersonID) bool {
	if o.gate.shut(o.now()) > 0 {
		return false
	}
	e := errand{ToLINE, p}
	f, err := o.freeze(ctx, lease, p)
	env := &envelope{frozen: f, lease: lease, person: p}
	switch {
	case errors.Is(err, errReplicas) && f.state == "open":
		o.stands(e, f.first, "replicas")
		return o.putOff(ctx, env, o.unsent(env), "replicas", 0)
	case err != nil:
		o.fault(err, p)
		return false
	case f.state == "idle":
		o.moves(e)
		return false
	case f.state == "wait" && f.why == whyReserve:
		o.moves(e) // as it should be: nobody is kept waiting for an answer
		return false
	case f.state == "wait":
		o.stands(e, f.first, string(line.KindQuota))
		return false
	case f.state == "refuse":
		return o.refuse(ctx, env)
	case f.state == "open":
		return o.deliver(ctx, env)
	}
	return false
}

// unsent is what becomes of an envelope that we did not send: taken apart, unless
// an earlier try may have been accepted.
func (o *Outbox) unsent(env *envelope) ruling {
	if env.try > 1 {
		return keep
	}
	return apart
}

// deliver opens the envelope, hands it to LINE and does what the outcome asks for.
func (o *Outbox) deliver(ctx context.Context, env *envelope) bool {
	switch err := o.open(ctx, env); {
	case gone(err):
		return o.close(ctx, env, o.all(env, "deleted"), nil)
	case err != nil:
		o.fault(err, env.person)
		return o.putOff(ctx, env, o.unsent(env), "keys", 0)
	}
	if env.broken {
		if len(env.parcels) > 1 {
			return o.putOff(ctx, env, single, whyUnreadable, 0)
		}
		return o.giveUp(ctx, env, failed, whyUnreadable)
	}
	age := o.now().Sub(time.UnixMilli(env.first))
	if env.via == viaPush && env.try > 1 && age > pushTrust {
		return o.giveUp(ctx, env, failed, string(line.KindUnknown)) // its retry key tells nothing any more
	}
	if env.via == viaReply && env.token == "" && env.try == 1 {
		return o.putOff(ctx, env, bare, "token", 0)
	}
	span := o.opt.Traces.Begin(traces.Send)
	err, now := o.send(ctx, env), o.now()
	a := attempt{via: env.via, again: env.try > 1, parcels: len(env.parcels), kind: kindOf(err),
		tokenAge: now.Sub(env.tokenAt), age: now.Sub(time.UnixMilli(env.first))}
	var said line.Error // nothing, if it was not LINE that spoke
	if e := (*line.Error)(nil); errors.As(err, &e) {
		said = *e
	}
	a.alive = env.alive(said.At, now)
	o.gate.note(now, env.via, a.kind, said.RetryAfter)
	r := judge(a)
	span.End(traces.Facts{Lane: env.lease.Lane, Kind: env.via, Outcome: outcome(a.kind), Count: len(env.parcels), Failed: err != nil})
	o.opt.Metrics.sent(env.via, a.kind)
	switch r {
	case accepted:
		return o.close(ctx, env, o.all(env, "accepted"), env.notes)
	case dropped:
		return o.close(ctx, env, o.all(env, "deleted"), nil)
	case uncertain, failed:
		return o.giveUp(ctx, env, r, string(a.kind))
	}
	o.stands(errand{ToLINE, env.person}, env.oldest(), string(a.kind))
	return o.putOff(ctx, env, r, string(a.kind), said.RetryAfter)
}

// open reads what the envelope holds and whom it is for.
func (o *Outbox) open(ctx context.Context, env *envelope) error {
	var items []privacy.Item
	for _, blob := range env.blobs {
		var p Parcel
		if err := json.Unmarshal([]byte(blob), &p); err != nil {
			return errBroken
		}
		env.parcels = append(env.parcels, p)
		items = append(items, privacy.Item{Owner: p.Owner, AAD: p.AAD(), Data: p.Body})
	}
	at, sealed, has := parseToken(env.frozen.token)
	if has {
		env.tokenAt = at
		items = append(items, privacy.Item{Owner: privacy.Person(string(env.person)), AAD: TokenAAD(env.person), Data: sealed})
	}
	if err := o.Vault.OpenMany(ctx, items); err != nil {
		return err
	}
	for i := range env.parcels {
		var l Letter
		err := items[i].Err
		if err == nil {
			err = json.Unmarshal(items[i].Data, &l)
		} else if !errors.Is(err, privacy.ErrBroken) {
			return err
		}
		env.broken = env.broken || err != nil
		env.letters = append(env.letters, l)
	}
	if has && items[len(items)-1].Err == nil {
		env.token, env.tokenOf = readToken(items[len(items)-1].Data)
	}
	if env.via == viaFinal && len(env.letters) == 1 {
		l := env.letters[0]
		env.token, env.tokenAt = l.Token, time.UnixMilli(l.TokenAt)
		if l.TokenOf > 0 {
			env.tokenOf = time.UnixMilli(l.TokenOf)
		}
	}
	return o.prepare(ctx, env)
}

// alive says whether the reply token was certainly alive when LINE refused it, so that
// only we can have used it. That is asked of LINE's clock alone where it tells the
// time: ours may have been put back between the two, and an answer that never came
// would count as one that did.
func (env *envelope) alive(said, now time.Time) bool {
	if !said.IsZero() && !env.tokenOf.IsZero() {
		return said.Sub(env.tokenOf) <= tokenTrust
	}
	return now.Sub(env.tokenAt) <= tokenTrust
}

// errBroken means that the store gave back something that we did not put there.
var errBroken = errors.New("outbox: a parcel cannot be read")

// prepare gets all that could fail before anything is sent: who it goes to, and
// what the desk will be told.
func (o *Outbox) prepare(ctx context.Context, env *envelope) (err error) {
	if env.via == viaPush {
		if env.to, err = o.People.LINEID(ctx, env.person); err != nil {
			return err
		}
	}
	for i, p := range env.parcels {
		n, told, err := o.tell(ctx, p, env.letters[i], flows.NoteSent, "accepted")
		if err != nil {
			return err
		}
		if told {
			env.notes = append(env.notes, n)
		}
	}
	return nil
}

// send hands the envelope over, the same way each time.
func (o *Outbox) send(ctx context.Context, env *envelope) error {
	var msgs []json.RawMessage
	for _, l := range env.letters {
		msgs = append(msgs, l.Messages...)
	}
	if env.via == viaPush {
		return o.LINE.Push(ctx, env.to, retryKey(env.id), msgs)
	}
	return o.LINE.Reply(ctx, env.token, msgs)
}

// kindOf reads an error of LINE. One that is not LINE's leaves the outcome open.
func kindOf(err error) line.Kind {
	var said *line.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &said):
		return said.Kind
	}
	return line.KindUnknown
}

func (env *envelope) oldest() int64 {
	at := env.first
	for _, p := range env.parcels {
		at = min(at, p.At)
	}
	return at
}

func (o *Outbox) all(env *envelope, verdict string) []move {
	moves := make([]move, len(env.parcels))
	for i, p := range env.parcels {
		moves[i] = move{parcel: p, verdict: verdict}
	}
	return moves
}

// close settles and does not rest until the store has it: what LINE has accepted
// must not look like an open question because the store was away for a moment.
func (o *Outbox) close(ctx context.Context, env *envelope, moves []move, notes []Parcel) bool {
	for n := 1; ; n++ {
		left, err := o.settle(ctx, env.lease, env.person, env.frozen, moves, notes)
		switch {
		case err == nil:
			o.moves(errand{ToLINE, env.person})
			for _, m := range moves {
				o.opt.Metrics.settled(ToLINE, m.verdict)
			}
			if len(notes) > 0 {
				o.Wake(env.lease.Lane)
			}
			return left > 0
		case errors.Is(err, errStolen):
			return false
		}
		o.fault(err, env.person)
		if !rest(ctx, pause(env.id, min(n, 4))) {
			return false // found as an envelope by whoever comes next
		}
	}
}

// rest waits, unless ctx ends first.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// putOff puts the next try off by what the outcome asks for.
func (o *Outbox) putOff(ctx context.Context, env *envelope, r ruling, why string, asked time.Duration) bool {
	if env.via == viaPush && env.try == 1 && r != keep {
		o.budget.undo()
	}
	back, alone := env.frozen.token, 0
	wait := pause(string(env.person), env.failed+1)
	switch {
	case r == bare:
		back, wait = "", 0
	case r == single:
		alone, wait = len(env.parcels), 0
	case r == keep:
		wait = pause(env.id, env.try)
	}
	switch line.Kind(why) {
	case line.KindQuota:
		wait = max(asked, quotaWait)
	case line.KindUserLimit:
		wait = max(asked, userWait<<min(env.failed, 6))
	case line.KindRate, line.KindAuth:
		wait = max(asked, wait)
	}
	if env.via == viaFinal { // its minute is short, and apart would be no better
		r, wait = keep, min(wait, 5*time.Second)
	}
	if err := o.later(ctx, env.lease, env.person, env.frozen, r, wait, back, alone); err != nil {
		if !errors.Is(err, errStolen) {
			o.fault(err, env.person)
		}
		return false
	}
	return wait == 0
}

// fault logs trouble that is ours, not LINE's: one line a second says enough.
func (o *Outbox) fault(err error, p flows.PersonID) {
	o.opt.Metrics.faults.Inc()
	now := o.now()
	o.mu.Lock()
	silent := now.Sub(o.told) < time.Second && !now.Before(o.told)
	o.hushed++
	hushed := o.hushed
	if !silent {
		o.told, o.hushed = now, 0
	}
	o.mu.Unlock()
	if !silent {
		o.log.Warn("outbox: comes again", "person", string(p), "err", err, "and", hushed-1)
	}
}
