package catalogue

import (
	"cmp"
	_ "embed"
	"math"
	"slices"
	"sort"
	"strings"
	"time"
)

// Filter narrows what is found.
type Filter string

// The filters, in the words of the buttons.
const (
	Today    Filter = "きょう"
	ThisWeek Filter = "今週"
	Near     Filter = "ちかく" // needs Ask.Near or Ask.Place
	Online   Filter = "オンライン"
	Silent   Filter = "話さなくてOK"
	Peers    Filter = "同じ経験"
	Family   Filter = "家族のため"
)

// Filters in the order in which they are offered.
var Filters = []Filter{Today, ThisWeek, Near, Online, Silent, Peers, Family}

// Ask is one question to the catalogue.
type Ask struct {
	Words   string   // as the person wrote them; never kept
	Filters []Filter //
	Near    *Point   // already rounded: see [Round]
	Place   string   // a station or a town
	Kinds   []Kind   // nil = all
	Limit   int      // 0 = 10
}

// Hit is one entry that was found, with the reasons.
type Hit struct {
	ID    string
	Entry *Entry
	Why   []string // "words", "place" and the filters it fits
	Score float32
	Next  *Occurrence
	Steps int // distance in steps of 500 m; -1 = not known
}

// Found is an answer. Loose says that nothing fitted every wish and that these
// are the nearest to it.
type Found struct {
	Hits  []Hit
	Loose bool
}

// Round makes a point coarse, about 500 m, before anything is done with it.
func Round(lat, lon float64) Point {
	const grid = 200
	return Point{Lat: math.Round(lat*grid) / grid, Lon: math.Round(lon*grid) / grid}
}

// Find answers a question at the moment now: best first; where no words were
// given, the lowest hurdle first.
func (x *Index) Find(now time.Time, a Ask) Found {
	if a.Limit <= 0 {
		a.Limit = 10
	}
	q := x.read(a)
	hits := x.rank(now, a, q)
	if len(hits) > 0 || len(a.Filters) == 0 {
		return Found{Hits: x.tell(now, a, q, hits), Loose: len(hits) == 0}
	}
	// Nothing fits all: let go of one wish after the other, the time first.
	for _, drop := range [][]Filter{{Today}, {Today, ThisWeek}, {Today, ThisWeek, Near}, Filters} {
		less := a
		less.Filters = slices.DeleteFunc(slices.Clone(a.Filters), func(f Filter) bool { return slices.Contains(drop, f) })
		if hits = x.rank(now, less, q); len(hits) > 0 {
			return Found{Hits: x.tell(now, less, q, hits), Loose: true}
		}
	}
	return Found{Loose: true}
}

// question is what was asked, as the index knows it.
type question struct {
	weight map[int32]float32
	places []string
	asked  bool // there were words that say something
	score  []float32
}

func (x *Index) read(a Ask) *question {
	q := &question{weight: map[int32]float32{}}
	words := unasked(plain(a.Words))
	add := func(term string, w float32) {
		if t, ok := x.terms[term]; ok {
			q.weight[t] = max(q.weight[t], w)
		}
	}
	said := spoken(words)
	heard := loosen(said)
	for _, c := range concepts {
		if !c.heard(said) {
			continue
		}
		for _, m := range c.marks {
			add(m, 1.2)
		}
		for _, w := range c.words {
			grams(w, func(g string) { add(g, 0.6) })
		}
	}
	grams(words, func(g string) { add(g, weightOf(g)) })
	q.asked = words != ""
	where := heard
	if a.Place != "" {
		where = loosen(spoken(plain(a.Place)))
	}
	for key, name := range x.places {
		if strings.Contains(where, key) {
			q.places = append(q.places, name)
			add("@"+name, 3)
		}
	}
	q.score = make([]float32, len(x.entries))
	for t, w := range q.weight {
		w *= x.idf[t]
		for _, p := range x.posts[t] {
			q.score[p.doc] += w * float32(p.gain)
		}
	}
	return q
}

// weightOf: three kana in a row say more than two, one character alone the least.
func weightOf(g string) float32 {
	switch {
	case g[0] == '1':
		return 0.3
	case g[0] == '2':
		return 1
	case len(g) > 7:
		return 0.8
	}
	return 0.35
}

