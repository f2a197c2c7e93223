package redact

import (
	"regexp"
	"strings"
	"unicode"
)

// token is one word in Latin letters.
type token struct {
	from, to int    // bytes
	word     string // lower case, without 's
	capital  bool
	first    bool // begins a sentence
	gone     bool // to be taken out
}

var (
	wordRE   = regexp.MustCompile(`\p{Latin}[\p{Latin}'\-]*`)
	strong   = regexp.MustCompile(`(?i)(?:\b(?:my |his |her |the |full |real |first |last )*name(?:'s| is)?\s*:?|\bnamed|\bcalled|\bcall me|\bthey call me|\bknown as|\bsigned,?|\bask for|\btên(?: (?:tôi|em|mình|con|cháu|anh|chị|của tôi|của em|đầy đủ|họ))*(?: là)?\s*:?|\bpangalan (?:ko|niya|ng [\p{Latin}]+)(?: po)?(?: ay)?|\bmeu nome(?: completo)? é|\bnome(?: dele| dela)? é|\bnome\s*:|\bme chamo|\bse chama|\bchamad[oa]|\bregards,?|\bsincerely,?)\s+$`)
	weak     = regexp.MustCompile(`(?i)(?:\b(?:i am|i'm|im|this is|it's|it is|mr\.?|mrs\.?|ms\.?|miss|mister|dr\.?|doctor|sir|madam|aunt|uncle|teacher|boss|manager|supervisor|friend|husband|wife|son|daughter|brother|sister|boyfriend|girlfriend|neighbou?r|roommate|landlord|cousin|mother|father|coworker|colleague|about|with|by|from|to|tôi là|em là|mình là|con là|là|anh|chị|cô|chú|bác|ông|bà|cậu|dì|thầy|bạn|sếp|chồng|vợ|con trai|con gái|em trai|em gái|si|ni|kay|sina|nina|kina|ako si|ate|kuya|tita|tito|aling|mang|sou [oa]|sou|eu sou [oa]|aqui é [oa]|é [oa]|senhora?|sr\.?|sra\.?|dona|seu|marido|esposa|filh[oa]|irmão|irmã|amig[oa]|vizinh[oa]|chefe|com [oa]|d[oa]|para [oa]),?\s+(?:po\s+)?)$`)
	tagalog  = regexp.MustCompile(`(?i)\b(?:si|ni|kay|sina|nina|kina)\s+(?:po\s+)?$`)
	sanRE    = regexp.MustCompile(`(?i)\b(\p{Latin}{2,})[\s\-]?(?:san|sama|kun|chan|sensei)\b`)
	sentence = regexp.MustCompile(`(?:^|[.!?…。\n:"」)]\s*|- )$`)
)

// notAName are words that follow "my name is" and the like and are none.
var notAName = set("is not no a an the in on at it to for secret private back when if at by you and but because please ay na po là é o não nao không hindi wala important anonymous là gì ko mo")

// latin takes out names in Latin letters.
func (w *work) latin() {
	w.cut(sanRE, 1, Name, func(m []string, _, _ string) bool { return lists().common[strings.ToLower(m[1])] })
	ts := w.tokens()
	japanese := hasKana(w.text)
	for i := range ts {
		t := &ts[i]
		before := tail(w.text[:t.from])
		switch {
		case t.gone: // a cue before has taken it
		case strong.MatchString(before):
			w.takeAfterCue(ts, i)
		default:
			t.gone = isName(t, ts, i, before, japanese) || t.gone
		}
	}
	w.takeOut(ts)
}

// tail is the end of a text, as far as cues look back; what was cut off shows as a letter.
func tail(s string) string {
	if len(s) <= 80 {
		return s
	}
	return "x" + s[len(s)-80:]
}

// tokens cuts the text into words.
func (w *work) tokens() []token {
	var ts []token
	for _, m := range wordRE.FindAllStringIndex(w.text, -1) {
		raw := w.text[m[0]:m[1]]
		word := strings.TrimSuffix(strings.TrimRight(strings.ToLower(raw), "'-"), "'s")
		if i := strings.IndexByte(word, '\''); i > 0 && lists().common[word[:i]] {
			word = word[:i] // I'm, don't
		}
		if lists().common[strings.ToLower(raw)] {
			word = strings.ToLower(raw)
		}
		r := []rune(raw)
		ts = append(ts, token{from: m[0], to: m[1], word: word, capital: unicode.IsUpper(r[0]), first: sentence.MatchString(tail(w.text[:m[0]]))})
	}
	return ts
}

