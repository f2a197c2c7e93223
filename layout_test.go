package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layout says which of our packages each package may import. It is the house
// plan as a table: flows knows nobody, bot and handoff never meet,
// deploy/house joins them.
var layout = map[string][]string{
	"engawa":               {"engawa/deploy/house"},
	"engawa/deploy/house":  {"*"},
	"engawa/deploy":        {"*"}, // the operator's tools may look everywhere
	"engawa/deploy/poster": {},

	"engawa/config":           {"engawa/config/privacy"},
	"engawa/config/privacy":   {"engawa/config/gather"},
	"engawa/config/backup":    {"engawa/config/privacy"},
	"engawa/config/traces":    {},
	"engawa/config/redistest": {},
	"engawa/config/clocktest": {},
	"engawa/config/gather":    {},

	"engawa/flows":            {},
	"engawa/flows/script":     {"engawa/flows"},
	"engawa/flows/catalogue":  {"engawa/flows"},
	"engawa/flows/understand": {"engawa/flows"},
	"engawa/flows/content":    {},
	"engawa/flows/forms":      {"engawa/flows", "engawa/flows/catalogue"},
	"engawa/flows/contacts":   {"engawa/flows"},
	"engawa/flows/release":    {"engawa/flows", "engawa/flows/script"},
	"engawa/flows/prove":      {"engawa/flows", "engawa/flows/script", "engawa/flows/understand"},

	"engawa/flows/understand/train":  {"engawa/flows", "engawa/flows/understand", "engawa/flows/script", "engawa/flows/content"},
	"engawa/flows/understand/report": {"engawa/flows", "engawa/flows/understand", "engawa/flows/script", "engawa/flows/content"},

	"engawa/bot":               {},
	"engawa/bot/webhook":       {"engawa/config/privacy", "engawa/config/traces", "engawa/bot/inbox", "engawa/bot/line"},
	"engawa/bot/inbox":         {"engawa/flows", "engawa/config/privacy"},
	"engawa/bot/people":        {"engawa/config/gather", "engawa/flows", "engawa/config/privacy", "engawa/bot/inbox", "engawa/bot/ledger"},
	"engawa/bot/ledger":        {"engawa/flows", "engawa/config/privacy", "engawa/bot/inbox"},
	"engawa/bot/line":          {"engawa/flows"},
	"engawa/bot/line/emulator": {},
	"engawa/bot/line/icon":     {},
	"engawa/bot/line/richmenu": {"engawa/flows", "engawa/bot/line"},
	"engawa/bot/preview": {"engawa/flows", "engawa/flows/script", "engawa/flows/prove", "engawa/flows/understand",
		"engawa/bot/line", "engawa/bot/line/emulator"},
	"engawa/bot/assist":        {"engawa/flows", "engawa/bot/assist/redact", "engawa/config/privacy"},
	"engawa/bot/assist/redact": {},
	"engawa/bot/board":         {"engawa/flows", "engawa/flows/catalogue", "engawa/config/privacy"},
	"engawa/bot/board/pages":   {"engawa/flows", "engawa/flows/catalogue", "engawa/flows/forms", "engawa/bot/board"},
	"engawa/bot/outbox":        {"engawa/flows", "engawa/config/privacy", "engawa/config/traces", "engawa/bot/inbox", "engawa/bot/line", "engawa/bot/ledger"},
	"engawa/bot/room":          {"engawa/flows", "engawa/bot/inbox", "engawa/bot/people"},
	"engawa/bot/dialogue": {"engawa/config/gather", "engawa/bot/room", "engawa/flows", "engawa/flows/understand", "engawa/flows/catalogue", "engawa/flows/forms", "engawa/config/privacy", "engawa/config/traces",
		"engawa/bot/inbox", "engawa/bot/people", "engawa/bot/ledger", "engawa/bot/outbox", "engawa/bot/line"},

	"engawa/handoff":            {"engawa/flows", "engawa/config/privacy", "engawa/config/traces", "engawa/handoff/book"},
	"engawa/handoff/book":       {"engawa/config/privacy"},
	"engawa/handoff/notice":     {"engawa/flows"},
	"engawa/handoff/staff":      {"engawa/config/privacy", "engawa/handoff/book"},
	"engawa/handoff/alarm/wake": {"engawa/handoff/alarm"},
	"engawa/handoff/alarm":      {"engawa/flows", "engawa/config/privacy"},
	"engawa/handoff/alarm/push": {"engawa/config/privacy", "engawa/handoff/alarm/wake"},
	"engawa/handoff/alarm/own":  {"engawa/config/privacy"},
	"engawa/handoff/wording":    {"engawa/flows", "engawa/flows/script", "engawa/flows/release", "engawa/flows/catalogue", "engawa/handoff/console"},
	"engawa/handoff/find":       {"engawa/flows/understand"},
	"engawa/handoff/practice":   {}, // nothing of the house: what is practised has no way to anybody
	"engawa/handoff/ready":      {"engawa/handoff/find"},
	"engawa/handoff/console":    {"engawa/flows", "engawa/handoff", "engawa/handoff/book", "engawa/handoff/find", "engawa/handoff/practice", "engawa/handoff/ready", "engawa/handoff/staff", "engawa/handoff/alarm", "engawa/handoff/alarm/own", "engawa/handoff/alarm/push"},
}

// topLevel are the only folders of the house.
var topLevel = []string{"bot", "flows", "handoff", "config", "deploy", ".ci", ".git", ".cache", "out"}

func TestLayoutIsTheHousePlan(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		pkg, imports, _ := strings.Cut(line, " ")
		may, known := layout[pkg]
		if !known {
			t.Errorf("%s is in no room of the house plan: add it to layout_test.go with what it may import", pkg)
			continue
		}
		if slices.Contains(may, "*") {
			continue
		}
		for _, imp := range strings.Fields(imports) {
			if strings.HasPrefix(imp, "engawa") && !slices.Contains(may, imp) {
				t.Errorf("%s imports %s, which the house plan does not allow", pkg, imp)
			}
		}
	}
}

func TestLayoutHasNoOtherFolders(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !slices.Contains(topLevel, e.Name()) {
			t.Errorf("folder %s is not in the house plan", e.Name())
		}
	}
}

// TestTheTopOfTheTreeIsOneScreen: a newcomer sees the shape, not the errands.
func TestTheTopOfTheTreeIsOneScreen(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) > 5 {
		t.Errorf("got %d Go files at the top, want main.go and a few tests: %v", len(files), files)
	}
}

func TestFilesAndFunctionsStayReadable(t *testing.T) {
	const maxFile, maxFunc = 400, 45
	fset := token.NewFileSet()
	for _, path := range goFiles(t) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if n := fset.Position(f.End()).Line; n > maxFile {
			t.Errorf("%s has %d lines, want at most %d", path, n, maxFile)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			if n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1; n > maxFunc {
				t.Errorf("%s: %s has %d lines, want at most %d", path, fn.Name.Name, n, maxFunc)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	said := map[string]bool{}
	fset := token.NewFileSet()
	for _, path := range goFiles(t) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Dir(path)
		said[dir] = said[dir] || f.Doc != nil
	}
	for dir, ok := range said {
		if !ok {
			t.Errorf("package in %s has no comment that says what it is for", dir)
		}
	}
}

func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != "." {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
