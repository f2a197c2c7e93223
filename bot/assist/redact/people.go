package redact

import (
	"regexp"
	"slices"
	"strings"
)

// people takes out names: what stands before さん and the like, what somebody
// says they are called, who is named after 「夫の」, and what the lists know.
func (w *work) people() {
	w.announcedNames()
	w.titled()
	w.calledSo()
	w.opening()
	w.relatives()
	w.listed()
	w.latin()
	w.readings()
}

var (
	nameCue = regexp.MustCompile(`(?:お名前|名前|氏名|本名|旧姓|名字|苗字|フルネーム|あだ名|ニックネーム|ハンドルネーム|ペンネーム|源氏名|通称|戸籍名|差出人|宛名|名義人?|署名)(?:は|が|も|:|、|,|\s|=)*\s*([^、。,\n!?は]{1,24}?)(?:です|といい|と言い|って|だよ|と申|とも?うし|でした|だ。|だ$|\s{2}|\s年齢|\s[0-9]|\(|、|。|,|\n|!|\?|と(?:いう|書)|$)`)
	chinese = regexp.MustCompile(`(?:我叫|我是|名字是|姓名)\s?(\p{Han}{1,4})`)
)

func (w *work) announcedNames() {
	w.cut(chinese, 1, Name, nil)
	w.cut(nameCue, 1, Name, func(m []string, _, _ string) bool {
		v := strings.TrimSpace(m[1])
		return unnamed.MatchString(v) || particle.MatchString(v) || strings.HasSuffix(v, "な") || allMarks(v)
	})
}

func allMarks(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !isMark(r) && r != ' ' })
}

// after lists what stands behind a name. A title needs more doubt than さん: 「総務課長」 is nobody's name.
var honorifics = []string{"さん", "さーん", "さま", "様", "ちゃん", "ちゃま", "くん", "君", "氏", "殿", "先生", "せんせい", "先輩", "せんぱい", "っち", "やん", "たん"}
var titles = []string{"医師", "弁護士", "看護師", "保健師", "議員", "課長", "部長", "係長", "主任", "店長", "社長", "専務", "会長", "校長", "教頭", "園長", "院長",
	"所長", "班長", "組長", "リーダー", "マネージャー", "コーチ", "監督", "夫妻", "夫婦", "一家", "容疑者", "牧師", "神父", "巡査", "ヘルパー", "相談員", "民生委員", "ケアマネ", "家の"}

// titled takes out who stands before さん, 先生, 課長.
func (w *work) titled() {
	r := []rune(w.text)
	for i := len(r) - 1; i > 0; i-- {
		for j, h := range slices.Concat(honorifics, titles) {
			hr := []rune(h)
			if i+len(hr) > len(r) || string(r[i:i+len(hr)]) != h {
				continue
			}
			from, to := beforeTitle(r, i, h, j >= len(honorifics))
			if from < to {
				r = slices.Concat(r[:from], []rune(w.mark(Name, string(r[from:to]))), r[to:])
				i = from
			}
			break
		}
	}
	w.text = string(r)
}

// beforeTitle finds the name that ends at i, none if from == to.
func beforeTitle(r []rune, i int, h string, title bool) (from, to int) {
	to = i
	if to > 1 && r[to-1] == ' ' {
		to--
	}
	next := ""
	if e := i + len([]rune(h)); e < len(r) {
		next = string(r[e:min(len(r), e+2)])
	}
	last := r[to-1]
	switch {
	case isHan(last):
		return beforeHan(r, to, h, next)
	case isKata(last) && last != '・':
		return beforeKata(r, to)
	case title:
		return 0, 0
	case isHira(last):
		return beforeHira(r, to, h, next)
	case isLatin(last):
		from = to
		for from > 0 && (isLatin(r[from-1]) || r[from-1] == '.' || r[from-1] == '\'') {
			from--
		}
		if lists().common[strings.ToLower(string(r[from:to]))] && !isUpperStart(r[from]) {
			return 0, 0
		}
		return from, to
	}
	return 0, 0
}

func isUpperStart(r rune) bool { return strings.ToUpper(string(r)) == string(r) }

