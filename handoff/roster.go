package handoff

import "time"

// Roster says who is on and when somebody reads next.
type Roster interface {
	// OpenAt says whether somebody reads at t and, if not, when next.
	OpenAt(t time.Time) (open bool, next time.Time)
	// Promise is by when an answer is promised to somebody who writes at t.
	Promise(t time.Time) time.Time
	// On says whether this coordinator (by account name) is on shift at t.
	On(staff string, t time.Time) bool
}
