package dialogue

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"engawa/bot/inbox"
	"engawa/bot/line"
	"engawa/bot/outbox"
	"engawa/bot/people"
	"engawa/bot/room"
	"engawa/config/privacy"
	"engawa/flows"
)

// mail makes of a turn's effects what the store will hold: everything that has
// words is sealed, all of it in one round trip to the key store.
type mail struct {
	*turn
	plan    *plan
	items   []sealedItem
	answers []string      // lines that the machine said, for the coordinator's folded view
	rooms   []people.Said // what the room shows of this turn
	forget  bool          // nothing of this turn is kept
}

// later seals data with the others and then hands it to use.
func (m *mail) later(it privacy.Item, use func([]byte) error) {
	m.items = append(m.items, sealedItem{it, use})
}

// effect turns one effect into parcels, timers or deletions.
func (m *mail) effect(ctx context.Context, place int, e flows.Effect) error {
	switch e.Kind {
	case flows.EfAnswer, flows.EfHuman, flows.EfNudge:
		return m.letter(place, m.drawForm(ctx, e))
	case flows.EfDesk:
		note := e.Desk
		return m.send(place, outbox.ToDesk, outbox.Parcel{}, outbox.Letter{Note: &note, Alias: m.turn.person.Alias})
	case flows.EfAlarm:
		alarm := e.Alarm
		return m.send(place, outbox.ToAlarm, outbox.Parcel{}, outbox.Letter{Alarm: &alarm, Alias: m.turn.person.Alias})
	case flows.EfTimer:
		return m.timer(place, e.Timer)
	case flows.EfCancel:
		m.plan.Timers = append(m.plan.Timers, timer{Key: e.Timer.Key})
		return nil
	case flows.EfUnsend:
		return m.unsend(ctx, place, e.Ref)
	case flows.EfForget:
		return m.forgetVisit(ctx, place, e.Since)
	case flows.EfCloseRoom:
		r := m.plan.room()
		r.Close, r.Told = e.Ref, people.MS(m.now.Add(room.WhyFor))
		return nil
	case flows.EfKeep:
		m.plan.Keep = append(m.plan.Keep, e.Ref)
		return nil
	case flows.EfUnkeep:
		m.plan.Unkeep = append(m.plan.Unkeep, e.Ref)
		return nil
	case flows.EfBoard:
		return m.toBoard(ctx, place, e.Board)
	case flows.EfPurge:
		m.plan.Leave, m.forget = true, true
		for _, k := range m.turn.person.State.Kept {
			m.plan.Unkeep = append(m.plan.Unkeep, string(k.ID))
		}
		return m.send(place, outbox.ToKeys, outbox.Parcel{Class: outbox.ClassPurge}, outbox.Letter{Purge: true})
	}
	return fmt.Errorf("dialogue: an effect of a kind that nobody carries out: %q", e.Kind)
}

// letter draws what the resident will see.
func (m *mail) letter(place int, e flows.Effect) error {
	if e.Place == flows.InRoom {
		return m.shown(place, e)
	}
	m.links(&e)
	words := ""
	for _, b := range e.Bubbles {
		if b.Words {
			words = m.staff
		}
	}
	msgs, err := line.Render(e, m.looks(e, words))
	if err != nil {
		return fmt.Errorf("dialogue: %w", err)
	}
	l := outbox.Letter{Messages: msgs, Alias: m.turn.person.Alias}
	p := outbox.Parcel{Class: string(e.Kind), Crisis: e.Crisis, Final: e.Final}
	if words != "" {
		if m.event.Kind == flows.EvDesk {
			l.Act = m.event.ID
			l.Note = &flows.DeskNote{Case: m.event.Desk.Case, Lang: e.Lang}
			p.Gather = m.event.Desk.More
		}
		for id, stored := range m.words {
			m.plan.Words = append(m.plan.Words, field{id, m.plan.blob(stored)})
		}
	} else if e.Line != "" {
		m.answers = append(m.answers, e.Line)
	}
	if e.Final {
		var since time.Time
		l.Token, l.TokenAt, since = m.token()
		l.TokenOf = max(0, since.UnixMilli())
	}
	return m.send(place, outbox.ToLINE, p, l)
}

// looks are the names under which the two mouths of the house speak.
func (m *mail) looks(e flows.Effect, words string) line.RenderOptions {
	o := line.Looks(m.bundle, e.Lang)
	o.Icons, o.Words = m.turn.d.opt.Icons, words
	return o
}

