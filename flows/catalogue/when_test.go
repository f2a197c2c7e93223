package catalogue_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"engawa/flows/catalogue"
)

var holidays = catalogue.Closed{"2026-11-23": "勤労感謝の日", "2026-12-30": "年末年始", "2027-01-01": "元日", "2027-01-02": "年末年始"}

func times(t *testing.T, w catalogue.When, from, to string) []string {
	t.Helper()
	if err := w.Check(); err != nil {
		t.Fatal(err)
	}
	got, err := w.Occurrences(at(from), at(to), holidays)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, o := range got {
		s := o.Start.Format("2006-01-02 15:04") + "-" + o.End.Format("02 15:04")
		if o.Off {
			s += " off"
		}
		if !o.Was.IsZero() {
			s += " was " + o.Was.Format("01-02 15:04")
		}
		out = append(out, s)
	}
	return out
}

func TestRecurrencesAsGroupsSayThem(t *testing.T) {
	tea := catalogue.When{Start: "2026-11-14T14:00", End: "2026-11-14T16:00"}
	for name, c := range map[string]struct {
		change   func(*catalogue.When)
		from, to string
		want     []string
	}{
		"once": {func(*catalogue.When) {}, "2026-11-01 00:00", "2027-02-01 00:00", []string{"2026-11-14 14:00-14 16:00"}},
		"every 2nd Saturday, over the end of the year, not on holidays": {func(w *catalogue.When) {
			w.Rule, w.Holidays = catalogue.Monthly(2, time.Saturday), catalogue.HolidaysOff
		}, "2026-11-01 00:00", "2027-02-01 00:00", []string{"2026-11-14 14:00-14 16:00", "2026-12-12 14:00-12 16:00", "2027-01-09 14:00-09 16:00"}},
		"last Wednesday, 30 December is closed": {func(w *catalogue.When) {
			w.Start, w.End, w.Rule, w.Holidays = "2026-10-28T10:00", "2026-10-28T11:00", catalogue.Monthly(-1, time.Wednesday), catalogue.HolidaysOff
		}, "2026-10-01 00:00", "2027-02-01 00:00", []string{"2026-10-28 10:00-28 11:00", "2026-11-25 10:00-25 11:00", "2027-01-27 10:00-27 11:00"}},
		"last Wednesday, holidays or not": {func(w *catalogue.When) {
			w.Start, w.End, w.Rule = "2026-11-25T10:00", "2026-11-25T11:00", catalogue.Monthly(-1, time.Wednesday)
		}, "2026-12-01 00:00", "2027-01-10 00:00", []string{"2026-12-30 10:00-30 11:00"}},
		"one date cancelled, one moved, one more": {func(w *catalogue.When) {
			w.Rule = catalogue.Monthly(2, time.Saturday)
			w.Changes = []catalogue.Change{{Day: "2026-12-12"}, {Day: "2027-01-09", Start: "2027-01-16T15:00", End: "2027-01-16T17:00"}}
			w.Extra = []catalogue.Local{"2026-12-20T14:00"}
		}, "2026-11-01 00:00", "2027-02-01 00:00", []string{"2026-11-14 14:00-14 16:00", "2026-12-12 14:00-12 16:00 off", "2026-12-20 14:00-20 16:00", "2027-01-16 15:00-16 17:00 was 01-09 14:00"}},
		"across midnight": {func(w *catalogue.When) {
			w.Start, w.End, w.Rule = "2026-12-31T22:00", "2027-01-01T05:00", catalogue.Weekly(1, time.Thursday)
		}, "2027-01-01 01:00", "2027-01-02 00:00", []string{"2026-12-31 22:00-01 05:00"}},
		"every two weeks": {func(w *catalogue.When) { w.Rule = catalogue.Weekly(2, time.Saturday) },
			"2027-01-01 00:00", "2027-02-01 00:00", []string{"2027-01-09 14:00-09 16:00", "2027-01-23 14:00-23 16:00"}},
		"a date that never was cannot move": {func(w *catalogue.When) {
			w.Rule = catalogue.Monthly(2, time.Saturday)
			w.Changes = []catalogue.Change{{Day: "2026-12-13", Start: "2026-12-14T15:00", End: "2026-12-14T17:00"}}
		}, "2026-12-01 00:00", "2027-01-01 00:00", []string{"2026-12-12 14:00-12 16:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := tea
			c.change(&w)
			if diff := cmp.Diff(c.want, times(t, w, c.from, c.to)); diff != "" {
				t.Errorf("want, got:\n%s", diff)
			}
		})
	}
}

