package console

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"engawa/handoff/staff"
)

func TestASupervisorLetsATalkRestAndItsCoordinatorSeesUntilWhen(t *testing.T) {
	h, _, id, _ := undoHouse(t, byEyes, func(p *Parts) { p.Rests = p.Desk.(Rests) })
	page := "/case/" + string(id)
	if _, err := h.parts.Staff.(*staff.Store).Add(t.Context(), staff.Account{Name: "boss", Alias: "もみじ", Roles: []staff.Role{staff.Supervisor}}, password); err != nil {
		t.Fatal(err)
	}
	mine, boss := h.as(t, "suzu"), h.as(t, "boss")
	until := fmt.Sprint(time.Now().Add(3 * time.Hour).Unix())
	mine.get(page).lacks(t, "しばらくおやすみにする")
	mine.post(page+"/pause", "act", "p0", "until", until).wants(t, http.StatusForbidden)
	boss.get(page).wants(t, http.StatusOK, "しばらくおやすみにする(安全のため)")
	boss.post(page+"/pause", "act", "p1", "until", "1", "words", "少し間をおきます").wants(t, http.StatusUnprocessableEntity, "少し間をおきます")
	for range 2 {
		boss.post(page+"/pause", "act", "p1", "until", until, "words", "少し間をおきます").wants(t, http.StatusOK, "おやすみにしました", "この話は、おやすみ中です", "いま、つづける")
	}
	a := mine.get(page)
	a.wants(t, http.StatusOK, "この話は、おやすみ中です", "もみじが決めました")
	a.lacks(t, `id="words"`, "いま、つづける")
	mine.get("/").wants(t, http.StatusOK, "おやすみ中(", "もみじが、みどりのつばめ 27さんの話をおやすみにしました")
	mine.post(page+"/answer", "act", "a1", "words", "やめてください").wants(t, http.StatusConflict, "おやすみ中なので、送っていません", "やめてください")
	mine.post(page+"/resume").wants(t, http.StatusForbidden)
	boss.post(page+"/resume").wants(t, http.StatusOK, "つづけられるようにしました")
	mine.get(page).wants(t, http.StatusOK, `id="words"`)
}
