package prove

import (
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"engawa/flows"
)

var (
	holeForm  = regexp.MustCompile(`\{[^{}]*\}`)
	numbers   = regexp.MustCompile(`[#]?[0-9]+(?:[-‐–][0-9]+)*`)
	clockZero = regexp.MustCompile(`([0-9]{1,2})[:h.]00`)
)

// tongue holds a translation against its Japanese: what Step fills in stands in
// both, and so does every number. A wrong digit sends somebody in danger nowhere.
func (c *checker) tongue(s *said, l flows.Lang, text string) {
	bad := func(sev Severity, why, fix string) {
		c.find(Finding{Property: "tongue", Severity: sev, Key: s.key, Lang: l, Why: why, Fix: fix})
	}
	ja := s.p[flows.Ja]
	if a, b := holesOf(ja), holesOf(text); a != b {
		bad(Error, "あとから入ることばが、日本語の文とちがいます(日本語「"+a+"」、訳「"+b+"」)。", "日本語の文と同じ { } を入れます。")
	}
	long, short := figures(ja)
	longT, shortT := figures(text)
	for _, d := range long {
		if !has(longT, d) {
			bad(Error, "日本語の文にある番号 "+d+" が、訳にありません。", "同じ番号を書きます。")
		}
	}
	for _, d := range longT {
		if !has(long, d) {
			bad(Error, "訳にある番号 "+d+" が、日本語の文にありません。", "日本語の文と同じ番号にします。")
		}
	}
	for _, d := range short {
		if !has(shortT, d) && !spelled(d, l, text) && !onTheClock(d, shortT) {
			bad(Warning, "日本語の文にある数 "+strconv.Itoa(d)+" が、訳に見あたりません。", "数をそろえます。")
		}
	}
	for _, d := range shortT {
		if !has(short, d) && !onTheClock(d, short) && !fromKana(d, ja) {
			bad(Warning, "訳にある数 "+strconv.Itoa(d)+" が、日本語の文に見あたりません。", "数をそろえます。")
		}
	}
	if s.form == bubble && japanese(text, l) {
		bad(Warning, "訳のなかに、日本語の文が残っています。", "訳を書きます。")
	}
}

// japanese says whether most of a translation is written in Japanese. A sentence
// to show at the counter may stand in it in quotes.
func japanese(text string, l flows.Lang) bool {
	if l == flows.JaEasy {
		return false
	}
	mine, all := 0, 0
	for _, r := range quotes.ReplaceAllString(text, "") {
		switch {
		case unicode.In(r, unicode.Hiragana, unicode.Katakana), unicode.Is(unicode.Han, r) && l != flows.Zh:
			mine, all = mine+1, all+1
		case unicode.IsLetter(r):
			all++
		}
	}
	return all > 0 && (2*mine > all || l == flows.Zh && 4*mine > all)
}

func holesOf(text string) string {
	list := holeForm.FindAllString(text, -1)
	sort.Strings(list)
	return strings.Join(list, " ")
}

// figures gives the numbers of a text: those one dials, and those one counts by.
func figures(text string) (long []string, short []int) {
	text = clockZero.ReplaceAllString(norm.NFKC.String(text), "$1")
	for _, n := range numbers.FindAllString(text, -1) {
		bare := strings.NewReplacer("-", "", "‐", "", "–", "").Replace(n)
		if len(bare) >= 3 {
			if !has(long, bare) {
				long = append(long, bare)
			}
			continue
		}
		for _, part := range strings.FieldsFunc(n, func(r rune) bool { return r < '0' || r > '9' }) {
			if d, err := strconv.Atoi(part); err == nil && !has(short, d) {
				short = append(short, d)
			}
		}
	}
	return long, short
}

// onTheClock: 17時 is 5 pm elsewhere.
func onTheClock(d int, among []int) bool {
	return d > 12 && d < 24 && has(among, d-12) || d < 12 && has(among, d+12)
}

var counted = map[flows.Lang][]string{
	flows.En: {"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"},
	flows.Pt: {"", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez"},
	flows.Tl: {"", "isang", "dalawang", "tatlong", "apat", "limang", "anim", "pitong", "walong", "siyam", "sampung"},
	flows.Vi: {"", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"},
	flows.Zh: {"", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十"},
	flows.Ko: {"", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열"},
}

// again are the other words for a number: 一度 is "once".
var again = map[flows.Lang]map[int][]string{
	flows.En:     {1: {"a ", "once", "single", "only", "first", "half"}, 2: {"both", "twice", "couple", "half"}},
	flows.JaEasy: {1: {"ひと", "いち", "一"}, 2: {"ふた", "二", "に"}, 3: {"みっ", "三"}},
	flows.Zh:     {2: {"二"}},
	flows.Pt:     {1: {"uma"}, 2: {"duas"}},
	flows.Vi:     {5: {"lăm"}, 1: {"mốt"}},
}

// spelled says whether a small number is written out in a translation.
func spelled(d int, l flows.Lang, text string) bool {
	low := strings.ToLower(text)
	if list := counted[l]; d < len(list) && list[d] != "" && strings.Contains(low, list[d]) {
		return true
	}
	for _, w := range again[l][d] {
		if strings.Contains(low, w) {
			return true
		}
	}
	return d == 24 && (strings.Contains(low, "any time") || strings.Contains(low, "all day")) || d == 7 && strings.Contains(low, "week") || d == 14 && strings.Contains(low, "two weeks")
}

// fromKana says whether the Japanese writes a small number out: ひとり, 一度, 半.
func fromKana(d int, ja string) bool {
	words := map[int][]string{1: {"一", "ひと"}, 2: {"二", "ふた", "両"}, 3: {"三", "みっ"}, 4: {"四", "よっ"}, 5: {"五"}, 7: {"七", "週"}, 10: {"十"}, 14: {"2週"}, 24: {"一日中", "いつでも", "夜も"}}
	for _, w := range words[d] {
		if strings.Contains(ja, w) {
			return true
		}
	}
	return false
}
