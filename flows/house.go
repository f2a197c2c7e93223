package flows

import "time"

const (
	dayMinutes = 24 * 60
	farDays    = 370 // beyond a year of closed days nobody is promised anything
	longDays   = 14  // who is open for a fortnight on end is told as always open
)

// OpenAt says whether somebody reads at t and when that changes: the closing
// time while open, the next opening while closed. A span belongs to the day on
// which it begins, so the hours after midnight of a closed day may still be the
// evening of the day before. The zero time means that no opening comes within a
// year, or no closing within a fortnight.
func (h *House) OpenAt(t time.Time) (open bool, next time.Time) {
	if h == nil || t.IsZero() {
		return false, time.Time{}
	}
	if h.Zone != nil {
		t = t.In(h.Zone)
	}
	until := t
	for { // spans that touch are one stretch of time
		end, ok := h.coveredTo(until)
		if !ok {
			break
		}
		until, open = end, true
		if until.Sub(t) > longDays*24*time.Hour {
			return true, time.Time{}
		}
	}
	if open {
		return true, until
	}
	return false, h.nextStart(t)
}

// coveredTo finds the latest end among the spans that cover t.
func (h *House) coveredTo(t time.Time) (end time.Time, ok bool) {
	for back := 1; back >= 0; back-- {
		y, m, d := t.Date()
		y, m, d = time.Date(y, m, d-back, 12, 0, 0, 0, t.Location()).Date()
		for _, s := range h.spansOn(y, m, d, t.Location()) {
			from, to := s.times(y, m, d, t.Location())
			if !t.Before(from) && t.Before(to) && to.After(end) {
				end, ok = to, true
			}
		}
	}
	return end, ok
}

func (h *House) nextStart(t time.Time) time.Time {
	y0, m0, d0 := t.Date()
	for ahead := 0; ahead <= farDays; ahead++ {
		y, m, d := time.Date(y0, m0, d0+ahead, 12, 0, 0, 0, t.Location()).Date()
		var first time.Time
		for _, s := range h.spansOn(y, m, d, t.Location()) {
			from, to := s.times(y, m, d, t.Location())
			if from.After(t) && to.After(from) && (first.IsZero() || from.Before(first)) {
				first = from
			}
		}
		if !first.IsZero() {
			return first
		}
	}
	return time.Time{}
}

// spansOn are the hours of a date, none if it is a closed day.
func (h *House) spansOn(y int, m time.Month, d int, zone *time.Location) []Span {
	noon := time.Date(y, m, d, 12, 0, 0, 0, zone)
	spans := h.Hours[noon.Weekday()]
	if len(spans) == 0 || len(h.Closed) == 0 {
		return spans
	}
	if _, closed := h.Closed[noon.Format(time.DateOnly)]; closed {
		return nil
	}
	return spans
}

// times are the moments at which a span begins and ends. An end before the
// beginning is meant for the next day; a span of no length is none.
func (s Span) times(y int, m time.Month, d int, zone *time.Location) (from, to time.Time) {
	end := s.To
	if end < s.From {
		end += dayMinutes
	}
	return time.Date(y, m, d, 0, s.From, 0, 0, zone), time.Date(y, m, d, 0, end, 0, 0, zone)
}
