// Package redact takes out of a text what could tell who wrote it, before the
// text may leave the house: numbers, addresses of every kind, names of people,
// schools and employers. What it takes out becomes a typed placeholder
// ("[PHONE_1]") and can be put back here, never elsewhere.
//
// It works by fixed rules and lists for Japanese and for Latin script, and it
// would rather take too much. Where it cannot judge (another script, Chinese
// without a kana, a name announced and not found) it says [ErrUnsure], and the
// text stays in the house.
package redact

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrUnsure means that a text must not leave the house.
var ErrUnsure = errors.New("redact: unsure")

// Kind says what stood where a placeholder stands.
type Kind string

// What is taken out.
const (
	Phone    Kind = "PHONE"
	Mail     Kind = "MAIL"
	URL      Kind = "URL"
	Handle   Kind = "HANDLE"
	Secret   Kind = "SECRET"
	Card     Kind = "CARD"
	Account  Kind = "ACCOUNT"
	MyNumber Kind = "MYNUMBER"
	ID       Kind = "ID"
	Number   Kind = "NUMBER"
	Postal   Kind = "POSTAL"
	Date     Kind = "DATE"
	Address  Kind = "ADDRESS"
	Org      Kind = "ORG"
	Name     Kind = "NAME"
)

// maxRunes is how long a text may be; nobody can vouch for a novel.
const maxRunes = 4000

// Cover is a talk with everything taken out, and what was taken.
type Cover struct {
	Lines  []string // as they may leave; "" where Unsure
	Unsure []bool   // this line must stay
	found  []found
	names  map[string]string // placeholder → what it stands for
}

type found struct {
	kind  Kind
	value string // may hold marks of its own
	label string
}

// Text takes out of one text what must not leave.
func Text(s string) (string, error) {
	c := Lines([]string{s})
	if c.Unsure[0] {
		return "", ErrUnsure
	}
	return c.Lines[0], nil
}

// Lines takes out of a talk what must not leave. What is recognised in one line
// is taken out of all of them.
func Lines(lines []string) *Cover {
	c := &Cover{Lines: make([]string, len(lines)), Unsure: make([]bool, len(lines)), names: map[string]string{}}
	texts := make([]string, len(lines))
	kana := false
	for i, l := range lines {
		var ok bool
		texts[i], ok = clean(l)
		c.Unsure[i] = !ok
		kana = kana || ok && hasKana(texts[i])
	}
	for i := range texts {
		if c.Unsure[i] = c.Unsure[i] || !readable(texts[i], kana); c.Unsure[i] {
			continue
		}
		w := &work{cover: c, text: texts[i]}
		w.structured()
		w.places()
		w.orgs()
		w.people()
		texts[i] = w.text
	}
	c.spread(texts)
	for i := range texts {
		if c.Unsure[i] || doubtful(texts[i]) {
			c.Unsure[i] = true
			continue
		}
		c.Lines[i] = c.render(texts[i])
	}
	return c
}

// work is one line being covered. What is found is replaced by a mark, a rune of
// the private use area, so that no later rule looks into it.
type work struct {
	cover *Cover
	text  string
}

const firstMark, lastMark = 0xE000, 0xF8FF

func isMark(r rune) bool { return r >= firstMark && r <= lastMark }

// mark notes a finding and gives the rune that stands for it.
func (w *work) mark(k Kind, value string) string {
	c := w.cover
	for i, f := range c.found {
		if f.kind == k && f.value == value {
			return string(rune(firstMark + i))
		}
	}
	if len(c.found) > lastMark-firstMark-1 {
		return string(rune(lastMark)) // so many that only the fact counts
	}
	n := 1
	for _, f := range c.found {
		if f.kind == k {
			n++
		}
	}
	c.found = append(c.found, found{kind: k, value: value, label: "[" + string(k) + "_" + strconv.Itoa(n) + "]"})
	return string(rune(firstMark + len(c.found) - 1)) //#nosec G115 -- a text has at most a few thousand marks
}

