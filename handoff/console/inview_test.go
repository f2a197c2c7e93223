package console

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/staff"
)

const ninety = 90 * 24 * time.Hour

func forNinetyDays(p *Parts) { p.ViewFor = ninety }

// longClosed makes a case one that was closed a hundred days ago.
func longClosed(c *handoff.Case) {
	closed(c)
	c.Closed = c.Closed.Add(-100 * 24 * time.Hour)
}

func TestEveryAddressOfATalkThatWasClosedLongAgoIsForSupervisorsOnly(t *testing.T) {
	h := newHouse(t, forNinetyDays)
	h.wait("c1", "みどりのつばめ 27", 3, longClosed)
	h.wait("c2", "あおいすずめ 3", 3, closed)
	h.hasRead("c1", "suzu")
	b := h.as(t, "suzu")
	before := len(h.desk.log["c1"])
	walked := 0
	for _, r := range routes {
		if !strings.HasPrefix(r.path, "/case/:id") {
			continue
		}
		walked++
		path := strings.ReplaceAll(r.path, ":id", "c1")
		var a answer
		if r.method == http.MethodGet {
			a = b.get(path)
		} else {
			a = b.post(path, "act", "a1", "words", "w", "note", "たいせつな覚え書き", "reason", "x")
		}
		a.wants(t, http.StatusForbidden)
		a.lacks(t, "みどりのつばめ", "家賃がもう無理")
	}
	if walked < 20 {
		t.Errorf("%d addresses of a talk were walked, want all", walked)
	}
	b.get("/case/c1").wants(t, http.StatusForbidden, "とじてから90日をすぎた話は", "見守り役", "引き受けた人に、この話もまた見えます")
	b.get("/pieces?want=case&case=c1").wants(t, http.StatusForbidden)
	b.post("/case/c1/note", "act", "n1", "note", "たいせつな覚え書き").wants(t, http.StatusForbidden, "たいせつな覚え書き")
	if after := len(h.desk.log["c1"]); after != before || len(h.desk.notes["c1"]) > 0 {
		t.Errorf("the log grew from %d to %d and %d notes are kept, want nothing changed", before, after, len(h.desk.notes["c1"]))
	}
	b.get("/case/c2").wants(t, http.StatusOK, "あおいすずめ 3")
	h.as(t, "kaede").get("/case/c1").wants(t, http.StatusOK, "みどりのつばめ 27")
}

func TestWhoTakesTheTalkOfSomebodySeesTheirEarlierOneAgain(t *testing.T) {
	h := newHouse(t, forNinetyDays)
	h.wait("c1", "みどりのつばめ 27", 3, longClosed)
	again := h.wait("c9", "みどりのつばめ 27", 2, func(c *handoff.Case) { c.Person, c.Before = "07-c1", "c1" })
	b := h.as(t, "suzu")
	b.get("/case/c1").wants(t, http.StatusForbidden)
	b.post("/case/c9/claim").wants(t, http.StatusOK)
	b.get("/case/c1").wants(t, http.StatusOK, "みどりのつばめ 27")
	h.change(again.ID, func(c *handoff.Case) { c.State, c.Staff, c.Closed = handoff.Closed, handoff.Staff{}, h.now })
	b.get("/case/c1").wants(t, http.StatusForbidden)
}

func TestASearchPassesOverTalksThatWereClosedLongAgo(t *testing.T) {
	h, d := searchHouse(t, forNinetyDays)
	for _, id := range []flows.CaseID{"c1", "c2"} {
		h.as(t, "suzu").post("/case/" + string(id) + "/claim")
	}
	h.change("c1", closed)
	h.now = h.now.Add(100 * 24 * time.Hour)
	found := h.as(t, "suzu").post("/search", "q", "家賃")
	found.wants(t, http.StatusOK, "1件の話にありました", "あおいすずめ 3", "見守り役がさがしたときにだけ出ます")
	found.lacks(t, "みどりのつばめ 27")
	if len(d.shown) != 1 || d.shown[0] != "c2" {
		t.Errorf("the log names a searcher on %v, want on c2 alone", d.shown)
	}
	found = h.as(t, "kaede").post("/search", "q", "家賃")
	found.wants(t, http.StatusOK, "2件の話にありました", "みどりのつばめ 27")
	found.lacks(t, "見守り役がさがしたときにだけ")
}

// TestATalkClosesToViewAndOpensAgainWithItsResident goes over the real desk.
func TestATalkClosesToViewAndOpensAgainWithItsResident(t *testing.T) {
	var ahead atomic.Int64 // how far the console's clock is in front
	h, desk, _, _ := realHouse(t, forNinetyDays, forGuest, func(p *Parts) {
		p.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	if _, err := h.parts.Staff.(*staff.Store).Add(t.Context(), staff.Account{Name: "momo", Alias: "もも", Roles: []staff.Role{staff.Supervisor}}, password); err != nil {
		t.Fatal(err)
	}
	person := flows.PersonID("07-abc")
	h.words.add(person, Line{ID: "t1", At: time.Now().Add(-time.Minute), By: "resident", Kind: "text", Text: "家賃がもう無理かもしれません"})
	asks := func(note string) {
		t.Helper()
		n := flows.DeskNote{Do: flows.NoteOpen, Topic: "money", Since: time.Now().Add(-time.Hour).Unix()}
		if err := desk.Take(t.Context(), note, person, "みどりのつばめ 27", n); err != nil {
			t.Fatal(err)
		}
	}
	asks("n1")
	row, err := desk.Of(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	page := "/case/" + string(row.ID)
	b, second := h.as(t, "suzu"), h.as(t, "momo")
	b.post(page+"/claim").wants(t, http.StatusOK, "家賃がもう無理")
	b.post(page+"/close").wants(t, http.StatusOK, "この話はとじています")
	ahead.Store(int64(ninety - time.Hour))
	b.get(page).wants(t, http.StatusOK, "家賃がもう無理")
	ahead.Store(int64(ninety + time.Hour))
	b.get(page).wants(t, http.StatusForbidden, "とじてから90日をすぎた話は")
	second.get(page).wants(t, http.StatusOK, "みどりのつばめ 27")
	for _, on := range []size{phone, desktop} {
		v := h.signedIn(t, on, "light")
		v.open(page)
		v.axe("a talk closed to view on " + on.name)
		v.shot("closed-to-view-" + on.name)
	}
	asks("n2")
	for range 3 {
		b.get(page).wants(t, http.StatusOK, "この話を引き受ける")
	}
	b.post(page+"/claim").wants(t, http.StatusOK, "家賃がもう無理")
}
