package console

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/redistest"
	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/book"
	"engawa/handoff/staff"
)

// office is a house with the real accounts, rosters and log behind its pages.
type office struct {
	*house
	rdb      redis.UniversalClient
	accounts *staff.Store
	book     *book.Book
	shifts   *handoff.Shifts
	desk     *handoff.Desk
}

func weekdays(from, to int) map[time.Weekday][]flows.Span {
	week := map[time.Weekday][]flows.Span{}
	for d := time.Monday; d <= time.Friday; d++ {
		week[d] = []flows.Span{{From: from * 60, To: to * 60}}
	}
	return week
}

func newOffice(t testing.TB, change ...func(*Parts)) *office {
	t.Helper()
	o := &office{rdb: redistest.Client(t)}
	words, lane := &fakeWords{said: map[flows.PersonID][]Line{}}, &lanes{}
	home := &flows.House{Name: "縁側", City: "ひなた区", Zone: japan, Hours: weekdays(9, 17), Teams: []string{"くらしの窓口"},
		Areas: []flows.Area{{Name: "北の圏域", Level: flows.AreaNear, Teams: []string{"くらしの窓口"}}, {Name: "区の全体", Level: flows.AreaWide}}}
	clock := func() time.Time { return time.Date(2026, 11, 25, 14, 5, 0, 0, japan) }
	o.accounts, o.book = staff.New(o.rdb, clock), book.New(o.rdb, clock)
	names := func(ctx context.Context) (out []string, err error) {
		all, err := o.accounts.List(ctx)
		for _, a := range all {
			if !a.Disabled && a.Is(speaks...) {
				out = append(out, a.Name)
			}
		}
		return out, err
	}
	o.shifts = handoff.NewShifts(o.rdb, func() *flows.House { return home }, names, clock)
	o.desk = handoff.New(o.rdb, o.shifts, openly{words}, lane, handoff.Options{Notes: openly{words}, House: o.shifts.InForce, Town: o.shifts.TownNow, Undo: time.Hour, Now: clock})
	for _, a := range []staff.Account{
		{Name: "suzu", Alias: "すずらん", Roles: []staff.Role{staff.Coordinator}},
		{Name: "kaede", Alias: "かえで", Roles: []staff.Role{staff.Coordinator, staff.Supervisor}},
		{Name: "admin", Alias: "事務局", Roles: []staff.Role{staff.Administrator}},
		{Name: "audit", Alias: "監査", Roles: []staff.Role{staff.Auditor}},
	} {
		if _, err := o.accounts.Add(t.Context(), a, password); err != nil {
			t.Fatal(err)
		}
	}
	o.house = newHouse(t, append([]func(*Parts){func(p *Parts) {
		p.Desk, p.Tasks, p.Teams, p.Staff, p.Words = o.desk, o.desk, o.desk, o.accounts, words
		p.Roster, p.Shifts, p.Opening, p.House = o.shifts, o.shifts, o.shifts, o.shifts.InForce
		p.Office = &Office{Accounts: o.accounts, Book: o.book, Weeks: o.shifts, Rooms: o.desk, Town: town{o.shifts, o.desk}}
	}}, change...)...)
	return o
}

// lines are what the book says, "who did what on what".
func (o *office) lines(t *testing.T) (all []string) {
	t.Helper()
	err := o.book.Read(t.Context(), o.now.Add(-24*time.Hour), o.now.Add(24*time.Hour), func(e book.Entry) bool {
		all = append(all, e.By+" "+e.Do+" "+e.On)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (o *office) wrote(t *testing.T, want ...string) {
	t.Helper()
	got := o.lines(t)
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("the book does not say %q; it says %q", w, got)
		}
	}
}

var secretShape = regexp.MustCompile(`<code class="secret">([a-z0-9-]+)</code>`)

func (a answer) secret(t *testing.T) string {
	t.Helper()
	m := secretShape.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("%s shows no password", a.Request.URL.Path)
	}
	return m[1]
}

