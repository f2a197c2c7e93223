package understand

import "strings"

// syllables of Hepburn and Kunrei, as people type them on a phone without kana.
var syllables = map[string]string{}

func init() {
	rows := map[string][5]string{
		"": {"あ", "い", "う", "え", "お"}, "k": {"か", "き", "く", "け", "こ"}, "s": {"さ", "し", "す", "せ", "そ"},
		"t": {"た", "ち", "つ", "て", "と"}, "n": {"な", "に", "ぬ", "ね", "の"}, "h": {"は", "ひ", "ふ", "へ", "ほ"},
		"m": {"ま", "み", "む", "め", "も"}, "y": {"や", "", "ゆ", "", "よ"}, "r": {"ら", "り", "る", "れ", "ろ"},
		"w": {"わ", "", "", "", "を"}, "g": {"が", "ぎ", "ぐ", "げ", "ご"}, "z": {"ざ", "じ", "ず", "ぜ", "ぞ"},
		"d": {"だ", "ぢ", "づ", "で", "ど"}, "b": {"ば", "び", "ぶ", "べ", "ぼ"}, "p": {"ぱ", "ぴ", "ぷ", "ぺ", "ぽ"},
		"ky": {"きゃ", "", "きゅ", "", "きょ"}, "sy": {"しゃ", "", "しゅ", "", "しょ"}, "ty": {"ちゃ", "", "ちゅ", "", "ちょ"},
		"ny": {"にゃ", "", "にゅ", "", "にょ"}, "hy": {"ひゃ", "", "ひゅ", "", "ひょ"}, "my": {"みゃ", "", "みゅ", "", "みょ"},
		"ry": {"りゃ", "", "りゅ", "", "りょ"}, "gy": {"ぎゃ", "", "ぎゅ", "", "ぎょ"}, "zy": {"じゃ", "", "じゅ", "", "じょ"},
		"by": {"びゃ", "", "びゅ", "", "びょ"}, "py": {"ぴゃ", "", "ぴゅ", "", "ぴょ"},
		"sh": {"しゃ", "し", "しゅ", "", "しょ"}, "ch": {"ちゃ", "ち", "ちゅ", "", "ちょ"}, "j": {"じゃ", "じ", "じゅ", "", "じょ"},
	}
	for head, row := range rows {
		for i, v := range "aiueo" {
			if row[i] != "" {
				syllables[head+string(v)] = row[i]
			}
		}
	}
	syllables["tsu"], syllables["fu"] = "つ", "ふ"
}

// kana reads Latin letters as Japanese; false unless every word of the text can
// be read so. It makes only rules of danger look again: most words of other
// languages that happen to be readable say nothing dangerous in Japanese.
func kana(spaced string) (string, bool) {
	words := strings.Fields(spaced)
	if len(words) == 0 || len(words) > 40 {
		return "", false
	}
	var b strings.Builder
	for _, w := range words {
		if !syllabic(&b, w) {
			return "", false
		}
	}
	return b.String(), b.Len() >= 9
}

func syllabic(b *strings.Builder, w string) bool {
next:
	for i := 0; i < len(w); {
		for n := 3; n >= 1; n-- {
			if i+n <= len(w) {
				if k, ok := syllables[w[i:i+n]]; ok {
					b.WriteString(k)
					i += n
					continue next
				}
			}
		}
		switch {
		case w[i] == 'n':
			b.WriteString("ん")
		case i+1 < len(w) && w[i] == w[i+1], i+2 < len(w) && w[i:i+3] == "tch":
			b.WriteString("っ")
		default:
			return false
		}
		i++
	}
	return true
}
