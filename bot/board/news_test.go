package board_test

import (
	"testing"

	"engawa/bot/board"
	"engawa/flows"
	"engawa/flows/catalogue"
)

// published is a post that stands.
func (w *world) published(g *board.Group, m board.Member, title string) *board.Post {
	w.t.Helper()
	p, err := w.Submit(w.ctx(), w.act(), g.ID, m.ID, "", 0, quietTea(title))
	w.must(err)
	if p.State != board.Stands {
		w.t.Fatalf("got %s, want a trusted group's post to stand", p.State)
	}
	return p
}

// untold is what there is to tell now, as standings.
func (w *world) untold() (all []board.News) {
	w.t.Helper()
	all, err := w.Untold(w.ctx(), w.shot().News(w.now))
	w.must(err)
	return all
}

func TestWhatBecameOfAPostIsFoundUntilItIsTold(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(true)
	p := w.published(g, m, "しずかなお茶")
	if got := w.untold(); len(got) != 0 {
		t.Fatalf("got %v, want no news of what stands", got)
	}
	day := p.Live.Times[0].Start.Day()
	for _, act := range []string{"off", "off", "off"} { // three times is once
		_, err := w.Cancel(w.ctx(), act, g.ID, m.ID, p.ID, day)
		w.must(err)
	}
	got := w.untold()
	want := flows.PostNews{ID: flows.PostID(p.ID), Day: string(day), Standing: flows.PostCancelled}
	if len(got) != 1 || got[0].PostNews != want {
		t.Fatalf("got %v, want %v", got, want)
	}
	if again := w.untold(); len(again) != 1 || again[0].ID != got[0].ID {
		t.Errorf("got %v, want the same news until it was told", again)
	}
	w.must(w.Told(w.ctx(), got[0].ID))
	if got := w.untold(); len(got) != 0 {
		t.Errorf("got %v after it was told, want none", got)
	}
}

func TestEverythingOfAGroupThatIsRecalledIsNews(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(true)
	w.published(g, m, "しずかなお茶")
	w.published(g, m, "川べりの散歩")
	_, err := w.Set(w.ctx(), w.act(), g.ID, board.Recalled, "facilitator")
	w.must(err)
	got := w.untold()
	if len(got) != 2 || got[0].Standing != flows.PostGone || got[1].Standing != flows.PostGone {
		t.Errorf("got %v, want both gone", got)
	}
}

func TestWhatIsPastIsNoNews(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(true)
	p := w.published(g, m, "しずかなお茶")
	_, err := w.Cancel(w.ctx(), w.act(), g.ID, m.ID, p.ID, p.Live.Times[0].Start.Day())
	w.must(err)
	start, err := p.Live.Times[0].Start.In(catalogue.Tokyo)
	w.must(err)
	w.now = start.AddDate(0, 0, 2)
	if got := w.untold(); len(got) != 0 {
		t.Errorf("got %v, want nothing told of a day that is over", got)
	}
}
