package dialogue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"engawa/bot/inbox"
	"engawa/bot/line"
	"engawa/bot/people"
	"engawa/bot/room"
	"engawa/config/privacy"
	"engawa/flows"
)

// Written puts what a resident did in their room into their lane, sealed like what
// LINE brings, and returns when it is safely stored. Its name is made of the form
// it came with: the same form twice is one event.
func (d *Dialogue) Written(ctx context.Context, person flows.PersonID, event string, w room.Written) error {
	l := inbox.LaneOfPerson(person)
	if l == inbox.NoLane || int(l) >= d.Inbox.Lanes() {
		return fmt.Errorf("dialogue: room: no lane for that person")
	}
	blind, err := d.People.Blind(ctx, person)
	if err != nil {
		return err
	}
	if blind == "" {
		return people.ErrNobody
	}
	plain, err := json.Marshal(w)
	if err != nil {
		return fmt.Errorf("dialogue: room: %w", err)
	}
	e := inbox.Entry{
		Event: event, Blind: blind, Person: person, Kind: inbox.FromRoom,
		Arrived: time.UnixMilli(d.opt.Now().UnixMilli()).UTC(),
	}
	e.Sealed, err = d.Vault.Seal(ctx, privacy.Day(e.Arrived), inbox.SealName(event), plain)
	if err != nil {
		return fmt.Errorf("dialogue: room: %w", err)
	}
	if err := d.Inbox.Append(ctx, []inbox.Entry{e}); err != nil {
		return fmt.Errorf("dialogue: room: %w", err)
	}
	return nil
}

// fromRoom reads such an event in the shape of LINE's, so that from here on the two
// are one: read for danger, answered for ways out, kept, counted.
func fromRoom(e *inbox.Entry, data []byte) (in line.Inbound, why string) {
	var w room.Written
	if json.Unmarshal(data, &w) != nil {
		return in, whyBroken
	}
	in = line.Inbound{EventID: e.Event, At: e.Arrived, Source: "user", UserID: string(e.Person)}
	switch {
	case w.Text != "":
		in.Type, in.Message = "message", line.Message{ID: e.Event, Type: "text", Text: w.Text}
	case w.Tap != "":
		in.Type, in.Postback = "postback", line.Postback{Data: w.Tap}
	case w.Unsend != "":
		in.Type, in.Unsent = "unsend", w.Unsend
	default:
		return in, whyBroken
	}
	return in, ""
}

// roomPlan is what a turn changes in the person's room.
type roomPlan struct {
	Human bool   `json:"human,omitempty"` // a coordinator's words are among what is new
	Close string `json:"close,omitempty"` // the open pages close, and why
	Told  string `json:"told,omitempty"`  // unix ms until which a closed page is told why
	Link  string `json:"link,omitempty"`  // hash of a new link
	Until string `json:"until,omitempty"` // unix ms of its end
}

func (p *plan) room() *roomPlan {
	if p.Room == nil {
		p.Room = &roomPlan{}
	}
	return p.Room
}

// lookAtRoom tells the turn what the person's room knows.
func (t *turn) lookAtRoom(ctx context.Context) {
	if t.d.Rooms == nil || t.d.RoomURL == "" {
		return
	}
	t.view.Room.On = true
	if t.mode != modeHere {
		return
	}
	v, err := t.d.Rooms.Look(ctx, t.person.ID, t.now)
	if err != nil { // it is shown as unread and away: at worst LINE says once too often that there is an answer
		t.d.opt.Log.Warn("dialogue: the room does not answer; the turn goes on without it", "person", t.person.ID, "err", err)
		v = flows.RoomView{Unread: true}
	}
	v.On = true
	t.view.Room = v
}

// shows says whether the room shows an answer of this turn.
func (t *turn) shows() bool {
	for _, e := range t.effects {
		if e.Place == flows.InRoom && (e.Kind == flows.EfAnswer || e.Kind == flows.EfHuman) {
			return true
		}
	}
	return false
}

// links makes the address behind each button to the room. A turn that is taken
// again makes another one; only the one that is committed opens anything.
func (m *mail) links(e *flows.Effect) {
	for i := range e.Choices {
		b := &e.Choices[i]
		if !b.Room {
			continue
		}
		token, hash := room.NewLink(m.lease.Lane)
		r := m.plan.room()
		r.Link, r.Until = hash, people.MS(m.now.Add(room.LinkFor))
		e.Choices = append([]flows.Button(nil), e.Choices...)
		e.Choices[i] = flows.Button{Label: b.Label, URI: m.d.RoomURL + room.LinkPath + token}
		return // one link at a time
	}
}

// shown puts an effect into the room. It is there with the commit itself.
func (m *mail) shown(place int, e flows.Effect) error {
	r := m.plan.room()
	for _, b := range e.Bubbles {
		if !b.Words {
			continue
		}
		r.Human = true
		for id, stored := range m.words {
			m.plan.Words = append(m.plan.Words, field{id, m.plan.blob(stored)})
		}
		return nil
	}
	if e.Line != "" {
		m.answers = append(m.answers, e.Line)
	}
	if e.Final {
		return nil // the closing page says it
	}
	text, err := room.Shown{Bubbles: e.Bubbles, Choices: e.Choices, Crisis: e.Crisis, Lang: e.Lang}.Encode()
	if err != nil {
		return fmt.Errorf("dialogue: room: %w", err)
	}
	m.rooms = append(m.rooms, people.Said{
		ID: shownID(m.event.ID, place), At: m.saidAt(), By: people.ByMachine, Kind: people.KindShown, Text: text, Event: m.event.ID,
	})
	return nil
}

// saidAt is when this turn answers: after what it answers, also where both fall on one
// millisecond or the clock was put back meanwhile. Who reads has the answer behind the
// question then, and its buttons at the end of the talk.
func (t *turn) saidAt() time.Time {
	at := t.now
	for _, e := range t.run {
		if next := t.when(e).Add(time.Millisecond); at.Before(next) {
			at = next
		}
	}
	return at
}

// shownID names what a turn shows in the room. Its place comes first, so that what
// was shown at one moment keeps its order.
func shownID(event string, place int) string {
	sum := sha256.Sum256([]byte(event))
	return fmt.Sprintf("o%02d%s", place, hex.EncodeToString(sum[:12]))
}

// keepShown keeps what the room shows like everything that is said: each under a key of its own.
func (m *mail) keepShown() error {
	for _, s := range m.rooms {
		sealing, err := people.NewSealing(m.turn.person.ID, s, nil)
		if err != nil {
			return err
		}
		m.keepOne(sealing)
	}
	return nil
}
