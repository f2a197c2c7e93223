package console

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

const policeID = "U0123456789abcdef0123456789abcdef"

// withIDs is a house that still has every LINE id, until gone.
func withIDs(gone *bool) func(*Parts) {
	return func(p *Parts) {
		p.LINEID = func(context.Context, flows.PersonID) (string, error) {
			if *gone {
				return "", ErrNoID
			}
			return policeID, nil
		}
	}
}

func TestASupervisorOpensAnIDOnceWithAReason(t *testing.T) {
	gone := false
	h := newHouse(t, withIDs(&gone))
	c := h.wait("c1", "あおいやまどり 3", 3, urgent)
	h.words.add(c.Person, Line{ID: "5551234567", Event: "e9", At: h.now.Add(-3 * time.Minute), By: "resident", Kind: "text", Text: "もう無理"})
	b := h.as(t, "kaede")
	page := b.get("/case/c1")
	page.wants(t, http.StatusOK, "封をしたIDを開く")
	page.lacks(t, policeID)
	act := regexp.MustCompile(`identify" data-once>\s*<input type="hidden" name="act" value="([0-9a-f]+)"`).FindStringSubmatch(page.body)[1]

	b.post("/case/c1/identify", "act", act, "reason", "").wants(t, http.StatusUnprocessableEntity, "開く理由をひとこと書いてください")
	shown := b.post("/case/c1/identify", "act", act, "reason", "橋の上と書いたので警察へ")
	shown.wants(t, http.StatusOK, policeID, "橋の上と書いたので警察へ", "ひなた区です。市のLINEの相談に", "5551234567", "/help#help-6")
	if got := shown.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("the page may be kept: %q", got)
	}
	again := b.post("/case/c1/identify", "act", act, "reason", "橋の上と書いたので警察へ")
	again.wants(t, http.StatusConflict, "もう一度出ています")
	again.lacks(t, policeID)
	after := b.get("/case/c1")
	after.wants(t, http.StatusOK, "かえでが封をしたLINEのIDを開きました", "橋の上と書いたので警察へ")
	after.lacks(t, policeID)
	if log := h.log.String(); !strings.Contains(log, "case=c1 staff=kaede") || strings.Contains(log, policeID) || strings.Contains(log, "橋の上") {
		t.Errorf("the log says: %s", log)
	}
	gone = true
	b.post("/case/c1/identify", "act", "another", "reason", "もう一度").wants(t, http.StatusConflict, "IDはもうありません")
}

// Whoever calls the police must not say that somebody has deleted everything who has not:
// words written in the room have no number of LINE's.
func TestThePoliceAreToldOfADeletionOnlyWhereThereWasOne(t *testing.T) {
	gone := false
	h := newHouse(t, withIDs(&gone))
	h.wait("c1", "あおいやまどり 3", 3, urgent)
	h.wait("c2", "しろいかもめ 8", 3, urgent)
	h.forget("c2")
	b := h.as(t, "kaede")
	there := b.post("/case/c1/identify", "act", "a1", "reason", "橋の上と書いた")
	there.wants(t, http.StatusOK, policeID, "ここに出せるメッセージの番号はありません")
	there.lacks(t, "消す」を選んだ")
	b.post("/case/c2/identify", "act", "a2", "reason", "橋の上と書いた").wants(t, http.StatusOK, "相手が「消す」を選んだので")
}

func TestNobodyElseAndNoOtherCaseOpensAnID(t *testing.T) {
	gone := false
	h := newHouse(t, withIDs(&gone))
	h.wait("c1", "あおいやまどり 3", 3, urgent)
	for _, who := range []string{"suzu", "admin", "audit", "group"} {
		b := h.as(t, who)
		a := b.post("/case/c1/identify", "act", "a", "reason", "見たい")
		a.wants(t, http.StatusForbidden)
		a.lacks(t, policeID)
		b.get("/case/c1").lacks(t, "封をしたIDを開く")
	}
	b := h.as(t, "kaede")
	for what, change := range map[string]func(*handoff.Case){
		"violence": func(c *handoff.Case) { urgent(c); c.Urgency = flows.Violence },
		"worry":    func(c *handoff.Case) { urgent(c); c.Level = flows.Worry },
		"plain":    func(*handoff.Case) {},
		"closed":   func(c *handoff.Case) { urgent(c); c.State, c.Closed = handoff.Closed, h.now },
	} {
		h.wait("c2", "しろいかもめ 8", 3, change)
		b.get("/case/c2").lacks(t, "封をしたIDを開く")
		a := b.post("/case/c2/identify", "act", "a-"+what, "reason", "見たい")
		a.wants(t, http.StatusConflict, "何も開いていません")
		a.lacks(t, policeID)
	}
	if n := len(h.desk.log["c1"]) + len(h.desk.log["c2"]); n != 0 {
		t.Errorf("%d lines in the logs, want none", n)
	}
}

func TestARecordAfterDeletingBearsItsMark(t *testing.T) {
	h := newHouse(t, func(p *Parts) {
		p.Record = func(_ context.Context, id flows.CaseID) ([]Line, error) {
			if id != "c1" {
				return nil, nil
			}
			at := p.Now().Add(-time.Minute)
			return []Line{
				{ID: "m1", At: at, By: "resident", Kind: "text", Text: "家賃のことです"},
				{ID: "m2", At: at, By: "resident", Kind: "text", Gone: true},
				{ID: "c1/a-1", Event: "c1/a-1", At: at, By: "staff", Staff: "すずらん", Kind: "text", Text: "読みました"},
			}, nil
		}
	})
	kept := handoff.Case{
		ID: "c1", State: handoff.Talking, Staff: handoff.Staff{Name: "suzu", Alias: "すずらん"}, ReadTo: h.now,
		Opened: h.now.Add(-time.Hour), Since: h.now.Add(-time.Hour), Forgotten: h.now,
	}
	h.desk.put(kept)
	kept.ID = "c2"
	h.desk.put(kept)
	b := h.as(t, "suzu")
	a := b.get("/case/c1")
	a.wants(t, http.StatusOK, "家賃のことです", "読みました", "ことばは取り消されました", "(消された方)")
	if n := strings.Count(a.body, "記録として残っています"); n != 2 {
		t.Errorf("%d letters bear the mark, want the two that are kept", n)
	}
	b.get("/case/c2").lacks(t, "記録として残っています", "家賃のことです")
}
