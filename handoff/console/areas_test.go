package console

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/staff"
)

// town is the areas and teams of an office.
type town struct {
	*handoff.Shifts
	desk *handoff.Desk
}

func (t town) Settle(ctx context.Context) (int, error) { return t.desk.Settle(ctx) }

var revShape = regexp.MustCompile(`name="rev" value="([0-9]+)"`)

func (a answer) rev(t *testing.T) string {
	t.Helper()
	m := revShape.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("%s has no revision", a.Request.URL)
	}
	return m[1]
}

func onePlace(kind, name string) string {
	return "/areas/one?" + url.Values{"kind": {kind}, "name": {name}}.Encode()
}

func (o *office) areaLead(t *testing.T) *browser {
	t.Helper()
	if _, err := o.accounts.Add(t.Context(), staff.Account{Name: "lead", Alias: "はるか", Roles: []staff.Role{staff.AreaLead}}, password); err != nil {
		t.Fatal(err)
	}
	return o.as(t, "lead")
}

func TestAnAreaIsAddedRenamedChangedAndTakenAwayInTheConsole(t *testing.T) {
	o := newOffice(t)
	b := o.areaLead(t)
	b.get("/areas").wants(t, http.StatusOK, "北の圏域", "区の全体", "くらしの窓口", "いま0人です。休んでも困らないよう、二人以上に", "圏域を足す")
	rev := b.get(onePlace("area", "")).rev(t)
	b.post("/areas/save", "kind", "area", "of", "", "rev", rev, "name", "南の圏域", "level", "2", "person", "suzu", "person", "kaede").
		wants(t, http.StatusOK, "変えました", "南の圏域", "立つ人: かえで・すずらん", "ここで変えました")
	teams, err := o.desk.TeamsOf(t.Context(), "suzu")
	if err != nil || len(teams) != 1 || teams[0] != "南の圏域" {
		t.Errorf("suzu stands in %v, %v", teams, err)
	}
	rev = b.get(onePlace("area", "南の圏域")).rev(t)
	renamed := b.post("/areas/save", "kind", "area", "of", "南の圏域", "rev", rev, "name", "南地区", "level", "2", "person", "suzu")
	renamed.wants(t, http.StatusOK, "南地区", "いま1人です")
	renamed.lacks(t, "南の圏域")
	for _, bad := range [][]string{{"name", "区の全体", "level", "2"}, {"name", "", "level", "2"}, {"name", "丘", "level", "7"}, {"name", "谷"}, {"name", "くらしの窓口", "level", "1"}} {
		b.post("/areas/save", append([]string{"kind", "area", "of", "", "rev", rev}, bad...)...).wants(t, http.StatusUnprocessableEntity, "まだ何も変わっていません")
	}
	b.get("/areas").lacks(t, "丘")
	o.as(t, "suzu").get("/areas").wants(t, http.StatusForbidden)
	seen := o.as(t, "kaede").get("/areas")
	seen.wants(t, http.StatusOK, "南地区")
	seen.lacks(t, "圏域を足す")
	o.wrote(t, "lead areas-save ")
}

func TestTwoWhoChangeTheSameAreaLoseNothingOfWhatTheyTyped(t *testing.T) {
	o := newOffice(t)
	one, two := o.as(t, "admin"), o.areaLead(t)
	rev := one.get(onePlace("area", "北の圏域")).rev(t)
	stale := two.get(onePlace("area", "北の圏域")).rev(t)
	other := two.get(onePlace("team", "くらしの窓口")).rev(t)
	one.post("/areas/save", "kind", "area", "of", "北の圏域", "rev", rev, "name", "北の圏域", "level", "1", "person", "suzu").wants(t, http.StatusOK, "変えました")
	late := two.post("/areas/save", "kind", "area", "of", "北の圏域", "rev", stale, "name", "北のまち", "level", "2", "person", "kaede")
	late.wants(t, http.StatusConflict, "ほかの人が先に変えました", `value="北のまち"`, `value="kaede" checked`, "いまはこうなっています", "立つ人: すずらん")
	two.post("/areas/save", "kind", "team", "of", "くらしの窓口", "rev", other, "name", "くらしの窓口", "topic", "money").wants(t, http.StatusOK, "変えました", "お金")
	two.post("/areas/save", "kind", "area", "of", "北の圏域", "rev", late.rev(t), "name", "北のまち", "level", "2", "person", "kaede").wants(t, http.StatusOK, "北のまち")

	seen := one.get(onePlace("area", "北のまち")).rev(t)
	two.post("/areas/retire", "kind", "area", "of", "北のまち", "rev", seen, "to", "").wants(t, http.StatusOK, "なくしました")
	gone := one.post("/areas/save", "kind", "area", "of", "北のまち", "rev", seen, "name", "北のまち二丁目", "level", "1")
	gone.wants(t, http.StatusConflict, "ほかの人がなくしました", `value="北のまち二丁目"`, `name="of" value=""`)
	one.post("/areas/retire", "kind", "area", "of", "北のまち", "rev", seen, "to", "").wants(t, http.StatusConflict, "もうありません")
	one.post("/areas/back", "kind", "area", "of", "北のまち", "rev", gone.rev(t)).wants(t, http.StatusOK, "もどしました", "北の圏域")
}

