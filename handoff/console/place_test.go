package console

import (
	"net/http"
	"testing"

	"engawa/flows"
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

// TestACoordinatorSeesThatTheCityChoseTheRoomForARisenDanger: the machine keeps quiet
// while they have the talk, so they say it themselves.
func TestACoordinatorSeesThatTheCityChoseTheRoomForARisenDanger(t *testing.T) {
	const wish = "部屋でつづけると決めてあります"
	h := newHouse(t, func(p *Parts) {
		p.RoomOffer = noOffers{}
		p.House = func() *flows.House { return &flows.House{Zone: japan, RoomRisks: []flows.Urgency{flows.Violence}} }
	})
	h.wait("c1", "みどりのつばめ 27", 3, mine)
	b := h.as(t, "suzu")
	b.get("/case/c1").lacks(t, wish)
	h.change("c1", func(c *handoff.Case) { c.Urgency, c.Level = flows.Violence, flows.Clear })
	b.get("/case/c1").wants(t, http.StatusOK, wish, "部屋をひらく")
	h.change("c1", func(c *handoff.Case) { c.Place = handoff.PlaceRoom })
	b.get("/case/c1").lacks(t, wish)
}

type noOffers struct{ RoomOffer }
