package console

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// handled is what one function of the console reads of a form, which words it knows,
// and whom it calls.
type handled struct{ fields, known, calls []string }

// readHandlers reads out of the sources, for each form's address, which fields its
// handler asks for and which words it knows, by itself or through those it calls: a
// new form is fuzzed with its own names from the day on which it is written.
func readHandlers(t testing.TB, forms []route) (fields, known map[string][]string) {
	t.Helper()
	all := sources(t)
	fields, known = map[string][]string{}, map[string][]string{}
	for _, r := range forms {
		seen := map[string]bool{}
		var walk func(string, int)
		walk = func(name string, deep int) {
			h := all[name]
			if h == nil || seen[name] || deep > 3 {
				return
			}
			seen[name] = true
			fields[r.path], known[r.path] = append(fields[r.path], h.fields...), append(known[r.path], h.known...)
			for _, call := range h.calls {
				walk(call, deep+1)
			}
		}
		name := runtime.FuncForPC(reflect.ValueOf(r.do).Pointer()).Name()
		walk(name[strings.LastIndex(name, ".")+1:], 0)
		if r.path == "/content/card/:id" { // asks for them in a loop
			fields[r.path] = append(fields[r.path], offerFields...)
		}
		if slices.Contains(fields[r.path], "d") { // one for each day of the week
			fields[r.path] = append(fields[r.path], "d0", "d1", "d6")
		}
		fields[r.path], known[r.path] = once(append(fields[r.path], "act", "words", "note", "reason")), once(known[r.path])
	}
	return fields, known
}

func once(all []string) []string {
	slices.Sort(all)
	return slices.Compact(all)
}

// sources reads every function of the package, by its name.
func sources(t testing.TB) map[string]*handled {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*handled{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				h := &handled{}
				all[fn.Name.Name] = h
				ast.Inspect(fn, h.see)
			}
		}
	}
	return all
}

// asksForm are the functions whose first argument is the name of a field.
var asksForm = []string{"form", "FormValue", "PostFormValue", "when"}

func (h *handled) see(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		name := ""
		switch fun := n.Fun.(type) {
		case *ast.SelectorExpr:
			name = fun.Sel.Name
		case *ast.Ident:
			name = fun.Name
		}
		h.calls = append(h.calls, name)
		if len(n.Args) == 1 && slices.Contains(asksForm, name) {
			arg := n.Args[0]
			if sum, ok := arg.(*ast.BinaryExpr); ok {
				arg = sum.X
			}
			if word, ok := short(arg); ok {
				h.fields = append(h.fields, word)
			}
		}
	case *ast.IndexExpr:
		if word, ok := short(n.Index); ok {
			h.fields = append(h.fields, word)
		}
	case *ast.BasicLit:
		if word, ok := short(n); ok {
			h.known = append(h.known, word)
		}
	}
	return true
}

// short gives a literal that may be a field's name or one of its values.
func short(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	word, err := strconv.Unquote(lit.Value)
	return word, err == nil && word != "" && utf8.RuneCountInString(word) <= 16 && !strings.ContainsAny(word, " %<\n")
}
