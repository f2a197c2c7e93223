// Package clocktest is a clock that stands still until a test lets time pass.
package clocktest

import (
	"sync"
	"time"
)

// Clock is such a clock; many may look at it at once.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// At is a clock that stands at a moment.
func At(t time.Time) *Clock { return &Clock{at: t} }

// Now is the moment at which it stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Pass lets so much time pass; less than nothing puts the clock back.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
