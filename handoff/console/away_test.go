package console

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"engawa/config/redistest"
	"engawa/flows"
	"engawa/handoff"
)

// outage is a server that goes away: at once, or after it has done what was asked.
type outage struct {
	away atomic.Bool // nothing is heard
	last atomic.Bool // the next form is heard, but not its answer
}

func (h *house) outage() *outage {
	o, straight := &outage{}, h.Config.Handler
	h.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && o.last.CompareAndSwap(true, false) {
			straight.ServeHTTP(httptest.NewRecorder(), r)
			o.away.Store(true)
		}
		if o.away.Load() {
			panic(http.ErrAbortHandler) // the connection ends
		}
		straight.ServeHTTP(w, r)
	})
	return o
}

// TestAServerThatGoesAwayWhileSomebodyWritesLosesNothingAndSendsNothingTwice restarts it
// in the middle of a sentence, before a sent answer reaches it, and after.
func TestAServerThatGoesAwayWhileSomebodyWritesLosesNothingAndSendsNothingTwice(t *testing.T) {
	h := newHouse(t, forGuest)
	h.wait("c1", "みどりのつばめ 27", 3, mine)
	o := h.outage()
	v := h.signedIn(t, phone, "light")
	v.open("/case/c1")
	v.ready()
	const words = "あしたの三時に、電話します"
	v.key("r")
	v.press(words)
	holds := func(want string) {
		t.Helper()
		v.until("the box holds 「"+want+"」", `document.getElementById("words")?.value === "`+want+`"`)
	}
	send := func() {
		t.Helper()
		eval[bool](v, `(setTimeout(() => document.getElementById("reply").requestSubmit()), true)`)
		v.until("the browser says that nobody is there", `location.protocol === "chrome-error:"`)
		o.away.Store(false)
		v.open("/case/c1")
		v.ready()
	}

	o.away.Store(true)
	h.CloseClientConnections()
	eval[bool](v, `(() => { const now = Date.now; Date.now = () => now() + 60_000; return true; })()`) // a minute goes by
	v.until("the page says so", `document.getElementById("notice").innerText.includes("つながりません")`)
	holds(words)
	o.away.Store(false)
	v.until("it goes on by itself", `!document.getElementById("notice").innerText.includes("つながりません")`)
	holds(words)

	o.away.Store(true)
	send()
	holds(words)
	if got := h.desk.answers(); len(got) != 0 {
		t.Errorf("%q went out of a server that was away", got)
	}
	o.last.Store(true)
	send()
	v.until("it stands in the talk", `[...document.querySelectorAll(".letter.staff")].some(l => l.innerText.includes("`+words+`"))`)
	holds("")
	if got := h.desk.answers(); !slices.Equal(got, []string{words}) {
		t.Errorf("sent %q, want it once", got)
	}
}

// TestAStoreThatIsAwayForAMinuteKeepsTheSentenceOnThePage: it is said in plain words, and
// the same form sent again, twice, is one answer.
func TestAStoreThatIsAwayForAMinuteKeepsTheSentenceOnThePage(t *testing.T) {
	server := redistest.Start(t)
	h, desk, _, lane := realHouseOn(t, server.Client())
	const person = flows.PersonID("07-abc")
	note := flows.DeskNote{Do: flows.NoteOpen, Topic: "money", Lang: flows.Ja, Since: time.Now().Add(-time.Hour).Unix()}
	if err := desk.Take(t.Context(), "n1", person, "みどりのつばめ 27", note); err != nil {
		t.Fatal(err)
	}
	row, err := desk.Of(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	b, page := h.as(t, "suzu"), "/case/"+string(row.ID)
	b.post(page+"/claim").wants(t, http.StatusOK, "わたしが話しています")
	server.Kill()
	for range 2 {
		b.post(page+"/answer", "act", "a1", "words", "あしたの三時です").wants(t, http.StatusServiceUnavailable, "住民から届いたことばは、失われていません", "あしたの三時です")
		b.post(page+"/note", "act", "n1", "note", "電話が苦手").wants(t, http.StatusServiceUnavailable, "電話が苦手")
	}
	b.get("/").wants(t, http.StatusServiceUnavailable, "保存場所につながりません")
	server.Restart()
	for range 2 {
		b.post(page+"/answer", "act", "a1", "words", "あしたの三時です").wants(t, http.StatusOK, "あしたの三時です")
		b.post(page+"/note", "act", "n1", "note", "電話が苦手").wants(t, http.StatusOK, "電話が苦手")
	}
	waitFor(t, "the answer reaches the lane", func() bool { return lane.heard(flows.DeskAnswered) })
	lane.mu.Lock()
	answers := len(slices.DeleteFunc(slices.Clone(lane.acts), func(do flows.DeskDo) bool { return do != flows.DeskAnswered }))
	lane.mu.Unlock()
	notes, err := desk.Notes(t.Context(), row.ID)
	if err != nil || answers != 1 || len(notes) != 1 {
		t.Errorf("%d answers and %d notes, %v; want one of each", answers, len(notes), err)
	}
	if row, err := desk.Get(t.Context(), row.ID); err != nil || row.State != handoff.Talking {
		t.Errorf("the talk is %s, %v", row.State, err)
	}
}
