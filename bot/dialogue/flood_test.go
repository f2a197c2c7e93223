package dialogue

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"engawa/flows"
)

// TestAFloodIsSlowedAndACryForHelpInItIsNot: of three hundred texts one is a cry for
// help. It is heard at once, nothing is lost, and the answers are few.
func TestAFloodIsSlowedAndACryForHelpInItIsNot(t *testing.T) {
	w := serving(t)
	flood := func(from, to int) {
		for i := from; i < to; i++ {
			w.bring(w.text(1, fmt.Sprint("ねえねえ ", i)))
		}
	}
	flood(0, 190)
	if n := w.desk.raised(); n != 0 {
		t.Fatalf("%d alarms before anything was wrong", n)
	}
	w.until("the texts before are answered or wait", func() bool { return w.counts()["received"] >= 150 })
	began := time.Now()
	w.bring(w.text(1, "死にたい"))
	w.until("somebody is woken", func() bool { return w.desk.raised() == 1 })
	if took := time.Since(began); took > 5*time.Second { // the texts before it may wait for longer than that
		t.Errorf("the cry for help waited %s", took)
	}
	flood(190, 299)
	w.bring(w.tap(1, flows.Tap{Exit: flows.ExEnd})) // a tap waits for nothing, and for nobody
	counts := w.rest()
	if counts["received"] != 301 || counts["failed"]+counts["deleted"]+counts["duplicates"] != 0 {
		t.Errorf("the ledger says %v, want 301 events, none of them lost", counts)
	}
	said, err := w.people.Talk(ctx, w.pid(1), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, s := range said {
		if s.By == "resident" && (strings.HasPrefix(s.Text, "ねえねえ") || s.Text == "死にたい") {
			kept++
		}
	}
	if kept != 300 {
		t.Errorf("%d texts are kept, want 300", kept)
	}
	if n := w.line.count(); n > 40 {
		t.Errorf("%d answers to 300 texts: that is no slowing", n)
	}
}
