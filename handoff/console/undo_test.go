package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"engawa/flows"
	"engawa/handoff"

	browserpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// undoHouse has a talk of すずらん's in it, on a real desk that holds answers.
func undoHouse(t *testing.T, change ...func(*Parts)) (h *house, desk *handoff.Desk, id flows.CaseID, lane *lanes) {
	t.Helper()
	h, desk, _, lane = realHouse(t, append(change, takesBack)...)
	const person = flows.PersonID("07-abc")
	h.words.add(person, Line{ID: "t1", At: time.Now().Add(-time.Minute), By: "resident", Kind: "text", Text: "家賃がもう無理かもしれません"})
	note := flows.DeskNote{Do: flows.NoteOpen, Topic: "money", Lang: flows.Ja, Since: time.Now().Add(-time.Hour).Unix()}
	if err := desk.Take(t.Context(), "n1", person, "みどりのつばめ 27", note); err != nil {
		t.Fatal(err)
	}
	row, err := desk.Of(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Claim(t.Context(), row.ID, handoff.Staff{Name: "suzu", Alias: "すずらん"}); err != nil {
		t.Fatal(err)
	}
	return h, desk, row.ID, lane
}

func TestWithoutAScriptAnAnswerIsTakenBackIntoItsBox(t *testing.T) {
	h, _, id, lane := undoHouse(t)
	b, page := h.as(t, "suzu"), "/case/"+string(id)
	for range 2 {
		b.post(page+"/answer", "act", "a1", "words", "あしたの三時です").wants(t, http.StatusOK, "とりけす", "あしたの三時です", "まだ届いていません")
	}
	h.as(t, "kaede").get(page).lacks(t, "あしたの三時です")
	b.post(page+"/unsay", "unsay", "a1", "words", "").wants(t, http.StatusOK, "相手には届いていません", `data-back="a1"`, ">あしたの三時です</textarea>")
	b.get(page).wants(t, http.StatusOK, ">あしたの三時です</textarea>")
	b.post(page+"/answer", "act", "a1", "words", "あしたの三時です").wants(t, http.StatusConflict, "一度とりけした返事です", ">あしたの三時です</textarea>")
	b.post(page+"/unsay", "unsay", "a1").wants(t, http.StatusConflict, "とりけす前に送られました")
	b.post(page+"/answer", "act", "a2", "words", "あしたの四時です").wants(t, http.StatusOK, "とりけす")
	b.post(page + "/close")
	waitFor(t, "the answer before the end", func() bool { return lane.heard(flows.DeskClosed) })
	if !lane.heard(flows.DeskAnswered) {
		t.Error("the talk was closed before the answer that was on its way")
	}
	var letters int
	for _, l := range h.words.said["07-abc"] {
		if l.By == "staff" {
			letters++
			if l.Text != "あしたの四時です" {
				t.Errorf("a letter says %q", l.Text)
			}
		}
	}
	if letters != 1 {
		t.Errorf("%d letters left, want the second alone", letters)
	}
}

func TestWhatIsWrittenWhileAnAnswerIsTakenBackStays(t *testing.T) {
	h, _, id, _ := undoHouse(t)
	b, page := h.as(t, "suzu"), "/case/"+string(id)
	b.post(page+"/answer", "act", "a1", "words", "まちがい")
	b.post(page+"/unsay", "unsay", "a1", "words", "つづきのことば").wants(t, http.StatusOK, ">まちがい\nつづきのことば</textarea>")
	b.post(page+"/answer", "act", "a2", "words", "なおした")
	b.post(page+"/unsay", "unsay", "a1", "words", "もうひとつ").wants(t, http.StatusConflict, ">もうひとつ</textarea>")
}

func TestOnAPhoneAnAnswerIsTakenBackAndWorkedOnAcrossAReload(t *testing.T) {
	h, desk, id, _ := undoHouse(t, forGuest)
	v := h.signedIn(t, phone, "light")
	v.open("/case/" + string(id))
	write := func(words string) {
		eval[bool](v, `(() => { const b = document.getElementById("words"); b.value = "`+words+`"; b.dispatchEvent(new Event("input", {bubbles: true})); return true; })()`)
	}
	write("あしたの三時です")
	eval[bool](v, `(document.getElementById("reply").requestSubmit(), true)`)
	v.until("the answer is held", `document.querySelector(".held button")`)
	v.until("its box is empty", `document.getElementById("words").value === ""`)
	v.shot("held-phone")
	v.axe("held on a phone")
	write("そして")
	v.hurried("あしたの四時です")
	eval[bool](v, `(document.querySelector(".held button").click(), true)`)
	v.until("the words are back, with what was begun", `window.found === "あしたの三時です\nそして" && document.readyState === "complete" && !document.querySelector(".held")`)
	v.until("what was typed before the page was ready stays", `document.getElementById("words").value === "あしたの四時です"`)
	v.open("/case/" + string(id))
	v.until("what was worked on survives a reload", `document.getElementById("words").value === "あしたの四時です"`)
	eval[bool](v, `(document.getElementById("reply").requestSubmit(), true)`)
	v.until("the new answer is held", `document.querySelector(".held .words")?.textContent === "あしたの四時です"`)
	if err := desk.SendHeld(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	v.until("once it has left it stands in the talk and cannot be taken back", `!document.querySelector(".held") && [...document.querySelectorAll(".letter.staff")].some((l) => l.textContent.includes("あしたの四時です"))`)
	if got := v.text("#words"); strings.TrimSpace(got) != "" {
		t.Errorf("the box holds %q after sending", got)
	}
}

// hurried types into an answer that was taken back before the page's scripts run.
func (v *screen) hurried(words string) {
	v.t.Helper()
	script := browserpage.AddScriptToEvaluateOnNewDocumentParams{Source: `document.addEventListener("readystatechange", () => {
		const box = document.getElementById("words");
		if (document.readyState !== "interactive" || !box?.dataset.back || sessionStorage.hurried) return;
		sessionStorage.hurried = "yes";
		window.found = box.value;
		box.value = "` + words + `";
	})`}
	if _, err := chromedp.Call(v.ctx, browserpage.AddScriptToEvaluateOnNewDocument, script); err != nil {
		v.t.Fatal(err)
	}
}

// waitFor waits for what the desk carries to a lane in its own time.
func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-tick.C {
		if is() {
			return
		}
	}
	t.Fatalf("it never happened: %s", what)
}
