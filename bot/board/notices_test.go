package board_test

import (
	"fmt"
	"testing"
	"time"

	"engawa/flows"
)

func TestAGroupIsToldOnceThatQuestionsWait(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(true)
	p := w.post(g, m, "静かなお茶の会")
	told := func() (n int) {
		for range 3 { // three processes, or one that died twice
			all, err := w.Notices(w.ctx(), w.shot())
			w.must(err)
			for _, one := range all {
				if one.What != flows.GroupAsked || one.Group != g.ID {
					t.Errorf("got %+v", one)
				}
				w.must(w.Begin(w.ctx(), one))
				w.must(w.Done(w.ctx(), one))
				n++
			}
		}
		return n
	}
	ask := func(id string) { w.must(w.Ask(w.ctx(), id, p.ID, "person", []string{"m1"})) }
	ask("q1")
	ask("q1")
	if got := told(); got != 1 {
		t.Fatalf("got %d notices of one question, want 1", got)
	}
	ask("q1") // it arrives once more
	if got := told(); got != 0 {
		t.Errorf("got %d notices of a question that was told of, want none", got)
	}
	for n := range 20 { // somebody asks and asks
		ask(fmt.Sprint("more", n))
	}
	if got := told(); got != 0 {
		t.Errorf("got %d notices within hours of the first, want none", got)
	}
	w.pass("{board}:asked:" + g.ID)
	if got := told(); got != 1 {
		t.Errorf("got %d notices of twenty questions, want 1", got)
	}
	ask("answered")
	_, err := w.Answer(w.ctx(), g.ID, m.ID, "answered", "入れます。")
	w.must(err)
	w.pass("{board}:asked:" + g.ID)
	if got := told(); got != 0 {
		t.Errorf("got %d notices of a question that has its answer, want none", got)
	}
}

// pass lets the time of a key pass.
func (w *world) pass(key string) {
	w.t.Helper()
	w.must(w.rdb.Del(w.ctx(), key).Err())
}

func TestSomebodyLooksAtAPostAgainAndItStandsLonger(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(false)
	p := w.post(g, m, "静かなお茶の会")
	_, err := w.Decide(w.ctx(), w.act(), p.ID, 1, "accept", "", "facilitator")
	w.must(err)
	w.now = w.now.Add(181 * day)
	if w.shot().Entries()[0].Shown(w.now) {
		t.Fatal("a post that nobody has looked at for half a year is shown")
	}
	for range 3 {
		_, err = w.Verify(w.ctx(), "verify-1", p.ID, "鈴木 はな", w.now.Add(-time.Hour), "suzu")
		w.must(err)
	}
	e := w.shot().Entries()[0]
	if !e.Shown(w.now) || e.By != "鈴木 はな" {
		t.Errorf("got shown %v, by %s", e.Shown(w.now), e.By)
	}
	p, err = w.Post(w.ctx(), p.ID)
	w.must(err)
	if n := len(p.Log); n != 3 || p.Log[2].Do != "verify" || p.Log[2].By != "suzu" {
		t.Errorf("got history %+v, want sent, accepted, verified once", p.Log)
	}
}
