package line

import "time"

// SetClock lets a test move the time of a token source. Call it before first use.
func SetClock(s *Stateless, now func() time.Time) { s.now = now }
