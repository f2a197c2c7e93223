package handoff

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
	"engawa/handoff/book"
)

var (
	//go:embed lua/move.lua
	moveLua string
	//go:embed lua/fate.lua
	fateLua string
	//go:embed lua/note.lua
	noteLua string
	//go:embed lua/lease.lua
	leaseLua string
	//go:embed lua/unlease.lua
	unleaseLua string
	//go:embed lua/erase.lua
	eraseLua string
	//go:embed lua/identify.lua
	identifyLua string
	//go:embed lua/hold.lua
	holdLua string
	//go:embed lua/unhold.lua
	unholdLua string

	moveScript    = redis.NewScript(moveLua)
	fateScript    = redis.NewScript(fateLua)
	noteScript    = redis.NewScript(noteLua)
	leaseScript   = redis.NewScript(leaseLua)
	unleaseScript = redis.NewScript(unleaseLua)
	eraseScript   = redis.NewScript(eraseLua)

	identifyScript = redis.NewScript(identifyLua)
	holdScript     = redis.NewScript(holdLua)
	unholdScript   = redis.NewScript(unholdLua)
)

// Keys of the desk. All share one slot, so that one script may touch them together.
const (
	personsKey = "{desk}:persons" // HASH person → present or last case
	queueKey   = "{desk}:queue"   // ZSET case → rank and waiting since
	leasesKey  = "{desk}:leases"  // ZSET case → unix ms
	handsKey   = "{desk}:hands"   // HASH case → account
	loadKey    = "{desk}:load"    // HASH account → cases that count
	closedKey  = "{desk}:closed"  // ZSET case → unix ms of closing
	fadedKey   = "{desk}:faded"   // ZSET the same, once its bare facts are left
	loggedKey  = "{desk}:logged"  // ZSET the same, once only its log is left
	takenKey   = "{desk}:taken"   // ZSET id of a note or act → unix ms
	tellKey    = "{desk}:tell"    // STREAM acts on their way to the lanes
	revKey     = "{desk}:rev"     // STRING counts changes
	relayKey   = "{desk}:relay"   // STRING who carries acts to the lanes
	heldKey    = "{desk}:held"    // HASH case → an answer that may still be taken back
	dueKey     = "{desk}:due"     // ZSET case → unix ms when it leaves
)

func caseKey(id flows.CaseID) string  { return "{desk}:case:" + string(id) }  // HASH
func logKey(id flows.CaseID) string   { return "{desk}:log:" + string(id) }   // STREAM
func actsKey(id flows.CaseID) string  { return "{desk}:acts:" + string(id) }  // HASH
func notesKey(id flows.CaseID) string { return "{desk}:notes:" + string(id) } // HASH
func backKey(id flows.CaseID) string  { return "{desk}:back:" + string(id) }  // STRING
func noticesKey(staff string) string  { return "{desk}:notices:" + staff }    // LIST

// Changed is the channel on which every process hears that the desk has changed;
// Alarmed the one on which it hears of alarms.
const (
	Changed = "engawa:desk"
	Alarmed = "engawa:alarm"
)

// perRank keeps the ranks of the queue apart: more than any unix time in ms.
const perRank = 10_000_000_000_000

// place is where a waiting case stands: rank first, then who waits longest.
func place(c Case) int64 {
	since := c.Waits
	if since.IsZero() {
		since = c.Opened
	}
	return int64(c.Rank())*perRank + since.UnixMilli()
}

