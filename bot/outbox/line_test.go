package outbox_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/outbox"
)

var (
	answer = send{class: outbox.ClassAnswer}
	crisis = send{class: outbox.ClassAnswer, crisis: true}
	human  = send{class: outbox.ClassHuman, act: "act-1"}
	nudge  = send{class: outbox.ClassNudge}
)

func TestAnAnswerLeavesByReplyTokenAndCountsAsBot(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.start(0, false)
	h.turn(p, "e1", "t1", answer)
	h.drain()
	same(t, "delivered", h.line.to(p), []string{"e1.0/0"})
	same(t, "ways", h.line.waysUsed(), []string{"reply"})
	if n := h.counts(); n["bot"] != 1 || n["pending"] != 0 {
		t.Errorf("ledger: got %v, want one answered by the bot", n)
	}
	if left := h.state(); len(left) != 3 { // ledger, person, lease
		t.Errorf("what stays in the store: got %v, want ledger, lease and person", left)
	}
}

func TestAReplyTokenIsTrustedForFiftySeconds(t *testing.T) {
	for name, c := range map[string]struct {
		age  time.Duration
		want string
	}{"just in time": {49 * time.Second, "reply"}, "too late": {50*time.Second + 100*time.Millisecond, "push"}} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			p := h.person("a")
			h.turn(p, "e1", "t1", answer)
			h.clock.pass(c.age)
			h.start(0, false)
			h.drain()
			same(t, "ways", h.line.waysUsed(), []string{c.want})
		})
	}
}

func TestParcelsLeaveInOrderAtMostFiveAtATime(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.turn(p, "e1", "t1", send{n: 2}, send{n: 2}, send{n: 2}, send{n: 5}, send{n: 1})
	h.start(0, false)
	h.drain()
	same(t, "order", h.line.to(p), []string{
		"e1.0/0", "e1.0/1", "e1.1/0", "e1.1/1", "e1.2/0", "e1.2/1", "e1.3/0", "e1.3/1", "e1.3/2", "e1.3/3", "e1.3/4", "e1.4/0",
	})
	same(t, "ways", h.line.waysUsed(), []string{"reply", "push", "push", "push"})
	if n := h.counts(); n["bot"] != 1 {
		t.Errorf("ledger: got %v, want the event answered once all of it was accepted", n)
	}
}

func TestAnEventIsPendingUntilItsLastParcelIsAccepted(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.start(0, false)
	h.line.fail(func(n int, _ string) fault {
		if n > 0 {
			return fault{status: 500}
		}
		return fault{}
	})
	h.turn(p, "e1", "t1", send{n: 5}, send{n: 1})
	h.until("the second part is refused", func() bool { return h.line.requests() >= 2 })
	if n := h.counts(); n["pending"] != 1 || n["bot"] != 0 {
		t.Errorf("ledger half-way: got %v, want pending", n)
	}
	h.line.mend()
	h.drain()
	if n := h.counts(); n["bot"] != 1 {
		t.Errorf("ledger: got %v, want bot", n)
	}
}

// What LINE did with a request whose answer was lost, and what must follow.
var unknown = map[string]struct {
	what      send
	token     bool
	cut       string
	later     time.Duration // before the second try
	delivered int
	letter    string
	ways      []string
}{
	"reply, not accepted, tried again in time":     {answer, true, "before", 0, 1, "", []string{"reply"}},
	"reply, accepted, asked again in time":         {answer, true, "after", 0, 1, "", []string{"reply"}},
	"reply, not accepted, asked again too late":    {answer, true, "before", 2 * time.Minute, 0, "e1.0 uncertain invalid_token", nil},
	"reply, accepted, asked again too late":        {answer, true, "after", 2 * time.Minute, 1, "e1.0 uncertain invalid_token", []string{"reply"}},
	"crisis, not accepted, asked again too late":   {crisis, true, "before", 2 * time.Minute, 1, "", []string{"push"}},
	"crisis, accepted, asked again too late":       {crisis, true, "after", 2 * time.Minute, 2, "", []string{"reply", "push"}},
	"human, not accepted, asked again too late":    {human, true, "before", 2 * time.Minute, 1, "", []string{"push"}},
	"human, accepted, asked again too late":        {human, true, "after", 2 * time.Minute, 2, "", []string{"reply", "push"}},
	"push, not accepted":                           {human, false, "before", time.Hour, 1, "", []string{"push"}},
	"push, accepted":                               {human, false, "after", time.Hour, 1, "", []string{"push"}},
	"push, not accepted, asked again after 23 h":   {human, false, "before", 23*time.Hour + time.Minute, 0, "e1.0 failed unknown", nil},
	"push, accepted, asked again after 23 h":       {human, false, "after", 23*time.Hour + time.Minute, 1, "e1.0 failed unknown", []string{"push"}},
	"reply, accepted, 59 s: token alive, not sure": {answer, true, "after", 58 * time.Second, 1, "e1.0 uncertain invalid_token", []string{"reply"}},
}

