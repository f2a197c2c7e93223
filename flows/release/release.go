// Package release keeps the bundles that the house has published and says which
// of them speaks to whom.
//
// A release is a folder of content under the hash of its words. One pointer in the
// store names the release in force; it is moved by publishing, and moved back by
// recalling. Who is in the middle of a talk follows into the new release where
// their place still exists or moves/ says where it has gone; else they finish the
// talk where they are, for at most ninety days. A release that was recalled is
// never spoken from again: whoever stands in it is carried out at their next word.
//
//	release.go   which release speaks to whom (pure)
//	fate.go      what a release does to those who stand in each scene (pure)
//	overlay.go   what the console has put right, until a release says it too (pure)
//	store.go     bundles, pointer and log in the store
//	moves.go     publishing, recalling, laying over; lua/ holds the three moves
//	follow.go    the releases in memory, following the pointer
package release

import (
	"time"

	"engawa/flows"
)

// PinnedFor is how long a talk may stay in a release that is no longer in force.
const PinnedFor = 90 * 24 * time.Hour

// Rack is the releases that somebody may still stand in. It is not changed once it
// is made: following the pointer makes a new one.
type Rack struct {
	now  *flows.Bundle
	old  map[string]*flows.Bundle // by hash, without those recalled
	left map[string]time.Time     // when each of them was last in force
}

// NewRack is a rack with only the release in force.
func NewRack(now *flows.Bundle) *Rack {
	return &Rack{now: now, old: map[string]*flows.Bundle{}, left: map[string]time.Time{}}
}

// Now is the release in force.
func (r *Rack) Now() *flows.Bundle { return r.now }

// Publish is the rack with another release in force.
func (r *Rack) Publish(b *flows.Bundle, at time.Time) *Rack {
	out := r.copied(at)
	if b.Hash != r.now.Hash {
		out.old[base(r.now.Hash)], out.left[base(r.now.Hash)] = r.now, at
	}
	delete(out.old, base(b.Hash))
	delete(out.left, base(b.Hash))
	out.now = b
	return out
}

// Recall is the rack with another release in force and the one so far gone for good.
func (r *Rack) Recall(instead *flows.Bundle, at time.Time) *Rack {
	bad := base(r.now.Hash)
	out := r.Publish(instead, at)
	delete(out.old, bad)
	delete(out.left, bad)
	return out
}

// copied is a rack without the releases that nobody may stand in any more.
func (r *Rack) copied(at time.Time) *Rack {
	out := NewRack(r.now)
	for hash, b := range r.old {
		if at.Sub(r.left[hash]) < PinnedFor {
			out.old[hash], out.left[hash] = b, r.left[hash]
		}
	}
	return out
}

// For is the release that speaks to somebody: the one in force, unless their place
// is only in the one that they were last spoken to from.
func (r *Rack) For(s *flows.State, at time.Time) *flows.Bundle {
	if s.Bundle == "" || s.Bundle == r.now.Hash || flows.Fits(r.now, s) {
		return r.now
	}
	from := base(s.Bundle) // what was laid over a release since does not make it another one
	if old := r.old[from]; old != nil && at.Sub(r.left[from]) < PinnedFor && flows.Fits(old, s) {
		return old
	}
	return r.now
}
