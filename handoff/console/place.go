package console

import (
	"context"
	"net/http"
	"slices"

	"engawa/flows"
	"engawa/handoff"
)

// RoomOffer offers residents a room on our own server; *handoff.Desk is one.
type RoomOffer interface {
	OfferRoom(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)
}

var placeRoutes = []route{
	{http.MethodPost, "/case/:id/room", speaks, (*console).offerRoom},
}

var placeDid = []string{"room"}

// placeView says where a talk takes place, and whether a room can be offered.
type placeView struct {
	Here  string // 「部屋で話しています」; "" in LINE
	Offer string // id of the case, "" where no room can be offered
	Wish  string // a danger has risen for which the city chose the room
}

func (c *console) place(k handoff.Case, mine bool, say sayer) placeView {
	if k.Place == handoff.PlaceRoom && k.Open() {
		return placeView{Here: say("room.here")}
	}
	if c.RoomOffer != nil && mine && k.Forgotten.IsZero() {
		view := placeView{Offer: string(k.ID)}
		if h := c.House(); h != nil && k.Level != flows.NoLevel && slices.Contains(h.RoomRisks, k.Urgency) {
			view.Wish = say("room.wish")
		}
		return view
	}
	return placeView{}
}

// offerRoom sends the resident a link; the case moves when it has left.
func (c *console) offerRoom(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if c.RoomOffer == nil {
		return errBad
	}
	if _, err := c.RoomOffer.OfferRoom(v.Request().Context(), id, v.by()); err != nil {
		return c.refuse(v, id, err, fill{})
	}
	return c.after(v, id, "room")
}
