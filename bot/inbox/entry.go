package inbox

import (
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
	"engawa/flows"
)

// Kind says where an event came from.
type Kind = byte

// The kinds of events in a lane.
const (
	FromLINE Kind = 'l' // a webhook event of LINE, sealed as it came
	FromRoom Kind = 'r' // written or tapped by a resident in their room on our own server
	FromDesk Kind = 'd' // something that the desk did
	Timer    Kind = 't' // a timer went off
	Broken   Kind = 'x' // well signed and unreadable: goes to the dead letters
)

// Entry is one event that waits for its turn.
type Entry struct {
	ID      string         // of the stream; "" until it is stored
	Event   string         // of LINE, the desk or the timer: what duplicates are told by
	Blind   privacy.Blind  // whose talk; "" if nobody's
	Person  flows.PersonID // known for the desk's events and timers
	Arrived time.Time      // when it reached us, to the millisecond
	Kind    Kind           //
	Sealed  []byte         // see the package dialogue for which key
	Memo    any            // what the handler made of it so far; lives as long as the lane is held
}

// Resident says whether somebody did this in their own talk: in LINE or in their room.
func (e *Entry) Resident() bool { return e.Kind == FromLINE || e.Kind == FromRoom }

// add is the command that stores the entry. The fields are always the same six in
// the same order, which Redis stores most tightly.
func (e *Entry) add(stream string) []any {
	return []any{
		"xadd", stream, "*",
		"b", string(e.Blind),
		"p", string(e.Person),
		"id", e.Event,
		"t", e.Arrived.UnixMilli(),
		"k", string(rune(e.Kind)),
		"e", e.Sealed,
	}
}

// whose tells the persons of a lane apart.
func (e *Entry) whose() string {
	if e.Blind != "" {
		return string(e.Blind)
	}
	if e.Person != "" {
		return string(e.Person)
	}
	return "" // nobody's: all such are one queue
}

func entryOf(m redis.XMessage) (*Entry, error) {
	field := func(name string) string {
		s, _ := m.Values[name].(string)
		return s
	}
	ms, err := strconv.ParseInt(field("t"), 10, 64)
	if err != nil || len(field("k")) != 1 {
		return nil, fmt.Errorf("inbox: entry %s is not one of ours", m.ID)
	}
	return &Entry{
		ID:      m.ID,
		Event:   field("id"),
		Blind:   privacy.Blind(field("b")),
		Person:  flows.PersonID(field("p")),
		Arrived: time.UnixMilli(ms).UTC(),
		Kind:    field("k")[0],
		Sealed:  []byte(field("e")),
	}, nil
}

// SealName binds the sealed bytes of an entry to its event.
func SealName(event string) string { return "inbox:" + event }
