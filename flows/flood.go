package flows

import "time"

// Somebody who writes very much at once, in need, in anger or by a machine, is
// answered less often and heard as before: nothing is blocked, every text is read for
// danger and for ways out at once, and all are kept.
const (
	floodFrom = 30               // texts of the last minute or so, from which answers come more slowly
	floodMost = 30 * time.Second // between two answers; a reply is free for about a minute
	floodEach = 2                // seconds after which one text is forgotten: 30 a minute
)

// crowd is how many texts of late there are at a time, if n more come.
func (s State) crowd(now int64, n int) int {
	gone := max(0, (now-s.ManyAt)/floodEach)
	return int(max(0, int64(s.Many)-gone)) + n
}

// Slow is how long plain texts may wait for those after them, so that they get one
// answer together: nothing for most people, longer the more somebody writes.
func Slow(s State, now time.Time, n int) time.Duration {
	over := s.crowd(now.Unix(), n) - floodFrom
	if over <= 0 || s.Mode == ModeHuman { // a coordinator sees every word as it comes
		return 0
	}
	return min(floodMost, time.Duration(5+over)*time.Second)
}

// crowded counts the texts of this turn.
func (t *turn) crowded() {
	if t.e.Kind != EvText {
		return
	}
	s, n := &t.s, len(t.e.Readings)
	many := s.crowd(t.now, n)
	if many > floodFrom {
		t.because("flood")
	}
	s.Many, s.ManyAt = min(many, 1000), t.now
}
