package console

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"engawa/handoff"
)

// places tells where each row stands, to see that nothing moved.
const places = `JSON.stringify([...document.querySelectorAll("[data-row]")].map(r => [r.dataset.row, Math.round(r.getBoundingClientRect().top)]))`

// shifts lists what has moved on the page since it was opened; it waits for the last
// frame. The browser does not count what an input in the last half second caused, so
// it is read before any key is struck.
const shifts = `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
	const seen = [];
	const o = new PerformanceObserver(list => list.getEntries().forEach(e => seen.push(e)));
	o.observe({type: "layout-shift", buffered: true});
	setTimeout(() => { o.takeRecords().forEach(e => seen.push(e)); done(JSON.stringify(seen.map(e => [e.value, e.sources.map(s => s.node?.outerHTML?.slice(0, 60))]))); }, 100);
})))`

func TestNewRowsWaitBehindAButton(t *testing.T) {
	h := newHouse(t, forGuest)
	h.wait("c1", "みどりのつばめ 27", 30)
	h.wait("c2", "しろいかもめ 8", 4)
	v := h.signedIn(t, desktop, "light")
	v.ready()
	if got := eval[string](v, `[document.getElementById("fresh-line").getAttribute("role"), document.querySelectorAll("[aria-live=assertive], [role=alert]").length].join()`); got != "status,0" {
		t.Errorf("changes are told by %s, want politely, by a status and no alert", got)
	}
	before := eval[string](v, places)
	h.wait("c3", "あおいやまどり 3", 1, urgent)
	h.wait("c4", "きいろのふくろう 51", 0)
	v.until("the button counts", `document.querySelector("#fresh-line button:not([hidden])")?.innerText === "明らか 1件・新しいもの 2件を見る"`)
	if after := eval[string](v, places); after != before {
		t.Errorf("rows moved by themselves:\nbefore %s\nafter  %s", before, after)
	}
	if shift := eval[string](v, shifts); shift != "[]" {
		t.Errorf("the layout shifted without being asked: %s", shift)
	}
	v.axe("new rows")
	v.shot("desktop-light-fresh")
	v.key("n")
	v.until("they are shown", `document.querySelectorAll("[data-row]").length === 4`)
	if got := v.focus(); got != "c3" {
		t.Errorf("focus is on %s, want the first new person", got)
	}
}

// TestScriptsMoveNothingWhenTheyShowWhatOnlyTheyCan compares each page as the server
// made it with the page as its scripts leave it.
func TestScriptsMoveNothingWhenTheyShowWhatOnlyTheyCan(t *testing.T) {
	h := newHouse(t, forGuest)
	h.fill()
	for _, s := range []size{desktop, phone} {
		v := h.signedIn(t, s, "light")
		for path, shown := range map[string]string{"/": "#pause, #fresh-line > *", "/case/c5": "#pause, #fresh-talk > *", "/me": "#sound"} {
			v.open(path)
			v.until("the scripts have begun", `document.querySelector("#pause:not([hidden]), #sound:not([hidden])") !== null`)
			got := eval[string](v, `(() => {
				const tops = () => JSON.stringify([...document.querySelectorAll("h1, h2, h3, li, button, textarea")].map(e => Math.round(e.getBoundingClientRect().top)));
				const of = [...document.querySelectorAll(`+strconv.Quote(shown)+`)];
				const all = [true, false].map(hide => { of.forEach(e => e.hidden = hide); return tops(); });
				return all[0] === all[1] ? "" : all.join("\n");
			})()`)
			if got != "" {
				t.Errorf("%s on a %s moves:\n%s", path, s.name, got)
			}
		}
	}
}

