package prove

import (
	"testing"

	"engawa/flows/content"
	"engawa/flows/script"
)

// BenchmarkLint is what reading every sentence once more costs when none has changed.
func BenchmarkLint(b *testing.B) {
	shipped(b)
	b.ReportAllocs()
	var p Prover
	for b.Loop() {
		c := newChecker(loaded(), Options{})
		p.recall(c, "", nil)
		c.lint()
	}
}

// BenchmarkLoad reads the whole folder from nothing.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		script.Load(content.FS, script.Options{AcceptDrafts: true})
	}
}
