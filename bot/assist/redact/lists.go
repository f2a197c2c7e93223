package redact

import (
	"embed"
	"strings"
	"sync"
)

//go:embed lists
var listFiles embed.FS

// words are the lists that the rules for names look into.
type words struct {
	surnames  map[string]bool // in Han, two runes and more
	single    map[string]bool // in Han, one rune: only beside a cue
	given     map[string]bool // in Han
	givenCue  map[string]bool // in Han, also an ordinary word: only beside a cue
	kanaSur   map[string]bool // readings, hiragana
	kanaGiven map[string]bool // readings, hiragana
	kata      map[string]bool // names in katakana
	latin     map[string]bool // names in Latin letters, lower case, matched in any case
	latinCue  map[string]bool // also ordinary words: with a capital or beside a cue
	common    map[string]bool // ordinary words in Latin letters, lower case
	english   map[string]bool // those of them that are English
	plainHan  map[string]bool // ordinary words that stand before さん, 先生, の…
	plainKata map[string]bool // ordinary words in katakana
	plainHira []string        // ordinary endings before さん and the like
	plainKana []string        // ordinary words in hiragana behind 「夫の」
	trades    map[string]bool // English words for kinds of workplaces
}

var lists = sync.OnceValue(func() *words {
	l := &words{
		surnames: map[string]bool{}, single: set(chineseAndKorean), given: map[string]bool{}, givenCue: map[string]bool{},
		kanaSur: map[string]bool{}, kanaGiven: map[string]bool{}, kata: map[string]bool{},
		latin: map[string]bool{}, latinCue: map[string]bool{}, common: map[string]bool{},
		plainHan: set(plainHan), plainKata: set(plainKata), plainHira: strings.Fields(plainHira), plainKana: strings.Fields(plainKana), trades: set(trades),
	}
	l.readSurnames(read("surnames.txt"))
	l.readGiven(read("given.txt"))
	for _, w := range strings.Fields(read("kana_names.txt")) {
		l.kata[w] = true
	}
	for _, name := range []string{"common_en.txt", "common_vi.txt", "common_tl.txt", "common_pt.txt"} {
		for _, w := range strings.Fields(read(name)) {
			l.common[w] = true
		}
	}
	l.english = set(read("common_en.txt"))
	l.readLatin(read("latin_names.txt"))
	return l
})

// read gives a list without its comment lines.
func read(name string) string {
	b, err := listFiles.ReadFile("lists/" + name)
	if err != nil {
		panic(err) // the lists are part of the program
	}
	lines := strings.Split(string(b), "\n")
	kept := lines[:0]
	for _, l := range lines {
		if !strings.HasPrefix(l, "#") {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}

func set(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

func (l *words) readSurnames(s string) {
	for _, line := range strings.Split(s, "\n") {
		han, kana, ok := strings.Cut(line, " ")
		if !ok {
			continue
		}
		if len([]rune(han)) == 1 {
			l.single[han] = true
		} else {
			l.surnames[han] = true
		}
		l.kanaSur[kana] = true
		l.kata[katakana(kana)] = true
		l.romaji(kana)
	}
}

func (l *words) readGiven(s string) {
	for _, line := range strings.Split(s, "\n") {
		fs := strings.Fields(line)
		if strings.HasPrefix(line, "~") {
			for _, w := range fs {
				w = strings.TrimPrefix(w, "~")
				if isHira([]rune(w)[0]) {
					l.kanaGiven[w] = true
				} else {
					l.givenCue[w] = true
					delete(l.given, w)
				}
			}
			continue
		}
		if len(fs) != 2 {
			continue
		}
		if len([]rune(fs[0])) == 1 {
			l.givenCue[fs[0]] = true
		} else {
			l.given[fs[0]] = true
		}
		l.kanaGiven[fs[1]] = true
		l.kata[katakana(fs[1])] = true
		l.romaji(fs[1])
	}
}

func (l *words) readLatin(s string) {
	for _, w := range strings.Fields(s) {
		if cue, ok := strings.CutPrefix(w, "~"); ok {
			l.latinCue[cue] = true
			delete(l.latin, cue)
		} else if strings.ContainsFunc(w, func(r rune) bool { return r > 127 }) || l.common[w] || len(w) < 3 {
			l.latinCue[w] = true // Vietnamese names are words as well
		} else if !l.latinCue[w] {
			l.latin[w] = true
		}
	}
	for w := range l.latinCue {
		delete(l.latin, w)
	}
}

// romaji notes a reading in Latin letters, with and without its long vowels.
func (l *words) romaji(kana string) {
	w := toRomaji(kana)
	for _, v := range []string{w, strings.NewReplacer("ou", "o", "oo", "o", "uu", "u").Replace(w), strings.NewReplacer("ou", "oh", "oo", "oh").Replace(w)} {
		if len(v) >= 5 && !l.common[v] {
			l.latin[v] = true
		} else {
			l.latinCue[v] = true
		}
	}
}

func katakana(hira string) string {
	return strings.Map(func(r rune) rune {
		if isHira(r) {
			return r + 0x60
		}
		return r
	}, hira)
}

// surnameAt is how many runes of r from i on are a family name, 0 if none; the longest wins.
func (l *words) surnameAt(r []rune, i int) int {
	for n := min(4, len(r)-i); n >= 2; n-- {
		if l.surnames[string(r[i:i+n])] {
			return n
		}
	}
	return 0
}

// toRomaji writes hiragana in Hepburn letters.
func toRomaji(s string) string {
	r := []rune(s)
	var b strings.Builder
	for i := 0; i < len(r); i++ {
		if r[i] == 'っ' {
			if i+1 < len(r) {
				b.WriteByte(syllables[string(r[i+1])][0])
			}
			continue
		}
		if i+1 < len(r) {
			if two, ok := syllables[string(r[i:i+2])]; ok {
				b.WriteString(two)
				i++
				continue
			}
		}
		b.WriteString(syllables[string(r[i])])
	}
	return b.String()
}

var syllables = func() map[string]string {
	m := map[string]string{}
	rows := strings.Fields(`あ a い i う u え e お o か ka き ki く ku け ke こ ko さ sa し shi す su せ se そ so た ta ち chi つ tsu て te と to
		な na に ni ぬ nu ね ne の no は ha ひ hi ふ fu へ he ほ ho ま ma み mi む mu め me も mo や ya ゆ yu よ yo ら ra り ri る ru れ re ろ ro
		わ wa を o ん n が ga ぎ gi ぐ gu げ ge ご go ざ za じ ji ず zu ぜ ze ぞ zo だ da ぢ ji づ zu で de ど do ば ba び bi ぶ bu べ be ぼ bo
		ぱ pa ぴ pi ぷ pu ぺ pe ぽ po きゃ kya きゅ kyu きょ kyo しゃ sha しゅ shu しょ sho ちゃ cha ちゅ chu ちょ cho にゃ nya にゅ nyu にょ nyo
		ひゃ hya ひゅ hyu ひょ hyo みゃ mya みゅ myu みょ myo りゃ rya りゅ ryu りょ ryo ぎゃ gya ぎゅ gyu ぎょ gyo じゃ ja じゅ ju じょ jo
		びゃ bya びゅ byu びょ byo`)
	for i := 0; i+1 < len(rows); i += 2 {
		m[rows[i]] = rows[i+1]
	}
	return m
}()
