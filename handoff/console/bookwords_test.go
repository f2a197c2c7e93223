package console

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// movesOf reads the names of all moves of a case out of the desk's own source.
func movesOf(t *testing.T) (all []string) {
	t.Helper()
	files, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if kind, isName := any(nil), false; ok {
				kind, isName = spec.Type.(*ast.Ident)
				if id, _ := kind.(*ast.Ident); isName && id.Name == "Do" && len(spec.Values) == 1 {
					if lit, isLit := spec.Values[0].(*ast.BasicLit); isLit {
						word, _ := strconv.Unquote(lit.Value)
						all = append(all, word)
					}
				}
			}
			return true
		})
	}
	return all
}

// TestEveryLineOfTheBookIsSaidInWords looks at every form that leaves a line there and
// at every move of a case.
func TestEveryLineOfTheBookIsSaidInWords(t *testing.T) {
	p, err := newPages()
	if err != nil {
		t.Fatal(err)
	}
	var acts []string
	for _, r := range routes {
		if r.method == http.MethodPost && !slices.Contains(ownLine, r.path) && !slices.Contains(silent, r.path) {
			acts = append(acts, actOf(r.path))
		}
	}
	moves := movesOf(t)
	if len(acts) < 20 || len(moves) < 30 {
		t.Fatalf("%d forms and %d moves: some were not found", len(acts), len(moves))
	}
	byNobody := []string{"open", "words", "leave", "share", "risk", "unsent", "forgotten", "stopped", "place", "withdrawn", "lost", "lapse", "fade", "refused", "same", "taskback"}
	for _, m := range moves {
		if !slices.Contains(byNobody, m) { // of the resident's, or of time: the book is about staff
			acts = append(acts, m)
		}
	}
	acts = append(acts, "areas-save", "areas-retire", "areas-back")
	for lang, words := range p.words {
		for _, act := range acts {
			if words["book.do."+act] == "" {
				t.Errorf("%s: no words for %q", lang, act)
			}
		}
	}
}
