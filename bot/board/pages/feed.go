package pages

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-ical"
	"github.com/labstack/echo/v4"

	"engawa/flows/catalogue"
)

func (g *Pages) feedAll(c echo.Context) error {
	return g.feed(c, g.House().Name, func(*catalogue.Entry) bool { return true })
}

func (g *Pages) feedEvent(c echo.Context) error {
	id, _ := strings.CutSuffix(c.Param("id"), ".ics")
	return g.feed(c, g.House().Name, func(e *catalogue.Entry) bool { return e.ID == id })
}

func (g *Pages) feedArea(c echo.Context) error {
	name, _ := strings.CutSuffix(c.Param("name"), ".ics")
	return g.feed(c, g.House().Name+" "+name, func(e *catalogue.Entry) bool { return e.Where.Area == name })
}

func (g *Pages) feedTag(c echo.Context) error {
	name, _ := strings.CutSuffix(c.Param("name"), ".ics")
	return g.feed(c, g.House().Name+" "+name, func(e *catalogue.Entry) bool { return tagged(e, name) })
}

func (g *Pages) feed(c echo.Context, name string, in func(*catalogue.Entry) bool) error {
	var all []*catalogue.Entry
	now := g.Now()
	for _, e := range g.Entries() {
		if e.Kind != catalogue.Contact && e.Kind != catalogue.Service && in(e) && (e.Shown(now) || gone(e)) {
			all = append(all, e)
		}
	}
	body, err := Calendar(name, g.URL(), all, g.closed(), now)
	if err != nil {
		return err
	}
	return g.cached(c, "text/calendar; charset=utf-8", body)
}

// gone tells that an entry is off as a whole, which calendars must be told.
func gone(e *catalogue.Entry) bool {
	return e.State == catalogue.Cancelled || e.State == catalogue.Recalled
}

// Calendar writes entries as a calendar feed. Dates that are off stay as
// CANCELLED, without a word, until they are past.
func Calendar(name, site string, entries []*catalogue.Entry, closed catalogue.Closed, now time.Time) ([]byte, error) {
	cal := ical.NewCalendar()
	cal.Props.SetText(ical.PropProductID, "-//engawa//calendar//JA")
	cal.Props.SetText(ical.PropVersion, "2.0")
	cal.Props.SetText("CALSCALE", "GREGORIAN")
	cal.Props.SetText("METHOD", "PUBLISH")
	cal.Props.SetText("NAME", name)
	cal.Props.SetText("X-WR-CALNAME", name)
	refresh := ical.NewProp("REFRESH-INTERVAL")
	refresh.SetValueType(ical.ValueDuration)
	refresh.Value = "PT6H"
	cal.Props.Set(refresh)
	cal.Children = append(cal.Children, japan())
	for _, e := range entries {
		for i := range e.Times {
			cal.Children = append(cal.Children, events(e, i, site, closed, now)...)
		}
	}
	var b bytes.Buffer
	if err := ical.NewEncoder(&b).Encode(cal); err != nil {
		return nil, fmt.Errorf("pages: feed: %w", err)
	}
	return fold(b.Bytes()), nil
}

// japan is the zone, which has known no summer time since 1951.
func japan() *ical.Component {
	zone, std := ical.NewComponent(ical.CompTimezone), ical.NewComponent(ical.CompTimezoneStandard)
	zone.Props.SetText(ical.PropTimezoneID, catalogue.Tokyo.String())
	set := func(name, value string) {
		p := ical.NewProp(name)
		p.Value = value
		std.Props.Set(p)
	}
	set(ical.PropDateTimeStart, "19510909T000000")
	set(ical.PropTimezoneOffsetFrom, "+0900")
	set(ical.PropTimezoneOffsetTo, "+0900")
	set(ical.PropTimezoneName, "JST")
	zone.Children = append(zone.Children, std)
	return zone
}

// past is how long a date that is off is still told.
const past = 24 * time.Hour

