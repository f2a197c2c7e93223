package dialogue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/bot/ledger"
	"engawa/bot/people"
	"engawa/flows"
)

// turn is one turn at work. It is made anew for every try.
type turn struct {
	d      *Dialogue
	lease  inbox.Lease
	now    time.Time
	bundle *flows.Bundle

	run  []*inbox.Entry // what the turn answers: texts in a row, or one event
	dups []string       // stream ids of what was answered before
	n    int            // so many entries from the front are finished by this turn
	open bool           // nothing but texts follows: more may come
	wait time.Duration  // > 0: not now

	taken map[string]bool // message ids that were taken back, now or earlier
	known flows.PersonID  // who is behind the pseudonym

	person people.Person
	mode   string // how the commit finds the person, see plan
	event  flows.Event
	view   flows.View
	said   []people.Said   // what is kept of the turn
	void   map[string]bool // events of texts that were taken back and not answered
	words  map[string][]byte
	staff  string // a coordinator's words, for the one bubble that shows them

	after   flows.State
	effects []flows.Effect
	reasons []string
	sends   bool // there are parcels
}

// How the commit finds the person. See lua/commit.lua.
const (
	modeNone = ""     // the turn writes nothing of a person
	modeNew  = "new"  // met for the first time
	modeHere = "here" // as loaded
)

// take does the whole turn.
func (t *turn) take(ctx context.Context, waiting []*inbox.Entry) error {
	if err := t.d.open(ctx, waiting); err != nil {
		return err
	}
	done, err := t.look(ctx, waiting)
	if err != nil {
		return err
	}
	t.choose(waiting, done)
	if len(t.run) == 0 {
		return t.commit(ctx, &plan{})
	}
	if err := t.d.at("opened"); err != nil {
		return err
	}
	first := t.run[0]
	switch h := of(first); {
	case first.Kind == inbox.Timer && h.why == whyKey:
		return t.commit(ctx, t.finished("")) // a timer of somebody who is gone
	case h.why != "":
		return t.bury(ctx, h.why)
	case h.quiet(first):
		return t.commit(ctx, t.finished("quiet"))
	}
	return t.answer(ctx)
}

// answer is a turn that a person, the desk or a timer has caused.
func (t *turn) answer(ctx context.Context) error {
	if err := t.meet(ctx); err != nil {
		return err
	}
	if t.d.For != nil {
		t.bundle = t.d.For(&t.person.State)
	}
	if err := t.listen(ctx); err != nil {
		return err
	}
	if t.wait > 0 {
		return nil
	}
	defer t.showLoading(ctx)()
	if first := t.run[0]; first.Kind == inbox.FromRoom && t.mode != modeHere {
		return t.commit(ctx, t.finished(ledger.Deleted)) // written in the moment of a 消す: nobody is there any more
	}
	if t.event.Kind == "" { // every text was taken back before its turn
		return t.commit(ctx, t.finished("deleted"))
	}
	if t.reads() {
		return t.wasRead(ctx)
	}
	t.readAgain(ctx)
	if err := t.d.at("read"); err != nil {
		return err
	}
	t.lookAround(ctx)
	t.after, t.effects, t.reasons = t.d.step(t.bundle, t.view, t.person.State, t.event)
	t.permit()
	if err := t.d.at("stepped"); err != nil {
		return err
	}
	p, err := t.plan(ctx)
	if err != nil {
		return err
	}
	return t.commit(ctx, p)
}

// reads is a coordinator having opened the words: nothing is said about it.
func (t *turn) reads() bool {
	return t.event.Kind == flows.EvDesk && t.event.Desk.Do == flows.DeskRead
}

// look asks the store in one round trip what was finished before, which messages
// were taken back, and who is behind the pseudonym.
func (t *turn) look(ctx context.Context, waiting []*inbox.Entry) (done map[string]bool, err error) {
	var ids []string
	t.taken = map[string]bool{}
	for _, e := range waiting {
		ids = append(ids, e.Event)
		h := of(e)
		if h.in.Type == "unsend" && h.personal() {
			t.taken[h.in.Unsent] = true // also one that waits behind its message
		}
		if h.in.Message.ID != "" {
			ids = append(ids, tomb(h.in.Message.ID))
		}
	}
	l := t.lease.Lane
	var seen *redis.FloatSliceCmd
	var who *redis.StringCmd
	err = t.d.looks.Do(ctx, func(pipe redis.Pipeliner) {
		seen = pipe.ZMScore(ctx, inbox.LaneKey(l, "seen"), ids...)
		who = pipe.Get(ctx, people.WhoKey(l, waiting[0].Blind))
	})
	if err == nil {
		err = errors.Join(seen.Err(), notNil(who.Err()))
	}
	if err != nil {
		return nil, fmt.Errorf("dialogue: look: %w", err)
	}
	t.known = flows.PersonID(who.Val())
	done = make(map[string]bool, len(ids))
	for i, at := range seen.Val() {
		if at == 0 {
			continue
		}
		if id, ok := isTomb(ids[i]); ok {
			t.taken[id] = true
		} else {
			done[ids[i]] = true
		}
	}
	return done, nil
}

// choose takes from the front what makes one turn: texts in a row, or one event.
// What was finished before goes along.
func (t *turn) choose(waiting []*inbox.Entry, done map[string]bool) {
	for _, e := range waiting {
		if done[e.Event] {
			t.dups = append(t.dups, e.ID)
			t.n++
			continue
		}
		if len(t.run) > 0 && !t.joins(e) {
			return
		}
		done[e.Event] = true // the same event twice in one batch is one
		t.run = append(t.run, e)
		t.n++
	}
	t.open = true
}

// joins says whether an entry belongs to the turn that has begun.
func (t *turn) joins(e *inbox.Entry) bool {
	first, h := of(t.run[0]), of(e)
	return len(t.run) < maxRun && first.text(t.run[0]) && h.text(e) && t.run[0].Kind == e.Kind &&
		!first.alone && !h.alone && first.in.Standby == h.in.Standby
}

// meet finds the person of the turn.
func (t *turn) meet(ctx context.Context) error {
	first := t.run[0]
	id := t.known
	if first.Kind != inbox.FromLINE && first.Person != t.known {
		t.person = people.Person{ID: first.Person, Lane: t.lease.Lane} // somebody who has gone: the desk is told so
		return nil
	}
	var err error
	if id != "" {
		t.person, err = t.d.People.Get(ctx, id)
	}
	switch {
	case id == "" || errors.Is(err, people.ErrNobody):
		t.person = people.Stranger(t.lease.Lane, first.Blind)
		t.mode = modeNew
		if first.Kind != inbox.FromLINE {
			t.person, t.mode = people.Person{ID: first.Person, Lane: t.lease.Lane}, modeNone
		}
		return nil
	case err != nil:
		return err
	}
	t.mode = modeHere
	return nil
}
