package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/bot/outbox"
	"engawa/config/privacy"
	"engawa/flows"
)

func TestALINEThatHangsDelaysNoAlarmNoNoteAndNoDeletion(t *testing.T) {
	h := newHouse(t)
	hang := make(chan struct{})
	h.line.fail(first(1000, fault{hang: hang}))
	h.opt.Senders = 4
	proc := h.start(0, false)
	for i := range 8 { // more than there are senders
		h.turn(h.person(string(rune('a'+i))), fmt.Sprintf("e%d", i), fmt.Sprintf("t%d", i), answer)
	}
	h.until("every sender hangs", func() bool { return h.line.requests() == 4 })
	p := h.person("z")
	h.turn(p, "z1", "tz", crisis, send{dest: outbox.ToAlarm}, send{dest: outbox.ToDesk, note: flows.NoteOpen},
		send{dest: outbox.ToKeys, class: outbox.ClassUnsend, texts: []string{"m1"}})
	begun := time.Now()
	h.until("alarm, note and unsend are done", func() bool {
		_, some := h.next(outbox.ToAlarm, outbox.ToDesk, outbox.ToKeys)
		return !some
	})
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("it took %s beside a LINE that hangs", took)
	}
	same(t, "desk", h.desk.taken(), []string{"z1.2"})
	same(t, "keys", h.keys.did, []string{"unsend m1"})
	if len(h.desk.alarms) != 1 || h.desk.alarms["z1.1"].Urgency != flows.Life {
		t.Errorf("alarms: got %v", h.desk.alarms)
	}
	if old := proc.out.Oldest(outbox.ToLINE); old <= 0 {
		t.Errorf("the oldest parcel to LINE waits %s, want more than nothing: somebody found no sender", old)
	}
	close(hang)
	h.drain()
	same(t, "z", h.line.to(p), []string{"z1.0/0"})
}

func TestTheDeskIsAskedUntilItTakesAndShownRedMeanwhile(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.desk.set(true)
	proc := h.start(0, false)
	h.turn(p, "e1", "t1", answer, send{dest: outbox.ToDesk, note: flows.NoteOpen}, send{dest: outbox.ToAlarm})
	h.turn(p, "e2", "t2", answer, send{dest: outbox.ToDesk, note: flows.NoteWords})
	h.until("the answers are there", func() bool { return len(h.line.to(p)) == 2 })
	h.until("desk and alarm have refused", func() bool {
		return proc.out.Oldest(outbox.ToDesk) > 0 && proc.out.Oldest(outbox.ToAlarm) > 0
	})
	if s := proc.out.Status(); len(s.Red) > 0 {
		t.Errorf("red at once: %v", s.Red)
	}
	h.clock.pass(48 * time.Hour) // never given up
	same(t, "red", proc.out.Status().Red, []outbox.Dest{outbox.ToDesk, outbox.ToAlarm})
	same(t, "letters", h.letters(proc), nil)
	h.desk.set(false)
	h.drain()
	same(t, "notes in order", h.desk.taken(), []string{"e1.1", "e2.1"})
	if s := proc.out.Status(); len(s.Red) > 0 {
		t.Errorf("still red: %v", s.Red)
	}
	if len(h.desk.alarms) != 1 {
		t.Errorf("got %d alarms, want one", len(h.desk.alarms))
	}
}

func TestAnAlarmThatCannotBeReadIsRaisedAllTheSame(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.turn(p, "e1", "", send{dest: outbox.ToAlarm})
	if err := h.vault.Shred(t.Context(), privacy.Day(h.clock.Now())); err != nil {
		t.Fatal(err)
	}
	h.start(0, false)
	h.drain()
	if a, ok := h.desk.alarms["e1.0"]; !ok || a.Level != flows.Clear {
		t.Errorf("got %v, want an alarm without details", h.desk.alarms)
	}
}

func TestUnsendAndForgetDestroyTheTextsKeys(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.start(0, false)
	h.turn(p, "e1", "t1", answer, send{dest: outbox.ToKeys, class: outbox.ClassUnsend, texts: []string{"m1"}})
	h.turn(p, "e2", "t2", answer, send{dest: outbox.ToKeys, class: outbox.ClassForget, texts: []string{"m2", "m3"}})
	h.drain()
	same(t, "keys", h.keys.did, []string{"unsend m1", "forget m2,m3"})
	if n := h.counts(); n["bot"] != 2 {
		t.Errorf("ledger: got %v, want both events answered", n)
	}
}