func beforeHan(r []rune, to int, h, next string) (int, int) {
	from := to
	for from > 0 && isHan(r[from-1]) {
		from--
	}
	run := string(r[from:to])
	switch {
	case lists().plainHan[run] && (!lists().single[run] || h == "様"):
		return 0, 0
	case h == "様" && strings.ContainsAny(next, "子々式相態変"), h == "氏" && strings.HasPrefix(next, "名"), h == "殿" && strings.HasPrefix(next, "方"):
		return 0, 0
	case h == "くん" && (strings.HasPrefix(next, "で") || strings.HasPrefix(next, "だ") || strings.HasPrefix(next, "じ")) && to-from == 1 && !lists().single[run] && !lists().givenCue[run]:
		return 0, 0 // 行くんです
	case h == "さん" && (strings.HasPrefix(next, "ぽ") || strings.HasPrefix(next, "ざ")), h == "ちゃん" && strings.HasPrefix(next, "と") && to-from > 1 && lists().plainHan[run]:
		return 0, 0
	case h == "たん" || h == "やん" || h == "っち":
		if !lists().given[run] && !lists().surnames[run] {
			return 0, 0
		}
	case h == "家の" && !lists().looksLikeName(run):
		return 0, 0
	case to-from > 8:
		return to - 8, to
	}
	// たなか健さん: the family name may stand before in kana
	for n := min(6, from); n >= 2; n-- {
		if k := string(r[from-n : from]); lists().kanaSur[k] && n > 2 || lists().kata[k] {
			return from - n, to
		}
	}
	return from, to
}

func beforeKata(r []rune, to int) (int, int) {
	from := to
	for from > 0 && isKata(r[from-1]) {
		from--
	}
	if lists().plainKata[string(r[from:to])] {
		return 0, 0
	}
	for from > 0 && isHan(r[from-1]) && lists().surnames[string(r[max(0, from-2):from])] {
		from--
	}
	return from, to
}

// beforeHira finds a name in hiragana. Where the lists know it they say where it
// begins; else the whole run goes, for a sentence may lose a word but no name stays.
func beforeHira(r []rune, to int, h, next string) (int, int) {
	from := to
	for from > 0 && (isHira(r[from-1]) || r[from-1] == 'ー') {
		from--
	}
	run := string(r[from:to])
	known := knownSuffix(run)
	verb := strings.HasPrefix(next, "で") || strings.HasPrefix(next, "だ") || strings.HasPrefix(next, "じ") || strings.HasPrefix(next, "や")
	switch {
	case known > 0:
		return to - known, to
	case h == "くん" && verb, h == "ちゃん" && strings.HasPrefix(next, "と"), h == "たん", h == "やん", h == "っち", h == "様", h == "氏", h == "殿", h == "君",
		(h == "先生" || h == "先輩") && strings.HasSuffix(run, "の"), h == "さん" && (strings.HasPrefix(next, "ぽ") || strings.HasPrefix(next, "ざ") || strings.HasPrefix(next, "せい")):
		return 0, 0
	}
	for _, p := range lists().plainHira {
		if strings.HasSuffix(run, p) && !(len([]rune(p)) == 1 && to-from > 1) {
			return 0, 0
		}
	}
	if to-from < 2 || h == "先生" && sentenceEnd.MatchString(run) {
		return 0, 0
	}
	// A particle may end the sentence before the name.
	for i := to - 2; i >= from; i-- {
		if strings.ContainsRune("はがをへ", r[i]) && to-i-1 >= 2 {
			return i + 1, to
		}
	}
	if to-from > 12 {
		from = to - 12
	}
	return from, to
}

// knownSuffix is how many runes at the end of a run are names that the lists know.
func knownSuffix(run string) int {
	r, l := []rune(run), lists()
	total := 0
	for len(r) > 0 {
		n := 0
		for k := min(6, len(r)); k >= 2; k-- {
			if s := string(r[len(r)-k:]); l.kanaSur[s] || l.kanaGiven[s] {
				n = k
				break
			}
		}
		if n == 0 || total > 0 && n < 3 {
			break
		}
		total += n
		r = r[:len(r)-n]
	}
	return total
}

