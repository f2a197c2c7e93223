package dialogue

import (
	"context"
	"testing"
	"time"

	"engawa/flows"
)

func TestASignIsCountedOnceHoweverOftenItsEventComes(t *testing.T) {
	w := serving(t)
	tap := w.tap(1, flows.Tap{Exit: flows.ExHuman})
	for range 3 {
		w.bring(tap)
	}
	w.bring(w.tap(2, flows.Tap{Exit: flows.ExHuman}))
	w.rest()
	got, err := w.ledger.Signs(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	month := time.Now().In(house().House.Zone).Format("2006-01")
	if n := got[month][string(flows.SignHuman)]; n != 2 || len(got) != 1 {
		t.Errorf("got %v, want two people who could say it, in %s", got, month)
	}
}
