package emulator

import (
	"net/http"
	"slices"
	"time"
)

// Fault is one way of LINE's misbehaving. The zero fields do nothing, so a
// Fault{Slow: time.Second} is only slow and a Fault{Endpoint: "push", Status: 500, Times: 1}
// breaks the next push.
type Fault struct {
	Endpoint string // which endpoint, by name ("reply", "push", "loading", …); "" = every one
	After    int    // let so many requests pass first
	Times    int    // meet so many requests; 0 = until Heal

	Slow        time.Duration // wait before accepting; a caller who leaves meanwhile sent nothing
	LateAnswer  time.Duration // accept at once, answer late
	Down        bool          // 503, nothing accepted
	Status      int           // this status, nothing accepted
	RateLimit   bool          // 429: too many requests
	MonthLimit  bool          // 429: the month's pushes are used up
	UserLimit   bool          // 429: too many to one user
	CutBefore   bool          // the connection breaks, nothing accepted
	CutAfter    bool          // accepted, and the connection breaks before the answer
	BadReply    bool          // 400 Invalid reply token, whatever the token
	RefuseToken bool          // 401, as after a token was revoked
}

type fault struct {
	Fault
	passed, met int
}

// Fault switches a fault on and gives back how to switch it off.
func (e *Emulator) Fault(f Fault) (heal func()) {
	one := &fault{Fault: f}
	e.mu.Lock()
	e.faults = append(e.faults, one)
	e.mu.Unlock()
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.faults = slices.DeleteFunc(e.faults, func(x *fault) bool { return x == one })
	}
}

// Heal switches every fault off.
func (e *Emulator) Heal() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.faults = nil
}

// meet finds the first fault that this request runs into.
func (e *Emulator) meet(endpoint string) *Fault {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range e.faults {
		if f.Endpoint != "" && f.Endpoint != endpoint {
			continue
		}
		if f.passed < f.After {
			f.passed++
			continue
		}
		if f.Times > 0 && f.met >= f.Times {
			continue
		}
		f.met++
		return &f.Fault
	}
	return nil
}

// trouble answers a request that met a fault. It panics to cut the connection:
// net/http then closes it without a word.
func (e *Emulator) trouble(f *Fault, rt route, c *call, log *Request) answer {
	e.mu.Lock()
	log.Fault = f.name()
	e.mu.Unlock()
	if f.Slow > 0 && !e.wait(c.r, f.Slow) {
		panic(http.ErrAbortHandler)
	}
	switch {
	case f.CutBefore:
		panic(http.ErrAbortHandler)
	case f.Down:
		return fail(http.StatusServiceUnavailable, "Service unavailable")
	case f.RateLimit:
		return fail(http.StatusTooManyRequests, wordsRate)
	case f.MonthLimit:
		return fail(http.StatusTooManyRequests, wordsMonth)
	case f.UserLimit:
		return fail(http.StatusTooManyRequests, wordsOneUser)
	case f.BadReply:
		return fail(http.StatusBadRequest, wordsReply)
	case f.RefuseToken:
		return fail(http.StatusUnauthorized, wordsBadToken)
	case f.Status != 0:
		return fail(f.Status, http.StatusText(f.Status))
	}
	a := e.ask(rt, c, log)
	if f.CutAfter || f.LateAnswer > 0 && !e.wait(c.r, f.LateAnswer) {
		panic(http.ErrAbortHandler)
	}
	return a
}

func (f *Fault) name() string {
	for _, n := range []struct {
		on   bool
		name string
	}{
		{f.CutBefore, "cut before"}, {f.Down, "down"}, {f.RateLimit, "rate limit"}, {f.MonthLimit, "month limit"},
		{f.UserLimit, "user limit"}, {f.BadReply, "bad reply"}, {f.RefuseToken, "refuse token"},
		{f.Status != 0, "status"}, {f.CutAfter, "cut after"}, {f.LateAnswer > 0, "late answer"},
	} {
		if n.on {
			return n.name
		}
	}
	return "slow"
}

// wait lets time pass for a request; false = the caller left or the emulator closes.
func (e *Emulator) wait(r *http.Request, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	case <-e.ctx.Done():
		return false
	}
}