// events are one time of an entry: the series, and each date that changed.
func events(e *catalogue.Entry, i int, site string, closed catalogue.Closed, now time.Time) []*ical.Component {
	w := e.Times[i]
	plain := catalogue.When{Start: w.Start, End: w.End, Zone: w.Zone, Rule: w.Rule, Except: w.Except, Holidays: w.Holidays}
	first, ok := firstOf(&plain, closed)
	if !ok {
		return nil
	}
	last := endOf(closed, now)
	if gone(e) && !anyLeft(&w, closed, now) {
		return nil
	}
	uid := e.ID + "-" + strconv.Itoa(i) + "@engawa"
	base := event(e, uid, site)
	when(base, ical.PropDateTimeStart, first.Start)
	when(base, ical.PropDateTimeEnd, first.End)
	if gone(e) || w.Rule == "" && len(w.Extra) == 0 {
		if len(w.Changes) > 0 && !gone(e) {
			base, _ = changed(e, &w, w.Changes[len(w.Changes)-1], uid, site)
		}
		series(base, &w, last, nil)
		return []*ical.Component{base}
	}
	out := []*ical.Component{base}
	off := offDays(&plain, first, last, closed)
	for _, c := range w.Changes {
		one, was := changed(e, &w, c, uid, site)
		switch {
		case one == nil:
		case c.Start == "" && was.Before(now.Add(-past)):
			off = append(off, was) // over: it only must not come back
		default:
			when(one, ical.PropRecurrenceID, was)
			out = append(out, one)
		}
	}
	series(base, &w, last, off)
	return out
}

// series writes which further dates there are, and which are none.
func series(base *ical.Component, w *catalogue.When, last time.Time, off []time.Time) {
	if w.Rule != "" {
		rule(base, w, last)
	}
	dates(base, ical.PropExceptionDates, off)
	var more []time.Time
	for _, x := range w.Extra {
		if t, err := x.In(catalogue.Tokyo); err == nil {
			more = append(more, t)
		}
	}
	dates(base, ical.PropRecurrenceDates, more)
}

// event is what every form of an entry carries. One that is off carries no text.
func event(e *catalogue.Entry, uid, site string) *ical.Component {
	ev := ical.NewComponent(ical.CompEvent)
	ev.Props.SetText(ical.PropUID, uid)
	stamp := e.Changed
	if stamp.IsZero() {
		stamp = e.Verified
	}
	ev.Props.SetDateTime(ical.PropDateTimeStamp, stamp.UTC().Truncate(time.Second))
	sequence := ical.NewProp(ical.PropSequence)
	sequence.Value = strconv.Itoa(int(max(0, stamp.Unix()-1_700_000_000) / 60))
	ev.Props.Set(sequence)
	if gone(e) {
		status(ev, "CANCELLED")
		return ev
	}
	status(ev, "CONFIRMED")
	ev.Props.SetText(ical.PropSummary, e.Name())
	if place := ja(e.Where.Place); place != "" && !e.Where.Asked {
		ev.Props.SetText(ical.PropLocation, place)
	}
	words := append([]string{ja(e.Lead)}, strings.Join(e.Facts, "・"), ja(e.Arrive))
	words = slices.DeleteFunc(words, func(s string) bool { return s == "" })
	ev.Props.SetText(ical.PropDescription, strings.Join(words, "\n"))
	link := ical.NewProp(ical.PropURL)
	link.Value = site + "/event/" + e.ID
	ev.Props.Set(link)
	return ev
}

func status(ev *ical.Component, s string) {
	p := ical.NewProp(ical.PropStatus)
	p.Value = s
	ev.Props.Set(p)
}

// when writes a local time with its zone's name.
func when(ev *ical.Component, name string, t time.Time) {
	p := ical.NewProp(name)
	p.Params.Set(ical.ParamTimezoneID, catalogue.Tokyo.String())
	p.Value = t.In(catalogue.Tokyo).Format("20060102T150405")
	ev.Props.Set(p)
}

func dates(ev *ical.Component, name string, all []time.Time) {
	if len(all) == 0 {
		return
	}
	texts := make([]string, len(all))
	for i, t := range all {
		texts[i] = t.In(catalogue.Tokyo).Format("20060102T150405")
	}
	p := ical.NewProp(name)
	p.Params.Set(ical.ParamTimezoneID, catalogue.Tokyo.String())
	p.Value = strings.Join(texts, ",")
	ev.Props.Set(p)
}

