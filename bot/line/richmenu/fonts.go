package richmenu

import (
	"bytes"
	"embed"
	"fmt"
	"sync"

	"github.com/go-text/typesetting/font"

	"engawa/flows"
)

//go:embed fonts/*.ttf fonts/*.otf
var fontFiles embed.FS

// fontNames are the subsets; fonts/README.md says what is in them.
var fontNames = []string{"ja.ttf", "latin.ttf", "ne.ttf", "zh.otf", "ko.otf"}

// first is the font that a language's letters are looked for in before the others:
// the same Chinese letter is written differently in the two countries.
var first = map[flows.Lang]string{flows.En: "latin.ttf", flows.Zh: "zh.otf", flows.Ko: "ko.otf", flows.Vi: "latin.ttf",
	flows.Ne: "ne.ttf", flows.Tl: "latin.ttf", flows.Pt: "latin.ttf"}

// parsed are the fonts by name, read once: faces of them are cheap and belong to one drawing.
var parsed = sync.OnceValues(func() (map[string]*font.Font, error) {
	all := map[string]*font.Font{}
	for _, name := range fontNames {
		data, err := fontFiles.ReadFile("fonts/" + name)
		if err != nil {
			return nil, fmt.Errorf("richmenu: %w", err)
		}
		face, err := font.ParseTTF(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("richmenu: font %s: %w", name, err)
		}
		all[name] = face.Font
	}
	return all, nil
})

// faces are the fonts of a language, the best one first.
func faces(l flows.Lang) ([]*font.Face, error) {
	all, err := parsed()
	if err != nil {
		return nil, err
	}
	var out []*font.Face
	if name := first[l]; name != "" {
		out = append(out, font.NewFace(all[name]))
	}
	for _, name := range fontNames {
		if name != first[l] {
			out = append(out, font.NewFace(all[name]))
		}
	}
	return out, nil
}

// faceOf is the first face that has a letter, nil if none has.
func faceOf(faces []*font.Face, r rune) *font.Face {
	for _, f := range faces {
		if _, ok := f.NominalGlyph(r); ok {
			return f
		}
	}
	return nil
}

// Missing lists the letters of a text that none of our fonts has: they would be
// drawn as empty boxes, so they are told instead.
func Missing(text string, l flows.Lang) ([]rune, error) {
	faces, err := faces(l)
	if err != nil {
		return nil, err
	}
	var out []rune
	for _, r := range text {
		if r != '\u200d' && r != '\u200c' && faceOf(faces, r) == nil {
			out = append(out, r)
		}
	}
	return out, nil
}
