package dialogue

import (
	"context"
	"sync"
	"testing"
	"time"

	"engawa/bot/people"
	"engawa/config/redistest"
	"engawa/flows"
)

// advised is a world whose dialogue asks for second readings, and what it asked about.
func advised(t *testing.T) (w *world, asked func() []string) {
	t.Helper()
	w = newWorld(t, redistest.Client(t))
	var mu sync.Mutex
	var texts []string
	w.d.Second = func(_ context.Context, _ *flows.Bundle, _ flows.State, _ flows.PersonID, last people.Said, local flows.Reading) flows.Reading {
		mu.Lock()
		defer mu.Unlock()
		texts = append(texts, last.Text)
		local.Urgency, local.Level = flows.Life, flows.Clear
		return local
	}
	w.d.opt.BubbleWait = time.Second
	return w, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), texts...)
	}
}

func TestASecondReadingIsOfTheLastTextAndCounts(t *testing.T) {
	w, asked := advised(t)
	w.bring(w.text(1, "あの"), w.text(1, "うまく言えない"))
	w.serve("one", w.d)
	w.rest()
	if got := asked(); len(got) != 1 || got[0] != "うまく言えない" {
		t.Errorf("asked about %q, want the last text of the burst once", got)
	}
	if s := w.state(1); s.Level != flows.Clear || s.Mode != flows.ModeWaiting {
		t.Errorf("got %+v, want what the second reading found to be acted on", s)
	}
}

func TestNobodyIsAskedWhereTheRulesKnowOrNothingMayBeSaid(t *testing.T) {
	w, asked := advised(t)
	w.bring(w.text(1, "死にたい"), w.text(2, "人と話す"))
	back := w.text(3, "やっぱりなし")
	w.bring(back, w.unsend(3, back))
	standby := w.text(4, "よそで話し中")
	standby["mode"] = "standby"
	w.bring(standby, w.tap(5, flows.Tap{Exit: flows.ExMenu}))
	w.serve("one", w.d)
	w.rest()
	if got := asked(); len(got) != 0 {
		t.Errorf("asked about %q, want nothing", got)
	}
	if said, err := w.people.Talk(ctx, w.pid(1), time.Time{}); err != nil || !kept(said, "死にたい") {
		t.Errorf("got %v (%v), want the words kept", said, err)
	}
}

func kept(said []people.Said, text string) bool {
	for _, s := range said {
		if s.Text == text {
			return true
		}
	}
	return false
}