var (
	naming = `(?:と申|ともうし|といいま|と言いま|と云いま|っていいま|って言いま|って言うん|っていうん|という者|と言う者|というもの|という名|って名前|っていう名|と呼ばれ|って呼ばれ|とよばれ|ってよばれ|と呼んで|って呼んで|と名乗|となの[らるっ]|とかいう(?:人|男|女|やつ|奴)|という(?:方|子|男|女|人)|っていう(?:人|子|男|女|方|やつ|友))`
	called = regexp.MustCompile(`(\p{Han}[\p{Han}々ヶ]{0,7}(?:\s?[\p{Han}ぁ-んァ-ヶー]{1,6})?|[ァ-ヶー・]{2,16}|[ぁ-んー]{2,10}|[\p{Latin}][\p{Latin} .'\-]{1,30})` + naming)
)

// calledSo takes out what stands before と申します, と呼ばれて, という人.
func (w *work) calledSo() {
	w.cut(called, 1, Name, func(m []string, _, _ string) bool {
		v := m[1]
		if lists().plainHan[v] && !lists().single[v] || lists().plainKata[v] || lists().common[strings.ToLower(v)] {
			return true
		}
		return nounEnd.MatchString(v) && !lists().looksLikeName(v)
	})
}

// looksLikeName says whether the lists know all of a word, or at least its beginning as a family name.
func (l *words) looksLikeName(s string) bool {
	r := []rune(s)
	switch {
	case len(r) == 0:
		return false
	case isHan(r[0]):
		return l.surnameAt(r, 0) > 0 || l.single[s] || l.given[s] || l.givenCue[s] || len(r) <= 3 && l.single[string(r[0])] && !l.plainHan[s]
	case isKata(r[0]):
		return l.kata[s]
	case isHira(r[0]):
		return l.kanaSur[s] || l.kanaGiven[s] || knownSuffix(s) == len(r)
	}
	return l.latin[strings.ToLower(s)] || l.latinCue[strings.ToLower(s)]
}

var (
	selfCue = regexp.MustCompile(`(?:私|わたし|わたくし|僕|ぼく|俺|おれ|自分|あたし|当方|うち|父|母|夫|妻|息子|娘|彼|彼女|上司|店長|担任|大家)(?:の名|の名前)?(?:は|も|が|、|,|\s)\s?([\p{Han}々ァ-ヶーぁ-ん]{1,10}?|[A-Z][\p{Latin}'\- ]{1,24}?)(です|だよ|だけど|ですけど|とい|と申|とも|って|$)`)
	selfEnd = regexp.MustCompile(`(?:父|母|夫|妻|息子|娘|彼|彼女)(?:の名|の名前)?(?:は|が)\s?([\p{Han}々]{1,6}|[ァ-ヶー]{2,10})(?:と|、|。)`)
	starts  = regexp.MustCompile(`(?:^|[。、,!?\n:]\s?|はい\s|あの\s|えっと\s|した|いた|った)([\p{Han}々]{1,5}(?:\s[\p{Han}ぁ-んァ-ヶー]{1,6})?|[ァ-ヶー・]{2,12}|[ぁ-ん]{2,8}?)(?:です|ですが|ですけど|だけど|だよ|でございます|より|から|。|、|$|\n)`)
)

// opening takes out 「私は田中です」, 「田中です」 and a name that stands alone.
func (w *work) opening() {
	first := true // who writes begins with who they are
	unknown := func(m []string, before, _ string) bool {
		if !first || strings.TrimSpace(before) != "" || !strings.Contains(m[0], "です") {
			return true
		}
		first = false
		r := []rune(m[1])
		return isHira(r[0]) || len(r) > 4 || lists().plainHan[m[1]] || lists().plainKata[m[1]] || nounEnd.MatchString(m[1]) || noWork.MatchString(m[1])
	}
	known := func(m []string, _, _ string) bool {
		first, _, _ := strings.Cut(m[1], " ")
		return !lists().looksLikeName(first) || lists().plainHan[m[1]] || wordsAlone[m[1]]
	}
	w.cut(selfCue, 1, Name, known)
	w.cut(selfEnd, 1, Name, known)
	w.cut(starts, 1, Name, known)
	w.cut(starts, 1, Name, unknown)
}

// wordsAlone are names that are more often something else when they stand alone.
var wordsAlone = set("東 西 南 北 林 森 原 星 海 空 愛 心 学 正 実 光 明 希 望 全 金 方 文 白 何 あい うみ そら はな なお まい かな れい めい みらい ひかり のぞみ さき まり はら もり ほし きた みなみ ひがし にし せき おか たに さくら ライン")
