package main

import (
	"math"
	"slices"

	"engawa/flows/understand"
)

// How it learns.
const (
	rounds   = 20
	decay    = 1e-4
	rarest   = 2 // a feature that one sentence alone has teaches nothing
	fraction = 1 << 16
	smooth   = 0.5
)

// learner is a softmax regression under AdaGrad. Products are rounded before
// they are added (the conversions say so), so that no processor fuses the two.
type learner struct {
	classes int
	even    float64
	rate    float64
	at      map[uint32]int
	known   []uint32
	w, g    []float64
	r       []float64 // how much likelier a feature is in a class than elsewhere
	bias    []float64
	gb      []float64
}

func (t *task) learn(all []sample) *learner {
	l := t.learner(all)
	rows := make([][]int, len(all))
	order := make([]int, len(all))
	for i, s := range all {
		rows[i], order[i] = l.rows(s.features), i
	}
	l.ratios(all, rows)
	dice := generator(20261122)
	p := make([]float64, l.classes)
	for range rounds {
		dice.shuffle(order)
		for _, i := range order {
			l.step(&all[i], rows[i], p)
		}
	}
	return l
}

func (t *task) learner(all []sample) *learner {
	count := map[uint32]int{}
	for _, s := range all {
		n := 1
		if s.chosen {
			n = rarest
		}
		for _, f := range s.features {
			count[f] += n
		}
	}
	classes := len(t.classes)
	l := &learner{classes: classes, even: t.even, rate: t.rate, at: map[uint32]int{}}
	for f, n := range count {
		if n >= rarest {
			l.known = append(l.known, f)
		}
	}
	slices.Sort(l.known)
	for i, f := range l.known {
		l.at[f] = i
	}
	l.w = make([]float64, len(l.known)*classes)
	l.g = make([]float64, len(l.known)*classes)
	l.bias, l.gb = make([]float64, classes), make([]float64, classes)
	return l
}

// rows gives the numbers of the features that are known.
func (l *learner) rows(features []uint32) []int {
	var out []int
	for _, f := range features {
		if i, ok := l.at[f]; ok {
			out = append(out, i)
		}
	}
	return out
}

// ratios weighs features by how much they tell about a class before learning
// begins (Wang and Manning's way): small sets of short texts are learned better.
func (l *learner) ratios(all []sample, rows [][]int) {
	l.r = make([]float64, len(l.w))
	in, sum := make([]float64, len(l.w)), make([]float64, len(l.known))
	size, total := make([]float64, l.classes), 0.0
	for i, s := range all {
		for _, r := range rows[i] {
			for _, c := range s.classes {
				in[r*l.classes+c] += s.weight
			}
			sum[r] += s.weight
		}
		for _, c := range s.classes {
			size[c] += s.weight
		}
		total += s.weight
	}
	for r := range l.known {
		for c := range l.classes {
			i := r*l.classes + c
			here := (in[i] + smooth) / (size[c] + smooth)
			there := (max(0, sum[r]-in[i]) + smooth) / (max(0, total-size[c]) + smooth)
			l.r[i] = l.even + float64((1-l.even)*math.Abs(logarithm(here/there)))
		}
	}
}

// logarithm is the natural one by its series: math.Log may differ between processors.
func logarithm(x float64) float64 {
	f, e := math.Frexp(x)
	y := (f - 1) / (f + 1)
	sum, term, y2 := 0.0, y, float64(y*y)
	for k := 1.0; k < 40; k += 2 {
		sum += term / k
		term = float64(term * y2)
	}
	return float64(2*sum) + float64(float64(e)*0.6931471805599453)
}

func (l *learner) step(s *sample, rows []int, p []float64) {
	x := float64(understand.Root(understand.Length(s.features))) / 4096
	l.chances(rows, x, p)
	right := 1 / float64(len(s.classes))
	for c := range p {
		for _, k := range s.classes {
			if k == c {
				p[c] -= right
			}
		}
		p[c] *= s.weight
		l.gb[c] += float64(p[c] * p[c])
		l.bias[c] -= float64(0.1 * p[c] / math.Sqrt(l.gb[c]+1))
	}
	for _, r := range rows {
		for c := range p {
			i := r*l.classes + c
			g := float64(float64(p[c]*x)*l.r[i]) + float64(decay*l.w[i])
			l.g[i] += float64(g * g)
			l.w[i] -= float64(l.rate * g / math.Sqrt(l.g[i]+1e-4))
		}
	}
}

// chances fills p with how likely each class is.
func (l *learner) chances(rows []int, x float64, p []float64) {
	top := math.Inf(-1)
	for c := range p {
		sum := 0.0
		for _, r := range rows {
			sum += float64(l.w[r*l.classes+c] * l.r[r*l.classes+c])
		}
		p[c] = float64(sum*x) + l.bias[c]
		top = math.Max(top, p[c])
	}
	total := 0.0
	for c := range p {
		p[c] = float64(understand.Falling(int64((top - p[c]) * fraction)))
		total += p[c]
	}
	for c := range p {
		p[c] /= total
	}
}

// generator is a small one of our own, so that no release of Go changes the model.
type generator uint64

func (g *generator) next() uint64 {
	*g ^= *g << 13
	*g ^= *g >> 7
	*g ^= *g << 17
	return uint64(*g)
}

func (g *generator) shuffle(order []int) {
	for i := len(order) - 1; i > 0; i-- {
		j := int(g.next() % uint64(i+1)) //#nosec G115 -- smaller than the number of sentences
		order[i], order[j] = order[j], order[i]
	}
}