func TestRowThatSomebodyTookStaysInItsPlaceAndSaysSo(t *testing.T) {
	h := newHouse(t, forGuest)
	h.wait("c1", "みどりのつばめ 27", 30)
	h.wait("c2", "しろいかもめ 8", 4)
	v := h.signedIn(t, desktop, "light")
	v.ready()
	before := eval[string](v, places)
	if _, err := h.desk.Claim(t.Context(), "c1", handoff.Staff{Name: "kaede", Alias: "かえで"}); err != nil {
		t.Fatal(err)
	}
	v.until("the row names the colleague", `document.querySelector("[data-row=c1] .row.gone")?.innerText.includes("かえで")`)
	if after := eval[string](v, places); after != before {
		t.Errorf("rows moved:\nbefore %s\nafter  %s", before, after)
	}
}

func TestPausedLineHoldsStill(t *testing.T) {
	h := newHouse(t, forGuest)
	h.wait("c1", "みどりのつばめ 27", 30)
	v := h.signedIn(t, desktop, "light")
	v.ready()
	v.key("p")
	v.until("it is held", `document.getElementById("pause").getAttribute("aria-pressed") === "true"`)
	c := h.wait("c2", "しろいかもめ 8", 4, urgent)
	h.raise(c)
	v.until("alarms come nevertheless", `document.querySelector("[data-alarm]") !== null`)
	if eval[bool](v, `document.querySelector("#fresh-line button:not([hidden])") !== null`) {
		t.Error("a held line counts new rows")
	}
	v.key("p")
	v.until("it goes on", `document.querySelector("#fresh-line button:not([hidden])") !== null`)
}

func TestUnsentWordsVanishAtOnce(t *testing.T) {
	h := newHouse(t, forGuest)
	c := h.wait("c1", "あおいやまどり 3", 3, urgent)
	v := h.signedIn(t, desktop, "light")
	v.open("/case/c1")
	v.ready()
	v.key("c")
	v.until("the words are open", `document.body.innerText.includes("電話がこわい")`)
	v.ready()
	v.key("r")
	v.press("途中")
	h.words.unsend(c.Person, "c1-5")
	h.change("c1", func(c *handoff.Case) { c.Unsent++ })
	v.until("the words are gone", `!document.documentElement.innerHTML.includes("電話がこわい") && document.body.innerText.includes("ことばは取り消されました")`)
	if got := v.focus(); got != "words" {
		t.Errorf("focus went to %s", got)
	}
	if got := eval[string](v, `document.getElementById("words").value`); got != "途中" {
		t.Errorf("the answer box holds %q", got)
	}
}

func TestNewWordsComeByAButtonAndLeaveTheBoxAlone(t *testing.T) {
	h := newHouse(t, forGuest)
	c := h.wait("c1", "みどりのつばめ 27", 3)
	v := h.signedIn(t, desktop, "light")
	v.open("/case/c1")
	v.ready()
	v.key("c")
	v.until("the words are open", `document.body.innerText.includes("電話がこわい")`)
	v.ready()
	v.key("r")
	v.press("途中")
	h.words.add(c.Person, Line{ID: "c1-6", Event: "e6", At: h.now, By: "resident", Kind: "text", Text: "まだいますか"})
	h.change("c1", func(c *handoff.Case) { c.Words, c.Word = 1, h.now })
	v.until("the button counts", `document.querySelector("#fresh-talk form:not([hidden]) button")?.innerText === "新しいことば 1件を見る"`)
	if strings.Contains(v.text("body"), "まだいますか") {
		t.Error("words show before they were opened")
	}
	v.press(kb.Escape)
	v.key("n")
	v.until("they are shown", `document.body.innerText.includes("まだいますか")`)
	if got := eval[string](v, `document.getElementById("words").value`); got != "途中" {
		t.Errorf("the answer box holds %q", got)
	}
}

func TestTalkThatSomebodyElseTookSaysSo(t *testing.T) {
	h := newHouse(t, forGuest)
	h.wait("c1", "みどりのつばめ 27", 3)
	v := h.signedIn(t, desktop, "light")
	v.open("/case/c1")
	v.ready()
	if _, err := h.desk.Claim(t.Context(), "c1", handoff.Staff{Name: "kaede", Alias: "かえで"}); err != nil {
		t.Fatal(err)
	}
	v.until("the claim button has gone", `document.querySelector("[data-key=claim]") === null && document.body.innerText.includes("いまはかえでが話しています")`)
	v.axe("taken")
}

