// Package room is the talk on our own server: pages on which the very talk of LINE
// goes on where LINE does not read it.
//
// LINE carries a one-time link. Reading it changes nothing (LINE and others look at
// links); its one button binds the browser. What somebody writes on the page is an
// event in their own lane, as if LINE had brought it; what is said to them there was
// committed by their turn. So the room keeps no words of its own: it shows those of
// package people, each of which can be taken back.
//
//	room.go    the names, links and what is written and shown
//	store.go   who may look: links, browsers, what has been seen
//	pages.go   the addresses, and what every answer carries
//	door.go    the link, the way out
//	talk.go    the talk as a page
//	live.go    the stream that says "look again"
//
// In the person's lane, beside what the commit of a turn writes there:
//
//	{lane-NN}:room:<pid>  HASH  link: hash of the one that opens; n: counts changes;
//	                            h: n at a human's last words; seen: n that was shown;
//	                            read, here: unix ms; s:<hash>: a browser
//	{lane-NN}:links       HASH  hash of a link → "<pid> <unix ms>"
//	{lane-NN}:seats       HASH  hash of a browser → "<pid> <until> <at the latest>",
//	                            or "!<why> <until>" once it is closed
package room

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"engawa/bot/inbox"
	"engawa/flows"
)

// How long things last.
const (
	LinkFor = 12 * time.Hour   // a link waits for its one tap
	Idle    = 45 * time.Minute // a browser that does nothing is let out
	Whole   = 12 * time.Hour   // and every one after so long
	WhyFor  = 24 * time.Hour   // a closed page is told why it was closed
	here    = 40 * time.Second // a page that was shown so lately is being looked at
)

// Path is where the room is, LinkPath where a link's token is appended.
const (
	Path     = "/room"
	LinkPath = Path + "/in/"
)

// Written is what a resident did on the page: exactly one of the three.
type Written struct {
	Text   string `json:"x,omitempty"` // words
	Tap    string `json:"p,omitempty"` // a button's data
	Unsend string `json:"u,omitempty"` // the text that is taken back
}

// Shown is what the machine says on the page.
type Shown struct {
	Bubbles []flows.Bubble `json:"b"`
	Choices []flows.Button `json:"c,omitempty"`
	Crisis  bool           `json:"x,omitempty"`
	Lang    flows.Lang     `json:"l,omitempty"`
}

// Encode is how it is kept.
func (s Shown) Encode() (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}

// Key is the person's room; LinksKey and SeatsKey are a lane's links and browsers.
func Key(p flows.PersonID) string  { return inbox.LaneKey(inbox.LaneOfPerson(p), "room", string(p)) }
func LinksKey(l inbox.Lane) string { return inbox.LaneKey(l, "links") }
func SeatsKey(l inbox.Lane) string { return inbox.LaneKey(l, "seats") }

// NewLink makes the token of a link, which is in nobody's hands but the resident's,
// and the hash under which it is known here.
func NewLink(l inbox.Lane) (token, hash string) {
	token = newSecret(l)
	return token, hashOf(token)
}

// newSecret is a random secret that begins with its lane.
func newSecret(l inbox.Lane) string { return l.String() + rand.Text() + rand.Text()[:6] }

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:20])
}

// laneOf reads the lane of a secret; false for what is none of ours.
func laneOf(secret string, lanes int) (inbox.Lane, bool) {
	if len(secret) != 34 || strings.ContainsFunc(secret, func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') }) {
		return inbox.NoLane, false
	}
	l := inbox.LaneOfPerson(flows.PersonID(secret[:2] + "-"))
	return l, l != inbox.NoLane && int(l) < lanes
}

// eventOf names an event by the person, the form it was written on, and what was
// written: the same form sent twice is one event, and a form that was changed and
// sent again is another, so that no word is lost.
func eventOf(p flows.PersonID, form string, w Written) string {
	body, _ := json.Marshal(w) // three strings
	sum := sha256.Sum256(fmt.Appendf(nil, "room\n%s\n%s\n%s", p, form, body))
	return "room-" + hex.EncodeToString(sum[:16])
}
