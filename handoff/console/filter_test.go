package console

import (
	"net/http"
	"strings"
	"testing"

	"engawa/flows"
	"engawa/handoff"
)

func TestTheLineIsNarrowedAndRemembersIt(t *testing.T) {
	h := newHouse(t)
	h.wait("c1", "みどりのつばめ 27", 30)
	h.wait("c2", "しろいかもめ 8", 4, func(c *handoff.Case) { c.Topic, c.Lang, c.Team = "place", flows.Vi, "居場所" })
	h.wait("c3", "あおいやまどり 3", 12, urgent)
	h.wait("c4", "あかいほたる 14", 95, mine)
	b := h.as(t, "suzu")
	got := b.get("/?show=1&topic=place")
	got.wants(t, http.StatusOK, "しろいかもめ 8", "あおいやまどり 3", "しぼって見ています", "この条件のほかに、2人います。", `<option value="place" selected>`)
	got.lacks(t, "みどりのつばめ", "あかいほたる")
	b.get("/").lacks(t, "みどりのつばめ")                 // on every page of this browser
	b.get("/pieces?want=line").lacks(t, "みどりのつばめ") // and in its live news
	h.as(t, "kaede").get("/").wants(t, http.StatusOK, "みどりのつばめ 27")
	for query, want := range map[string]string{"lang=vi": "しろいかもめ", "team=居場所": "しろいかもめ", "mine=yes": "あかいほたる"} {
		got := b.get("/?show=1&" + query)
		got.wants(t, http.StatusOK, want, "あおいやまどり") // clear danger is shown whatever is chosen
		got.lacks(t, "みどりのつばめ")
	}
	b.get("/?show=1&topic=nothing").lacks(t, "みどりのつばめ", "しろいかもめ")
	b.get("/?show=1&mine=yes").lacks(t, "お茶をどうぞ") // somebody waits, though not of this choice
	b.get("/?show=1").wants(t, http.StatusOK, "みどりのつばめ 27", "しろいかもめ 8", "あかいほたる 14")
	b.get("/").wants(t, http.StatusOK, "みどりのつばめ 27")
}

func TestATeamIsAskedOnThePageAndAWiderAreaToo(t *testing.T) {
	house := &flows.House{Zone: japan, Teams: []string{"居場所"}, Areas: []flows.Area{
		{Name: "駅のまわり", Level: flows.AreaNear, People: []string{"suzu"}}, {Name: "区", Level: flows.AreaCity, People: []string{"kaede"}},
	}}
	houseOf = func() *flows.House { return house }
	t.Cleanup(func() { houseOf = nil })
	h, desk, _, _ := realHouse(t, func(p *Parts) { p.House = houseOf })
	if err := desk.SetTeams(t.Context(), "kaede", []string{"居場所"}); err != nil {
		t.Fatal(err)
	}
	h.words.add("07-abc", Line{ID: "t1", At: h.now, By: "resident", Kind: "text", Text: "家賃がもう無理かもしれません"})
	if err := desk.Take(t.Context(), "n1", "07-abc", "みどりのつばめ 27", flows.DeskNote{Do: flows.NoteOpen, Urgency: flows.Violence, Level: flows.Worry}); err != nil {
		t.Fatal(err)
	}
	row, err := desk.Of(t.Context(), "07-abc")
	if err != nil {
		t.Fatal(err)
	}
	page := "/case/" + string(row.ID)
	suzu, kaede := h.as(t, "suzu"), h.as(t, "kaede")
	suzu.post(page+"/claim").wants(t, http.StatusOK)
	got := suzu.get(page)
	got.wants(t, http.StatusOK, "居場所(1人)", "区(1人)")
	got.lacks(t, "駅のまわり") // after violence no neighbour is asked
	suzu.post(page+"/askgroup", "kind", "team", "to", "居場所", "act", "n1", "note", "お願いします").wants(t, http.StatusOK, "居場所に、引き継ぎを頼んでいます")
	kaede.get("/").wants(t, http.StatusOK, "引き継ぎを頼まれている話")
	kaede.post(page+"/decline").wants(t, http.StatusOK)
	suzu.get("/").wants(t, http.StatusOK, "かえで")
	suzu.post(page+"/askgroup", "kind", "area", "to", "区", "stay", "yes", "act", "n2").wants(t, http.StatusOK)
	kaede.post(page+"/accept").wants(t, http.StatusOK, "すずらんも、この話を一緒に見ています")
	suzu.get("/").wants(t, http.StatusOK, "一緒に見ている話")
	suzu.post(page+"/answer", "act", "a9", "words", "まだいます").wants(t, http.StatusConflict)
	suzu.post(page+"/askgroup", "kind", "area", "to", "区").wants(t, http.StatusConflict)
	suzu.post(page+"/askgroup", "kind", "moon", "to", "区").wants(t, http.StatusBadRequest)
	if notes, err := desk.Notes(t.Context(), row.ID); err != nil || len(notes) != 1 || !strings.Contains(notes[0].Text, "お願い") {
		t.Errorf("notes = %+v, %v, want the one that travelled", notes, err)
	}
}