func TestAnAdministratorAddsSomebodyWhoChoosesTheirOwnPassword(t *testing.T) {
	o := newOffice(t)
	b := o.as(t, "admin")
	b.get("/people").wants(t, http.StatusOK, "すずらん", "見守り役", "この人をつくる")
	made := b.post("/people", "name", " Momo ", "alias", "もも", "role", "coordinator", "most", "３")
	made.wants(t, http.StatusOK, "もも(momo)の、はじめのパスワード")
	printed := made.secret(t)
	b.post("/people", "name", "momo", "alias", "もも", "role", "coordinator").wants(t, http.StatusUnprocessableEntity, "もう使われています", `value="momo"`)
	b.get("/people").lacks(t, printed)

	new := o.browser(t)
	new.post("/sign-in", "name", "momo", "password", printed).wants(t, http.StatusOK, "first")
	a, err := o.accounts.Find(t.Context(), "momo")
	if err != nil || a.Most != 3 || !a.OneTime || !a.Is(staff.Coordinator) {
		t.Errorf("momo is %+v, err %v", a, err)
	}
	for _, bad := range [][]string{
		{"name", "m", "alias", "む", "role", "coordinator"}, {"name", "mimi", "alias", "", "role", "coordinator"},
		{"name", "mimi", "alias", "みみ"}, {"name", "mimi", "alias", "みみ", "role", "king"}, {"name", "mimi", "alias", "みみ", "role", "coordinator", "most", "99"},
	} {
		b.post("/people", bad...).wants(t, http.StatusUnprocessableEntity, "trouble")
	}
	o.wrote(t, "admin account-add momo")
}

func TestAnAccountIsChangedOnceHoweverManyLookAtIt(t *testing.T) {
	o := newOffice(t)
	one, two := o.as(t, "admin"), o.as(t, "admin")
	one.get("/people/suzu").wants(t, http.StatusOK, `name="rev" value="1"`)
	edit := []string{"rev", "1", "alias", "すずかぜ", "role", "area_lead", "most", ""}
	one.post("/people/suzu/edit", edit...).wants(t, http.StatusOK, "変えました", "すずかぜ")
	two.post("/people/suzu/edit", "rev", "1", "alias", "べつの名", "role", "coordinator").wants(t, http.StatusConflict, "ほかの人が先に変えました", "すずかぜ")
	two.post("/people/suzu/edit", "rev", "2", "alias", "かえで", "role", "coordinator").wants(t, http.StatusUnprocessableEntity, "もう使われています")
	o.as(t, "suzu").get("/overview") // her new role opens other pages at once
	one.post("/people/admin/edit", "rev", "1", "alias", "事務局", "role", "coordinator").wants(t, http.StatusUnprocessableEntity, "自分のアカウント")
	if a, err := o.accounts.Find(t.Context(), "suzu"); err != nil || a.Alias != "すずかぜ" || a.Is(staff.Coordinator) || !a.Is(staff.AreaLead) {
		t.Errorf("suzu is %+v, err %v", a, err)
	}
	o.wrote(t, "admin account-edit suzu")
}

func TestWhoIsLockedIsOutAtOnceAndTheirTalksGoBack(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	note := flows.DeskNote{Do: flows.NoteOpen, Topic: "money", Lang: flows.Ja, Since: o.now.Unix()}
	if err := o.desk.Take(ctx, "n1", "07-abc", "みどりのつばめ 27", note); err != nil {
		t.Fatal(err)
	}
	row, err := o.desk.Of(ctx, "07-abc")
	if err != nil {
		t.Fatal(err)
	}
	suzu, admin := o.as(t, "suzu"), o.as(t, "admin")
	suzu.post("/case/"+string(row.ID)+"/claim").wants(t, http.StatusOK)
	seen := admin.get("/people/suzu")
	seen.wants(t, http.StatusOK, "受け持っている話 1件")
	seen.lacks(t, "みどりのつばめ")
	for range 2 {
		admin.post("/people/suzu/disable").wants(t, http.StatusOK, "止めました", "また使えるようにする")
	}
	suzu.get("/").wants(t, http.StatusOK, "password")
	if row, err = o.desk.Get(ctx, row.ID); err != nil || row.State != handoff.Waiting {
		t.Errorf("the talk is %s, err %v: want it back in the line", row.State, err)
	}
	admin.post("/people/admin/disable").wants(t, http.StatusUnprocessableEntity, "自分のアカウント")
	admin.post("/people/suzu/enable").wants(t, http.StatusOK, "また使えるようにしました")
	o.as(t, "suzu").get("/").wants(t, http.StatusOK, "みどりのつばめ 27")
	again := admin.post("/people/suzu/reset").secret(t)
	if _, s, err := o.accounts.Login(ctx, "suzu", again, ""); err != nil || !s.OneTime {
		t.Errorf("the new password: %v, one-time %v", err, s.OneTime)
	}
	o.wrote(t, "suzu claim "+string(row.ID), "admin account-disable suzu", "admin account-enable suzu", "admin password-reset suzu")
}

