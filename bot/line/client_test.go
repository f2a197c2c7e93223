package line_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"engawa/bot/line"
)

var hello = []json.RawMessage{json.RawMessage(`{"type":"text","text":"<こんにちは>"}`)}

const retryKey = "123e4567-e89b-52d3-a456-426614174000"

func fixed(s string) line.TokenSource { return line.Fixed(func() string { return s }) }

// serve answers every call with h and gives a client of it.
func serve(t *testing.T, h http.HandlerFunc, o line.Options) *line.Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	o.Endpoint = srv.URL
	c, err := line.NewClient(fixed("tok-secret"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func kindOf(t *testing.T, err error) *line.Error {
	t.Helper()
	var e *line.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a *line.Error", err)
	}
	return e
}

func TestARequestHoldsExactlyWhatLINEAsksFor(t *testing.T) {
	var got []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var v any
		_ = json.Unmarshal(body, &v)
		norm, _ := json.Marshal(v)
		_, keyed := r.Header["X-Line-Retry-Key"]
		got = append(got, strings.Join([]string{r.Method, r.URL.Path, r.Header.Get("Authorization"), r.Header.Get("X-Line-Retry-Key"), map[bool]string{true: "keyed", false: "no key"}[keyed], string(norm)}, " "))
		_, _ = w.Write([]byte(`{}`))
	}, line.Options{})
	ctx := t.Context()
	for _, err := range []error{c.Reply(ctx, "rt", hello), c.Push(ctx, user, retryKey, hello), c.Loading(ctx, user, 7), c.Loading(ctx, user, 900)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	const msgs = `"messages":[{"text":"\u003cこんにちは\u003e","type":"text"}]`
	want := []string{
		`POST /v2/bot/message/reply Bearer tok-secret  no key {` + msgs + `,"notificationDisabled":false,"replyToken":"rt"}`,
		`POST /v2/bot/message/push Bearer tok-secret ` + retryKey + ` keyed {"customAggregationUnits":[],` + msgs + `,"notificationDisabled":false,"to":"` + user + `"}`,
		`POST /v2/bot/chat/loading/start Bearer tok-secret  no key {"chatId":"` + user + `","loadingSeconds":10}`,
		`POST /v2/bot/chat/loading/start Bearer tok-secret  no key {"chatId":"` + user + `","loadingSeconds":60}`,
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("call %d:\n got %s\nwant %s", i, got[i], want[i])
		}
	}
}

// saying is what LINE may say to a reply or a push, and what we know then.
var saying = map[string]struct {
	push   bool
	status int
	header string
	body   string
	want   line.Kind
}{
	"reply accepted":                   {false, 200, "", `{"sentMessages":[{"id":"1"}]}`, ""},
	"accepted, body cut":               {true, 200, "", `{"sentMess`, ""},
	"push accepted before":             {true, 409, "", `{"message":"The retry key is already accepted","sentMessages":[]}`, ""},
	"token used or old":                {false, 400, "", `{"message":"Invalid reply token"}`, line.KindToken},
	"token, in other words":            {false, 400, "", `{"message":"The reply token has expired"}`, line.KindToken},
	"a message is wrong":               {false, 400, "", `{"message":"The request body has 1 error(s)","details":[{"message":"May not be empty","property":"messages[0].text"}]}`, line.KindBad},
	"push 400 about a token":           {true, 400, "", `{"message":"Invalid reply token"}`, line.KindBad},
	"bad request without words":        {false, 400, "", ``, line.KindBad},
	"access token dead":                {true, 401, "", `{"message":"Authentication failed"}`, line.KindAuth},
	"not entitled":                     {true, 403, "", `{"message":"Access to this API is not available for your account"}`, line.KindAuth},
	"too fast":                         {true, 429, "", `{"message":"The API rate limit has been exceeded. Try again later."}`, line.KindRate},
	"too fast, with a time":            {true, 429, "7", `{}`, line.KindRate},
	"month used up":                    {true, 429, "", `{"message":"You have reached your monthly limit."}`, line.KindQuota},
	"too many to one":                  {true, 429, "", `{"message":"Too many messages were sent to the same user"}`, line.KindUserLimit},
	"LINE broke":                       {true, 500, "", `{"message":"Internal server error"}`, line.KindUnknown},
	"a gateway gave up":                {false, 504, "", `<html>`, line.KindUnknown},
	"too large":                        {true, 413, "", ``, line.KindBad},
	"a proxy, not LINE":                {true, 404, "", `<html>not found</html>`, line.KindUnavailable},
	"sent elsewhere, which we go not":  {true, 307, "", ``, line.KindUnavailable},
	"unknown person":                   {true, 404, "", `{"message":"Not found"}`, line.KindBad},
	"a retry key where none may stand": {false, 409, "", `{}`, line.KindBad},
}

