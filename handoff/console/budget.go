package console

import (
	"context"
	"time"
)

// Budget is the month's messages as LINE counts them. Replies are free; what a
// coordinator writes later counts one for each request, whatever number of bubbles.
type Budget struct {
	Used, Limit int64 // Limit 0 = none
	Reserve     int64 // kept for people's answers and danger
}

// Kept says that only the reserve is left.
func (b Budget) Kept() bool { return b.Limit > 0 && b.Used >= b.Limit-b.Reserve }

// Spent says that nothing is left: LINE takes free replies only.
func (b Budget) Spent() bool { return b.Limit > 0 && b.Used >= b.Limit }

// Forecast is what a month comes to if it goes on as it began. Its first day is
// taken for a whole one.
func (b Budget) Forecast(now time.Time) int64 {
	begin, whole := month(now)
	gone := max(now.Sub(begin), 24*time.Hour)
	return int64(float64(b.Used) * float64(whole) / float64(gone))
}

// Reaches is when so many will have been sent if the month goes on as it began; zero
// if not this month.
func (b Budget) Reaches(n int64, now time.Time) time.Time {
	begin, whole := month(now)
	if b.Used <= 0 || b.Limit == 0 || b.Forecast(now) < n {
		return time.Time{}
	}
	gone := max(now.Sub(begin), 24*time.Hour)
	at := begin.Add(time.Duration(float64(gone) * float64(n) / float64(b.Used)))
	if at.After(begin.Add(whole)) {
		return time.Time{}
	}
	return at
}

func month(now time.Time) (begin time.Time, whole time.Duration) {
	begin = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	return begin, begin.AddDate(0, 1, 0).Sub(begin)
}

// budget is the month's messages, if anybody knows them.
func (c *console) budget(ctx context.Context) (Budget, bool) {
	if c.Pushes == nil {
		return Budget{}, false
	}
	b, err := c.Pushes(ctx)
	return b, err == nil
}

// pushes is the quiet bar at the top of every page.
func pushes(say sayer, b Budget) *pushView {
	view := &pushView{Text: say("now.pushesfree", "used", b.Used)}
	if b.Limit <= 0 {
		return view
	}
	view.Text, view.Width = say("now.pushes", "used", b.Used, "limit", b.Limit), int(min(100, max(1, b.Used*100/b.Limit)))
	switch {
	case b.Spent():
		view.Text += say("budget.spent")
	case b.Kept():
		view.Text += say("budget.kept")
	}
	return view
}

// ahead says what happens at the reserve and at the limit, before it happens.
func ahead(say sayer, b Budget, now time.Time) (all []figureView) {
	all = append(all, figureView{say("overview.forecast"), say("overview.messages", "n", b.Forecast(now))})
	if b.Limit <= 0 {
		return all
	}
	when := func(n int64) string {
		if b.Used >= n {
			return say("budget.now")
		}
		if at := b.Reaches(n, now); !at.IsZero() {
			return say("budget.about", "day", say.date(at))
		}
		return say("budget.notthismonth")
	}
	if b.Reserve > 0 {
		all = append(all, figureView{say("budget.reserve", "n", b.Reserve), say("budget.reservesays", "when", when(b.Limit-b.Reserve))})
	}
	return append(all, figureView{say("budget.limit"), say("budget.limitsays", "when", when(b.Limit))})
}
