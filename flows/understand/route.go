package understand

import (
	"math"
	"math/bits"
	"slices"

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
// (1- to 3-letter groups, rare ones weigh more). It needs no dictionary, so
// misspelt and kana-only texts still find their door. All sums are whole numbers.
type router struct {
	flows  []flows.FlowID
	topics []string
	safe   []bool
	says   []saying
	weight map[uint32]int64   // of a piece, in 2^-8
	where  map[uint32][]int32 // which sayings have it
	rare   int64              // weight of a piece that no saying has
}

// saying is one こう言われたら or これは違う.
type saying struct {
	flow int
	not  bool
	size int64 // length of its vector, in 2^-8
}

func newRouter(b *flows.Bundle) *router {
	r := &router{weight: map[uint32]int64{}, where: map[uint32][]int32{}}
	var all [][]uint32
	add := func(flow int, says []string, not bool) {
		for _, s := range says {
			t := normalise(s)
			pieces := r.pieces(&t)
			for _, p := range pieces {
				r.where[p] = append(r.where[p], int32(len(r.says))) //#nosec G115 -- sums of integer weights, kept in bounds by their number
			}
			r.says = append(r.says, saying{flow: flow, not: not})
			all = append(all, pieces)
		}
	}
	for _, id := range b.Order {
		f := b.Flows[id]
		if f == nil {
			continue
		}
		i := len(r.flows)
		r.flows = append(r.flows, id)
		r.topics = append(r.topics, f.Topic)
		r.safe = append(r.safe, f.Harmless)
		var titles []string
		for _, l := range flows.Langs {
			if t := f.Title[l]; t != "" {
				titles = append(titles, t)
			}
		}
		add(i, append(titles, f.Sayings...), false)
		add(i, f.NotThis, true)
	}
	for p, where := range r.where {
		r.weight[p] = logarithm(int64(len(r.says)), int64(len(where)))
	}
	r.rare = logarithm(int64(len(r.says)), 1) / 2 // what nobody ever said dilutes the match a little
	for i, pieces := range all {
		r.says[i].size = r.size(pieces)
	}
	return r
}

// route scores every entrance by its best saying. refused are the entrances
// whose これは違う is nearer than anything else they say.
func (r *router) route(t *text) (out []flows.Scored, sure bool, refused []bool) {
	pieces := r.pieces(t)
	size := r.size(pieces)
	if size == 0 || len(r.says) == 0 {
		return nil, false, nil
	}
	dots := make([]int64, len(r.says))
	for _, p := range pieces {
		w := r.weight[p]
		for _, i := range r.where[p] {
			dots[i] += w * w
		}
	}
	best, not := make([]int, len(r.flows)), make([]int, len(r.flows))
	for i, dot := range dots {
		s := &r.says[i]
		score := int((dot*1000 + size*s.size/2) / max(1, size*s.size))
		if s.not {
			not[s.flow] = max(not[s.flow], score)
		} else {
			best[s.flow] = max(best[s.flow], score)
		}
	}
	refused = make([]bool, len(r.flows))
	for i, score := range best {
		refused[i] = not[i] > score
		if !refused[i] && score >= scoreMin {
			out = append(out, flows.Scored{Flow: r.flows[i], Topic: r.topics[i], Score: min(score, 1000)})
		}
	}
	slices.SortStableFunc(out, func(a, b flows.Scored) int { return b.Score - a.Score })
	if len(out) > topMost {
		out = out[:topMost]
	}
	sure = len(out) > 0 && out[0].Score >= sureScore && r.safe[slices.Index(r.flows, out[0].Flow)] &&
		(len(out) == 1 || out[0].Score-out[1].Score >= sureMargin)
	return out, sure, refused
}

// pieces are letter pairs and triples, and single han signs, which are words of their own.
func (r *router) pieces(t *text) []uint32 {
	out := grams(make([]uint32, 0, 256), t.dense.s, 2, 3)
	for _, c := range t.dense.s {
		if c >= 0x4e00 && c <= 0x9fff {
			out = append(out, hash(hashStart, string(c)))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (r *router) size(pieces []uint32) int64 {
	var sum int64
	for _, p := range pieces {
		w, known := r.weight[p]
		if !known {
			w = r.rare
		}
		sum += w * w
	}
	return int64(math.Sqrt(float64(sum))) // a square root is exact on every processor
}

// logarithm is log2(1 + n/of) in 2^-8: the bits before the point, and a straight line between.
func logarithm(n, of int64) int64 {
	v := uint64((n + of) << 16 / max(1, of)) //#nosec G115 -- sums of integer weights, kept in bounds by their number
	whole := bits.Len64(v) - 1
	rest := int64(v<<(63-whole)) & math.MaxInt64 >> 55 //#nosec G115 -- sums of integer weights, kept in bounds by their number
	return int64(whole-16)<<8 | rest
}
