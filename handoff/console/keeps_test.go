package console

import (
	"net/http"
	"strconv"
	"testing"

	"engawa/flows"
	"engawa/handoff"
)

// byKeeps lets residents say no to whom their talk went to.
func byKeeps(p *Parts) { p.Keeps = p.Desk.(Keeps) }

func TestWhoeverHasATalkSeesThatTheOneOfBeforeIsWishedForAndDecides(t *testing.T) {
	h, desk, id, _ := undoHouse(t, byEyes, byKeeps, func(p *Parts) { p.Guest = Guest{Code: "teatime", Name: "kaede"} })
	page, ctx := "/case/"+string(id), t.Context()
	suzu, kaede := h.as(t, "suzu"), h.as(t, "kaede")
	suzu.get(page).wants(t, http.StatusOK, "このことにくわしい人だから", "相手は「そのままがいい」とことわれます")
	suzu.post(page+"/ask", "to", "kaede", "act", "n1", "why", "wrong").wants(t, http.StatusBadRequest)
	suzu.post(page+"/ask", "to", "kaede", "act", "n1", "why", "knows").wants(t, http.StatusOK, "引き継ぎを頼みました")
	kaede.post(page+"/accept").wants(t, http.StatusOK, "話を引き継ぎました")
	kaede.post(page+"/goon").wants(t, http.StatusConflict, "様子が変わった")
	if _, err := desk.Answer(ctx, id, handoff.Staff{Name: "kaede", Alias: "かえで"}, "a1", "こんにちは"); err != nil {
		t.Fatal(err)
	}
	v := h.signedIn(t, phone, "light")
	v.open(page)
	row, err := desk.Get(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	note := flows.DeskNote{Do: flows.NoteSame, Case: id, Act: strconv.Itoa(row.Pass.No)}
	if err := desk.Take(ctx, "same1", "07-abc", "みどりのつばめ 27", note); err != nil {
		t.Fatal(err)
	}
	v.until("the wish shows by itself", `document.querySelector(".wish")?.textContent.includes("すずらんさんのままを望んでいます")`)
	v.axe("a wish on a phone")
	v.shot("wish-phone")
	seen := suzu.get(page)
	seen.wants(t, http.StatusOK, "すずらんさんのままを望んでいます")
	seen.lacks(t, "わたしがつづける")
	kaede.get("/").wants(t, http.StatusOK, "「そのままがいい」と言っています", "どうするかを決めてください")
	suzu.post(page+"/yield").wants(t, http.StatusConflict)
	kaede.post(page+"/yield").wants(t, http.StatusOK, "前の人にもどしました", "いまはすずらんが話しています")
	suzu.get("/").wants(t, http.StatusOK, "希望で、話があなたにもどりました")
}
