package console

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"engawa/flows"
)

// fakeNotices keeps the switches in memory, by the rules of the store.
type fakeNotices struct {
	mu   sync.Mutex
	now  func() time.Time
	is   flows.Notice
	log  []Switched
	acts []string
}

func (f *fakeNotices) Now() flows.Notice {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.is
}

func (f *fakeNotices) Standing(context.Context) (flows.Notice, []Switched, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.is, slices.Clone(f.log), nil
}

func (f *fakeNotices) Shown(kind string, until time.Time) Shown {
	return Shown{Menu: "前に読むことば " + kind, First: "入口 <いちばん上>", Wait: "次に人が読むのは、" + until.Format("15:04") + "です"}
}

func (f *fakeNotices) Set(_ context.Context, act, kind string, until time.Time, by string) error {
	return f.do(act, Switched{Kind: kind, Until: until, By: by})
}

func (f *fakeNotices) End(_ context.Context, act, kind, by string) error {
	return f.do(act, Switched{Kind: kind, By: by})
}

func (f *fakeNotices) do(act string, d Switched) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if slices.Contains(f.acts, act) {
		return nil
	}
	if d.Kind == "disaster" {
		f.is.Disaster = d.Until
	} else {
		f.is.Away = d.Until
	}
	d.At = f.now()
	f.acts, f.log = append(f.acts, act), append([]Switched{d}, f.log...)
	return nil
}

func withNotices(t *testing.T) (*house, *fakeNotices) {
	f := &fakeNotices{}
	h := newHouse(t, withOpening(&fakeOpening{}), func(p *Parts) { f.now = p.Now; p.Notices = f })
	return h, f
}

var actOnPage = regexp.MustCompile(`name="act" value="([0-9a-f]{24})"`)

func TestASupervisorTellsThatNobodyIsHereTodayAndEndsItEarly(t *testing.T) {
	h, f := withNotices(t)
	b := h.as(t, "kaede")
	b.get("/hours").wants(t, http.StatusOK, `href="/notices"`)
	page := b.get("/notices")
	page.wants(t, http.StatusOK, "いまは入っていません", "まだ使ったことはありません", "きょうは人がいません", "災害のとき")
	page.lacks(t, "いま終わらせる", "と案内しています")

	sure := b.get("/notices/sure?kind=away&date=2026-11-25&clock=17:00")
	sure.wants(t, http.StatusOK, "17時まで入れます。まだ何も変わっていません", "前に読むことば away", "入口 &lt;いちばん上&gt;", "次に人が読むのは、17:00です", "この案内に変える")
	if len(f.log) > 0 {
		t.Fatalf("looking has done %+v", f.log)
	}
	form := []string{"act", actOnPage.FindStringSubmatch(sure.body)[1], "kind", "away", "date", "2026-11-25", "clock", "17:00"}
	for range 3 { // a finger that trembles
		b.post("/notices/set", form...).wants(t, http.StatusOK, "案内を変えました", "入っています。17時まで。入れたのはかえで(14:05)", "と案内しています(17時まで)")
	}
	if want := time.Date(2026, 11, 25, 17, 0, 0, 0, japan); len(f.log) != 1 || !f.is.Away.Equal(want) {
		t.Errorf("pressed three times: %+v, until %v; want once, until %v", f.log, f.is.Away, want)
	}
	h.as(t, "suzu").get("/").wants(t, http.StatusOK, "「きょうは人がいません」と案内しています(17時まで)")
	b.get("/notices/sure?kind=disaster&date=2026-11-26&clock=09:00").wants(t, http.StatusOK, "「きょうは人がいません」も入っているので")

	end := []string{"act", "e1", "kind", "away"}
	b.post("/notices/end", end...).wants(t, http.StatusOK, "終わらせました", "かえでが終わらせました", "かえでが入れました(17:00まで)")
	b.post("/notices/set", form...).wants(t, http.StatusOK, "いまは入っていません") // the old form once more
	if len(f.log) != 2 || !f.is.Away.IsZero() {
		t.Errorf("in the end %+v, %+v; want one start and one end", f.is, f.log)
	}
}

