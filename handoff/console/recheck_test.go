package console

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// dueToday is a post that falls due this week, one that is over, one that is far off.
func dueToday(now time.Time) *fakeGroups {
	f := peers()
	f.due = []PeerDue{
		{ID: "p1", Title: "遠い会", Group: "ひだまりの会", GroupID: "g1", Until: now.AddDate(0, 0, 90), Day: now.AddDate(0, 0, -90), By: "さとう"},
		{ID: "p2", Title: "今週の会", Group: "ひだまりの会", GroupID: "g1", Until: now.AddDate(0, 0, 3), Day: now.AddDate(0, 0, -177), By: "さとう",
			History: []Done{{At: now.AddDate(0, 0, -177), By: "group", Do: "accept"}, {At: now.AddDate(0, 0, -9), By: "たんぽぽ", Do: "changedate"}}},
		{ID: "p3", Title: "すぎた会", Group: "ひだまりの会", GroupID: "g1", Until: now.AddDate(0, 0, -2), Day: now.AddDate(0, 0, -182), By: "さとう"},
	}
	return f
}

func TestOneListSaysWhatToLookAtAgainThisWeekAndSeveralAreNotedAtOnce(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, japan)
	f, words := dueToday(now), &fakeContent{}
	h := newHouse(t, withContent(words), func(p *Parts) { p.Groups = f })
	b := h.as(t, "group")
	page := b.get("/recheck")
	page.wants(t, http.StatusOK, "すぎた会", "今週の会", "遠い会", "住む人には出ていません", "これまでに変わったこと(2)", "たんぽぽ: 会が、ある日を休みにするか、うつしました")
	order := []int{strings.Index(page.body, "すぎた会"), strings.Index(page.body, "今週の会"), strings.Index(page.body, "そのあと"), strings.Index(page.body, "遠い会")}
	for i := 1; i < len(order); i++ {
		if order[i-1] < 0 || order[i] <= order[i-1] {
			t.Errorf("what is due stands at %v, want the most urgent first", order)
		}
	}
	page.lacks(t, "食べものの棚") // whose work it is not
	b.post("/recheck", "act", "a1", "id", "post:p2", "id", "post:p3", "name", "鈴木 はな", "day", "2026-11-24").wants(t, http.StatusOK, "書きとめました")
	if got := strings.Join(f.did, "\n"); got != "confirm [p2 p3] 鈴木 はな 2026-11-24 group" {
		t.Errorf("got %q", got)
	}
	b.post("/recheck", "act", "a2", "name", "鈴木", "day", "2026-11-24").wants(t, http.StatusUnprocessableEntity)
	b.post("/recheck", "act", "a2", "id", "post:p2", "name", " ", "day", "2026-11-24").wants(t, http.StatusUnprocessableEntity)
	b.post("/recheck", "act", "a2", "id", "post:p2", "name", "鈴木", "day", "2026-12-24").wants(t, http.StatusUnprocessableEntity)
	b.post("/recheck", "act", "a2", "id", "card:food", "name", "鈴木", "day", "2026-11-24").wants(t, http.StatusBadRequest)
	if words.wants(t); len(f.did) != 1 {
		t.Errorf("something was noted that was refused: %q", f.did)
	}
	c := h.as(t, "suzu") // a coordinator looks after places and numbers
	theirs := c.get("/recheck")
	theirs.wants(t, http.StatusOK, "食べものの棚")
	theirs.lacks(t, "今週の会")
	c.post("/recheck", "act", "a3", "id", "card:food", "name", "鈴木 はな", "day", "2026-11-24").wants(t, http.StatusOK)
	words.wants(t, "verify food 鈴木 はな 2026-11-24 suzu")
}
