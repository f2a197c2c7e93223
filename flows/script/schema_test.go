package script

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// readerKeys reads from the reader's own source which keys it takes where: what
// stands in its calls of fields. A scene's title holds its name; that part is left out.
func readerKeys(t *testing.T, files ...string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, name := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if fn, ok := call.Fun.(*ast.SelectorExpr); !ok || fn.Sel.Name != "fields" || call.Ellipsis.IsValid() {
				return true
			}
			title := strings.TrimSuffix(firstText(call.Args[1]), "「")
			for _, arg := range call.Args[2:] {
				out[title] = append(out[title], firstText(arg))
			}
			return true
		})
	}
	return out
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

func TestTheSchemasForEditorsTakeWhatTheReaderTakes(t *testing.T) {
	reader := readerKeys(t, "flowfile.go", "scene.go", "cardfile.go", "phrase.go")
	editor := map[string][]string{}
	files, err := filepath.Glob("schema/*.json")
	if err != nil || len(files) != 2 {
		t.Fatalf("got schemas %v, %v", files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		schemaKeys(v, editor)
	}
	if len(reader) < 9 {
		t.Fatalf("got keys of %d places in the reader's source, want at least 9: has it changed its ways?", len(reader))
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

// TestThePatternsOfTheSchemasFitTheGoodFiles holds names and dates as editors would check them.
func TestThePatternsOfTheSchemasFitTheGoodFiles(t *testing.T) {
	for _, name := range []string{"schema/flow.json", "schema/card.json"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var v struct {
			Required   []string `json:"required"`
			Properties map[string]struct {
				Pattern string `json:"pattern"`
			} `json:"properties"`
		}
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		text := goodFlow
		if strings.Contains(name, "card") {
			text = goodCard
		}
		for key, p := range v.Properties {
			at := regexp.MustCompile(`(?m)^` + key + `: (.*)$`).FindStringSubmatch(text)
			if slices.Contains(v.Required, key) && !strings.Contains("\n"+text, "\n"+key+":") {
				t.Errorf("%s wants %q, which a good file does not have", name, key)
			}
			if p.Pattern != "" && at != nil && !regexp.MustCompile(p.Pattern).MatchString(at[1]) {
				t.Errorf("%s: %q does not fit %q of a good file", name, p.Pattern, at[1])
			}
		}
	}
}
