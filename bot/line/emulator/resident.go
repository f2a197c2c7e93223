package emulator

import (
	"errors"
	"slices"
	"time"
)

// Do carries out one act and brings its webhook. It comes back when our side
// has answered, or has not within LINE's patience.
func (e *Emulator) Do(a Act) Sent { return e.Batch(a)[0] }

// Batch carries out several acts, also of several people, and brings them in one webhook.
func (e *Emulator) Batch(acts ...Act) []Sent {
	evs := e.stamp(acts)
	status, err := e.bring(evs, false)
	out := make([]Sent, len(evs))
	for i, ev := range evs {
		out[i] = ev.sent(status, err)
	}
	return out
}

// Reorder carries out acts in this order and brings them one by one in the
// opposite order, as LINE may when its roads are full.
func (e *Emulator) Reorder(acts ...Act) []Sent {
	evs := e.stamp(acts)
	out := make([]Sent, len(evs))
	for i, ev := range slices.Backward(evs) {
		status, err := e.bring([]*event{ev}, false)
		out[i] = ev.sent(status, err)
	}
	return out
}

// Hold carries out acts without bringing their webhooks; bring does that later.
// Meanwhile anything may happen: an unsend can overtake its message.
func (e *Emulator) Hold(acts ...Act) (bring func() []Sent) {
	evs := e.stamp(acts)
	return func() []Sent {
		status, err := e.bring(evs, false)
		out := make([]Sent, len(evs))
		for i, ev := range evs {
			out[i] = ev.sent(status, err)
		}
		return out
	}
}

// SendText writes to the bot.
func (e *Emulator) SendText(user, words string) Sent { return e.Do(Text(user, words)) }

// GroupText is a member of a group writing in it.
func (e *Emulator) GroupText(group, user, words string) Sent {
	return e.Do(InGroup(group, Text(user, words)))
}

// Tap presses a button with this postback data.
func (e *Emulator) Tap(user, data string) Sent { return e.Do(Postback(user, data, "")) }

// Follow adds the account as a friend.
func (e *Emulator) Follow(user string) Sent { return e.Do(Follow(user)) }

// Unfollow blocks the account.
func (e *Emulator) Unfollow(user string) Sent { return e.Do(Unfollow(user)) }

// Stranger makes a user one who never added the account. Whoever writes first
// without it counts as a friend.
func (e *Emulator) Stranger(user string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.talk(user).friend = false
}

// ErrNoButton says that nothing on the screen carries that label.
var ErrNoButton = errors.New("emulator: no such button on the screen")

// Press taps the newest button with this label, quick replies included. Old
// buttons stay for ever, as they do in LINE; quick replies only on the last message.
func (e *Emulator) Press(user, label string) (Sent, error) {
	e.mu.Lock()
	var found *Button
	if t := e.talks[user]; t != nil {
		for i, d := range slices.Backward(t.received) {
			all := d.Buttons
			if i == len(t.received)-1 {
				all = slices.Concat(d.Buttons, d.Quick)
			}
			if at := slices.IndexFunc(all, func(b Button) bool { return b.Label == label }); at >= 0 {
				found = &all[at]
				break
			}
		}
	}
	e.mu.Unlock()
	if found == nil {
		return Sent{}, ErrNoButton
	}
	switch found.Type {
	case "postback":
		return e.Do(Postback(user, found.Data, found.Shown)), nil
	case "message":
		return e.SendText(user, found.Text), nil
	}
	return Sent{}, ErrNoButton // a link or a camera: nothing reaches us
}

// Unsend takes a message of the resident's back.
func (e *Emulator) Unsend(messageID string) (Sent, error) {
	e.mu.Lock()
	n := e.owners[messageID]
	if n == nil || !n.Mine || n.Gone {
		e.mu.Unlock()
		return Sent{}, errors.New("emulator: no such message to take back")
	}
	n.Gone, n.Text, n.Raw = true, "", nil
	if c := e.media[messageID]; c != nil {
		c.gone, c.data = true, nil
	}
	e.touch(n)
	from := n.talk.id
	e.mu.Unlock()
	return e.Do(Act{From: from, typ: "unsend", mute: true, fields: map[string]any{"unsend": map[string]any{"messageId": messageID}}}), nil
}

