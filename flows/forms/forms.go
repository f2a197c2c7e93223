// Package forms makes records out of what somebody has filled in within a talk: what
// a group posts, from taps and a few texts, and a day and an hour from a typed line.
// The conversation itself is part of [flows.Step], with the same exits and proofs as
// everything else there; here is what its answers mean. It is pure: the words come
// in by name, and the same answers give the same record.
package forms

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"engawa/flows"
	"engawa/flows/catalogue"
)

// usual is how long something lasts where nobody said so.
const usual = 2 * time.Hour

// longestPlace is how much of a place stands as its name; the rest is the way there.
const longestPlace = 80

// Entry is what a form becomes. last is what the group posted last, nil if nothing;
// word gives the text of that name, "" if it was taken back. The second result is
// where something is missing, or cannot be; then the entry is only to be looked at.
func Entry(f *flows.Form, last *catalogue.Entry, word func(id string) string, now time.Time) (*catalogue.Entry, flows.FormStep) {
	e := &catalogue.Entry{ID: f.ID, Kind: catalogue.Event, Arrive: catalogue.Ja("入口で「はじめてです」だけで大丈夫です。")}
	if last != nil && f.Same {
		copied := *last
		e = &copied
		e.ID, e.Times, e.Where.Point, e.Changed = f.ID, nil, last.Where.Point, time.Time{}
	}
	what(e, f, last, word)
	where(e, f, last, word)
	ok := when(e, f, last, now)
	who(e, f)
	if f.Photo != "" {
		e.Picture = f.Photo
	}
	e.Kind = catalogue.Event
	if len(e.Times) > 0 && e.Times[0].Rule != "" {
		e.Kind = catalogue.Ibasho
	}
	switch {
	case e.Name() == "":
		return e, flows.FormWhat
	case !ok:
		return e, flows.FormWhen
	case len(e.Where.Place) == 0 && e.Where.Online == "":
		return e, flows.FormWhere
	}
	return e, faulty(e)
}

// faulty leads to the step of what the catalogue would refuse.
func faulty(e *catalogue.Entry) flows.FormStep {
	wrong := catalogue.Faults(e.Check())
	if len(wrong) == 0 {
		return ""
	}
	switch wrong[0].Field {
	case "times":
		return flows.FormWhen
	case "place", "online":
		return flows.FormWhere
	}
	return flows.FormWhat
}

// text joins the texts that a field names.
func text(field string, word func(string) string) string {
	var all []string
	for _, id := range strings.Split(field, ",") {
		if s := strings.TrimSpace(word(id)); id != "" && s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, "\n")
}

// what is the name; of a longer text the first line, or what fits of it, and the
// whole stands below: nothing that was written is lost without being seen.
func what(e *catalogue.Entry, f *flows.Form, last *catalogue.Entry, word func(string) string) {
	if f.What == flows.FromLast && last != nil {
		e.Title, e.Lead = last.Title, last.Lead
		return
	}
	said := text(f.What, word)
	if said == "" {
		return
	}
	title, rest, _ := strings.Cut(said, "\n")
	if utf8.RuneCountInString(title) > catalogue.MaxTitle {
		title, rest = string([]rune(title)[:catalogue.MaxTitle-1])+"…", said
	}
	e.Title, e.Lead = catalogue.Ja(title), catalogue.Ja(clip(strings.TrimSpace(rest), catalogue.MaxText))
}

func clip(s string, n int) string {
	if rs := []rune(s); len(rs) > n {
		return string(rs[:n-1]) + "…"
	}
	return s
}

