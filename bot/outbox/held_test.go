package outbox_test

import (
	"fmt"
	"testing"
	"time"

	"engawa/bot/outbox"
)

func TestAfterADayAnswersAreNotSentAndAHumansWordsWaitForADecision(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.turn(p, "e1", "t1", answer)
	h.turn(p, "e2", "", human)
	h.clock.pass(24*time.Hour + time.Second)
	proc := h.start(0, false)
	h.drain()
	same(t, "delivered", h.line.to(p), nil)
	same(t, "letters", h.letters(proc), []string{"e1.0 failed old", "e2.0 failed old"})
	same(t, "desk", h.desk.told(), []string{"refused/act-1/old"})
	if n := h.counts(); n["failed"] != 1 {
		t.Errorf("ledger: got %v, want the event failed", n)
	}
	if err := proc.out.Resend(t.Context(), "e2.0", "まだ役に立つ", "すずらん"); err != nil {
		t.Fatal(err)
	}
	h.drain()
	same(t, "after the decision", h.line.to(p), []string{"e2.0/0"})
	same(t, "desk", h.desk.told(), []string{"refused/act-1/old", "sent/act-1/accepted"})
}

func TestWhatThePersonDoesNotWantIsNotSent(t *testing.T) {
	for name, c := range map[string]struct {
		hold      string
		what      send
		delivered int
		letters   []string
		desk      []string
		count     string
	}{
		"stopped, a nudge":           {outbox.HoldNudges, nudge, 0, nil, nil, "quiet"},
		"stopped, an answer":         {outbox.HoldNudges, answer, 1, nil, nil, "bot"},
		"stopped, a human's words":   {outbox.HoldNudges, human, 1, nil, []string{"sent/act-1/accepted"}, "bot"},
		"replies too, a human":       {outbox.HoldNudges + outbox.HoldHuman, human, 0, nil, []string{"refused/act-1/stopped"}, "quiet"},
		"replies too, an answer":     {outbox.HoldNudges + outbox.HoldHuman, answer, 1, nil, nil, "bot"},
		"blocked, an answer":         {outbox.HoldBlocked, answer, 0, []string{"e1.0 blocked blocked"}, nil, "failed"},
		"blocked, a human's words":   {outbox.HoldBlocked, human, 0, []string{"e1.0 blocked blocked"}, []string{"refused/act-1/blocked"}, "failed"},
		"nothing held, and a nudge":  {"", nudge, 1, nil, nil, "bot"},
		"nothing held, and a crisis": {"", crisis, 1, nil, nil, "bot"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			p := h.person("a")
			h.hold(p, c.hold)
			proc := h.start(0, false)
			h.turn(p, "e1", "t1", c.what)
			h.drain()
			if got := h.line.to(p); len(got) != c.delivered {
				t.Errorf("delivered: got %v, want %d", got, c.delivered)
			}
			same(t, "letters", h.letters(proc), c.letters)
			same(t, "desk", h.desk.told(), c.desk)
			if n := h.counts(); n[c.count] != 1 {
				t.Errorf("ledger: got %v, want one %s", n, c.count)
			}
		})
	}
}

func TestFromTheMomentOfDeletingOnlyTheFarewellIsSent(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.turn(p, "e1", "t1", answer, human)
	h.turn(p, "e2", "t2", send{final: true, class: outbox.ClassAnswer})
	if err := h.rdb.HSet(t.Context(), personKey(p), "x", 1).Err(); err != nil {
		t.Fatal(err)
	}
	proc := h.start(0, false)
	h.drain()
	same(t, "delivered", h.line.to(p), []string{"e2.0/0"})
	same(t, "letters", h.letters(proc), nil)
	if n := h.counts(); n["deleted"] != 1 || n["bot"] != 1 {
		t.Errorf("ledger: got %v, want e1 deleted and e2 answered", n)
	}
}

