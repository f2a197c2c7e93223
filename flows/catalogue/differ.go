package catalogue

import (
	"strconv"
	"strings"

	"engawa/flows"
)

// Difference is one field of which two versions of an entry say different things.
type Difference struct{ What, Was, Now string }

// Differences tells what a person has to look at: everything of a new entry, of
// a changed one what has changed.
func Differences(was, now *Entry) (out []Difference) {
	if was == nil {
		was = &Entry{}
	}
	old, fresh := told(was), told(now)
	for i := range fresh {
		if old[i].Now != fresh[i].Now {
			out = append(out, Difference{fresh[i].What, old[i].Now, fresh[i].Now})
		}
	}
	return out
}

func told(e *Entry) []Difference {
	ja := func(p flows.Phrase) string { s, _ := p.In(flows.Ja); return s }
	fors := make([]string, len(e.For))
	for i, f := range e.For {
		fors[i] = string(f)
	}
	place := ja(e.Where.Place)
	if e.Where.Asked {
		place += "(聞いてくれた人にだけ)"
	}
	capacity := ""
	if e.Capacity > 0 {
		capacity = strconv.Itoa(e.Capacity)
	}
	return []Difference{
		{"title", "", e.Name()}, {"lead", "", ja(e.Lead)}, {"when", "", timesWords(e.Times)}, {"place", "", place}, {"way", "", strings.TrimSpace(e.Where.Station + " " + e.Where.Way)},
		{"online", "", e.Where.Online}, {"facts", "", strings.Join(e.Facts, "・")}, {"for", "", strings.Join(fors, "・")}, {"arrive", "", ja(e.Arrive)},
		{"onday", "", e.OnDay}, {"capacity", "", capacity}, {"picture", "", e.Picture},
	}
}

func timesWords(times []When) string {
	var out []string
	for _, w := range times {
		s := strings.Replace(string(w.Start), "T", " ", 1) + "–" + strings.TrimPrefix(strings.Replace(string(w.End), "T", " ", 1), string(w.Start.Day())+" ")
		if r := w.RuleWords(); r != "" {
			s += " " + r
		}
		for _, c := range w.Changes {
			if c.Start == "" {
				s += " / " + string(c.Day) + " お休み"
			} else {
				s += " / " + string(c.Day) + " → " + strings.Replace(string(c.Start), "T", " ", 1)
			}
		}
		for _, x := range w.Extra {
			s += " / " + string(x.Day()) + " も"
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}