func TestDeletingTakesBackWhatIsOnItsWay(t *testing.T) {
	h := newHouse(t)
	p, other := h.person("a"), h.person("b")
	h.turn(p, "e0", "t0", answer)
	h.turn(other, "o1", "o1", answer)
	h.clock.pass(25 * time.Hour)
	proc := h.start(0, false)
	h.drain()
	same(t, "letters", sorted(h.letters(proc)), []string{"e0.0 failed old", "o1.0 failed old"})

	h.line.fail(func(_ int, path string) fault { // pushes hang in the air
		if strings.HasSuffix(path, "/push") {
			return fault{status: 500}
		}
		return fault{}
	})
	h.desk.set(true)
	h.turn(p, "e1", "", human)
	h.until("the push was tried", func() bool { return h.line.requests() > 0 })
	h.turn(p, "e2", "t2", answer, answer, send{dest: outbox.ToDesk, note: flows.NoteRisk})
	h.turn(p, "e3", "t3", send{final: true, class: outbox.ClassAnswer},
		send{dest: outbox.ToKeys, class: outbox.ClassPurge}, send{dest: outbox.ToDesk, note: flows.NoteForgotten})
	h.until("the person is gone", func() bool { _, some := h.next(outbox.ToKeys); return !some })
	h.desk.set(false)
	h.drain()
	same(t, "delivered", h.line.to(p), []string{"e3.0/0"})
	same(t, "letters", h.letters(proc), []string{"o1.0 failed old"})
	same(t, "the desk still hears", h.desk.taken(), []string{"e2.2", "e3.2"})
	n := h.counts()
	if n["deleted"]+n["bot"] != 2 || n["failed"] != 2 || n["pending"] != 0 {
		t.Errorf("ledger: got %v, want e2 and e3 deleted (or e3 answered by its farewell)", n)
	}
	for k := range h.state() {
		if strings.HasSuffix(k, string(p)) {
			t.Errorf("%s is left of the person", k)
		}
	}
}

func sorted(s []string) []string { slices.Sort(s); return s }

func TestAFarewellIsSentByReplyOrNotAtAll(t *testing.T) {
	for name, c := range map[string]struct {
		age       time.Duration
		fault     fault
		delivered int
		count     string
	}{
		"in time":                    {0, fault{}, 1, "bot"},
		"too late for its token":     {2 * time.Minute, fault{}, 0, "deleted"},
		"cut before, tried again":    {0, fault{cut: "before"}, 1, "bot"},
		"cut after, told by LINE":    {0, fault{cut: "after"}, 1, "bot"},
		"refused":                    {0, fault{status: 400, body: `{"message":"x","details":[{}]}`}, 0, "deleted"},
		"not reached, tried again":   {0, fault{status: 404, body: "<html>"}, 1, "bot"},
		"the month is of no concern": {0, fault{status: 429, body: `{"message":"You have reached your monthly limit."}`}, 1, "bot"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			p := h.person("a")
			h.line.fail(first(1, c.fault))
			h.turn(p, "e1", "t1", send{final: true, class: outbox.ClassAnswer})
			h.clock.pass(c.age)
			proc := h.start(0, false)
			h.drain()
			if got := h.line.to(p); len(got) != c.delivered {
				t.Errorf("delivered: got %v, want %d", got, c.delivered)
			}
			same(t, "letters", h.letters(proc), nil)
			if n := h.counts(); n[c.count] != 1 {
				t.Errorf("ledger: got %v, want one %s", n, c.count)
			}
		})
	}
}

func TestADayIsNotDestroyedWhileSomethingOnItsWayNeedsItsKey(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.desk.set(true)
	proc := h.start(0, false)
	h.turn(p, "e1", "", send{dest: outbox.ToDesk, note: flows.NoteOpen})
	day, _ := privacy.Day(h.clock.Now()).IsDay()
	ask := func(day string) bool {
		t.Helper()
		yes, err := proc.out.Unfinished(t.Context(), day)
		if err != nil {
			t.Fatal(err)
		}
		return yes
	}
	if !ask(day) || ask("1999-01-01") {
		t.Errorf("got %v for today and %v for another day, want true and false", ask(day), ask("1999-01-01"))
	}
	h.desk.set(false)
	h.drain()
	if ask(day) {
		t.Errorf("the day is still needed after everything has left")
	}
}

func TestLoadingIsACourtesy(t *testing.T) {
	h := newHouse(t)
	proc := h.start(0, false)
	if err := proc.out.Loading(t.Context(), "03-nobody"); err == nil {
		t.Errorf("got no error for nobody")
	}
}

func TestWhatMustOutliveADeletingIsKeptFirstAndDangerUnderWayIsTold(t *testing.T) {
	for what, row := range map[string]struct {
		send   send
		danger bool
	}{
		"an alarm":           {send{dest: outbox.ToAlarm}, true},
		"a note without one": {send{dest: outbox.ToDesk, note: flows.NoteOpen}, false},
		"nothing":            {answer, false},
	} {
		t.Run(what, func(t *testing.T) {
			h := newHouse(t)
			p := h.person("a")
			var told []bool
			h.lives = func(_ context.Context, who flows.PersonID, danger bool) error {
				if told = append(told, danger); who != p {
					t.Errorf("kept %s, want %s", who, p)
				}
				if len(h.keys.did) > 0 {
					t.Error("asked after the key was destroyed")
				}
				if len(told) < 3 {
					return errDown
				}
				return nil
			}
			h.desk.set(true) // the desk has heard of nothing yet
			h.start(0, false)
			h.turn(p, "e1", "t1", row.send)
			h.turn(p, "e2", "t2", send{dest: outbox.ToKeys, class: outbox.ClassPurge})
			h.until("the key is destroyed", func() bool {
				h.keys.mu.Lock()
				defer h.keys.mu.Unlock()
				return len(h.keys.did) > 0
			})
			same(t, "danger", told, []bool{row.danger, row.danger, row.danger})
			h.desk.set(false)
			h.drain()
		})
	}
}
