package console

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"engawa/config/redistest"
	"engawa/flows"
	"engawa/handoff/ready"
)

// readyHouse keeps texts ready, and has a talk of すずらん's.
func readyHouse(t *testing.T, change ...func(*Parts)) *house {
	store := ready.New(redistest.Client(t), time.Now)
	h := newHouse(t, append(change, func(p *Parts) {
		p.Ready = store
		p.Plain = func(words string) (faults, advice []string) {
			if strings.Contains(words, "アセスメント") {
				faults = []string{"「アセスメント」は、住民には使わないことばです。"}
			}
			if strings.Contains(words, "！") {
				advice = []string{"「！」は、大きな声に聞こえます。"}
			}
			return faults, advice
		}
		p.Places = func(typed string, _ flows.Lang) []Card {
			return []Card{{Title: "夕方の縁側", Text: "夕方の縁側\n水曜 午後4時から"}}
		}
	})...)
	h.wait("c1", "みどりのつばめ 27", 3)
	return h
}

func TestATextIsKeptReadyOnlyInWordsForResidents(t *testing.T) {
	h := readyHouse(t)
	b := h.as(t, "suzu")
	b.post("/ready", "act", "a1", "title", "はじめ", "text", "アセスメントをします", "whose", "own").
		wants(t, http.StatusUnprocessableEntity, "住民には使わないことば", ">アセスメントをします</textarea>")
	b.post("/ready", "act", "a2", "title", "はじめ", "text", "{名前}さん", "whose", "own").
		wants(t, http.StatusUnprocessableEntity, "{名前} は自動で入りません", ">{名前}さん</textarea>")
	for range 2 {
		b.post("/ready", "act", "a3", "title", "はじめ", "text", "{alias}さん、{約束}にお返事します", "whose", "own").wants(t, http.StatusOK, "ひな形を残しました")
	}
	if n := strings.Count(b.get("/ready").body, "<h3>はじめ</h3>"); n != 1 {
		t.Errorf("sent twice, it stands there %d times", n)
	}
	b.post("/ready", "act", "a4", "title", "げんき", "text", "どうぞ！", "whose", "own").wants(t, http.StatusOK, "大きな声に聞こえます")
	h.as(t, "kaede").get("/ready").lacks(t, "はじめ</h3>")
	b.post("/ready", "act", "a5", "title", "みんなの", "text", "こんにちは", "whose", "all").wants(t, http.StatusForbidden)
	found := b.get("/ready?q=%E3%82%B2%E3%83%B3%E3%82%AD")
	found.wants(t, http.StatusOK, "<h3>げんき</h3>")
	found.lacks(t, "<h3>はじめ</h3>")
	rev := regexp.MustCompile(`name="id" value="a3"><input type="hidden" name="rev" value="(\d+)"`).FindStringSubmatch(b.get("/ready").body)
	if rev == nil {
		t.Fatal("the text cannot be changed")
	}
	b.post("/ready", "id", "a3", "rev", rev[1], "title", "はじめ", "text", "なおした").wants(t, http.StatusOK, "なおした")
	b.post("/ready", "id", "a3", "rev", rev[1], "title", "はじめ", "text", "おそい").wants(t, http.StatusUnprocessableEntity, "ほかの人が先に直しました", ">おそい</textarea>")
	b.post("/ready/a3/drop", "rev", "2").wants(t, http.StatusOK, "ひな形を消しました")
	b.get("/ready").lacks(t, "<h3>はじめ</h3>")
}

func TestWithoutAScriptATextGoesIntoTheReplyBesideWhatIsWritten(t *testing.T) {
	h := readyHouse(t)
	b := h.as(t, "suzu")
	b.post("/ready", "act", "a1", "title", "はじめ", "text", "{alias}さん、{相談員}です", "whose", "own")
	b.post("/case/c1/picks", "words", "x").wants(t, http.StatusConflict)
	b.post("/case/c1/claim").wants(t, http.StatusOK, `formaction="/case/c1/picks"`)
	b.post("/case/c1/picks", "words", "書きかけ").wants(t, http.StatusOK, "みどりのつばめ 27さん、すずらんです", "くらしの相談窓口", "夕方の縁側", `value="書きかけ"`)
	found := b.post("/case/c1/picks", "words", "書きかけ", "q", "ｸﾗｼ")
	found.wants(t, http.StatusOK, "くらしの相談窓口")
	found.lacks(t, "ひなたカフェ")
	b.post("/case/c1/picks", "words", "書きかけ", "text", "夕方の縁側").wants(t, http.StatusOK, ">書きかけ\n夕方の縁側</textarea>")
}

func TestTwoKeysPutATextIntoTheReply(t *testing.T) {
	h := readyHouse(t, forGuest)
	h.as(t, "suzu").post("/ready", "act", "a1", "title", "はじめ", "text", "{alias}さん、こんにちは", "whose", "own")
	for _, s := range []size{desktop, phone} {
		v := h.signedIn(t, s, "light")
		if s.name == desktop.name {
			h.as(t, "suzu").post("/case/c1/claim")
		}
		v.open("/case/c1")
		eval[bool](v, `(document.activeElement.blur(), true)`)
		v.key("i")
		v.key("1")
		v.until("the text stands in the box", `document.getElementById("words").value === "みどりのつばめ 27さん、こんにちは" && document.activeElement.id === "words"`)
		open := func() {
			eval[bool](v, `(document.getElementById("words").dispatchEvent(new KeyboardEvent("keydown", {key: "i", ctrlKey: true, bubbles: true, cancelable: true})), true)`)
			v.until("the list is open", `document.querySelectorAll("#picks[open] [data-pick]").length === 4`)
		}
		open()
		v.key("4")
		v.until("a place to be follows", `document.getElementById("words").value.endsWith("こんにちは\n夕方の縁側\n水曜 午後4時から")`)
		open()
		v.axe("picks on " + s.name)
		v.shot("picks-" + s.name)
		v.open("/ready")
		v.axe("ready texts on " + s.name)
		v.shot("ready-" + s.name)
		eval[bool](v, `(sessionStorage.clear(), true)`)
	}
}
