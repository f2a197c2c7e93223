package prove

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// saidInSource reads which fixed lines Step asks for, from its own source: what
// stands as a literal in say, speak, news, label, sent, resort of b.Lines.
func saidInSource(t *testing.T) (keys []string) {
	t.Helper()
	files, err := filepath.Glob("../*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source of Step: %v", err)
	}
	fset := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "resort.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(fset, name, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			for _, e := range keyed(n) {
				if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
					if s, err := strconv.Unquote(l.Value); err == nil && !strings.HasSuffix(s, ".") && !strings.HasPrefix(s, ".") && s != "" {
						keys = append(keys, s)
					}
				}
			}
			return true
		})
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// keyed gives the expressions of a node that name a line.
func keyed(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		name := ""
		switch fn := n.Fun.(type) {
		case *ast.SelectorExpr:
			name = fn.Sel.Name
		case *ast.Ident:
			name = fn.Name
		}
		switch name {
		case "say", "news", "sent", "label", "showMenu", "sentence", "filled", "lastResort":
			return n.Args[:min(1, len(n.Args))] // say() in tongue.go is a function handed in
		case "speak":
			return n.Args[1:2]
		}
	case *ast.RangeStmt: // for _, p := range t.b.Lines["draft.notice"]
		return keyed(n.X)
	case *ast.IndexExpr:
		if s, ok := n.X.(*ast.SelectorExpr); ok && s.Sel.Name == "Lines" {
			return []ast.Expr{n.Index}
		}
	case *ast.AssignStmt: // key := "human.closed"
		if id, ok := n.Lhs[0].(*ast.Ident); ok && len(n.Rhs) == 1 && (id.Name == "key" || id.Name == "line") {
			return n.Rhs
		}
	}
	return nil
}

func TestTheListOfLinesIsWhatStepSays(t *testing.T) {
	var listed []string
	for _, f := range stepSays {
		listed = append(listed, f.key)
	}
	found := saidInSource(t)
	for _, key := range found {
		known := slices.Contains(listed, key) || strings.HasPrefix(key, "exit.")
		if strings.HasPrefix(key, "alarm") || strings.HasPrefix(key, "fact.") {
			continue // a timer's name, a fact of a card
		}
		if !known {
			t.Errorf("Step asks for %q, which stepSays does not list", key)
		}
	}
	if len(found) < 50 {
		t.Errorf("%d lines found in Step's source, want at least 50: has it changed its ways?", len(found))
	}
	for _, f := range stepSays {
		if f.other || slices.Contains(found, f.key) || strings.HasPrefix(f.key, "crisis.") || strings.HasPrefix(f.key, "worry.") || strings.HasPrefix(f.key, "find.") || f.key == "group.asked" || f.key == "group.silent" {
			continue // put together from the kind of danger, the way to look, or what a group should know
		}
		t.Errorf("stepSays lists %q, which Step never asks for", f.key)
	}
}