// where is a place, or a link, or both.
func where(e *catalogue.Entry, f *flows.Form, last *catalogue.Entry, word func(string) string) {
	if f.Where == flows.FromLast && last != nil {
		e.Where = last.Where
	} else if said := text(f.Where, word); said != "" {
		e.Where = catalogue.Where{Area: e.Where.Area}
		var place []string
		for _, part := range strings.Fields(said) {
			if strings.HasPrefix(part, "https://") && e.Where.Online == "" {
				e.Where.Online = part
			} else {
				place = append(place, part)
			}
		}
		name := []rune(strings.Join(place, " "))
		if len(name) > longestPlace {
			e.Where.Way, name = clip(string(name[longestPlace:]), longestPlace), name[:longestPlace]
		}
		e.Where.Place = catalogue.Ja(string(name))
	}
	if f.Asked {
		e.Where.Asked = !e.Where.Asked
	}
}

// who is for whom it is, and what makes the step low.
func who(e *catalogue.Entry, f *flows.Form) {
	fors := [...]catalogue.For{catalogue.ForPeers, catalogue.ForFamily, catalogue.ForYoung, catalogue.ForParents}
	switch {
	case f.For > 0 && f.For <= len(fors):
		e.For = []catalogue.For{fors[f.For-1]}
	case !f.Same:
		e.For = nil
	}
	if len(f.Facts) > 0 || !f.Same {
		e.Facts = nil
		for i, fact := range flows.Facts {
			if slices.Contains(f.Facts, i) {
				e.Facts = append(e.Facts, fact)
			}
		}
	}
}

// when is the time; false if none can be made of what was said.
func when(e *catalogue.Entry, f *flows.Form, last *catalogue.Entry, now time.Time) bool {
	var w catalogue.When
	long := usual
	if last != nil && len(last.Times) > 0 {
		w = last.Times[0]
		if from, to := moments(w); to.After(from) {
			long = to.Sub(from)
		}
	}
	switch {
	case f.When != "" && f.When != flows.FromLast:
		start, err := catalogue.Local(f.When).In(catalogue.Tokyo)
		if err != nil {
			return false
		}
		w = catalogue.When{Start: catalogue.LocalOf(start), End: catalogue.LocalOf(start.Add(long))}
		if f.Repeat == "" && f.Same && last != nil && len(last.Times) > 0 && last.Times[0].Rule != "" {
			f = repeated(f, last.Times[0].Rule)
		}
	case (f.Same || f.When == flows.FromLast) && last != nil && len(last.Times) > 0:
		w = Later(w, now)
	default:
		return false
	}
	start, end := moments(w)
	if f.Repeat != "" {
		w.Rule, w.Holidays = catalogue.RuleOf(f.Repeat, start), catalogue.HolidaysOn
		if w.Rule != "" {
			w.Holidays = catalogue.HolidaysOff
		}
	}
	if f.Until != "" {
		if until, err := catalogue.Local(string(w.Start.Day()) + "T" + f.Until).In(catalogue.Tokyo); err == nil {
			if end = until; !end.After(start) {
				end = end.AddDate(0, 0, 1) // until after midnight
			}
			w.End = catalogue.LocalOf(end)
		}
	}
	e.Times = []catalogue.When{w}
	return w.Check() == nil && (w.Rule != "" || end.After(now))
}

func moments(w catalogue.When) (from, to time.Time) {
	from, _ = w.Start.In(w.Location())
	to, _ = w.End.In(w.Location())
	return from, to
}

// repeated is the form with the way of recurring that a rule was made by.
func repeated(f *flows.Form, of string) *flows.Form {
	out := *f
	out.Repeat = catalogue.RepeatOf(of)
	return &out
}

// Later moves a single time by whole weeks into the future: the same weekday at the
// same hour. What recurs comes by itself. What was changed or left out stays behind.
func Later(w catalogue.When, now time.Time) catalogue.When {
	w.Changes, w.Extra, w.Except = nil, nil, nil
	if w.Rule != "" {
		return w
	}
	start, end := moments(w)
	if start.IsZero() || end.IsZero() {
		return w
	}
	weeks := 1
	for !start.AddDate(0, 0, 7*weeks).After(now) {
		weeks++
	}
	w.Start, w.End = catalogue.LocalOf(start.AddDate(0, 0, 7*weeks)), catalogue.LocalOf(end.AddDate(0, 0, 7*weeks))
	return w
}
