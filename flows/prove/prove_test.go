package prove

import (
	"context"
	"os"
	"testing"

	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
)

// shipped is the content as it is shipped, drafts let through.
func shipped(t testing.TB) *flows.Bundle {
	t.Helper()
	b, faults := script.Load(content.FS, script.Options{AcceptDrafts: true})
	if b == nil {
		t.Fatalf("the shipped content does not load: %v", faults.Err())
	}
	return b
}

func TestTheShippedContentKeepsEveryPromise(t *testing.T) {
	all, r := Check(context.Background(), shipped(t), Options{})
	if testing.Verbose() {
		_ = Print(os.Stdout, all, r)
	}
	for _, f := range Errors(all) {
		t.Errorf("%v", f)
	}
}
