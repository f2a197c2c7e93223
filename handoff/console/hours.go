package console

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/staff"
)

// Opening is when somebody reads, as it can be changed here; *handoff.Shifts is one.
type Opening interface {
	Hours(ctx context.Context) (handoff.Hours, error)
	SetHours(ctx context.Context, h handoff.Hours, by string) error
	InForce() *flows.House
}

var keepsHours = []staff.Role{staff.Supervisor, staff.Administrator}

var hourRoutes = []route{
	{http.MethodGet, "/hours", keepsHours, (*console).hours},
	{http.MethodPost, "/hours/week", keepsHours, (*console).hoursWeek},
	{http.MethodPost, "/hours/day", keepsHours, (*console).hoursDay},
	{http.MethodPost, "/hours/drop", keepsHours, (*console).hoursDrop},
}

// hoursView shows the weekly hours and the days that are not as usual.
type hoursView struct {
	Page    page
	Alarms  []alarmView
	Trouble string
	Rev     int64
	Week    []weekdayView
	Own     bool // the week was changed here
	Days    []dayView
	Changed string // by whom and when
	Switch  bool   // there are switches for today and for a disaster
}

// weekdayView is one weekday; Value is as it is typed.
type weekdayView struct{ Field, Name, Value string }

type dayView struct {
	Date, Name, Says string
	Ours             bool // put here, so that it can be taken away here
}

func (c *console) hours(v *visit) error { return c.hoursPage(v, http.StatusOK, "") }

func (c *console) hoursPage(v *visit, status int, trouble string) error {
	if c.Opening == nil {
		return errMissing
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	h, err := c.Opening.Hours(ctx)
	if err != nil {
		return err
	}
	house := c.Opening.InForce()
	view := hoursView{Trouble: trouble, Rev: h.Rev, Own: h.Week != nil, Switch: c.Notices != nil}
	for i := range 7 {
		d := time.Weekday((i + 1) % 7) // a week begins on Monday
		view.Week = append(view.Week, weekdayView{
			Field: "d" + strconv.Itoa(int(d)), Name: say("hours.weekday", "weekday", say("weekday."+strconv.Itoa(int(d)))), Value: typedSpans(house.Hours[d]),
		})
	}
	view.Days = c.dayViews(h, house, say)
	if h.By != "" {
		view.Changed = say("hours.changed", "staff", cmp.Or(c.aliases(ctx)[h.By], h.By), "time", say.moment(h.At.In(c.zone()), c.now()))
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "hours", say("hours.title"))
	return c.render(v, status, "hours", view)
}

// dayViews are the days to come that are not as usual, in their order.
func (c *console) dayViews(h handoff.Hours, house *flows.House, say sayer) (out []dayView) {
	today := c.now().Format(time.DateOnly)
	add := func(date, why string, open, ours bool) {
		t, err := time.Parse(time.DateOnly, date)
		if err != nil || date < today {
			return
		}
		key := "hours.closed"
		if open {
			key = "hours.open"
		}
		out = append(out, dayView{Date: date, Name: say("hours.date", "year", t.Year(), "day", say.date(t)), Says: say(key, "why", why), Ours: ours})
	}
	for date, why := range house.Closed {
		_, ours := h.Days[date]
		add(date, why, false, ours)
	}
	for date, d := range h.Days {
		if d.Open {
			add(date, d.Why, true, true)
		}
	}
	slices.SortFunc(out, func(a, b dayView) int { return cmp.Compare(a.Date, b.Date) })
	return out
}

// hoursWeek changes the hours of every week, or goes back to those of house.yaml.
func (c *console) hoursWeek(v *visit) error {
	return c.changeHours(v, func(h *handoff.Hours) bool {
		if v.form("do") == "usual" {
			h.Week = nil
			return true
		}
		week, ok := v.week()
		h.Week = week
		return ok
	})
}

// week are the seven days of a form; a day without hours is closed.
func (v *visit) week() (map[time.Weekday][]flows.Span, bool) {
	week := map[time.Weekday][]flows.Span{}
	for d := time.Sunday; d <= time.Saturday; d++ {
		spans, ok := spansOf(v.form("d" + strconv.Itoa(int(d))))
		if !ok {
			return nil, false
		}
		if len(spans) > 0 {
			week[d] = spans
		}
	}
	return week, true
}

// hoursDay makes one day another than its weekday.
func (c *console) hoursDay(v *visit) error {
	return c.changeHours(v, func(h *handoff.Hours) bool {
		date := strings.TrimSpace(v.form("date"))
		if date < c.now().Format(time.DateOnly) {
			return false
		}
		if h.Days == nil {
			h.Days = map[string]handoff.Day{}
		}
		h.Days[date] = handoff.Day{Open: v.form("open") == "yes", Why: strings.TrimSpace(v.form("why"))}
		return true
	})
}

func (c *console) hoursDrop(v *visit) error {
	return c.changeHours(v, func(h *handoff.Hours) bool {
		delete(h.Days, v.form("date"))
		return true
	})
}

// changeHours changes what somebody looked at. Whoever was slower looks again.
func (c *console) changeHours(v *visit, change func(*handoff.Hours) bool) error {
	if c.Opening == nil {
		return errMissing
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	h, err := c.Opening.Hours(ctx)
	if err != nil {
		return err
	}
	if v.form("rev") != strconv.FormatInt(h.Rev, 10) {
		return c.hoursPage(v, http.StatusConflict, say("hours.other"))
	}
	if !change(&h) {
		return c.hoursPage(v, http.StatusUnprocessableEntity, say("hours.bad"))
	}
	switch err := c.Opening.SetHours(ctx, h, v.Name); {
	case errors.Is(err, handoff.ErrHours):
		return c.hoursPage(v, http.StatusUnprocessableEntity, say("hours.bad"))
	case errors.Is(err, handoff.ErrOther):
		return c.hoursPage(v, http.StatusConflict, say("hours.other"))
	case err != nil:
		return err
	}
	c.Log.Info("console: hours changed", "staff", v.Name)
	return v.Redirect(http.StatusSeeOther, "/hours?did=hours")
}

// typedSpans writes hours as people type them: 「9:00-12:00, 13:00-17:00」.
func typedSpans(spans []flows.Span) string {
	var out []string
	for _, s := range spans {
		out = append(out, clockOf(s.From)+"-"+clockOf(s.To))
	}
	return strings.Join(out, ", ")
}

// plainTyping makes one form of what keyboards and habits give.
var plainTyping = strings.NewReplacer("：", ":", "〜", "-", "～", "-", "ー", "-", "－", "-", "–", "-", "、", ",", "，", ",", " ", "", "　", "",
	"０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9")

// spansOf reads them; nothing means closed.
func spansOf(typed string) (out []flows.Span, ok bool) {
	typed = plainTyping.Replace(typed)
	if typed == "" {
		return nil, true
	}
	for _, part := range strings.Split(typed, ",") {
		from, to, found := strings.Cut(part, "-")
		f, okF := minuteOf(from)
		t, okT := minuteOf(to)
		if to == "24:00" {
			t, okT = dayEnd, true
		}
		if !found || !okF || !okT || t <= f {
			return nil, false
		}
		out = append(out, flows.Span{From: f, To: t})
	}
	return out, true
}

const dayEnd = 24 * 60
