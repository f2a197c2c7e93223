package house

import (
	"strconv"
	"testing"
	"time"

	"engawa/handoff"
)

func TestADayClosedInTheConsoleIsToldToWhoAsks(t *testing.T) {
	c := newCottage(t, false)
	c.alwaysOpen()
	c.hire(suzuran.Name, suzuran.Alias)
	c.writes("人と話したい", "人につなぎます")
	now := time.Now().In(c.bundle().House.Zone)
	days := map[string]handoff.Day{}
	for d := -1; d <= 1; d++ { // whatever the hour: today and its neighbours
		days[now.AddDate(0, 0, d).Format(time.DateOnly)] = handoff.Day{Why: "休み"}
	}
	c.do(c.shifts.SetHours(c.ctx, handoff.Hours{Days: days}, "mori"))
	c.user = c.phone.NewUser()
	c.writes("人と話したい", "いま、相談員はいません。次に人が読むのは")
	if open, next := c.shifts.OpenAt(now); open || next.Day() != now.AddDate(0, 0, 2).Day() {
		t.Errorf("open %v, next on the %s", open, strconv.Itoa(next.Day()))
	}
}
