package console

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeContent remembers what it was asked to change and refuses what it is told to.
type fakeContent struct {
	mu     sync.Mutex
	did    []string
	refuse error
	asked  string
}

func (f *fakeContent) note(what ...string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuse == nil {
		f.did = append(f.did, strings.Join(what, " "))
	}
	return f.refuse
}

func (f *fakeContent) Cards(context.Context) ([]Offer, error) {
	end := time.Date(2026, 12, 1, 0, 0, 0, 0, japan)
	return []Offer{
		{ID: "food", Kind: "service", Title: "食べものの棚", Why: "unverified", Source: "区のちらし", Instead: "人が調べてお返事します", Fields: map[string]string{"phone": "03-0000-0001"}},
		{ID: "hiroba", Kind: "ibasho", Title: "ひろば", Why: "expired", Until: end.AddDate(0, 0, -20), Fields: map[string]string{}},
		{ID: "dial", Kind: "contact", Title: "夜の電話", Why: "soon", Until: end, Fields: map[string]string{}},
		{ID: "119", Kind: "contact", Title: "消防 119", Always: true, Fields: map[string]string{"phone": "119"}},
	}, nil
}

func (f *fakeContent) Card(ctx context.Context, id string) (Offer, error) {
	all, err := f.Cards(ctx)
	for _, o := range all {
		if o.ID == id {
			o.Seen = 7
			o.Fields["week"] = "平日: 9:00-17:00"
			return o, err
		}
	}
	return Offer{}, ErrNoContent
}

func (f *fakeContent) Verify(_ context.Context, ids []string, name string, day time.Time, by string) error {
	return f.note("verify", strings.Join(ids, ","), name, day.Format(time.DateOnly), by)
}

func (f *fakeContent) Change(_ context.Context, id string, seen int64, fields map[string]string, by string) error {
	if seen != 7 {
		return ErrTaken
	}
	what := []string{"change", id, by}
	for _, name := range offerFields {
		if v, ok := fields[name]; ok {
			what = append(what, name+"="+v)
		}
	}
	return f.note(what...)
}

func (f *fakeContent) Hours(context.Context) (HouseHours, error) {
	return HouseHours{Week: "平日: 9:00-17:00", Seen: 3, Closed: []ClosedDay{{time.Date(2026, 12, 29, 0, 0, 0, 0, japan), "年末年始"}}}, nil
}

func (f *fakeContent) SetHours(_ context.Context, _ int64, hours, by string) error {
	return f.note("hours", hours, by)
}

func (f *fakeContent) Close(_ context.Context, day time.Time, why, by string) error {
	return f.note("close", day.Format(time.DateOnly), why, by)
}

func (f *fakeContent) Reopen(_ context.Context, day time.Time, by string) error {
	return f.note("reopen", day.Format(time.DateOnly), by)
}

func (f *fakeContent) Drafts(context.Context) ([]Draft, error) {
	return []Draft{{File: "i18n/en/okane.yaml", Lang: "en", Hash: "abcd1234", By: "佐藤", Sentences: []Rendered{{"家賃がきびしい", "Rent is hard"}}}}, nil
}

func (f *fakeContent) Draft(ctx context.Context, file string) (Draft, error) {
	all, err := f.Drafts(ctx)
	if all[0].File != file {
		return Draft{}, ErrNoContent
	}
	return all[0], err
}

func (f *fakeContent) Confirm(_ context.Context, file, hash, name, by string) error {
	return f.note("confirm", file, hash, name, by)
}

func (f *fakeContent) Standing(context.Context) (Standing, error) {
	return Standing{
		Hash: "aaaa00001111", By: "さとう", Second: "すずき", At: time.Date(2026, 11, 20, 10, 0, 0, 0, japan), Since: []string{"「食べものの棚」の電話が変わります。"},
		Next: "bbbb00002222", Would: []string{"「お金のこと › 家賃」のことばか、先へすすむ道が変わります。"}, Two: true, Asked: f.asked, Back: true,
		Try: Try{By: "kaede", At: time.Date(2026, 11, 24, 10, 0, 0, 0, japan), State: "refused", Why: []string{"flows/okane.yaml 3行目: 「：」が全角です。"}},
		Log: []Done{{At: time.Date(2026, 11, 24, 10, 0, 0, 0, japan), Do: "edit", By: "suzu", What: "cards/food.yaml 行き先・電話: 03-0000-0001"}},
	}, nil
}

func (f *fakeContent) Publish(_ context.Context, hash, by string) error {
	if f.asked == by {
		return ErrSame
	}
	return f.note("publish", hash, by)
}

func (f *fakeContent) Recall(_ context.Context, hash, by string) error {
	return f.note("recall", hash, by)
}

// wants says what the content was asked to do so far.
func (f *fakeContent) wants(t *testing.T, did ...string) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Equal(f.did, did) {
		t.Errorf("did %q, want %q", f.did, did)
	}
	f.did = nil
}

func withContent(f *fakeContent) func(*Parts) { return func(p *Parts) { p.Content = f } }