func TestWhatLINEAnswersSaysWhatIsKnown(t *testing.T) {
	for name, c := range saying {
		t.Run(name, func(t *testing.T) {
			cl := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Line-Request-Id", "req-1")
				if c.header != "" {
					w.Header().Set("Retry-After", c.header)
				}
				if c.status == 307 {
					w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
				}
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			}, line.Options{})
			err := cl.Reply(t.Context(), "rt", hello)
			if c.push {
				err = cl.Push(t.Context(), user, retryKey, hello)
			}
			if c.want == "" {
				if err != nil {
					t.Errorf("got %v, want success", err)
				}
				return
			}
			e := kindOf(t, err)
			if e.Kind != c.want || e.Status != c.status || e.RequestID != "req-1" {
				t.Errorf("got %+v, want kind %s", e, c.want)
			}
			if c.header != "" && e.RetryAfter != 7*time.Second {
				t.Errorf("got RetryAfter %v, want 7s", e.RetryAfter)
			}
		})
	}
}

func TestAConnectionThatFailsSaysWhetherAnythingLeft(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := nobody.Addr().String()
	_ = nobody.Close()
	refused, _ := line.NewClient(fixed("t"), line.Options{Endpoint: "http://" + addr})
	if e := kindOf(t, refused.Push(t.Context(), user, retryKey, hello)); e.Kind != line.KindUnavailable {
		t.Errorf("connection refused: got %s, want unavailable", e.Kind)
	}
	cut := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := w.(http.Hijacker).Hijack()
		_ = conn.Close()
	}, line.Options{})
	if e := kindOf(t, cut.Push(t.Context(), user, retryKey, hello)); e.Kind != line.KindUnknown {
		t.Errorf("connection cut: got %s, want unknown", e.Kind)
	}
	hang := make(chan struct{})
	slow := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	}, line.Options{Timeout: time.Second}) // long enough to connect on a busy machine
	defer close(hang)
	if e := kindOf(t, slow.Reply(t.Context(), "rt", hello)); e.Kind != line.KindUnknown {
		t.Errorf("no answer in time: got %s, want unknown", e.Kind)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if e := kindOf(t, slow.Reply(gone, "rt", hello)); e.Kind != line.KindUnavailable {
		t.Errorf("cancelled before it began: got %s, want unavailable", e.Kind)
	}
}

