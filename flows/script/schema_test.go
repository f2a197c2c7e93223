package script

import (
	"bytes"
	"encoding/json"
	"flag"
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

// readerKeys reads from the reader's own source which keys it takes where: what
// stands in its calls of fields. A scene's title holds its name; that part is left out.
func readerKeys(t *testing.T) map[string][]string {
	t.Helper()
	lists := map[string][]string{"houseKeys": houseKeys, "dangerWords": dangerWords, "weekdayWords": weekdayWords,
		"exitNames": exitNames, "langList": langList(), "taskWordList": taskWordList()}
	untitled := map[string]string{"week": "時間の表", "readCell": "絵のボタン", "area": "圏域のひとつ", "readTranslation": "訳のひとつ"}
	out := map[string][]string{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Name.Name == "fields" {
				continue
			}
			for _, call := range callsOf(fn, "fields") {
				title := strings.TrimSuffix(firstText(call.Args[1]), "「")
				if title == "" {
					title = untitled[fn.Name.Name]
				}
				for _, arg := range call.Args[2:] {
					if !call.Ellipsis.IsValid() {
						out[title] = append(out[title], firstText(arg))
						continue
					}
					known := lists[lastName(arg)]
					if known == nil {
						t.Errorf("%s: %s takes keys from a list that this test does not know", name, fn.Name.Name)
					}
					out[title] = append(out[title], known...)
				}
			}
		}
	}
	out["決まったことば"] = lineNames() // these two read their own keys
	out["やりとり"] = append(append([]string(nil), happens...), expects...)
	return out
}

// callsOf lists the calls of a method in a function.
func callsOf(fn *ast.FuncDecl, method string) (out []*ast.CallExpr) {
	ast.Inspect(fn, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == method {
				out = append(out, call)
			}
		}
		return true
	})
	return out
}

// lastName is the name of a list or of the function that gives it.
func lastName(e ast.Expr) (s string) {
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			s = id.Name
		}
		return true
	})
	return s
}

// firstText is the first text that stands in an expression.
func firstText(e ast.Expr) (s string) {
	ast.Inspect(e, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING && s == "" {
			s, _ = strconv.Unquote(l.Value)
		}
		return s == ""
	})
	return s
}

// schemaKeys collects the objects of a schema by their titles.
func schemaKeys(v any, out map[string][]string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			schemaKeys(e, out)
		}
	case map[string]any:
		if title, ok := v["title"].(string); ok {
			if props, ok := v["properties"].(map[string]any); ok {
				out[title] = nil
				for key := range props {
					out[title] = append(out[title], key)
				}
			}
		}
		for _, e := range v {
			schemaKeys(e, out)
		}
	}
}

var writeSchemas = flag.Bool("schemas", false, "write the schemas in schema/ anew")

func TestTheSchemasForEditorsTakeWhatTheReaderTakes(t *testing.T) {
	reader, editor := readerKeys(t), map[string][]string{}
	for _, k := range FileKinds() {
		var v any
		if err := json.Unmarshal(k.Schema(), &v); err != nil {
			t.Fatalf("%s: %v", k.Name, err)
		}
		schemaKeys(v, editor)
	}
	if len(reader) < 28 {
		t.Fatalf("got keys of %d places in the reader's source, want at least 28: has it changed its ways?", len(reader))
	}
	for title, keys := range reader {
		slices.Sort(keys)
		slices.Sort(editor[title])
		if !slices.Equal(keys, editor[title]) {
			t.Errorf("%s: the schema takes %v, the reader %v", title, editor[title], keys)
		}
	}
	for title := range editor {
		if reader[title] == nil {
			t.Errorf("the schema knows %q, the reader does not", title)
		}
	}
}

// TestTheShippedSchemasAreTheProgramsOwn: whoever takes them from the source gets the same.
func TestTheShippedSchemasAreTheProgramsOwn(t *testing.T) {
	var want []string
	for _, k := range FileKinds() {
		name := filepath.Join("schema", k.Name+".json")
		want = append(want, name)
		if *writeSchemas {
			if err := os.WriteFile(name, k.Schema(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if data, err := os.ReadFile(name); err != nil || !bytes.Equal(data, k.Schema()) {
			t.Errorf("%s is not what the program writes (%v): go test ./flows/script -run Shipped -schemas", name, err)
		}
	}
	got, err := filepath.Glob("schema/*")
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got files %v (%v), want %v", got, err, want)
	}
}