func TestAlarmRingsMarksTheTitleAndEnds(t *testing.T) {
	h := newHouse(t, forGuest)
	c := h.wait("c1", "あおいやまどり 3", 3, urgent)
	v := h.signedIn(t, desktop, "light")
	v.ready()
	eval[chromedp.Void](v, `navigator.setAppBadge = async (n) => { window.badge = n; }; navigator.clearAppBadge = async () => { window.badge = 0; };
		window.rings = 0; const start = OscillatorNode.prototype.start;
		OscillatorNode.prototype.start = function (...a) { window.rings++; return start.apply(this, a); }; void 0`)
	v.do(chromedp.Click(chromedp.CSS("#line-title")))
	before := eval[string](v, places)
	h.raise(c)
	v.until("the banner is there", `document.querySelector("[data-alarm]")?.innerText.includes("命にかかわることばがありました")`)
	if after := eval[string](v, places); after != before {
		t.Errorf("the banner moved the rows:\nbefore %s\nafter  %s", before, after)
	}
	v.until("the title is marked", `document.title.startsWith("● ")`)
	v.until("the tab's picture is marked", `document.querySelector('link[rel="icon"]').href.endsWith("/lamp-rings.svg")`)
	v.until("the badge counts", `window.badge === 1`)
	v.until("it rings", `window.rings > 0`)
	v.axe("alarm")
	v.do(chromedp.Click(chromedp.CSS("[data-key=ack]")))
	v.until("somebody has it", `location.pathname === "/case/c1" && document.querySelector("[data-alarm]") === null && !document.title.startsWith("●") && document.querySelector('link[rel="icon"]').href.endsWith("/lamp.svg")`)
	if h.alarms.by != "すずらん" {
		t.Errorf("acknowledged by %q", h.alarms.by)
	}
}

// TestPagesAskOnlyThisHouseAndBreakNoRule looks at the browser's own complaints
// and at everything it asked for.
func TestPagesAskOnlyThisHouseAndBreakNoRule(t *testing.T) {
	h := newHouse(t, forGuest)
	h.fill()
	v := h.screen(t, desktop, "light")
	var asked []string
	if err := chromedp.Listen(v.ctx, func(ev any) {
		if r, ok := ev.(*network.EventRequestWillBeSent); ok {
			asked = append(asked, r.Request.URL)
		}
	}); err != nil {
		t.Fatal(err)
	}
	said := chromedp.Console(v.ctx)
	v.open("/enter/teatime")
	for _, path := range []string{"/", "/case/c5", "/case/c1", "/ledger", "/me", "/help", "/sign-in"} {
		v.open(path)
		v.until("it is complete", `document.readyState === "complete"`)
	}
	eval[chromedp.Void](v, `console.log("the end")`)
	for m, err := range said {
		if err != nil {
			t.Fatal(err)
		}
		if m.Text == "the end" {
			break
		}
		t.Errorf("the browser says: %s (%s)", m.Text, m.URL)
	}
	if len(asked) < 10 {
		t.Errorf("%d requests seen: the listening is broken", len(asked))
	}
	for _, url := range asked {
		if !strings.HasPrefix(url, h.URL+"/") && !strings.HasPrefix(url, "data:") {
			t.Errorf("asked for %s", url)
		}
	}
}

