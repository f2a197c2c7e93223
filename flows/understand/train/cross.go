package main

import (
	"fmt"
	"io"
	"slices"
	"sort"

	"engawa/flows/understand"
)

// guess is what a model said about a sentence of a voice it had never seen.
type guess struct {
	e      *example
	logits []int64
}

// cross trains without one voice after another and asks about that voice.
func (t *task) cross() []guess {
	var voices []string
	for _, e := range t.examples {
		if e.voice != "" && !slices.Contains(voices, e.voice) {
			voices = append(voices, e.voice)
		}
	}
	sort.Strings(voices)
	var out []guess
	for _, v := range voices {
		var rest, held []example
		for _, e := range t.examples {
			// The one training voice of the other languages is held back by halves.
			if e.voice == v && (v != "X" || len(held) <= len(rest)) {
				held = append(held, e)
			} else {
				rest = append(rest, e)
			}
		}
		if v == "X" {
			rest, held = halves(t.examples, v)
		}
		h := t.fit(rest)
		for i := range held {
			out = append(out, guess{&held[i], h.Logits(held[i].features, nil)})
		}
	}
	return out
}

// halves holds every third sentence of a voice back.
func halves(all []example, voice string) (rest, held []example) {
	n := 0
	for _, e := range all {
		if e.voice == voice {
			if n++; n%3 == 0 {
				held = append(held, e)
				continue
			}
		}
		rest = append(rest, e)
	}
	return rest, held
}

// tune finds the limits of a head on voices that it had not seen.
//
//	danger: the chance (in thousandths) that a text is not calm, above which it
//	is taken as worrying, so that at most four of a thousand calm texts are
//	topic:  how far the sums are stretched so that chances mean what they say;
//	the chance below which a text counts as out of scope
func (t *task) tune() []int64 {
	switch t.name {
	case "danger":
		return []int64{dangerLimit(t.cross(), 4), dangerLimit(t.cross(), 2)}
	case "topic":
		g := t.cross()
		stretch := bestStretch(g)
		return []int64{stretch, scopeLimit(g, stretch)}
	}
	return nil
}

// dangerLimit is the chance that at most n of a thousand calm texts pass.
func dangerLimit(gs []guess, n int) int64 {
	var calm []int
	for _, g := range gs {
		if g.e.classes[0] == 0 {
			calm = append(calm, 1000-understand.Chances(g.logits, nil)[0])
		}
	}
	sort.Ints(calm)
	return int64(calm[len(calm)-1-len(calm)*n/1000]) + 1
}

// bestStretch picks the stretch (in thousandths) under which the right classes
// were the least surprising.
func bestStretch(gs []guess) int64 {
	best, least := int64(1000), -1.0
	for s := int64(500); s <= 2500; s += 50 {
		bad := 0.0
		for _, g := range gs {
			bad += surprise(stretched(g.logits, s), g.e.classes)
		}
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

// surprise is the squared distance from being sure of a right class.
func surprise(logits []int64, right []int) float64 {
	p := understand.Chances(logits, nil)
	hit := 0
	for _, c := range right {
		hit += p[c]
	}
	d := float64(1000-hit) / 1000
	return d * d
}

// scopeLimit is the chance of the best door under which no more than three of
// a hundred texts that belong to one lie.
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
	return int64(best[len(best)*2/100])
}

// report prints how well each voice is understood by a model that never saw it.
func report(w io.Writer, all *written) {
	for _, t := range tasks(all) {
		gs := t.cross()
		byVoice := map[string][3]int{}
		for _, g := range gs {
			order := rank(g.logits)
			n := byVoice[g.e.voice]
			n[0]++
			if slices.Contains(g.e.classes, order[0]) {
				n[1]++
			}
			for _, c := range order[:min(3, len(order))] {
				if slices.Contains(g.e.classes, c) {
					n[2]++
					break
				}
			}
			byVoice[g.e.voice] = n
		}
		fmt.Fprintf(w, "%s\n", t.name)
		for _, v := range []string{"A", "B", "C", "D", "E", "X"} {
			n := byVoice[v]
			fmt.Fprintf(w, "  voice %s: %4d texts, top-1 %.3f, top-3 %.3f\n", v, n[0], share(n[1], n[0]), share(n[2], n[0]))
		}
		if t.name == "danger" {
			for _, n := range []int{2, 4, 8, 15} {
				limit := dangerLimit(gs, n)
				seen, of := 0, 0
				for _, g := range gs {
					if g.e.classes[0] != 0 {
						of++
						if int64(1000-understand.Chances(g.logits, nil)[0]) >= limit {
							seen++
						}
					}
				}
				fmt.Fprintf(w, "  %2d alarms per 1,000 calm texts: limit %d, %d of %d cries seen (%.3f)\n", n, limit, seen, of, share(seen, of))
			}
		}
	}
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
