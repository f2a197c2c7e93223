package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestEveryPromiseNamesTestsThatExist keeps PROMISES.md from promising what
// nothing proves any more.
func TestEveryPromiseNamesTestsThatExist(t *testing.T) {
	text, err := os.ReadFile("PROMISES.md")
	if err != nil {
		t.Fatal(err)
	}
	known := testsOfTheTree(t)
	chapters := strings.Split(string(text), "\n## ")[1:]
	if len(chapters) != 10 {
		t.Errorf("got %d promises, want the 10 of the house plan", len(chapters))
	}
	for _, chapter := range chapters {
		title, _, _ := strings.Cut(chapter, "\n")
		named := regexp.MustCompile(`(?m)^- (Test[A-Za-z0-9]+)$`).FindAllStringSubmatch(chapter, -1)
		if len(named) == 0 && !strings.HasPrefix(title, "10.") {
			t.Errorf("%s: names no test", title)
		}
		for _, n := range named {
			if !known[n[1]] {
				t.Errorf("%s: there is no test called %s", title, n[1])
			}
		}
	}
}

// TestTheThreatModelsProofsExist holds the page to tests that there are.
func TestTheThreatModelsProofsExist(t *testing.T) {
	b, err := os.ReadFile("deploy/threat-model.md")
	if err != nil {
		t.Fatal(err)
	}
	known := testsOfTheTree(t)
	for _, word := range strings.FieldsFunc(string(b), func(r rune) bool { return r == '`' }) {
		if strings.HasPrefix(word, "Test") && !known[word] {
			t.Errorf("the threat model names %s, and there is no such test", word)
		}
	}
}

// testsOfTheTree are the names of all tests that there are.
func testsOfTheTree(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	definition := regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9]+)\(`)
	for _, path := range goFiles(t) {
		if !strings.HasSuffix(path, "_test.go") {
			continue
		}
		code, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range definition.FindAllSubmatch(code, -1) {
			known[string(m[1])] = true
		}
	}
	return known
}
