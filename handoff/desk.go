package handoff

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
	"engawa/config/traces"
	"engawa/flows"
	"engawa/handoff/book"
)

// Teller carries an act of the desk into the person's lane. It is idempotent by
// event id; an error means: try again.
type Teller interface {
	Tell(ctx context.Context, person flows.PersonID, eventID string, at time.Time, act flows.DeskAct, sealed []byte) error
}

// Scribe seals a coordinator's words under the resident's key.
type Scribe interface {
	SealWords(ctx context.Context, person flows.PersonID, textID, staff string, words string, at time.Time) ([]byte, error)
}

// Sealer keeps staff's own notes; *privacy.Vault is one.
type Sealer interface {
	Seal(ctx context.Context, owner privacy.Owner, aad string, plain []byte) ([]byte, error)
	Open(ctx context.Context, owner privacy.Owner, aad string, sealed []byte) ([]byte, error)
	Shred(ctx context.Context, owner privacy.Owner) error
}

var _ Sealer = (*privacy.Vault)(nil)

// Options are the knobs of a desk; the zero value of each is a sane one.
type Options struct {
	Notes    Sealer                                            // staff's notes; nil: notes are refused
	Forget   func(context.Context, flows.PersonID) error       // what else must let go of an alias after 消す, or be kept; before the desk itself
	Over     func(context.Context, flows.CaseID) error         // what else ends when a case's words have been kept long enough
	Reason   func(flows.Urgency, flows.Level, []string) string // the risk in words; default: the ids of its rules
	Steps    func(flows.TaskKind) []string                     // the checklist of a task that comes in; nil: none has one
	House    func() *flows.House                               // areas, and whom no neighbour should hear of; nil: none
	Town     func() Town                                       // what the console says of areas and teams; nil: nothing
	Undo     time.Duration                                     // how long an answer may be taken back; default [UndoFor], below 0: not at all
	Capacity int                                               // cases that one coordinator has at a time; default 5
	Most     func(context.Context, string) (int, error)        // the same for one account, 0 = Capacity; nil: for all alike
	Place    string                                            // where talks take place: line (default) or room
	Traces   *traces.Tracer                                    // hears how long each move took; nil: nobody
	Now      func() time.Time                                  // default time.Now
	Log      *slog.Logger                                      // default slog.Default
}

// Desk is the coordinators' desk. Any number of processes may have one on the
// same store.
type Desk struct {
	rdb    redis.UniversalClient
	roster Roster
	scribe Scribe
	teller Teller
	opt    Options
	hub    *hub
	newID  func() flows.CaseID
	rush   rush
}