func TestUnknownOutcomes(t *testing.T) {
	for name, c := range unknown {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			p := h.person("a")
			h.line.fail(first(1, fault{cut: c.cut}))
			proc := h.start(0, false)
			token := ""
			if c.token {
				token = "t1"
			}
			h.turn(p, "e1", token, c.what)
			h.until("the first try is over", func() bool { return h.line.requests() == 1 })
			h.waits(outbox.ToLINE)
			h.clock.pass(c.later)
			h.drain()
			if got := h.line.to(p); len(got) != c.delivered {
				t.Errorf("delivered: got %v, want %d", got, c.delivered)
			}
			same(t, "ways", h.line.waysUsed(), c.ways)
			var want []string
			if c.letter != "" {
				want = append(want, c.letter)
			}
			same(t, "letters", h.letters(proc), want)
			h.counts()
		})
	}
}

// Our clock is put back by two minutes after a reply that was cut before LINE took it:
// by that clock the token is as good as new, and LINE's refusal would mean that the
// answer came. It did not.
func TestAClockPutBackDoesNotTurnALostAnswerIntoOneThatCame(t *testing.T) {
	for name, c := range map[string]struct {
		what   send
		letter []string
		ways   []string
	}{
		"answer": {answer, []string{"e1.0 uncertain invalid_token"}, nil},
		"crisis": {crisis, nil, []string{"push"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			p := h.person("a")
			h.line.fail(first(1, fault{cut: "before"}))
			proc := h.start(0, false)
			h.turn(p, "e1", "t1", c.what)
			h.until("the first try is over", func() bool { return h.line.requests() == 1 })
			h.waits(outbox.ToLINE)
			h.line.ahead.Store(int64(2 * time.Minute))
			h.drain()
			same(t, "ways", h.line.waysUsed(), c.ways)
			same(t, "letters", h.letters(proc), c.letter)
			h.counts()
		})
	}
}

func TestACrashBeforeSendingIsTriedAgainWithTheSameToken(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	dead := h.start(2, false) // freeze is a step, sending is the second
	h.turn(p, "e1", "t1", answer)
	<-dead.fuse.blown
	dead.stop()
	h.start(0, false)
	h.drain()
	same(t, "delivered", h.line.to(p), []string{"e1.0/0"})
	same(t, "ways", h.line.waysUsed(), []string{"reply"})
}

func TestTooManyCallsWaitAndKeepTheirToken(t *testing.T) {
	h := newHouse(t)
	a, b := h.person("a"), h.person("b")
	h.line.fail(first(1, fault{status: 429, body: `{"message":"The API rate limit has been exceeded. Try again later."}`}))
	h.start(0, false)
	h.turn(a, "e1", "t1", answer)
	h.turn(b, "e2", "t2", answer)
	h.drain()
	same(t, "a", h.line.to(a), []string{"e1.0/0"})
	same(t, "b", h.line.to(b), []string{"e2.0/0"})
	same(t, "ways", h.line.waysUsed(), []string{"reply", "reply"})
}