func TestUnsentWordsVanishFromAClosedTalkAndFromAHeldLine(t *testing.T) {
	h := newHouse(t, forGuest)
	c := h.wait("c1", "あおいやまどり 3", 3, closed)
	h.hasRead("c1", "suzu")
	other := h.wait("c2", "しろいかもめ 8", 5, mine, func(c *handoff.Case) { c.ReadTo = c.Opened.Add(-time.Minute) })
	v := h.signedIn(t, desktop, "light")
	v.open("/case/c1")
	v.ready()
	v.until("the words are there", `document.getElementById("letters").innerText.includes("電話がこわい") && document.querySelector("[data-row=c2] .last").innerText.includes("大家さん")`)
	v.key("p")
	h.words.unsend(c.Person, "c1-5")
	h.words.unsend(other.Person, "c2-5")
	h.change("c1", func(c *handoff.Case) { c.Withdrawn = h.now })
	h.change("c2", func(c *handoff.Case) { c.Withdrawn = h.now })
	v.until("the words are gone", `!document.documentElement.innerHTML.includes("電話がこわい") && !document.documentElement.innerHTML.includes("大家さん")`)
}

func TestWhoDeletedEverythingLeavesEveryOpenPageAtOnce(t *testing.T) {
	h := newHouse(t, forGuest)
	h.wait("c1", "あおいやまどり 3", 30, mine, urgent, func(c *handoff.Case) { c.Stopped = "nudges" })
	v := h.signedIn(t, desktop, "light")
	v.open("/case/c1")
	v.ready()
	v.key("r")
	v.press("家賃のことで")
	v.press(kb.Escape)
	v.key("m")
	v.press("様子を見る")
	v.until("the page knows them", `document.title.includes("あおいやまどり") && document.body.innerText.includes("返事は届きます")`)
	h.forget("c1")
	v.until("their name is nowhere", `!document.documentElement.outerHTML.includes("あおいやまどり") && !document.title.includes("あおいやまどり")`)
	text := v.text("body")
	for _, never := range []string{"電話がこわい", "返事は届きます", "つぎの返事の約束", "返事を送る", "からだとこころ", "機械の案内に渡す", "伝わると", "まで\n", "このまま残ります", "ここまで開いています"} {
		if strings.Contains(text, never) {
			t.Errorf("the page still says %q", never)
		}
	}
	if !strings.Contains(text, "返事はもう送れません") || !strings.Contains(text, "話をとじる") {
		t.Errorf("the page does not say what can be done now: %s", text)
	}
	if got := eval[string](v, `document.getElementById("note").value + "|" + JSON.stringify(Object.entries(sessionStorage))`); !strings.HasPrefix(got, "様子を見る|") || strings.Contains(got, "家賃") {
		t.Errorf("the note and the drafts are %q, want the note alone", got)
	}
	v.axe("deleted")
	v.shot("desktop-light-deleted")
	v.do(chromedp.Reload())
	v.ready()
	if eval[bool](v, `document.documentElement.outerHTML.includes("あおいやまどり") || document.getElementById("words") !== null`) {
		t.Error("after a reload the page names them, or has a box for an answer")
	}
}

func TestWhoLeftTheLineByDeletingIsNamedNoMore(t *testing.T) {
	h := newHouse(t, forGuest)
	h.wait("c1", "みどりのつばめ 27", 30)
	h.wait("c2", "しろいかもめ 8", 4)
	v := h.signedIn(t, desktop, "light")
	v.ready()
	before := eval[string](v, places)
	h.forget("c1")
	v.until("their name is nowhere", `!document.documentElement.outerHTML.includes("みどりのつばめ") && document.body.innerText.includes("列を出ました")`)
	if after := eval[string](v, places); after != before {
		t.Errorf("rows moved:\nbefore %s\nafter  %s", before, after)
	}
}

func TestFirstPersonInAnEmptyLineShowsAtOnce(t *testing.T) {
	h := newHouse(t, forGuest)
	v := h.signedIn(t, phone, "light")
	v.ready()
	c := h.wait("c1", "あおいやまどり 3", 0, urgent)
	h.raise(c)
	v.until("the row is there", `document.querySelector("[data-row=c1] .row.clear") !== null && !document.body.innerText.includes("お茶をどうぞ")`)
}

