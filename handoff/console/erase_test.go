package console

import (
	"net/http"
	"slices"
	"testing"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/staff"
)

// erasing lets lines be deleted.
func erasing(p *Parts) { p.Erases = p.Desk.(Erases) }

func TestALineIsDeletedOnlyAfterThePageHasSaidWhatStays(t *testing.T) {
	h, desk, id, lane := undoHouse(t, erasing, forGuest)
	page := "/case/" + string(id)
	row, err := desk.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	said := h.words.said[row.Person]
	i := slices.IndexFunc(said, func(l Line) bool { return l.By == "resident" && l.Text != "" })
	line, text := said[i].ID, said[i].Text
	if _, err := h.parts.Staff.(*staff.Store).Add(t.Context(), staff.Account{Name: "boss", Alias: "もみじ", Roles: []staff.Role{staff.Supervisor}}, password); err != nil {
		t.Fatal(err)
	}
	b, other, boss := h.as(t, "suzu"), h.as(t, "kaede"), h.as(t, "boss")
	b.post(page+"/open").wants(t, http.StatusOK, page+"/erase")
	other.get(page).lacks(t, page+"/erase")
	other.get(page+"/erase").wants(t, http.StatusConflict)
	other.post(page+"/erase", "act", "e0", "line", line, "why", "name", "sure", "yes").wants(t, http.StatusConflict)
	boss.get(page).wants(t, http.StatusOK, page+"/erase")
	b.get(page+"/erase").wants(t, http.StatusOK, text, "本人にたのまれた")
	b.post(page+"/erase", "act", "e1", "line", line).wants(t, http.StatusUnprocessableEntity, "一つずつ選んでください")
	b.post(page+"/erase", "act", "e1", "line", "nothing", "why", "name").wants(t, http.StatusOK, "そのことばは、もうありません")
	b.post(page+"/erase", "act", "e1", "line", "nothing", "why", "name", "sure", "yes").wants(t, http.StatusConflict)
	b.post(page+"/erase", "act", "e1", "line", line, "why", "name").wants(t, http.StatusOK, text, "本人の電話のLINEに残っているものは、こちらからは消せません", "もとにはもどせません")
	if lane.heard(flows.DeskErased) {
		t.Fatal("the line went before anybody was sure")
	}
	for _, on := range []size{phone, desktop} {
		v := h.signedIn(t, on, "light")
		v.open(page + "/erase")
		v.axe("choosing a line on " + on.name)
		v.shot("erase-" + on.name)
		eval[bool](v, `(document.querySelector("[name=line]").click(), document.querySelector("[name=why]").click(), document.querySelector("main form").requestSubmit(), true)`)
		v.until("the page that asks whether to go on", `document.querySelector("[name=sure]")`)
		v.axe("being sure on " + on.name)
		v.shot("erase-sure-" + on.name)
	}
	for range 3 {
		b.post(page+"/erase", "act", "e1", "line", line, "why", "name", "sure", "yes").wants(t, http.StatusOK, "消しました")
	}
	h.words.unsend(row.Person, line) // what the lane does with it is proved elsewhere
	got := b.get(page)
	got.wants(t, http.StatusOK, "消されました", "ことばを一つ消しました(ほかの人の名前がある)")
	got.lacks(t, text)
}

func TestWhereTheCityKeepsRecordsNoLineIsDeleted(t *testing.T) {
	h, desk, id, lane := undoHouse(t, erasing, func(p *Parts) {
		p.House = func() *flows.House { return &flows.House{Records: true, Zone: japan} }
	})
	page := "/case/" + string(id) + "/erase"
	row, err := desk.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	b := h.as(t, "suzu")
	b.post("/case/"+string(id)+"/open").wants(t, http.StatusOK)
	got := b.get(page)
	got.wants(t, http.StatusOK, "公文書として残すことになっている")
	got.lacks(t, `name="line"`)
	b.post(page, "act", "e1", "line", h.words.said[row.Person][0].ID, "why", handoff.EraseWhys[0], "sure", "yes").wants(t, http.StatusConflict, "公文書として残すことになっている")
	if lane.heard(flows.DeskErased) {
		t.Error("a line went although the city keeps it")
	}
}
