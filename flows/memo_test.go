package flows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
)

// memoAfter taps through the shipped content and gives the facts of the card at the end.
func memoAfter(t *testing.T, start flows.SceneKey, labels ...string) (facts []string, after flows.State) {
	t.Helper()
	b, faults := script.Load(content.FS, script.Options{AcceptDrafts: true})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	v := flows.View{Now: time.Date(2026, 12, 1, 10, 0, 0, 0, time.FixedZone("JST", 9*3600)), Open: true, Friend: true}
	s := flows.State{Greeted: true}
	tap := flows.Tap{Exit: flows.ExMenu, Arg: string(start)}
	for {
		next, out, _ := flows.Step(b, v, s, flows.Event{ID: "e", Kind: flows.EvTap, At: v.Now, Tap: tap})
		s = next
		if len(labels) == 0 {
			for _, bubble := range out[0].Bubbles {
				if bubble.Card != nil && bubble.Card.Kind == "memo" {
					return bubble.Card.Facts, s
				}
			}
			t.Fatalf("no memo at the end: %+v", out)
		}
		i := slices.IndexFunc(out[0].Choices, func(c flows.Button) bool { return c.Label == labels[0] })
		if i < 0 {
			t.Fatalf("no button %q among %+v", labels[0], out[0].Choices)
		}
		tap, _ = flows.DecodeTap(out[0].Choices[i].Data)
		labels = labels[1:]
	}
}

func TestTheMemoTellsWhatThePersonHasTappedAndNothingIsKeptForIt(t *testing.T) {
	facts, after := memoAfter(t, "okane/はじめ", "家賃がきびしい", "自分の場合を見てみる", "この2年のあいだ", "窓口での言い方を見る")
	got := strings.Join(facts, "\n")
	if want := "選んだこと：お金のこと → 家賃がきびしい → この2年のあいだ"; !strings.Contains(got, want) || strings.Contains(got, "自分の場合") {
		t.Errorf("got %q, want %q in it, and no button that only turns a page", got, want)
	}
	if !strings.Contains(got, "この画面にだけ") {
		t.Errorf("got %q, want it told where the choices stand", got)
	}
	if after.Memory["時期"] != "2年以内" || len(after.Memory) != 1 {
		t.Errorf("got memory %v; the memo has put something in", after.Memory)
	}
}

func TestWhoDoesNotAnswerIsNotToldOfInTheMemo(t *testing.T) {
	facts, _ := memoAfter(t, "okane/はじめ", "家賃がきびしい", "自分の場合を見てみる", "答えない", "窓口での言い方を見る")
	if got := strings.Join(facts, "\n"); !strings.Contains(got, "選んだこと：お金のこと → 家賃がきびしい\n") {
		t.Errorf("got %q, want only what was said", got)
	}
}
