package assist

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"engawa/bot/assist/redact"
)

// ErrChanged means that a rewriting says something else than its source, or in a
// way that the house does not speak. The text of the error names the reason, no words.
var ErrChanged = errors.New("assist: the rewriting is not taken")

// Rule is what a rewriting is held to, beside its source.
type Rule struct {
	Names  []string // of places, services, people: they stand in both or in neither
	Banned []string // 禁句
}

// Bounds of やさしい日本語.
const (
	longestPlain    = 120
	longestSentence = 35
	mostHan         = 13 // in a sentence
)

// Verify says whether easy may stand for source: every number with its unit, date,
// time, telephone number, address, name, condition, negation and fixed fact of the
// source is there, in its order, and none is new; it is short and has no banned
// word. It reads tokens, not meaning, and refuses much that is right;
// then the source stays.
func Verify(source, easy string, rule Rule) error {
	s, e := plainForm(source), plainForm(easy)
	switch {
	case e == "" || len([]rune(e)) > longestPlain || len([]rune(s)) > mostTranslated:
		return refuse("length")
	case unkind(e, rule.Banned):
		return refuse("banned word")
	case strings.ContainsFunc(easy, func(r rune) bool { return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) && r != '\n' }):
		return refuse("hidden letters")
	case strings.ContainsFunc(e, foreign):
		return refuse("script")
	}
	if strings.Count(e, "(") > strings.Count(s, "(") {
		return refuse("brackets")
	}
	for _, t := range sentences(linkToken.ReplaceAllString(e, "")) {
		if n := len([]rune(t)); n > longestSentence || hanIn(t) > mostHan {
			return refuse("sentence")
		}
	}
	if err := sameFacts(tokens(s), tokens(e)); err != nil {
		return err
	}
	return sameNames(s, e, rule.Names)
}

// sameFacts compares what both say, in order.
func sameFacts(a, b []string) error {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return refuse("new " + class(b[i]))
		case i >= len(b) || a[i] != b[i]:
			return refuse(class(a[i]))
		}
	}
	return nil
}

func refuse(why string) error { return fmt.Errorf("%w: %s", ErrChanged, why) }

// class is the kind of a token, without what stood there.
func class(token string) string {
	k, _, _ := strings.Cut(token, ":")
	return k
}

// plainForm is a text without blanks and without the readings in brackets that
// plain Japanese puts behind a word.
func plainForm(s string) string {
	s = norm.NFKC.String(s)
	s = reading.ReplaceAllString(s, "$1")
	var b strings.Builder
	for _, r := range s {
		if r != ' ' && r != '\t' && !unicode.Is(unicode.Co, r) {
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if strings.ContainsRune("‐‑–—−－", r) {
			return '-'
		}
		return r
	}, b.String()))
}

var reading = regexp.MustCompile(`(\p{Han}[\p{Han}ぁ-んー]*)\([ぁ-んー\s・]+\)`)

func foreign(r rune) bool {
	return unicode.IsLetter(r) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Latin) && r != 'ー'
}

func hanIn(s string) int {
	n := 0
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

// sameNames holds the names to their places: those that are known, and those that
// the rules of redact would take for names.
func sameNames(s, e string, names []string) error {
	for _, n := range names {
		n = plainForm(n)
		if n != "" && (strings.Count(s, n) > 0) != (strings.Count(e, n) > 0) {
			return refuse("name")
		}
	}
	c := redact.Lines([]string{linkToken.ReplaceAllString(s, ""), linkToken.ReplaceAllString(e, "")})
	if c.Unsure[0] || c.Unsure[1] {
		return refuse("unsure")
	}
	in := func(line string) map[string]bool {
		m := map[string]bool{}
		for _, p := range redact.Placeholders(line) {
			if v, ok := c.Restore(p); ok {
				m[v] = true
			}
		}
		return m
	}
	if !maps.Equal(in(c.Lines[0]), in(c.Lines[1])) {
		return refuse("name")
	}
	have := words(s)
	for w := range words(e) {
		if !have[w] && !everyday[w] {
			return refuse("new word")
		}
	}
	return nil
}

// words are those in katakana and Latin letters: where names and foreign words hide.
func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range wordsRE.FindAllString(s, -1) {
		m[strings.ToLower(w)] = true
	}
	return m
}

var wordsRE = regexp.MustCompile(`[ァ-ヺー・]{2,}|\p{Latin}{2,}`)

// everyday are the few such words that plain Japanese may bring in.
var everyday = map[string]bool{"メール": true, "ボタン": true, "ページ": true, "スマホ": true, "パソコン": true, "ゴミ": true, "トイレ": true, "バス": true}
