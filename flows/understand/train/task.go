package main

import (
	"math"
	"slices"
	"sort"

	"engawa/flows/understand"
)

// task is one question with its examples.
type task struct {
	name     string
	classes  []string
	examples []example
}

type example struct {
	voice    string
	features []uint32
	weight   float64
	classes  []int // more than one: each is right
}

func (t *task) add(voice string, features []uint32, weight float64, classes ...string) {
	e := example{voice: voice, features: features, weight: weight}
	for _, c := range classes {
		if i := slices.Index(t.classes, c); i >= 0 {
			e.classes = append(e.classes, i)
		}
	}
	if len(e.classes) > 0 {
		t.examples = append(t.examples, e)
	}
}

// How it learns.
const (
	rounds   = 30
	rate     = 1.0
	decay    = 1e-4
	rarest   = 2 // a feature that one sentence alone has teaches nothing
	fraction = 1 << 16
)

// learner is a softmax regression under AdaGrad. Products are rounded before
// they are added (the conversions say so), so that no processor fuses the two.
type learner struct {
	classes int
	at      map[uint32]int
	known   []uint32
	w, g    []float64
	bias    []float64
	gb      []float64
}

func newLearner(examples []example, classes int) *learner {
	count := map[uint32]int{}
	for _, e := range examples {
		n := 1
		if e.voice == "" {
			n = rarest // words of a list were chosen: one is enough
		}
		for _, f := range e.features {
			count[f] += n
		}
	}
	l := &learner{classes: classes, at: map[uint32]int{}}
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

func (l *learner) learn(examples []example) {
	rows := make([][]int, len(examples))
	order := make([]int, len(examples))
	for i, e := range examples {
		rows[i], order[i] = l.rows(e.features), i
	}
	dice := generator(20261122)
	p := make([]float64, l.classes)
	for range rounds {
		dice.shuffle(order)
		for _, i := range order {
			l.step(&examples[i], rows[i], p)
		}
	}
}

func (l *learner) step(e *example, rows []int, p []float64) {
	x := float64(understand.Root(len(rows))) / 4096
	l.chances(rows, x, p)
	right := 1 / float64(len(e.classes))
	for c := range p {
		for _, k := range e.classes {
			if k == c {
				p[c] -= right
			}
		}
		p[c] *= e.weight
		l.gb[c] += float64(p[c] * p[c])
		l.bias[c] -= float64(0.1 * p[c] / math.Sqrt(l.gb[c]+1))
	}
	for _, r := range rows {
		for c := range p {
			i := r*l.classes + c
			g := float64(p[c]*x) + float64(decay*l.w[i])
			l.g[i] += float64(g * g)
			l.w[i] -= float64(rate * g / math.Sqrt(l.g[i]+1e-4))
		}
	}
}

// chances fills p with how likely each class is.
func (l *learner) chances(rows []int, x float64, p []float64) {
	top := math.Inf(-1)
	for c := range p {
		sum := 0.0
		for _, r := range rows {
			sum += l.w[r*l.classes+c]
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

// head learns from all examples and rounds the weights to small whole numbers.
func (t *task) head() *understand.Head {
	h := t.fit(t.examples)
	h.Tuned = t.tune()
	return h
}

func (t *task) fit(examples []example) *understand.Head {
	l := newLearner(examples, len(t.classes))
	l.learn(examples)
	h := &understand.Head{Name: t.name, Classes: t.classes, Known: l.known}
	size := make([]float64, len(l.w))
	for i, w := range l.w {
		size[i] = math.Abs(w)
	}
	sort.Float64s(size)
	top := size[len(size)-1-len(size)/2000] // the few largest are cut, the many small ones get finer steps
	h.Unit = int64(math.Round(top / 127 * (1 << 24)))
	for _, w := range l.w {
		h.Weights = append(h.Weights, int8(max(-127, min(127, math.Round(w/top*127)))))
	}
	for _, b := range l.bias {
		h.Bias = append(h.Bias, int64(math.Round(b*fraction)))
	}
	return h
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
		j := int(g.next() % uint64(i+1))
		order[i], order[j] = order[j], order[i]
	}
}