func TestUrgentPersonBehindTheButtonIsNamedOnIt(t *testing.T) {
	h := newHouse(t, forGuest)
	h.wait("c1", "しろいかもめ 8", 5, mine)
	v := h.signedIn(t, desktop, "light")
	v.ready()
	before := eval[string](v, places)
	h.wait("c2", "あおいやまどり 3", 0, urgent)
	v.until("the button says so", `document.querySelector("#fresh-line button.urgent:not([hidden])")?.innerText === "明らか 1件・新しいもの 1件を見る"`)
	if text := v.text("#line"); strings.Contains(text, "いま待っている人はいません") {
		t.Errorf("the line still says that nobody waits: %s", text)
	}
	if after := eval[string](v, places); after != before {
		t.Errorf("rows moved:\nbefore %s\nafter  %s", before, after)
	}
	v.axe("urgent button")
	v.shot("desktop-light-urgent-new")
}

// TestAShortTalkOpensAtItsFirstUnansweredWords: on a small desk screen a talk does not
// fit; who takes it begins to read where nobody has answered, and the box stays in sight.
func TestAShortTalkOpensAtItsFirstUnansweredWords(t *testing.T) {
	h := newHouse(t, forGuest)
	h.wait("c1", "みどりのつばめ 27", 5, mine, func(c *handoff.Case) { c.First = time.Time{} })
	v := h.signedIn(t, size{"small desk", 1280, 800, nil}, "light")
	seen := func(what, said string) {
		t.Helper()
		v.until(what, `(l => (r => r && r.top >= l.top - 1 && r.top < l.bottom)(document.querySelector("[data-said='`+said+`']")?.getBoundingClientRect()))(document.getElementById("letters").getBoundingClientRect())`)
		v.until("the box in sight", `document.querySelector(".send .main").getBoundingClientRect().bottom <= innerHeight`)
	}
	v.open("/case/c1")
	v.ready()
	v.until("it does not fit", `(l => l.scrollHeight > l.clientHeight)(document.getElementById("letters"))`)
	seen("the first words", "c1-1")

	person := h.desk.cases["c1"].Person
	at := h.now.Add(-30 * time.Second)
	h.words.add(person, Line{ID: "answer", Event: "answer", At: at, By: "staff", Staff: "すずらん", Kind: "text", Text: "読みました"})
	for i := range 4 {
		h.words.add(person, Line{ID: "owed" + strconv.Itoa(i), Event: "owed", At: at.Add(time.Second), By: "resident", Kind: "text", Text: "つづきです"})
	}
	v.open("/case/c1")
	v.ready()
	seen("the first words after the answer", "owed0")
	for i := range 30 {
		h.words.add(person, Line{ID: "more" + strconv.Itoa(i), Event: "more", At: at.Add(2 * time.Second), By: "resident", Kind: "text", Text: "つづきです"})
	}
	v.open("/case/c1")
	v.ready()
	seen("of many words the newest", "more29")
}

func TestNewWordsComeIntoView(t *testing.T) {
	for _, s := range []size{desktop, phone} {
		h := newHouse(t, forGuest)
		c := h.wait("c1", "みどりのつばめ 27", 120, mine)
		for i := range 30 {
			h.words.add(c.Person, Line{ID: "m" + strconv.Itoa(i), Event: "m", At: c.Opened.Add(time.Minute), By: "resident", Kind: "text", Text: "前のことば"})
		}
		v := h.signedIn(t, s, "light")
		v.open("/case/c1")
		v.ready()
		h.words.add(c.Person, Line{ID: "new", Event: "new", At: h.now, By: "resident", Kind: "text", Text: "まだいますか"})
		h.change("c1", func(c *handoff.Case) { c.Words, c.Word = 1, h.now })
		v.until("the button is there", `document.querySelector("#fresh-talk form:not([hidden])") !== null`)
		eval[chromedp.Void](v, `document.getElementById("letters").scrollTop = 0; scrollTo(0, 0); document.querySelector("#fresh-talk button").click(); void 0`)
		v.until("the words are seen on a "+s.name, `(r => r && r.top >= 0 && r.bottom <= innerHeight)(document.querySelector("[data-said=new]")?.getBoundingClientRect())`)
	}
}
