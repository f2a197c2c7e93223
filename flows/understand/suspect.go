package understand

import (
	"slices"
	"strings"

	"engawa/flows"
)

// mostLooks is how many sentences of a letter the model looks at; of a longer
// one it takes the first and the last half of them. The rules read all of it.
const mostLooks = 48

// Suspicion is what the model thinks of a text.
type Suspicion struct {
	Risk  int // chance that it is not calm, in thousandths
	Class int // the likeliest class beside "none", which is number 0
	From  int // which look was the worst
}

// Suspect looks for a cry for help in every sentence of a text and in every two
// that stand together: a long letter is calm in most of its sentences.
func (h *Head) Suspect(s string) Suspicion {
	t := normalise(s)
	return h.suspect(&t)
}

// Looks gives the features of each look that Suspect takes.
func Looks(s string) [][]uint32 {
	t := normalise(s)
	var out [][]uint32
	t.looks(func(f []uint32) { out = append(out, slices.Clone(f)) })
	return out
}

func (h *Head) suspect(t *text) Suspicion {
	var sums []int64
	var chances []int
	worst, n := Suspicion{Risk: -1}, 0
	t.looks(func(f []uint32) {
		sums = h.Logits(f, sums)
		chances = Chances(sums, chances)
		if risk := 1000 - chances[0]; risk > worst.Risk {
			worst = Suspicion{Risk: risk, Class: 1, From: n}
			for c := 2; c < len(chances); c++ {
				if chances[c] > chances[worst.Class] {
					worst.Class = c
				}
			}
		}
		n++
	})
	return worst
}

// looks gives the features of every look to each, which must not keep them.
func (t *text) looks(each func([]uint32)) {
	buf := make([]uint32, 0, 512)
	if !t.cjk {
		t.spacedLooks(buf, each)
		return
	}
	all := t.dense.sentences()
	if n := len(all); n > mostLooks {
		all = append(all[:mostLooks/2:mostLooks/2], all[n-mostLooks/2:]...)
	}
	for i, s := range all {
		buf = dangerFeatures(buf[:0], s, t.signs)
		each(buf)
		if i > 0 && len(s)+len(all[i-1]) < nearDense {
			buf = dangerFeatures(buf[:0], all[i-1]+s, t.signs)
			each(buf)
		}
	}
}

// nearDense is how long two sentences may be, in bytes, to be read as one breath.
const nearDense = 40 * 3

func (t *text) spacedLooks(buf []uint32, each func([]uint32)) {
	all := t.spaced.sentences()
	if n := len(all); n > mostLooks {
		all = append(all[:mostLooks/2:mostLooks/2], all[n-mostLooks/2:]...)
	}
	for _, s := range all {
		buf = features(buf[:0], "", s, false, t.signs)
		each(buf)
	}
}

// dangerFeatures are the features of one Japanese, Chinese or Korean sentence:
// letter groups, how it ends, and which meanings meet in it.
func dangerFeatures(out []uint32, s string, signs []rune) []uint32 {
	out = grams(out, s, 1, 4)
	out = endings(out, s)
	out = conceptFeatures(out, s)
	for _, r := range signs {
		out = append(out, hash(hashStart+7, string(r)))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// endings appends the last two to five letters: wish, negation, politeness and
// time stand at the end of a Japanese sentence.
func endings(out []uint32, s string) []uint32 {
	rs := []rune(s[max(0, len(s)-24):])
	for n := 2; n <= 5 && n <= len(rs); n++ {
		out = append(out, hash(hashStart+17, string(rs[len(rs)-n:])))
	}
	return out
}

// oneSentence says whether there is nothing in a text beside one sentence.
func (t *text) oneSentence() bool {
	if t.cjk {
		return len(t.dense.sentences()) < 2
	}
	return len(t.spaced.sentences()) < 2
}

// sentences cuts the form at its sentence ends.
func (f form) sentences() []string {
	var out []string
	from := 0
	for _, c := range append(f.cuts[:len(f.cuts):len(f.cuts)], len(f.s)) {
		if c > from && strings.TrimSpace(f.s[from:c]) != "" {
			out = append(out, f.s[from:c])
			from = c
		}
	}
	return out
}

// suspect lets the model add its voice. Alone it can only make a text 気がかり,
// which is one gentle question: to wake anybody a rule must have spoken. Where one
// has, what it says is not disputed; nor is it where a rule found words about dying
// calmed and nothing else is said: of 「quero morrer de rir」 it knows better. Of the
// other dangers it does not: who was stung by a wasp may still be swelling.
func (r *Reader) suspect(out *flows.Reading, t *text, calmed []flows.Urgency) {
	if out.Level != flows.NoLevel || r.danger == nil || len(r.danger.Tuned) < 2 || r.said[t.dense.s] || r.talk[t.dense.s] {
		return
	}
	limit := r.danger.Tuned[0]
	if !t.kana {
		limit = r.danger.Tuned[1]
	}
	found := r.danger.suspect(t)
	if int64(found.Risk) < limit {
		return
	}
	urgency, _, _ := strings.Cut(r.danger.Classes[found.Class], ".")
	if flows.Urgency(urgency) == flows.Life && slices.Contains(calmed, flows.Life) && t.oneSentence() {
		return
	}
	raise(out, &rule{id: "model-" + urgency, urgency: flows.Urgency(urgency), level: flows.Worry})
}
