package console

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"engawa/handoff"
)

// listener hears one stream.
type listener struct {
	t      *testing.T
	events chan [2]string // name and data; closed when the stream ends
	stop   context.CancelFunc
	status int
}

func (b *browser) listen(path string) *listener {
	b.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	b.t.Cleanup(stop)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.h.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	client := *b.Client
	client.Timeout = 0
	res, err := client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	l := &listener{t: b.t.(*testing.T), events: make(chan [2]string, 100), stop: stop, status: res.StatusCode}
	go func() {
		defer close(l.events)
		defer res.Body.Close()
		var name string
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			if n, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = n
			}
			if d, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				l.events <- [2]string{name, d}
			}
		}
	}()
	return l
}

// next gives the next event; ok is false when the stream has ended.
func (l *listener) next() (name string, data map[string]string, ok bool) {
	l.t.Helper()
	select {
	case e, open := <-l.events:
		if open {
			if err := json.Unmarshal([]byte(e[1]), &data); err != nil {
				l.t.Fatalf("event %s: %v", e[0], err)
			}
		}
		return e[0], data, open
	case <-time.After(30 * time.Second):
		l.t.Fatal("nothing came for 30 seconds")
		return "", nil, false
	}
}

// changed waits for news in which a part differs from before.
func (l *listener) changed(part, before string) string {
	l.t.Helper()
	for {
		name, data, ok := l.next()
		if !ok {
			l.t.Fatalf("the stream ended before %s changed", part)
		}
		if name == "news" && data[part] != before {
			return data[part]
		}
	}
}

func TestOpenPageHearsThatSomethingChanged(t *testing.T) {
	h := newHouse(t)
	c := h.wait("c1", "みどりのつばめ 27", 3)
	l := h.as(t, "suzu").listen("/live?case=c1")
	line := l.changed("line", "")
	h.wait("c2", "しろいかもめ 8", 1)
	l.changed("line", line)
	h.raise(c)
	l.changed("alarms", "")
}

func TestNewsHoldNobodysNameOrWords(t *testing.T) {
	h := newHouse(t)
	h.fill()
	l := h.as(t, "suzu").listen("/live?case=c5")
	_, data, _ := l.next()
	for part, mark := range data {
		if strings.Trim(mark, "0123456789abcdef") != "" || len(mark) > 40 {
			t.Errorf("%s is %q, want a mark without meaning", part, mark)
		}
	}
	if len(data) != 3 {
		t.Errorf("news have %d parts, want line, alarms and case", len(data))
	}
}

func TestStreamEndsWithItsSession(t *testing.T) {
	h := newHouse(t)
	b := h.as(t, "suzu")
	l := b.listen("/live")
	l.changed("line", "")
	b.post("/sign-out")
	for {
		name, _, ok := l.next()
		if !ok {
			t.Fatal("the stream ended without saying why")
		}
		if name == "out" {
			break
		}
	}
	if _, _, ok := l.next(); ok {
		t.Error("the stream goes on after its session")
	}
}

func TestStreamOfAnEndedDeviceEnds(t *testing.T) {
	h := newHouse(t)
	here, there := h.as(t, "suzu"), h.as(t, "suzu")
	l := there.listen("/live")
	l.changed("line", "")
	here.post("/me/sessions/s2/end")
	for name, ok := "", true; ok && name != "out"; {
		name, _, ok = l.next()
	}
}

func TestStreamsAreBounded(t *testing.T) {
	h := newHouse(t)
	b := h.as(t, "suzu")
	var open []*listener
	for range streamsPerSession {
		l := b.listen("/live")
		l.changed("line", "")
		open = append(open, l)
	}
	if l := b.listen("/live"); l.status != http.StatusServiceUnavailable {
		t.Errorf("one stream too many: status %d, want 503", l.status)
	}
	if l := h.as(t, "kaede").listen("/live"); l.status != http.StatusOK {
		t.Errorf("somebody else's stream: status %d, want 200", l.status)
	}
	open[0].stop()
	deadline := time.Now().Add(30 * time.Second)
	for b.listen("/live").status != http.StatusOK {
		if time.Now().After(deadline) {
			t.Fatal("a closed stream makes no room")
		}
	}
}

func TestShutdownEndsStreamsAtOnceAndLeavesNothing(t *testing.T) {
	h := newHouse(t)
	before := goleak.IgnoreCurrent()
	ctx, stop := context.WithCancel(t.Context())
	e, err := New(ctx, h.parts)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(e)
	own := *h
	own.Server = server
	b := own.as(t, "suzu")
	l := b.listen("/live")
	l.changed("line", "")
	stop()
	for ok := true; ok; {
		_, _, ok = l.next()
	}
	b.CloseIdleConnections()
	server.Close()
	goleak.VerifyNone(t, before)
}

func TestStreamOutlivesThePagesTimeLimits(t *testing.T) {
	h := newHouse(t)
	e, err := New(t.Context(), h.parts)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(e)
	server.Config.ReadTimeout, server.Config.WriteTimeout = 200*time.Millisecond, 200*time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	own := *h
	own.Server = server
	l := own.as(t, "suzu").listen("/live")
	mark := l.changed("line", "")
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for i := range 6 {
		<-tick.C
		h.wait("c"+string(rune('1'+i)), "しろいかもめ 8", i)
		mark = l.changed("line", mark)
	}
}

func TestFateOfAnAnswerIsNews(t *testing.T) {
	h := newHouse(t)
	h.wait("c1", "みどりのつばめ 27", 3)
	l := h.as(t, "suzu").listen("/live?case=c1")
	_, data, _ := l.next()
	h.desk.mu.Lock()
	h.desk.fates["c1"] = map[string]handoff.Fate{"c1/a-x": {State: "refused", Why: "stopped"}}
	h.desk.mu.Unlock()
	h.desk.tick()
	l.changed("c1", data["c1"])
}

func TestOpenPageOfAClosedTalkHearsOfWithdrawnWords(t *testing.T) {
	h := newHouse(t)
	h.wait("c1", "みどりのつばめ 27", 3, closed)
	l := h.as(t, "suzu").listen("/live?case=c1")
	_, data, _ := l.next()
	h.change("c1", func(c *handoff.Case) { c.Withdrawn = h.now })
	mark := l.changed("c1", data["c1"])
	h.change("c1", func(c *handoff.Case) { c.Forgotten = h.now })
	l.changed("c1", mark)
}