func TestNothingLeavesBeforeItsReplicaHasIt(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.opt.Replicas = 1 // and there is none
	proc := h.start(0, false)
	h.turn(p, "e1", "t1", answer)
	h.until("it was put off", func() bool { return proc.out.Oldest(outbox.ToLINE) > 0 })
	if n := h.line.requests(); n != 0 {
		t.Errorf("%d requests left, want none", n)
	}
	proc.stop()
	h.opt.Replicas = 0
	h.start(0, false)
	h.drain()
	same(t, "delivered", h.line.to(p), []string{"e1.0/0"})
	same(t, "ways", h.line.waysUsed(), []string{"reply"})
}

func TestANudgeHeldUpIntoTheNightIsNotSent(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.opt.NudgeHours = func(time.Time) bool { return false }
	h.turn(p, "e1", "", nudge)
	h.clock.pass(16 * time.Minute)
	h.start(0, false)
	h.drain()
	same(t, "delivered", h.line.to(p), nil)
	h.turn(p, "e2", "", nudge) // decided a moment ago, at the edge of the hours
	h.drain()
	same(t, "delivered", h.line.to(p), []string{"e2.0/0"})
}

func TestACoordinatorsBubblesLeaveAsOneRequestInTheirOrder(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.start(0, false)
	more := human
	more.gather = time.Minute / 2
	h.turn(p, "e1", "", more)
	h.turn(p, "e2", "", more)
	h.until("they wait for the third", func() bool { at, ok := h.next(outbox.ToLINE); return ok && at.After(h.clock.Now()) })
	if n := h.line.requests(); n != 0 {
		t.Fatalf("%d requests left while more is on its way, want none", n)
	}
	h.turn(p, "e3", "", human)
	h.drain()
	same(t, "delivered", h.line.to(p), []string{"e1.0/0", "e2.0/0", "e3.0/0"})
	same(t, "requests", h.line.waysUsed(), []string{"push"})
	if n := len(h.desk.told()); n != 3 {
		t.Errorf("the desk heard of %d answers, want each of the three", n)
	}
}

func TestABubbleWhoseFollowerNeverComesLeavesAlone(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	more := human
	more.gather = 8 * time.Second
	h.turn(p, "e1", "", more)
	h.clock.pass(8*time.Second + time.Millisecond)
	h.start(0, false)
	h.drain()
	same(t, "delivered", h.line.to(p), []string{"e1.0/0"})
}

func TestMoreThanFiveBubblesAreTwoRequests(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	more := human
	more.gather = time.Minute / 2
	for n := range 6 {
		h.turn(p, fmt.Sprintf("e%d", n), "", more)
	}
	h.turn(p, "e6", "", human)
	h.start(0, false)
	h.drain()
	same(t, "requests", h.line.waysUsed(), []string{"push", "push"})
	if n := len(h.line.to(p)); n != 7 {
		t.Errorf("%d bubbles arrived, want 7", n)
	}
}

func TestGatheringNeverCostsAFreshToken(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	more := human
	more.gather = 8 * time.Second
	h.turn(p, "e1", "t1", more)
	h.clock.pass(45 * time.Second) // in eight seconds the token would be worth nothing
	h.start(0, false)
	h.drain()
	same(t, "requests", h.line.waysUsed(), []string{"reply"})
}

func TestACrashWhileBubblesGatherSendsThemOnceInOneRequest(t *testing.T) {
	crashes(t, time.Second, func(h *house) {
		p := h.person("a")
		more := human
		more.gather = 30 * time.Second
		h.turn(p, "e1", "", more)
		h.turn(p, "e2", "", more)
		h.turn(p, "e3", "", human)
	}, func(t *testing.T, h *house, p *process, _ bool) {
		same(t, "delivered", h.line.to(h.person("a")), []string{"e1.0/0", "e2.0/0", "e3.0/0"})
		same(t, "requests", h.line.waysUsed(), []string{"push"})
		same(t, "letters", h.letters(p), nil)
	})
}
