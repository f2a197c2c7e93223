package prove

import (
	"fmt"
	"sort"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"engawa/flows"
	"engawa/flows/understand"
)

const (
	fewSayings = 5
	tooNear    = 0.6 // Jaccard of letter pairs
)

// spoken is one way of saying something, as the letters that matter.
type spoken struct {
	text  string
	flow  flows.FlowID
	not   bool     // これは違う
	pairs []uint64 // sorted
}

// sayings: every entrance is known by enough of them, and by none of another's.
func (c *checker) sayings() {
	var reads []any
	for _, id := range c.b.Order {
		f := c.b.Flows[id]
		if f == nil {
			continue
		}
		c.held("saying")
		if len(f.Sayings) < fewSayings {
			c.find(Finding{Property: "saying", Severity: Error, Key: string(id) + "/入口", Why: fmt.Sprintf("「こう言われたら」が %dしかありません。%d以上あると、書いた人を見つけられます。", len(f.Sayings), fewSayings), Fix: "ふだん聞く言い方を足します。"})
		}
		reads = append(reads, id, f.Title, f.Topic, f.Sayings, f.NotThis)
	}
	c.once("near", printOf(reads...), func() { c.near(c.spoken(true)) })
	reads = append(reads, c.b.Words, c.wordsOnExits())
	c.once("readBack", printOf(reads...), func() { c.readBack(c.spoken(false)) })
}

// spoken lists all sayings, with their letter pairs if asked for.
func (c *checker) spoken(pairs bool) (all []spoken) {
	for _, id := range c.b.Order {
		f := c.b.Flows[id]
		if f == nil {
			continue
		}
		for i, s := range append(f.Sayings[:len(f.Sayings):len(f.Sayings)], f.NotThis...) {
			one := spoken{text: s, flow: id, not: i >= len(f.Sayings)}
			if pairs {
				one.pairs = pairsOf(s)
			}
			all = append(all, one)
		}
	}
	return all
}

// wordsOnExits are the labels that can be typed as ways out.
func (c *checker) wordsOnExits() (out []any) {
	for _, key := range sortedKeys(c.b.Lines) {
		if strings.HasPrefix(key, "exit.") {
			out = append(out, key, c.b.Lines[key])
		}
	}
	return out
}

// typedReads is all that typed looks at.
func (c *checker) typedReads() print {
	reads := []any{c.b.Words.Exits, c.b.Words.Langs, c.b.Words.Talk, c.wordsOnExits()}
	for _, sc := range c.sortedScenes() {
		next := make([]bool, 0, 8)
		for i := range sc.Choices {
			for _, x := range []flows.Exit{flows.ExHuman, flows.ExEnd} {
				next = append(next, c.same(x, &sc.Choices[i]))
			}
			reads = append(reads, sc.Choices[i].Label)
		}
		reads = append(reads, sc.Key, next)
	}
	return printOf(reads...)
}

// near finds sayings of different entrances that are nearly the same, and a
// これは違う that says what its own entrance listens for.
func (c *checker) near(all []spoken) {
	for i := range all {
		for j := i + 1; j < len(all); j++ {
			a, b := &all[i], &all[j]
			clash := a.flow != b.flow && !a.not && !b.not || a.flow == b.flow && a.not != b.not
			if !clash || jaccard(a.pairs, b.pairs) <= tooNear {
				continue
			}
			why := "「" + a.text + "」と、ほかの入口 " + string(b.flow) + " の「" + b.text + "」が、ほとんど同じです。"
			if a.flow == b.flow {
				why = "「こう言われたら」と「これは違う」に、ほとんど同じ言い方があります(「" + a.text + "」「" + b.text + "」)。"
			}
			c.find(Finding{Property: "saying", Severity: Warning, Key: string(a.flow) + "/入口", Why: why, Fix: "どちらかにだけ残します。"})
		}
	}
}

// pairsOf are the letter pairs of a saying, without marks and spaces.
func pairsOf(s string) []uint64 {
	var rs []rune
	for _, r := range strings.ToLower(norm.NFKC.String(s)) {
		if r >= 'ァ' && r <= 'ヶ' {
			r -= 0x60
		}
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			rs = append(rs, r)
		}
	}
	var out []uint64
	if len(rs) == 1 {
		return []uint64{uint64(rs[0])} //#nosec G115 -- a rune is never negative here: it comes from a string
	}
	for i := 0; i+1 < len(rs); i++ {
		out = append(out, uint64(rs[i])<<32|uint64(rs[i+1])) //#nosec G115 -- a rune is never negative here: it comes from a string
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	n := 0
	for i, p := range out {
		if i == 0 || p != out[i-1] {
			out[n] = p
			n++
		}
	}
	return out[:n]
}

