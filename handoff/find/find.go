// Package find looks for words in Japanese text as people type them: whatever
// the width, the case and the kind of kana. It keeps nothing and indexes nothing;
// what it is given is read once and forgotten.
package find

import (
	"strings"

	"engawa/flows/understand"
)

// The most that is looked for at once: a search is a few words, not a letter.
const (
	mostWords = 6
	mostRunes = 60
)

// Query is what somebody looks for: a text must hold all of its words.
type Query struct{ words []string }

// Read reads a line as it was typed, words apart by any blank.
func Read(typed string) Query {
	if r := []rune(typed); len(r) > mostRunes {
		typed = string(r[:mostRunes])
	}
	words := strings.Fields(understand.Fold(typed))
	return Query{words[:min(len(words), mostWords)]}
}

// Empty says that nothing is looked for.
func (q Query) Empty() bool { return len(q.words) == 0 }

// In says whether all words stand in one text. An empty query stands in every text.
func (q Query) In(text string) bool {
	if q.Empty() {
		return true
	}
	return q.InFolded(understand.Fold(text))
}

// InFolded is In for a text that has been folded already.
func (q Query) InFolded(folded string) bool {
	for _, w := range q.words {
		if !strings.Contains(folded, w) {
			return false
		}
	}
	return true
}

// Snippet is the part of a text around the first of the words that is found.
type Snippet struct{ Before, Hit, After string }

// Cut shows where the first word stands, with so many letters around it. A text
// in which none stands gives its beginning.
func (q Query) Cut(text string, around int) Snippet {
	letters := []rune(strings.Join(strings.Fields(text), " "))
	from, to := q.place(letters)
	left, right := max(0, from-around), min(len(letters), to+around)
	s := Snippet{Before: string(letters[left:from]), Hit: string(letters[from:to]), After: string(letters[to:right])}
	if left > 0 {
		s.Before = "…" + s.Before
	}
	if right < len(letters) {
		s.After += "…"
	}
	return s
}

// place finds a word among letters. Folding may make two letters of one (㍿) or one
// of two (ｶﾞ), so it is done letter by letter with the places kept.
func (q Query) place(letters []rune) (from, to int) {
	var folded strings.Builder
	var at []int // of each folded byte: the letter it comes from
	for i := 0; i < len(letters); {
		n := 1
		for i+n < len(letters) && marks(letters[i+n]) {
			n++
		}
		part := understand.Fold(string(letters[i : i+n]))
		folded.WriteString(part)
		for range len(part) {
			at = append(at, i)
		}
		i += n
	}
	at = append(at, len(letters))
	for _, w := range q.words {
		if p := strings.Index(folded.String(), w); p >= 0 {
			from, to := at[p], at[p+len(w)]
			return from, max(to, from+1)
		}
	}
	return 0, 0
}

// marks tells the signs that belong to the letter before them.
func marks(r rune) bool {
	return r == 'ﾞ' || r == 'ﾟ' || r == '\u3099' || r == '\u309a' || r >= '\u0300' && r <= '\u036f'
}
