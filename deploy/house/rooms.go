package house

import (
	"strings"

	"engawa/bot/people"
	"engawa/bot/room"
	"engawa/flows"
	"engawa/handoff/console"
)

// joinRooms builds the talk on our own server. Without an address at which residents
// reach us there is none, and nothing offers one.
func (h *house) joinRooms() (err error) {
	h.roomPages, err = room.NewPages(room.Parts{
		Store: h.rooms, People: h.people, Written: h.turns.Written, Bundle: h.bundleOf, Often: h.board.Limit,
		Exit: h.cfg.RoomExit, Secure: strings.HasPrefix(h.cfg.PublicURL, "https://"), Now: h.clock, Log: h.log,
	})
	return err
}

// offersRooms is the desk where residents can reach us with a browser.
func (h *house) offersRooms() console.RoomOffer {
	if h.cfg.PublicURL == "" {
		return nil
	}
	return h.desk
}

// bundleOf is the release that speaks to somebody.
func (h *house) bundleOf(s *flows.State) *flows.Bundle {
	if h.turns.For != nil {
		return h.turns.For(s)
	}
	return h.bundle()
}

// spokenOnly leaves out what is kept for the room's page alone: the same is there by
// the name of its line.
func spokenOnly(said []people.Said) []people.Said {
	kept := said[:0:0]
	for _, s := range said {
		if s.Kind != people.KindShown {
			kept = append(kept, s)
		}
	}
	return kept
}
