package console

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"engawa/handoff"
	"engawa/handoff/alarm"
)

func TestWhoWasCalledStandsOnTheAlarmInTheLedgerAndInTheTalk(t *testing.T) {
	h := newHouse(t)
	c := h.wait("c1", "あおいやまどり 3", 12, urgent)
	h.wait("c2", "みどりのつばめ 27", 12)
	at := func(sec int) time.Time { return h.now.Add(-6*time.Minute + time.Duration(sec)*time.Second) }
	h.alarms.raise(alarm.Alarm{
		ID: "a1", Person: c.Person, Alias: c.Alias, Urgency: "life", Level: "clear", Rules: []string{"life-3"},
		Raised: at(0), Again: []time.Time{at(180)},
		Calls: []alarm.Call{
			{Way: "push", At: at(1), OK: true, To: []string{"suzu", "kaede"}},
			{Way: "mail", At: at(2)},
			{Way: "mail", At: at(33), OK: true, To: []string{"first"}},
			{Way: "command", Step: 1, At: at(181), OK: true, To: []string{"second"}},
			{Way: "hook", Step: 1, At: at(182), OK: true},
		},
	})
	story := []string{
		"急ぎの知らせが上がりました", "端末への知らせですずらん・かえでを呼びました", "メールは出ませんでした。やり直します",
		"メールではじめの人を呼びました", "もう一度知らせました", "市の呼び出し(プログラム)で二人めを呼びました", "市の呼び出し(URL)では、いま呼べる人がいませんでした",
	}
	inOrder := func(page answer, parts []string) {
		t.Helper()
		rest := page.body
		for _, p := range parts {
			_, after, found := strings.Cut(rest, p)
			if !found {
				t.Fatalf("%s: %q is missing, or not in its place", page.Request.URL.Path, p)
			}
			rest = after
		}
	}
	b := h.as(t, "suzu")
	inOrder(b.get("/"), story)
	inOrder(h.as(t, "audit").get("/ledger"), story)
	inOrder(b.get("/case/c1"), story)
	_, log, _ := strings.Cut(b.get("/case/c2").body, `id="log`)
	if strings.Contains(log, story[0]) {
		t.Error("somebody else's alarm stands in this talk's log")
	}
	b.post("/alarm/ack", "id", "a1").wants(t, http.StatusOK)
	inOrder(b.get("/ledger"), append(story, "すずらんが受け取りました"))
	inOrder(b.get("/case/c1"), append(story, "すずらんが受け取りました"))
}

func TestThePoliceReadWhoPressedWhat(t *testing.T) {
	h := newHouse(t, withIDs(new(bool)))
	c := h.wait("c1", "あおいやまどり 3", 12, urgent)
	h.desk.log["c1"] = []handoff.Entry{{At: h.now.Add(-10 * time.Minute), Do: handoff.DoOpen}, {At: h.now.Add(-5 * time.Minute), By: "suzu", Do: handoff.DoClaim}}
	h.raise(c)
	page := h.as(t, "kaede").post("/case/c1/identify", "act", "act1", "reason", "110番に伝えます")
	page.wants(t, http.StatusOK, "だれが、いつ、何をしたか", "すずらんが引き受けました", "かえでが封をしたLINEのIDを開きました", "急ぎの知らせが上がりました", "110番に伝えます")
}

func TestACoordinatorSeesThatSomebodyWritesVeryMuch(t *testing.T) {
	h := newHouse(t)
	c := h.wait("c1", "みどりのつばめ 27", 12)
	b := h.as(t, "suzu")
	b.get("/case/c1").lacks(t, "続けて届いています")
	for i := range 40 {
		h.words.add(c.Person, Line{ID: fmt.Sprint("f", i), At: h.now.Add(-time.Minute + time.Duration(i)*time.Second), By: "resident", Kind: "text", Text: "ねえ"})
	}
	b.get("/case/c1").wants(t, http.StatusOK, "1分に40通、続けて届いています")
}
