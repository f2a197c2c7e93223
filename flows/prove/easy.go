package prove

import (
	"fmt"
	"regexp"
	"unicode"
)

// What a sentence of plain Japanese may hold.
const (
	easyLength = 35 // letters, readings and spaces apart
	easyKanji  = 13
)

var (
	twiceNot = regexp.MustCompile(`なく(?:は|も)(?:ない|ありません)|ない(?:こと|わけ|もの)(?:は|も|では|じゃ)(?:ない|ありません)|(?:なければ|なくては|ないと)(?:な[らり]|いけ)(?:ない|ません)|ないとは(?:言|い)え(?:ない|ません)|ずには(?:い|お)?られ|ざるを(?:え|得)`)
	politely = regexp.MustCompile(`いただけますでしょうか|させていただ|お.{1,6}になられ|ご.{1,6}くださいませ|でございます|申し上げ|いたしかね`)
	hasKanji = regexp.MustCompile(`\p{Han}`)
)

// easy holds a plain Japanese sentence against the rules for it. They are advice:
// the author knows the reader, the machine only counts.
func (c *checker) easy(s *said, text string) {
	advise := func(why, fix string) {
		c.find(Finding{Property: "easy", Severity: Warning, Key: s.key, Lang: "ja-easy", Why: why, Fix: fix})
	}
	bare := plain(text)
	if w := twiceNot.FindString(bare); w != "" {
		advise("「"+w+"」は、否定が2つ重なっています。", "「〜します」「〜てください」のように、ひとつの言い方にします。")
	}
	if w := politely.FindString(bare); w != "" {
		advise("「"+w+"」は、敬語が重なっています。", "です・ます だけにします。")
	}
	if s.form != bubble {
		return
	}
	for _, one := range sentencesOf(text) {
		one := plain(one)
		if n := len([]rune(one)); n > easyLength {
			advise(fmt.Sprintf("一文が %d文字です(「%s…」)。%d文字までにします。", n, head(one, 12), easyLength), "文を2つに分けます。")
		}
		kanji := 0
		for _, r := range one {
			if unicode.Is(unicode.Han, r) {
				kanji++
			}
		}
		if kanji > easyKanji {
			advise(fmt.Sprintf("一文に漢字が %dあります(「%s…」)。%dまでにします。", kanji, head(one, 12), easyKanji), "ひらがなにするか、文を分けます。")
		}
	}
	if hasKanji.MatchString(text) && !readings.MatchString(text) {
		advise("漢字に読みがありません。", "漢字のことばのあとに (よみ) を書きます。")
	}
}