func TestARuleBySecondsIsRefused(t *testing.T) {
	for _, rule := range []string{"FREQ=SECONDLY", "FREQ=DAILY;BYSECOND=1", "FREQ=WEEKLY;INTERVAL=-1", "FREQ=DAILY;COUNT=99999999", "nonsense", "FREQ=MONTHLY;BYDAY=9XX"} {
		if catalogue.CheckRule(rule) == nil {
			t.Errorf("%s is let through", rule)
		}
	}
}

// The stretch asked for must not change what there is: what a year holds is
// what its pieces hold, and each time is on the clock that was written.
func TestAnyStretchHoldsWhatTheWholeHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := at("2024-01-01 00:00").Add(time.Duration(rapid.IntRange(0, 700*24*2).Draw(t, "start")) * 30 * time.Minute)
		long := time.Duration(rapid.IntRange(1, 30).Draw(t, "long")) * 30 * time.Minute
		day := time.Weekday(rapid.IntRange(0, 6).Draw(t, "day"))
		rule := rapid.SampledFrom([]string{catalogue.Weekly(1, day), catalogue.Weekly(2, day), catalogue.Weekly(3, day, (day+2)%7), catalogue.Monthly(2, day),
			catalogue.Monthly(-1, day), "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=WEEKLY;COUNT=70", "FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU"}).Draw(t, "rule")
		w := catalogue.When{Start: catalogue.LocalOf(start), End: catalogue.LocalOf(start.Add(long)), Rule: rule}
		from := start.AddDate(0, 0, rapid.IntRange(-10, 900).Draw(t, "from"))
		mid, to := from.Add(time.Duration(rapid.IntRange(1, 60*24).Draw(t, "mid"))*time.Hour), from.AddDate(0, 4, 0)
		ask := func(a, b time.Time) []catalogue.Occurrence {
			o, err := w.Occurrences(a, b, nil)
			if err != nil {
				t.Fatal(err)
			}
			return o
		}
		whole := ask(from, to)
		parts := ask(from, mid)
		for _, o := range ask(mid, to) {
			if !slices.Contains(parts, o) {
				parts = append(parts, o)
			}
		}
		if diff := cmp.Diff(whole, parts); diff != "" {
			t.Fatalf("%s: whole, parts:\n%s", rule, diff)
		}
		all := ask(start.Add(-time.Hour), to)
		for _, o := range whole {
			if !slices.Contains(all, o) {
				t.Fatalf("%s: %v is not there when asked from the beginning", rule, o)
			}
			if o.Start.Format("15:04") != start.Format("15:04") || o.End.Sub(o.Start) != long {
				t.Fatalf("%s: %v is not on the clock that was written", rule, o)
			}
		}
	})
}

func TestTimesAreReadFromWords(t *testing.T) {
	for said, want := range map[string]int{
		"第4木曜の19時から20時半": 1, "第2・第4日曜の11時から14時": 2, "土曜の21時から22時": 1, "平日の9時から17時": 5, "火曜・木曜・土曜の10時から16時": 3,
		"月曜から土曜の10時から16時": 6, "平日の9時から17時、土曜の9時から12時": 6, "第3土曜は24時間": 1, "最後の水曜の13時半から15時": 1, "毎日の22時から6時": 7,
		"電話は夜も休みの日も。文字のチャットは12時から22時": 0, "だいたい昼": 0,
	} {
		if got := catalogue.SaidTimes(said); len(got) != want {
			t.Errorf("%s: got %v, want %d times", said, got, want)
		}
	}
}

