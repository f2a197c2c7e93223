package alarm

import (
	"context"
	_ "embed"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

var (
	//go:embed lua/take.lua
	takeLua string
	//go:embed lua/called.lua
	calledLua string

	takeScript   = redis.NewScript(takeLua)
	calledScript = redis.NewScript(calledLua)
)

// Call is one try to wake somebody who is not looking at the console.
type Call struct {
	Way  string // mail, hook, command, push
	Step int    // 0 = at once, see [Alarm.Step]
	At   time.Time
	OK   bool
	To   []string // whom it reached: accounts, or first, second, duty; nobody if OK and empty
}

// How long a process may be silent about a call, and how soon one that failed is tried again.
const (
	callTakes = time.Minute
	callAgain = 30 * time.Second
)

// Step is how many of the steps have passed by now without an acknowledgement.
func (a Alarm) Step(now time.Time) int {
	n := 0
	for !due(a.Raised, n).After(now) {
		n++
	}
	return n
}

// Take takes on the call of a way at a step. It is false where somebody else makes
// it, it has been made, or the alarm was seen meanwhile.
func (s *Store) Take(ctx context.Context, id, way string, step int) (bool, error) {
	ok, err := takeScript.Run(ctx, s.rdb, []string{alarmKey(id)}, way, step, s.clock().UnixMilli(), callTakes.Milliseconds()).Bool()
	return ok, wrap("take a call", err)
}

// Called notes how the call went and whom it reached. After a failure it can be taken on again soon.
func (s *Store) Called(ctx context.Context, id, way string, step int, ok bool, reached []string) error {
	went := 0
	if ok {
		went = 1
	}
	err := calledScript.Run(ctx, s.rdb, []string{alarmKey(id), revKey}, way, step, s.clock().UnixMilli(), went, callAgain.Milliseconds(), strings.Join(reached, ",")).Err()
	return wrap("note a call", err)
}

// parseCalls reads what called.lua wrote.
func parseCalls(text string) (all []Call) {
	for _, one := range strings.Fields(text) {
		part := strings.Split(one, "|")
		if len(part) < 4 {
			continue
		}
		step, _ := strconv.Atoi(part[2])
		c := Call{At: moment(part[0]), Way: part[1], Step: step, OK: part[3] == "1"}
		if len(part) > 4 && part[4] != "" {
			c.To = strings.Split(part[4], ",")
		}
		all = append(all, c)
	}
	return all
}

// channel is where every change of an alarm is announced.
const channel = "engawa:alarm"

// Changes signals that an alarm was raised, raised again or seen. A signal may be
// missed while the store is away; who listens looks now and then anyway.
func (s *Store) Changes(ctx context.Context) (told <-chan struct{}, stop func()) {
	sub := s.rdb.Subscribe(ctx, channel)
	out, messages := make(chan struct{}, 1), sub.Channel()
	go func() {
		for range messages {
			select {
			case out <- struct{}{}:
			default: // one that waits says as much as two
			}
		}
	}()
	return out, func() { _ = sub.Close() }
}
