package console

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"engawa/handoff/staff"
)

// voiced is a house that was answered often enough about November and about money.
func voiced(p *Parts) {
	p.Voices = func(_ context.Context, months, topics []string) (byMonth, byTopic []Tally, err error) {
		for _, m := range months {
			t := Tally{Name: m, N: [3]int{-1, -1, -1}}
			if m == "2026-11" {
				t.N = [3]int{31, 12, -1}
			}
			byMonth = append(byMonth, t)
		}
		for _, name := range topics {
			t := Tally{Name: name, N: [3]int{-1, -1, -1}}
			if name == "money" {
				t.N[0] = 14
			}
			byTopic = append(byTopic, t)
		}
		return byMonth, byTopic, nil
	}
}

func TestSumsOfWhatWasSaidAfterTalksAreForThoseWhoLookAfterTheHouse(t *testing.T) {
	h := newHouse(t, voiced, forGuest)
	for _, who := range []string{"kaede", "group"} { // a supervisor, and who looks after the groups
		b := h.as(t, who)
		got := b.get("/voices")
		got.wants(t, http.StatusOK, "2026年11月", "<td class=\"num\">31</td><td class=\"num\">12</td><td class=\"num\">10未満</td>", "お金", "どこにも残していません")
		got.lacks(t, "2026-10", "食べるもの")
		table := b.get("/voices.csv")
		table.wants(t, http.StatusOK, "月ごと,2026年11月,話せてよかった,31", "月ごと,2026年11月,合わなかった,10未満")
		if n := strings.Count(table.body, "\n"); n != 6 {
			t.Errorf("%s: the table has %d lines, want three answers of a month and of a topic", who, n)
		}
	}
	for _, who := range []string{"suzu", "admin", "audit"} {
		for _, path := range []string{"/voices", "/voices.csv"} {
			h.as(t, who).get(path).wants(t, http.StatusForbidden)
		}
		h.as(t, who).get("/me").lacks(t, "/voices")
	}
	h.staff.accounts["suzu"] = staff.Account{Name: "suzu", Alias: "すずらん", Roles: []staff.Role{staff.Supervisor}}
	for _, on := range []struct {
		size
		theme string
	}{{desktop, "light"}, {phone, "dark"}} {
		v := h.signedIn(t, on.size, on.theme)
		v.open("/voices")
		if wide := eval[float64](v, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
			t.Errorf("on a %s the page is %v px wider than the screen", on.name, wide)
		}
		v.axe("voices on " + on.name)
		v.shot("voices-" + on.name)
	}
}