func TestWhenTheMonthIsUsedUpPushesWaitAndRideOnTheNextReply(t *testing.T) {
	h := newHouse(t)
	a, b := h.person("a"), h.person("b")
	h.line.fail(func(_ int, path string) fault {
		if path == "/v2/bot/message/push" {
			return fault{status: 429, body: `{"message":"You have reached your monthly limit."}`}
		}
		return fault{}
	})
	proc := h.start(0, false)
	h.turn(a, "e1", "", human)
	if wait := h.waits(outbox.ToLINE); wait < 8*time.Minute {
		t.Errorf("the next try is in %s, want about ten minutes", wait)
	}
	if s := proc.out.Status(); s.Quota.IsZero() {
		t.Errorf("the status does not say that the pushes are used up")
	}
	calls := h.line.requests()
	h.turn(b, "e2", "", human)
	h.until("b waits too", func() bool { at, ok := h.next(outbox.ToLINE); return ok && at.After(h.clock.Now()) })
	if n := h.line.requests(); n != calls {
		t.Errorf("%d more calls were made, want none while the month is used up", n-calls)
	}
	h.turn(a, "e3", "t3", answer) // the resident writes
	h.until("everything for a is there", func() bool { return len(h.line.to(a)) == 2 })
	same(t, "a", h.line.to(a), []string{"e1.0/0", "e3.0/0"})
	same(t, "ways", h.line.waysUsed(), []string{"reply"})
	h.line.mend() // the plan is raised
	h.drain()
	same(t, "b", h.line.to(b), []string{"e2.0/0"})
	if s := proc.out.Status(); !s.Quota.IsZero() {
		t.Errorf("the status still says that the pushes are used up")
	}
	if n := len(h.desk.told()); n != 2 {
		t.Errorf("the desk learned of %d answers, want 2", n)
	}
}

func TestTooManyToOnePersonWaitsForThatPersonOnly(t *testing.T) {
	h := newHouse(t)
	a, b := h.person("a"), h.person("b")
	h.line.fail(first(1, fault{status: 429, body: `{"message":"Too many messages to the same user"}`}))
	h.start(0, false)
	h.turn(a, "e1", "", human)
	if wait := h.waits(outbox.ToLINE); wait < 25*time.Second {
		t.Errorf("a waits %s, want about half a minute", wait)
	}
	h.turn(b, "e2", "", human)
	h.until("b has it", func() bool { return len(h.line.to(b)) == 1 })
	h.drain()
	same(t, "a", h.line.to(a), []string{"e1.0/0"})
}

func TestADeadAccessTokenLosesNothing(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.line.fail(first(3, fault{status: 401, body: `{"message":"Authentication failed"}`}))
	proc := h.start(0, false)
	h.turn(p, "e1", "t1", answer)
	h.until("the status says so", func() bool { return !proc.out.Status().Auth.IsZero() })
	h.until("LINE takes it in the end", func() bool {
		h.clock.pass(time.Second)
		h.wake()
		return len(h.line.to(p)) == 1
	})
	h.drain()
	if s := proc.out.Status(); !s.Auth.IsZero() {
		t.Errorf("the status still says that LINE does not take our token")
	}
}

func TestAMessageThatLINERefusesDoesNotTakeItsNeighboursAlong(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.line.fail(func(n int, _ string) fault { // the envelope of three, then the second of them alone
		if n == 0 || n == 2 {
			return fault{status: 400, body: `{"message":"The request body has 1 error(s)","details":[{"message":"May not be empty"}]}`}
		}
		return fault{}
	})
	proc := h.start(0, false)
	h.turn(p, "e1", "t1", answer, answer, answer)
	h.drain()
	same(t, "delivered", h.line.to(p), []string{"e1.0/0", "e1.2/0"})
	same(t, "letters", h.letters(proc), []string{"e1.1 failed bad"})
	if n := h.counts(); n["failed"] != 1 || n["bot"] != 0 {
		t.Errorf("ledger: got %v, want the event failed", n)
	}
}

