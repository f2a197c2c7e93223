package emulator

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// talk is one person's (or group's) screen with the account.
type talk struct {
	id       string
	group    bool
	friend   bool
	blocked  bool
	wrote    time.Time // last event of theirs: opens the account's 7 days
	loading  time.Time // end of the three dots
	menu     string    // rich menu linked to this person
	entries  []*entry  // what the screen shows, oldest first
	received []Delivered
}

// entry is one thing on the screen.
type entry struct {
	Key   int64           `json:"key"`            // stays
	Seq   int64           `json:"seq"`            // grows; an entry that changes gets a new one
	ID    string          `json:"id,omitempty"`   // message id
	Mine  bool            `json:"mine,omitempty"` // by the resident
	Kind  string          `json:"kind"`           // text, sticker, image, …; "flex" and "template" from the bot; "note" for grey lines
	Text  string          `json:"text,omitempty"` //
	Raw   json.RawMessage `json:"raw,omitempty"`  // the bot's message object
	Voice string          `json:"voice,omitempty"`
	Name  string          `json:"name,omitempty"` // of the sender, as the bubble shows it
	At    int64           `json:"at"`             // unix ms
	Gone  bool            `json:"gone,omitempty"` // unsent
	Read  bool            `json:"read,omitempty"` // our side took the webhook: 既読
	talk  *talk
}

// via is how a delivery came about.
type via struct {
	how     string // reply, push
	event   string // the event whose reply token was used
	request string
	key     string
	silent  bool
	now     time.Time
}

// Delivered is one message that a person (or group) got from the bot.
type Delivered struct {
	ID        string
	At        time.Time
	How       string // reply or push
	Event     string // the webhook event that a reply answered
	RequestID string
	RetryKey  string
	Silent    bool // notificationDisabled
	Type      string
	Sender    string // sender.name; "" = the account itself
	Icon      string // sender.iconUrl
	AltText   string
	Text      string   // every word a person reads, in order, joined by line ends
	Buttons   []Button // of Flex bubbles and templates, in order
	Quick     []Button // quick replies
	Raw       json.RawMessage
}

// Button is something to tap.
type Button struct {
	Label  string
	Type   string // postback, message, uri, …
	Data   string // postback data
	Text   string // what a message action sends
	Shown  string // displayText of a postback
	URI    string
	action map[string]any
}

// talk gives the talk with an id, and begins it when it is new; mu is held.
func (e *Emulator) talk(id string) *talk {
	t := e.talks[id]
	if t == nil {
		t = &talk{id: id, group: id != "" && id[0] != 'U', friend: true}
		e.talks[id] = t
	}
	return t
}

// reachable tells whether a push would arrive.
func (t *talk) reachable(now time.Time) bool {
	if t.blocked {
		return false
	}
	return t.friend || t.group || !t.wrote.IsZero() && now.Sub(t.wrote) <= strangerAnswer
}

// deliver puts messages on a screen, if they can get there; mu is held.
// Accepted and delivered are two things: LINE says 200 to both.
func (e *Emulator) deliver(to *talk, messages []json.RawMessage, v via) delivery {
	reached := to.reachable(v.now) || v.how == "reply" && !to.blocked
	d := delivery{reached: reached}
	for _, raw := range messages {
		s := sent{ID: e.messageID()}
		got := read(raw)
		if quotable[got.Type] {
			s.QuoteToken = random64(24)
		}
		d.Sent = append(d.Sent, s)
		if !reached {
			continue
		}
		got.ID, got.At, got.How, got.Event, got.RequestID = s.ID, v.now, v.how, v.event, v.request
		got.RetryKey, got.Silent = v.key, v.silent
		to.received = append(to.received, got)
		e.show(to, &entry{
			ID: s.ID, Kind: got.Type, Text: got.Text, Raw: raw, Name: got.Sender, Voice: voice(got), At: v.now.UnixMilli(),
		})
	}
	if reached {
		to.loading = time.Time{}
	}
	e.wake()
	return d
}

// quotable are the kinds that get a quote token.
var quotable = map[string]bool{
	"text": true, "textV2": true, "sticker": true, "image": true, "video": true, "template": true, "flex": true,
}

// show appends to a screen; mu is held.
func (e *Emulator) show(t *talk, n *entry) {
	e.seq++
	n.Key, n.Seq, n.talk = e.seq, e.seq, t
	t.entries = append(t.entries, n)
	if n.ID != "" {
		e.owners[n.ID] = n
	}
}

// touch marks an entry as changed, so that pages draw it again; mu is held.
func (e *Emulator) touch(n *entry) {
	e.seq++
	n.Seq = e.seq
	e.wake()
}

// wake tells everybody who watches that something changed; mu is held.
func (e *Emulator) wake() {
	for ch := range e.watchers {
		select {
		case ch <- struct{}{}:
		default: // already told
		}
	}
}

// watch gives a channel that ticks when something changes.
func (e *Emulator) watch() (changed <-chan struct{}, done func()) {
	ch := make(chan struct{}, 1)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.watchers[ch] = struct{}{}
	return ch, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.watchers, ch)
	}
}

// Messages is all that a user or group got from the bot, oldest first.
func (e *Emulator) Messages(user string) []Delivered {
	e.mu.Lock()
	defer e.mu.Unlock()
	if t := e.talks[user]; t != nil {
		return slices.Clone(t.received)
	}
	return nil
}

// Users lists everybody who has a talk, groups apart.
func (e *Emulator) Users() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.DeleteFunc(sorted(e.talks), func(id string) bool { return e.talks[id].group })
}

// Await waits until what a user got is as wanted, and gives it back. It ends
// with the context's error if that never happens.
func (e *Emulator) Await(ctx context.Context, user string, enough func([]Delivered) bool) ([]Delivered, error) {
	var got []Delivered
	err := e.AwaitAny(ctx, func() bool {
		got = e.Messages(user)
		return enough(got)
	})
	return got, err
}

// AwaitAny waits for anything that shows on some screen or in the webhooks' fate.
func (e *Emulator) AwaitAny(ctx context.Context, holds func() bool) error {
	changed, done := e.watch()
	defer done()
	for !holds() {
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// AtLeast is the commonest thing to wait for.
func AtLeast(n int) func([]Delivered) bool {
	return func(got []Delivered) bool { return len(got) >= n }
}
