package understand

import (
	"math"
	"sort"

	"engawa/flows"
)

// Below scoreMin a text belongs to no entrance; with sureScore and sureMargin
// over the second it may be taken without asking, if the flow says it is
// harmless to be wrong. Scores run from 0 to 1000.
const (
	scoreMin   = 180
	sureScore  = 520
	sureMargin = 180
	topMost    = 3
)

// router finds the entrances nearest to a text by the pieces of words they share
// (1- to 3-letter grams, rare ones weigh more). It needs no dictionary, so
// misspelt and kana-only texts still find their door.
type router struct {
	flows  []flows.FlowID
	topics []string
	safe   []bool
	says   []example
	weight map[string]float64
	order  map[flows.FlowID]int
}

type example struct {
	flow int
	not  bool // これは違う
	vec  map[string]float64
	size float64
}

func newRouter(b *flows.Bundle) *router {
	r := &router{weight: map[string]float64{}, order: map[flows.FlowID]int{}}
	var texts []text
	add := func(flow int, says []string, not bool) {
		for _, s := range says {
			t := normalise(s)
			texts = append(texts, t)
			r.says = append(r.says, example{flow: flow, not: not})
			for g := range grams(t) {
				r.weight[g]++
			}
		}
	}
	for _, id := range b.Order {
		f := b.Flows[id]
		if f == nil {
			continue
		}
		i := len(r.flows)
		r.order[id] = i
		r.flows = append(r.flows, id)
		r.topics = append(r.topics, f.Topic)
		r.safe = append(r.safe, f.Harmless)
		titles := []string{}
		for _, l := range flows.Langs {
			if t := f.Title[l]; t != "" {
				titles = append(titles, t)
			}
		}
		add(i, append(titles, f.Sayings...), false)
		add(i, f.NotThis, true)
	}
	n := float64(len(texts))
	for g, df := range r.weight {
		r.weight[g] = math.Log(1 + n/df)
	}
	for i, t := range texts {
		r.says[i].vec, r.says[i].size = r.vector(t)
	}
	return r
}

// route scores every entrance by its best saying.
func (r *router) route(t text) ([]flows.Scored, bool) {
	vec, size := r.vector(t)
	if size == 0 {
		return nil, false
	}
	best := make([]float64, len(r.flows))
	not := make([]float64, len(r.flows))
	for i := range r.says {
		e := &r.says[i]
		s := e.cosine(vec, size)
		if e.not {
			not[e.flow] = math.Max(not[e.flow], s)
		} else {
			best[e.flow] = math.Max(best[e.flow], s)
		}
	}
	var out []flows.Scored
	for i, s := range best {
		score := int(math.Round(1000 * s))
		if not[i] > s || score < scoreMin {
			continue
		}
		out = append(out, flows.Scored{Flow: r.flows[i], Topic: r.topics[i], Score: score})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Score > out[j].Score })
	if len(out) > topMost {
		out = out[:topMost]
	}
	sure := len(out) > 0 && out[0].Score >= sureScore && r.safe[r.order[out[0].Flow]] &&
		(len(out) == 1 || out[0].Score-out[1].Score >= sureMargin)
	return out, sure
}

func (r *router) vector(t text) (map[string]float64, float64) {
	g := grams(t)
	sum := 0.0
	keys := make([]string, 0, len(g))
	for k := range g {
		keys = append(keys, k)
	}
	sort.Strings(keys) // sums of floats depend on order; readings must not
	for _, k := range keys {
		w, known := r.weight[k]
		if !known {
			w = math.Log(1 + float64(len(r.says)+1)) // what nobody ever said dilutes the match a little
			w /= 2
		}
		g[k] = w
		sum += w * w
	}
	return g, math.Sqrt(sum)
}

func (e *example) cosine(vec map[string]float64, size float64) float64 {
	small, large := e.vec, vec
	if len(large) < len(small) {
		small, large = large, small
	}
	keys := make([]string, 0, len(small))
	for k := range small {
		if _, ok := large[k]; ok {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	dot := 0.0
	for _, k := range keys {
		dot += e.vec[k] * vec[k]
	}
	if e.size == 0 || size == 0 {
		return 0
	}
	return dot / (e.size * size)
}

// grams cuts a text into letter pairs and triples, and single han characters,
// which are words of their own.
func grams(t text) map[string]float64 {
	out := map[string]float64{}
	rs := []rune(t.dense)
	for i := range rs {
		if i+2 <= len(rs) {
			out[string(rs[i:i+2])] = 1
		}
		if i+3 <= len(rs) {
			out[string(rs[i:i+3])] = 1
		}
		if rs[i] >= 0x4e00 && rs[i] <= 0x9fff {
			out[string(rs[i])] = 1
		}
	}
	return out
}
