package flows

// A release may rename scenes, join them or take them away while people stand in
// them. moves/ says where each has gone, and nobody is left on a scene that is not
// there: who cannot follow stands on the threshold, where the menu and a human are.

// maxMoves bounds how often a scene may have been renamed since somebody was there.
const maxMoves = 16

// Moved is where a scene of an earlier release is now: itself, where moves/ leads,
// or "" if it is gone.
func (b *Bundle) Moved(k SceneKey) SceneKey {
	for range maxMoves {
		if k == "" || b.Scenes[k] != nil {
			return k
		}
		k = b.Moves[k]
	}
	return ""
}

// Fits says whether somebody in this state can go on in this release at the place
// where they are.
func Fits(b *Bundle, s *State) bool { return s.Scene == "" || b.Moved(s.Scene) != "" }

// hop carries the places that a state names into this release. The state's slices
// are replaced, never written into.
func (t *turn) hop() {
	s := &t.s
	if s.Scene != "" && t.b.Scenes[s.Scene] == nil {
		s.Scene = t.b.Moved(s.Scene)
		if s.Scene == "" {
			t.because("scene.gone")
		} else {
			t.because("scene.moved")
		}
	}
	for i, k := range s.Back {
		to := t.b.Moved(k)
		if to == k || to == "" { // what is gone is passed over by もどる
			continue
		}
		back := append([]SceneKey(nil), s.Back...)
		for j := i; j < len(back); j++ {
			if to := t.b.Moved(back[j]); to != "" {
				back[j] = to
			}
		}
		s.Back = back
		return
	}
}
