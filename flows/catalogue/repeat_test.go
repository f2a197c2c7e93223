package catalogue

import (
	"testing"
	"time"
)

func TestEveryWayOfRecurringIsKnownAgainByItsRule(t *testing.T) {
	for day := time.Date(2026, 12, 1, 0, 0, 0, 0, Tokyo); day.Month() == time.December; day = day.AddDate(0, 0, 1) {
		for _, repeat := range []string{Once, EveryWeek, TwoWeeks, NthWeek, LastWeek, SameDate} {
			want := repeat
			if repeat == NthWeek && day.Day() > 28 {
				want = LastWeek // a fifth week is not in every month
			}
			if got := RepeatOf(RuleOf(repeat, day)); got != want {
				t.Errorf("%s on %s: got %q, want %q", repeat, day.Format(time.DateOnly), got, want)
			}
		}
	}
	if got := RepeatOf("FREQ=YEARLY"); got != "" {
		t.Errorf("a rule of its own: got %q, want none of ours", got)
	}
}
