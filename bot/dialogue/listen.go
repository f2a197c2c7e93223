package dialogue

import (
	"context"
	"errors"
	"time"

	"engawa/bot/inbox"
	"engawa/bot/people"
	"engawa/flows"
	"engawa/flows/understand"
)

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
	if first.Kind == inbox.FromRoom {
		t.event.Place = flows.InRoom
	}
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
	case e.Resident() && h.in.At.UnixMilli() > 0:
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
	reader := t.d.readers.of(t.bundle)
	plain := true
	t.void = map[string]bool{}
	for _, e := range t.run {
		m := of(e).in.Message
		r := reader.Read(m.Text, here)
		t.readForm(m.Text, &r)
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
		if st.Ask == flows.AskTalked && flows.TellsTalk(r) {
			continue // as with its button: it stands in no talk
		}
		t.keep(e, people.Said{ID: m.ID, Kind: people.KindText, Text: m.Text, Gone: back})
		if n := len(t.said); n > 0 && !back {
			t.event.Texts = append(t.event.Texts, t.said[n-1].ID)
		}
	}
	if plain && t.open && t.event.Kind != "" && !t.event.Standby && !of(t.run[0]).alone {
		t.wait = t.bubbleWait()
	}
}

// readAgain asks for a second reading of the last text, where nothing in the burst
// says already what to do. The answer is part of the reading from then on.
func (t *turn) readAgain(ctx context.Context) {
	n := len(t.event.Readings)
	if t.d.Second == nil || t.event.Kind != flows.EvText || t.event.Standby || n == 0 || len(t.said) == 0 {
		return
	}
	for _, r := range t.event.Readings {
		if r.Level != flows.NoLevel || r.Exit != flows.NoExit || r.Choice > 0 {
			return
		}
	}
	last := t.said[len(t.said)-1]
	if last.Gone || last.Text == "" {
		return
	}
	local := &t.event.Readings[n-1]
	*local = t.d.Second(ctx, t.bundle, t.person.State, t.person.ID, last, *local)
}

// bubbleWait is how long the first waiting text may still wait for the next: a moment,
// or longer for somebody who writes very much. Each text that comes meanwhile is read
// for danger and ways out, which wait for nothing.
func (t *turn) bubbleWait() time.Duration {
	most := flows.Slow(t.person.State, t.now, len(t.run))
	if t.run[0].Kind != inbox.FromRoom { // what is written in the room is written to its end
		most = max(most, t.d.opt.BubbleWait)
	}
	left := t.run[0].Arrived.Add(most).Sub(t.now)
	return min(left, most) // a door whose clock is ahead gains nothing
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
	switch {
	case (o.Post != nil || o.Reply || o.Group != nil) && t.mode != modeHere:
		return nil // who kept it, or asked, has gone
	case o.Post != nil:
		t.event.Kind, t.event.Post = flows.EvPost, *o.Post
		return nil
	case o.Group != nil:
		t.event.Kind, t.event.Group = flows.EvGroup, *o.Group
		return nil
	case o.Reply:
		t.event.Kind = flows.EvReply
	case o.Act == nil:
		return errors.New("dialogue: an order without an act")
	default:
		t.event.Kind, t.event.Desk = flows.EvDesk, *o.Act
		t.event.Desk.Words = false
	}
	if len(o.Words) == 0 || t.mode != modeHere {
		return nil
	}
	said, stored, err := t.d.People.OpenWords(ctx, t.person.ID, o.Words)
	if isGone(err) {
		t.event.Desk.Words = false // destroyed meanwhile; Step tells the desk
		if o.Reply {
			t.event.Kind = ""
		}
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
