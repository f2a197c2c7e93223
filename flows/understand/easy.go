package understand

import (
	"strings"
	"unicode/utf8"
)

// A wish for やさしい日本語 in a sentence of its own: how, what, and that it is wished.
// The word lists of the content know the bare names; people add a please to them.
var (
	easyHow  = []string{"やさしい", "優しい", "易しい", "かんたんな", "簡単な", "わかりやすい", "分かりやすい", "easy", "simple", "plain"}
	easyWhat = []string{"日本語", "にほんご", "ことば", "言葉", "japanese"}
	easyWish = []string{"おねがい", "お願い", "ねがい", "おしえ", "教え", "はなし", "話し", "話せ", "かいて", "書いて", "して", "いい", "たのみ", "頼み", "ほしい", "please"}
)

// longestWish is how long such a sentence is: in a longer one the words are about something else.
const longestWish = 30

// wantsEasy says whether a whole message asks for やさしい日本語. Poor Japanese is no
// such wish, and neither is a class in which it is learned.
func wantsEasy(dense string) bool {
	if utf8.RuneCountInString(dense) > longestWish || strings.Contains(dense, "勉強") || strings.Contains(dense, "べんきょう") || strings.Contains(dense, "教室") {
		return false
	}
	for _, how := range easyHow {
		_, rest, found := strings.Cut(dense, how)
		if !found {
			continue
		}
		for _, what := range easyWhat {
			if tail, ok := strings.CutPrefix(rest, what); ok && wished(tail) {
				return true
			}
		}
	}
	return false
}

// wished reads what follows the name of the language.
func wished(tail string) bool {
	bare := strings.TrimLeft(tail, "でにが")
	if bare == "" || strings.HasPrefix(bare, "please") {
		return true
	}
	if bare == tail { // 「やさしい日本語は…」 speaks about it
		return strings.HasPrefix(tail, "おねがい") || strings.HasPrefix(tail, "お願い")
	}
	for _, w := range easyWish {
		if strings.Contains(bare, w) {
			return true
		}
	}
	return false
}
