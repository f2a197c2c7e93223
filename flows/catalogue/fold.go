package catalogue

import (
	_ "embed"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// People write one word in many ways: 図書館, としょかん, トショカン, ﾄｼｮｶﾝ,
// としょうかん. Both what is offered and what is asked is folded to one writing,
// and compared there.

//go:embed readings.txt
var readingsText string

// readings are the words of this field of life with their kana.
var readings = func() map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(readingsText) {
		line, _, _ = strings.Cut(line, "#")
		for _, pair := range strings.Fields(line) {
			if word, kana, ok := strings.Cut(pair, "="); ok {
				all[word] = kana
			}
		}
	}
	return all
}()

const longestWord = 8 // characters of a word in readings.txt

// plain is the text in one width, one case and one kana, letters only.
func plain(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(s) {
		switch {
		case r >= 'ァ' && r <= 'ヶ':
			b.WriteRune(r - 0x60)
		case r == 'ー' || r == '〜' || r == '～':
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '#' || r == '々':
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// spoken writes known words in kana.
func spoken(s string) string {
	rs := []rune(s)
	var b strings.Builder
	for i := 0; i < len(rs); {
		n := 0
		if unicode.Is(unicode.Han, rs[i]) {
			for k := min(longestWord, len(rs)-i); k > 0; k-- {
				if kana, ok := readings[string(rs[i:i+k])]; ok {
					b.WriteString(kana)
					n = k
					break
				}
			}
		}
		if n == 0 {
			b.WriteRune(rs[i])
			n = 1
		}
		i += n
	}
	return b.String()
}

// loosen forgets what people confuse: voicing marks, small kana, long vowels.
func loosen(s string) string {
	var out []rune
	for _, r := range norm.NFD.String(s) {
		switch {
		case r == '\u3099' || r == '\u309a':
			continue
		case strings.ContainsRune("ぁぃぅぇぉっゃゅょゎ", r):
			r++
		case r == 'を':
			r = 'お'
		case r == 'ち':
			r = 'し' // ぢ and じ
		case r == 'つ':
			r = 'す' // づ and ず
		}
		if n := len(out); n > 0 && drawsOut(out[n-1], r) {
			continue
		}
		out = append(out, r)
	}
	return string(out)
}

const (
	rowO = "おこそとのほもよろ"
	rowE = "えけせてねへめれ"
	rowU = "うくすぬふむゆる"
)

// drawsOut tells that a vowel only lengthens the syllable before it.
func drawsOut(before, r rune) bool {
	switch r {
	case 'う':
		return strings.ContainsRune(rowO, before) || strings.ContainsRune(rowU, before)
	case 'い':
		return strings.ContainsRune(rowE, before)
	case 'お':
		return strings.ContainsRune(rowO, before)
	}
	return false
}

// grams gives every piece by which a text is found: pairs with a Chinese
// character in them as written, and pairs and triples of its loosened kana.
// The head letter keeps the two alphabets apart.
func grams(s string, each func(string)) {
	p := plain(s)
	rs := []rune(p)
	for i := range rs {
		han := unicode.Is(unicode.Han, rs[i])
		if han {
			each("1" + string(rs[i]))
		}
		if i+1 < len(rs) && (han || unicode.Is(unicode.Han, rs[i+1])) {
			each("2" + string(rs[i:i+2]))
		}
	}
	ks := []rune(loosen(spoken(p)))
	for i := range ks {
		if i+1 < len(ks) {
			each("k" + string(ks[i:i+2]))
		}
		if i+2 < len(ks) {
			each("k" + string(ks[i:i+3]))
		}
	}
}
