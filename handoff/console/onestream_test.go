package console

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	tabs "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"engawa/handoff"
)

// counted is the house behind a proxy that counts open streams, or swallows them.
type counted struct {
	*house
	open, begun atomic.Int64
	swallows    bool
}

// behind puts the house behind a proxy, as most cities have one.
func behind(t *testing.T, h *house, swallows bool) *counted {
	t.Helper()
	to, err := url.Parse(h.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host }}
	own := *h
	c := &counted{house: &own, swallows: swallows}
	own.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/live" {
			proxy.ServeHTTP(w, r)
			return
		}
		c.begun.Add(1)
		c.open.Add(1)
		defer c.open.Add(-1)
		if !c.swallows {
			proxy.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream") // and not one byte more
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(func() { own.CloseClientConnections(); own.Server.Close() })
	return c
}

// streams waits until so many are open and stay open while the pages look around.
func (c *counted) streams(t *testing.T, want int64) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for c.open.Load() != want {
		if time.Now().After(deadline) {
			t.Fatalf("%d streams are open, want %d", c.open.Load(), want)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// tab is another tab of the same browser, with a way to close it.
func (v *screen) tab() (*screen, context.CancelFunc) {
	v.t.Helper()
	ctx, stop := chromedp.NewContext(v.ctx, chromedp.WithExistingBrowserContext(chromedp.FromContext(v.ctx).BrowserContextID))
	v.t.Cleanup(stop)
	other := &screen{t: v.t, h: v.h, ctx: ctx}
	other.do(chromedp.EmulateViewport(desktop.width, desktop.height))
	return other, stop
}

const aNewRow = `document.querySelector("#fresh-line button:not([hidden])") !== null`

// TestABrowserHasOneStreamHoweverManyTabs opens three, each hears its own news; the
// one that listens is closed, and the others go on.
func TestABrowserHasOneStreamHoweverManyTabs(t *testing.T) {
	h := newHouse(t, forGuest)
	mine := h.wait("c1", "みどりのつばめ 27", 30, mine)
	h.wait("c2", "しろいかもめ 8", 4)
	c := behind(t, h, false)
	first := c.screen(t, desktop, "light")
	leader, closeLeader := first.tab()
	leader.open("/enter/teatime")
	leader.ready()
	c.streams(t, 1)
	line, _ := first.tab()
	talk, _ := first.tab()
	line.open("/")
	talk.open("/case/c1")
	line.ready()
	talk.ready()
	h.wait("c3", "あおいやまどり 3", 1)
	line.until("a tab that does not listen hears of new rows", aNewRow)
	h.words.add(mine.Person, Line{ID: "new", Event: "new", At: h.now, By: "resident", Kind: "text", Text: "まだいますか"})
	h.change("c1", func(k *handoff.Case) { k.Words, k.Word = 1, h.now })
	talk.until("a tab that does not listen hears of its own talk", `document.getElementById("letters").innerText.includes("まだいますか")`)
	c.streams(t, 1)

	closeLeader()
	h.wait("c4", "きいろのふくろう 51", 0)
	line.until("after the one that listened has gone, another does", `document.querySelector("#fresh-line button")?.innerText.includes("2")`)
	c.streams(t, 1)
	talk.open("/case/c1") // and a page that is loaded anew
	talk.ready()
	h.wait("c5", "ももいろのつる 5", 0)
	line.until("news go on", `document.querySelector("#fresh-line button")?.innerText.includes("3")`)
	c.streams(t, 1)
	if n := c.begun.Load(); n > 8 {
		t.Errorf("%d streams were begun for four pages, want few", n)
	}
}

// TestAProxyThatSwallowsTheStreamLeavesThePagesAsking runs the pages' clock a hundred
// times faster: what they wait for is silence.
func TestAProxyThatSwallowsTheStreamLeavesThePagesAsking(t *testing.T) {
	h := newHouse(t, forGuest)
	h.wait("c1", "みどりのつばめ 27", 30)
	c := behind(t, h, true)
	v := c.screen(t, desktop, "light")
	_, err := chromedp.Call(v.ctx, tabs.AddScriptToEvaluateOnNewDocument, tabs.AddScriptToEvaluateOnNewDocumentParams{Source: `
		const began = Date.now(), now = Date.now, every = setInterval;
		Date.now = () => began + (now() - began) * 100;
		window.setInterval = (f, ms) => every(f, ms / 100);`})
	if err != nil {
		t.Fatal(err)
	}
	v.open("/enter/teatime")
	v.ready()
	h.wait("c2", "しろいかもめ 8", 0)
	v.until("the page asks by itself", aNewRow)
	if c.begun.Load() == 0 {
		t.Error("no stream was tried")
	}
	if text := v.text("#notice"); text != "" {
		t.Errorf("somebody whose pages work is told: %s", text)
	}
}
