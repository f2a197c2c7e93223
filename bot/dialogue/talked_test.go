package dialogue

import (
	"strings"
	"testing"

	"engawa/bot/inbox"
	"engawa/flows"
)

// TestHowATalkWasStandsNeitherInTheTalkNorInTheJournal: whoever has the case of this
// person next reads what they said in this visit, and must not read that.
func TestHowATalkWasStandsNeitherInTheTalkNorInTheJournal(t *testing.T) {
	w, thanked := serving(t), 0
	for n, tells := range map[int]func(n int) event{
		1: func(n int) event { return w.tap(n, flows.Tap{Exit: flows.ExFelt, Arg: "talk-not"}) },
		2: func(n int) event { return w.text(n, "合わなかった") },
	} {
		c := w.talking(n)
		w.staff(n, "act-answer", flows.DeskAct{Do: flows.DeskAnswered, Case: c, Staff: "すずらん"}, "読みました")
		w.staff(n, "act-close", flows.DeskAct{Do: flows.DeskClosed, Case: c, Staff: "すずらん"}, "")
		w.rest()
		if got := w.state(n); got.Ask != flows.AskTalked {
			t.Fatalf("person %d: asks %q after the closing, want how it was", n, got.Ask)
		}
		before := len(w.talk(n))
		told := tells(n)
		for range 3 {
			w.bring(told)
		}
		w.rest()
		for _, said := range w.talk(n)[before:] {
			if said.By == "resident" || strings.Contains(said.Text, "合わなかった") {
				t.Errorf("person %d: the talk holds %+v", n, said)
			}
		}
		thanked++
		if s := w.state(n); s.Talk == nil || !s.Talk.Done || w.line.with("«talked.thanks»") != thanked {
			t.Errorf("person %d: the answer was not taken, or not thanked for once: %+v", n, s.Talk)
		}
		lines, err := w.ledger.Journal(ctx, inbox.LaneOf(w.blind(n), lanes), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if l.Event.Tap.Arg == "talk-not" || len(l.Event.Readings) > 0 && l.Event.Readings[0].Choice == 3 {
				t.Errorf("person %d: the journal tells the answer", n)
			}
		}
	}
	w.until("both answers are counted", func() bool {
		w.desk.mu.Lock()
		defer w.desk.mu.Unlock()
		return len(w.desk.felts) == 2 && w.desk.felts[0].Felt == "talk-not" && w.desk.felts[1].Felt == "talk-not"
	})
}