// New makes a desk on a store. [Desk.Run] must run in at least one process.
func New(rdb redis.UniversalClient, roster Roster, scribe Scribe, teller Teller, opt Options) *Desk {
	if opt.Undo == 0 {
		opt.Undo = UndoFor
	}
	if opt.Capacity <= 0 {
		opt.Capacity = 5
	}
	if opt.Place == "" {
		opt.Place = "line"
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.Reason == nil {
		opt.Reason = func(_ flows.Urgency, _ flows.Level, rules []string) string { return strings.Join(rules, ", ") }
	}
	return &Desk{rdb: rdb, roster: roster, scribe: scribe, teller: teller, opt: opt, hub: newHub(), newID: newID}
}

// again is how long after its closing a case is opened again rather than a new
// one made: the coordinator then finds the earlier notes where they were.
const again = 14 * 24 * time.Hour

// newID names a case. It is short enough to be read aloud in an emergency.
func newID() flows.CaseID {
	return flows.CaseID("c" + strings.ToLower(rand.Text()[:12]))
}

// ActID is the event id under which an answer goes to the lane, and the id of
// its text; [Desk.Fates] and the talk name answers by it.
func ActID(id flows.CaseID, act string) string { return string(id) + "/a-" + act }

// change is one move on its way into the store.
type change struct {
	move   Move
	id     string // taken once; "" = every time
	at     time.Time
	person flows.PersonID // whose pointer this move rests on; "" = it does not
	was    flows.CaseID
	answer string // event id of the words
	sealed []byte
	most   int    // how many cases the coordinator may have; 0 = any
	sends  string // event id of the held answer that leaves by this move
	more   int64  // unix ms until which what follows it may still come
}

// soon is how long an answer may wait for what this move says to the resident.
func (ch change) soon() time.Duration {
	if slices.Contains([]Do{DoAnswer, DoReturn, DoHandBack, DoClose}, ch.move.Do) {
		return gatherSlack
	}
	return 0
}

// act makes one move on one case by a coordinator or the clock, deciding it anew
// as often as somebody else was faster.
func (d *Desk) act(ctx context.Context, id flows.CaseID, ch change) (Case, error) {
	for range attempts {
		if ch.follows() {
			if err := d.sendHeld(ctx, id, ch.soon()); err != nil {
				return Case{}, err
			}
		}
		c, rev, err := d.load(ctx, id)
		if err != nil {
			return Case{}, err
		}
		next, said, err := d.try(ctx, c, rev, ch)
		if err != nil || said != saidStale && said != saidHeld {
			return next, err
		}
	}
	return Case{}, errBusy
}

// try decides ch on c as it was read and writes it, if c is still like that.
func (d *Desk) try(ctx context.Context, c Case, rev string, ch change) (_ Case, said string, err error) {
	span := d.opt.Traces.Begin(traces.Desk)
	defer func() { span.End(traces.Facts{Kind: string(ch.move.Do), Outcome: said, Failed: err != nil}) }()
	ch.move.Promise = d.promised(c, ch)
	next, acts, err := c.Apply(ch.move, ch.at)
	if err != nil {
		return c, "", err
	}
	p, err := d.plan(c, &next, rev, acts, ch)
	if err != nil {
		return c, "", err
	}
	said, err = d.write(ctx, p, ch.sealed)
	switch {
	case err != nil:
		return c, "", err
	case said == saidFull:
		return c, said, ErrFull
	case said == saidDone, said == saidGone:
		return c, said, nil
	}
	return next, said, nil
}

// plan turns a decided move into what the script writes. It gives next the
// numbers of the acts that are told.
func (d *Desk) plan(old Case, next *Case, rev string, acts []flows.DeskAct, ch change) (plan, error) {
	p := plan{
		Now: ch.at.UnixMilli(), Ends: book.Ends(ch.at), ID: ch.id, Case: string(next.ID), Rev: rev,
		Person: string(ch.person), Fence: ch.person != "", Was: string(ch.was),
		Sends: ch.sends, After: ch.follows(),
	}
	for _, act := range acts {
		if act.Do == flows.DeskAnswered {
			act.More = ch.more
		}
		t, err := next.told(act, ch.answer)
		if err != nil {
			return plan{}, err
		}
		p.Tells = append(p.Tells, t)
	}
	switch {
	case !next.Forgotten.IsZero() || !next.Faded.IsZero():
		p.Person, p.Lose = string(old.Person), old.Person != ""
	case p.Fence:
		p.Point = p.Case
	}
	p.index(old, *next, ch.most)
	p.Log = record(old, *next, ch)
	if !rests(old, *next, ch.move.Do) {
		p.tell(noticeOf(old, *next, ch))
	}
	body, err := json.Marshal(next)
	p.JSON = string(body)
	return p, err
}

// told addresses an act to the lane. Words are named by their own id, so that
// a second attempt is the same event; the rest are numbered.
func (c *Case) told(act flows.DeskAct, answer string) (tell, error) {
	body, err := json.Marshal(act)
	t := tell{Person: string(c.Person), Act: string(body), Place: act.Do == flows.DeskOpened}
	if act.Words {
		by := c.Staff
		if act.Do == flows.DeskPaused {
			by = c.PausedBy
		}
		t.Event = answer
		t.Fate = "pending|" + by.Name + "|"
		return t, err
	}
	c.Tells++
	if act.Do == flows.DeskOpened {
		c.Opening = c.Tells
	}
	t.Event = fmt.Sprintf("%s/%d", c.ID, c.Tells)
	return t, err
}

// index puts the case where lists look for it.
func (p *plan) index(old, next Case, most int) {
	switch next.State {
	case Waiting:
		at := place(next)
		p.Queue = &at
	case Closed:
		if next.Faded.IsZero() {
			p.Closed = millis(next.Closed)
		} else {
			p.Faded = millis(next.Closed)
		}
	}
	p.Lease = millis(next.Lease)
	if next.Held() {
		p.Holder = next.Staff.Name
	}
	was, is := "", ""
	if old.Busy() {
		was = old.Staff.Name
	}
	if next.Busy() {
		is = next.Staff.Name
	}
	if was != is {
		p.Up, p.Down = is, was
	}
	if p.Up != "" {
		p.Most = most
	}
}

// quiet are the moves that the log leaves out: they come with every word, or
// with time alone.
var quiet = []Do{DoWords, DoShare, DoFade, DoWithdrawn}

// tellsHolder are the moves that a coordinator learns of by a notice, because
// they happen to a case of theirs without their doing.
var tellsHolder = []Do{DoLapse, DoLeave, DoLost, DoStopped, DoForgotten}

// rests: the clock has come to a case in which nothing is owed.
func rests(old, next Case, do Do) bool {
	return do == DoLapse && old.State == next.State && old.Paused.IsZero()
}

func record(old, next Case, ch change) *logged {
	do := ch.move.Do
	turned := old.State != Waiting && next.State == Waiting // opened again, or back in the line by a word
	if slices.Contains(quiet, do) && !turned || rests(old, next, do) {
		return nil
	}
	line := &logged{Do: do, By: ch.move.By.Name}
	switch {
	case do == DoLapse && !old.Paused.IsZero():
		line.Do = DoResume
	case do == DoErase:
		line.Why = ch.move.Because
	case do == DoStopped:
		line.Why = next.Stopped
	case do == DoSettle:
		line.Why = settled(old, next)
	case next.Why != old.Why:
		line.Why = next.Why
	}
	return line
}

func (d *Desk) now() time.Time { return instant(d.opt.Now()) }
