package understand

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold makes one form of what looks different only by width, case or kind of
// kana, for whoever looks for words in a text: ｶﾌｪ, カフェ and かふぇ are one.
// Unlike reading it takes nothing away, so that what is found can be shown.
func Fold(s string) string {
	if !plainly(s) && !norm.NFKC.IsNormalString(s) {
		s = norm.NFKC.String(s)
	}
	return strings.Map(foldRune, s)
}

// plainly says at a glance that a text is in its normal form: all of it are letters
// that nothing joins or divides, as nearly all Japanese is. No is no answer.
func plainly(s string) bool {
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf, r >= 'ぁ' && r <= 'ゖ', r >= 'ァ' && r <= 'ー', r >= '一' && r <= '\u9fff', r == '、', r == '。':
		default:
			return false
		}
	}
	return true
}

func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}
	if r >= 'ぁ' && r <= 'ヿ' {
		return foldKana(r)
	}
	return unicode.ToLower(r)
}
