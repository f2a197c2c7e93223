package script

import (
	"io/fs"
	"strings"

	"engawa/flows"
)

// Mark is how far the sentences of one file are confirmed by a person.
type Mark struct {
	File      string
	Lang      flows.Lang
	Hash      string // of the sentences: what a confirmation holds for
	By        string // whoever confirmed them, also when they have changed since
	Confirmed bool
	Says      []Said
}

// Said is a sentence that residents may see.
type Said struct {
	Key  string // where it stands: okane/家賃/ことば/1
	Ja   string // the Japanese
	Text string // what the mark is about: the Japanese, or its translation
}

// Marks lists the files whose sentences need a person's confirmation, in order, with
// what each of them says. Folders with faults are read as far as they can be.
func Marks(fsys fs.FS) []Mark {
	l := newLoader(fsys, Options{AcceptDrafts: true})
	l.load()
	byFile := map[string][]Said{}
	for _, key := range l.keys {
		s := l.sources[key]
		byFile[s.file.name] = append(byFile[s.file.name], Said{Key: key, Ja: s.text, Text: s.text})
	}
	for name, page := range l.pages {
		for _, r := range page {
			byFile[name] = append(byFile[name], Said{Key: r.src.key, Ja: r.src.text, Text: r.text})
		}
	}
	for i := range l.marks {
		m := &l.marks[i]
		m.Lang, m.Says = flows.Ja, byFile[m.File]
		if rest, ok := strings.CutPrefix(m.File, "i18n/"); ok {
			lang, _, _ := strings.Cut(rest, "/")
			m.Lang = flows.Lang(lang)
		}
	}
	return l.marks
}

// Confirmation is the edit by which a person confirms the sentences that a mark has.
func (m Mark) Confirmation(by, day string) Edit {
	return Edit{File: m.File, Key: confirmKey, Value: "{人: " + Quote(by) + ", 日: " + day + ", 文: " + Quote(m.Hash) + "}"}
}