// ranked is an entry with how well it answers.
type ranked struct {
	at    int
	score float32
}

// rank orders the entries that fit the filters.
func (x *Index) rank(now time.Time, a Ask, q *question) []ranked {
	var all []ranked
	best := float32(0)
	for i := range x.entries {
		if (!q.asked || q.score[i] > 0) && x.fits(i, now, a, q) {
			all = append(all, ranked{i, q.score[i] * (1 + 0.12*x.ease[i])})
			best = max(best, q.score[i])
		}
	}
	if q.asked { // what shares only a syllable with the question is no answer to it
		all = slices.DeleteFunc(all, func(r ranked) bool { return q.score[r.at] < best/4 })
	}
	all = top(all, max(a.Limit, 1), x.before(now, a))
	return all
}

// before is the order: the better answer; else the lowest hurdle, the soonest, the nearest.
func (x *Index) before(now time.Time, a Ask) func(m, n ranked) int {
	soon := func(i int) int32 {
		if n, ok := x.next(i, now); ok {
			return n.from
		}
		return math.MaxInt32
	}
	far := func(i int) int {
		if d := x.steps(i, a.Near); d >= 0 {
			return d
		}
		return math.MaxInt
	}
	return func(m, n ranked) int {
		if m.score != n.score {
			return cmp.Compare(n.score, m.score)
		}
		if x.ease[m.at] != x.ease[n.at] {
			return cmp.Compare(x.ease[n.at], x.ease[m.at])
		}
		return cmp.Or(cmp.Compare(soon(m.at), soon(n.at)), cmp.Compare(far(m.at), far(n.at)), cmp.Compare(x.entries[m.at].ID, x.entries[n.at].ID))
	}
}

// top gives the first n in order without ordering the rest.
func top(all []ranked, n int, order func(a, b ranked) int) []ranked {
	var best []ranked
	for _, r := range all {
		if len(best) == n && order(r, best[n-1]) >= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, r, order)
		best = slices.Insert(best, at, r)
		best = best[:min(len(best), n)]
	}
	return best
}

// next is the first time that is not over.
func (x *Index) next(i int, now time.Time) (span, bool) {
	m := minute(now)
	for _, s := range x.spans[i] {
		if s.to > m {
			return s, true
		}
	}
	return span{}, false
}

const near = 4 // steps of 500 m

func (x *Index) steps(i int, from *Point) int {
	p := x.entries[i].Where.Point
	if from == nil || p == nil || x.entries[i].Where.Asked {
		return -1
	}
	lat := (p.Lat - from.Lat) * 111_000
	lon := (p.Lon - from.Lon) * 111_000 * math.Cos(from.Lat*math.Pi/180)
	return int(math.Hypot(lat, lon) / 500)
}

func (x *Index) fits(i int, now time.Time, a Ask, q *question) bool {
	e := x.entries[i]
	if len(a.Kinds) > 0 && !slices.Contains(a.Kinds, e.Kind) {
		return false
	}
	for _, f := range a.Filters {
		if !x.has(i, f, now, a, q) {
			return false
		}
	}
	return true
}

func (x *Index) has(i int, f Filter, now time.Time, a Ask, q *question) bool {
	e := x.entries[i]
	switch f {
	case Today:
		y, m, d := now.In(Tokyo).Date()
		s, ok := x.next(i, now)
		return ok && s.from < minute(time.Date(y, m, d+1, 0, 0, 0, 0, Tokyo))
	case ThisWeek:
		s, ok := x.next(i, now)
		return ok && s.from < minute(now.Add(7*24*time.Hour))
	case Near:
		if n := x.steps(i, a.Near); a.Near != nil && n >= 0 {
			return n <= near
		}
		return !e.Where.Asked && (slices.Contains(q.places, e.Where.Station) || slices.Contains(q.places, e.Where.Town)) || slices.Contains(q.places, e.Where.Area)
	case Online:
		return e.Has("オンライン")
	case Silent:
		return e.Has("話さなくてOK")
	case Peers:
		return e.Tie == Peer || slices.Contains(e.For, ForPeers)
	case Family:
		return slices.Contains(e.For, ForFamily)
	}
	return false
}

