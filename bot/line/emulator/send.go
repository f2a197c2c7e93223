package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// How long LINE keeps what it promised.
const (
	tokenLife      = time.Minute      // after the webhook, or its redelivery
	tokenLimit     = 20 * time.Minute // after the event, whatever was redelivered
	retryKeyLife   = 24 * time.Hour
	strangerAnswer = 7 * 24 * time.Hour // how long someone who is no friend can be pushed to
)

// token is a reply token: good once, and not for long.
type token struct {
	talk    string
	event   string
	at      time.Time // of the event
	brought time.Time // when a webhook last carried it
	used    bool
}

func (t *token) alive(now time.Time) bool {
	return t != nil && !t.used && !t.brought.IsZero() && now.Sub(t.brought) <= tokenLife && now.Sub(t.at) <= tokenLimit
}

// accepted is what a retry key stands for.
type accepted struct {
	at        time.Time
	requestID string
	sent      []sent
	body      []byte
}

type sent struct {
	ID         string `json:"id"`
	QuoteToken string `json:"quoteToken,omitempty"`
}

// delivery is the answer to a message that was accepted. LINE never says
// whether somebody got it; reached is for our own log.
type delivery struct {
	Sent    []sent `json:"sentMessages"`
	reached bool
}

func (e *Emulator) reply(c *call) answer {
	v, problems, err := check("ReplyMessageRequest", c.body)
	if a, bad := unreadable(problems, err); bad {
		return a
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.tokens[text(v, "replyToken")]
	if !t.alive(c.now) {
		return fail(http.StatusBadRequest, wordsReply)
	}
	t.used = true
	to := e.talk(t.talk)
	return ok(e.deliver(to, rawMessages(c.body), via{how: "reply", event: t.event, request: c.id, now: c.now}))
}

func (e *Emulator) push(c *call) answer {
	key := c.r.Header.Get("X-Line-Retry-Key")
	if key != "" && !uuidLike.MatchString(key) {
		return fail(http.StatusBadRequest, "Invalid X-Line-Retry-Key")
	}
	v, problems, err := check("PushMessageRequest", c.body)
	if a, bad := unreadable(problems, err); bad {
		return a
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if a, again := e.replayed(key, c); again {
		return a
	}
	to := e.talks[text(v, "to")]
	if to == nil {
		e.complaints = append(e.complaints, "push: to somebody who does not exist")
		return fail(http.StatusBadRequest, wordsFailed)
	}
	reached := to.reachable(c.now)
	if reached {
		if e.quota > 0 && e.used[e.month()] >= e.quota {
			return fail(http.StatusTooManyRequests, wordsMonth)
		}
		e.used[e.month()]++
	}
	d := e.deliver(to, rawMessages(c.body), via{how: "push", request: c.id, key: key, silent: v["notificationDisabled"] == true, now: c.now})
	if key != "" {
		e.keys[key] = accepted{at: c.now, requestID: c.id, sent: d.Sent, body: c.body}
	}
	return ok(d)
}

// Say puts messages on a person's screen for a bot that lives in this program,
// checked as LINE checks a push. What LINE would refuse is told, and not shown.
func (e *Emulator) Say(user string, messages []json.RawMessage) ([]Problem, error) {
	body, err := json.Marshal(map[string]any{"to": user, "messages": messages})
	if err != nil {
		return nil, fmt.Errorf("emulator: say: %w", err)
	}
	if _, problems, err := check("PushMessageRequest", body); err != nil || len(problems) > 0 {
		return problems, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.deliver(e.talk(user), messages, via{how: "reply", request: requestID(), now: e.now()})
	return nil, nil
}

// replayed answers a push whose key was accepted before: nothing is sent again.
func (e *Emulator) replayed(key string, c *call) (answer, bool) {
	a, known := e.keys[key]
	if key == "" || !known || c.now.Sub(a.at) >= retryKeyLife {
		return answer{}, false
	}
	if !bytes.Equal(a.body, c.body) {
		e.complaints = append(e.complaints, "push: a retry key came again with another body")
	}
	return answer{
		status: http.StatusConflict,
		header: map[string]string{"x-line-accepted-request-id": a.requestID},
		body:   failure{Message: "The retry key is already accepted", Sent: a.sent},
	}, true
}

// validate answers whether messages would be taken, and sends nothing.
func (e *Emulator) validate(c *call) answer {
	_, problems, err := check("ValidateMessageRequest", c.body)
	if a, bad := unreadable(problems, err); bad {
		return a
	}
	return ok(empty{})
}

// unreadable turns what check found into LINE's answer.
func unreadable(problems []Problem, err error) (answer, bool) {
	if err != nil {
		return fail(http.StatusBadRequest, "The request body could not be parsed as JSON"), true
	}
	if len(problems) > 0 {
		return refuse(problems), true
	}
	return answer{}, false
}

// rawMessages are the messages of a checked body as they were written.
func rawMessages(body []byte) []json.RawMessage {
	var b struct {
		Messages []json.RawMessage `json:"messages"`
	}
	_ = json.Unmarshal(body, &b) // check has read it already
	return b.Messages
}

// Complaints lists what our side did that LINE would not punish but forbids,
// or that makes no sense. Empty is what a test wants.
func (e *Emulator) Complaints() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.complaints...)
}
