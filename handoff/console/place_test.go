package console

import (
	"testing"

	"engawa/handoff"
)

// Whoever writes must see where their words will stand before they send them: a talk
// that has gone back to LINE is news for every page that shows it.
func TestAPageHearsThatATalkHasGoneToAnotherPlace(t *testing.T) {
	inRoom := handoff.Case{ID: "c1", Place: handoff.PlaceRoom}
	inLINE := inRoom
	inLINE.Place = handoff.PlaceLINE
	if got := revOf(inRoom, false); got == revOf(inLINE, false) {
		t.Errorf("got the same mark %s in the room and in LINE, want pages to look again", got)
	}
}
