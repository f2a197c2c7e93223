package outbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"engawa/flows"
)

// tokenLife is how long LINE's reply tokens live here: "about a minute".
const tokenLife = time.Minute

// fakeLINE keeps LINE's rules of reply tokens and retry keys, and misbehaves on request.
type fakeLINE struct {
	t     *testing.T
	url   string
	clock *clock
	ahead atomic.Int64 // of our clock, in ns: ours may have been put back

	mu     sync.Mutex
	tokens map[string]*replyToken
	keys   map[string]string // retry key → body it was accepted with
	got    []string          // texts that were delivered, in order
	by     map[string][]string
	ways   []string // reply or push, for every request that was accepted
	marks  []string // tokens by which 既読 was shown
	calls  int
	// fault says what goes wrong with a request; nil = nothing.
	fault func(n int, path string) fault
}

type replyToken struct {
	user string
	born time.Time
	used bool
}

// fault is one way to misbehave.
type fault struct {
	cut    string        // before or after accepting: the connection breaks
	status int           // the answer, instead of accepting
	body   string        //
	hang   chan struct{} // wait for it before doing anything
}

func newLINE(t *testing.T, c *clock) *fakeLINE {
	f := &fakeLINE{t: t, clock: c, tokens: map[string]*replyToken{}, keys: map[string]string{}, by: map[string][]string{}}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	f.url = srv.URL
	return f
}

// now is the time by LINE's clock.
func (f *fakeLINE) now() time.Time { return f.clock.Now().Add(time.Duration(f.ahead.Load())) }

// issue makes a reply token, as a webhook would bring it now.
func (f *fakeLINE) issue(token string, p flows.PersonID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if token != "" {
		f.tokens[token] = &replyToken{user: userID(p), born: f.now()}
	}
}

func (f *fakeLINE) fail(how func(n int, path string) fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault, f.calls = how, 0
}

func (f *fakeLINE) mend() { f.fail(nil) }

// first breaks the next n requests in the same way.
func first(n int, how fault) func(int, string) fault {
	return func(i int, _ string) fault {
		if i < n {
			return how
		}
		return fault{}
	}
}

func (f *fakeLINE) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Date", f.now().UTC().Format(http.TimeFormat))
	f.mu.Lock()
	var wrong fault
	if f.fault != nil {
		wrong = f.fault(f.calls, r.URL.Path)
	}
	f.calls++
	f.mu.Unlock()
	if wrong.hang != nil {
		<-wrong.hang
	}
	switch {
	case wrong.cut == "before":
		cut(w)
		return
	case wrong.status != 0:
		w.WriteHeader(wrong.status)
		_, _ = io.WriteString(w, wrong.body)
		return
	}
	status, answer := f.accept(r, body)
	if wrong.cut == "after" {
		cut(w)
		return
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

func cut(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

func (f *fakeLINE) accept(r *http.Request, body []byte) (int, string) {
	if strings.HasSuffix(r.URL.Path, "/markAsRead") {
		var req struct{ MarkAsReadToken string }
		if err := json.Unmarshal(body, &req); err != nil || req.MarkAsReadToken == "" {
			f.t.Errorf("LINE got a mark without a token: %v", err)
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.marks = append(f.marks, req.MarkAsReadToken)
		return 200, `{}`
	}
	var req struct {
		To, ReplyToken string
		Messages       []struct{ Text string }
	}
	if err := json.Unmarshal(body, &req); err != nil || len(req.Messages) == 0 || len(req.Messages) > 5 {
		f.t.Errorf("LINE got a request that it refuses: %d messages, %v", len(req.Messages), err)
		return 400, `{"message":"bad","details":[{"message":"bad"}]}`
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	way, user := "push", req.To
	if strings.HasSuffix(r.URL.Path, "/reply") {
		way = "reply"
		t := f.tokens[req.ReplyToken]
		if t == nil || t.used || f.now().Sub(t.born) > tokenLife {
			return 400, `{"message":"Invalid reply token"}`
		}
		t.used, user = true, t.user
	} else {
		key := r.Header.Get("X-Line-Retry-Key")
		if was, again := f.keys[key]; again {
			if was != string(body) {
				f.t.Errorf("a push was tried again with another body")
			}
			return 409, `{"message":"The retry key is already accepted"}`
		}
		f.keys[key] = string(body)
	}
	f.ways = append(f.ways, way)
	for _, m := range req.Messages {
		f.got = append(f.got, m.Text)
		f.by[user] = append(f.by[user], m.Text)
	}
	return 200, `{"sentMessages":[]}`
}

// marked are the tokens of the marks of reading that were taken.
func (f *fakeLINE) marked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.marks)
}

// delivered lists the texts that reached people.
func (f *fakeLINE) delivered() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.got)
}

func (f *fakeLINE) to(p flows.PersonID) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.by[userID(p)])
}

func (f *fakeLINE) waysUsed() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.ways)
}

func (f *fakeLINE) requests() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}
