package redact

import (
	"regexp"
	"slices"
	"strings"
)

// relations stand before a name: 「夫の健一」, 「長女美優」. Longer ones come first.
var relations = `(?:` + strings.Join(longestFirst(strings.Fields(relationWords)), "|") + `)`

func longestFirst(ws []string) []string {
	slices.SortStableFunc(ws, func(a, b string) int { return len(b) - len(a) })
	return ws
}

var (
	relative = regexp.MustCompile(relations + `(の|、|は|\s)?(\p{Han}[\p{Han}々]{0,3}|[ァ-ヶー]{2,6}|[ぁ-ん]{2,7})`)
	nameEnd  = regexp.MustCompile(`(?:郎|朗|太|介|輔|助|斗|翔|也|哉|樹|輝|之|彦|雄|夫|男|美|子|恵|香|奈|菜|花|咲|織|里|理|愛|衣|乃|穂|音|莉|梨|優|葵|蓮|陽|悠|颯|凛|江|枝|代|佳|紀|貴|志|司|治|次|二|三|一|平|吾|吉|蔵|造|馬|真|人|仁|和|弘|宏|紗|沙|央|海|空|月|結|葉|羽|那|桜|凪|鈴|琴|真|心|斐|亮|慎|誠|徳|義|信|政|昌|秀|晃|敦|茜|椿|蘭)$`)
	follows  = regexp.MustCompile(`^(?:が|は|に|を|と|も|の|へ|から|まで|、|。|,|\s|\(|さん|ちゃん|くん|です|だ|って|$|\n|」)`)
)

// relatives takes out who is named after 「夫の」, 「長女」, 「友人」.
func (w *work) relatives() {
	for range 2 { // 「妻の真理の母の節子」
		w.cut(relative, 2, Name, func(m []string, _, after string) bool { return !namesRelative(m[2], after, m[1] != "") })
	}
	w.kanaRelative()
}

// namesRelative judges what stands behind 「夫の」: what is no ordinary word is a name.
func namesRelative(v, after string, no bool) bool {
	l, r := lists(), []rune(v)
	switch {
	case isHan(r[0]):
		if l.plainHan[v] || len(r) > 1 && nounEnd.MatchString(v) && !l.given[v] && !l.givenCue[v] {
			return false
		}
		return l.looksLikeName(v) || follows.MatchString(after) && (no || len(r) <= 2 || nameEnd.MatchString(v))
	case isKata(r[0]):
		return l.kata[v] || follows.MatchString(after) && !l.plainKata[v] && len(r) <= 5 && !strings.HasSuffix(v, "ト") && !strings.HasSuffix(v, "グ")
	}
	return false // hiragana runs into the sentence: see kanaRelative
}

// nounEnd are the last letters of words that are no names.
var nounEnd = regexp.MustCompile(`[費力的性化病症金話事方気感屋者員会場所家店室校科時年度額率書証料税中後前上下内外間側際分食薬服車機器品具声音顔目足体腹胸命死言達等婚業職学係係給欲痛癖腕指髪歯耳鼻首肩背腰血骨涙汗息熱傷策談活問題害罪権法歴帳券族供親友国語暦柄囲割合格料理解況態度縁]$`)

var kanaAfter = regexp.MustCompile(relations + `(?:の|、|\s)?([ぁ-ん]{2,12})`)

var kanaCase = regexp.MustCompile(`^(?:が|は|を|に[^なもはで])`)

// kanaRelative finds the longest known name at the beginning of a hiragana run.
func (w *work) kanaRelative() {
	for _, m := range kanaAfter.FindAllStringSubmatchIndex(w.text, -1) {
		run := []rune(w.text[m[2]:m[3]])
		for n := min(6, len(run)); n >= 2; n-- {
			v, rest := string(run[:n]), string(run[n:])+w.text[m[3]:]
			known := (lists().kanaGiven[v] || lists().kanaSur[v] && n > 2) && follows.MatchString(rest)
			if known || n <= 4 && kanaCase.MatchString(rest) && !slices.Contains(lists().plainKana, v) && !strings.ContainsRune("おごそこあど", run[0]) {
				w.text = w.text[:m[2]] + w.mark(Name, v) + w.text[m[2]+len(v):]
				w.kanaRelative()
				return
			}
		}
	}
}

