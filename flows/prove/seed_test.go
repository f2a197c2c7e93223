package prove

import (
	"flag"
	"os"
	"testing"
)

// TestMain makes random tests draw the same in every run, unless somebody asks
// for another seed: a release must not be refused by a die. `make fuzz` and
// -rapid.seed look further.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.seed"); f != nil && f.Value.String() == f.DefValue {
		_ = f.Value.Set("20261122")
	}
	os.Exit(m.Run())
}
