package emulator

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"engawa/config/clocktest"
)

const (
	secret = "8c570fa6dd201bb328f1c1eac23a96d8"
	bearer = "a-channel-access-token"
)

// ourSide is a webhook that keeps what it was brought.
type ourSide struct {
	mu     sync.Mutex
	bodies []string
	signs  []string
	status int
	srv    *httptest.Server
	tick   chan struct{}
}

func newOurSide(t *testing.T) *ourSide {
	o := &ourSide{status: http.StatusOK, tick: make(chan struct{}, 100)}
	o.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		o.mu.Lock()
		defer o.mu.Unlock()
		o.bodies = append(o.bodies, string(body))
		o.signs = append(o.signs, r.Header.Get("X-Line-Signature"))
		w.WriteHeader(o.status)
		o.tick <- struct{}{}
	}))
	t.Cleanup(o.srv.Close)
	return o
}

func (o *ourSide) answer(status int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.status = status
}

// await waits until so many webhooks came.
func (o *ourSide) await(t *testing.T, n int) []string {
	t.Helper()
	limit := time.After(10 * time.Second)
	for {
		o.mu.Lock()
		got := append([]string(nil), o.bodies...)
		o.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-o.tick:
		case <-limit:
			t.Fatalf("%d webhooks came, want %d", len(got), n)
		}
	}
}

// brought is a webhook's only event.
func brought(t *testing.T, body string) map[string]any {
	t.Helper()
	var b struct {
		Destination string
		Events      []map[string]any
	}
	if err := json.Unmarshal([]byte(body), &b); err != nil || len(b.Events) != 1 {
		t.Fatalf("webhook %q: %v", body, err)
	}
	return b.Events[0]
}

type fixture struct {
	*Emulator
	t     *testing.T
	ours  *ourSide
	api   *httptest.Server
	clock *clocktest.Clock
}

func start(t *testing.T, change ...func(*Options)) *fixture {
	t.Helper()
	f := &fixture{t: t, ours: newOurSide(t), clock: clocktest.At(time.Date(2026, 11, 22, 10, 0, 0, 0, japan))}
	opt := Options{
		ChannelSecret: secret, AccessToken: bearer, ChannelID: "1234567890", WebhookURL: f.ours.srv.URL,
		Clock: f.clock.Now, Pauses: []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond},
	}
	for _, c := range change {
		c(&opt)
	}
	f.Emulator = New(opt)
	f.api = httptest.NewServer(f.Emulator)
	t.Cleanup(func() {
		f.Close()
		f.api.Close()
	})
	return f
}

type result struct {
	status int
	header http.Header
	body   string
	err    error
}

func (r result) says(key string) string {
	var v map[string]any
	_ = json.Unmarshal([]byte(r.body), &v)
	s, _ := v[key].(string)
	return s
}

// call asks the API; headers come in pairs.
func (f *fixture) call(method, path, body string, headers ...string) result {
	f.t.Helper()
	req, err := http.NewRequest(method, f.api.URL+path, bytes.NewBufferString(body))
	if err != nil {
		f.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return result{err: err}
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	return result{status: res.StatusCode, header: res.Header, body: strings.TrimSpace(string(raw)), err: err}
}

func (f *fixture) reply(token, words string) result {
	f.t.Helper()
	body, _ := json.Marshal(map[string]any{"replyToken": token, "messages": []any{map[string]string{"type": "text", "text": words}}})
	return f.call("POST", "/v2/bot/message/reply", string(body))
}

func (f *fixture) pushTo(user, key, words string) result {
	f.t.Helper()
	body, _ := json.Marshal(map[string]any{"to": user, "messages": []any{map[string]string{"type": "text", "text": words}}})
	return f.call("POST", "/v2/bot/message/push", string(body), "X-Line-Retry-Key", key)
}

func (f *fixture) want(r result, status int, says string) {
	f.t.Helper()
	if r.err != nil || r.status != status || !strings.Contains(r.body, says) {
		f.t.Errorf("answer = %d %s (%v), want %d with %q", r.status, r.body, r.err, status, says)
	}
}
