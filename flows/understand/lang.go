package understand

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/japanese"

	"engawa/flows"
)

// letters counts the scripts of a text.
type letters struct {
	kana, han, hangul, deva, latin int
	foreign                        int // han signs that Japanese does not write
	viet                           int // Latin letters that only Vietnamese has
}

func count(s string) letters {
	var n letters
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			n.kana++
		case unicode.Is(unicode.Han, r):
			n.han++
			if !writtenInJapan(r) {
				n.foreign++
			}
		case unicode.Is(unicode.Hangul, r):
			n.hangul++
		case unicode.Is(unicode.Devanagari, r):
			n.deva++
		case unicode.Is(unicode.Latin, r):
			n.latin++
			if strings.ContainsRune("ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ", unicode.ToLower(r)) {
				n.viet++
			}
		}
	}
	return n
}

// writtenInJapan tells whether a han sign is in the Japanese standard set; 你
// and 吗 are there in no Japanese sentence all the same.
func writtenInJapan(r rune) bool {
	if strings.ContainsRune("你您她們吗呢妳", r) {
		return false
	}
	_, err := japanese.ShiftJIS.NewEncoder().String(string(r))
	return err == nil
}

// guess names the language of a text, or "" where a guess would be rude. Poor
// Japanese is Japanese: やさしい日本語 is a wish that people state, never a guess.
func guess(s string) flows.Lang {
	s = withoutLinks(s)
	n := count(s)
	switch {
	case n.kana > 0 && n.kana*4 >= n.latin:
		return flows.Ja
	case n.hangul > 0 && n.hangul*4 >= n.latin:
		return flows.Ko
	case n.deva > 0:
		return flows.Ne
	case n.han > 0 && n.foreign > 0:
		return flows.Zh
	case n.han > 0 && n.han*2 >= n.latin:
		return likely(s, flows.Ja, flows.Ja, flows.Zh)
	case n.viet > 0:
		return flows.Vi
	case n.latin > 1:
		return likely(s, "", flows.Ja, flows.En, flows.Vi, flows.Tl, flows.Pt)
	}
	return ""
}

// sureLang is how much likelier than the next a language must be (in 2^-16: e^0.7).
const sureLang = 45000

// likely asks the model which of some languages a text is written in.
func likely(s string, otherwise flows.Lang, among ...flows.Lang) flows.Lang {
	h := Shipped().Head("lang")
	f := Script(s)
	if h == nil || len(f) == 0 || !h.knows(f) {
		return otherwise
	}
	sums := h.Logits(f, nil)
	var best, second int64 = -1 << 62, -1 << 62
	lang := otherwise
	for _, l := range among {
		i := slices.Index(h.Classes, string(l))
		if i < 0 {
			continue
		}
		if sums[i] > best {
			best, second, lang = sums[i], best, l
		} else if sums[i] > second {
			second = sums[i]
		}
	}
	if best-second < sureLang {
		return otherwise
	}
	return lang
}

// knows tells whether the head has seen any of the features.
func (h *Head) knows(features []uint32) bool {
	for _, f := range features {
		if h.find(f) >= 0 {
			return true
		}
	}
	return false
}

// Script gives the features that tell languages of one script apart: Latin
// letters with their accents, or han signs without kana. nil for all others,
// which their script gives away.
func Script(s string) []uint32 {
	n := count(s)
	var out []uint32
	switch {
	case n.kana+n.hangul+n.deva > 0:
		return nil
	case n.han > 0:
		out = grams(nil, normalise(s).dense.s, 1, 3)
	case n.latin > 0:
		t := plainWords(s)
		out = words(grams(nil, t, 1, 4), t)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// plainWords keeps accents: they are what tells the languages apart.
func plainWords(s string) string {
	var b strings.Builder
	b.WriteByte(' ')
	blank := true
	for _, r := range strings.ToLower(s) {
		if unicode.IsLetter(r) || r >= 0x300 && r <= 0x36f {
			b.WriteRune(r)
			blank = false
		} else if !blank && r != '\'' && r != '’' {
			b.WriteByte(' ')
			blank = true
		}
	}
	if !blank {
		b.WriteByte(' ')
	}
	return b.String()
}

// withoutLinks leaves out addresses: they are of no language.
func withoutLinks(s string) string {
	if !strings.Contains(s, "://") && !strings.Contains(s, "www.") {
		return s
	}
	var out []string
	for _, w := range strings.Fields(s) {
		if at := strings.Index(w, "http"); at >= 0 && strings.Contains(w[at:], "://") {
			w = w[:at]
		}
		if !strings.HasPrefix(w, "www.") {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}
