package outbox

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"engawa/bot/inbox"
	"engawa/config/privacy"
	"engawa/flows"
)

// Dest is where a parcel goes.
type Dest string

// The destinations. Each has its own queues and its own workers.
const (
	ToLINE  Dest = "line"  // to the resident
	ToDesk  Dest = "desk"  // a note to the desk
	ToAlarm Dest = "alarm" // wakes a human
	ToKeys  Dest = "keys"  // destroys keys: 消す, unsend, この話を消す
	ToBoard Dest = "board" // what a member posts for their group
	ToRead  Dest = "read"  // 既読: tells LINE up to where a human has read
)

// Dests lists every destination once.
var Dests = [...]Dest{ToLINE, ToDesk, ToAlarm, ToKeys, ToBoard, ToRead}

// The classes of parcels. To LINE they are the kinds of the effects; to the key
// store they say what is destroyed, outside the seal, because a 消す that has begun
// must be completed when its own words can no longer be opened.
const (
	ClassAnswer = string(flows.EfAnswer)
	ClassHuman  = string(flows.EfHuman)
	ClassNudge  = string(flows.EfNudge)
	ClassPurge  = string(flows.EfPurge)
	ClassUnsend = string(flows.EfUnsend)
	ClassForget = string(flows.EfForget)
)

// Parcel is one thing on its way. What it says is sealed; what the outbox must
// know to carry it is not.
type Parcel struct {
	ID     string         `json:"id"`           // see ParcelID
	Event  string         `json:"e"`            // the event whose turn made it
	Also   []string       `json:"e2,omitempty"` // other events that it answers: texts that were read together
	Person flows.PersonID `json:"p"`            //
	Dest   Dest           `json:"d"`            //
	Class  string         `json:"c,omitempty"`  //
	Crisis bool           `json:"x,omitempty"`  // pushed once more when its fate is unknown
	Final  bool           `json:"f,omitempty"`  // the farewell of 消す: by reply token or not at all
	At     int64          `json:"t"`            // unix ms: when it was decided
	Count  int            `json:"n,omitempty"`  // message objects inside; set by Fill
	Round  int            `json:"r,omitempty"`  // how often it was sent anew: pushed once more, or by a coordinator
	Gather int64          `json:"w,omitempty"`  // unix ms until which it waits for more that shall leave with it
	Owner  privacy.Owner  `json:"o"`            // whose key it is under; see SealedBy
	Body   []byte         `json:"b"`            // sealed JSON of Letter
}

// Letter is what a parcel says.
type Letter struct {
	Messages []json.RawMessage `json:"m,omitempty"`  // LINE message objects, ready to send
	Note     *flows.DeskNote   `json:"n,omitempty"`  // desk; beside human words: case and topic for what the desk is told about them
	Alarm    *flows.Alarm      `json:"a,omitempty"`  // alarm
	Alias    string            `json:"al,omitempty"` // what the desk calls the person
	Token    string            `json:"t,omitempty"`  // reply token of a Final letter, in clear inside the seal
	TokenAt  int64             `json:"ta,omitempty"` // unix ms: when its webhook arrived
	TokenOf  int64             `json:"to,omitempty"` // unix ms by LINE's clock: when that happened which it answers
	Purge    bool              `json:"p,omitempty"`  // keys: everything of this person
	Texts    []string          `json:"tx,omitempty"` // keys: ids of texts whose keys are destroyed
	Act      string            `json:"ac,omitempty"` // desk event that these human words carry out
	Board    *flows.BoardNote  `json:"b,omitempty"`  // board: what a member asks of it
	Post     json.RawMessage   `json:"po,omitempty"` // board: what is posted, with its words
	Read     string            `json:"rd,omitempty"` // read: the token of the newest text that was read
}

// ParcelID names what the turn of an event sends in a given place. A turn that is
// done twice makes the same names.
func ParcelID(event string, place int) string { return event + "." + strconv.Itoa(place) }

// SealedBy says whose key a parcel goes under: the resident's for what they read or see,
// so that 消す destroys it at once; the day's for what must outlive a 消す (notes,
// alarms, the order to destroy, and the farewell itself) and holds no words.
func SealedBy(dest Dest, final bool, person flows.PersonID, at time.Time) privacy.Owner {
	if dest == ToLINE && !final || dest == ToRead {
		return privacy.Person(string(person))
	}
	return privacy.Day(at)
}

// AAD binds the sealed letter to its parcel. It survives being sent anew.
func (p Parcel) AAD() string { return "parcel:" + baseID(p.ID) }

// Fill notes what the outbox must know of the letter and gives the bytes to seal.
func (p *Parcel) Fill(l Letter) ([]byte, error) {
	p.Count = len(l.Messages)
	return json.Marshal(l)
}