func TestACoordinatorVerifiesWhatIsTickedWithNameAndDay(t *testing.T) {
	f := &fakeContent{}
	b := newHouse(t, withContent(f)).as(t, "suzu")
	b.get("/content").wants(t, http.StatusOK, "食べものの棚", "まだだれも確かめていない", "かわりに「人が調べてお返事します」", "もうすぐ確かめなおす日", "年末年始", "佐藤さんが確かめたあとで")
	b.post("/content/verify", "id", "food", "name", "鈴木 はな", "day", "2026-11-24").wants(t, http.StatusOK, "数秒で住民に出ます")
	f.wants(t, "verify food 鈴木 はな 2026-11-24 suzu")
	b.post("/content/verify", "name", "鈴木", "day", "2026-11-24").wants(t, http.StatusUnprocessableEntity, "印をつけて")
	b.post("/content/verify", "id", "food", "name", " ", "day", "2026-11-24").wants(t, http.StatusUnprocessableEntity, "名前を書いて")
	b.post("/content/verify", "id", "food", "name", "鈴木", "day", "2026-11-26").wants(t, http.StatusUnprocessableEntity, "今日までの日")
	f.wants(t)
}

func TestOfACardOnlyWhatWasChangedIsChangedAndARefusalKeepsWhatWasTyped(t *testing.T) {
	f := &fakeContent{}
	b := newHouse(t, withContent(f)).as(t, "suzu")
	b.get("/content/card/food").wants(t, http.StatusOK, "平日: 9:00-17:00", "03-0000-0001")
	b.get("/content/card/nobody").wants(t, http.StatusNotFound)
	form := []string{"seen", "7", "phone", "03-9999-0001", "was.phone", "03-0000-0001", "week", "平日: 9:00-17:00", "was.week", "平日: 9:00-17:00"}
	b.post("/content/card/food", form...).wants(t, http.StatusOK, "数秒で住民に届きます")
	f.wants(t, "change food suzu phone=03-9999-0001")
	b.post("/content/card/food", append([]string{"seen", "6"}, form[2:]...)...).wants(t, http.StatusConflict, "ほかの人が、少し前に")
	f.refuse = &Refused{Why: []string{"電話番号は、半角の数字と - で書きます。"}}
	b.post("/content/card/food", form...).wants(t, http.StatusUnprocessableEntity, "何も変えていません", "電話番号は、半角", `value="03-9999-0001"`)
	f.wants(t)
}

func TestDaysAndDraftsAreConfirmedByName(t *testing.T) {
	f := &fakeContent{}
	b := newHouse(t, withContent(f)).as(t, "suzu")
	b.post("/content/close", "day", "2026-12-02", "why", "点検").wants(t, http.StatusOK)
	b.post("/content/close", "day", "2026-12-02", "why", "").wants(t, http.StatusUnprocessableEntity, "休みの名前")
	b.post("/content/reopen", "day", "2026-12-29").wants(t, http.StatusOK)
	b.get("/content/draft?file=i18n/en/okane.yaml").wants(t, http.StatusOK, "Rent is hard", "家賃がきびしい")
	b.post("/content/draft", "file", "i18n/en/okane.yaml", "hash", "abcd1234", "name", "鈴木").wants(t, http.StatusOK, "名前を残しました")
	f.wants(t, "close 2026-12-02 点検 suzu", "reopen 2026-12-29 suzu", "confirm i18n/en/okane.yaml abcd1234 鈴木 suzu")
	b.post("/content/hours", "seen", "3", "week", "毎日: 24時間").wants(t, http.StatusForbidden)
	f.wants(t)
}

func TestASecondPersonPublishesWhatAnotherHasAskedFor(t *testing.T) {
	f := &fakeContent{asked: "kaede"}
	h := newHouse(t, withContent(f))
	h.as(t, "suzu").post("/content/publish", "hash", "bbbb00002222").wants(t, http.StatusForbidden)
	b := h.as(t, "kaede")
	b.get("/content/releases").wants(t, http.StatusOK, "さとう・すずき", "お金のこと › 家賃", "「：」が全角です", "kaedeさんが、公開を頼んでいます", "べつの人の確認を待っています", "suzuさんが直しました")
	b.post("/content/publish", "hash", "bbbb00002222").wants(t, http.StatusForbidden, "べつの人の確認が要ります")
	f.wants(t)
	h.as(t, "admin").post("/content/publish", "hash", "bbbb00002222").wants(t, http.StatusOK, "確かめてから公開します")
	b.post("/content/recall", "hash", "aaaa00001111").wants(t, http.StatusOK, "ひとつ前のことばにもどりました")
	f.wants(t, "publish bbbb00002222 admin", "recall aaaa00001111 kaede")
}

func TestThePagesOfWordsAreUsableByEverybody(t *testing.T) {
	for _, on := range []struct {
		size
		theme string
	}{{desktop, "light"}, {phone, "dark"}} {
		h := newHouse(t, forGuest, withContent(&fakeContent{}))
		v := h.screen(t, on.size, on.theme)
		v.open("/enter/teatime")
		for name, path := range map[string]string{"words": "/content", "card": "/content/card/food", "draft": "/content/draft?file=i18n/en/okane.yaml", "releases": "/content/releases", "recheck": "/recheck"} {
			v.open(path)
			v.axe(name)
			v.shot(on.name + "-" + on.theme + "-" + name)
		}
	}
}
