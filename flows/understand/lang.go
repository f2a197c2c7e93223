package understand

import (
	"strings"
	"unicode"

	"engawa/flows"
)

// Words and letters that give a language away even in a short message. Written
// from everyday knowledge of the languages; used only to offer a switch.
var (
	simplified = "们这说请问难话钱时应没还给让个么吗为从头爱过离决学习听见车东买卖医药证险费发"
	vietnamese = "ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
	marks      = map[flows.Lang][]string{
		flows.En: {"i", "the", "my", "you", "is", "am", "are", "to", "and", "please", "help", "hello", "hi", "can", "want", "what", "how", "need", "no", "have", "thank", "thanks", "talk"},
		flows.Tl: {"ako", "ang", "ng", "po", "ko", "mo", "hindi", "ba", "kailangan", "salamat", "tulong", "gusto", "wala", "kumusta", "na", "sa", "mga", "opo"},
		flows.Pt: {"eu", "não", "nao", "preciso", "ajuda", "obrigado", "obrigada", "olá", "ola", "de", "que", "com", "meu", "minha", "quero", "você", "por", "favor", "estou", "tenho", "bom", "dia"},
		flows.Vi: {"toi", "tôi", "khong", "không", "giup", "xin", "chao", "cam", "can", "muon", "ban", "tien", "anh", "em", "duoc", "nha"},
	}
)

// guess names the language of a text, or "" where a guess would be rude. Poor
// Japanese is Japanese: やさしい日本語 is a wish that people state, never a guess.
func guess(s string) flows.Lang {
	var kana, han, hangul, deva, latin, simple, viet int
	for _, r := range strings.ToLower(s) {
		switch {
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
		case unicode.Is(unicode.Han, r):
			han++
			if strings.ContainsRune(simplified, r) {
				simple++
			}
		case unicode.Is(unicode.Hangul, r):
			hangul++
		case unicode.Is(unicode.Devanagari, r):
			deva++
		case unicode.Is(unicode.Latin, r):
			latin++
			if strings.ContainsRune(vietnamese, r) {
				viet++
			}
		}
	}
	switch {
	case kana > 0:
		return flows.Ja
	case hangul > 0:
		return flows.Ko
	case deva > 0:
		return flows.Ne
	case han > 0 && simple > 0:
		return flows.Zh
	case han > 0:
		return flows.Ja
	case viet > 0:
		return flows.Vi
	case latin > 0:
		return latinLang(s)
	}
	return ""
}

// latinLang counts small words; a tie or nothing at all says nothing.
func latinLang(s string) flows.Lang {
	words := strings.Fields(normalise(s).spaced)
	best, second := 0, 0
	var lang flows.Lang
	for _, l := range [...]flows.Lang{flows.En, flows.Pt, flows.Tl, flows.Vi} {
		n := 0
		for _, w := range words {
			for _, m := range marks[l] {
				if w == m {
					n++
				}
			}
		}
		if n > best {
			best, second, lang = n, best, l
		} else if n > second {
			second = n
		}
	}
	if best == 0 || best == second {
		return ""
	}
	return lang
}
