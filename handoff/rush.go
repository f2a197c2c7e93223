package handoff

import (
	"context"
	"sync"

	"engawa/flows"
)

// rush lets the claims of one case that come at the same moment to this process go to
// the store once: the first goes, and who comes while it is under way hears who has the
// case when it is decided. The store decides between processes.
type rush struct {
	mu  sync.Mutex
	now map[flows.CaseID]*attempt
}

// attempt is a claim under way.
type attempt struct {
	by   string // account
	over chan struct{}
	got  Case
	err  error
}

// claim does try, or waits for another's that is under way. Where that one did not get
// the case it was no answer for anybody else: whoever waited tries for themselves.
func (r *rush) claim(ctx context.Context, id flows.CaseID, by Staff, try func() (Case, error)) (Case, error) {
	r.mu.Lock()
	first := r.now[id]
	if first == nil {
		first = &attempt{by: by.Name, over: make(chan struct{})}
		if r.now == nil {
			r.now = map[flows.CaseID]*attempt{}
		}
		r.now[id] = first
		r.mu.Unlock()
		defer func() {
			r.mu.Lock()
			delete(r.now, id)
			r.mu.Unlock()
			close(first.over)
		}()
		first.got, first.err = try()
		return first.got, first.err
	}
	r.mu.Unlock()
	select {
	case <-first.over:
	case <-ctx.Done():
		return Case{}, ctx.Err()
	}
	if first.err != nil || first.by == by.Name || first.got.Staff.Name != first.by {
		return try()
	}
	return first.got, &TakenError{By: first.got.Staff.Alias}
}
