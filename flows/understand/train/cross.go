package main

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"sync"

	"engawa/flows/understand"
)

// guess is what a model said about a sentence of a voice it had never seen.
type guess struct {
	e      *example
	logits []int64
}

// risk is the chance, in thousandths, that the text is not calm.
func (g *guess) risk() int { return 1000 - understand.Chances(g.logits, nil)[0] }

// folds are the voices that are held back together. X is the one training voice
// of the other languages: a third of it is held back.
var folds = []string{"AJ", "BK", "CM", "DN", "EO", "P", "W", "X", "Z", "abci", "d", "e", "f", "g", "RS", "TUV", "1234567"}

// cross trains without the voices of one fold after another and asks about them.
func (t *task) cross() []guess {
	parts := make([][]guess, len(folds))
	var all sync.WaitGroup
	for i, f := range folds {
		all.Go(func() {
			rest, held := t.without(f)
			if len(held) == 0 {
				return
			}
			h := t.fit(rest)
			for j := range held {
				e := &held[j]
				parts[i] = append(parts[i], guess{e, h.Logits(e.looks[worst(h, e.looks)], nil)})
			}
		})
	}
	all.Wait()
	return slices.Concat(parts...)
}

// without keeps the examples of some voices back.
func (t *task) without(voices string) (rest, held []example) {
	n := 0
	for _, e := range t.examples {
		mine := e.s != nil && slices.Contains([]byte(voices), e.s.Voice[0])
		if mine && voices == "X" {
			n++
			mine = n%3 == 0
		}
		if mine {
			held = append(held, e)
		} else {
			rest = append(rest, e)
		}
	}
	return rest, held
}

// How many of a thousand texts of an unseen voice the model alone may alarm
// about; the rules have their own mistakes, and both together must stay under
// 20 of ordinary texts and 50 of traps.
const (
	ordinaryAlarms = 15
	trapAlarms     = 35
	fewerElsewhere = 1 // in languages of which less was written it may have to be surer by this
)

// dangerLimits are the chances (in thousandths) above which a text is worrying:
// one for Japanese, and one for the languages of which less was written.
func dangerLimits(t *task) []int64 {
	gs := t.cross()
	var out []int64
	for _, ja := range []bool{true, false} {
		of := func(trap bool) func(*example) bool {
			return func(e *example) bool {
				return e.calm() && e.trap == trap && strings.HasPrefix(e.s.Lang, "ja") == ja
			}
		}
		less := 1
		if !ja {
			less = fewerElsewhere
		}
		out = append(out, max(limit(gs, ordinaryAlarms/less, of(false)), limit(gs, trapAlarms/less, of(true))))
	}
	return out
}

// limit is the risk that at most n of a thousand of some texts pass.
func limit(gs []guess, n int, of func(*example) bool) int64 {
	var risks []int
	for i := range gs {
		if of(gs[i].e) {
			risks = append(risks, gs[i].risk())
		}
	}
	sort.Ints(risks)
	if len(risks) == 0 {
		return 1000
	}
	return int64(risks[len(risks)-1-len(risks)*n/1000]) + 1
}

// topicLimits are how far the sums are stretched so that chances mean what they
// say, and the chance below which a text counts as out of scope.
func topicLimits(t *task) []int64 {
	gs := t.cross()
	stretch := bestStretch(gs)
	return []int64{stretch, scopeLimit(gs, stretch)}
}

// bestStretch picks the stretch (in thousandths) under which chances meant most
// nearly what they say: of the texts with a chance of seven tenths, seven tenths right.
func bestStretch(gs []guess) int64 {
	best, least := int64(1000), -1.0
	for s := int64(500); s <= 3000; s += 20 {
		bad := miscalibration(gs, s)
		if least < 0 || bad < least {
			best, least = s, bad
		}
	}
	return best
}

func stretched(logits []int64, s int64) []int64 {
	out := make([]int64, len(logits))
	for i, l := range logits {
		out[i] = l * s / 1000
	}
	return out
}