// token is the newest reply token of the turn, when it came, and since when, by LINE's
// clock, it can be alive.
func (t *turn) token() (reply string, at int64, since time.Time) {
	for i := len(t.run) - 1; i >= 0; i-- {
		if e := t.run[i]; e.Kind == inbox.FromLINE && of(e).in.ReplyToken != "" {
			in := of(e).in
			return in.ReplyToken, e.Arrived.UnixMilli(), in.At
		}
	}
	return "", 0, time.Time{}
}

// send puts a letter into a parcel on its way. Its name is made of the event and
// the effect's place, so that a turn taken twice makes it once.
func (m *mail) send(place int, to outbox.Dest, p outbox.Parcel, l outbox.Letter) error {
	id := m.turn.person.ID
	p.ID, p.Event, p.Person, p.Dest = outbox.ParcelID(m.event.ID, place), m.event.ID, id, to
	if to == outbox.ToLINE {
		p.Also = m.turn.others(m.event.ID)
	}
	p.At = m.now.UnixMilli()
	p.Owner = outbox.SealedBy(to, p.Final, id, m.now)
	plain, err := p.Fill(l)
	if err != nil {
		return fmt.Errorf("dialogue: letter: %w", err)
	}
	at := len(m.plan.Parcels)
	m.plan.Parcels = append(m.plan.Parcels, parcel{ID: p.ID, To: to})
	m.later(privacy.Item{Owner: p.Owner, AAD: p.AAD(), Data: plain}, func(sealed []byte) error {
		p.Body = sealed
		text, err := p.Encode()
		if err != nil {
			return fmt.Errorf("dialogue: parcel: %w", err)
		}
		m.plan.Parcels[at].Index = m.plan.blob(text)
		return nil
	})
	return nil
}

// timer sets a timer. What it is for is sealed: it may name a scene.
func (m *mail) timer(place int, x flows.Timer) error {
	plain, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("dialogue: timer: %w", err)
	}
	who := m.turn.person
	due := inbox.Due{Event: outbox.ParcelID(m.event.ID, place) + ".timer", Blind: who.Blind, Person: who.ID, Key: x.Key}
	at := len(m.plan.Timers)
	m.plan.Timers = append(m.plan.Timers, timer{Key: x.Key, At: people.MS(x.At)})
	m.later(privacy.Item{Owner: privacy.Person(string(who.ID)), AAD: timerAAD(due.Event), Data: plain}, func(sealed []byte) error {
		due.Sealed = sealed
		m.plan.Timers[at].Index = m.plan.blob(due.Member())
		return nil
	})
	return nil
}

// unsend destroys a text. If nobody had read it yet, nobody needs to.
func (m *mail) unsend(ctx context.Context, place int, ref string) error {
	said, there, err := m.d.People.One(ctx, m.turn.person.ID, ref)
	if err != nil {
		return err
	}
	if there && said.Event != "" {
		m.plan.Unowed = append(m.plan.Unowed, said.Event)
	}
	return m.send(place, outbox.ToKeys, outbox.Parcel{Class: outbox.ClassUnsend}, outbox.Letter{Texts: []string{ref}})
}

