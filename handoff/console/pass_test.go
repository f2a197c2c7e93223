package console

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"engawa/handoff"
)

func TestOneTapSaysThatOneIsOutAndOneThatOneIsBack(t *testing.T) {
	h := newHouse(t) // Wednesday, 14:05
	b := h.as(t, "suzu")
	b.get("/").wants(t, http.StatusOK, "席をはずす")
	a := b.post("/out")
	a.wants(t, http.StatusOK, "席をはずしています(明日 9時まで)", "もどりました")
	if got, want := h.shifts.out["suzu"], time.Date(2026, 11, 26, 9, 0, 0, 0, japan); !got.Equal(want) {
		t.Errorf("out until %s, want %s", got, want)
	}
	a.wants(t, http.StatusOK, ">15時<", ">16時<", ">11月27日(金) 9時<", ">12月2日(水) 9時<")
	a.lacks(t, "11月28日(土) 9時")
	hour := h.now.Truncate(30 * time.Minute).Add(time.Hour)
	b.post("/out", "until", fmt.Sprint(hour.Unix())).wants(t, http.StatusOK, "席をはずしています(15時まで)")
	b.get("/").wants(t, http.StatusOK, "もどりました")
	h.as(t, "kaede").get("/").wants(t, http.StatusOK, "席をはずす")
	b.post("/back").wants(t, http.StatusOK, "おかえりなさい", "席をはずす")
	if len(h.shifts.out) > 0 {
		t.Errorf("still out: %v", h.shifts.out)
	}
	b.post("/out", "until", fmt.Sprint(h.now.Add(-time.Hour).Unix())).wants(t, http.StatusBadRequest)
	b.post("/out", "until", "あした").wants(t, http.StatusBadRequest)
	h.as(t, "audit").post("/out").wants(t, http.StatusForbidden)
}

func TestTalkSleepsUntilAMorningOnWhichSomebodyReads(t *testing.T) {
	h := newHouse(t)
	h.wait("c1", "みどりのつばめ 27", 30, mine)
	b := h.as(t, "suzu")
	a := b.get("/case/c1")
	a.wants(t, http.StatusOK, "おやすみにする", "明日 9時", "12月9日(水) 9時")
	until := time.Date(2026, 11, 30, 9, 0, 0, 0, japan)
	b.post("/case/c1/snooze", "until", fmt.Sprint(until.Unix())).wants(t, http.StatusOK,
		"おやすみにしました", "おやすみ中です(11月30日(月) 9時まで)", "おやすみ(11月30日(月) 9時まで)")
	b.post("/case/c1/snooze", "until", fmt.Sprint(h.now.Add(-time.Hour).Unix())).wants(t, http.StatusUnprocessableEntity, "もう過ぎています")
	h.as(t, "kaede").post("/case/c1/snooze", "until", fmt.Sprint(until.Unix())).wants(t, http.StatusConflict, "いまはすずらんの話")
	h.wait("c2", "しろいかもめ 8", 3, mine, func(c *handoff.Case) { c.State, c.First = handoff.Claimed, time.Time{} })
	b.get("/case/c2").lacks(t, "おやすみにする</summary>")
}

