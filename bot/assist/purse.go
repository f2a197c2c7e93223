package assist

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Budget is what a day may cost.
type Budget struct {
	Calls  int
	Tokens int
}

// DefaultBudget holds for what an operator leaves open.
var DefaultBudget = Budget{Calls: 2000, Tokens: 3_000_000}

// Shares: coordinators leave the last fifth to residents, and one person does not take everything.
const (
	staffShare  = 80 // per cent
	personCalls = 60 // a day
	manyPersons = 20_000
	storeTime   = 200 * time.Millisecond // for the shared count; a resident waits for an answer, not for a number
)

// ParseBudget reads "2000" (calls) or "2000/3000000" (calls/tokens).
func ParseBudget(s string) (Budget, error) {
	if s == "" {
		return DefaultBudget, nil
	}
	calls, tokens, both := strings.Cut(s, "/")
	b := DefaultBudget
	var err error
	if b.Calls, err = strconv.Atoi(strings.TrimSpace(calls)); err == nil && both {
		b.Tokens, err = strconv.Atoi(strings.TrimSpace(tokens))
	}
	if err != nil || b.Calls < 1 || b.Tokens < 1 {
		return Budget{}, errors.New("assist: a budget is calls or calls/tokens, both at least 1")
	}
	return b, nil
}

//go:embed lua/spend.lua
var spendLua string

var spend = redis.NewScript(spendLua)

// purse holds the day's budget: for this process in memory, for all of them in
// Redis if there is one. If Redis does not answer, memory decides alone.
type purse struct {
	limit Budget
	rdb   redis.UniversalClient
	zone  *time.Location

	mu      sync.Mutex
	day     string
	calls   int
	tokens  int
	persons map[string]int
}

func newPurse(opt Options) *purse {
	p := &purse{limit: opt.Budget, rdb: opt.Redis, zone: opt.Zone, persons: map[string]int{}}
	if p.limit.Calls <= 0 {
		p.limit.Calls = DefaultBudget.Calls
	}
	if p.limit.Tokens <= 0 {
		p.limit.Tokens = DefaultBudget.Tokens
	}
	return p
}

// take reserves one call and its tokens, or says ErrBudget.
func (p *purse) take(ctx context.Context, now time.Time, s side, who string, tokens int) error {
	limit := p.limit
	if s == staff {
		limit = Budget{Calls: limit.Calls * staffShare / 100, Tokens: limit.Tokens * staffShare / 100}
	}
	if !p.takeHere(now, limit, who, tokens) {
		return ErrBudget
	}
	if p.rdb == nil {
		return nil
	}
	quick, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	ok, err := spend.Run(quick, p.rdb, []string{p.key(now)}, limit.Calls, limit.Tokens, tokens).Int()
	if err == nil && ok == 0 {
		return ErrBudget
	}
	if ctx.Err() != nil {
		return fmt.Errorf("assist: budget: %w", ErrTime)
	}
	return nil
}

func (p *purse) key(now time.Time) string {
	return "{engawa}:assist:" + now.In(p.zone).Format(time.DateOnly)
}

func (p *purse) takeHere(now time.Time, limit Budget, who string, tokens int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.turn(now)
	if p.calls >= limit.Calls || p.tokens+tokens > limit.Tokens {
		return false
	}
	if who != "" {
		if p.persons[who] >= personCalls || len(p.persons) >= manyPersons && p.persons[who] == 0 {
			return false
		}
		p.persons[who]++
	}
	p.calls++
	p.tokens += tokens
	return true
}

// giveBack returns what was reserved and not used. Redis keeps the reservation:
// the shared count may only be too careful.
func (p *purse) giveBack(now time.Time, tokens int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.turn(now)
	p.tokens = max(0, p.tokens-tokens)
}

func (p *purse) used(now time.Time) (calls, tokens int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.turn(now)
	return p.calls, p.tokens
}

// turn begins a new day.
func (p *purse) turn(now time.Time) {
	if day := now.In(p.zone).Format(time.DateOnly); day != p.day {
		p.day, p.calls, p.tokens = day, 0, 0
		clear(p.persons)
	}
}
