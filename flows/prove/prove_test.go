package prove

import (
	"context"
	"os"
	"sync"
	"testing"

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

func TestTheShippedContentKeepsEveryPromise(t *testing.T) {
	all, r := Check(context.Background(), shipped(t), Options{})
	if testing.Verbose() {
		_ = Print(os.Stdout, all, r)
	}
	for _, f := range Errors(all) {
		t.Errorf("%v", f)
	}
}
