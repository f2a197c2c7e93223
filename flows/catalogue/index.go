package catalogue

import (
	"math"
	"sort"
	"strings"
	"time"

	"engawa/flows"
)

// Index finds entries. It is made once for a version of the catalogue, holds
// the times of the weeks to come, and may be asked by many at once.
type Index struct {
	entries []*Entry
	closed  Closed
	from    time.Time
	terms   map[string]int32
	posts   [][]posting
	idf     []float32
	ease    []float32 // 0 … 1, the lowest hurdle 1
	spans   [][]span  // times within window
	places  map[string]string
}

type posting struct {
	doc  int32
	gain uint8
}

type span struct{ from, to int32 } // minutes since 1970

// window is for how long the times are known by heart.
const window = 40 * 24 * time.Hour

// weights of the fields of an entry: what it is called tells most.
const (
	inTitle, inPlace, inTag, inLead, inRest = 6, 3, 4, 2, 1
)

// NewIndex makes an index of what may be shown at the moment now.
func NewIndex(entries []*Entry, closed Closed, now time.Time) *Index {
	x := &Index{closed: closed, from: now, terms: map[string]int32{}, places: map[string]string{}}
	for _, e := range entries {
		if e.Shown(now) && !e.gone(now, closed) {
			x.entries = append(x.entries, e)
		}
	}
	counts := make([]map[int32]int, len(x.entries))
	total := 0.0
	lengths := make([]float64, len(x.entries))
	for i, e := range x.entries {
		counts[i] = x.count(e)
		for _, n := range counts[i] {
			lengths[i] += float64(n)
		}
		total += lengths[i]
	}
	x.posts = make([][]posting, len(x.terms))
	for i, c := range counts {
		x.post(int32(i), c, lengths[i]*float64(len(counts))/max(total, 1))
		counts[i] = nil
	}
	x.idf = make([]float32, len(x.posts))
	for t, p := range x.posts {
		n := float64(len(x.entries))
		x.idf[t] = float32(math.Log(1 + (n-float64(len(p))+0.5)/(float64(len(p))+0.5)))
	}
	x.spans, x.ease = make([][]span, len(x.entries)), make([]float32, len(x.entries))
	highest := 0
	for _, n := range lowers {
		highest += n
	}
	for i, e := range x.entries {
		x.ease[i] = 1 - float32(min(Hurdle(e), highest))/float32(highest)
		for _, o := range e.Occurrences(now.Add(-24*time.Hour), now.Add(window), closed) {
			if !o.Off {
				x.spans[i] = append(x.spans[i], span{minute(o.Start), minute(o.End)})
			}
		}
	}
	return x
}

// gone tells that an event has no time left; a place without times stays.
func (e *Entry) gone(now time.Time, closed Closed) bool {
	return e.Kind == Event && e.Over(now, closed)
}

func minute(t time.Time) int32 { return int32(t.Unix() / 60) } //#nosec G115 -- a catalogue has fewer than 2^31 words, and time in minutes fits until the year 6053

// Entries are those that can be found.
func (x *Index) Entries() []*Entry { return x.entries }

// Entry finds one by its id; nil if it may not be shown.
func (x *Index) Entry(id string) *Entry {
	for _, e := range x.entries {
		if e.ID == id {
			return e
		}
	}
	return nil
}

// count weighs every piece of an entry.
func (x *Index) count(e *Entry) map[int32]int {
	c := map[int32]int{}
	put := func(s string, weight int) {
		grams(s, func(g string) { c[x.term(g)] += weight })
	}
	mark := func(sign, word string) {
		if word != "" {
			c[x.term(sign+word)] += inTag
		}
	}
	ja := func(p flows.Phrase) string { s, _ := p.In(flows.Ja); return s }
	put(e.Name(), inTitle)
	put(e.Reading, inTitle)
	put(e.Host, inPlace)
	if !e.Where.Asked {
		put(ja(e.Where.Place), inPlace)
		x.place(c, e.Where.Station)
		x.place(c, e.Where.Town)
	}
	x.place(c, e.Where.Area)
	put(ja(e.Lead), inLead)
	put(ja(e.Arrive), inRest)
	for _, t := range e.Tags {
		put(t, inTag)
	}
	for _, f := range e.Facts {
		mark("#", f)
	}
	for _, f := range e.For {
		mark("#", string(f))
		put(string(f), inRest)
	}
	mark("#", e.Effort)
	mark("#", string(e.Kind))
	for _, l := range e.Langs {
		mark("#", string(l))
	}
	return c
}

// place notes a place name, so that a question that names it is known to.
func (x *Index) place(c map[int32]int, name string) {
	if name == "" {
		return
	}
	grams(name, func(g string) { c[x.term(g)] += inPlace })
	key := loosen(spoken(plain(name)))
	x.places[key] = name
	c[x.term("@"+name)] += inTag
	if short, ok := strings.CutSuffix(key, "えき"); ok && len(short) >= 9 {
		x.places[short] = name
	}
}

func (x *Index) term(s string) int32 {
	id, ok := x.terms[s]
	if !ok {
		id = int32(len(x.terms)) //#nosec G115 -- a catalogue has fewer than 2^31 words, and time in minutes fits until the year 6053
		x.terms[strings.Clone(s)] = id
	}
	return id
}

// post writes how much each piece says for the entry: the more often, the more,
// but less and less; the longer its text, the less.
func (x *Index) post(doc int32, c map[int32]int, relative float64) {
	terms := make([]int32, 0, len(c))
	for t := range c {
		terms = append(terms, t)
	}
	sort.Slice(terms, func(i, j int) bool { return terms[i] < terms[j] })
	for _, t := range terms {
		n := float64(c[t])
		gain := n * 3 / (n + 2*(0.45+0.55*relative))
		x.posts[t] = append(x.posts[t], posting{doc, uint8(min(255, gain*80))})
	}
}
