package outbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"engawa/bot/outbox"
	"engawa/config/privacy"
)

func TestALetterIsSentAnewOnceWhoeverAsks(t *testing.T) {
	h := newHouse(t)
	a := h.person("a")
	h.turn(a, "e1", "t1", answer)
	h.clock.pass(25 * time.Hour)
	proc := h.start(0, false)
	h.drain()
	list, err := proc.out.List(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("got %v, %v, want one letter", list, err)
	}
	if l := list[0]; l.Alias != "みどりのつばめ 27" || l.Class != "answer" || l.Kind != "parcel" || l.Person != a {
		t.Errorf("the letter says %+v", l)
	}
	var done, late atomic.Int32
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			switch err := proc.out.Resend(t.Context(), "e1.0", "本人から催促", fmt.Sprintf("職員%d", i)); {
			case err == nil:
				done.Add(1)
			case errors.Is(err, outbox.ErrNoLetter):
				late.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if done.Load() != 1 || late.Load() != 19 {
		t.Errorf("%d of 20 sent it, %d were told that somebody was faster", done.Load(), late.Load())
	}
	h.drain()
	same(t, "delivered", h.line.to(a), []string{"e1.0/0"})
	if n := h.counts(); n["bot"] != 1 || n["failed"] != 0 {
		t.Errorf("ledger: got %v, want the event answered after all", n)
	}
	closed, err := proc.out.Closed(t.Context())
	if err != nil || len(closed) != 1 || closed[0].Reason != "本人から催促" || !strings.HasPrefix(closed[0].By, "職員") || closed[0].State != outbox.StateResent {
		t.Errorf("what was decided: got %+v, %v", closed, err)
	}
	if where := holding(t, h.rdb, "本人から催促"); len(where) > 0 {
		t.Errorf("the reason stands in clear under %v", where)
	}
}

func TestALetterThatFailsAgainIsALetterAgain(t *testing.T) {
	h := newHouse(t)
	a := h.person("a")
	proc := h.start(0, false)
	h.line.fail(func(int, string) fault {
		return fault{status: 400, body: `{"message":"The request body has 1 error(s)","details":[{"message":"x"}]}`}
	})
	h.turn(a, "e1", "t1", human)
	h.drain()
	same(t, "letters", h.letters(proc), []string{"e1.0 failed bad"})
	for i, want := range []string{"e1.0+1 failed bad", "e1.0+2 failed bad"} {
		id := []string{"e1.0", "e1.0+1"}[i]
		if err := proc.out.Resend(t.Context(), id, "もう一度", "すずらん"); err != nil {
			t.Fatal(err)
		}
		h.drain()
		same(t, "letters", h.letters(proc), []string{want})
		if n := h.counts(); n["failed"] != 1 {
			t.Errorf("ledger: got %v, want failed again", n)
		}
	}
	h.line.mend()
	if err := proc.out.Resend(t.Context(), "e1.0+2", "直った", "すずらん"); err != nil {
		t.Fatal(err)
	}
	h.drain()
	same(t, "delivered", h.line.to(a), []string{"e1.0/0"})
	same(t, "desk", h.desk.told(), []string{
		"refused/act-1/failed", "refused/act-1/failed", "refused/act-1/failed", "sent/act-1/accepted",
	})
}

func TestADroppedLetterIsGoneAndStaysCounted(t *testing.T) {
	h := newHouse(t)
	h.turn(h.person("a"), "e1", "t1", answer)
	h.clock.pass(25 * time.Hour)
	proc := h.start(0, false)
	h.drain()
	for i, want := range []error{nil, outbox.ErrNoLetter, outbox.ErrNoLetter} {
		if err := proc.out.Drop(t.Context(), "e1.0", "もう要らない", "すずらん"); !errors.Is(err, want) {
			t.Errorf("drop %d: got %v, want %v", i+1, err, want)
		}
	}
	if err := proc.out.Resend(t.Context(), "e1.0", "", ""); !errors.Is(err, outbox.ErrNoLetter) {
		t.Errorf("sending a dropped letter: got %v, want ErrNoLetter", err)
	}
	if n := h.counts(); n["failed"] != 1 {
		t.Errorf("ledger: got %v, want it to stay failed", n)
	}
	if _, err := h.vault.Open(t.Context(), privacy.Dead("e1.0"), "x", make([]byte, 64)); !errors.Is(err, privacy.ErrShredded) {
		t.Errorf("the key of the words: got %v, want ErrShredded", err)
	}
}

func TestTwoLettersOfOneEventMoveTheLedgerOnce(t *testing.T) {
	h := newHouse(t)
	h.turn(h.person("a"), "e1", "t1", answer, answer)
	h.clock.pass(25 * time.Hour)
	proc := h.start(0, false)
	h.drain()
	if n := h.counts(); n["failed"] != 1 {
		t.Fatalf("ledger: got %v, want one event failed", n)
	}
	for _, id := range []string{"e1.1", "e1.0"} {
		if err := proc.out.Resend(t.Context(), id, "", "すずらん"); err != nil {
			t.Fatal(err)
		}
		h.drain()
	}
	if n := h.counts(); n["bot"] != 1 || n["failed"] != 0 {
		t.Errorf("ledger: got %v, want the event answered", n)
	}
}

func TestTextsThatWereReadTogetherShareOneFate(t *testing.T) {
	h := newHouse(t)
	three := send{class: outbox.ClassAnswer, also: []string{"e2", "e3"}}
	h.turn(h.person("a"), "e1", "t1", three)
	h.clock.pass(25 * time.Hour)
	proc := h.start(0, false)
	h.drain()
	if n := h.counts(); n["failed"] != 3 {
		t.Fatalf("ledger: got %v, want three failed", n)
	}
	if err := proc.out.Resend(t.Context(), "e1.0", "", "すずらん"); err != nil {
		t.Fatal(err)
	}
	h.drain()
	if n := h.counts(); n["bot"] != 3 || n["failed"] != 0 {
		t.Errorf("ledger: got %v, want three answered", n)
	}
}

func TestALetterOfSomebodyWhoIsGoneCannotBeSent(t *testing.T) {
	h := newHouse(t)
	a := h.person("a")
	h.turn(a, "e1", "t1", answer)
	h.clock.pass(25 * time.Hour)
	proc := h.start(0, false)
	h.drain()
	if err := h.vault.Shred(t.Context(), privacy.Person(string(a))); err != nil {
		t.Fatal(err)
	}
	if err := proc.out.Resend(t.Context(), "e1.0", "", "すずらん"); !errors.Is(err, outbox.ErrNotSendable) {
		t.Errorf("got %v, want ErrNotSendable", err)
	}
}

func TestLettersOfOthersAreListedAndDroppedButNeverSent(t *testing.T) {
	h := newHouse(t)
	proc := h.start(0, false)
	event := `{"id":"ev1","kind":"event","state":"failed","why":"unreadable","at":1,"since":2}`
	if err := h.rdb.HSet(t.Context(), outbox.LettersKey(lane), "ev1", event, "odd", `["not ours"]`).Err(); err != nil {
		t.Fatal(err)
	}
	list, err := proc.out.List(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("got %+v, %v, want both", list, err)
	}
	if err := proc.out.Resend(t.Context(), "ev1", "", ""); !errors.Is(err, outbox.ErrNotSendable) {
		t.Errorf("got %v, want ErrNotSendable", err)
	}
	for _, id := range []string{"ev1", "odd"} {
		if err := proc.out.Drop(t.Context(), id, "見た", "すずらん"); err != nil {
			t.Errorf("drop %s: %v", id, err)
		}
	}
	same(t, "letters", h.letters(proc), nil)
}

func TestTheSweepDestroysLettersAfterTheirTime(t *testing.T) {
	h := newHouse(t)
	h.turn(h.person("a"), "e1", "t1", answer)
	h.turn(h.person("b"), "e2", "t2", answer)
	h.clock.pass(25 * time.Hour)
	proc := h.start(0, false)
	h.drain()
	if err := proc.out.Drop(t.Context(), "e2.0", "古い", "すずらん"); err != nil {
		t.Fatal(err)
	}
	// An event that could not be read lies in the same list, under a key of its own.
	event := privacy.Dead("event:e3")
	sealed, err := h.vault.Seal(t.Context(), event, outbox.Parcel{ID: "event:e3"}.AAD(), []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	blob, _ := json.Marshal(map[string]any{"id": "event:e3", "kind": "event", "event": "e3", "state": "failed",
		"since": h.clock.Now().UnixMilli(), "owner": event, "body": sealed})
	h.rdb.HSet(t.Context(), outbox.LettersKey(lane), "event:e3", blob)
	keep := privacy.Keep[privacy.DeadMail]
	for _, c := range []struct {
		after time.Duration
		left  int64
	}{{keep - time.Hour, 3}, {keep + time.Hour, 0}} {
		if err := proc.out.Sweep(t.Context(), h.clock.Now().Add(c.after)); err != nil {
			t.Fatal(err)
		}
		if n := h.rdb.HLen(t.Context(), outbox.LettersKey(lane)).Val(); n != c.left {
			t.Errorf("after %s: got %d letters, want %d", c.after, n, c.left)
		}
	}
	if _, err := h.vault.Open(t.Context(), privacy.Dead("e1.0"), "x", make([]byte, 64)); !errors.Is(err, privacy.ErrShredded) {
		t.Errorf("the key of the words: got %v, want ErrShredded", err)
	}
	if _, err := h.vault.Open(t.Context(), event, outbox.Parcel{ID: "event:e3"}.AAD(), sealed); !errors.Is(err, privacy.ErrShredded) {
		t.Errorf("the key of the unread event: got %v, want ErrShredded", err)
	}
	if n := h.counts(); n["failed"] != 2 {
		t.Errorf("ledger: got %v, want the counts to stay", n)
	}
}

func TestTheMetricsAnswerTheQuestionsOfTheNight(t *testing.T) {
	h := newHouse(t)
	reg := prometheus.NewPedanticRegistry()
	h.opt.Metrics = outbox.NewMetrics(reg)
	h.line.fail(first(1, fault{cut: "after"}))
	h.start(0, false)
	h.turn(h.person("a"), "e1", "t1", answer, send{dest: outbox.ToAlarm})
	h.drain()
	for _, want := range []string{
		"engawa_line_sends_total invalid_token reply 1", "engawa_line_sends_total unknown reply 1",
		"engawa_parcels_total alarm accepted 1", "engawa_parcels_total line accepted 1",
		"engawa_outbox_oldest_seconds line 0", "engawa_outbox_oldest_seconds desk 0",
		"engawa_outbox_oldest_seconds alarm 0", "engawa_outbox_oldest_seconds keys 0",
	} {
		h.until(want, func() bool { return strings.Contains(gathered(t, reg), want+"\n") })
	}
}

// gathered writes metrics as lines: name, labels, value.
func gathered(t *testing.T, reg *prometheus.Registry) string {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range families {
		for _, m := range f.GetMetric() {
			b.WriteString(f.GetName())
			for _, l := range m.GetLabel() {
				b.WriteString(" " + l.GetValue())
			}
			fmt.Fprintf(&b, " %v\n", m.GetCounter().GetValue()+m.GetGauge().GetValue())
		}
	}
	return b.String()
}