func TestAfterAnOutageEverythingRidesOnTheNextReply(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.start(0, false)
	h.line.fail(func(int, string) fault { return fault{status: 404, body: "<html>no such place"} })
	h.turn(p, "e1", "t1", answer)
	h.turn(p, "e2", "", human)
	h.waits(outbox.ToLINE)
	h.clock.pass(3 * time.Hour)
	h.line.mend()
	h.line.fail(func(_ int, path string) fault {
		if path == "/v2/bot/message/push" {
			return fault{status: 404, body: "<html>"}
		}
		return fault{}
	})
	h.turn(p, "e3", "t3", answer)
	h.drain()
	same(t, "delivered", h.line.to(p), []string{"e1.0/0", "e2.0/0", "e3.0/0"})
	same(t, "ways", h.line.waysUsed(), []string{"reply"})
	if n := h.counts(); n["bot"] != 2 {
		t.Errorf("ledger: got %v, want both events answered", n)
	}
}

func TestAStolenLeaseSendsAndSettlesNothing(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	hang := make(chan struct{})
	h.line.fail(first(1, fault{hang: hang}))
	slow := h.start(0, false)
	h.turn(p, "e1", "t1", answer)
	h.until("the slow process is on the line", func() bool { return h.line.requests() == 1 })
	h.start(0, false) // takes the lease
	h.until("the other has sent it", func() bool { return len(h.line.to(p)) == 1 })
	h.drain()
	close(hang) // the slow one wakes up: its reply token is used
	slow.stop()
	h.drain()
	same(t, "delivered", h.line.to(p), []string{"e1.0/0"})
	if n := h.counts(); n["bot"] != 1 {
		t.Errorf("ledger: got %v, want one answer", n)
	}
}

func TestPersonsDoNotWaitForEachOther(t *testing.T) {
	h := newHouse(t)
	hang := make(chan struct{})
	h.line.fail(first(1, fault{hang: hang}))
	h.start(0, false)
	a, b := h.person("a"), h.person("b")
	h.turn(a, "e1", "t1", answer)
	h.until("a hangs", func() bool { return h.line.requests() == 1 })
	h.turn(b, "e2", "t2", answer)
	h.until("b is answered", func() bool { return len(h.line.to(b)) == 1 })
	close(hang)
	h.drain()
	same(t, "a", h.line.to(a), []string{"e1.0/0"})
}

func TestNothingOfAPersonStandsInClear(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	if err := h.rdb.HDel(t.Context(), personKey(p), "u").Err(); err != nil { // people seals it; our fake does not
		t.Fatal(err)
	}
	h.line.fail(func(int, string) fault { return fault{status: 500} })
	proc := h.start(0, false)
	h.turn(p, "e1", "secret-token", answer, send{dest: outbox.ToAlarm}, send{dest: outbox.ToDesk, note: "open"})
	h.turn(p, "e2", "secret-token-2", answer)
	h.until("it was tried", func() bool { return h.line.requests() > 0 })
	proc.stop()
	for _, canary := range []string{"e1.0/0", "secret-token", userID(p)} {
		for _, at := range holding(t, h.rdb, canary) {
			t.Errorf("%q stands in clear under %s", canary, at)
		}
	}
}

// holding lists the keys whose value holds s.
func holding(t *testing.T, rdb redis.UniversalClient, s string) []string {
	t.Helper()
	keys, err := rdb.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	const look = `
		local t, k = redis.call('TYPE', KEYS[1]).ok, KEYS[1]
		local v = {}
		if t == 'string' then v = {redis.call('GET', k)}
		elseif t == 'hash' then v = redis.call('HGETALL', k)
		elseif t == 'list' then v = redis.call('LRANGE', k, 0, -1)
		elseif t == 'zset' then v = redis.call('ZRANGE', k, 0, -1) end
		for _, x in ipairs(v) do if string.find(x, ARGV[1], 1, true) then return 1 end end
		return 0`
	var out []string
	for _, k := range keys {
		if n, err := rdb.Eval(t.Context(), look, []string{k}, s).Int(); err != nil || n == 1 {
			out = append(out, fmt.Sprint(k, err))
		}
	}
	return out
}