func TestWhatCannotBeSentIsRefusedBeforeItLeaves(t *testing.T) {
	var calls atomic.Int32
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) { calls.Add(1); _, _ = w.Write([]byte(`{}`)) }, line.Options{})
	six := append(append([]json.RawMessage{}, hello...), hello[0], hello[0], hello[0], hello[0], hello[0])
	for name, c := range map[string]struct {
		err  error
		want line.Kind
	}{
		"path trick":      {c.Push(t.Context(), "../../x", retryKey, hello), line.KindBad},
		"capital digits":  {c.Push(t.Context(), strings.ToUpper(user), retryKey, hello), line.KindBad},
		"a group":         {c.Push(t.Context(), "C"+user[1:], retryKey, hello), line.KindBad},
		"no retry key":    {c.Push(t.Context(), user, "", hello), line.KindBad},
		"no UUID":         {c.Push(t.Context(), user, "abc", hello), line.KindBad},
		"six messages":    {c.Push(t.Context(), user, retryKey, six), line.KindBad},
		"no message":      {c.Reply(t.Context(), "rt", nil), line.KindBad},
		"broken message":  {c.Reply(t.Context(), "rt", []json.RawMessage{[]byte(`{`)}), line.KindBad},
		"no reply token":  {c.Reply(t.Context(), "", hello), line.KindToken},
		"loading for all": {c.Loading(t.Context(), "all", 20), line.KindBad},
	} {
		if e := kindOf(t, c.err); e.Kind != c.want {
			t.Errorf("%s: got %s, want %s", name, e.Kind, c.want)
		}
	}
	if n := calls.Load(); n != 0 {
		t.Errorf("%d calls left, want none", n)
	}
}

