package understand

import (
	_ "embed"
	"math/bits"
	"strings"
	"sync"
)

//go:embed concepts.txt
var conceptFile string

// concepts finds groups of words in Japanese sentences. At most 64 groups.
type concepts struct {
	words *automaton
	group []int // of a word
	count int
}

var meanings = sync.OnceValue(func() *concepts {
	c := &concepts{}
	var words []string
	for _, line := range strings.Split(conceptFile, "\n") {
		_, list, ok := strings.Cut(line, ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range strings.Split(list, ",") {
			if w = whole(w); w != "" {
				words, c.group = append(words, w), append(c.group, c.count)
			}
		}
		c.count++
	}
	c.words = newAutomaton(words)
	return c
})

// in gives the groups that a sentence has, as bits.
func (c *concepts) in(s string) uint64 {
	var out uint64
	at := int32(0)
	for i := 0; i < len(s); i++ {
		at = c.words.step(at, s[i])
		for _, id := range c.words.ends[at] {
			out |= 1 << c.group[id]
		}
	}
	return out
}

// conceptFeatures appends a feature for every group of the sentence and for
// every two that meet in it.
func conceptFeatures(out []uint32, s string) []uint32 {
	const one, two = hashStart + 11, hashStart + 13
	all := meanings().in(s)
	for rest := all; rest != 0; rest &= rest - 1 {
		a := uint32(bits.TrailingZeros64(rest)) //#nosec G115 -- a bit's number is 0 to 63
		out = append(out, (one^a)*hashPrime)
		for more := rest & (rest - 1); more != 0; more &= more - 1 {
			b := uint32(bits.TrailingZeros64(more)) //#nosec G115 -- a bit's number is 0 to 63
			out = append(out, ((two^a)*hashPrime^b)*hashPrime)
		}
	}
	return out
}
