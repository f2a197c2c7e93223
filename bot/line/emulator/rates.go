package emulator

import "time"

// rate is how many calls an endpoint takes in a stretch of time.
type rate struct {
	calls int
	per   time.Duration
}

// LINE's limits for the endpoints that we have (per channel and endpoint).
var (
	ordinary   = rate{2000, time.Second}
	loadings   = rate{100, time.Second}
	menuLists  = rate{10, time.Second}
	menuWrites = rate{100, time.Hour}
	urlChanges = rate{1000, time.Minute}
	urlTests   = rate{60, time.Hour}
)

// window is a token bucket: it fills evenly and holds one stretch's worth.
type window struct {
	left float64
	at   time.Time
}

// admit takes one call out of the endpoint's bucket.
func (e *Emulator) admit(rt route, now time.Time) bool {
	r := rt.rate
	if r.calls == 0 {
		r = ordinary
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	w := e.windows[rt.name]
	if w == nil {
		w = &window{left: float64(r.calls), at: now}
		e.windows[rt.name] = w
	}
	if passed := now.Sub(w.at); passed > 0 {
		w.left = min(float64(r.calls), w.left+float64(r.calls)*float64(passed)/float64(r.per))
		w.at = now
	}
	if w.left < 1 {
		return false
	}
	w.left--
	return true
}