// forgetVisit destroys all texts of a visit, this turn's too.
func (m *mail) forgetVisit(ctx context.Context, place int, since int64) error {
	m.forget = true
	talk, err := m.d.People.Talk(ctx, m.turn.person.ID, time.Unix(since, 0))
	if err != nil {
		return err
	}
	var texts []string
	seen := map[string]bool{}
	for _, s := range talk {
		id := s.Kept()
		if seen[id] {
			continue
		}
		seen[id] = true
		texts = append(texts, id)
		if s.By == people.ByResident {
			m.plan.Unowed = append(m.plan.Unowed, s.Event)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	return m.send(place, outbox.ToKeys, outbox.Parcel{Class: outbox.ClassForget}, outbox.Letter{Texts: texts})
}

// person writes what is kept: state, words, the freshest reply token.
func (m *mail) person() error {
	p, who, fresh := m.plan, m.turn.person, m.mode == modeNew
	if fresh || m.stateChanged() {
		it, err := people.StateItem(who.ID, m.after)
		if err != nil {
			return err
		}
		m.later(it, func(sealed []byte) error { p.set(people.FieldState, sealed); return nil })
	}
	if fresh {
		p.set(people.FieldBlind, string(who.Blind))
		p.set(people.FieldAlias, who.Alias)
		m.later(people.LINEItem(who.ID, of(m.run[0]).in.UserID), func(sealed []byte) error {
			p.set(people.FieldLINE, sealed)
			return nil
		})
	}
	m.flags(fresh)
	if m.run[0].Resident() {
		p.Last = people.MS(m.now)
		m.replyToken()
		if err := m.newMarks(); err != nil {
			return err
		}
	}
	return m.keepWords()
}

// flags are what others must know of the state without opening it.
func (m *mail) flags(fresh bool) {
	p, was, is := m.plan, m.turn.person.State, m.after
	flag := func(name, before, after string) {
		switch {
		case after != "" && (fresh || after != before):
			p.set(name, after)
		case after == "" && before != "" && !fresh:
			p.Del = append(p.Del, name)
		}
	}
	flag(outbox.HoldField, hold(was), hold(is))
	flag(people.FieldCase, inCase(was), inCase(is))
	if !fresh && inCase(was) != "" && inCase(is) == "" {
		p.set(people.FieldClosed, people.MS(m.now))
	}
	switch m.event.Kind {
	case flows.EvFollow:
		p.set(people.FieldFriend, "1")
	case flows.EvUnfollow:
		p.set(people.FieldFriend, "0")
	}
}

// hold is what must not be sent any more, from the moment of the commit.
func hold(st flows.State) string {
	var s string
	if st.Stopped {
		s += outbox.HoldNudges
	}
	if st.Muted {
		s += outbox.HoldHuman
	}
	if st.Blocked {
		s += outbox.HoldBlocked
	}
	return s
}

func inCase(st flows.State) string {
	if st.Mode != flows.ModeBot {
		return "1"
	}
	return ""
}

// replyToken keeps the newest reply token, for whoever answers next.
func (m *mail) replyToken() {
	reply, ms, since := m.token()
	at := time.UnixMilli(ms)
	left := outbox.TokenLife - m.now.Sub(at)
	if reply == "" || left <= 0 || m.event.Standby {
		return
	}
	id := m.turn.person.ID
	m.later(privacy.Item{Owner: privacy.Person(string(id)), AAD: outbox.TokenAAD(id), Data: outbox.SealedToken(reply, since)}, func(sealed []byte) error {
		m.plan.Token = &token{Index: m.plan.blob(outbox.FormatToken(at, sealed)), Life: left.Milliseconds()}
		return nil
	})
}

// keepWords keeps what was said, each text under a key of its own, and behind the
// last of them what the machine answered. What the machine says of itself is kept
// for the coordinator of a case only.
func (m *mail) keepWords() error {
	if m.forget || m.event.Standby {
		return nil
	}
	said := m.said
	if len(said) == 0 && len(m.answers) > 0 && inCase(m.turn.person.State)+inCase(m.after) != "" {
		said = []people.Said{{ID: "m:" + m.event.ID, At: m.saidAt(), By: people.ByMachine, Kind: people.KindScene, Event: m.event.ID}}
	}
	if err := m.keepShown(); err != nil {
		return err
	}
	for i, s := range said {
		var answers []string
		if i == len(said)-1 {
			answers = m.answers
		}
		sealing, err := people.NewSealing(m.turn.person.ID, s, answers)
		if err != nil {
			return err
		}
		m.keepOne(sealing)
	}
	return nil
}

// keepOne seals a text with the others. One whose key is destroyed already was
// taken back a moment ago; it is kept as such.
func (m *mail) keepOne(s people.Sealing) {
	got := make([]privacy.Item, 0, 2)
	n := len(s.Items())
	for _, it := range s.Items() {
		m.items = append(m.items, sealedItem{Item: it})
		i := len(m.items) - 1
		m.items[i].use = func([]byte) error {
			if got = append(got, m.items[i].Item); len(got) < n {
				return nil
			}
			s.Take(got)
			stored, err := s.Stored()
			if err != nil {
				return err
			}
			m.plan.Words = append(m.plan.Words, field{s.ID, m.plan.blob(stored)})
			return nil
		}
	}
}

// seal seals everything at once and puts it in its place.
func (m *mail) seal(ctx context.Context) error {
	items := make([]privacy.Item, len(m.items))
	for i := range m.items {
		items[i] = m.items[i].Item
	}
	if err := m.d.Vault.SealMany(ctx, items); err != nil {
		return fmt.Errorf("dialogue: seal: %w", err)
	}
	for i := range items {
		m.items[i].Item = items[i]
		if err := items[i].Err; err != nil && items[i].Text == "" {
			return fmt.Errorf("dialogue: seal: %w", metAnew(err))
		}
		if err := m.items[i].use(items[i].Data); err != nil {
			return err
		}
	}
	return nil
}

// metAnew tells a 消す that overtook the turn: the person is met anew.
func metAnew(err error) error {
	if isGone(err) {
		return errChanged
	}
	return err
}