func (x *Index) tell(now time.Time, a Ask, q *question, found []ranked) []Hit {
	var out []Hit
	for _, r := range found {
		i := r.at
		e := x.entries[i]
		h := Hit{ID: e.ID, Entry: e, Score: q.score[i], Steps: x.steps(i, a.Near)}
		if q.asked && q.score[i] > 0 {
			h.Why = append(h.Why, "words")
		}
		if len(q.places) > 0 && (slices.Contains(q.places, e.Where.Station) || slices.Contains(q.places, e.Where.Town)) {
			h.Why = append(h.Why, "place")
		}
		for _, f := range Filters {
			if x.has(i, f, now, a, q) {
				h.Why = append(h.Why, string(f))
			}
		}
		if o, ok := e.Next(now, x.closed); ok {
			h.Next = &o
		}
		out = append(out, h)
	}
	return out
}

// Pick takes up to n of what was found for one turn of the talk: among the
// hits that answer about as well as the best, one of each tie where there is
// one, and then the lowest hurdle first.
func Pick(hits []Hit, n int) []Hit {
	if len(hits) <= n {
		return byHurdle(slices.Clone(hits))
	}
	good := hits
	for i, h := range hits {
		if i >= n && h.Score < hits[0].Score*0.6 {
			good = hits[:i]
			break
		}
	}
	var out []Hit
	for _, t := range Ties {
		if i := slices.IndexFunc(good, func(h Hit) bool { return h.Entry.Tie == t }); i >= 0 && len(out) < n {
			out = append(out, good[i])
		}
	}
	for _, h := range good {
		if len(out) < n && !slices.ContainsFunc(out, func(o Hit) bool { return o.ID == h.ID }) {
			out = append(out, h)
		}
	}
	return byHurdle(out)
}

func byHurdle(hits []Hit) []Hit {
	sort.SliceStable(hits, func(i, j int) bool { return Hurdle(hits[i].Entry) < Hurdle(hits[j].Entry) })
	return hits
}

//go:embed concepts.txt
var conceptsText string

// concept is what people mean without saying its name.
type concept struct {
	hear  []string // in kana where readable
	marks []string // facts and kinds: "#話さなくてOK"
	words []string
}

func (c concept) heard(q string) bool {
	return slices.ContainsFunc(c.hear, func(h string) bool { return strings.Contains(q, h) })
}

// concepts.txt: 「静か うるさくない = #話さなくてOK 図書館 座る」.
var concepts = func() (all []concept) {
	for line := range strings.Lines(conceptsText) {
		line, _, _ = strings.Cut(line, "//")
		left, right, ok := strings.Cut(line, " = ")
		if !ok {
			continue
		}
		c := concept{}
		for _, w := range strings.Fields(left) {
			c.hear = append(c.hear, spoken(plain(w)))
		}
		for _, w := range strings.Fields(right) {
			if strings.HasPrefix(w, "#") {
				c.marks = append(c.marks, w)
			} else {
				c.words = append(c.words, w)
			}
		}
		all = append(all, c)
	}
	return all
}()

// asking are the words that only say that one asks.
var asking = func() []string {
	words := []string{"教えてください", "おしえてください", "教えて", "おしえて", "ありますか", "ありませんか", "ないですか", "どこですか", "どこにありますか",
		"さがしています", "探しています", "探してる", "さがしてる", "行ってみたい", "行きたい", "いきたい", "知りたい", "しりたい", "ください", "してほしい", "ほしいです",
		"できるところ", "できる所", "できる場所", "ところ", "どこか", "どこ", "なにか", "何か", "です", "ます"}
	sort.Slice(words, func(i, j int) bool { return len(words[i]) > len(words[j]) })
	return words
}()

// unasked takes the asking out of a question, unless nothing else is in it.
func unasked(s string) string {
	out := s
	for _, w := range asking {
		out = strings.ReplaceAll(out, w, "")
	}
	if len([]rune(out)) < 2 {
		return s
	}
	return out
}
