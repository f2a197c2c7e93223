package dialogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"engawa/bot/inbox"
	"engawa/bot/people"
	"engawa/flows"
	"engawa/flows/understand"
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
	if err := t.listen(ctx); err != nil {
		return err
	}
	if t.wait > 0 {
		return nil
	}
	defer t.showLoading(ctx)()
	if t.event.Kind == "" { // every text was taken back before its turn
		return t.commit(ctx, t.finished("deleted"))
	}
	if t.reads() { // the ledger's matter alone
		p := t.finished("")
		p.Read = people.MS(t.event.Desk.Until)
		return t.commit(ctx, p)
	}
	if err := t.d.at("read"); err != nil {
		return err
	}
	t.look2(ctx)
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
	pipe := t.d.Redis.Pipeline()
	seen := pipe.ZMScore(ctx, inbox.LaneKey(l, "seen"), ids...)
	who := pipe.Get(ctx, people.WhoKey(l, waiting[0].Blind))
	if _, err := pipe.Exec(ctx); err != nil && !isNil(err) {
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
	return len(t.run) < maxRun && first.text(t.run[0]) && h.text(e) &&
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

// listen makes the event that Step will see. Texts are read one by one.
func (t *turn) listen(ctx context.Context) error {
	first := t.run[0]
	h := of(first)
	t.event = flows.Event{ID: first.Event, At: t.when(first)}
	switch first.Kind {
	case inbox.FromDesk:
		return t.listenDesk(ctx, h.order)
	case inbox.Timer:
		t.event.Kind, t.event.Timer = flows.EvTimer, h.timer
		return nil
	}
	t.event.Standby = h.in.Standby
	if h.text(first) {
		t.listenTexts()
		return nil
	}
	return t.listenOther(ctx, first, h)
}

// when is the time that LINE or the desk gives, never later than the arrival.
func (t *turn) when(e *inbox.Entry) time.Time {
	at := e.Arrived
	switch h := of(e); {
	case e.Kind == inbox.FromLINE && h.in.At.UnixMilli() > 0:
		at = h.in.At
	case e.Kind == inbox.FromDesk && h.order.At > 0:
		at = time.UnixMilli(h.order.At)
	}
	if at.After(e.Arrived) {
		at = e.Arrived
	}
	return at.UTC()
}

// listenTexts reads each text on its own, also one that was taken back: of that
// only the danger counts, and nothing is kept.
func (t *turn) listenTexts() {
	st := t.person.State
	here := understand.Here{Lang: st.Lang}
	if here.Lang == "" {
		here.Lang = flows.Ja
	}
	for _, b := range flows.Offered(t.bundle, st) {
		here.Offered = append(here.Offered, b.Label)
	}
	reader := t.d.read(t.bundle)
	plain := true
	t.void = map[string]bool{}
	for _, e := range t.run {
		m := of(e).in.Message
		r := reader.Read(m.Text, here)
		back := t.taken[m.ID]
		if back {
			r = flows.Reading{Urgency: r.Urgency, Level: r.Level, Rules: r.Rules}
		}
		if r.Level != flows.NoLevel || r.Exit != flows.NoExit || r.Choice > 0 {
			plain = false
		}
		if back && r.Level == flows.NoLevel {
			t.void[e.Event] = true
			continue
		}
		if t.event.Kind == "" {
			t.event.ID, t.event.At = e.Event, t.when(e)
		}
		t.event.Kind = flows.EvText
		t.event.Readings = append(t.event.Readings, r)
		t.keep(e, people.Said{ID: m.ID, Kind: people.KindText, Text: m.Text, Gone: back})
	}
	if plain && t.open && t.event.Kind != "" && !t.event.Standby && !of(t.run[0]).alone {
		t.wait = t.bubbleWait()
	}
}

// bubbleWait is how long the first waiting text may still wait for the next.
func (t *turn) bubbleWait() time.Duration {
	left := t.run[0].Arrived.Add(t.d.opt.BubbleWait).Sub(t.now)
	return min(left, t.d.opt.BubbleWait) // a door whose clock is ahead gains nothing
}

// keep notes what the person said, unless LINE has given the talk to others.
func (t *turn) keep(e *inbox.Entry, s people.Said) {
	if t.event.Standby {
		return
	}
	s.At, s.Event = t.when(e), e.Event
	if s.By == "" {
		s.By = people.ByResident
	}
	if s.ID == "" {
		s.ID = "e:" + e.Event
	}
	if s.Gone {
		s.Text = ""
	}
	t.said = append(t.said, s)
}

// listenDesk takes an act of the desk, with its words if it has any.
func (t *turn) listenDesk(ctx context.Context, o order) error {
	if o.Delete {
		t.event.Kind, t.event.Tap = flows.EvTap, flows.Tap{Exit: flows.ExDeleteNow}
		t.person.State.Ask = flows.AskDelete // an operator has asked instead
		if t.mode != modeHere {
			t.event.Kind = ""
		}
		return nil
	}
	if o.Act == nil {
		return errors.New("dialogue: an order without an act")
	}
	t.event.Kind, t.event.Desk = flows.EvDesk, *o.Act
	t.event.Desk.Words = false
	if len(o.Words) == 0 || t.mode != modeHere {
		return nil
	}
	said, stored, err := t.d.People.OpenWords(ctx, t.person.ID, o.Words)
	if isGone(err) {
		t.event.Desk.Words = false // destroyed meanwhile; Step tells the desk
		return nil
	}
	if err != nil {
		return err
	}
	t.event.Desk.Words = !said.Gone && said.Text != ""
	t.staff = said.Text
	t.words = map[string][]byte{said.ID: stored}
	return nil
}

// look2 gathers what changes outside.
func (t *turn) look2(ctx context.Context) {
	b, st := t.bundle, t.person.State
	now := t.now
	if b.House.Zone != nil {
		now = now.In(b.House.Zone)
	}
	t.view = flows.View{
		Now: now, Night: b.House.Night, Friend: t.person.Friend, Records: b.House.Records, Catalogue: b.Hash,
	}
	t.view.Open, t.view.NextOpen = b.House.OpenAt(now)
	if around := t.d.Around; around != nil && t.mode == modeHere {
		var err error
		if st.Mode == flows.ModeWaiting {
			t.view.Ahead, err = around.Ahead(ctx, t.person.ID)
		}
		if err == nil && t.event.Kind == flows.EvTimer && t.event.Timer.Kind == flows.TimerAlarm {
			t.view.Alarmed, err = around.Alarmed(ctx, t.person.ID)
		}
		if err != nil {
			t.d.opt.Log.Warn("dialogue: the desk does not answer; the turn goes on without it", "person", t.person.ID, "err", err)
		}
	}
	if t.d.Find != nil && t.event.Kind == flows.EvText {
		var texts []string
		for _, s := range t.said {
			texts = append(texts, s.Text)
		}
		t.view.Found = t.d.Find(b, texts, st.Lang)
	}
}

// permit holds back what must not reach anybody, whatever was decided: in standby
// nothing is sent, and who is gone cannot be reached.
func (t *turn) permit() {
	if !t.event.Standby && t.mode != modeNone {
		return
	}
	kept := t.effects[:0:0]
	for _, e := range t.effects {
		if e.Kind == flows.EfDesk || t.event.Standby && e.Kind == flows.EfAlarm {
			kept = append(kept, e)
		}
	}
	t.effects = kept
}

// showLoading tells the person that an answer is coming when it takes long. While
// a human has the talk nothing is shown. The function it returns ends it.
func (t *turn) showLoading(ctx context.Context) (end func()) {
	first := t.run[0]
	if t.d.Loading == nil || t.mode != modeHere || first.Kind != inbox.FromLINE || t.event.Standby ||
		t.person.State.Mode == flows.ModeHuman {
		return func() {}
	}
	id := t.person.ID
	timer := time.AfterFunc(loadingAfter, func() {
		if err := t.d.Loading(ctx, id); err != nil {
			t.d.opt.Log.Debug("dialogue: loading sign", "person", id, "err", err)
		}
	})
	return func() { timer.Stop() }
}

// stateChanged says whether there is a new state to write.
func (t *turn) stateChanged() bool {
	a, errA := json.Marshal(t.person.State)
	b, errB := json.Marshal(t.after)
	return errA != nil || errB != nil || string(a) != string(b)
}
