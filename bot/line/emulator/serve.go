package emulator

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// maxBody is where LINE answers 413.
const maxBody = 2 << 20

// route is one endpoint of the API.
type route struct {
	pattern string // of http.ServeMux
	name    string // for Request.Endpoint and Fault.Endpoint
	rate    rate   // zero = LINE's ordinary 2,000 a second
	open    bool   // needs no bearer token
	raw     bool   // the body is not JSON
	answer  func(*call) answer
}

// call is one request as a handler sees it.
type call struct {
	r    *http.Request
	id   string // X-Line-Request-Id
	body []byte
	now  time.Time
}

// answer is what a handler wants to say. It is written by serve, so that a
// fault can still take it away after the request was accepted.
type answer struct {
	status int
	header map[string]string
	body   any // JSON, or []byte as it is
}

// Request is one call of the API, as it came in.
type Request struct {
	At        time.Time
	Endpoint  string // the route's name: "reply", "push", "loading", …
	Method    string
	Path      string
	Header    http.Header // without the bearer token
	Body      []byte
	RequestID string
	Status    int    // 0 = the connection was cut before an answer
	Fault     string // the fault that met it, "" = none
	Delivered bool   // the person (or group) got it
	Refused   []Problem
}

// failure is LINE's error object.
type failure struct {
	Message string    `json:"message"`
	Details []Problem `json:"details,omitempty"`
	Sent    []sent    `json:"sentMessages,omitempty"`
}

// Words of LINE's errors. Bots must not branch on them, people read them.
const (
	wordsBadToken = "Authentication failed. Confirm that the access token in the authorization header is valid."
	wordsReply    = "Invalid reply token"
	wordsMonth    = "You have reached your monthly limit."
	wordsRate     = "The API rate limit has been exceeded. Try again later."
	wordsOneUser  = "Too many messages have been sent to the same user."
	wordsFailed   = "Failed to send messages"
	wordsNotFound = "Not found"
)

func fail(status int, words string) answer {
	return answer{status: status, body: failure{Message: words}}
}

func refuse(problems []Problem) answer {
	words := "The request body has 1 error"
	if len(problems) > 1 {
		words = "The request body has several errors"
	}
	return answer{status: http.StatusBadRequest, body: failure{Message: words, Details: problems}}
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

// empty is LINE's {} for calls that only do something.
type empty struct{}

// serve wraps an endpoint: body, token, rate, faults, the log of requests.
func (e *Emulator) serve(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{r: r, id: requestID(), now: e.now()}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		c.body = body
		log := e.logged(rt, c)
		var a answer
		var big *http.MaxBytesError
		switch f := e.meet(rt.name); {
		case errors.As(err, &big):
			a = fail(http.StatusRequestEntityTooLarge, "The request body is too large")
		case err != nil:
			panic(http.ErrAbortHandler) // the caller left while sending
		case f == nil:
			a = e.ask(rt, c, log)
		default:
			a = e.trouble(f, rt, c, log)
		}
		e.mu.Lock()
		log.Status = a.status
		e.mu.Unlock()
		write(w, c.id, a)
	}
}

// ask runs the checks that come before every endpoint, then the endpoint.
func (e *Emulator) ask(rt route, c *call, log *Request) answer {
	if !rt.open && !e.authorised(c.r.Header.Get("Authorization"), c.now) {
		return fail(http.StatusUnauthorized, wordsBadToken)
	}
	if !e.admit(rt, c.now) {
		return fail(http.StatusTooManyRequests, wordsRate)
	}
	if !rt.raw && len(c.body) > 0 {
		if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			return fail(http.StatusUnsupportedMediaType, "The content type is not supported")
		}
	}
	if c.r.Header.Get("X-Line-Retry-Key") != "" && rt.name != "push" {
		return fail(http.StatusBadRequest, "X-Line-Retry-Key is not supported by this endpoint")
	}
	a := rt.answer(c)
	e.mu.Lock()
	defer e.mu.Unlock()
	switch b := a.body.(type) {
	case delivery:
		log.Delivered = b.reached
	case failure:
		log.Refused = b.Details
	}
	return a
}

func (e *Emulator) authorised(header string, now time.Time) bool {
	given, ok := strings.CutPrefix(header, "Bearer ")
	if !ok || given == "" {
		return false
	}
	if e.opt.AccessToken != "" && subtle.ConstantTimeCompare([]byte(given), []byte(e.opt.AccessToken)) == 1 {
		return true
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return now.Before(e.bearers[given])
}

func write(w http.ResponseWriter, id string, a answer) {
	h := w.Header()
	h.Set("X-Line-Request-Id", id)
	for k, v := range a.header {
		h.Set(k, v)
	}
	if raw, ok := a.body.([]byte); ok {
		w.WriteHeader(a.status)
		_, _ = w.Write(raw)
		return
	}
	h.Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body)
}

// logged keeps a request. The bearer token is not part of it.
func (e *Emulator) logged(rt route, c *call) *Request {
	h := c.r.Header.Clone()
	h.Del("Authorization")
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.requests) >= e.opt.Remember {
		e.requests = append(e.requests[:0:0], e.requests[e.opt.Remember/2:]...)
	}
	r := &Request{
		At: c.now, Endpoint: rt.name, Method: c.r.Method, Path: c.r.URL.RequestURI(), Header: h, Body: c.body, RequestID: c.id,
	}
	e.requests = append(e.requests, r)
	return r
}

// Requests is every call of the API so far, oldest first.
func (e *Emulator) Requests() []Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make([]Request, len(e.requests))
	for i, r := range e.requests {
		out[i] = *r
	}
	return out
}

// Refusals lists what was wrong with requests that LINE would never take, as
// "endpoint: property: reason", without anything that was sent.
func (e *Emulator) Refusals() []string {
	var out []string
	for _, r := range e.Requests() {
		for _, p := range r.Refused {
			out = append(out, r.Endpoint+": "+p.Property+": "+p.Message)
		}
	}
	return out
}

// Calls counts the requests to one endpoint ("profile" must stay at 0: we never ask who people are).
func (e *Emulator) Calls(endpoint string) int {
	n := 0
	for _, r := range e.Requests() {
		if r.Endpoint == endpoint {
			n++
		}
	}
	return n
}

// requestID looks like a UUID, as LINE's do.
func requestID() string {
	h := hexDigits(32)
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}