// plan is what move.lua carries out.
type plan struct {
	Now    int64   `json:"now"`
	ID     string  `json:"id,omitempty"` // of the note or act: taken once
	Case   string  `json:"case"`
	Rev    string  `json:"rev"` // that the case has now; "0": it must not exist
	JSON   string  `json:"json"`
	Person string  `json:"person,omitempty"` // whose pointer the next three are about
	Fence  bool    `json:"fence,omitempty"`  // it must be Was
	Was    string  `json:"was"`
	Point  string  `json:"point,omitempty"` // it becomes this
	Lose   bool    `json:"lose,omitempty"`  // it goes away, with all that was on its way
	Queue  *int64  `json:"queue,omitempty"`
	Lease  *int64  `json:"lease,omitempty"`
	Closed *int64  `json:"closed,omitempty"`
	Faded  *int64  `json:"faded,omitempty"`
	Holder string  `json:"holder,omitempty"`
	Up     string  `json:"up,omitempty"`   // whose load grows
	Down   string  `json:"down,omitempty"` // whose load shrinks
	Most   int     `json:"most,omitempty"` // and how far Up's may
	Tells  []tell  `json:"tells,omitempty"`
	Log    *logged `json:"log,omitempty"`
	Ends   int64   `json:"ends"` // of the book's day
	Notice string  `json:"notice,omitempty"`
	Also   string  `json:"also,omitempty"`  // what a second coordinator hears
	Sends  string  `json:"sends,omitempty"` // the held answer that leaves by this move
	After  bool    `json:"after,omitempty"` // an answer that is held goes first

	notify string // account that learns of it by Notice
	others string // and the one that learns of it by Also
}

// tell takes in what at most two coordinators hear.
func (p *plan) tell(all []toldTo) {
	for i, t := range all {
		if i == 0 {
			p.notify, p.Notice = t.who, t.text
		} else {
			p.others, p.Also = t.who, t.text
		}
	}
}

type tell struct {
	Person string `json:"person"`
	Event  string `json:"event"`
	Act    string `json:"act"`
	Place  bool   `json:"place,omitempty"` // put the place in the line into the act
	Fate   string `json:"fate,omitempty"`
}

type logged struct {
	Do  Do     `json:"d"`
	By  string `json:"b"`
	Why string `json:"y"`
}

// What move.lua says.
const (
	saidOK    = "ok"
	saidDone  = "done"
	saidStale = "stale"
	saidFull  = "full"
	saidHeld  = "held"
	saidGone  = "gone"
)

// attempts bounds how often a move is decided anew because others were faster.
// Each time somebody has moved the same case, so it ends far earlier.
const attempts = 200

var errBusy = errors.New("handoff: the case changes too fast")

// write carries out p with the sealed words of an answer.
func (d *Desk) write(ctx context.Context, p plan, sealed []byte) (string, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	id := flows.CaseID(p.Case)
	keys := []string{
		caseKey(id), personsKey, queueKey, leasesKey, handsKey, loadKey, closedKey, takenKey,
		tellKey, logKey(id), actsKey(id), noticesKey(p.notify), revKey, fadedKey,
		heldKey, dueKey, backKey(id),
		book.Key(time.UnixMilli(p.Now)), noticesKey(p.others),
	}
	said, err := moveScript.Run(ctx, d.rdb, keys, body, sealed).Text()
	if err == nil && said == saidOK {
		d.hub.wake()
	}
	return said, err
}

// load reads a case and its revision; a case that is not there is the zero case.
func (d *Desk) load(ctx context.Context, id flows.CaseID) (Case, string, error) {
	if id == "" {
		return Case{}, "0", nil
	}
	got, err := d.rdb.HMGet(ctx, caseKey(id), "r", "c").Result()
	if err != nil {
		return Case{}, "", err
	}
	rev, _ := got[0].(string)
	text, ok := got[1].(string)
	if !ok {
		return Case{}, "0", nil
	}
	c, err := decode(text)
	return c, rev, err
}

func decode(text string) (Case, error) {
	var c Case
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return Case{}, errors.New("a case cannot be read") // the cause would quote it
	}
	return c, nil
}

func millis(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	ms := t.UnixMilli()
	return &ms
}

func moment(ms string) time.Time {
	n := number(ms)
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// number reads what a script of ours wrote; anything else is 0.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("handoff: %s: %w", doing, err)
}
