package catalogue

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// Day is a calendar day, "2026-11-21"; Local is a time of the day there,
// "2026-11-21T14:00". A clock on the wall means the same whatever a zone does.
type (
	Day   string
	Local string
)

const (
	dayForm   = "2006-01-02"
	localForm = "2006-01-02T15:04"
)

// DayOf is the day of t in its own zone.
func DayOf(t time.Time) Day { return Day(t.Format(dayForm)) }

// LocalOf is the wall clock of t in its own zone.
func LocalOf(t time.Time) Local { return Local(t.Format(localForm)) }

// Day is the day of a local time.
func (l Local) Day() Day {
	if len(l) < len(dayForm) {
		return ""
	}
	return Day(l[:len(dayForm)])
}

// In is the moment at which a clock in the zone shows l.
func (l Local) In(zone *time.Location) (time.Time, error) {
	return time.ParseInLocation(localForm, string(l), zone)
}

// Holidays says what a holiday of the house does to a recurrence.
type Holidays string

// What holidays do.
const (
	HolidaysOff Holidays = "off" // 祝日と年末年始はお休み
	HolidaysOn  Holidays = ""    // as usual
)

// Change is what became of one date: it is off, or it is at another time. A
// cancelled date stays known until it is past, so that whoever noted it sees it.
type Change struct {
	Day   Day   `json:"day"`             // the date as it was
	Start Local `json:"start,omitempty"` // moved there; "" = cancelled
	End   Local `json:"end,omitempty"`
}

// When says when something is: once, or again and again.
type When struct {
	Start    Local    `json:"start"`
	End      Local    `json:"end"`
	Zone     string   `json:"zone,omitempty"`     // TZID; "" = Asia/Tokyo
	Rule     string   `json:"rule,omitempty"`     // RRULE, as far as [CheckRule] lets it; "" = once
	Except   []Day    `json:"except,omitempty"`   // never were
	Extra    []Local  `json:"extra,omitempty"`    // further starts, as long as the first
	Changes  []Change `json:"changes,omitempty"`  // were announced and changed
	Holidays Holidays `json:"holidays,omitempty"` // what the house's closed days do to Rule
}

// Occurrence is one time that it is.
type Occurrence struct {
	Day        Day // the date as first announced: its name in calendars
	Start, End time.Time
	Off        bool      // cancelled
	Was        time.Time // when it was to be, if it moved
}

// Closed are the house's holidays and other closed days, by name.
type Closed map[string]string

// Last is the last day that the table knows; beyond it nobody knows the holidays.
func (c Closed) Last() Day {
	last := ""
	for d := range c {
		last = max(last, d)
	}
	return Day(last)
}

// Location is the zone of w; what cannot be found is Japan's, which knows no summer time.
func (w *When) Location() *time.Location {
	if w.Zone != "" && w.Zone != Tokyo.String() {
		if z, err := time.LoadLocation(w.Zone); err == nil {
			return z
		}
	}
	return Tokyo
}

// Tokyo is the zone of every house so far.
var Tokyo = time.FixedZone("Asia/Tokyo", 9*60*60)

// longest keeps an occurrence within what a page can tell.
const longest = 7 * 24 * time.Hour

// span is the first time, and how long each lasts on the wall clock.
func (w *When) span() (start time.Time, long time.Duration, err error) {
	if start, err = w.Start.In(time.UTC); err != nil {
		return start, 0, errors.New("始まりの日時が読めません。2026-11-21T14:00 の形で書きます")
	}
	end, err := w.End.In(time.UTC)
	if err != nil {
		return start, 0, errors.New("終わりの日時が読めません。2026-11-21T16:00 の形で書きます")
	}
	long = end.Sub(start)
	if long <= 0 || long > longest {
		return start, 0, errors.New("終わりは始まりより後で、7日以内です")
	}
	return start, long, nil
}

// Check tells what is wrong with w.
func (w *When) Check() error {
	if _, _, err := w.span(); err != nil {
		return err
	}
	if w.Zone != "" && w.Zone != Tokyo.String() {
		if _, err := time.LoadLocation(w.Zone); err != nil {
			return fmt.Errorf("時間帯「%s」を知りません", w.Zone)
		}
	}
	if len(w.Except)+len(w.Extra)+len(w.Changes) > MaxChanges {
		return fmt.Errorf("お休みや変更の日は、あわせて%dまでです", MaxChanges)
	}
	for _, d := range w.Except {
		if _, err := time.Parse(dayForm, string(d)); err != nil {
			return fmt.Errorf("お休みの日「%s」が読めません", d)
		}
	}
	for _, l := range w.Extra {
		if _, err := l.In(time.UTC); err != nil {
			return fmt.Errorf("ほかの日「%s」が読めません", l)
		}
	}
	for _, c := range w.Changes {
		if err := c.check(); err != nil {
			return err
		}
	}
	if w.Rule == "" {
		return nil
	}
	return CheckRule(w.Rule)
}

func (c Change) check() error {
	if _, err := time.Parse(dayForm, string(c.Day)); err != nil {
		return fmt.Errorf("変更の日「%s」が読めません", c.Day)
	}
	if c.Start == "" && c.End == "" {
		return nil
	}
	_, _, err := (&When{Start: c.Start, End: c.End}).span()
	return err
}