// listed takes out family and given names in Han wherever they stand, with what follows them.
func (w *work) listed() {
	r, l := []rune(w.text), lists()
	for i := 0; i < len(r); i++ {
		if !isHan(r[i]) {
			i = w.kataAlone(&r, i)
			continue
		}
		n := l.surnameAt(r, i)
		if n > 0 && notSurname(r, i, n) {
			n = 0
		}
		if n == 0 {
			for k := min(4, len(r)-i); k >= 2 && n == 0; k-- {
				if l.given[string(r[i:i+k])] && !(i > 0 && strings.ContainsRune("東参説証料", r[i-1])) {
					n = k
				}
			}
		} else {
			n += givenAfter(r[i+n:])
		}
		if n == 0 {
			n = bornName(r, i)
		}
		if n > 0 {
			r = slices.Concat(r[:i], []rune(w.mark(Name, string(r[i:i+n]))), r[i+n:])
		}
	}
	w.text = string(r)
}

var personal = regexp.MustCompile(`^(?:\p{Han}{2}子|\p{Han}{1,2}(?:郎|彦|哉|輔|之助|恵|奈|菜|乃|香|太朗))$`)

// bornName knows a given name by its last letter, where it stands as a word of its own: 「奈津子が」.
func bornName(r []rune, i int) int {
	if i > 0 && isHan(r[i-1]) {
		return 0
	}
	n := i
	for n < len(r) && isHan(r[n]) {
		n++
	}
	v := string(r[i:n])
	if personal.MatchString(v) && !lists().plainHan[v] && follows.MatchString(string(r[n:min(len(r), n+3)])) {
		return n - i
	}
	return 0
}

// kataAlone takes out a katakana run that is a known name and stands as a word of its own.
func (w *work) kataAlone(r *[]rune, i int) int {
	if !isKata((*r)[i]) {
		return i
	}
	to := i
	for to < len(*r) && isKata((*r)[to]) {
		to++
	}
	run := string((*r)[i:to])
	if to-i >= 3 && lists().kata[run] && !lists().plainKata[run] && follows.MatchString(string((*r)[to:min(len(*r), to+3)])) {
		*r = slices.Concat((*r)[:i], []rune(w.mark(Name, run)), (*r)[to:])
		return i
	}
	return to - 1
}

// notSurname knows the words in which a family name only seems to stand.
func notSurname(r []rune, i, n int) bool {
	var before, after rune
	if i > 0 {
		before = r[i-1]
	}
	if i+n < len(r) {
		after = r[i+n]
	}
	s := string(r[i : i+n])
	return strings.ContainsRune("県府都道", after) && after != 0 || before == '日' && r[i] == '本' || before == '登' && r[i] == '山' ||
		s == "瀬戸" && after == '際' || s == "今野" && after == '球' || s == "三輪" && after == '車' || s == "上地" && after == '区' ||
		s == "大場" && after == '合' || s == "金子" && before == 'お' || s == "大西" && after == '洋' || s == "並木" && after == '道'
}

// givenAfter is how many runes behind a family name belong to it: the given name, with or without a blank.
func givenAfter(r []rune) int {
	n, l := 0, lists()
	if len(r) > 1 && r[0] == ' ' {
		n = 1
	}
	from := n
	for n < len(r) && n-from < 3 && isHan(r[n]) {
		n++
	}
	if n > from {
		if v := string(r[from:n]); l.plainHan[v] || slices.Contains(titles, v) || strings.ContainsAny(v, "家宅様氏君殿課部係店社") {
			return 0
		}
		return n
	}
	for k := min(6, len(r)-from); k >= 2; k-- {
		v := string(r[from : from+k])
		if l.kanaGiven[v] || l.kata[v] {
			return from + k
		}
	}
	for n < len(r) && n-from < 8 && isKata(r[n]) {
		n++
	}
	if n > from && !l.plainKata[string(r[from:n])] {
		return n
	}
	return 0
}

// bracket finds the reading of a name, behind it.
var bracket = regexp.MustCompile(`([\x{E000}-\x{F8FF}])\s?\(([ぁ-んァ-ヶーA-Za-z\s]{2,20})\)`)

func (w *work) readings() {
	w.cut(bracket, 2, Name, func(m []string, _, _ string) bool {
		f := []rune(m[1])[0]
		i := int(f - firstMark)
		return i >= len(w.cover.found) || w.cover.found[i].kind != Name
	})
}