func TestTalkGoesToAColleagueWithItsNoteOrStaysWhereItIs(t *testing.T) {
	h := newHouse(t)
	h.wait("c1", "みどりのつばめ 27", 30, mine)
	suzu, kaede := h.as(t, "suzu"), h.as(t, "kaede")
	a := suzu.get("/case/c1")
	a.wants(t, http.StatusOK, `<option value="kaede">かえで</option>`)
	a.lacks(t, `<option value="suzu">`, `<option value="audit">`, `<option value="admin">`)
	for range 2 { // sent twice
		suzu.post("/case/c1/ask", "to", "kaede", "act", "n1", "note", "夕方はいないので、つづきをお願いします").wants(t, http.StatusOK,
			"引き継ぎを頼みました", "かえでに、引き継ぎを頼んでいます", "夕方はいないので", `id="words"`)
	}
	if n := len(h.desk.notes["c1"]); n != 1 {
		t.Errorf("%d notes, want 1", n)
	}
	kaede.get("/").wants(t, http.StatusOK, "引き継ぎを頼まれている話", "すずらんから、引き継ぎを頼まれています")
	kaede.get("/case/c1").wants(t, http.StatusOK, "引き受けない", "夕方はいないので")
	kaede.post("/case/c1/decline").wants(t, http.StatusOK, "引き受けないことを伝えました")
	if c := h.desk.cases["c1"]; c.Staff.Name != "suzu" || c.Asked.Name != "" {
		t.Errorf("declined, the case is with %v, asked %v", c.Staff, c.Asked)
	}
	kaede.post("/case/c1/accept").wants(t, http.StatusConflict, "いまはすずらんの話")

	suzu.post("/case/c1/ask", "to", "kaede", "act", "n2").wants(t, http.StatusOK, "引き継ぎを頼みました")
	suzu.post("/case/c1/unask").wants(t, http.StatusOK, "頼むのをやめました")
	suzu.post("/case/c1/ask", "to", "kaede", "act", "n3").wants(t, http.StatusOK)
	kaede.post("/case/c1/accept").wants(t, http.StatusOK, "みどりのつばめ 27さんの話を引き継ぎました", "わたしが話しています", "電話がこわい", "すずらん")
	suzu.get("/case/c1").wants(t, http.StatusOK, "いまはかえでが話しています")
	suzu.post("/case/c1/ask", "to", "kaede", "act", "n4", "note", "まだ").wants(t, http.StatusConflict, "いまはかえでの話")
	if n := len(h.desk.notes["c1"]); n != 1 {
		t.Errorf("%d notes, want no other by somebody who does not have the talk", n)
	}
	for _, to := range []string{"nobody", "audit", "", "kaede"} {
		kaede.post("/case/c1/ask", "to", to, "act", "n5").wants(t, http.StatusBadRequest)
	}
}

func TestAColleagueWhoIsOutIsMarkedSo(t *testing.T) {
	h := newHouse(t)
	h.wait("c1", "みどりのつばめ 27", 30, mine)
	h.shifts.out["kaede"] = time.Date(2026, 11, 26, 9, 0, 0, 0, japan)
	h.as(t, "suzu").get("/case/c1").wants(t, http.StatusOK, "かえで(席をはずしています。明日 9時まで)")
}

func TestHandoverTellsEachTalkItsPromiseAndItsLastNote(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.change("c5", func(c *handoff.Case) { c.Waits = h.now.Add(-2 * time.Hour) })
	h.wait("c8", "そらいろのひよどり 9", 500, mine, func(c *handoff.Case) {
		c.State, c.Lease, c.Waits = handoff.Snoozed, time.Date(2026, 11, 30, 9, 0, 0, 0, japan), time.Time{}
	})
	b := h.as(t, "suzu")
	a := b.get("/handover")
	a.wants(t, http.StatusOK, "あかいほたる 14", "明日の15時までに", "返事を待っています・2時間", "新しいことば 1件", "電話が苦手とのこと",
		"そらいろのひよどり 9", "おやすみ(11月30日(月) 9時まで)", "むらさきのもず 40", "すずらんに、引き継ぎを頼んでいます", "夕方はいないので", "列で待っている人は 4人です")
	a.lacks(t, "電話がこわい", "少し気が楽に", "家賃がもう無理")
	if own, others := strings.Index(a.body, "そらいろのひよどり"), strings.Index(a.body, "むらさきのもず"); own > others {
		t.Error("others' talks come before one's own")
	}
	audit := h.as(t, "audit")
	audit.get("/handover").wants(t, http.StatusForbidden)
}

func TestWhoLeavesGivesAllTalksBackInOneStep(t *testing.T) {
	h := newHouse(t)
	h.fill()
	b := h.as(t, "suzu")
	b.get("/handover").wants(t, http.StatusOK, "みんな列に戻す")
	b.post("/handover/return").wants(t, http.StatusOK, "みんな列に戻しました", "いま、話している人はいません")
	if c := h.desk.cases["c5"]; c.State != handoff.Waiting || c.Last.Name != "suzu" {
		t.Errorf("c5 is %s, before with %v", c.State, c.Last)
	}
	if c := h.desk.cases["c6"]; c.Staff.Name != "kaede" {
		t.Errorf("c6 of a colleague is with %v", c.Staff)
	}
}
