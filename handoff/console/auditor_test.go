package console

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"engawa/flows"
	"engawa/handoff/staff"
)

func TestAnAuditorReadsWhoDidWhatAndNothingThatWasSaid(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	if err := o.desk.Take(ctx, "n1", "07-abc", "みどりのつばめ 27", flows.DeskNote{Do: flows.NoteOpen, Topic: "money", Lang: flows.Ja, Since: o.now.Unix()}); err != nil {
		t.Fatal(err)
	}
	row, err := o.desk.Of(ctx, "07-abc")
	if err != nil {
		t.Fatal(err)
	}
	at := "/case/" + string(row.ID)
	suzu := o.as(t, "suzu")
	suzu.post(at+"/claim").wants(t, http.StatusOK)
	suzu.post(at+"/note", "act", "n1", "note", "あたたかい声の人").wants(t, http.StatusOK)
	o.browser(t).post("/sign-in", "name", "kaede", "password", "まちがった長いことば").wants(t, http.StatusUnauthorized)
	o.as(t, "kaede").post("/people/suzu/out", "date", "2026-11-27").wants(t, http.StatusOK)

	audit := o.as(t, "audit")
	page := audit.get("/book")
	page.wants(t, http.StatusOK, "すずらん (suzu)", "引き受けた", "覚え書きを残した", "みどりのつばめ 27 ("+string(row.ID)+")", "サインインできなかった", "不在にした")
	page.lacks(t, "あたたかい", "money")
	audit.get("/book?who=kaede").lacks(t, "引き受けた")
	audit.get("/book?case=みどりのつばめ+27").wants(t, http.StatusOK, "引き受けた")
	audit.get("/book?case=みどりのつばめ+27").lacks(t, "サインインした")
	audit.get("/book?from=2026-11-24&to=2026-11-24").wants(t, http.StatusOK, "この条件の記録はありません")
	audit.get("/book?from=きのう").wants(t, http.StatusOK, "日が読みとれなかった", "引き受けた")
	audit.get(at).wants(t, http.StatusForbidden)

	table := audit.post("/book/export", "from", "2026-11-25", "to", "2026-11-25", "as", "csv")
	if kind := table.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/csv") || !strings.Contains(table.body, "suzu,claim,"+string(row.ID)) {
		t.Errorf("the table is %s and says %q", kind, table.body)
	}
	lines := audit.post("/book/export", "from", "2026-11-25", "who", "kaede", "as", "jsonl")
	if !strings.Contains(lines.body, `"by":"kaede","do":"people-out","on":"suzu"`) || strings.Contains(lines.body, "claim") {
		t.Errorf("the lines say %q", lines.body)
	}
	if strings.Contains(table.body+lines.body, "あたたかい") {
		t.Error("an export holds what somebody wrote")
	}
	o.wrote(t, "audit book-export ", "audit book-export kaede", " sign-in-refused kaede", "kaede people-out suzu")

	if err := o.desk.Take(ctx, "n2", "07-abc", "", flows.DeskNote{Do: flows.NoteForgotten}); err != nil {
		t.Fatal(err)
	}
	gone := audit.get("/book")
	gone.wants(t, http.StatusOK, string(row.ID))
	gone.lacks(t, "みどりのつばめ")
}

func TestOnlyAnAuditorReadsTheLog(t *testing.T) {
	o := newOffice(t)
	for _, who := range []string{"suzu", "kaede", "admin"} {
		b := o.as(t, who)
		b.get("/book").wants(t, http.StatusForbidden)
		b.post("/book/export", "from", "2026-11-25").wants(t, http.StatusForbidden)
	}
}

func TestTheLogIsUsableByEverybody(t *testing.T) {
	o := newOffice(t, func(p *Parts) { p.Guest = Guest{Code: "teatime", Name: "audit"} })
	for _, at := range []struct {
		on    size
		theme string
	}{{desktop, "light"}, {phone, "dark"}} {
		v := o.signedIn(t, at.on, at.theme)
		v.open("/book")
		v.axe("book")
		v.shot(at.on.name + "-" + at.theme + "-book")
	}
}

// TestTheWayAroundStaysOnOneLine looks at the top of the page of somebody who has
// nearly every role.
func TestTheWayAroundStaysOnOneLine(t *testing.T) {
	o := newOffice(t, func(p *Parts) { p.Guest = Guest{Code: "teatime", Name: "all"} })
	if _, err := o.accounts.Add(t.Context(), staff.Account{Name: "all", Alias: "かきつばた", Roles: staff.Roles[:]}, password); err != nil {
		t.Fatal(err)
	}
	small := desktop
	small.name, small.width = "desk1280", 1280
	v := o.signedIn(t, small, "light")
	v.open("/hours")
	if lines := eval[int](v, `new Set([...document.querySelectorAll(".top nav > ul > li")].map(li => Math.round(li.getBoundingClientRect().top / 20))).size`); lines != 1 {
		t.Errorf("the way around takes %d lines at 1280", lines)
	}
	v.shot("desk1280-nav")
	v.do(chromedp.Click(chromedp.CSS(".more > summary")))
	v.until("the rest is shown", `document.querySelector(".more a[href='/book']").getBoundingClientRect().height >= 44`)
	v.axe("nav")
	v.shot("desk1280-nav-open")
}
