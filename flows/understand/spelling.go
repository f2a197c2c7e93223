package understand

import (
	"strings"
	"unicode"
)

// unmask undoes the disguises under which words of death pass by filters:
// タヒ and 氏 for 死, 4 and シ二 for its sound, a ring in its place. Each counts
// only before the letters that make it a disguise, and 彼氏 is nobody's disguise.
func unmask(s string) string {
	if !strings.ContainsAny(s, "タ氏4四シ死○●〇◯✕×sサ自") {
		return s
	}
	rs := []rune(s)
	out := make([]rune, 0, len(rs)+2)
	for i := 0; i < len(rs); {
		if put, used := masked(rs, i); used > 0 {
			out = append(out, put...)
			i += used
			continue
		}
		out = append(out, rs[i])
		i++
	}
	return string(out)
}

// masked gives what stands behind a disguise at place i and how many runes it takes.
func masked(rs []rune, i int) ([]rune, int) {
	after := string(rs[i+1 : min(i+4, len(rs))])
	before := rune(' ')
	if i > 0 {
		before = rs[i-1]
	}
	dying := func(s string) bool {
		return hasPrefix(s, "にた", "に度", "にて", "にそう", "のう", "ぬ", "んで", "んだ", "ね")
	}
	switch r := rs[i]; {
	case r == 'タ' && strings.HasPrefix(after, "ヒ"):
		rest := string(rs[i+2 : min(i+5, len(rs))])
		if hasPrefix(rest, "りた", "た") { // タヒりたい, タヒたい
			return []rune("死にた"), 3 + btoi(strings.HasPrefix(rest, "り"))
		}
		if rest == "" || dying(rest) {
			return []rune("死"), 2
		}
	case r == '氏' && dying(after) && !unicode.Is(unicode.Han, before):
		return []rune("死"), 1
	case (r == '4' || r == '四') && hasPrefix(after, "にた", "にて", "のう") && !unicode.IsNumber(before) && !unicode.Is(unicode.Han, before):
		return []rune("死"), 1
	case (r == '死' || r == 'シ' || r == 'し') && hasPrefix(after, "2た", "二た"):
		return []rune("死に"), 2
	case (r == '○' || r == '●' || r == '〇' || r == '◯' || r == '×' || r == '✕') && hasPrefix(after, "にたい", "にたく"):
		return []rune("死"), 1
	case r == 's' && (hasPrefix(after, "にた") || hasPrefix(after, "hにた")) && !unicode.Is(unicode.Latin, before):
		return []rune("死"), 1 + btoi(hasPrefix(after, "h"))
	case r == '自' && hasPrefix(after, "○", "●", "〇", "サツ", "さつ", "札"):
		return []rune("自殺"), 2 + btoi(hasPrefix(after, "サ", "さ"))
	}
	return nil, 0
}

func hasPrefix(s string, any ...string) bool {
	for _, p := range any {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// spellings are words that people write in kanji or in kana as it comes; rules
// and texts are both brought to the right-hand side. 死 and 生き stay as they are:
// their sounds are also parts of harmless words.
var spellings = []string{
	"自殺", "じさつ", "手首", "てくび", "首", "くび", "吊", "つ", "絞め", "しめ", "締め", "しめ",
	"ところ", "ところ", "こころ", "こころ", "ごころ", "ごころ", "ころす", "殺す", "ころし", "殺し", "ころさ", "殺さ", "ころそ", "殺そ", "ころせ", "殺せ",
	"にたーい", "にたい", "にたいする", "に対する",
	"辛", "つら", "苦し", "くるし", "怖", "こわ", "恐い", "こわい", "恐く", "こわく", "恐ろし", "おそろし",
	"叩", "たた", "殴", "なぐ", "欲し", "ほし", "方が", "ほうが", "居な", "いな", "居る", "いる", "居た", "いた",
	"無い", "ない", "無く", "なく", "無か", "なか", "出来", "でき", "子ども", "こども", "子供", "こども",
	"旦那", "だんな", "私", "わたし", "僕", "ぼく", "俺", "おれ", "誰", "だれ", "全部", "ぜんぶ", "全て", "すべて",
	"眠", "ねむ", "疲れ", "つかれ", "嫌", "いや", "たのん", "たのん", "たのみ", "たのみ", "たのむ", "たのむ", "のんで", "飲んで", "のんだ", "飲んだ", "のんじゃ", "飲んじゃ", "のみす", "飲みす", "のみた", "飲みた", "のみま", "飲みま", "のむ", "飲む", "呑", "飲", "包丁", "ほうちょう", "刃物", "はもの",
	"薬", "くすり", "消え", "きえ", "飛び", "とび", "飛ん", "とん", "降り", "おり", "下り", "おり", "いしょを", "遺書を", "いしょか", "遺書か",
	"大切", "大切", "親切", "親切", "一切", "一切", "切", "き", "終わ", "おわ", "終り", "おわり", "楽に", "らくに", "良か", "よか", "良い", "よい", "逃げ", "にげ", "帰り", "かえり", "帰る", "かえる", "帰れ", "かえれ",
	"触", "さわ", "暴れ", "あばれ", "怒鳴", "どな",
	"倒", "たお", "呼吸", "こきゅう", "動", "うご", "止ま", "とま",
	"がいたい", "が痛い", "がいたく", "が痛く", "がいたむ", "が痛む", "もいたい", "も痛い", "お母さん", "おかあさん", "お父さん", "おとうさん", "お兄", "おにい", "父さん", "とうさん", "母さん", "かあさん",
	"何日", "なんにち", "何も", "なにも", "言", "い", "思", "おも", "考え", "かんがえ",
	"今日", "きょう", "今夜", "こんや", "明日", "あした", "来な", "こな", "一緒", "いっしょ",
	"一人", "ひとり", "独り", "ひとり", "1人", "ひとり",
}

var respeller = strings.NewReplacer(spellings...)

// respell brings spelling to one form and carries the sentence ends along.
func respell(s string, cuts []int) (string, []int) {
	if len(cuts) == 0 {
		return respeller.Replace(s), nil
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/4)
	from := 0
	out := make([]int, 0, len(cuts))
	for _, c := range cuts {
		if c > from {
			b.WriteString(respeller.Replace(s[from:c]))
			from = c
		}
		if n := b.Len(); len(out) == 0 || out[len(out)-1] != n {
			out = append(out, n)
		}
	}
	b.WriteString(respeller.Replace(s[from:]))
	return b.String(), out
}
