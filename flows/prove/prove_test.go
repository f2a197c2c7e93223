package prove

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
)

// loaded is the content as it is shipped, drafts let through; nil if it does not load.
var loaded = sync.OnceValue(func() *flows.Bundle {
	b, _ := script.Load(content.FS, script.Options{AcceptDrafts: true})
	return b
})

func shipped(t testing.TB) *flows.Bundle {
	t.Helper()
	if loaded() == nil {
		_, faults := script.Load(content.FS, script.Options{AcceptDrafts: true})
		t.Fatalf("the shipped content does not load: %v", faults.Err())
	}
	return loaded()
}

// today is the day on which the tests check: the bundle's own, but none that lies
// so early that a date of long ago would be in the future.
func today() Options {
	at := ownDate(loaded())
	if begin := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC); at.Before(begin) {
		at = begin
	}
	return Options{Date: at}
}

// walked is the check of the shipped content from nothing, done once for all tests:
// the prover that knows it, what it found, and all the states that it met.
var walked = sync.OnceValues(func() (*Prover, struct {
	verdict
	c *checker
}) {
	p, c := new(Prover), newChecker(loaded(), today())
	all, r := p.check(context.Background(), c)
	return p, struct {
		verdict
		c *checker
	}{verdict{all, r}, c}
})

func first() (*Prover, verdict) {
	p, w := walked()
	return p, w.verdict
}

// explored are the states that the check met.
func explored() *checker {
	_, w := walked()
	return w.c
}

type verdict struct {
	Found  []Finding
	Report Report
}

// proved is a prover that knows the shipped content.
func proved(t testing.TB) *Prover {
	shipped(t)
	p, v := first()
	if p.known == nil {
		t.Fatalf("the shipped content breaks promises of the root: %v", pathed(v.Found))
	}
	return p
}

// fork is a prover that knows what this one knows, and leaves it as it is.
func (p *Prover) fork() *Prover {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &Prover{known: p.known, memory: p.memory, reader: p.reader}
}

// pathed are the findings of the walk: those that have a way.
func pathed(all []Finding) (out []Finding) {
	for _, f := range all {
		if len(f.Path) > 0 {
			out = append(out, f)
		}
	}
	return out
}

func TestTheShippedContentKeepsEveryPromise(t *testing.T) {
	shipped(t)
	_, v := first()
	all, r := v.Found, v.Report
	if testing.Verbose() {
		_ = Print(os.Stdout, all, r)
	}
	for _, f := range Errors(all) {
		t.Errorf("%v", f)
	}
}
