package understand

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// text is a message in the two forms that rules look at. People see the
// original; only rules see these.
type text struct {
	dense  string // Japanese, Chinese, Korean: no spaces, no marks, kana folded, repeats shortened
	spaced string // languages with spaces: " words between single blanks "
}

func (t text) whole() string { return t.dense }

// whole gives the form under which whole messages are compared.
func whole(s string) string { return normalise(s).dense }

// normalise undoes what keyboards, decoration and disguise do to words: width,
// case, kana kind, zero-width characters, letters spread out with blanks or
// dots, letters held down.
func normalise(s string) text {
	s = strings.ToLower(norm.NFKC.String(s))
	var dense, spaced strings.Builder
	spaced.WriteByte(' ')
	var last rune
	run, blank := 0, true
	for _, r := range s {
		r = fold(r)
		switch {
		case invisible(r):
			continue
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.M, r):
			if r == last {
				run++
			} else {
				last, run = r, 1
			}
			// Letters held down: 「しにたいいいい」. Two are kept, since 「いい」 is a word;
			// digits are kept whole, since they are numbers.
			if run > 2 && !unicode.IsNumber(r) {
				continue
			}
			dense.WriteRune(r)
			spaced.WriteRune(r)
			blank = false
		case r == '\'' || r == '’': // don't, nu'o'c
			continue
		default:
			if !blank {
				spaced.WriteByte(' ')
				blank = true
			}
		}
	}
	if !blank {
		spaced.WriteByte(' ')
	}
	return text{dense: dense.String(), spaced: unspell(spaced.String())}
}

// fold maps katakana to hiragana and all long dashes to the long-vowel mark, which is then dropped.
func fold(r rune) rune {
	switch {
	case r >= 'ァ' && r <= 'ヶ':
		return r - 0x60
	case strings.ContainsRune("〜~―—−", r):
		return 'ー'
	}
	return r
}

func invisible(r rune) bool {
	return r == 0 || r == 'ー' || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) ||
		(r >= 0x0300 && r <= 0x036f) || // NFKC has composed what belongs to a letter: the rest is decoration
		unicode.Is(unicode.Co, r)
}

// unspell joins runs of three or more single letters ("d i e" → "die").
func unspell(s string) string {
	words := strings.Fields(s)
	if len(words) == 0 {
		return " "
	}
	out := make([]string, 0, len(words))
	for i := 0; i < len(words); {
		j := i
		for j < len(words) && len([]rune(words[j])) == 1 {
			j++
		}
		if j-i >= 3 {
			out = append(out, strings.Join(words[i:j], ""))
			i = j
			continue
		}
		out = append(out, words[i])
		i++
	}
	return " " + strings.Join(out, " ") + " "
}

// hasCJK tells whether a pattern is written without spaces.
func hasCJK(s string) bool {
	for _, r := range s {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
			return true
		}
	}
	return false
}