func TestASwitchEndsByItselfOnEveryPage(t *testing.T) {
	h, f := withNotices(t)
	f.is.Disaster = h.now.Add(time.Hour)
	f.log = []Switched{{Kind: "disaster", Until: f.is.Disaster, By: "kaede", At: h.now}}
	b := h.as(t, "kaede")
	for _, page := range []string{"/", "/ledger", "/hours", "/me"} {
		b.get(page).wants(t, http.StatusOK, "災害のときの案内をしています", `href="/notices"`)
	}
	h.now = h.now.Add(time.Hour)
	for _, page := range []string{"/", "/ledger", "/hours", "/notices"} {
		b.get(page).lacks(t, "災害のときの案内をしています", "いま終わらせる")
	}
}

func TestAnEndThatDoesNotComeChangesNothing(t *testing.T) {
	h, f := withNotices(t)
	b := h.as(t, "admin")
	for _, end := range [][2]string{{"2026-11-25", "14:05"}, {"2026-11-24", "17:00"}, {"2027-11-25", "17:00"}, {"きのう", "17:00"}, {"2026-11-26", "9時"}, {"", ""}} {
		b.get("/notices/sure?kind=away&date="+end[0]+"&clock="+end[1]).wants(t, http.StatusUnprocessableEntity, "まだ何も変わっていません")
		b.post("/notices/set", "act", "a1", "kind", "away", "date", end[0], "clock", end[1]).wants(t, http.StatusUnprocessableEntity, "まだ何も変わっていません")
	}
	b.get("/notices/sure?kind=party&date=2026-11-26&clock=17:00").wants(t, http.StatusBadRequest)
	b.post("/notices/end", "act", "a2", "kind", "party").wants(t, http.StatusBadRequest)
	b.post("/notices/end", "kind", "away").wants(t, http.StatusBadRequest)
	if len(f.log) > 0 {
		t.Errorf("was done nevertheless: %+v", f.log)
	}
}

func TestOnlyWhoKeepsTheHoursTurnsTheSwitches(t *testing.T) {
	h, f := withNotices(t)
	f.is.Away = h.now.Add(time.Hour)
	for _, who := range []string{"suzu", "audit", "group"} {
		b := h.as(t, who)
		b.get("/notices").wants(t, http.StatusForbidden)
		b.get("/notices/sure?kind=away&date=2026-11-26&clock=17:00").wants(t, http.StatusForbidden)
		b.post("/notices/set", "act", "a1", "kind", "away", "date", "2026-11-26", "clock", "17:00").wants(t, http.StatusForbidden)
		b.post("/notices/end", "act", "a2", "kind", "away").wants(t, http.StatusForbidden)
		b.get("/me").wants(t, http.StatusOK, "と案内しています")
		b.get("/me").lacks(t, `href="/notices"`)
	}
	if len(f.log) > 0 {
		t.Errorf("was done nevertheless: %+v", f.log)
	}
}

func TestTheSwitchesAreUsableByEverybody(t *testing.T) {
	f := &fakeNotices{}
	h := newHouse(t, func(p *Parts) { f.now = p.Now; p.Notices = f; p.Guest = Guest{Code: "teatime", Name: "kaede"} })
	f.is.Disaster = h.now.Add(5 * time.Hour)
	f.log = []Switched{{Kind: "disaster", Until: f.is.Disaster, By: "kaede", At: h.now}}
	for _, on := range []size{desktop, phone} {
		v := h.signedIn(t, on, "light")
		v.open("/notices")
		v.axe("notices")
		v.shot(on.name + "-light-notices")
		v.open("/notices/sure?kind=away&date=2026-11-25&clock=17:00")
		v.axe("notices-sure")
		v.shot(on.name + "-light-notices-sure")
	}
}
