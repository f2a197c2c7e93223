package dialogue

import (
	"context"
	"slices"
	"testing"
	"time"

	"engawa/bot/people"
	"engawa/config/redistest"
	"engawa/flows"
)

// marking is a house in a city that has switched LINE's chat on, or not.
func marking(t *testing.T, on bool) *world {
	t.Helper()
	w := newWorld(t, redistest.Client(t))
	b := *house()
	b.House.ReadMark = on
	w.d.For = func(*flows.State) *flows.Bundle { return &b }
	w.serve("one", w.d)
	return w
}

// written is a text with the token that LINE gives with it.
func (w *world) written(n int, words, token string, at time.Time) event {
	e := w.text(n, words)
	e["timestamp"] = at.UnixMilli()
	e["message"].(map[string]string)["markAsReadToken"] = token
	return e
}

func TestTheReadMarkIsSetOnceAndOnlyUpToWhatAHumanHasOpened(t *testing.T) {
	w := marking(t, true)
	c := w.talking(1)
	now := time.Now()
	w.bring(w.written(1, "家賃が", "mark-a", now.Add(-3*time.Minute)), w.written(1, "もう無理で", "mark-b", now.Add(-2*time.Minute)),
		w.written(1, "聞いてほしい", "mark-c", now.Add(-time.Minute)))
	w.rest()
	if got := w.line.marked(); len(got) != 0 {
		t.Fatalf("got marks %q before anybody has read", got)
	}
	read := flows.DeskAct{Do: flows.DeskRead, Case: c, Until: now.Add(-90 * time.Second)}
	for range 3 {
		w.staff(1, "act-read", read, "")
	}
	w.rest()
	if got, want := w.line.marked(), []string{"mark-b"}; !slices.Equal(got, want) {
		t.Errorf("got marks %q, want %q: LINE marks all before it, and nobody has opened the third", got, want)
	}
	w.staff(1, "act-read-2", flows.DeskAct{Do: flows.DeskRead, Case: c, Until: now}, "")
	w.staff(1, "act-read-3", flows.DeskAct{Do: flows.DeskRead, Case: c, Until: now.Add(time.Second)}, "")
	w.rest()
	if got, want := w.line.marked(), []string{"mark-b", "mark-c"}; !slices.Equal(got, want) {
		t.Errorf("got marks %q, want %q", got, want)
	}
	if n := w.rdb.HExists(context.Background(), people.Key(w.pid(1), "person"), people.FieldMarks).Val(); n {
		t.Error("tokens are kept though everything was read")
	}
}

func TestWhereLINEsChatIsOffNoTokenIsKeptAndNoMarkIsSet(t *testing.T) {
	w := marking(t, false)
	c := w.talking(1)
	w.bring(w.written(1, "家賃が", "mark-a", time.Now()))
	w.rest()
	w.staff(1, "act-read", flows.DeskAct{Do: flows.DeskRead, Case: c, Until: time.Now()}, "")
	w.rest()
	if got := w.line.marked(); len(got) != 0 {
		t.Errorf("got marks %q, want none", got)
	}
	if w.rdb.HExists(context.Background(), people.Key(w.pid(1), "person"), people.FieldMarks).Val() {
		t.Error("tokens are kept for nothing")
	}
}

func TestManyTextsToTheMachineKeepFewTokensAndTheNewestMarksThemAll(t *testing.T) {
	w := marking(t, true)
	at := time.Now().Add(-time.Hour)
	for i := range 12 {
		w.bring(w.written(1, "ねむれない", "mark-"+string(rune('a'+i)), at.Add(time.Duration(i)*time.Minute)))
		w.rest()
	}
	p, err := w.people.Get(context.Background(), w.pid(1))
	if err != nil || len(p.Marks) != 8 {
		t.Fatalf("got %d tokens, %v; want 8", len(p.Marks), err)
	}
	c := w.talking(1)
	w.staff(1, "act-read", flows.DeskAct{Do: flows.DeskRead, Case: c, Until: time.Now()}, "")
	w.rest()
	if got, want := w.line.marked(), []string{"mark-l"}; !slices.Equal(got, want) {
		t.Errorf("got marks %q, want %q", got, want)
	}
}

func TestATextThatComesLateDoesNotKeepTheNewestFromBeingMarked(t *testing.T) {
	w := marking(t, true)
	c := w.talking(1)
	now := time.Now()
	w.bring(w.written(1, "もう無理で", "mark-new", now.Add(-time.Minute)))
	w.rest()
	w.bring(w.written(1, "家賃が", "mark-old", now.Add(-2*time.Minute)))
	w.rest()
	w.staff(1, "act-read", flows.DeskAct{Do: flows.DeskRead, Case: c, Until: now}, "")
	w.rest()
	if got, want := w.line.marked(), []string{"mark-new"}; !slices.Equal(got, want) {
		t.Errorf("got marks %q, want %q: it marks the older one, too", got, want)
	}
}

func TestAMarkOfReadingDiesWithWhoeverWasDeleted(t *testing.T) {
	w := marking(t, true)
	c := w.talking(1)
	w.bring(w.written(1, "家賃が", "mark-a", time.Now()))
	w.rest()
	person := w.pid(1)
	w.bring(w.text(1, "消す"), w.tap(1, flows.Tap{Exit: flows.ExDeleteNow}))
	w.rest()
	if err := w.d.Tell(context.Background(), person, "act-read", time.Now(), flows.DeskAct{Do: flows.DeskRead, Case: c, Until: time.Now()}, nil); err != nil {
		t.Fatal(err)
	}
	w.rest()
	if got := w.line.marked(); len(got) != 0 {
		t.Errorf("got marks %q for somebody who is gone", got)
	}
}
