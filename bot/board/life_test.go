package board_test

import (
	"errors"
	"testing"
	"time"

	"engawa/bot/board"
)

const day = 24 * time.Hour

var season = board.Silence{Ask: 90 * day, Rest: 30 * day}

// tended looks after silent groups as three processes do that look at once.
func (w *world) tended(g *board.Group) *board.Group {
	w.t.Helper()
	for range 3 {
		w.shot()
		w.must(w.Tend(w.ctx(), w.follow, season, nil))
	}
	g, err := w.Group(w.ctx(), g.ID)
	w.must(err)
	return g
}

func TestAGroupThatFellSilentIsAskedThenItsPostsRestAndOneTapBringsThemBack(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(true)
	w.post(g, m, "静かなお茶の会")
	if g = w.tended(g); !g.Quiet.IsZero() {
		t.Fatal("a group that has just posted is asked")
	}
	w.now = w.now.Add(91 * day)
	g = w.tended(g)
	if !g.Quiet.Equal(w.now) || g.State != board.Open || len(w.shot().Entries()) != 1 {
		t.Fatalf("got state %s, asked %v: want it asked, and its posts where they were", g.State, g.Quiet)
	}
	asked := w.now
	w.now = w.now.Add(29 * day)
	if g = w.tended(g); g.State != board.Open || !g.Quiet.Equal(asked) {
		t.Errorf("got state %s, asked %v: want it asked once and left in peace", g.State, g.Quiet)
	}
	w.now = w.now.Add(2 * day)
	if g = w.tended(g); g.State != board.Resting {
		t.Fatalf("got state %s, want %s", g.State, board.Resting)
	}
	for _, e := range w.shot().Entries() {
		if e.Shown(w.now) {
			t.Error("a post of a group that rests stands in the lists")
		}
	}
	w.now = w.now.Add(90 * day)
	for range 3 {
		_, err := w.Still(w.ctx(), "still-1", g.ID, m.ID)
		w.must(err)
	}
	if g = w.tended(g); g.State != board.Open || !g.Quiet.IsZero() || !w.shot().Entries()[0].Shown(w.now) {
		t.Errorf("got state %s, asked %v: want all of it back by one tap", g.State, g.Quiet)
	}
}

func TestASignOfLifeIsAnAnswer(t *testing.T) {
	for name, does := range map[string]func(w *world, g *board.Group, m board.Member, p *board.Post) error{
		"つづけています": func(w *world, g *board.Group, m board.Member, _ *board.Post) error {
			_, err := w.Still(w.ctx(), w.act(), g.ID, m.ID)
			return err
		},
		"a post": func(w *world, g *board.Group, m board.Member, _ *board.Post) error {
			_, err := w.Submit(w.ctx(), w.act(), g.ID, m.ID, "", 0, quietTea("もうひとつ"))
			return err
		},
		"a date that is off": func(w *world, g *board.Group, m board.Member, p *board.Post) error {
			_, err := w.Cancel(w.ctx(), w.act(), g.ID, m.ID, p.ID, "2027-04-10")
			return err
		},
		"an answer": func(w *world, g *board.Group, m board.Member, p *board.Post) error {
			if err := w.Ask(w.ctx(), "q1", p.ID, "person", []string{"m1"}); err != nil {
				return err
			}
			_, err := w.Answer(w.ctx(), g.ID, m.ID, "q1", "入れます。")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			g, m := w.group(true)
			p := w.post(g, m, "静かなお茶の会")
			w.now = w.now.Add(91 * day)
			w.tended(g)
			w.now = w.now.Add(20 * day)
			w.must(does(w, g, m, p))
			w.now = w.now.Add(20 * day)
			if got := w.tended(g); got.State != board.Open {
				t.Errorf("got %s, want it open", got.State)
			}
		})
	}
}

func TestAGroupOfWhichNothingStandsIsLeftInPeace(t *testing.T) {
	w := newWorld(t)
	g, _ := w.group(true)
	w.now = w.now.Add(400 * day)
	if g = w.tended(g); !g.Quiet.IsZero() || g.State != board.Open {
		t.Errorf("got state %s, asked %v", g.State, g.Quiet)
	}
}

func TestMembersPauseAndGoOnAndTheHousesPauseIsTheHouses(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(true)
	w.post(g, m, "静かなお茶の会")
	for range 3 {
		_, err := w.Pause(w.ctx(), "pause-1", g.ID, m.ID)
		w.must(err)
	}
	if w.shot().Entries()[0].Shown(w.now) {
		t.Error("a post of a paused group stands in the lists")
	}
	w.now = w.now.Add(170 * day)
	if g = w.tended(g); g.State != board.Paused || !g.Quiet.IsZero() {
		t.Errorf("a pause is asked about: state %s, asked %v", g.State, g.Quiet)
	}
	_, err := w.Still(w.ctx(), w.act(), g.ID, m.ID)
	w.must(err)
	if !w.shot().Entries()[0].Shown(w.now) {
		t.Error("the post is not back")
	}
	_, err = w.Set(w.ctx(), w.act(), g.ID, board.Paused, "facilitator")
	w.must(err)
	if _, err := w.Still(w.ctx(), w.act(), g.ID, m.ID); !errors.Is(err, board.ErrState) {
		t.Errorf("a member opens what the house has paused: %v", err)
	}
	if _, err := w.Pause(w.ctx(), w.act(), g.ID, "stranger"); !errors.Is(err, board.ErrMay) {
		t.Errorf("a stranger pauses: %v", err)
	}
}