// takeAfterCue takes what somebody is called: up to four words, until an ordinary one.
func (w *work) takeAfterCue(ts []token, i int) {
	l := lists()
	for n := 0; n < 4 && i+n < len(ts); n++ {
		t := &ts[i+n]
		if n > 0 && strings.Trim(w.text[ts[i+n-1].to:t.from], " .") != "" {
			return
		}
		ordinary := l.common[t.word] && !(t.capital && n > 0)
		if n == 0 && notAName[t.word] || n > 0 && ordinary || n == 0 && ordinary && !t.capital && !l.latinCue[t.word] {
			return
		}
		t.gone = true
	}
}

// isName judges one word.
func isName(t *token, ts []token, i int, before string, japanese bool) bool {
	l := lists()
	known := l.latin[t.word] || l.latinCue[t.word]
	plain := l.common[t.word]
	switch {
	case t.word == "i" || t.word == "":
		return false
	case l.latin[t.word]:
		return true
	case continues(ts, i) && (t.capital || known && !plain):
		return true
	case tagalog.MatchString(before) && !plain:
		return true
	case weak.MatchString(before) && (t.capital && (!plain || known) || known && !plain):
		return true
	case t.capital && !t.first && presents.MatchString(before) && !l.english[t.word]:
		return true
	case !t.capital && presents.MatchString(before):
		return !plain && !japanese && !inflected(t.word) && !strings.Contains(t.word, "-")
	case !t.capital:
		return kin.MatchString(before) && !plain && !japanese && !inflected(t.word)
	case !t.first || japanese:
		return !plain || known
	case !plain:
		return true
	}
	return known && startsSentence(ts, i)
}

// presents stands before a name, and before much else.
var presents = regexp.MustCompile(`(?i)\b(?:i am|i'm|im|this is)\s+$`)

// kin stands before a name in lower case: "my wife carmen".
var kin = regexp.MustCompile(`(?i)\bmy (?:\p{Latin}+[ -])?(?:friend|husband|wife|son|daughter|brother|sister|boyfriend|girlfriend|neighbou?r|roommate|landlord|cousin|mother|father|coworker|colleague|boss|manager|supervisor|teacher|ex|partner|uncle|aunt|child|kid|baby),? $`)

// inflected says whether a word is an ordinary one with an ending: "yells", "cheated".
func inflected(word string) bool {
	for _, end := range []string{"s", "es", "ed", "d", "ing", "ies", "ied", "ly", "er", "n't"} {
		stem, ok := strings.CutSuffix(word, end)
		if ok && (lists().common[stem] || lists().common[stem+"e"] || lists().common[stem+"y"] || len(stem) > 2 && stem[len(stem)-1] == stem[len(stem)-2] && lists().common[stem[:len(stem)-1]]) {
			return true
		}
	}
	return len(word) > 4 && (strings.HasSuffix(word, "ing") || strings.HasSuffix(word, "ed") || strings.HasSuffix(word, "s"))
}

// continues says whether the word before is part of a name and touches this one.
func continues(ts []token, i int) bool {
	return i > 0 && ts[i-1].gone && ts[i].from-ts[i-1].to <= 2
}

// startsSentence judges 「Will」, 「Mark」, 「Mai」 at the beginning: a name if no pronoun or article follows.
func startsSentence(ts []token, i int) bool {
	return i+1 < len(ts) && !ts[i+1].capital && !afterVerb[ts[i+1].word]
}

var afterVerb = set(`i you he she it we they there this that the my a an be your his her their our these those not no any some someone anyone to for of in on is are was
	tôi em mình anh chị bạn con nó họ chúng không có đã đang sẽ là ơi ko ako siya ka po ang ng sa eu você ele ela nós me se não o a os as um uma`)

// takeOut replaces the words that are names, neighbours as one.
func (w *work) takeOut(ts []token) {
	var b strings.Builder
	at := 0
	for i := 0; i < len(ts); i++ {
		if !ts[i].gone {
			continue
		}
		j := i
		for j+1 < len(ts) && ts[j+1].gone && strings.Trim(w.text[ts[j].to:ts[j+1].from], " .-") == "" {
			j++
		}
		b.WriteString(w.text[at:ts[i].from])
		b.WriteString(w.mark(Name, w.text[ts[i].from:ts[j].to]))
		at, i = ts[j].to, j
	}
	b.WriteString(w.text[at:])
	w.text = b.String()
}
