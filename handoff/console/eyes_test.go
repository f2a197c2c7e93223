package console

import (
	"net/http"
	"testing"

	"engawa/handoff/staff"
)

// byEyes lets a second person stand beside a talk.
func byEyes(p *Parts) { p.Eyes = p.Desk.(Eyes) }

func TestASupervisorReadsAlongWhispersAndTakesOver(t *testing.T) {
	h, desk, id, _ := undoHouse(t, byEyes, forGuest)
	page := "/case/" + string(id)
	if _, err := h.parts.Staff.(*staff.Store).Add(t.Context(), staff.Account{Name: "boss", Alias: "もみじ", Roles: []staff.Role{staff.Supervisor}}, password); err != nil {
		t.Fatal(err)
	}
	mine, boss, other := h.as(t, "suzu"), h.as(t, "boss"), h.as(t, "kaede")
	mine.post(page+"/whisper", "act", "w0", "note", "x").wants(t, http.StatusForbidden)
	mine.post(page+"/eyes").wants(t, http.StatusOK, "もう一人の目を頼みました", "もう一人の目を待っています")
	boss.get("/").wants(t, http.StatusOK, "もう一人の目を待っています")
	other.get(page).lacks(t, "見守りに入る")

	v := h.signedIn(t, phone, "light")
	v.open(page)
	boss.post(page+"/watch").wants(t, http.StatusOK, "見守りに入りました", "もみじが見守っています")
	boss.post(page+"/whisper", "act", "w1", "note", "ゆっくりで大丈夫").wants(t, http.StatusOK, "話している人に伝えました")
	v.until("the whisper shows by itself", `document.querySelector(".whisper .words")?.textContent === "ゆっくりで大丈夫"`)
	v.axe("a whisper on a phone")
	v.shot("whisper-phone")
	if got := eval[string](v, `document.getElementById("words").value`); got != "" {
		t.Errorf("the answer box holds %q", got)
	}
	other.get(page).lacks(t, "ゆっくりで大丈夫")
	h.as(t, "suzu").get("/handover").lacks(t, "ゆっくりで大丈夫")

	eval[bool](v, `(() => { const b = document.getElementById("words"); b.value = "は"; b.dispatchEvent(new Event("input", {bubbles: true})); return true; })()`)
	waitFor(t, "the others see who writes", func() bool {
		all, err := desk.Writing(t.Context(), id)
		return err == nil && len(all) == 1 && all[0] == "すずらん"
	})
	other.get(page).wants(t, http.StatusOK, "すずらんが書いています")
	boss.post(page+"/relieve").wants(t, http.StatusOK, "話を代わりました", "わたしが話しています")
	mine.get(page).wants(t, http.StatusOK, "もみじが話しています")
	mine.post(page+"/relieve").wants(t, http.StatusForbidden)
}
