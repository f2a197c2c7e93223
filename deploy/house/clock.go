//go:build !soak

package house

import "time"

// wallClock is what time it is.
func wallClock() time.Time { return time.Now() }
