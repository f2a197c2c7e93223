package outbox_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/bot/outbox"
	"engawa/config/redistest"
	"engawa/flows"
)

// crashes runs a story once for every step at which the process can die, before
// the step and in the middle of it, until it survives to the end. after each death
// a second process takes over, later by the given time.
func crashes(t *testing.T, later time.Duration, story func(h *house), check func(t *testing.T, h *house, p *process, sent bool)) {
	t.Helper()
	for step := 1; ; step++ {
		died := false
		for _, middle := range []bool{false, true} {
			t.Run(fmt.Sprintf("step %d/in the middle %v", step, middle), func(t *testing.T) {
				h := newHouse(t)
				story(h)
				first := h.start(step, middle)
				select {
				case <-first.fuse.blown:
					died = true
				case <-h.finished(first):
				}
				first.stop()
				before := len(h.line.delivered())
				h.clock.pass(later)
				second := h.start(0, false)
				h.drain()
				check(t, h, second, before > 0)
				h.counts()
			})
		}
		if !died {
			if step < 4 {
				t.Errorf("the process never got beyond step %d: the story proves nothing", step)
			}
			return
		}
	}
}

// finished closes when nothing is on its way or the process has died.
func (h *house) finished(p *process) <-chan struct{} {
	done := make(chan struct{})
	h.until("the first process is through or dead", func() bool {
		_, some := h.next(outbox.Dests[:]...)
		return !some || !p.fuse.alive()
	})
	if p.fuse.alive() {
		close(done)
	}
	return done
}

func TestACrashAnywhereSendsNothingTwiceAndLosesNothing(t *testing.T) {
	want := []string{"e1.0/0", "e1.1/0", "e2.0/0"}
	crashes(t, time.Second, func(h *house) {
		p := h.person("a")
		h.turn(p, "e1", "t1", answer, human, send{dest: outbox.ToAlarm}, send{dest: outbox.ToDesk, note: flows.NoteOpen})
		h.turn(p, "e2", "t2", answer, send{dest: outbox.ToKeys, class: outbox.ClassUnsend, texts: []string{"m1"}})
	}, func(t *testing.T, h *house, p *process, _ bool) {
		same(t, "delivered", h.line.to(h.person("a")), want)
		same(t, "letters", h.letters(p), nil)
		same(t, "desk", h.desk.told(), []string{"sent/act-1/accepted"})
		if !slices.Contains(h.desk.taken(), "e1.3") || len(h.desk.alarms) != 1 {
			t.Errorf("the desk got %v and %d alarms, want the note and one alarm", h.desk.taken(), len(h.desk.alarms))
		}
		if n := h.counts(); n["bot"] != 2 {
			t.Errorf("ledger: got %v, want two answered", n)
		}
	})
}

func TestACrashWhilePushingSendsNothingTwice(t *testing.T) {
	crashes(t, 10*time.Minute, func(h *house) {
		p := h.person("a")
		h.turn(p, "e1", "", human)
		h.turn(p, "e2", "", human)
	}, func(t *testing.T, h *house, p *process, _ bool) {
		same(t, "delivered", h.line.to(h.person("a")), []string{"e1.0/0", "e2.0/0"})
		same(t, "letters", h.letters(p), nil)
	})
}

func TestALateRecoveryNeverRepeatsAnAnswerAndAlwaysListsWhatIsUncertain(t *testing.T) {
	crashes(t, 5*time.Minute, func(h *house) {
		h.turn(h.person("a"), "e1", "t1", answer)
		h.turn(h.person("b"), "e2", "t2", crisis)
	}, func(t *testing.T, h *house, p *process, _ bool) {
		a, b := h.line.to(h.person("a")), h.line.to(h.person("b"))
		if len(a) > 1 {
			t.Errorf("the answer arrived %d times", len(a))
		}
		if len(a) == 0 && !slices.Contains(h.letters(p), "e1.0 uncertain invalid_token") {
			t.Errorf("the answer is neither delivered nor listed: %v", h.letters(p))
		}
		if len(b) == 0 || len(b) > 2 {
			t.Errorf("the crisis answer arrived %d times, want once, or twice when its fate was unknown", len(b))
		}
	})
}

func TestACrashInTheMiddleOfDeletingDestroysEverything(t *testing.T) {
	crashes(t, time.Second, func(h *house) {
		p := h.person("a")
		h.line.fail(func(_ int, path string) fault {
			if strings.HasSuffix(path, "/push") {
				return fault{status: 429, body: `{"message":"You have reached your monthly limit."}`}
			}
			return fault{}
		})
		h.turn(p, "e1", "", human)
		h.turn(p, "e2", "t2", send{final: true, class: outbox.ClassAnswer}, send{dest: outbox.ToKeys, class: outbox.ClassPurge})
	}, func(t *testing.T, h *house, p *process, _ bool) {
		same(t, "delivered", h.line.to("03-a"), []string{"e2.0/0"})
		same(t, "letters", h.letters(p), nil)
		if !slices.Contains(h.keys.did, "purge") {
			t.Errorf("the key was not destroyed: %v", h.keys.did)
		}
		if n := h.counts(); n["bot"]+n["deleted"] != 1 {
			t.Errorf("ledger: got %v, want the event deleted, or answered by its farewell", n)
		}
		if left := h.state(); len(left) != 2 {
			t.Errorf("what stays: got %v, want ledger and lease", left)
		}
	})
}