func TestManyCallsAtOnceKeepTheirOwnContexts(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{}`)) }, line.Options{})
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(context.Background())
			if i%2 == 1 {
				cancel()
			}
			defer cancel()
			if err := c.Push(ctx, user, retryKey, hello); (err != nil) != (i%2 == 1) {
				t.Errorf("call %d: got %v", i, err)
			}
		})
	}
	wg.Wait()
}

func TestNoErrorOrLogLineHoldsWordsIdsOrTokens(t *testing.T) {
	var logged bytes.Buffer
	answer := `{"message":"Invalid: こんにちは rt-secret ` + user + `","details":[{"message":"こんにちは"}]}`
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(400)
		_, _ = w.Write([]byte(answer))
	}, line.Options{Log: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	out := ""
	for _, err := range []error{c.Reply(t.Context(), "rt-secret", hello), c.Push(t.Context(), user, retryKey, hello), c.Push(t.Context(), "Ubad", retryKey, hello)} {
		out += err.Error() + "\n"
	}
	out += logged.String()
	for _, canary := range []string{"こんにちは", "rt-secret", user, "tok-secret", "Ubad"} {
		if strings.Contains(out, canary) {
			t.Errorf("%q stands in an error or log line:\n%s", canary, out)
		}
	}
	if !strings.Contains(logged.String(), "op=reply") || !strings.Contains(logged.String(), "status=400") {
		t.Errorf("the log does not say what happened: %s", logged.String())
	}
}

// issuer is LINE issuing stateless tokens t1, t2, … and, once told to, refusing t1.
func issuer(t *testing.T, issued, refused *atomic.Int32) *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth2/v3/token", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("grant_type") != "client_credentials" || r.FormValue("client_id") != "1654" || r.FormValue("client_secret") != "s3" {
			w.WriteHeader(401)
			return
		}
		n := issued.Add(1)
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "t" + string(rune('0'+n)), "expires_in": 900, "token_type": "Bearer"})
	})
	mux.HandleFunc("POST /v2/bot/message/push", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer t1" && refused.Load() > 0 {
			w.WriteHeader(401)
			return
		}
		_, _ = w.Write([]byte(`{}`))
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

func TestStatelessTokensAreKeptAndReplaced(t *testing.T) {
	var issued, refused atomic.Int32
	srv := issuer(t, &issued, &refused)
	clock := time.Now()
	var mu sync.Mutex
	tokens, err := line.NewStateless("1654", func() string { return "s3" }, line.Options{Endpoint: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer tokens.Close()
	line.SetClock(tokens, func() time.Time { mu.Lock(); defer mu.Unlock(); return clock })
	pass := func(d time.Duration) { mu.Lock(); defer mu.Unlock(); clock = clock.Add(d) }
	c, _ := line.NewClient(tokens, line.Options{Endpoint: srv.URL})
	defer c.Close()
	push := func() error { return c.Push(t.Context(), user, retryKey, hello) }

	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := push(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := issued.Load(); n != 1 {
		t.Errorf("20 calls at once asked for %d tokens, want 1", n)
	}
	pass(13*time.Minute + 59*time.Second)
	_ = push()
	if n := issued.Load(); n != 1 {
		t.Errorf("got %d tokens before the first was near its end, want 1", n)
	}
	refused.Store(1)
	if e := kindOf(t, push()); e.Kind != line.KindAuth {
		t.Errorf("a refused token: got %s, want auth", e.Kind)
	}
	if err := push(); err != nil || issued.Load() != 2 {
		t.Errorf("after a refusal: got %v and %d tokens, want a new token", err, issued.Load())
	}
	pass(14*time.Minute + time.Second)
	if err := push(); err != nil || issued.Load() != 3 {
		t.Errorf("near its end: got %v and %d tokens, want a third", err, issued.Load())
	}
}

func TestWithoutATokenNothingIsSent(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		want   line.Kind
	}{"a wrong secret": {400, line.KindAuth}, "LINE broke": {503, line.KindUnavailable}} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/oauth2/v3/token" {
					t.Errorf("%s was called without a token", r.URL.Path)
				}
				w.WriteHeader(c.status)
			}))
			defer srv.Close()
			tokens, _ := line.NewStateless("1", func() string { return "s" }, line.Options{Endpoint: srv.URL})
			defer tokens.Close()
			cl, _ := line.NewClient(tokens, line.Options{Endpoint: srv.URL})
			defer cl.Close()
			if e := kindOf(t, cl.Push(t.Context(), user, retryKey, hello)); e.Kind != c.want {
				t.Errorf("got %s, want %s", e.Kind, c.want)
			}
		})
	}
	none, _ := line.NewClient(fixed(""), line.Options{Endpoint: "http://127.0.0.1:1"})
	if e := kindOf(t, none.Reply(t.Context(), "rt", hello)); e.Kind != line.KindAuth {
		t.Errorf("no token set: got %s, want auth", e.Kind)
	}
}

func TestTheAccountIsAskedFor(t *testing.T) {
	mux := http.NewServeMux()
	say := func(pattern, body string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
	}
	say("GET /v2/bot/info", `{"userId":"`+user+`","basicId":"@hinata","displayName":"ひなた区","chatMode":"chat","markAsReadMode":"manual"}`)
	say("GET /v2/bot/channel/webhook/endpoint", `{"endpoint":"https://example.org/line/webhook","active":true}`)
	say("PUT /v2/bot/channel/webhook/endpoint", `{}`)
	say("POST /v2/bot/channel/webhook/test", `{"success":false,"timestamp":"2026-11-22T00:00:00Z","statusCode":503,"reason":"ERROR_STATUS_CODE","detail":"503"}`)
	say("GET /v2/bot/message/quota", `{"type":"limited","value":200}`)
	say("GET /v2/bot/message/quota/consumption", `{"totalUsage":41}`)
	c := serve(t, mux.ServeHTTP, line.Options{})
	a, err := c.Account(t.Context())
	if want := (line.Account{UserID: user, Basic: "@hinata", Name: "ひなた区", Chat: true}); err != nil || a != want {
		t.Errorf("Account: got %+v, %v, want %+v", a, err, want)
	}
	url, active, err := c.Webhook(t.Context())
	if err != nil || url != "https://example.org/line/webhook" || !active {
		t.Errorf("Webhook: got %q, %v, %v", url, active, err)
	}
	if err := c.SetWebhook(t.Context(), "https://example.org/x"); err != nil {
		t.Errorf("SetWebhook: %v", err)
	}
	d, err := c.TestWebhook(t.Context())
	if want := (line.Delivery{Status: 503, Reason: "ERROR_STATUS_CODE"}); err != nil || d != want {
		t.Errorf("TestWebhook: got %+v, %v, want %+v", d, err, want)
	}
	q, err := c.Quota(t.Context())
	if want := (line.Quota{Limited: true, Limit: 200, Used: 41}); err != nil || q != want {
		t.Errorf("Quota: got %+v, %v, want %+v", q, err, want)
	}
}
