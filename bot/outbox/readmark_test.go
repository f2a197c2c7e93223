package outbox_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"engawa/bot/outbox"
	"engawa/config/privacy"
)

// refuseMarks makes LINE refuse marks of reading and nothing else.
func (f *fakeLINE) refuseMarks(status int) {
	f.fail(func(_ int, path string) fault {
		if strings.HasSuffix(path, "/markAsRead") {
			return fault{status: status, body: `{"message":"no"}`}
		}
		return fault{}
	})
}

func TestAMarkOfReadingIsTriedUntilLINETakesItAndHoldsNobodyBack(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	for _, status := range []int{500, 429, 401} {
		h.line.refuseMarks(status)
		proc := h.start(0, false)
		event, before := "e"+strconv.Itoa(status), len(h.line.to(p))
		h.turn(p, event, "t"+event, answer, send{dest: outbox.ToRead, read: "mark " + event})
		h.until("the mark was refused and tried again", func() bool { return h.line.requests() > 2 })
		h.until("the answer is there all the same", func() bool { return len(h.line.to(p)) > before })
		if st := proc.out.Status(); len(st.Red) > 0 || !st.Auth.IsZero() {
			t.Errorf("%d: got %+v, want nobody woken by a mark", status, st)
		}
		h.line.mend()
		h.drain()
		if got := h.line.marked(); len(got) == 0 || got[len(got)-1] != "mark "+event {
			t.Errorf("%d: got marks %q, want %q in the end", status, got, "mark "+event)
		}
		proc.stop()
	}
}

func TestAMarkThatLINEWillNeverTakeIsDroppedAndSoIsAnOldOne(t *testing.T) {
	h := newHouse(t)
	h.line.refuseMarks(403)
	h.start(0, false)
	p := h.person("a")
	h.turn(p, "e1", "t1", answer, send{dest: outbox.ToRead, read: "x"})
	h.drain()
	h.line.refuseMarks(500)
	h.turn(p, "e2", "t2", answer, send{dest: outbox.ToRead, read: "y"})
	h.until("the answer is there and the mark was tried", func() bool { return len(h.line.to(p)) == 2 && h.line.requests() >= 2 })
	h.clock.pass(25 * time.Hour)
	h.wake()
	h.until("it is given up after a day", func() bool { _, some := h.next(outbox.ToRead); return !some })
	if got := h.line.marked(); len(got) != 0 {
		t.Errorf("got marks %q, want none", got)
	}
	same(t, "answers", h.line.to(p), []string{"e1.0/0", "e2.0/0"})
}

func TestAMarkOfSomebodyWhoseKeyIsGoneIsLeftOut(t *testing.T) {
	h := newHouse(t)
	p := h.person("a")
	h.turn(p, "e1", "", send{dest: outbox.ToRead, read: "x"})
	if err := h.vault.Shred(t.Context(), privacy.Person(string(p))); err != nil {
		t.Fatal(err)
	}
	h.start(0, false)
	h.drain()
	if got := h.line.marked(); len(got) != 0 {
		t.Errorf("got marks %q, want none", got)
	}
}