// rule writes the recurrence. One that rests on holidays ends where they are
// known to: a calendar that shows a date on a day nobody is there does harm.
func rule(ev *ical.Component, w *catalogue.When, last time.Time) {
	p := ical.NewProp(ical.PropRecurrenceRule)
	p.Value = w.Rule
	if w.Holidays == catalogue.HolidaysOff && !strings.Contains(w.Rule, "COUNT=") && !strings.Contains(w.Rule, "UNTIL=") {
		p.Value += ";UNTIL=" + last.UTC().Format("20060102T150405Z")
	}
	ev.Props.Set(p)
}

// endOf is the end of the known holidays, or two years on where none are known.
func endOf(closed catalogue.Closed, now time.Time) time.Time {
	if last, err := time.ParseInLocation(time.DateOnly, string(closed.Last()), catalogue.Tokyo); err == nil && last.After(now) {
		return last.Add(24*time.Hour - time.Second)
	}
	return now.AddDate(2, 0, 0)
}

// firstOf is the first date that there is: a series begins with it.
func firstOf(w *catalogue.When, closed catalogue.Closed) (catalogue.Occurrence, bool) {
	start, err := w.Start.In(w.Location())
	if err != nil {
		return catalogue.Occurrence{}, false
	}
	if strings.Contains(w.Rule, "COUNT=") {
		closed = nil // the first of a counted series counts, whatever day it is
	}
	for _, reach := range []int{1, 14, 60, 400} {
		if all, err := w.Occurrences(start, start.AddDate(0, reach, 0), closed); err == nil && len(all) > 0 {
			return all[0], true
		}
	}
	return catalogue.Occurrence{}, false
}

// offDays are the dates that the rule alone would give and that are none.
func offDays(w *catalogue.When, first catalogue.Occurrence, last time.Time, closed catalogue.Closed) (out []time.Time) {
	bare := catalogue.When{Start: w.Start, End: w.End, Zone: w.Zone, Rule: w.Rule}
	all, err := bare.Occurrences(first.Start, last, nil)
	if err != nil {
		return nil
	}
	off := make(map[catalogue.Day]bool, len(w.Except))
	for _, d := range w.Except {
		off[d] = true
	}
	for _, o := range all {
		_, holiday := closed[string(o.Day)]
		if off[o.Day] || holiday && w.Holidays == catalogue.HolidaysOff {
			out = append(out, o.Start)
		}
	}
	return out
}

func anyLeft(w *catalogue.When, closed catalogue.Closed, now time.Time) bool {
	all, err := w.Occurrences(now.Add(-past), now.AddDate(1, 0, 0), closed)
	return err == nil && len(all) > 0
}

// changed is one date that is off or at another time, and when it was to be.
func changed(e *catalogue.Entry, w *catalogue.When, c catalogue.Change, uid, site string) (*ical.Component, time.Time) {
	was, err := (catalogue.Local(string(c.Day) + string(w.Start)[10:])).In(w.Location())
	first, err1 := w.Start.In(w.Location())
	end, err2 := w.End.In(w.Location())
	if err != nil || err1 != nil || err2 != nil {
		return nil, was
	}
	start, until := was, was.Add(end.Sub(first))
	shown := *e
	if c.Start == "" {
		shown.State = catalogue.Cancelled
	} else {
		start, _ = c.Start.In(w.Location())
		until, _ = c.End.In(w.Location())
	}
	ev := event(&shown, uid, site)
	when(ev, ical.PropDateTimeStart, start)
	when(ev, ical.PropDateTimeEnd, until)
	return ev, was
}

// fold breaks lines at 75 octets, never inside a character.
func fold(raw []byte) []byte {
	const most = 75
	var out bytes.Buffer
	for line := range bytes.Lines(raw) {
		line = bytes.TrimRight(line, "\r\n")
		room := most
		for len(line) > room {
			cut := room
			for cut > 0 && !utf8.RuneStart(line[cut]) {
				cut--
			}
			out.Write(line[:cut])
			out.WriteString("\r\n ")
			line, room = line[cut:], most-1
		}
		out.Write(line)
		out.WriteString("\r\n")
	}
	return out.Bytes()
}
