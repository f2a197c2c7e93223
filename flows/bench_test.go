package flows

import (
	"runtime"
	"sort"
	"testing"
	"time"
)

// walk is a day in the fake house: each step with the state that the one before left.
func walk(b *Bundle) (events []Event, states []State) {
	s := State{Greeted: true}
	v := View{Now: morning, Open: true, Friend: true}
	for _, e := range []Event{
		{Kind: EvText, Readings: []Reading{{Topics: money}}},
		{Kind: EvTap, Tap: Tap{Exit: ExMenu, Arg: "okane/はじめ"}},
		{Kind: EvTap, Tap: Tap{Scene: "okane/はじめ", Choice: 1}},
		{Kind: EvTap, Tap: Tap{Scene: "okane/家賃", Choice: 1}},
		{Kind: EvTap, Tap: Tap{Exit: ExBack}},
		{Kind: EvText, Readings: []Reading{{Talk: true}}},
		{Kind: EvText, Readings: []Reading{{}}},
		{Kind: EvTap, Tap: Tap{Exit: ExLang}},
		{Kind: EvText, Readings: []Reading{{Topics: money, Sure: true}, {Urgency: Life, Level: Clear, Rules: []string{"life.1"}}}},
		{Kind: EvDesk, Desk: DeskAct{Do: DeskOpened, Case: "c1"}},
		{Kind: EvText, Readings: []Reading{{}}},
		{Kind: EvDesk, Desk: DeskAct{Do: DeskClaimed, Case: "c1", Staff: "すずらん"}},
		{Kind: EvText, Readings: []Reading{{}}},
		{Kind: EvDesk, Desk: DeskAct{Do: DeskAnswered, Case: "c1", Staff: "すずらん", Words: true}},
		{Kind: EvDesk, Desk: DeskAct{Do: DeskHandBack, Case: "c1", Staff: "すずらん"}},
	} {
		events, states = append(events, e), append(states, s)
		s, _, _ = Step(b, v, s, e)
	}
	return events, states
}

func BenchmarkStep(bench *testing.B) {
	b := fakeBundle()
	v := View{Now: morning, Open: true, Friend: true}
	events, states := walk(b)
	took := make([]time.Duration, 0, bench.N)
	bench.ReportAllocs()
	for i := range bench.N {
		n := i % len(events)
		from := time.Now()
		Step(b, v, states[n], events[n])
		took = append(took, time.Since(from))
	}
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	bench.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
	bench.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
	bench.ReportMetric(float64(medianState(states)), "state-B")
}

func medianState(states []State) int {
	sizes := make([]int, len(states))
	for i, s := range states {
		sizes[i] = len(asJSON(s))
	}
	sort.Ints(sizes)
	return sizes[len(sizes)/2]
}

func TestAStepAndAStateStaySmall(t *testing.T) {
	b := fakeBundle()
	v := View{Now: morning, Open: true, Friend: true}
	events, states := walk(b)
	if got := medianState(states); got > 600 {
		t.Errorf("state: median of %d bytes, want ≤ 600", got)
	}
	for i, e := range events {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 10 {
			Step(b, v, states[i], e)
		}
		runtime.ReadMemStats(&after)
		if each := (after.TotalAlloc - before.TotalAlloc) / 10; each > 16<<10 {
			t.Errorf("event %d (%s): %d bytes a step, want ≤ 16 KB", i, e.Kind, each)
		}
	}
}
