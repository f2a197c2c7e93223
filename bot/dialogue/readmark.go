package dialogue

import (
	"context"

	"engawa/bot/inbox"
	"engawa/bot/outbox"
	"engawa/bot/people"
)

// wasRead is a turn in which a coordinator has opened the words: the ledger counts
// them as read, and where the city has switched LINE's chat on, the person sees 既読.
// Nothing is said about it.
func (t *turn) wasRead(ctx context.Context) error {
	p := t.finished("")
	p.Read = people.MS(t.event.Desk.Until)
	token, left := people.ReadTo(t.person.Marks, t.event.Desk.Until)
	if token == "" || t.mode != modeHere {
		return t.commit(ctx, p)
	}
	p.Person, p.Mode = t.person.ID, t.mode
	m := &mail{turn: t, plan: p}
	if err := m.send(0, outbox.ToRead, outbox.Parcel{}, outbox.Letter{Read: token}); err != nil {
		return err
	}
	if err := m.marks(left); err != nil {
		return err
	}
	if err := m.seal(ctx); err != nil {
		return err
	}
	return t.commit(ctx, p)
}

// newMarks keeps the tokens of this turn's messages, for whoever reads them.
func (m *mail) newMarks() error {
	if !m.bundle.House.ReadMark || m.forget {
		return nil
	}
	all := m.turn.person.Marks
	for _, e := range m.run {
		if h := of(e); e.Kind == inbox.FromLINE && h.in.Message.ReadToken != "" && !h.in.Standby {
			all = append(all, people.Mark{At: m.when(e).UnixMilli(), Token: h.in.Message.ReadToken})
		}
	}
	if len(all) == len(m.turn.person.Marks) {
		return nil
	}
	return m.marks(all)
}

// marks writes the tokens, or that there are none.
func (m *mail) marks(all []people.Mark) error {
	if len(all) == 0 {
		m.plan.Del = append(m.plan.Del, people.FieldMarks)
		return nil
	}
	it, err := people.MarksItem(m.turn.person.ID, all)
	if err != nil {
		return err
	}
	m.later(it, func(sealed []byte) error { m.plan.set(people.FieldMarks, sealed); return nil })
	return nil
}
