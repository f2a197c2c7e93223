package handoff

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
)

// Row is one line of the queue or of a coordinator's own list.
type Row struct {
	Case
	Ahead  int    // people before this one; 0 for cases that somebody has
	Reason string // the risk in words
	Wish   string // alias of the coordinator who had them last, if on shift now
}

// Fate is what became of an answer on its way to the resident.
type Fate struct {
	State string // pending, sent, refused
	Why   string // refused: stopped, left, forgotten
}

// Remark is a staff note: never words of the resident, never shown to them.
type Remark struct {
	ID   string
	At   time.Time
	By   Staff
	Text string
}

// Entry is one line of a case's log. It has no content.
type Entry struct {
	At  time.Time
	By  string // account; "" = the resident or the desk itself
	Do  Do
	Why string
}

// Notice tells a coordinator what happened to a case of theirs without their doing.
type Notice struct {
	At   time.Time
	Case flows.CaseID
	Do   Do // lapse, leave, stopped, forgotten, refused
	Why  string
}

// Do names a move.
type Do string

var errUnbuilt = errors.New("handoff: not built yet")

func New(rdb redis.UniversalClient, roster Roster, scribe Scribe, teller Teller, opt Options) *Desk {
	return &Desk{rdb: rdb, roster: roster, scribe: scribe, teller: teller, opt: opt}
}

// Run carries acts to the lanes, watches for changes and sweeps, until ctx ends.
func (d *Desk) Run(ctx context.Context) error { return errUnbuilt }

// Take takes a note from a person's lane; again with the same id changes nothing.
func (d *Desk) Take(ctx context.Context, id string, person flows.PersonID, alias string, note flows.DeskNote) error {
	return errUnbuilt
}

// Claim gives a waiting case to by. Somebody faster: *TakenError. At capacity: ErrFull, and Pull.
func (d *Desk) Claim(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return Case{}, errUnbuilt
}

// Pull is Claim beyond the agreed capacity.
func (d *Desk) Pull(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return Case{}, errUnbuilt
}

// Answer sends words to the resident; again with the same act changes nothing.
// The act is the form's own random id: letters, digits, - and _.
func (d *Desk) Answer(ctx context.Context, id flows.CaseID, by Staff, act, words string) (Case, error) {
	return Case{}, errUnbuilt
}

// ActID is the event id under which an answer goes to the lane (Said.Event, Fates).
func ActID(id flows.CaseID, act string) string { return "" }

// Extend gives ten more minutes before the first word; later (or with until) it
// moves the promise and the resident is told. A zero until is the roster's promise.
func (d *Desk) Extend(ctx context.Context, id flows.CaseID, by Staff, until time.Time) (Case, error) {
	return Case{}, errUnbuilt
}

// Return gives the case back to the line.
func (d *Desk) Return(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return Case{}, errUnbuilt
}

// ReturnAll gives back everything that one coordinator has.
func (d *Desk) ReturnAll(ctx context.Context, by Staff) (int, error) { return 0, errUnbuilt }

// HandBack gives the talk back to the machine and closes the case kindly.
func (d *Desk) HandBack(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return Case{}, errUnbuilt
}

// Close closes the case.
func (d *Desk) Close(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return Case{}, errUnbuilt
}

// Snooze lets the case sleep until then, or until the resident writes.
func (d *Desk) Snooze(ctx context.Context, id flows.CaseID, by Staff, until time.Time) (Case, error) {
	return Case{}, errUnbuilt
}

// Opened records that by has opened the words up to upTo (the newest one shown).
func (d *Desk) Opened(ctx context.Context, id flows.CaseID, by Staff, upTo time.Time) (Case, error) {
	return Case{}, errUnbuilt
}

// Note keeps a staff note; again with the same act changes nothing.
func (d *Desk) Note(ctx context.Context, id flows.CaseID, by Staff, act, text string) error {
	return errUnbuilt
}

// Notes gives the staff notes of a case, oldest first.
func (d *Desk) Notes(ctx context.Context, id flows.CaseID) ([]Remark, error) { return nil, errUnbuilt }

// Queue gives everybody who waits, in the order of the published rule.
func (d *Desk) Queue(ctx context.Context) ([]Row, error) { return nil, errUnbuilt }

// Mine gives what one coordinator (by account name) has; "" gives all that somebody has.
func (d *Desk) Mine(ctx context.Context, staff string) ([]Row, error) { return nil, errUnbuilt }

// Get gives one case.
func (d *Desk) Get(ctx context.Context, id flows.CaseID) (Row, error) { return Row{}, errUnbuilt }

// Of gives the person's present or last case.
func (d *Desk) Of(ctx context.Context, person flows.PersonID) (Row, error) { return Row{}, errUnbuilt }

// Fates tells what became of each answer, by event id (see ActID).
func (d *Desk) Fates(ctx context.Context, id flows.CaseID) (map[string]Fate, error) {
	return nil, errUnbuilt
}

// Log gives the case's log, oldest first.
func (d *Desk) Log(ctx context.Context, id flows.CaseID) ([]Entry, error) { return nil, errUnbuilt }

// Notices gives what a coordinator (by account name) has not yet been shown; Noticed clears it.
func (d *Desk) Notices(ctx context.Context, staff string) ([]Notice, error) { return nil, errUnbuilt }

// Noticed forgets the notices up to and including at.
func (d *Desk) Noticed(ctx context.Context, staff string, at time.Time) error { return errUnbuilt }

// Sweep returns what was left alone too long and wakes what slept long enough.
func (d *Desk) Sweep(ctx context.Context, now time.Time) (int, error) { return 0, errUnbuilt }

// Watch ticks when anything on the desk or among the alarms has changed; it ends with ctx.
// It ticks only while Run runs.
func (d *Desk) Watch(ctx context.Context) <-chan struct{} { return nil }