// jaccard is how much two sorted sets share.
func jaccard(a, b []uint64) float64 {
	if len(a) == 0 || len(b) == 0 || float64(min(len(a), len(b)))/float64(max(len(a), len(b))) <= tooNear {
		return 0
	}
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			both++
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// readBack reads every saying back: the entrance that it was written for comes first.
func (c *checker) readBack(all []spoken) {
	r := c.reader
	for i := range all {
		s := &all[i]
		c.held("saying")
		got := r.Read(s.text, understand.Here{})
		switch {
		case s.not && len(got.Topics) > 0 && got.Topics[0].Flow == s.flow && got.Sure:
			c.find(Finding{Property: "saying", Severity: Warning, Key: string(s.flow) + "/入口", Why: "「これは違う」の「" + s.text + "」が、聞かずにこの入口へ案内されます。", Fix: "似た「こう言われたら」を見なおします。"})
		case s.not || got.Level != flows.NoLevel:
		case got.Exit != flows.NoExit || got.Talk:
			c.find(Finding{Property: "saying", Severity: Warning, Key: string(s.flow) + "/入口", Why: "「" + s.text + "」は、出口か雑談のことばとして読まれ、この入口には来ません。", Fix: "別の言い方にします。"})
		case len(got.Topics) == 0 || got.Topics[0].Flow != s.flow:
			c.find(Finding{Property: "saying", Severity: Warning, Key: string(s.flow) + "/入口", Why: "「" + s.text + "」が、この入口に来ません。", Fix: "ほかの入口の似た言い方を見なおします。"})
		}
	}
}

// typed: what stands on a button of a way out is read as that way out, in every
// language and whatever else is on the screen.
func (c *checker) typed() {
	r := c.reader
	exits := []flows.Exit{flows.ExHuman, flows.ExEnd, flows.ExStop, flows.ExDelete, flows.ExBack, flows.ExRestart, flows.ExLang, flows.ExMenu}
	for _, l := range flows.Langs {
		if !c.speaks(l) {
			continue
		}
		for _, x := range exits {
			for i, p := range c.b.Lines["exit."+string(x)] {
				word := p[l]
				if word == "" {
					continue
				}
				c.held("typed")
				if got := r.Read(word, understand.Here{Lang: l}); got.Exit != x {
					c.find(Finding{Property: "typed", Severity: Error, Key: fmt.Sprintf("line/exit.%s/%d", x, i+1), Lang: l, Why: "「" + word + "」と書いても、その出口として読まれません。", Fix: "ほかの出口と同じことばになっていないか見ます。"})
				}
				c.shadowed(r, l, x, word)
			}
		}
	}
}

// shadowed looks for a scene whose own button takes a typed way out for itself.
func (c *checker) shadowed(r *understand.Reader, l flows.Lang, x flows.Exit, word string) {
	if x != flows.ExHuman && x != flows.ExStop && x != flows.ExDelete && x != flows.ExEnd {
		return
	}
	short := squeeze(word)
	for _, sc := range c.sortedScenes() {
		var labels []string
		near := false
		for i := range sc.Choices {
			label, _ := sc.Choices[i].Label.In(l)
			labels = append(labels, label)
			near = near || strings.Contains(squeeze(label), short) || strings.Contains(short, squeeze(label))
		}
		if !near {
			continue
		}
		c.held("typed")
		got := r.Read(word, understand.Here{Lang: l, Offered: labels})
		if got.Exit == x || got.Choice > 0 && c.same(x, &sc.Choices[got.Choice-1]) {
			continue
		}
		c.find(Finding{Property: "typed", Severity: Error, Key: string(sc.Key), Lang: l, Why: "この画面で「" + word + "」と書くと、出口ではなく、似たボタンを押したことになります。", Fix: "ボタンのことばを変えます。"})
	}
}

// same says whether a choice does what the way out of that name does.
func (c *checker) same(x flows.Exit, ch *flows.Choice) bool {
	switch next := c.bones.Scenes[ch.Next]; x {
	case flows.ExHuman:
		return next != nil && next.Handoff != nil
	case flows.ExEnd:
		return ch.End || next != nil && (next.End || len(next.Choices) > 0 && next.Choices[0].Later != nil)
	}
	return false
}

func squeeze(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(norm.NFKC.String(plain(s))) {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