// events are all that the parcel answers, one a line.
func (p Parcel) events() string { return strings.Join(append([]string{p.Event}, p.Also...), "\n") }

// Encode is the parcel as it lies in the store.
func (p Parcel) Encode() (string, error) {
	b, err := json.Marshal(p)
	return string(b), err
}

// The keys of the outbox. A turn's commit writes, for each parcel, in one script:
//
//	HSET  ParcelsKey  id → Encode()
//	RPUSH QueueKey    id
//	ZADD  DueKey LT   now → person      (LT: never later than it stands)
//	HSET  {lane}:owed:<pid>  event → "b:<parcels to LINE>"   and pending + 1
//	SET   TokenKey    FormatToken(…) PX 20 min   if the event brought a reply token
//
// An event that shares its answer with others is owed as many parcels under its own
// name and stands in Also. Desk, alarm and keys parcels are not counted in owed. [HoldField] is written by
// the commit whenever the person's state says something else than before.

// ParcelsKey is the HASH of all parcels of a person, by id.
func ParcelsKey(p flows.PersonID) string { return key(p, "parcel") }

// QueueKey is the LIST of parcel ids on their way to one destination, in order.
func QueueKey(d Dest, p flows.PersonID) string {
	return inbox.LaneKey(inbox.LaneOfPerson(p), "q", string(d), string(p))
}

// DueKey is the ZSET of persons with something on its way: person → unix ms of the next try.
func DueKey(l inbox.Lane, d Dest) string { return inbox.LaneKey(l, "out", string(d)) }

// TokenKey is the STRING with the freshest reply token that is not used.
func TokenKey(p flows.PersonID) string { return key(p, "token") }

// LettersKey is the HASH of letters that could not be delivered, by id.
func LettersKey(l inbox.Lane) string { return inbox.LaneKey(l, "letters") }

func envKey(p flows.PersonID) string    { return key(p, "env") }    // HASH: the frozen envelope
func owedKey(p flows.PersonID) string   { return key(p, "owed") }   // HASH: event → what pending counts
func personKey(p flows.PersonID) string { return key(p, "person") } // HASH: of people; only HoldField is read
func ledgerKey(l inbox.Lane) string     { return inbox.LaneKey(l, "ledger") }
func leaseKey(l inbox.Lane) string      { return inbox.LaneKey(l, "lease") }

func key(p flows.PersonID, kind string) string {
	return inbox.LaneKey(inbox.LaneOfPerson(p), kind, string(p))
}

// HoldField of the person's hash says, in letters, what must not be sent to them
// any more, however it came into a queue: it is read in the same script that
// freezes an envelope, so that a "stop" holds from the moment it was committed. A
// field "x" there (消す) holds back everything but the farewell.
const HoldField = "h"

// What HoldField may hold, in any order.
const (
	HoldNudges  = "s" // もう送らないで: no nudges
	HoldHuman   = "m" // nor a coordinator's words
	HoldBlocked = "b" // unfollowed: LINE delivers nothing, whatever it answers
)

// TokenLife is how long an unused reply token is worth keeping (redelivery renews it).
const TokenLife = 20 * time.Minute

// TokenAAD binds a sealed reply token to its person, whose key it is under.
func TokenAAD(p flows.PersonID) string { return "token:" + string(p) }

// SealedToken is what is sealed of a reply token: itself, and when that happened which
// it answers, by LINE's clock. The token is not older than that.
func SealedToken(reply string, of time.Time) []byte {
	return []byte(reply + " " + strconv.FormatInt(of.UnixMilli(), 10))
}

// readToken reads it back; one of before has no time.
func readToken(plain []byte) (reply string, of time.Time) {
	reply, ms, _ := strings.Cut(string(plain), " ")
	if n, err := strconv.ParseInt(ms, 10, 64); err == nil && n > 0 {
		of = time.UnixMilli(n)
	}
	return reply, of
}

// FormatToken is what [TokenKey] holds: when the webhook arrived, and the sealed token.
func FormatToken(arrived time.Time, sealed []byte) string {
	return strconv.FormatInt(arrived.UnixMilli(), 10) + " " + string(sealed)
}

// parseToken reads it back.
func parseToken(s string) (arrived time.Time, sealed []byte, ok bool) {
	ms, rest, ok := strings.Cut(s, " ")
	n, err := strconv.ParseInt(ms, 10, 64)
	if !ok || err != nil || rest == "" {
		return time.Time{}, nil, false
	}
	return time.UnixMilli(n), []byte(rest), true
}

// baseID is a parcel's id without the mark of being sent anew.
func baseID(id string) string {
	base, _, _ := strings.Cut(id, "+")
	return base
}
