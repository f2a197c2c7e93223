package console

import (
	"net/http"
	"strconv"
	"testing"

	"engawa/handoff"
)

// TestFormsOfAnOldPageChangeNothingAndLoseNoWords: a second tab, the back button or
// a page left open over night sends what the talk does not allow any more.
func TestFormsOfAnOldPageChangeNothingAndLoseNoWords(t *testing.T) {
	h := newHouse(t)
	h.wait("c1", "みどりのつばめ 27", 3)
	b, other := h.as(t, "suzu"), h.as(t, "kaede")
	b.post("/case/c1/claim")
	b.post("/case/c1/answer", "act", "a1", "words", "読みました")
	until := strconv.FormatInt(h.now.AddDate(0, 0, 1).Unix(), 10)
	forms := []struct {
		path  string
		pairs []string
		keeps string
	}{
		{"/answer", []string{"act", "a2", "words", "まだ途中のことば"}, "まだ途中のことば"},
		{"/extend", []string{"until", until}, ""},
		{"/snooze", []string{"until", until}, ""},
		{"/ask", []string{"to", "kaede", "act", "n1", "note", "まだ途中の覚え書き"}, ""},
		{"/unask", nil, ""},
		{"/return", nil, ""},
		{"/handback", nil, ""},
		{"/close", nil, ""},
		{"/picks", []string{"words", "まだ途中のことば"}, "まだ途中のことば"},
	}
	for _, now := range []struct {
		name   string
		change func(*handoff.Case)
	}{
		{"taken by a colleague", func(c *handoff.Case) { c.Staff = handoff.Staff{Name: "kaede", Alias: "かえで"} }},
		{"closed", func(c *handoff.Case) { c.State, c.Staff, c.Closed = handoff.Closed, handoff.Staff{}, h.now }},
	} {
		t.Run(now.name, func(t *testing.T) {
			h.change("c1", now.change)
			was, log := h.desk.cases["c1"], len(h.desk.log["c1"])
			for _, f := range forms {
				for range 2 {
					a := b.post("/case/c1"+f.path, f.pairs...)
					if a.wants(t, http.StatusConflict); f.keeps != "" {
						a.wants(t, http.StatusConflict, f.keeps)
					}
				}
			}
			if is := h.desk.cases["c1"]; is.State != was.State || is.Staff != was.Staff || !is.Promise.Equal(was.Promise) || len(h.desk.log["c1"]) != log {
				t.Errorf("an old form changed the talk from %+v to %+v", was, is)
			}
		})
	}
	other.get("/case/c1").wants(t, http.StatusOK, "読みました")
	if got := h.desk.answers(); len(got) != 1 {
		t.Errorf("answers %q, want the one from before", got)
	}
}

// TestAPageAsksByItselfWhenAProxySwallowsItsStream: the stream opens, and nothing
// ever comes through it.
func TestAPageAsksByItselfWhenAProxySwallowsItsStream(t *testing.T) {
	h := newHouse(t, forGuest)
	straight := h.Config.Handler
	h.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/live" {
			straight.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	h.wait("c1", "みどりのつばめ 27", 3)
	v := h.signedIn(t, desktop, "light")
	v.open("/")
	h.wait("c2", "あおいすずめ 3", 2)
	eval[bool](v, `(() => { const now = Date.now; Date.now = () => now() + 60_000; return true; })()`) // a minute goes by
	v.until("the new person waits behind the button", `!document.querySelector("#fresh-line button").hidden`)
	v.until("the page does not say that it is cut off", `!document.getElementById("notice").textContent.includes("つながりません")`)
}
