package handoff

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// differ says how two cases differ, or nothing.
func differ(got, want Case) string { return cmp.Diff(want, got, cmpopts.EquateEmpty()) }

func TestEveryMoveIsInTheTable(t *testing.T) {
	for _, do := range asks {
		if len(allowed[do]) == 0 {
			t.Errorf("a note asks for %q, which is in no state allowed", do)
		}
	}
	for _, do := range holders {
		if len(allowed[do]) == 0 {
			t.Errorf("%q is in no state allowed", do)
		}
	}
}