// stamp turns acts into events: ids, time, tokens, and what the screen shows.
func (e *Emulator) stamp(acts []Act) []*event {
	e.mu.Lock()
	defer e.mu.Unlock()
	evs := make([]*event, 0, len(acts))
	for _, a := range acts {
		ev := e.event(a, e.now())
		e.keep(ev)
		evs = append(evs, ev)
	}
	e.wake()
	return evs
}

func (e *Emulator) event(a Act, now time.Time) *event {
	ev := &event{id: ulid(now), from: a.From, typ: a.typ, raw: a.raw}
	if a.raw != "" {
		return ev
	}
	t := e.talk(a.From)
	if a.typ == "follow" {
		a.fields = map[string]any{"follow": map[string]any{"isUnblocked": t.blocked}}
	}
	if a.do != nil {
		a.do(t, now)
	}
	t.wrote = now
	ev.fields = map[string]any{
		"type": a.typ, "mode": "active", "timestamp": now.UnixMilli(), "webhookEventId": ev.id, "source": source(a),
	}
	if a.standby {
		ev.fields["mode"] = "standby"
	}
	for k, v := range a.fields {
		ev.fields[k] = v
	}
	if a.message != nil {
		ev.fields["message"] = e.message(a)
	}
	if !a.mute {
		made := hexDigits(32)
		ev.fields["replyToken"] = made
		ev.token = &token{talk: t.id, event: ev.id, at: now}
		e.tokens[made] = ev.token
	}
	e.draw(a, t, ev, now)
	if m, ok := ev.fields["message"].(map[string]any); ok {
		if marker, ok := m["markAsReadToken"].(string); ok {
			e.markers[marker] = ev.entry
		}
	}
	return ev
}

// message completes a message with what LINE adds to it.
func (e *Emulator) message(a Act) map[string]any {
	m := map[string]any{"id": ""}
	for k, v := range a.message {
		m[k] = v
	}
	if m["id"] == "" {
		m["id"] = e.messageID()
	}
	if kind, _ := m["type"].(string); quotable[kind] {
		m["quoteToken"] = random64(24)
	}
	if a.typ == "message" {
		marker := random64(24)
		e.markers[marker] = nil
		m["markAsReadToken"] = marker
	}
	if id, _ := m["id"].(string); a.media != nil {
		e.media[id] = a.media
	}
	return m
}

// draw puts on the screen what the resident sees of their own act.
func (e *Emulator) draw(a Act, t *talk, ev *event, now time.Time) {
	n := &entry{ID: ev.message(), Mine: true, Kind: a.typ, Text: a.shown, At: now.UnixMilli()}
	switch {
	case a.typ == "message":
		n.Kind, _ = a.message["type"].(string)
		if n.Kind != "text" {
			n.Raw, _ = encode(a.message)
		}
	case a.typ == "postback" && a.shown != "":
		n.Kind = "text" // displayText looks like a text; there is nothing to unsend
	case a.typ == "follow" || a.typ == "unfollow":
	default:
		return
	}
	e.show(t, n)
	ev.entry = n
}

func source(a Act) map[string]any {
	switch {
	case a.From == "":
		return nil
	case a.From[0] == 'C':
		return withMember(map[string]any{"type": "group", "groupId": a.From}, a.member)
	case a.From[0] == 'R':
		return withMember(map[string]any{"type": "room", "roomId": a.From}, a.member)
	}
	return map[string]any{"type": "user", "userId": a.From}
}

func withMember(s map[string]any, member string) map[string]any {
	if member != "" {
		s["userId"] = member
	}
	return s
}
