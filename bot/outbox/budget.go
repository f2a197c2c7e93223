package outbox

import (
	"sync"
	"time"
)

// spareWait is how long a nudge waits that would touch the reserve. A reply token
// that comes earlier takes it along.
const spareWait = 10 * time.Minute

// Budget is what LINE still takes of us this month. The last of it is a reserve for
// what must arrive: a coordinator's words, and danger. What we begin ourselves (news
// of a saved post, a check-in, a question after a visit) stops before it, waits for
// a free reply token and, if its hours end first, becomes a letter: somebody sees it.
// The zero value has no limit.
type Budget struct {
	mu                    sync.Mutex
	limited               bool
	limit, reserve, asked int64 // as LINE said last
	since                 int64 // pushes of this process that it accepted after that
	month                 time.Month
}

// Learn takes over what LINE says at the moment now; reserve is how many of the
// month are kept.
func (b *Budget) Learn(now time.Time, limited bool, limit, used, reserve int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	// LINE counts with some delay: what we know to have sent is not forgotten until it
	// has had time to appear, nor taken over into another month.
	if now.Month() != b.month || used >= b.asked+b.since || used < b.asked {
		b.asked, b.since, b.month = used, 0, now.Month()
	}
	b.limited, b.limit, b.reserve = limited, limit, reserve
}

// Standing is the budget as it is known: what is used, the limit (0 = none), the reserve.
func (b *Budget) Standing() (used, limit, reserve int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.limited {
		return b.asked + b.since, 0, 0
	}
	return b.asked + b.since, b.limit, b.reserve
}

// Known says whether LINE has ever told.
func (b *Budget) Known() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.month != 0
}

// begin counts a push that may follow, before anybody knows whether it will: of a
// crowd that leaves at once only as many get through as there is room for. It gives
// the unix ms before which no nudge is pushed, 0 if they are now.
func (b *Budget) begin(now time.Time) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	full := b.limited && b.reserve > 0 && b.asked+b.since >= b.limit-b.reserve
	b.since++
	if full {
		return now.Add(spareWait).UnixMilli()
	}
	return 0
}

// undo takes a push back that did not happen.
func (b *Budget) undo() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.since = max(0, b.since-1)
}
