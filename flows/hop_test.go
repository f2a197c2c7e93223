package flows

import "testing"

// renamed is the fake bundle with one scene under another name.
func renamed(from, to SceneKey) *Bundle {
	b := *fakeBundle()
	b.Scenes = map[SceneKey]*Scene{}
	for k, sc := range fakeBundle().Scenes {
		own := *sc
		own.Choices = append([]Choice(nil), sc.Choices...)
		for i := range own.Choices {
			if own.Choices[i].Next == from {
				own.Choices[i].Next = to
			}
		}
		if own.Next == from {
			own.Next = to
		}
		if k == from {
			k, own.Key = to, to
		}
		b.Scenes[k] = &own
	}
	b.Hash = "bbbbbbbbbbbb"
	b.Moves = map[SceneKey]SceneKey{from: "okane/中継", "okane/中継": to}
	return &b
}

func placeOf(b *Bundle) SceneKey {
	for _, id := range b.Order {
		if sc := b.Scenes[b.Flows[id].Start]; len(sc.Choices) > 0 {
			return sc.Choices[0].Next
		}
	}
	return ""
}

func TestWhoStandsInARenamedSceneGoesOnThere(t *testing.T) {
	at := placeOf(fakeBundle())
	b := renamed(at, "okane/新しい名前")
	s := State{Greeted: true, Turn: 3, Scene: at, Back: []SceneKey{at, "gone/gone"}, Last: 1, Visit: 1}
	if !Fits(b, &s) {
		t.Fatal("got no way on, want moves/ followed")
	}
	back := s.Back
	v := View{Open: true}
	got, _, why := Step(b, v, s, Event{ID: "e", Kind: EvDesk, Desk: DeskAct{Do: DeskRead}})
	if got.Scene != "okane/新しい名前" || got.Back[0] != "okane/新しい名前" {
		t.Errorf("got scene %q, back %q (%v); want both followed", got.Scene, got.Back, why)
	}
	if back[0] != at {
		t.Error("the state that was given has been written into")
	}
}

func TestWhoStandsInASceneThatIsGoneStandsOnTheThreshold(t *testing.T) {
	b := fakeBundle()
	b.Moves = map[SceneKey]SceneKey{"a/a": "a/b", "a/b": "a/a"}
	s := State{Greeted: true, Turn: 3, Scene: "a/a"}
	if Fits(b, &s) {
		t.Error("got a way on through moves that turn in circles")
	}
	got, out, _ := Step(b, View{Open: true}, s, Event{ID: "e", Kind: EvTap, Tap: Tap{Scene: "a/a", Choice: 1, Turn: 3}})
	if got.Scene != "" || len(out) == 0 || len(out[0].Choices) == 0 {
		t.Errorf("got %+v and %+v, want the menu", got, out)
	}
}
