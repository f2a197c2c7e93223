package preview

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"engawa/bot/line"
	"engawa/bot/line/emulator"
	"engawa/flows"
)

// resident is who holds the phone; every talk has an emulator of its own.
const resident = "hito"

// Talk is one made-up person at one phone.
type Talk struct {
	book   *Book
	turned atomic.Int64 // ns by which the person's clock is ahead of ours

	mu      sync.Mutex
	phone   *emulator.Emulator
	w       Walker
	version int
	last    turn // what happened last, to take it again under other words
	shown   flows.SceneKey
	read    []Spoken
	why     []string
	refused []string // what LINE would not take
	used    time.Time
	closed  bool
	readers map[chan struct{}]struct{}
}

// turn is one thing that happened, and how everything stood before it.
type turn struct {
	before Walker
	at     time.Time
	event  flows.Event
	heard  flows.PostQuery
}

func newTalk(b *Book, find Find) *Talk {
	t := &Talk{book: b, w: Walker{Find: find}, readers: map[chan struct{}]struct{}{}, used: time.Now()}
	t.begin()
	return t
}

// begin gives the person an empty phone and lets them add the account.
func (t *Talk) begin() {
	t.mu.Lock()
	v := t.book.Now()
	old := t.phone
	t.phone = emulator.New(emulator.Options{ChannelSecret: "preview", BotName: "縁側", Clock: t.now, Deliver: t.hear})
	t.w = Walker{Bundle: v.Bundle, Staff: t.w.Staff, Find: t.w.Find, State: flows.State{Lang: t.w.State.Lang}}
	t.version, t.last, t.shown, t.read, t.why, t.refused = v.N, turn{}, "", nil, nil, nil
	phone := t.phone
	t.mu.Unlock()
	if old != nil {
		old.Close()
	}
	if v.Bundle != nil {
		phone.Follow(phone.PhoneUser(resident))
	}
	t.wake()
}

func (t *Talk) close() {
	t.mu.Lock()
	t.closed = true
	phone := t.phone
	t.mu.Unlock()
	phone.Close()
	t.wake()
}

// now is the person's clock.
func (t *Talk) now() time.Time {
	at := time.Now().Add(time.Duration(t.turned.Load()))
	if b := t.book.Now().Bundle; b != nil && b.House.Zone != nil {
		at = at.In(b.House.Zone)
	}
	return at
}

func (t *Talk) screen() http.Handler {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.used = time.Now()
	return t.phone
}

// hear takes a webhook from the phone, as the door does.
func (t *Talk) hear(body []byte) int {
	_, events, err := line.Envelope(body)
	if err != nil {
		return http.StatusBadRequest
	}
	t.mu.Lock()
	defer t.wake()
	defer t.mu.Unlock()
	if t.w.Bundle == nil {
		return http.StatusOK
	}
	for _, raw := range events {
		in, err := line.Parse(raw)
		if err != nil {
			continue
		}
		for _, due := range t.w.Due(t.now()) {
			t.step(due, flows.PostQuery{})
		}
		e, heard := t.event(in)
		t.step(e, heard)
	}
	return http.StatusOK
}

// event makes of what the phone sent what Step takes.
func (t *Talk) event(in line.Inbound) (e flows.Event, heard flows.PostQuery) {
	e = flows.Event{Kind: flows.EvUnknown, At: t.now()}
	switch in.Type {
	case "postback":
		tap, _ := flows.DecodeTap(in.Postback.Data) // one that we never drew is a very old one
		e.Kind, e.Tap = flows.EvTap, t.named(tap)
	case "follow":
		e.Kind = flows.EvFollow
	case "unfollow":
		e.Kind = flows.EvUnfollow
	case "unsend":
		e.Kind, e.Ref = flows.EvUnsend, in.Unsent
	case "message":
		switch in.Message.Type {
		case "text":
			e.Kind = flows.EvText
			e.Readings = []flows.Reading{t.w.Read(t.book.Now().reader(), in.Message.Text)}
			heard.Texts = []string{in.Message.Text}
		case "sticker":
			e.Kind = flows.EvSticker
		case "location":
			e.Kind, heard.Near = flows.EvLocation, flows.PointNear(in.Message.Latitude, in.Message.Longitude)
		case "image", "video", "audio", "file":
			e.Kind, e.Media = flows.EvMedia, in.Message.Type
		}
	}
	return e, heard
}

