package prove

import (
	"testing"

	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
	"engawa/flows/understand"
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

// BenchmarkCheckFiveHundredTalks plays the shipped talks of tests/ until five hundred are played.
func BenchmarkCheckFiveHundredTalks(bench *testing.B) {
	b := shipped(bench)
	talks, faults := script.Talks(content.FS)
	if err := faults.Err(); err != nil {
		bench.Fatal(err)
	}
	reader := understand.New(b)
	read := func(text string, lang flows.Lang, offered []string) flows.Reading {
		return reader.Read(text, understand.Here{Lang: lang, Offered: offered})
	}
	for bench.Loop() {
		for i := range 500 {
			talks[i%len(talks)].Play(b, read)
		}
	}
	bench.ReportMetric(bench.Elapsed().Seconds()/float64(bench.N), "s/500")
}
