package line

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Kind says what a failed call means for what was to be sent.
type Kind string

// The kinds. All but KindUnknown mean: LINE has certainly not accepted this request.
const (
	KindToken       Kind = "invalid_token" // reply token is used or too old
	KindRate        Kind = "rate"          // 429: too many calls by this channel; wait a little
	KindQuota       Kind = "quota"         // 429: this month's messages are used up; replies still work
	KindUserLimit   Kind = "user_limit"    // 429: too many messages to this one person
	KindAuth        Kind = "auth"          // 401, 403: access token is dead or not entitled
	KindBad         Kind = "bad"           // LINE will never take this request
	KindUnavailable Kind = "unavailable"   // LINE was not reached
	KindUnknown     Kind = "unknown"       // it may have been accepted: only the same request again can tell
)

// Error is a call to LINE that did not succeed. It never holds a body, an id of a
// person or a token.
type Error struct {
	Op         string        // reply, push, …
	Kind       Kind          //
	Status     int           // 0: no answer
	RetryAfter time.Duration // 0: LINE did not say
	At         time.Time     // LINE's own clock when it answered, in whole seconds; zero: it did not say
	RequestID  string        // x-line-request-id: what LINE asks for when one asks LINE
	cause      error         // of the transport; its text has addresses of hosts only
}

func (e *Error) Error() string {
	s := fmt.Sprintf("line: %s: %s (status %d, request %q)", e.Op, e.Kind, e.Status, e.RequestID)
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.cause }

// classify reads an answer that is not a success. Statuses come first, because LINE
// does not guarantee its texts; they only part what has the same status.
func classify(op string, res *http.Response, body []byte) *Error {
	e := &Error{
		Op: op, Kind: KindBad, Status: res.StatusCode,
		RequestID: res.Header.Get("X-Line-Request-Id"), RetryAfter: retryAfter(res.Header.Get("Retry-After")),
	}
	if at, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		e.At = at
	}
	var said struct {
		Message looseText         `json:"message"`
		Details []json.RawMessage `json:"details"`
	}
	_ = json.Unmarshal(body, &said) // an answer without JSON has no text and no details
	text := strings.ToLower(string(said.Message))
	switch s := res.StatusCode; {
	case s == http.StatusBadRequest && op == opReply:
		// A fault of the messages has details; a fault of the token has none.
		if strings.Contains(text, "reply token") || len(said.Details) == 0 && text != "" {
			e.Kind = KindToken
		}
	case s == http.StatusUnauthorized, s == http.StatusForbidden:
		e.Kind = KindAuth
	case s == http.StatusTooManyRequests && strings.Contains(text, "monthly"):
		e.Kind = KindQuota
	case s == http.StatusTooManyRequests && strings.Contains(text, "user"):
		e.Kind = KindUserLimit
	case s == http.StatusTooManyRequests:
		e.Kind = KindRate
	case s == http.StatusRequestTimeout, s >= 500:
		e.Kind = KindUnknown
	case s < 400, s == http.StatusNotFound && !bytes.Contains(body, []byte(`"message"`)), s == http.StatusMethodNotAllowed:
		e.Kind = KindUnavailable // a proxy or a wrong LINE_API_ENDPOINT, not LINE
	}
	return e
}

func retryAfter(h string) time.Duration {
	if s, err := strconv.Atoi(h); err == nil && s > 0 && s < 3600*24 {
		return time.Duration(s) * time.Second
	}
	return 0
}
