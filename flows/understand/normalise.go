package understand

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// text is a message in the two forms that rules look at. People see the
// original; only rules see these.
type text struct {
	dense  form // Japanese, Chinese, Korean: no spaces, no marks, kana and spelling folded, repeats shortened
	spaced form // languages with spaces: " words between single blanks ", without accents
	cjk    bool // the text has letters of the dense kind
	kana   bool // it is Japanese beyond doubt
	signs  []rune
}

// form is one such shape of a text.
type form struct {
	s    string
	cuts []int // byte offsets before which a sentence ended
}

// whole gives the form under which whole messages are compared.
func whole(s string) string { return normalise(s).dense.s }

// normalise undoes what keyboards, decoration and disguise do to words: width,
// case, kana kind, zero-width characters, letters spread out with blanks or
// dots, letters held down, signs that only look like other signs.
func normalise(s string) text {
	b := builder{last: -1}
	b.dense.Grow(len(s))
	b.spaced.Grow(len(s) + 2)
	b.spaced.WriteByte(' ')
	b.blank = true
	for _, r := range unmask(strings.ToLower(norm.NFKC.String(s))) {
		b.add(r)
	}
	return b.done()
}

// builder writes both forms of a text in one pass.
type builder struct {
	dense, spaced strings.Builder
	denseCuts     []int
	spacedCuts    []int
	signs         []rune
	last          rune
	run           int
	blank, cjk    bool
	kana          bool
	kata          bool // the letter before was katakana
}

func (b *builder) add(r rune) {
	// A bar in a katakana word is one of its letters: カッター is not かった. After
	// other letters it only draws them out.
	long := isLong(r) && !(r == 'ー' && b.kata)
	b.kata = r >= 'ァ' && r <= 'ヶ' || r == 'ー' && b.kata
	r = foldKana(r)
	switch {
	case long || invisible(r):
	case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.M, r):
		if r != b.last {
			b.last, b.run = r, 0
		}
		b.run++
		// Letters held down: 「しにたいいいい」. Two are kept, since 「いい」 is a word;
		// digits are kept whole, since they are numbers.
		if b.run > 2 && !unicode.IsNumber(r) {
			return
		}
		b.cjk = b.cjk || isCJK(r)
		b.kana = b.kana || r >= 'ぁ' && r <= 'ゖ'
		b.dense.WriteRune(r)
		b.spaced.WriteRune(unaccent(r))
		b.blank = false
	case r == '\'' || r == '’': // don't, nu'o'c
	default:
		b.mark(r)
	}
}

// mark ends a word, and at a full stop a sentence.
func (b *builder) mark(r rune) {
	if !b.blank {
		b.spaced.WriteByte(' ')
		b.blank = true
	}
	if strings.ContainsRune("。！？!?\n.।", r) {
		b.denseCuts = append(b.denseCuts, b.dense.Len())
		b.spacedCuts = append(b.spacedCuts, b.spaced.Len()-1)
	}
	if r > 0x2000 && unicode.Is(unicode.So, r) && len(b.signs) < 16 {
		b.signs = append(b.signs, r)
	}
}

func (b *builder) done() text {
	if !b.blank {
		b.spaced.WriteByte(' ')
	}
	t := text{cjk: b.cjk, kana: b.kana, signs: b.signs}
	t.dense.s, t.dense.cuts = respell(b.dense.String(), b.denseCuts)
	t.spaced.s, t.spaced.cuts = b.spaced.String(), b.spacedCuts
	if joined := unspell(t.spaced.s); joined != t.spaced.s {
		t.spaced.s, t.spaced.cuts = joined, nil
	}
	return t
}

// foldKana maps katakana to hiragana.
func foldKana(r rune) rune {
	if r >= 'ァ' && r <= 'ヶ' {
		return r - 0x60
	}
	return r
}

// isLong tells the marks that only draw a vowel out.
func isLong(r rune) bool { return strings.ContainsRune("ー〜~―—−", r) }

// unaccent takes the accents off Latin letters: people leave them out on foreign keyboards.
func unaccent(r rune) rune {
	if r < 0x80 || r > 0x1eff || !unicode.Is(unicode.Latin, r) {
		return r
	}
	if r == 'đ' {
		return 'd'
	}
	var buf [utf8.UTFMax]byte
	n := utf8.EncodeRune(buf[:], r)
	base, _ := utf8.DecodeRune(norm.NFD.Bytes(buf[:n]))
	return base
}

func invisible(r rune) bool {
	return r == 0 || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) ||
		(r >= 0x0300 && r <= 0x036f) || // NFKC has composed what belongs to a letter: the rest is decoration
		unicode.Is(unicode.Co, r)
}

// unspell joins runs of three or more single letters ("d i e" → "die").
func unspell(s string) string {
	words := strings.Fields(s)
	single := 0
	for _, w := range words {
		if utf8.RuneCountInString(w) == 1 {
			single++
		}
	}
	if single < 3 {
		return s
	}
	out := make([]string, 0, len(words))
	for i := 0; i < len(words); {
		j := i
		for j < len(words) && utf8.RuneCountInString(words[j]) == 1 {
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

// isCJK tells letters of languages that are written, or may be written, without spaces.
func isCJK(r rune) bool {
	return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

func hasCJK(s string) bool {
	for _, r := range s {
		if isCJK(r) {
			return true
		}
	}
	return false
}
