package catalogue

import (
	"strings"
	"time"

	"engawa/flows"
)

// Draw puts an entry that is no card of the content into the words of a language,
// as it stands at the moment now. o is the time that is meant; nil where the entry
// has none. What is told only to who asks is left to [Told].
func Draw(b *flows.Bundle, e *Entry, o *Occurrence, l flows.Lang, now time.Time) flows.CardView {
	v := flows.CardView{ID: flows.CardID(e.ID), Kind: string(e.Kind)}
	v.Title, _ = e.Title.In(l)
	v.Lead, _ = e.Lead.In(l)
	add := func(s string) {
		if s != "" {
			v.Facts = append(v.Facts, s)
		}
	}
	if o != nil {
		add(timeIn(*o, l, now))
	}
	for i := range e.Times {
		if l == flows.Ja || l == flows.JaEasy || l == "" {
			add(e.Times[i].RuleWords())
		}
	}
	for _, id := range e.Facts {
		add(factIn(b, id, l))
	}
	if !e.Where.Asked {
		add(place(e, l))
	}
	arrive, _ := e.Arrive.In(l)
	add(arrive)
	add(e.Host)
	if e.Phone != "" {
		v.Buttons = append(v.Buttons, flows.Button{Label: labelIn(b, "label.call", l), URI: "tel:" + e.Phone})
	}
	return v
}

// Told is what only somebody who wants to go is told: the link, the safe place.
func Told(e *Entry, l flows.Lang) (lines []string) {
	if e.Where.Asked {
		if p := place(e, l); p != "" {
			lines = append(lines, p)
		}
	}
	for _, s := range []string{e.Where.Online, e.OnDay} {
		if s != "" {
			lines = append(lines, s)
		}
	}
	return lines
}

// place is the way there in one line.
func place(e *Entry, l flows.Lang) string {
	name, _ := e.Where.Place.In(l)
	var parts []string
	for _, s := range []string{name, e.Where.Town, e.Where.Station, e.Where.Way} {
		if s != "" && !strings.Contains(strings.Join(parts, " "), s) {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " ")
}

// timeIn says an occurrence: as people do in Japanese, else in figures that
// everybody reads.
func timeIn(o Occurrence, l flows.Lang, now time.Time) string {
	if l == "" || l == flows.Ja || l == flows.JaEasy {
		return o.Words(now)
	}
	end := o.End.Format("15:04")
	if DayOf(o.End) != DayOf(o.Start) {
		end = o.End.Format("2006-01-02 15:04")
	}
	return o.Start.Format("2006-01-02 15:04") + "–" + end
}

func factIn(b *flows.Bundle, id string, l flows.Lang) string {
	if ps := b.Lines["fact."+id]; len(ps) > 0 {
		s, _ := ps[0].In(l)
		return s
	}
	return id
}

func labelIn(b *flows.Bundle, key string, l flows.Lang) string {
	if ps := b.Lines[key]; len(ps) > 0 {
		s, _ := ps[0].In(l)
		return s
	}
	return key
}
