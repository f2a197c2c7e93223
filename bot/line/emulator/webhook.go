package emulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"
)

// event is one webhook event, as often as it is brought.
type event struct {
	id      string
	from    string // user or group id
	typ     string
	fields  map[string]any
	raw     string // a broken event: these bytes instead of fields
	token   *token
	entry   *entry // what it put on the screen
	tries   int
	taken   bool          // answered 2xx at least once
	status  int           // of the last try; 0 = no answer
	longest time.Duration // that we were kept waiting for a status
}

// Sent is what became of something a resident did.
type Sent struct {
	Event      string // webhookEventId
	Message    string // message id, "" when there is none
	ReplyToken string
	Status     int   // what our side answered the webhook; 0 = nothing
	Err        error // why there was no answer
}

// OK tells whether our side took the webhook.
func (s Sent) OK() bool { return s.Status/100 == 2 }

// Fate is what the emulator knows of one webhook event.
type Fate struct {
	Event   string
	From    string // user or group id; "" for a broken one
	Type    string
	Message string
	Tries   int
	Taken   bool          // answered 2xx at least once: from then on it may not be lost
	Longest time.Duration // of its tries, from our knock to the status
}

// Events lists what was brought so far, oldest first.
func (e *Emulator) Events() []Fate {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make([]Fate, 0, len(e.order))
	for _, id := range e.order {
		ev := e.events[id]
		out = append(out, Fate{Event: id, From: ev.from, Type: ev.typ, Message: ev.message(), Tries: ev.tries, Taken: ev.taken, Longest: ev.longest})
	}
	return out
}

func (ev *event) message() string {
	m, _ := ev.fields["message"].(map[string]any)
	id, _ := m["id"].(string)
	return id
}

// keep remembers an event, so that it can be brought again; mu is held.
func (e *Emulator) keep(ev *event) {
	if len(e.order) >= e.opt.Remember {
		old := e.order[:e.opt.Remember/2]
		for _, id := range old {
			if was := e.events[id]; was.token != nil {
				delete(e.tokens, text(was.fields, "replyToken"))
			}
			delete(e.events, id)
		}
		e.order = slices.Clone(e.order[len(old):])
	}
	e.events[ev.id] = ev
	e.order = append(e.order, ev.id)
}

// bring posts events in one body. When nothing says 2xx and redelivery is on,
// it is brought again in the background.
func (e *Emulator) bring(evs []*event, again bool) (int, error) {
	status, err := e.once(evs, again)
	e.mu.Lock()
	retry := e.redelivery && status/100 != 2 && e.ctx.Err() == nil
	if retry {
		e.work.Add(1)
	}
	e.mu.Unlock()
	if retry {
		go func() {
			defer e.work.Done()
			e.insist(evs)
		}()
	}
	return status, err
}

// insist is LINE's redelivery: a few times, further and further apart.
func (e *Emulator) insist(evs []*event) {
	for _, pause := range e.opt.Pauses {
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-e.ctx.Done():
			t.Stop()
			return
		}
		e.mu.Lock()
		on := e.redelivery
		e.mu.Unlock()
		if !on {
			return
		}
		if status, _ := e.once(evs, true); status/100 == 2 {
			return
		}
	}
}

// once posts events and notes what came of it.
func (e *Emulator) once(evs []*event, again bool) (int, error) {
	e.mu.Lock()
	address := e.webhook
	now := e.now()
	body, err := e.body(evs, again)
	for _, ev := range evs {
		ev.tries++
		if ev.token != nil {
			ev.token.brought = now
		}
	}
	e.mu.Unlock()
	if err != nil {
		return 0, err
	}
	began := time.Now()
	status, err := e.post(address, body, Sign(e.opt.ChannelSecret, body))
	took := time.Since(began)
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ev := range evs {
		ev.status, ev.longest = status, max(ev.longest, took)
		if status/100 != 2 {
			continue
		}
		ev.taken = true
		if ev.entry != nil && !ev.entry.Read && !e.opt.Chat {
			ev.entry.Read = true
			e.touch(ev.entry)
		}
	}
	e.wake()
	return status, err
}

// body writes the webhook; mu is held. A broken event goes in as it is, and may
// break the whole body: that is what it is for.
func (e *Emulator) body(evs []*event, again bool) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"destination":%q,"events":[`, e.opt.BotUserID)
	for i, ev := range evs {
		if i > 0 {
			b.WriteByte(',')
		}
		if ev.raw != "" {
			b.WriteString(ev.raw)
			continue
		}
		fields := maps.Clone(ev.fields)
		fields["deliveryContext"] = map[string]any{"isRedelivery": again}
		one, err := encode(fields)
		if err != nil {
			return nil, err
		}
		b.Write(one)
	}
	b.WriteString("]}")
	return b.Bytes(), nil
}

// post is one HTTP request to our side, without redirects' help or patience beyond LINE's.
func (e *Emulator) post(address string, body []byte, signature string) (int, error) {
	if e.opt.Deliver != nil {
		return e.opt.Deliver(body), nil
	}
	if address == "" {
		return 0, errors.New("emulator: no webhook address")
	}
	r, err := http.NewRequestWithContext(e.ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("emulator: bad webhook address")
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "LineBotWebhook/2.0")
	if signature != "" {
		r.Header.Set("X-Line-Signature", signature)
	}
	res, err := e.client.Do(r)
	if err != nil {
		return 0, fmt.Errorf("emulator: webhook: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, nil
}

// PostRaw brings any bytes to the webhook, signed with the given signature
// ("" = no header at all). For what LINE would never send.
func (e *Emulator) PostRaw(body []byte, signature string) (status int, err error) {
	e.mu.Lock()
	address := e.webhook
	e.mu.Unlock()
	return e.post(address, body, signature)
}

// Redeliver brings an event again as LINE does when it had no 2xx: the same
// but for isRedelivery. Its reply token lives for another minute.
func (e *Emulator) Redeliver(eventID string) (Sent, error) { return e.again(eventID, true) }

// Duplicate brings an event again exactly as it was, as networks sometimes do.
func (e *Emulator) Duplicate(eventID string) (Sent, error) { return e.again(eventID, false) }

func (e *Emulator) again(eventID string, redelivery bool) (Sent, error) {
	e.mu.Lock()
	ev := e.events[eventID]
	e.mu.Unlock()
	if ev == nil {
		return Sent{}, errors.New("emulator: no such event")
	}
	status, err := e.once([]*event{ev}, redelivery)
	return ev.sent(status, err), nil
}

func (ev *event) sent(status int, err error) Sent {
	return Sent{Event: ev.id, Message: ev.message(), ReplyToken: text(ev.fields, "replyToken"), Status: status, Err: err}
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
