package assist

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"engawa/bot/assist/redact"
	"engawa/flows"
)

// ErrLanguages is a wish for a translation that does not go to or from Japanese.
var ErrLanguages = errors.New("assist: one side of a translation is Japanese")

// Translation is a machine's. Whoever shows it says so (機械のやくです) and shows
// the original beside it.
type Translation struct {
	Text     string
	From, To flows.Lang
}

// mostTranslated is how long a text may be.
const mostTranslated = 2000

// Translate asks for one text in the other language. Names, addresses and every
// number travel as placeholders and are put back here, so no translation can
// change them; one that loses or doubles any is refused.
func (a *Assist) Translate(ctx context.Context, source string, from, to flows.Lang) (Translation, error) {
	if !a.On() {
		return Translation{}, ErrOff
	}
	if japanese(from) == japanese(to) || !slices.Contains(flows.Langs[:], from) || !slices.Contains(flows.Langs[:], to) {
		return Translation{}, ErrLanguages
	}
	if len([]rune(source)) > mostTranslated || strings.TrimSpace(source) == "" {
		return Translation{}, ErrUnsure
	}
	c := redact.Lines([]string{source})
	if c.Unsure[0] {
		return Translation{}, ErrUnsure
	}
	sent, numbers := hideNumbers(c.Lines[0], japanese(from))
	data, err := json.Marshal(map[string]string{"text": sent, "from": string(from), "to": string(to)})
	if err != nil {
		return Translation{}, ErrUnsure
	}
	out := Translation{From: from, To: to}
	err = a.ask(ctx, request{
		op: "translate", side: staff, about: aboutOf(ctx), system: translateRules, data: data, schema: textSchema, tokens: 2500,
		take: func(answer string) (err error) {
			out.Text, err = translated(c, numbers, sent, to, answer)
			return err
		},
	})
	if err != nil {
		return Translation{}, err
	}
	return out, nil
}

func japanese(l flows.Lang) bool { return l == flows.Ja || l == flows.JaEasy }

// translated judges an answer and puts back what it must not have changed.
func translated(c *redact.Cover, numbers map[string]string, sent string, to flows.Lang, answer string) (string, error) {
	o, err := parse(answer)
	if err != nil || !o.only("text") {
		return "", errShape
	}
	t := norm.NFC.String(o.text("text"))
	if !clean(t, 6*len([]rune(sent))+80) || !maps.Equal(tally(t), tally(sent)) || !in(to, t) || addressRE.MatchString(t) {
		return "", errShape
	}
	if strings.ContainsFunc(anyLabel.ReplaceAllString(t, ""), unicode.IsDigit) {
		return "", errShape
	}
	for label, n := range numbers {
		t = strings.ReplaceAll(t, label, n)
	}
	t, ok := c.Restore(t)
	if !ok {
		return "", errShape
	}
	return t, nil
}

var (
	anyLabel    = regexp.MustCompile(`\[[A-Z]{1,8}_[0-9]{1,4}\]`)
	plainNumber = regexp.MustCompile(`[0-9]+(?:[.,:][0-9]+)*(?:[万億千百][0-9]*)*`)
	addressRE   = regexp.MustCompile(`(?i)(?:https?://|www\.)[!-~]+|[a-z0-9._%+\-]+@[a-z0-9.\-]+|\b[a-z0-9\-]+\.(?:com|net|org|jp|info|io)\b`)
)

// tally counts placeholders.
func tally(s string) map[string]int {
	n := map[string]int{}
	for _, p := range anyLabel.FindAllString(s, -1) {
		n[p]++
	}
	return n
}

// hideNumbers makes a placeholder of every number that stands in none. Out of
// Japanese 「6万」 becomes 60,000, which every reader of the nine languages reads.
func hideNumbers(s string, fromJapanese bool) (string, map[string]string) {
	numbers := map[string]string{}
	var b strings.Builder
	at := 0
	hide := func(part string) string {
		return plainNumber.ReplaceAllStringFunc(part, func(n string) string {
			label := "[N_" + strconv.Itoa(len(numbers)+1) + "]"
			numbers[label] = n
			if v, ok := myriad(n); ok && fromJapanese {
				numbers[label] = v
			}
			return label
		})
	}
	for _, m := range anyLabel.FindAllStringIndex(s, -1) {
		b.WriteString(hide(s[at:m[0]]) + s[m[0]:m[1]])
		at = m[1]
	}
	b.WriteString(hide(s[at:]))
	return b.String(), numbers
}

var myriadRE = regexp.MustCompile(`^(?:([0-9.]+)億)?(?:([0-9.]+)万)?(?:([0-9.]+)千)?(?:([0-9.]+)百)?([0-9]*)$`)

// myriad writes 「1万5千」 as 15,000. It is false for what has no such unit.
func myriad(s string) (string, bool) {
	m := myriadRE.FindStringSubmatch(s)
	if m == nil || !strings.ContainsAny(s, "億万千百") {
		return "", false
	}
	total := 0.0
	for i, unit := range []float64{1e8, 1e4, 1e3, 1e2, 1} {
		if m[i+1] == "" {
			continue
		}
		f, err := strconv.ParseFloat(m[i+1], 64)
		if err != nil {
			return "", false
		}
		total += f * unit
	}
	n := int64(total + 0.5)
	if float64(n) != total {
		return "", false
	}
	d := strconv.FormatInt(n, 10)
	for i := len(d) - 3; i > 0; i -= 3 {
		d = d[:i] + "," + d[i:]
	}
	return d, true
}

// in says whether a text is written in the script of a language.
func in(l flows.Lang, s string) bool {
	s = anyLabel.ReplaceAllString(s, "")
	kana, han, hangul, deva, latin := 0, 0, 0, 0, 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.Is(unicode.Hangul, r):
			hangul++
		case unicode.Is(unicode.Devanagari, r):
			deva++
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.IsLetter(r):
			return false
		}
	}
	all := kana + han + hangul + deva + latin
	switch l {
	case flows.Ja, flows.JaEasy:
		return hangul+deva == 0 && kana > 0 && 2*(kana+han) >= all
	case flows.Zh:
		return hangul+deva+kana == 0 && 2*han >= all && han > 0
	case flows.Ko:
		return deva+kana == 0 && 2*hangul >= all && hangul > 0
	case flows.Ne:
		return hangul+kana+han == 0 && 2*deva >= all && deva > 0
	}
	return hangul+deva+kana+han == 0 && latin > 0
}
