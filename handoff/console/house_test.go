package console

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/alarm"
)

// house is a console with fakes behind it, on a Wednesday at 14:05.
type house struct {
	*httptest.Server
	now     time.Time
	desk    *fakeDesk
	staff   *fakeStaff
	alarms  *fakeAlarms
	words   *fakeWords
	letters *fakeLetters
	ledger  fakeLedger
	shifts  *fakeShifts
	log     *record
	parts   Parts
}

// record keeps what was logged.
type record struct {
	mu   sync.Mutex
	text strings.Builder
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

func newHouse(t testing.TB, change ...func(*Parts)) *house {
	t.Helper()
	h := &house{now: time.Date(2026, 11, 25, 14, 5, 0, 0, japan), log: &record{}}
	clock := func() time.Time { return h.now }
	h.words = &fakeWords{said: map[flows.PersonID][]Line{}}
	h.desk, h.staff, h.alarms = newFakeDesk(clock, h.words), newFakeStaff(clock), &fakeAlarms{}
	h.letters, h.shifts = &fakeLetters{}, &fakeShifts{out: map[string]time.Time{}}
	h.ledger = fakeLedger{"received": 128, "bot": 96, "human": 21, "quiet": 4, "deleted": 3, "failed": 2, "pending": 2, "waiting": 1, "duplicates": 5}
	h.parts = Parts{
		Desk: h.desk, Staff: h.staff, Alarms: h.alarms, Roster: fakeRoster{}, Words: h.words,
		Shifts: h.shifts, Letters: h.letters, Ledger: h.ledger, Loopback: true, Now: clock, Groups: &fakeGroups{},
		House:  func() *flows.House { return &flows.House{Name: "縁側", City: "ひなた区", Zone: japan} },
		Pushes: func(context.Context) (Budget, error) { return Budget{Used: 1240, Limit: 5000, Reserve: 500}, nil },
		Cost:   func(context.Context, flows.PersonID) Cost { return Free },
		Cards: func(string, flows.Lang) []Card {
			return []Card{
				{Title: "くらしの相談窓口", Text: "くらしの相談窓口\n平日 9時から17時 区役所2階\n電話 03-0000-0000"},
				{Title: "ひなたカフェ", Text: "ひなたカフェ\nこんどの土曜 午後2時から\n話さなくても大丈夫です"},
			}
		},
		Heard: func() []Heard {
			return []Heard{{Danger: flows.Life, Level: flows.Clear, Rules: []HeardRule{{ID: "ja-life-01", Reason: "死にたい、と書いている", Examples: []string{"もう死にたい", "死にたいと思っています"}}}, Others: []string{"en「I want to die」"}}}
		},
		Log: slog.New(slog.NewTextHandler(h.log, nil)),
	}
	for _, c := range change {
		c(&h.parts)
	}
	ctx, stop := context.WithCancel(context.Background())
	e, err := New(ctx, h.parts)
	if err != nil {
		t.Fatalf("new console: %v", err)
	}
	h.Server = httptest.NewServer(e)
	t.Cleanup(func() {
		stop()
		h.Close()
	})
	return h
}

// wait puts one person into the line who began to wait some minutes ago.
func (h *house) wait(id, alias string, minutes int, change ...func(*handoff.Case)) handoff.Case {
	at := h.now.Add(-time.Duration(minutes) * time.Minute)
	c := handoff.Case{
		ID: flows.CaseID(id), Person: flows.PersonID("07-" + id), Alias: alias, State: handoff.Waiting,
		Topic: "money", Flow: "okane", Scene: "okane/家賃", Lang: flows.Ja,
		Since: at.Add(-5 * time.Minute), Opened: at, Waits: at, Words: 2, Word: at,
	}
	for _, f := range change {
		f(&c)
	}
	h.words.add(c.Person,
		Line{ID: id + "-1", Event: id + "e1", At: at.Add(-4 * time.Minute), By: "resident", Kind: "text", Text: "家賃がもう無理かもしれません"},
		Line{ID: id + "-2", Event: id + "e1", At: at.Add(-4 * time.Minute), By: "machine", Kind: "scene", Text: "書いてくださって、ありがとうございます。\nいまの様子に近いものはありますか。", Line: "okane/家賃"},
		Line{ID: id + "-3", Event: id + "e1", At: at.Add(-4 * time.Minute), By: "machine", Kind: "scene", Text: "今月の分から\n来月から\nもう遅れている"},
		Line{ID: id + "-4", Event: id + "e2", At: at.Add(-3 * time.Minute), By: "resident", Kind: "tap", Text: "もう遅れている"},
		Line{ID: id + "-5", Event: id + "e3", At: at.Add(-time.Minute), By: "resident", Kind: "text", Text: "先月から払えていなくて、\n大家さんに何と言えばいいのかわかりません。電話がこわいです。"},
	)
	h.desk.put(c)
	return c
}

// urgent makes a case an urgent one.
func urgent(c *handoff.Case) {
	c.Urgency, c.Level, c.Rules, c.Topic = flows.Life, flows.Clear, []string{"life-3"}, "health"
}

// mine makes a case one that すずらん talks in, with all words opened.
func mine(c *handoff.Case) {
	c.State, c.Staff = handoff.Talking, handoff.Staff{Name: "suzu", Alias: "すずらん"}
	c.Claimed, c.First, c.ReadTo, c.Words = c.Opened, c.Opened, c.Opened.Add(time.Hour), 0
	c.Promise = c.Opened.Add(24 * time.Hour)
}

// closed makes a case one that すずらん has closed.
func closed(c *handoff.Case) {
	mine(c)
	c.State, c.Last, c.Staff, c.Closed, c.Promise = handoff.Closed, c.Staff, handoff.Staff{}, c.Opened.Add(time.Hour), time.Time{}
}

// change is something that the desk does to a case.
func (h *house) change(id flows.CaseID, change func(*handoff.Case)) {
	h.desk.mu.Lock()
	c := h.desk.cases[id]
	change(&c)
	h.desk.cases[id] = c
	h.desk.mu.Unlock()
	h.desk.tick()
}

// forget is what a 消す leaves of a case that somebody has.
func (h *house) forget(id flows.CaseID) {
	h.change(id, func(c *handoff.Case) {
		next, _, err := c.Apply(handoff.Move{Do: handoff.DoForgotten}, h.now)
		if err != nil {
			panic(err)
		}
		*c = next
	})
}

func (h *house) raise(c handoff.Case) {
	h.alarms.raise(alarm.Alarm{
		ID: "alarm-" + string(c.ID), Person: c.Person, Alias: c.Alias, Urgency: flows.Life, Level: flows.Clear,
		Rules: []string{"life-3"}, Raised: h.now.Add(-2 * time.Minute),
	})
	h.desk.tick()
}

// guest is a browser without scripts.
type browser struct {
	t testing.TB
	h *house
	*http.Client
}

func (h *house) browser(t testing.TB) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, h: h, Client: &http.Client{Jar: jar, Timeout: time.Minute}}
}

// as gives a browser in which somebody is signed in.
func (h *house) as(t testing.TB, name string) *browser {
	t.Helper()
	b := h.browser(t)
	b.post("/sign-in", "name", name, "password", password)
	return b
}

type answer struct {
	*http.Response
	body string
}

func (b *browser) do(req *http.Request) answer {
	b.t.Helper()
	res, err := b.Do(req)
	if err != nil {
		b.t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res, string(body)}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, b.h.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(req)
}

func (b *browser) request(path string, pairs ...string) *http.Request {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequest(http.MethodPost, b.h.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req
}

func (b *browser) post(path string, pairs ...string) answer {
	b.t.Helper()
	return b.do(b.request(path, pairs...))
}

func (a answer) wants(t testing.TB, status int, parts ...string) {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("%s: status %d, want %d", a.Request.URL.Path, a.StatusCode, status)
	}
	for _, p := range parts {
		if !strings.Contains(a.body, p) {
			t.Errorf("%s: the page does not say %q", a.Request.URL.Path, p)
		}
	}
}

func (a answer) lacks(t testing.TB, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(a.body, p) {
			t.Errorf("%s: the page says %q", a.Request.URL.Path, p)
		}
	}
}
