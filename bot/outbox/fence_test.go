package outbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/bot/outbox"
	"engawa/flows"
)

func envKey(p flows.PersonID) string { return inbox.LaneKey(lane, "env", string(p)) }

// hanging starts a process whose first request LINE accepts without answering
// until the returned function is called.
func (h *house) hanging(p flows.PersonID, how fault) (slow *process, answer func()) {
	h.t.Helper()
	hang := make(chan struct{})
	how.hang = hang
	h.line.fail(first(1, how))
	slow = h.start(0, false)
	h.turn(p, "e1", "t1", send{class: outbox.ClassAnswer})
	h.until("the process is on the line", func() bool { return h.line.requests() == 1 })
	return slow, func() { close(hang) }
}

func TestWhoHasLostTheLaneWritesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		steal func(h *house, p flows.PersonID) error
		how   fault
	}{
		"lease stolen, accepted": {func(h *house, _ flows.PersonID) error {
			return h.rdb.Set(t.Context(), inbox.LaneKey(lane, "lease"), "somebody", 0).Err()
		}, fault{}},
		"lease stolen, refused": {func(h *house, _ flows.PersonID) error {
			return h.rdb.Set(t.Context(), inbox.LaneKey(lane, "lease"), "somebody", 0).Err()
		}, fault{status: 429, body: `{"message":"You have sent too many messages to this user"}`}},
		"tried by another, accepted": {func(h *house, p flows.PersonID) error {
			return h.rdb.HIncrBy(t.Context(), envKey(p), "try", 1).Err()
		}, fault{}},
		"tried by another, refused": {func(h *house, p flows.PersonID) error {
			return h.rdb.HIncrBy(t.Context(), envKey(p), "try", 1).Err()
		}, fault{status: 401}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.opt.Poll = time.Hour // one look only
			p := h.person("a")
			slow, answer := h.hanging(p, c.how)
			if err := c.steal(h, p); err != nil {
				t.Fatal(err)
			}
			before := h.rdb.HGetAll(t.Context(), envKey(p)).Val()
			go answer()
			slow.stop()
			same(t, "envelope", []string{fmt.Sprint(h.rdb.HGetAll(t.Context(), envKey(p)).Val())}, []string{fmt.Sprint(before)})
			if n := h.counts(); n["pending"] != 1 {
				t.Errorf("ledger: got %v, want the event still pending", n)
			}
			h.start(0, false)
			h.drain()
			same(t, "delivered", h.line.to(p), []string{"e1.0/0"})
			same(t, "ways", h.line.waysUsed(), []string{"reply"})
		})
	}
}

func TestTwoProcessesOnTheLineSendOnce(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	slow, answer := h.hanging(p, fault{}) // reaches LINE after the other
	h.start(0, false)
	h.drain()
	answer() // its token is used: a first try that found nothing would push now
	slow.stop()
	h.wake()
	h.drain()
	same(t, "delivered", h.line.to(p), []string{"e1.0/0"})
	same(t, "ways", h.line.waysUsed(), []string{"reply"})
}

func TestWhatIsSentOnceMoreIsPushedAndTheNextAnswerKeepsItsToken(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.line.fail(first(1, fault{cut: "after"}))
	h.start(0, false)
	h.turn(p, "e1", "t1", crisis)
	h.waits(outbox.ToLINE)
	h.clock.pass(2 * time.Minute) // the token's fate can no longer be told
	h.turn(p, "e2", "t2", answer)
	h.drain()
	same(t, "delivered", h.line.to(p), []string{"e1.0/0", "e1.0/0", "e2.0/0"})
	same(t, "ways", h.line.waysUsed(), []string{"reply", "push", "reply"})
}

func TestATokenThatComesInWhileAPushIsRefusedIsUsedAtOnce(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	hang := make(chan struct{})
	h.line.fail(first(1, fault{hang: hang, status: 429, body: `{"message":"You have reached your monthly limit."}`}))
	h.start(0, false)
	h.turn(p, "e1", "", human)
	h.until("the push is on the line", func() bool { return h.line.requests() == 1 })
	h.turn(p, "e2", "t2", answer)
	close(hang)
	h.until("both are there without waiting for the month", func() bool { return len(h.line.to(p)) == 2 })
	same(t, "ways", h.line.waysUsed(), []string{"reply"})
}

func TestOnceMoreMeansOnce(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.line.fail(func(n int, path string) fault {
		switch {
		case strings.HasSuffix(path, "/push"):
			return fault{status: 429, body: `{"message":"You have reached your monthly limit."}`}
		case n == 0 || n == 3: // the first reply, and the one that carries it once more
			return fault{cut: "after"}
		}
		return fault{}
	})
	proc := h.start(0, false)
	h.turn(p, "e1", "t1", human)
	h.until("cut", func() bool { return h.line.requests() == 1 })
	h.waits(outbox.ToLINE)
	h.clock.pass(2 * time.Minute)
	h.wake()
	h.until("asked again, then the month is used up", func() bool { return h.line.requests() == 3 })
	h.waits(outbox.ToLINE)
	h.turn(p, "e2", "t2") // a sticker: nothing to answer, but a token
	if err := h.rdb.ZAdd(t.Context(), outbox.DueKey(lane, outbox.ToLINE), redis.Z{Score: float64(h.clock.Now().UnixMilli()), Member: string(p)}).Err(); err != nil {
		t.Fatal(err)
	}
	h.wake()
	h.until("cut again", func() bool { return h.line.requests() == 4 })
	h.waits(outbox.ToLINE)
	h.clock.pass(2 * time.Minute)
	h.drain()
	same(t, "letters", h.letters(proc), []string{"e1.0 uncertain invalid_token"})
	same(t, "delivered", h.line.to(p), []string{"e1.0/0", "e1.0/0"})
	same(t, "desk", h.desk.told(), []string{"refused/act-1/uncertain"})
}

func TestNoCommitIsOverlookedBetweenTwoLooks(t *testing.T) {
	h := newHouse(t)
	h.opt.Poll = time.Hour // only waking helps
	p := h.person("a")
	h.start(0, false)
	const turns = 300
	for i := range turns {
		h.turn(p, fmt.Sprintf("%03d", i), fmt.Sprintf("t%d", i), answer, send{dest: outbox.ToDesk, note: flows.NoteWords})
		if i%3 > 0 { // some come while the one before is on its way, some right behind it
			h.until("delivered", func() bool { return len(h.line.to(p)) == i+1 })
		}
	}
	h.until("all are there", func() bool { return len(h.line.to(p)) == turns && len(h.desk.taken()) == turns })
}
