package flows_test

import (
	"encoding/json"
	"testing"
	"time"

	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
)

// BenchmarkTalkWithItsState is a small talk with the shipped content (the menu, an
// entrance, a card, an answer), the state read from JSON before each step and written
// after it, the answer written too: what goflow's figures count, so that the two can
// be laid side by side.
func BenchmarkTalkWithItsState(bench *testing.B) {
	b, faults := script.Load(content.FS, script.Options{AcceptDrafts: true})
	if err := faults.Err(); err != nil {
		bench.Fatal(err)
	}
	v := flows.View{Now: time.Date(2026, 12, 1, 10, 0, 0, 0, time.FixedZone("JST", 9*3600)), Open: true, Friend: true}
	type turn struct {
		state []byte
		e     flows.Event
	}
	var turns []turn
	s, card := flows.State{Greeted: true}, false
	tap := flows.Tap{Exit: flows.ExMenu}
	for len(turns) < 8 {
		state, err := json.Marshal(s)
		if err != nil {
			bench.Fatal(err)
		}
		e := flows.Event{ID: "e", Kind: flows.EvTap, At: v.Now, Tap: tap}
		turns = append(turns, turn{state, e})
		next, out, _ := flows.Step(b, v, s, e)
		for _, bubble := range out[0].Bubbles {
			card = card || bubble.Card != nil
		}
		s = next
		offered := flows.Offered(b, s)
		if len(offered) == 0 { // the talk has come to its end
			break
		}
		if len(turns) == 1 { // of the entrances the one to money, of the rest the first
			tap = flows.Tap{Exit: flows.ExMenu, Arg: string(b.Flows["okane"].Start)}
		} else if tap, err = flows.DecodeTap(offered[0].Data); err != nil {
			bench.Fatal(err)
		}
	}
	if !card || len(turns) < 4 {
		bench.Fatalf("a talk of %d steps, with a card %v; want both", len(turns), card)
	}
	bench.ReportAllocs()
	for i := range bench.N {
		t := &turns[i%len(turns)]
		var s flows.State
		if err := json.Unmarshal(t.state, &s); err != nil {
			bench.Fatal(err)
		}
		next, out, _ := flows.Step(b, v, s, t.e)
		for _, x := range []any{next, out} {
			if _, err := json.Marshal(x); err != nil {
				bench.Fatal(err)
			}
		}
	}
}
