package outbox

import (
	"sync"
	"time"

	"engawa/bot/line"
)

// gate holds back what would be refused anyway: everything while the channel may
// not call, pushes while the month's messages are used up.
type gate struct {
	mu     sync.Mutex
	all    time.Time // nothing to LINE before
	pushes time.Time // no push before
	auth   time.Time // since when LINE has not taken our access token
	quota  time.Time // since when pushes are used up
}

// note learns from what LINE answered.
func (g *gate) note(now time.Time, via string, kind line.Kind, asked time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch kind {
	case "":
		g.auth = time.Time{}
		if via == viaPush {
			g.quota, g.pushes = time.Time{}, time.Time{}
		}
	case line.KindRate:
		g.all = latest(g.all, now.Add(max(asked, rateWait)))
	case line.KindAuth:
		g.all = latest(g.all, now.Add(authWait))
		if g.auth.IsZero() {
			g.auth = now
		}
	case line.KindQuota:
		g.pushes = latest(g.pushes, now.Add(quotaWait))
		if g.quota.IsZero() {
			g.quota = now
		}
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// shut says for how long nothing may go to LINE.
func (g *gate) shut(now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return max(0, g.all.Sub(now))
}

// pushesFrom is the unix ms before which no push is possible, 0 if they are now.
func (g *gate) pushesFrom(now time.Time) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pushes.After(now) {
		return g.pushes.UnixMilli()
	}
	return 0
}

func (g *gate) trouble() (auth, quota time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.auth, g.quota
}
