package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"engawa/flows"
)

func TestTheOverviewShowsNumbersAndATableOfThem(t *testing.T) {
	h, desk, _, _ := realHouse(t, forGuest)
	for i, person := range []flows.PersonID{"07-a", "07-b"} {
		if err := desk.Take(t.Context(), "n"+string(person), person, "みどりのつばめ 27", flows.DeskNote{Do: flows.NoteOpen}); err != nil {
			t.Fatal(err)
		}
		if row, err := desk.Of(t.Context(), person); err != nil {
			t.Fatal(err)
		} else if i == 0 {
			h.as(t, "suzu").post("/case/"+string(row.ID)+"/claim").wants(t, http.StatusOK)
			h.as(t, "suzu").post("/case/"+string(row.ID)+"/answer", "act", "a1", "words", "読みました").wants(t, http.StatusOK)
		}
	}
	b := h.as(t, "suzu")
	got := b.get("/overview")
	got.wants(t, http.StatusOK, "1 / 2(50%)", "いま待っている人が、待ちはじめた時刻", "<th scope=\"row\">すずらん</th>", "このままだと月の終わりに")
	got.wants(t, http.StatusOK, "受けとりやすさ", `<th scope="row">見るだけで、ここまでにした</th><td class="num">—</td><td class="num">—</td><td class="num">33</td>`)
	got.lacks(t, "みどりのつばめ")
	table := b.get("/overview.csv")
	table.wants(t, http.StatusOK, "人が返事をした話,1 / 2(50%)", "いま話している数,すずらん,1", "受けとりやすさ 2026年11月,そのなかから選ばれた,140", "受けとりやすさ 2026年10月,そのなかから選ばれた,—")
	if lines := strings.Count(table.body, "\n"); lines < 30 {
		t.Errorf("the table has %d lines, want the figures and 24 hours", lines)
	}
	for _, on := range []struct {
		size
		theme string
	}{{desktop, "light"}, {phone, "dark"}} {
		v := h.signedIn(t, on.size, on.theme)
		for name, path := range map[string]string{"overview": "/overview", "line": "/?show=1&mine=yes"} {
			v.open(path)
			v.axe(name)
			v.shot(on.name + "-" + on.theme + "-" + name)
		}
	}
}

func TestTheForecastGoesOnAsTheMonthBegan(t *testing.T) {
	for _, x := range []struct {
		at   time.Time
		used int64
		want int64
	}{
		{time.Date(2026, 11, 16, 0, 0, 0, 0, japan), 1500, 3000},
		{time.Date(2026, 11, 1, 1, 0, 0, 0, japan), 10, 300}, // the first hour is taken for a day
		{time.Date(2026, 12, 31, 23, 59, 59, 0, japan), 3100, 3100},
	} {
		if got := (Budget{Used: x.used}).Forecast(x.at); got != x.want {
			t.Errorf("%d by %s: %d a month, want %d", x.used, x.at.Format(time.DateOnly), got, x.want)
		}
	}
}
