package outbox_test

import (
	"testing"
	"time"

	"engawa/bot/outbox"
)

// scarce gives the house a month of 100 messages of which only the reserve is left.
func scarce(h *house) *outbox.Budget {
	h.opt.Budget = &outbox.Budget{}
	h.opt.Budget.Learn(h.clock.Now(), true, 100, 90, 10)
	return h.opt.Budget
}

func TestTheReserveIsForPeopleAndDanger(t *testing.T) {
	for name, c := range map[string]struct {
		what send
		want []string
	}{
		"a nudge":                {nudge, nil},
		"a coordinator's words":  {human, []string{"push"}},
		"an answer to danger":    {crisis, []string{"push"}},
		"an answer after a halt": {answer, []string{"push"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			scarce(h)
			p := h.person("a")
			proc := h.start(0, false)
			h.turn(p, "e1", "", c.what)
			if c.want == nil {
				if wait := h.waits(outbox.ToLINE); wait < 8*time.Minute {
					t.Errorf("the next try is in %s, want about ten minutes", wait)
				}
				if s := proc.out.Oldest(outbox.ToLINE); s != 0 {
					t.Errorf("a nudge that waits as it should is shown as standing still for %s", s)
				}
			} else {
				h.drain()
			}
			same(t, "ways", h.line.waysUsed(), c.want)
		})
	}
}

func TestANudgeThatTheReserveHoldsRidesOnTheNextWord(t *testing.T) {
	h := newHouse(t)
	scarce(h)
	a, b := h.person("a"), h.person("b")
	h.start(0, false)
	h.turn(a, "e1", "", nudge)
	h.waits(outbox.ToLINE)
	h.turn(a, "e2", "t2", answer) // they write: their token is free
	h.until("both are there", func() bool { return len(h.line.to(a)) == 2 })
	same(t, "a", h.line.to(a), []string{"e1.0/0", "e2.0/0"})
	h.turn(b, "e3", "", nudge)
	h.waits(outbox.ToLINE)
	h.turn(b, "e4", "", human) // a coordinator's words do not wait behind it, and count as one
	h.until("both are there", func() bool { return len(h.line.to(b)) == 2 })
	same(t, "ways", h.line.waysUsed(), []string{"reply", "push"})
}

func TestANudgeThatNeverGotItsMessageIsListedAndSentWhenSomebodySaysSo(t *testing.T) {
	h := newHouse(t)
	scarce(h)
	p := h.person("a")
	h.turn(p, "e1", "", nudge)
	h.opt.NudgeHours = func(time.Time) bool { return false } // evening has come
	h.clock.pass(16 * time.Minute)
	proc := h.start(0, false)
	h.drain()
	same(t, "letters", h.letters(proc), []string{"e1.0 failed reserve"})
	if err := proc.out.Resend(t.Context(), "e1.0", "あした中止の会です", "すずらん"); err != nil {
		t.Fatal(err)
	}
	h.drain()
	same(t, "after the decision", h.line.to(p), []string{"e1.0/0"})
}

func TestTheReserveIsReachedByWhatWeSendOurselves(t *testing.T) {
	h := newHouse(t)
	h.opt.Budget = &outbox.Budget{}
	h.opt.Budget.Learn(h.clock.Now(), true, 100, 88, 10) // two are left before it
	h.start(0, false)
	for _, name := range []string{"a", "b", "c"} {
		h.turn(h.person(name), "e"+name, "", nudge)
	}
	h.until("two have left", func() bool { return len(h.line.waysUsed()) == 2 })
	h.waits(outbox.ToLINE)
	if used, limit, reserve := h.opt.Budget.Standing(); used != 90 || limit != 100 || reserve != 10 {
		t.Errorf("the budget stands at %d of %d, %d kept; want 90 of 100, 10 kept", used, limit, reserve)
	}
	h.opt.Budget.Learn(h.clock.Now(), true, 100, 88, 10) // LINE counts late
	if used, _, _ := h.opt.Budget.Standing(); used != 90 {
		t.Errorf("after LINE's late count %d are used, want the 90 that we know of", used)
	}
	h.opt.Budget.Learn(h.clock.Now().AddDate(0, 1, 0), true, 100, 0, 10)
	if used, _, _ := h.opt.Budget.Standing(); used != 0 {
		t.Errorf("in the next month %d are used, want none", used)
	}
}