func TestASupervisorKeepsTheRosterAndNotTheAccounts(t *testing.T) {
	o := newOffice(t)
	b := o.as(t, "kaede")
	page := b.get("/people/suzu")
	page.wants(t, http.StatusOK, "居る時間", "休む日")
	page.lacks(t, "この人を止める", "新しいパスワードを出す")
	b.post("/people/suzu/week", "rev", "0", "d1", "9:00-12:00", "d3", "13：00〜17：00").wants(t, http.StatusOK, "居る時間を変えました", `value="13:00-17:00"`)
	b.post("/people/suzu/day", "rev", "0", "date", "2026-12-02").wants(t, http.StatusConflict, "ほかの人が先に変えました")
	b.post("/people/suzu/day", "rev", "1", "date", "2026-12-02").wants(t, http.StatusOK, "12月2日")
	b.post("/people/suzu/week", "rev", "2", "d1", "おひる").wants(t, http.StatusUnprocessableEntity, "まだ何も変わっていません")
	if o.shifts.On("suzu", o.now.Add(24*time.Hour)) || !o.shifts.On("suzu", o.now) || o.shifts.On("suzu", o.now.Add(7*24*time.Hour)) {
		t.Error("suzu is on on this Wednesday, not on Thursday, and not on her day off")
	}
	b.post("/people/suzu/out", "date", "2026-11-27").wants(t, http.StatusOK, "不在にしました", "まで不在です")
	b.post("/people/suzu/out", "date", "2026-11-25").wants(t, http.StatusUnprocessableEntity, "明日からあと")
	b.post("/people/suzu/back").wants(t, http.StatusOK, "戻ったことにしました")
	b.post("/people/suzu/teams", "given", "", "team", "くらしの窓口").wants(t, http.StatusOK, "北の圏域にも入っています")
	b.post("/people/suzu/teams", "given", "", "team", "区の全体").wants(t, http.StatusConflict, "ほかの人が先に変えました")
	b.post("/people/suzu/teams", "given", "くらしの窓口", "team", "もうない圏域").wants(t, http.StatusUnprocessableEntity, "もうありません")
	for _, act := range []string{"edit", "reset", "disable", "enable", "sessions/end"} {
		b.post("/people/suzu/"+act, "rev", "1", "alias", "x", "role", "administrator").wants(t, http.StatusForbidden)
	}
	b.post("/people", "name", "momo", "alias", "もも", "role", "administrator").wants(t, http.StatusForbidden)
	o.as(t, "suzu").get("/people").wants(t, http.StatusForbidden)
	o.as(t, "admin").get("/people/nobody").wants(t, http.StatusNotFound)
	o.wrote(t, "kaede people-week suzu", "kaede people-out suzu", "kaede people-back suzu", "kaede people-teams suzu", "kaede people-day suzu")
}

func TestThePeoplePagesAreUsableByEverybody(t *testing.T) {
	o := newOffice(t, func(p *Parts) { p.Guest = Guest{Code: "teatime", Name: "admin"} })
	for _, at := range []struct {
		on    size
		theme string
	}{{desktop, "light"}, {phone, "dark"}} {
		v := o.signedIn(t, at.on, at.theme)
		for name, path := range map[string]string{"people": "/people", "person": "/people/suzu"} {
			v.open(path)
			v.axe(name)
			v.shot(at.on.name + "-" + at.theme + "-" + name)
		}
	}
}