// CheckRule lets through the rules that a calendar on a wall could hold: by the
// day, week, month or year, on weekdays or days of the month. A rule by the
// second would be a bomb.
func CheckRule(rule string) error {
	if len(rule) > 200 {
		return errors.New("くり返しが長すぎます")
	}
	for _, part := range strings.Split(rule, ";") {
		key, val, _ := strings.Cut(part, "=")
		switch key {
		case "FREQ":
			if val != "DAILY" && val != "WEEKLY" && val != "MONTHLY" && val != "YEARLY" {
				return fmt.Errorf("くり返し「%s」は使えません。日・週・月・年のどれかです", val)
			}
		case "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST":
		default:
			return fmt.Errorf("くり返しの「%s」は使えません", key)
		}
	}
	opt, err := rrule.StrToROption(rule)
	if err != nil {
		return errors.New("くり返しが読めません")
	}
	if opt.Interval < 0 || opt.Interval > 60 || opt.Count < 0 || opt.Count > 2000 {
		return errors.New("くり返しの間隔か回数が大きすぎます")
	}
	if _, err := rrule.NewRRule(*opt); err != nil {
		return errors.New("くり返しが読めません")
	}
	return nil
}

// Occurrences are the times of w that touch the stretch from … to, in order.
// Cancelled ones are among them, marked.
func (w *When) Occurrences(from, to time.Time, closed Closed) ([]Occurrence, error) {
	first, long, err := w.span()
	if err != nil {
		return nil, err
	}
	zone := w.Location()
	// A moved date may stand anywhere, so it is looked for by its own time.
	changed := make(map[Day]Change, len(w.Changes))
	for _, c := range w.Changes {
		changed[c.Day] = c
	}
	starts, err := w.starts(first, wall(from.In(zone)).Add(-long), wall(to.In(zone)), closed)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool, len(starts))
	var out []Occurrence
	add := func(o Occurrence) {
		key := string(o.Day) + o.Start.String()
		if !seen[key] && o.Start.Before(to) && o.End.After(from) {
			seen[key] = true
			out = append(out, o)
		}
	}
	for _, s := range starts {
		day := DayOf(s)
		if c, ok := changed[day]; ok && c.Start != "" {
			continue // added below, where it stands now
		} else {
			add(Occurrence{Day: day, Start: onWall(s, zone), End: onWall(s.Add(long), zone), Off: ok})
		}
	}
	for _, c := range changed {
		if c.Start != "" && w.stood(c.Day, first, closed) {
			add(c.moved(first, zone))
		}
	}
	sort.Slice(out, func(i, j int) bool {
		if !out[i].Start.Equal(out[j].Start) {
			return out[i].Start.Before(out[j].Start)
		}
		return out[i].Day < out[j].Day
	})
	return out, nil
}

// moved is where a moved date stands now; first tells at which time it was to be.
func (c Change) moved(first time.Time, zone *time.Location) Occurrence {
	s, _ := c.Start.In(zone)
	e, _ := c.End.In(zone)
	d, _ := time.Parse(dayForm, string(c.Day))
	was := onWall(d.Add(first.Sub(first.Truncate(24*time.Hour))), zone)
	return Occurrence{Day: c.Day, Start: s, End: e, Was: was}
}

// stood tells whether a date was among the announced ones: what never was cannot move.
func (w *When) stood(d Day, first time.Time, closed Closed) bool {
	day, err := time.Parse(dayForm, string(d))
	if err != nil {
		return false
	}
	starts, err := w.starts(first, day, day.Add(24*time.Hour-time.Second), closed)
	return err == nil && len(starts) > 0
}

// starts are the wall-clock starts between from and to (both included), written
// as if the wall were in UTC.
func (w *When) starts(first, from, to time.Time, closed Closed) ([]time.Time, error) {
	var starts []time.Time
	if w.Rule == "" {
		starts = []time.Time{first}
	} else {
		if err := CheckRule(w.Rule); err != nil {
			return nil, err
		}
		opt, err := rrule.StrToROption(w.Rule)
		if err != nil {
			return nil, fmt.Errorf("catalogue: rule: %w", err)
		}
		opt.Dtstart = nearer(opt, first, from)
		r, err := rrule.NewRRule(*opt)
		if err != nil {
			return nil, fmt.Errorf("catalogue: rule: %w", err)
		}
		starts = r.Between(from, to, true)
	}
	off := make(map[Day]bool, len(w.Except))
	for _, d := range w.Except {
		off[d] = true
	}
	var out []time.Time
	for _, s := range starts {
		d := DayOf(s)
		_, holiday := closed[string(d)]
		if off[d] || s.Before(from) || s.After(to) || holiday && w.Rule != "" && w.Holidays == HolidaysOff {
			continue
		}
		out = append(out, s)
	}
	for _, l := range w.Extra {
		if s, err := l.In(time.UTC); err == nil && !s.Before(from) && !s.After(to) {
			out = append(out, s)
		}
	}
	return out, nil
}

// nearer moves the first date of an endless rule near to the stretch asked for,
// where that cannot change which dates there are: a weekly tea of ten years is
// not counted from its first cup.
func nearer(opt *rrule.ROption, first, from time.Time) time.Time {
	gap := from.Sub(first) - 48*time.Hour
	if opt.Count > 0 || gap <= 0 {
		return first
	}
	switch n := max(opt.Interval, 1); opt.Freq {
	case rrule.DAILY:
		step := time.Duration(n) * 24 * time.Hour
		return first.Add(gap / step * step)
	case rrule.WEEKLY:
		step := time.Duration(n) * 7 * 24 * time.Hour
		return first.Add(max(0, gap/step-1) * step)
	}
	return first
}

// wall writes the wall clock of t as if it were in UTC; onWall is the way back.
func wall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

func onWall(t time.Time, zone *time.Location) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
}
