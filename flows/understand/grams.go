package understand

import (
	"slices"
	"unicode/utf8"
)

// Features gives the hashed pieces of a text that the statistical model looks
// at: letter groups of one to four, for languages with spaces also words and
// word pairs, and signs like emoji. Each stands once, in rising order. The
// training command uses the same function.
func Features(s string) []uint32 {
	t := normalise(s)
	return t.features(nil)
}

func (t *text) features(out []uint32) []uint32 {
	return features(out, t.dense.s, t.spaced.s, t.cjk, t.signs)
}

const (
	hashStart = 2166136261
	hashPrime = 16777619
)

func hash(seed uint32, s string) uint32 {
	for i := 0; i < len(s); i++ {
		seed = (seed ^ uint32(s[i])) * hashPrime
	}
	return seed
}

func features(out []uint32, dense, spaced string, cjk bool, signs []rune) []uint32 {
	if cjk {
		out = grams(out, dense, 1, 4)
		out = signPairs(out, dense)
	} else {
		out = grams(out, spaced, 2, 5)
		out = words(out, spaced)
	}
	for _, r := range signs {
		out = append(out, hash(hashStart+7, string(r)))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// grams appends the hash of every group of least to most letters.
func grams(out []uint32, s string, least, most int) []uint32 {
	for i := 0; i < len(s); {
		h := uint32(hashStart)
		n := 0
		first := 0
		for j := i; j < len(s) && n < most; {
			_, size := utf8.DecodeRuneInString(s[j:])
			h = hash(h, s[j:j+size])
			j += size
			if n++; n == 1 {
				first = size
			}
			if n >= least {
				out = append(out, h)
			}
		}
		i += first
	}
	return out
}

// words appends the hash of every word and of every pair of neighbours.
func words(out []uint32, s string) []uint32 {
	last, from := uint32(0), -1
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != ' ' {
			if from < 0 {
				from = i
			}
			continue
		}
		if from < 0 {
			continue
		}
		h := hash(hashStart+3, s[from:i])
		out = append(out, h)
		if last != 0 {
			out = append(out, h*hashPrime^last)
		}
		last, from = h, -1
	}
	return out
}

// signPairs appends every two han signs that stand near each other: 母…聞 and
// 家…払 say more than either sign, whatever stands between them.
func signPairs(out []uint32, s string) []uint32 {
	var near [8]rune
	n := 0
	for _, r := range s {
		if r < 0x4e00 || r > 0x9fff {
			continue
		}
		for i := max(0, n-4); i < n; i++ {
			out = append(out, (hash(hashStart+23, string(near[i%8]))*hashPrime)^uint32(r)*hashPrime)
		}
		near[n%8] = r
		n++
	}
	return out
}