// TestACrowdThroughEverything lets many people write while LINE misbehaves and
// processes die, and then counts.
func TestACrowdThroughEverything(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 7))
			h := newHouse(t)
			h.misbehave(rand.New(rand.NewPCG(seed, 8)))
			h.start(0, false)
			classes := map[string]send{}
			for i := range 60 {
				p := h.person(string(rune('a' + rnd.IntN(8))))
				event, token := fmt.Sprintf("%02d", i), ""
				what := []send{answer, answer, crisis, human}[rnd.IntN(4)]
				if what.class != outbox.ClassHuman {
					token = "t" + event
				}
				for _, id := range h.turn(p, event, token, what) {
					classes[id+"/0"] = what
				}
				if rnd.IntN(6) == 0 {
					h.start(3+rnd.IntN(20), rnd.IntN(2) == 0)
				}
				if rnd.IntN(5) == 0 {
					h.clock.pass(time.Duration(rnd.IntN(70)) * time.Second)
				}
			}
			proc := h.start(0, false)
			h.drain()
			h.line.mend()
			h.drain()
			h.reckon(proc, classes)
		})
	}
}

// misbehave lets every fourth request go wrong in some way.
func (h *house) misbehave(rnd *rand.Rand) {
	ways := []fault{
		{cut: "before"}, {cut: "after"}, {status: 500}, {status: 404, body: "<html>"},
		{status: 429, body: `{"message":"Too many messages to the same user"}`},
	}
	h.line.fail(func(int, string) fault {
		if n := rnd.IntN(4 * len(ways)); n < len(ways) {
			return ways[n]
		}
		return fault{}
	})
}

// reckon checks that every parcel was delivered once or is listed, nothing twice
// but what may be, and everything in order.
func (h *house) reckon(p *process, classes map[string]send) {
	h.t.Helper()
	listed := map[string]bool{}
	for _, l := range h.letters(p) {
		id, _, _ := strings.Cut(l, " ")
		listed[id+"/0"] = true
		if strings.Contains(l, "uncertain") && classes[id+"/0"].class == outbox.ClassHuman {
			h.t.Errorf("%s: a human's words of unknown fate were not pushed once more", l)
		}
	}
	times := map[string]int{}
	for _, text := range h.line.delivered() {
		times[text]++
	}
	for text, what := range classes {
		n, twice := times[text], what.crisis || what.class == outbox.ClassHuman
		switch {
		case n == 0 && !listed[text]:
			h.t.Errorf("%s is neither delivered nor listed", text)
		case n > 2, n == 2 && !twice:
			h.t.Errorf("%s was delivered %d times", text, n)
		}
	}
	for name := range 8 {
		got := h.line.to(flows.PersonID("03-" + string(rune('a'+name))))
		if first := slices.Compact(slices.Clone(got)); !inOrder(first) {
			h.t.Errorf("out of order: %v", got)
		}
	}
	if n := h.counts(); n["pending"] != 0 {
		h.t.Errorf("ledger: got %v, want nothing pending", n)
	}
}

// inOrder: events are numbered in the order they were decided; what is pushed once
// more may come again, but never before what came before it.
func inOrder(texts []string) bool {
	seen, last := map[string]bool{}, ""
	for _, s := range texts {
		if seen[s] {
			continue
		}
		if s < last {
			return false
		}
		seen[s], last = true, s
	}
	return true
}

func TestRedisDyingInTheMiddleLosesNothing(t *testing.T) {
	server := redistest.Start(t)
	h := newHouseOn(t, server.Client(), server.URL())
	h.start(0, false)
	const crowd = 12
	for round := range 3 {
		for i := range crowd {
			p := h.person(fmt.Sprintf("p%02d", i))
			h.turn(p, fmt.Sprintf("%d-%02d", round, i), fmt.Sprintf("t%d-%d", round, i), answer)
		}
		server.Kill()
		server.Restart()
		h.wake()
	}
	h.drain()
	for i := range crowd {
		p := flows.PersonID(fmt.Sprintf("03-p%02d", i))
		same(t, string(p), h.line.to(p), []string{
			fmt.Sprintf("0-%02d.0/0", i), fmt.Sprintf("1-%02d.0/0", i), fmt.Sprintf("2-%02d.0/0", i),
		})
	}
	if n := h.counts(); n["bot"] != 3*crowd {
		t.Errorf("ledger: got %v, want %d answered", n, 3*crowd)
	}
}