func TestOpenNowIsRightAcrossMidnight(t *testing.T) {
	night := catalogue.Entry{Times: catalogue.SaidTimes("毎日の22時から6時")}
	third := catalogue.Entry{Times: append(catalogue.SaidTimes("第3土曜は24時間"), catalogue.SaidTimes("平日の9時から17時")...)}
	for _, c := range []struct {
		e    catalogue.Entry
		when string
		open bool
		next string
	}{
		{night, "2026-11-20 23:59", true, "2026-11-21 06:00"},
		{night, "2026-11-21 00:00", true, "2026-11-21 06:00"},
		{night, "2026-11-21 05:59", true, "2026-11-21 06:00"},
		{night, "2026-11-21 06:00", false, "2026-11-21 22:00"},
		{night, "2026-12-31 23:30", true, "2027-01-01 06:00"},
		{third, "2026-11-21 03:00", true, "2026-11-22 00:00"},
		{third, "2026-11-20 18:00", false, "2026-11-21 00:00"},
		{third, "2026-11-23 10:00", false, "2026-11-24 09:00"}, // a holiday
	} {
		open, next, known := c.e.OpenAt(at(c.when), holidays)
		if open != c.open || !next.Equal(at(c.next)) || !known {
			t.Errorf("%s: got open %v until %v, want %v until %s", c.when, open, next, c.open, c.next)
		}
	}
}

// Whatever the hours, walking from change to change meets every minute with the
// answer that the minute itself gives.
func TestOpenNowAgreesWithItselfFromChangeToChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var e catalogue.Entry
		for range rapid.IntRange(1, 4).Draw(t, "rules") {
			s := at("2026-11-02 00:00").Add(time.Duration(rapid.IntRange(0, 7*48).Draw(t, "start")) * 30 * time.Minute)
			e.Times = append(e.Times, catalogue.When{Start: catalogue.LocalOf(s), End: catalogue.LocalOf(s.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "long")) * 30 * time.Minute)),
				Rule: rapid.SampledFrom([]string{"FREQ=WEEKLY", "FREQ=DAILY", "FREQ=DAILY;INTERVAL=2"}).Draw(t, "rule"), Holidays: catalogue.HolidaysOff})
		}
		now := at("2026-11-20 00:00")
		for range 6 {
			open, next, _ := e.OpenAt(now, holidays)
			between := now.Add(next.Sub(now) / 2)
			if again, until, _ := e.OpenAt(between, holidays); again != open || !until.Equal(next) && next.Sub(now) < 14*24*time.Hour {
				t.Fatalf("at %v open %v until %v, but at %v open %v until %v", now, open, next, between, again, until)
			}
			if after, _, _ := e.OpenAt(next, holidays); after == open && next.Sub(now) < 14*24*time.Hour {
				t.Fatalf("at %v nothing changes", next)
			}
			now = next
		}
	})
}

func TestTenThousandExceptionsAreReadInTime(t *testing.T) {
	w := catalogue.When{Start: "2000-01-01T10:00", End: "2000-01-01T11:00", Rule: "FREQ=DAILY"}
	for d := at("2000-01-01 00:00"); len(w.Except) < catalogue.MaxChanges; d = d.AddDate(0, 0, 1) {
		w.Except = append(w.Except, catalogue.DayOf(d))
	}
	if got := times(t, w, "2000-01-01 00:00", "2027-05-20 00:00"); len(got) != 1 || got[0] != "2027-05-19 10:00-19 11:00" {
		t.Errorf("got %v, want only the day after the exceptions", got)
	}
	w.Except = append(w.Except, "2030-01-01")
	if w.Check() == nil {
		t.Error("more exceptions than a calendar can hold are let through")
	}
}

func TestTimesAreSaidAsPeopleSayThem(t *testing.T) {
	now := at("2026-11-19 12:00")
	o := catalogue.Occurrence{Start: at("2026-11-21 14:00"), End: at("2026-11-21 16:30")}
	if got, want := o.Words(now), "こんどの土曜 午後2時から4時半まで"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	w := catalogue.When{Start: "2026-11-14T14:00", Rule: catalogue.Monthly(2, time.Saturday), Holidays: catalogue.HolidaysOff}
	if got, want := w.RuleWords(), "毎月 第2土曜(祝日と年末年始はお休み)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
