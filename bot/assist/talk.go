package assist

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"engawa/bot/assist/redact"
)

// Who speaks in a talk.
const (
	ByResident = "resident"
	ByStaff    = "staff"
	ByMachine  = "machine"
)

// Said is one thing that was said, oldest first.
type Said struct {
	By   string
	Text string
}

// Sentence is one numbered sentence of a talk, as it was written.
type Sentence struct {
	N    int // from 1; what a point or draft names in From
	Said int // index of what it belongs to
	By   string
	Text string
	Kept bool // it could tell who somebody is, or could not be judged: the model never saw it
}

// How much of a talk a model is shown: its end.
const (
	mostSentences = 160
	mostRunes     = 9000
)

// covered is a talk as a model may see it.
type covered struct {
	sentences []Sentence
	cover     *redact.Cover
}

// cover cuts a talk into sentences and covers them together, so that a name known
// from one is taken out of all. It is ErrUnsure if nothing is left to send, or if
// the resident's last words are among what must stay.
func cover(talk []Said) (covered, error) {
	var c covered
	var lines []string
	runes := 0
	for i := len(talk) - 1; i >= 0; i-- {
		runes += len([]rune(talk[i].Text))
		if runes > mostRunes {
			talk = talk[i+1:]
			break
		}
	}
	for i, s := range talk {
		for _, t := range sentences(s.Text) {
			c.sentences = append(c.sentences, Sentence{Said: i, By: s.By, Text: t})
		}
	}
	if n := len(c.sentences); n > mostSentences {
		c.sentences = c.sentences[n-mostSentences:]
	}
	for i := range c.sentences {
		c.sentences[i].N = i + 1
		lines = append(lines, c.sentences[i].Text)
	}
	c.cover = redact.Lines(lines)
	some, last := false, true
	for i := range c.sentences {
		c.sentences[i].Kept = c.cover.Unsure[i]
		some = some || !c.cover.Unsure[i]
		if c.sentences[i].By == ByResident {
			last = !c.cover.Unsure[i]
		}
	}
	if !some || !last {
		return c, ErrUnsure
	}
	return c, nil
}

// sentences cuts a text where its writer ended a sentence.
func sentences(s string) []string {
	var out []string
	var b strings.Builder
	flush := func() {
		if t := strings.TrimSpace(b.String()); t != "" {
			out = append(out, t)
		}
		b.Reset()
	}
	r := []rune(s)
	for i, c := range r {
		if c == '\n' {
			flush()
			continue
		}
		b.WriteRune(c)
		end := strings.ContainsRune("。！？!?", c) || c == '.' && (i+1 == len(r) || unicode.IsSpace(r[i+1])) && b.Len() > 12
		if end && (i+1 == len(r) || !strings.ContainsRune("。！？!?」』)）", r[i+1])) {
			flush()
		}
	}
	flush()
	return out
}

// data gives the covered sentences for a question.
func (c covered) data(more map[string]any) []byte {
	type line struct {
		N    int    `json:"n"`
		By   string `json:"by"`
		Text string `json:"text"`
	}
	lines := []line{}
	for i, s := range c.sentences {
		if !s.Kept {
			lines = append(lines, line{s.N, s.By, c.cover.Lines[i]})
		}
	}
	d := map[string]any{"sentences": lines}
	for k, v := range more {
		d[k] = v
	}
	out, err := json.Marshal(d)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return out
}

// from checks that the numbers name sentences that the model saw, each once.
func (c covered) from(ns []int) bool {
	for i, n := range ns {
		if n < 1 || n > len(c.sentences) || c.sentences[n-1].Kept || slices.Contains(ns[:i], n) {
			return false
		}
	}
	return true
}

// source is the covered text of the sentences with these numbers.
func (c covered) source(ns []int) string {
	var b strings.Builder
	for _, n := range ns {
		b.WriteString(c.cover.Lines[n-1] + "\n")
	}
	return b.String()
}

var digitRun = regexp.MustCompile(`[0-9]+`)

// grounded says whether every number and placeholder of a text stands in its source.
func grounded(text, source string) bool {
	have := redact.Placeholders(source)
	for _, p := range redact.Placeholders(text) {
		if !slices.Contains(have, p) {
			return false
		}
	}
	strip := func(s string) []string {
		for _, p := range redact.Placeholders(s) {
			s = strings.ReplaceAll(s, p, " ")
		}
		return digitRun.FindAllString(norm.NFKC.String(s), -1)
	}
	numbers := strip(source)
	for _, n := range strip(text) {
		if !slices.Contains(numbers, n) {
			return false
		}
	}
	return true
}

// clean says whether a text of the model is one plain paragraph of a sensible length.
func clean(s string, most int) bool {
	return strings.TrimSpace(s) != "" && len([]rune(s)) <= most && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.Is(unicode.Cc, r) && r != '\n' || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)
	})
}
