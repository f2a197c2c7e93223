package console

import (
	"context"
	"net/http"
	"testing"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

// month puts the house into a month with so many messages used.
func (b Budget) month(p *Parts) {
	p.Pushes = func(context.Context) (Budget, error) { return b, nil }
	p.Cost = func(context.Context, flows.PersonID) Cost { return Counted }
	p.Overview = noFigures{}
}

type noFigures struct{}

func (noFigures) Overview(context.Context, time.Time, *time.Location) (handoff.Figures, error) {
	return handoff.Figures{}, nil
}

func TestWhatHappensAtTheLimitIsSaidBeforeItHappens(t *testing.T) {
	for name, c := range map[string]struct {
		budget        Budget
		bar, overview string
		box           string
	}{
		"plenty":      {Budget{Used: 10, Limit: 5000, Reserve: 500}, "今月の送信 10 / 5000通", "今月は、そこまで行かない見こみです。", "1通に数えます。"},
		"the reserve": {Budget{Used: 4500, Limit: 5000, Reserve: 500}, "残りは、人の返事と緊急のためにとってあります", "いま、そこまで来ています。もよおしの中止", "1通に数えます(とっておきから)"},
		"none left":   {Budget{Used: 5000, Limit: 5000, Reserve: 500}, "使いきりました。返事は、相手がつぎに書いたときに無料で届きます", "いま、そこまで来ています。人の返事も待ち", "ことばは預かり、相手がつぎに書いたときに無料で届けます。"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, c.budget.month)
			h.wait("c1", "みどりのつばめ 27", 3)
			b := h.as(t, "suzu")
			b.post("/case/c1/claim").wants(t, http.StatusOK, c.bar, c.box)
			b.get("/overview").wants(t, http.StatusOK, c.overview, "使いきったら", "とっておき(500通)に入ったら")
		})
	}
}

func TestTheDayOfTheLimitIsForeseen(t *testing.T) {
	now := time.Date(2026, 11, 11, 0, 0, 0, 0, japan)
	for _, c := range []struct {
		used, n int64
		want    string
	}{{1000, 2000, "2026-11-21"}, {1000, 3000, "2026-12-01"}, {1000, 3001, ""}, {0, 1, ""}} {
		at, got := (Budget{Used: c.used, Limit: 5000}).Reaches(c.n, now), ""
		if !at.IsZero() {
			got = at.Format(time.DateOnly)
		}
		if got != c.want {
			t.Errorf("%d of %d are reached on %q, want %q", c.used, c.n, got, c.want)
		}
	}
}