// miscalibration is how far the chance of the best topic is from how often it is
// right, by tenths, in thousandths of a text: whole numbers, alike on every processor.
func miscalibration(gs []guess, stretch int64) float64 {
	var bins [10][2]int // sum of chances, sum of what they should have been
	for _, g := range gs {
		p := understand.Chances(stretched(g.logits, stretch), nil)
		top := 0
		for c := range p {
			if p[c] > p[top] {
				top = c
			}
		}
		b := &bins[min(9, p[top]/100)]
		b[0] += p[top]
		if slices.Contains(g.e.classes, top) {
			b[1] += 1000
		}
	}
	off := 0
	for _, b := range bins {
		off += max(b[0]-b[1], b[1]-b[0])
	}
	return float64(off)
}

// scopeLimit is the chance of the best door under which no more than 12 of a
// thousand texts that belong to one lie.
func scopeLimit(gs []guess, stretch int64) int64 {
	var best []int
	out := slices.Index(topics, "other")
	for _, g := range gs {
		if slices.Contains(g.e.classes, out) {
			continue
		}
		p := understand.Chances(stretched(g.logits, stretch), nil)
		p[out] = 0
		best = append(best, slices.Max(p))
	}
	sort.Ints(best)
	return int64(best[len(best)*12/1000])
}

// crossReport prints how well each voice is understood by a model that never saw it.
func crossReport(w io.Writer, all *written) {
	for _, t := range tasks(all) {
		gs := t.cross()
		fmt.Fprintf(w, "%s\n", t.name)
		crossVoices(w, gs)
		if t.name == "danger" {
			crossLimits(w, gs)
		}
	}
}

func crossVoices(w io.Writer, gs []guess) {
	counts := map[string][3]int{}
	var voices []string
	for _, g := range gs {
		order := rank(g.logits)
		v := g.e.voice()
		n := counts[v]
		if n[0] == 0 {
			voices = append(voices, v)
		}
		n[0]++
		if slices.Contains(g.e.classes, order[0]) {
			n[1]++
		}
		if slices.ContainsFunc(order[:min(3, len(order))], func(c int) bool { return slices.Contains(g.e.classes, c) }) {
			n[2]++
		}
		counts[v] = n
	}
	sort.Strings(voices)
	for _, v := range voices {
		n := counts[v]
		fmt.Fprintf(w, "  voice %s: %4d texts, top-1 %.3f, top-3 %.3f\n", v, n[0], share(n[1], n[0]), share(n[2], n[0]))
	}
}

// crossLimits says what each limit would see and what it would cost.
func crossLimits(w io.Writer, gs []guess) {
	names := []string{"clear", "worry", "worry ja", "traps", "ordinary"}
	for _, least := range []int{200, 300, 400, 500, 600, 700, 800, 850, 900, 950, 980} {
		counts := map[string]*[2]int{}
		for _, n := range names {
			counts[n] = &[2]int{}
		}
		for i := range gs {
			for _, n := range kinds(gs[i].e) {
				counts[n][1]++
				if gs[i].risk() >= least {
					counts[n][0]++
				}
			}
		}
		fmt.Fprintf(w, "  limit %d:", least)
		for _, n := range names {
			fmt.Fprintf(w, "  %s %.3f", n, share(counts[n][0], counts[n][1]))
		}
		fmt.Fprintln(w)
	}
}

func kinds(e *example) []string {
	switch {
	case e.trap:
		return []string{"traps"}
	case e.calm():
		return []string{"ordinary"}
	case e.s.Level == "clear":
		return []string{"clear"}
	case e.s.Lang == "ja":
		return []string{"worry", "worry ja"}
	}
	return []string{"worry"}
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// rank orders classes by their sums, best first.
func rank(logits []int64) []int {
	order := make([]int, len(logits))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return logits[order[a]] > logits[order[b]] })
	return order
}