func (t *Talk) named(tap flows.Tap) flows.Tap {
	l := t.w.State.Lang
	if l == "" {
		l = flows.Ja
	}
	tap.Label = flows.LabelOf(t.w.Bundle, l, tap)
	return tap
}

// step takes a turn and shows what comes of it; mu is held.
func (t *Talk) step(e flows.Event, heard flows.PostQuery) {
	t.last = turn{before: t.w, at: t.now(), event: e, heard: heard}
	t.show(t.take())
}

// take walks the last turn from how things stood before it.
func (t *Talk) take() (messages []json.RawMessage, scene flows.SceneKey, why, refused []string) {
	effects, why := t.w.Step(t.last.at, t.last.event, t.last.heard)
	for _, f := range effects {
		if f.Line != "" {
			scene = flows.SceneKey(f.Line)
		}
		if len(f.Bubbles) == 0 && f.Kind != flows.EfHuman {
			continue
		}
		o := line.Looks(t.w.Bundle, f.Lang)
		o.Words = "(ここに相談員のことばが入ります)"
		drawn, err := line.Render(f, o)
		if err != nil {
			refused = append(refused, "一度に送れる大きさをこえています。")
			continue
		}
		messages = append(messages, drawn...)
	}
	return messages, scene, why, refused
}

func (t *Talk) show(messages []json.RawMessage, scene flows.SceneKey, why, refused []string) {
	t.read, t.why, t.refused = aloud(messages), why, refused
	if scene != "" {
		t.shown = scene
	}
	for part := range slices.Chunk(messages, 5) { // as many as one reply carries
		problems, err := t.phone.Say(t.phone.PhoneUser(resident), part)
		if err != nil {
			t.refused = append(t.refused, "送れない形です。")
		}
		for _, p := range problems {
			t.refused = append(t.refused, p.Property+": "+p.Message)
		}
	}
}

// renew takes the last turn again under the present words. Where they change what
// the person sees, it stands below what they saw before.
func (t *Talk) renew() {
	defer t.wake()
	v := t.book.Now()
	t.mu.Lock()
	if t.closed || t.version == v.N {
		t.mu.Unlock()
		return
	}
	first := t.w.Bundle == nil && v.Bundle != nil
	t.version = v.N
	if first || v.Bundle == nil || t.w.Bundle == v.Bundle || t.last.event.Kind == "" {
		t.mu.Unlock()
		if first {
			t.begin()
		}
		return
	}
	defer t.mu.Unlock()
	staff := t.w.Staff
	t.w = t.last.before
	t.w.Bundle, t.w.Staff = v.Bundle, staff
	messages, scene, why, refused := t.take()
	if slices.Equal(aloud(messages), t.read) {
		return
	}
	t.show(messages, scene, why, refused)
}

// Do is what the author does beside the phone. An unknown wish changes nothing.
func (t *Talk) Do(what, value string) bool {
	t.mu.Lock()
	ready := t.w.Bundle != nil
	t.mu.Unlock()
	if what == "restart" {
		t.begin()
		return true
	}
	if !ready {
		return false
	}
	defer t.wake()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.used = time.Now()
	switch what {
	case "lang":
		if !slices.Contains(flows.Langs[:], flows.Lang(value)) {
			return false
		}
		t.step(flows.Event{Kind: flows.EvTap, At: t.now(), Tap: flows.Tap{Exit: flows.ExLang, Arg: value, Turn: t.w.State.Turn}}, flows.PostQuery{})
	case "jump":
		if t.w.Bundle.Scenes[flows.SceneKey(value)] == nil {
			return false
		}
		t.step(flows.Event{Kind: flows.EvTap, At: t.now(), Tap: flows.Tap{Exit: flows.ExMenu, Arg: value, Turn: t.w.State.Turn}}, flows.PostQuery{})
	case "staff":
		t.w.Staff = Staff(value)
	case "clock":
		return t.turn(value)
	default:
		return false
	}
	return true
}

// turn sets the person's clock; what falls due on the way happens.
func (t *Talk) turn(value string) bool {
	if value == "" {
		t.turned.Store(0)
		return true
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", value, t.now().Location())
	if err != nil {
		return false
	}
	t.turned.Store(int64(time.Until(at)))
	for _, due := range t.w.Due(t.now()) {
		t.step(due, flows.PostQuery{})
	}
	return true
}

func (t *Talk) wake() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for ch := range t.readers {
		tick(ch)
	}
}

func (t *Talk) watch() (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.readers[ch] = struct{}{}
	return ch, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.readers, ch)
	}
}
