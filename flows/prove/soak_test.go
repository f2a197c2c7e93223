//go:build soak

package prove

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// TestSoakTenMillionSteps lives 10⁷ random steps on all cores and prints what must be zero.
func TestSoakTenMillionSteps(t *testing.T) {
	began := time.Now()
	got := lives(t, runtime.GOMAXPROCS(0), 10_000_000)
	fmt.Printf("%s (%s)\n", got, time.Since(began).Round(time.Second))
}
