//go:build soak

package house

import (
	"os"
	"strings"
	"sync"
	"time"
)

// wallClock is a clock that jumps: the file named by SOAK_CLOCK says how far it is off.
// It exists in the program that `make soak` builds for itself, and in no other.
func wallClock() time.Time {
	off.Lock()
	defer off.Unlock()
	if now := time.Now(); now.Sub(off.read) > 50*time.Millisecond {
		off.read = now
		if text, err := os.ReadFile(os.Getenv("SOAK_CLOCK")); err == nil {
			off.by, _ = time.ParseDuration(strings.TrimSpace(string(text)))
		}
	}
	return time.Now().Round(0).Add(off.by) // a wall clock that jumps is not monotonic
}

var off struct {
	sync.Mutex
	read time.Time
	by   time.Duration
}