// A colleague takes away the area whose talk is open in another browser.
func TestAColleagueTakesAwayTheAreaThatATalkIsIn(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	admin := o.as(t, "admin")
	rev := admin.get(onePlace("area", "区の全体")).rev(t)
	admin.post("/areas/save", "kind", "area", "of", "区の全体", "rev", rev, "name", "区の全体", "level", "3", "person", "kaede").wants(t, http.StatusOK)
	rev = admin.get(onePlace("area", "北の圏域")).rev(t)
	admin.post("/areas/save", "kind", "area", "of", "北の圏域", "rev", rev, "name", "北の圏域", "level", "1", "person", "suzu", "person", "kaede").wants(t, http.StatusOK)
	id := o.opened(t, "07-anna")
	suzu, kaede := handoff.Staff{Name: "suzu", Alias: "すずらん"}, handoff.Staff{Name: "kaede", Alias: "かえで"}
	for _, err := range []error{
		second(o.desk.Claim(ctx, id, kaede)), second(o.desk.Answer(ctx, id, kaede, "a1", "読みました")),
		second(o.desk.AskGroup(ctx, id, kaede, handoff.AskArea, "北の圏域", false)), second(o.desk.Accept(ctx, id, suzu)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	page := o.as(t, "suzu")
	page.get("/?show=1&area="+url.QueryEscape("北の圏域")).wants(t, http.StatusOK)
	form := admin.get(onePlace("area", "北の圏域"))
	form.wants(t, http.StatusOK, "いま1件の話が入っています", "受け持っている人には知らせます")
	admin.post("/areas/retire", "kind", "area", "of", "北の圏域", "rev", form.rev(t), "to", "").wants(t, http.StatusOK, "なくしました")

	row, err := o.desk.Get(ctx, id)
	if err != nil || row.Area != "区の全体" || row.Staff != suzu || row.State != handoff.Talking {
		t.Errorf("the talk is in %q with %s, %s, %v; want the next wider area, the same hands", row.Area, row.Staff.Alias, row.State, err)
	}
	page.get("/").wants(t, http.StatusOK, "話は「区の全体」に移りました。話はあなたのところにあります", "「北の圏域」は、もうありません。しぼるのをやめて、すべて出しています")
	page.post("/case/"+string(id)+"/answer", "act", "b2", "words", "つづきです").wants(t, http.StatusOK)
	if n, err := o.desk.Settle(ctx); n != 0 || err != nil {
		t.Errorf("settled again: %d, %v, want nothing", n, err)
	}
	rev = admin.get(onePlace("area", "区の全体")).rev(t)
	admin.post("/areas/retire", "kind", "area", "of", "区の全体", "rev", rev, "to", "").wants(t, http.StatusOK)
	if row, err := o.desk.Get(ctx, id); err != nil || row.Area != "" || row.Staff != suzu {
		t.Errorf("with nothing wider it is in %q with %s, %v; want the line of all, the same hands", row.Area, row.Staff.Alias, err)
	}
	page.get("/").wants(t, http.StatusOK, "どの圏域でもない話になりました")
	o.wrote(t, "admin areas-retire ")
}

func second[A any](_ A, err error) error { return err }

func TestATeamsOwnHoursAreWhatThoseWhoWaitForItAreTold(t *testing.T) {
	o := newOffice(t)
	b := o.as(t, "admin")
	rev := b.get(onePlace("team", "くらしの窓口")).rev(t)
	bad := b.post("/areas/save", "kind", "team", "of", "くらしの窓口", "rev", rev, "name", "くらしの窓口", "own", "yes", "d4", "あさ", "topic", "money")
	bad.wants(t, http.StatusUnprocessableEntity, "時間が読みとれませんでした", `value="あさ"`, `value="money" checked`)
	b.post("/areas/save", "kind", "team", "of", "くらしの窓口", "rev", rev, "name", "くらしの窓口", "own", "yes", "d4", "１０：００〜１２：００", "topic", "money", "person", "suzu").
		wants(t, http.StatusOK, "この窓口の時間: 木 10:00-12:00", "話の種類: お金")
	thursday := time.Date(2026, 11, 26, 10, 0, 0, 0, japan)
	reads := o.shifts.Reads(o.now)
	if len(reads) != 1 || reads[0].Open || !reads[0].Next.Equal(thursday) {
		t.Fatalf("the team reads %+v, want from Thursday at ten", reads)
	}
	if open, _ := o.shifts.OpenAt(o.now); !open {
		t.Error("the house itself is not open any more")
	}
	id := o.opened(t, "07-anna")
	row, err := o.desk.Get(t.Context(), id)
	if err != nil || row.Team != "くらしの窓口" {
		t.Errorf("a talk about money is with %q, %v, want the team of that topic", row.Team, err)
	}
	suzu := handoff.Staff{Name: "suzu", Alias: "すずらん"}
	if err := second(o.desk.Claim(t.Context(), id, suzu)); err != nil {
		t.Fatal(err)
	}
	c, err := o.desk.Answer(t.Context(), id, suzu, "a1", "読みました")
	if want := time.Date(2026, 11, 26, 12, 0, 0, 0, japan); err != nil || !c.Promise.Equal(want) {
		t.Errorf("promised until %s, %v, want the team's next day: %s", c.Promise.In(japan), err, want)
	}
	if err := o.shifts.Out(t.Context(), "suzu", thursday.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if open, next := o.shifts.OpenFor("くらしの窓口", o.now); open || !next.Equal(thursday.AddDate(0, 0, 7)) {
		t.Errorf("with nobody of the team there it opens %s (%v), want the week after", next.In(japan), open)
	}
}

// opened is the case of somebody who asks for a human about money.
func (o *office) opened(t *testing.T, person flows.PersonID) flows.CaseID {
	t.Helper()
	note := flows.DeskNote{Do: flows.NoteOpen, Topic: "money", Lang: flows.Ja, Since: o.now.Unix()}
	if err := o.desk.Take(t.Context(), "open-"+string(person), person, "みどりのつばめ 27", note); err != nil {
		t.Fatal(err)
	}
	row, err := o.desk.Of(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	return row.ID
}
