package console

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

// fakeOpening keeps hours in memory, over a house that is open on weekdays.
type fakeOpening struct {
	mu sync.Mutex
	is handoff.Hours
}

func (f *fakeOpening) Hours(context.Context) (handoff.Hours, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.is, nil
}

func (f *fakeOpening) SetHours(_ context.Context, h handoff.Hours, by string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if h.Rev != f.is.Rev {
		return handoff.ErrOther
	}
	h.Rev, h.By = h.Rev+1, by
	f.is = h
	return nil
}

func (f *fakeOpening) InForce() *flows.House {
	f.mu.Lock()
	defer f.mu.Unlock()
	week := f.is.Week
	if week == nil {
		week = map[time.Weekday][]flows.Span{time.Monday: {{From: 9 * 60, To: 17 * 60}}}
	}
	return &flows.House{Zone: japan, Hours: week, Closed: map[string]string{"2026-12-29": "年末年始", "2026-01-01": "元日"}}
}

func withOpening(f *fakeOpening) func(*Parts) { return func(p *Parts) { p.Opening = f } }

func TestASupervisorChangesTheHoursWithoutARelease(t *testing.T) {
	f := &fakeOpening{}
	h := newHouse(t, withOpening(f))
	b := h.as(t, "kaede")
	page := b.get("/hours")
	page.wants(t, http.StatusOK, `value="09:00-17:00"`, "年末年始", "house.yaml の休みです", "時間と休み")
	page.lacks(t, "元日") // gone by
	b.post("/hours/week", "rev", "0", "d1", "９：００〜１２：００、13:00-17:30", "d2", "").wants(t, http.StatusOK, "変えました", `value="09:00-12:00, 13:00-17:30"`, "最後に変えたのはかえで")
	if got := f.is.Week; len(got) != 1 || got[time.Monday][1] != (flows.Span{From: 13 * 60, To: 17*60 + 30}) {
		t.Errorf("the week is %v", got)
	}
	b.post("/hours/day", "rev", "0", "date", "2026-12-01", "why", "研修").wants(t, http.StatusConflict, "ほかの人が先に変えました")
	b.post("/hours/day", "rev", "1", "date", "2026-12-01", "why", "研修").wants(t, http.StatusOK)
	b.post("/hours/day", "rev", "2", "date", "2026-12-29", "open", "yes").wants(t, http.StatusOK, "いつもどおり開けます")
	if got := f.is.Days; got["2026-12-01"] != (handoff.Day{Why: "研修"}) || !got["2026-12-29"].Open {
		t.Errorf("the days are %v", got)
	}
	for _, bad := range [][]string{{"/hours/week", "d1", "9時から"}, {"/hours/week", "d1", "17:00-9:00"}, {"/hours/day", "date", "2026-11-01"}} {
		b.post(bad[0], "rev", "3", bad[1], bad[2]).wants(t, http.StatusUnprocessableEntity, "まだ何も変わっていません")
	}
	b.post("/hours/drop", "rev", "3", "date", "2026-12-01").wants(t, http.StatusOK)
	b.post("/hours/week", "rev", "4", "do", "usual").wants(t, http.StatusOK, `value="09:00-17:00"`)
	if f.is.Week != nil || len(f.is.Days) != 1 {
		t.Errorf("in the end: %+v", f.is)
	}
}

func TestOnlyWhoKeepsTheRosterSeesTheHours(t *testing.T) {
	h := newHouse(t, withOpening(&fakeOpening{}))
	h.as(t, "admin").get("/hours").wants(t, http.StatusOK)
	for _, who := range []string{"audit", "group"} {
		b := h.as(t, who)
		b.get("/hours").wants(t, http.StatusForbidden)
		b.post("/hours/drop", "rev", "0", "date", "2026-12-29").wants(t, http.StatusForbidden)
	}
	for typed, want := range map[string]string{"": "", "9:00-24:00": "09:00-24:00", " 9:00 ～ 12:00 ": "09:00-12:00"} {
		if spans, ok := spansOf(typed); !ok || typedSpans(spans) != want {
			t.Errorf("%q is read as %q, %v", typed, typedSpans(spans), ok)
		}
	}
	if _, ok := spansOf(strings.Repeat("9:00-", 3)); ok {
		t.Error("half a time is a time")
	}
}

func TestTheHoursPageIsUsableByEverybody(t *testing.T) {
	h := newHouse(t, withOpening(&fakeOpening{}), func(p *Parts) { p.Guest = Guest{Code: "teatime", Name: "kaede"} })
	for _, on := range []size{desktop, phone} {
		v := h.signedIn(t, on, "light")
		v.open("/hours")
		v.axe("hours")
		v.shot(on.name + "-light-hours")
	}
}
