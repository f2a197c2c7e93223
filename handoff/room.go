package handoff

import (
	"context"

	"engawa/flows"
)

// The places where a talk goes on, as a case names them.
const (
	PlaceLINE = "line"
	PlaceRoom = "room"
)

// placeOf is where the lane says that the case goes on. The lane knows best: a city
// may want some talks in the room, and the resident may move.
func placeOf(n flows.DeskNote) string {
	if n.Place == flows.InRoom {
		return PlaceRoom
	}
	return PlaceLINE
}

// OfferRoom offers the resident a room on our own server, by a link in LINE. The case
// moves when their lane has sent it.
func (d *Desk) OfferRoom(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return d.staffAct(ctx, "offer room", id, change{move: Move{Do: DoRoom, By: by}})
}
