package handoff

import (
	"time"

	"engawa/flows"
)

// Roster says who is on and when somebody reads next.
type Roster interface {
	// OpenAt says whether somebody reads at t, and when that changes.
	OpenAt(t time.Time) (open bool, next time.Time)
	// Promise is by when an answer is promised to somebody who writes at t.
	Promise(t time.Time) time.Time
	// On says whether this coordinator (by account name) is on shift at t.
	On(staff string, t time.Time) bool
}

// HouseRoster is the roster of a house that has hours and no shifts: whoever
// works here is on whenever somebody reads.
type HouseRoster struct {
	House func() *flows.House // the house in force now
}

// whenever is what a house promises that is open at no time, or at all times.
const (
	nobodyIn = 72 * time.Hour
	alwaysIn = 24 * time.Hour
)

// OpenAt says what house.yaml says.
func (r HouseRoster) OpenAt(t time.Time) (bool, time.Time) { return r.House().OpenAt(t) }

// On is the same for everybody.
func (r HouseRoster) On(_ string, t time.Time) bool {
	open, _ := r.House().OpenAt(t)
	return open
}

// Promise is the end of the next working day.
func (r HouseRoster) Promise(t time.Time) time.Time {
	h := r.House()
	return promise(h.OpenAt, h.Zone, t)
}

// promise finds the end of the first day after t on which somebody reads.
func promise(openAt func(time.Time) (bool, time.Time), zone *time.Location, t time.Time) time.Time {
	if zone != nil {
		t = t.In(zone)
	}
	from := time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
	open, next := openAt(from)
	if !open {
		if next.IsZero() {
			return t.Add(nobodyIn)
		}
		from = next.In(t.Location())
	}
	midnight := time.Date(from.Year(), from.Month(), from.Day()+1, 0, 0, 0, 0, from.Location())
	end := from
	for end.Before(midnight) {
		open, next := openAt(end)
		switch {
		case open && next.IsZero():
			return t.Add(alwaysIn)
		case next.IsZero() || !open && !next.Before(midnight):
			return end
		}
		end = next
	}
	return midnight
}