// cut replaces the group of every match by a mark, unless keep says no.
func (w *work) cut(re *regexp.Regexp, group int, k Kind, keep func(m []string, before, after string) bool) {
	all := re.FindAllStringSubmatchIndex(w.text, -1)
	if all == nil {
		return
	}
	var b strings.Builder
	at := 0
	for _, m := range all {
		from, to := m[2*group], m[2*group+1]
		if from < 0 || from == to || from < at {
			continue
		}
		if keep != nil && keep(groups(w.text, m), w.text[:from], w.text[to:]) {
			continue
		}
		b.WriteString(w.text[at:from])
		b.WriteString(w.mark(k, w.text[from:to]))
		at = to
	}
	b.WriteString(w.text[at:])
	w.text = b.String()
}

func groups(s string, m []int) []string {
	out := make([]string, len(m)/2)
	for i := range out {
		if m[2*i] >= 0 {
			out[i] = s[m[2*i]:m[2*i+1]]
		}
	}
	return out
}

// spread takes names and the like out of every line once they are known from one.
func (c *Cover) spread(texts []string) {
	type known struct {
		part string
		mark rune
	}
	var all []known
	for i, f := range c.found {
		if f.kind != Name && f.kind != Org && f.kind != Handle {
			continue
		}
		for _, p := range parts(f) {
			all = append(all, known{p, rune(firstMark + i)})
		}
	}
	slices.SortStableFunc(all, func(a, b known) int { return len(b.part) - len(a.part) })
	for i := range texts {
		for _, k := range all {
			texts[i] = replaceWord(texts[i], k.part, string(k.mark))
		}
	}
}

// parts are the pieces of a name under which it may come back.
func parts(f found) []string {
	out := []string{f.value}
	if f.kind == Name {
		out = append(out, strings.FieldsFunc(f.value, func(r rune) bool { return strings.ContainsRune(" ・.,()", r) })...)
		if s := lists().surnameAt([]rune(f.value), 0); s > 0 {
			r := []rune(f.value)
			out = append(out, string(r[:s]), string(r[s:]))
		}
	}
	return slices.DeleteFunc(out, func(p string) bool {
		n := utf8.RuneCountInString(p)
		return n < 2 || strings.ContainsFunc(p, isMark) || n < 3 && !isHan([]rune(p)[0]) || lists().common[strings.ToLower(p)]
	})
}

// replaceWord replaces a piece of a name; Latin ones as whole words, in any case.
func replaceWord(s, part, mark string) string {
	if !isLatin([]rune(part)[0]) {
		return strings.ReplaceAll(s, part, mark)
	}
	return wordOf(part).ReplaceAllString(s, "${1}"+mark)
}

func wordOf(part string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(^|[^\p{Latin}])` + regexp.QuoteMeta(part) + `\b`)
}

// render writes placeholders for marks.
func (c *Cover) render(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == lastMark:
			b.WriteString("[X]")
		case isMark(r):
			f := c.found[r-firstMark]
			c.names[f.label] = c.plain(f.value)
			b.WriteString(f.label)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plain is a value without marks: what was taken out first stands inside what was taken later.
func (c *Cover) plain(s string) string {
	var b strings.Builder
	for _, r := range s {
		if isMark(r) && r != lastMark && int(r-firstMark) < len(c.found) {
			b.WriteString(c.plain(c.found[r-firstMark].value))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

var placeholder = regexp.MustCompile(`\[[A-Z]{2,8}_[0-9]{1,4}\]`)

// Placeholders lists those that stand in s, in order.
func Placeholders(s string) []string { return placeholder.FindAllString(s, -1) }

// Restore puts back what was taken out. It is false when s names a placeholder
// that this talk never had.
func (c *Cover) Restore(s string) (string, bool) {
	ok := true
	out := placeholder.ReplaceAllStringFunc(s, func(p string) string {
		v, have := c.names[p]
		ok = ok && have
		return v
	})
	return out, ok
}

// Found counts what was taken out, by kind.
func (c *Cover) Found() map[Kind]int {
	n := map[Kind]int{}
	for _, f := range c.found {
		n[f.kind]++
	}
	return n
}
