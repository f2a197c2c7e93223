package console

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

// searchedDesk is the fake desk as the search sees it.
type searchedDesk struct {
	*fakeDesk
	mu    sync.Mutex
	shown []flows.CaseID // by searches, in the order of the log
}

func (d *searchedDesk) Searchable(context.Context) (ids []flows.CaseID, err error) {
	d.fakeDesk.mu.Lock()
	defer d.fakeDesk.mu.Unlock()
	for id := range d.cases {
		ids = append(ids, id)
	}
	return ids, nil
}

func (d *searchedDesk) Rows(ctx context.Context, ids []flows.CaseID) (rows []handoff.Row, err error) {
	for _, id := range ids {
		row, err := d.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (d *searchedDesk) Found(_ context.Context, ids []flows.CaseID, _ handoff.Staff) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shown = append(d.shown, ids...)
	return nil
}

func searchHouse(t *testing.T, change ...func(*Parts)) (*house, *searchedDesk) {
	t.Helper()
	d := &searchedDesk{}
	h := newHouse(t, append(change, func(p *Parts) {
		d.fakeDesk = p.Desk.(*fakeDesk)
		p.Search = &Search{Desk: d, Talks: func(ctx context.Context, persons []flows.PersonID, keep func(string) bool) (map[flows.PersonID][]Line, error) {
			talks := map[flows.PersonID][]Line{}
			for _, person := range persons {
				said, err := p.Words.Talk(ctx, person, time.Time{})
				if err != nil {
					return nil, err
				}
				talks[person] = slices.DeleteFunc(said, func(l Line) bool { return !keep(l.Text) })
			}
			return talks, nil
		}}
	})...)
	for id, alias := range map[string]string{"c1": "みどりのつばめ 27", "c2": "あおいすずめ 3", "c3": "しろいねこ 8"} {
		h.wait(id, alias, 3)
	}
	return h, d
}

func TestWordsAreFoundOnceSomebodyHasOpenedThemAndTheLogSaysWhoLooked(t *testing.T) {
	h, d := searchHouse(t)
	b := h.as(t, "suzu")
	b.post("/search", "q", "ﾔﾁﾝ").wants(t, http.StatusOK, "見つかりませんでした")
	b.post("/search", "q", "家賃").wants(t, http.StatusOK, "見つかりませんでした")
	b.post("/case/c1/claim")
	found := b.post("/search", "q", "家賃 モウ")
	found.wants(t, http.StatusOK, "1件の話にありました", "みどりのつばめ 27", "<mark>家賃</mark>")
	found.lacks(t, "あおいすずめ 3", "q=")
	if !slices.Equal(d.shown, []flows.CaseID{"c1"}) {
		t.Errorf("the log names a searcher on %v, want on c1 alone", d.shown)
	}
	h.as(t, "kaede").post("/search", "q", "家賃").wants(t, http.StatusOK, "みどりのつばめ 27", "すずらんが話しています")
	h.as(t, "audit").post("/search", "q", "家賃").wants(t, http.StatusForbidden)
}

func TestWordsThatWereTakenBackOrDeletedAreNeverFound(t *testing.T) {
	h, _ := searchHouse(t)
	b := h.as(t, "suzu")
	b.post("/case/c1/claim")
	b.post("/case/c2/claim")
	h.words.mu.Lock()
	for i := range h.words.said["07-c1"] {
		h.words.said["07-c1"][i].Gone, h.words.said["07-c1"][i].Text = true, ""
	}
	h.words.mu.Unlock()
	found := b.post("/search", "q", "家賃")
	found.wants(t, http.StatusOK, "あおいすずめ 3")
	found.lacks(t, "みどりのつばめ 27")
	h.forget("c2")
	b.post("/search", "q", "家賃").wants(t, http.StatusOK, "見つかりませんでした")
}

func TestTheSearchFitsPhoneAndDesktop(t *testing.T) {
	h, _ := searchHouse(t, forGuest)
	h.as(t, "suzu").post("/case/c1/claim")
	for _, s := range []size{phone, desktop} {
		v := h.signedIn(t, s, "light")
		v.open("/search")
		eval[bool](v, `(document.querySelector("main input").value = "モウ", document.querySelector("main form").requestSubmit(), true)`)
		v.until("the page of what was found", `document.querySelector("mark")`)
		if strings.Contains(eval[string](v, `location.href`), "q=") {
			t.Error("the words stand in the address")
		}
		v.axe("search on " + s.name)
		v.shot("search-" + s.name)
	}
}
