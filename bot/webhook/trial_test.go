package webhook

import (
	"net/http"
	"strings"
	"testing"

	"engawa/config/redistest"
)

// again is the event as LINE brings it once more.
func again(event string) string {
	return strings.Replace(event, `"isRedelivery":false`, `"isRedelivery":true`, 1)
}

func trialPorch(t *testing.T) (*porch, *Trials, string) {
	t.Helper()
	p := newPorch(t, redistest.Client(t), "")
	trials := NewTrials(p.rdb)
	p.door.Trials = trials
	mark, err := trials.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := trials.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p, trials, mark
}

func TestATrialRefusesTheMarkedEventOnceAndKnowsItAgain(t *testing.T) {
	p, trials, mark := trialPorch(t)
	event := textEvent("01TRIAL", userSource(user), " "+mark+"\n")
	for n, step := range []struct {
		body        string
		want        int
		came, again bool
	}{
		{body(textEvent("01A", userSource(user), "こんにちは")), 200, false, false},
		{body(textEvent("01B", userSource(user), mark+"です")), 200, false, false},
		{body(textEvent("01C", userSource(user), "前"), event), 503, true, false},
		{body(event), 200, true, false},                                                       // twice on the way, not redelivered
		{body(textEvent("01D", userSource(user), mark)), 200, true, false},                    // another one with the mark
		{body(again(textEvent("01D", userSource(user), mark))), 200, true, false},             // and again
		{body(again(textEvent("01C", userSource(user), "前")), again(event)), 200, true, true}, // this is the proof
		{body(again(event)), 200, true, true},
	} {
		if got := p.signed(step.body); got != step.want {
			t.Errorf("step %d: got %d, want %d", n, got, step.want)
		}
		if came, back, err := trials.Standing(t.Context()); err != nil || came != step.came || back != step.again {
			t.Errorf("step %d: came %v, again %v (%v), want %v, %v", n, came, back, err, step.came, step.again)
		}
	}
	if at, err := trials.Proved(t.Context()); err != nil || at.IsZero() {
		t.Errorf("proved at %v, %v", at, err)
	}
	stored := 0
	for _, m := range p.stored() {
		if m.Values["id"] == "01TRIAL" {
			stored++
		}
	}
	if stored != 4 {
		t.Errorf("the marked event was stored %d times, want each time it came, also when it was refused", stored)
	}
}

func TestWithoutATrialTheMarkIsAnOrdinaryWord(t *testing.T) {
	p, trials, mark := trialPorch(t)
	if err := trials.End(t.Context()); err != nil {
		t.Fatal(err)
	}
	event := body(textEvent("01TRIAL", userSource(user), mark))
	if got := p.signed(event); got != http.StatusOK {
		t.Errorf("before the process has looked: got %d, want 200", got)
	}
	if err := trials.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := p.signed(event); got != http.StatusOK {
		t.Errorf("got %d, want 200", got)
	}
	if came, _, _ := trials.Standing(t.Context()); came {
		t.Error("a trial that is over has taken an event")
	}
}
