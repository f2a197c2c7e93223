//go:build !soak

package main

import "time"

// wallClock is what time it is.
func wallClock() time.Time { return time.Now() }
