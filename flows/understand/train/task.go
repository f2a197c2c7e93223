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
	even     float64 // how much of a weight no ratio changes: found with -cross
	rate     float64 // how far a step goes: found with -cross
	limits   func(*task) []int64
}

type example struct {
	s       *sentence
	looks   [][]uint32 // the ways to look at it; the worst one counts
	weight  float64
	classes []int // more than one: each is right
	trap    bool  // calm on purpose: it only looks like danger
}

func (e *example) voice() string {
	if e.s == nil {
		return ""
	}
	return e.s.Voice
}

func (e *example) calm() bool { return e.classes[0] == 0 }

func (t *task) add(e example, classes ...string) {
	for _, c := range classes {
		if i := slices.Index(t.classes, c); i >= 0 {
			e.classes = append(e.classes, i)
		}
	}
	if len(e.classes) > 0 && len(e.looks) > 0 {
		t.examples = append(t.examples, e)
	}
}

// sample is one look at an example, as the learner takes it.
type sample struct {
	features []uint32
	weight   float64
	classes  []int
	chosen   bool // a word of a list: one is enough to learn from
}

// samples lays the looks of all examples out. Each look at a calm text is calm;
// of a cry only the worst look is known to be one, and who knows which is told by h.
func samples(examples []example, h *understand.Head) []sample {
	var out []sample
	for i := range examples {
		e := &examples[i]
		looks := e.looks
		if len(looks) > 1 && !e.calm() && h != nil {
			looks = looks[worst(h, looks):][:1]
		}
		for _, f := range looks {
			out = append(out, sample{f, e.weight / math.Sqrt(float64(len(looks))), e.classes, e.s == nil})
		}
	}
	return out
}

// worst finds the look that is the least calm.
func worst(h *understand.Head, looks [][]uint32) int {
	at, most := 0, -1
	for i, f := range looks {
		if risk := 1000 - understand.Chances(h.Logits(f, nil), nil)[0]; risk > most {
			at, most = i, risk
		}
	}
	return at
}

// fit learns from examples. Where cries have several looks it learns twice: once
// from all of them, then from those that the first time found the worst.
func (t *task) fit(examples []example) *understand.Head {
	h := t.head(t.learn(samples(examples, nil)))
	if t.name == "danger" {
		h = t.head(t.learn(samples(examples, h)))
	}
	return h
}

// head rounds the weights to small whole numbers.
func (t *task) head(l *learner) *understand.Head {
	h := &understand.Head{Name: t.name, Classes: t.classes, Known: l.known}
	size := make([]float64, len(l.w))
	for i := range l.w {
		l.w[i] = float64(l.w[i] * l.r[i])
		size[i] = math.Abs(l.w[i])
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
