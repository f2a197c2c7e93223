package handoff

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"engawa/config/privacy"
	"engawa/flows"
	"engawa/handoff/book"
)

// Remark is a staff note: never words of the resident, never shown to them.
type Remark struct {
	ID   string
	At   time.Time
	By   Staff
	To   string // account of the one it was whispered to; "" = everybody at the desk
	Text string
}

// Entry is one line of a case's log. It has no content.
type Entry struct {
	At     time.Time
	By     string // account; "" = the resident or the desk itself
	Do     Do
	Why    string
	Reason string // identify: what the supervisor wrote
}

// Notice tells a coordinator what happened to a case of theirs without their doing.
type Notice struct {
	At   time.Time    `json:"t"`
	Case flows.CaseID `json:"c"`
	Task TaskID       `json:"k,omitempty"` // of a task instead of a case
	Do   Do           `json:"d"`           // lapse, leave, stopped, forgotten, refused
	Why  string       `json:"y,omitempty"`
}

func notice(n Notice) string {
	body, _ := json.Marshal(n) // a struct of strings and a time always has a JSON
	return string(body)
}

// remark is a note as it stands in the store.
type remark struct {
	At     time.Time `json:"t"`
	By     Staff     `json:"b"`
	To     string    `json:"to,omitempty"` // account; of a whisper
	Sealed []byte    `json:"s"`
}

// ErrNoNotes says that this desk was made without a place for notes.
var ErrNoNotes = errors.New("handoff: this desk keeps no notes")

// Note keeps a staff note, sealed under the case's own key; again with the same
// act changes nothing.
func (d *Desk) Note(ctx context.Context, id flows.CaseID, by Staff, act, text string) error {
	c, _, err := d.load(ctx, id)
	if err != nil {
		return wrap("note", err)
	}
	return d.keepRemark(ctx, c, remark{By: by}, act, text)
}

func (d *Desk) keepRemark(ctx context.Context, c Case, r remark, act, text string) error {
	if d.opt.Notes == nil {
		return ErrNoNotes
	}
	if err := checkAct(act); err != nil {
		return err
	}
	text, err := clean(text)
	if err != nil {
		return err
	}
	if c.State == None {
		return ErrUnknown
	}
	id, do := c.ID, DoNote
	if r.To != "" {
		do = DoWhisper
	}
	sealed, err := d.opt.Notes.Seal(ctx, privacy.Case(string(id)), remarkName(id, act), []byte(text))
	if err != nil {
		return wrap("note", err)
	}
	r.At, r.Sealed = d.now(), sealed
	body, err := json.Marshal(r)
	if err != nil {
		return wrap("note", err)
	}
	keys := []string{notesKey(id), logKey(id), revKey, book.Key(r.At)}
	err = noteScript.Run(ctx, d.rdb, keys, act, body, r.At.UnixMilli(), r.By.Name, string(id), book.Ends(r.At), string(do)).Err()
	if err == nil {
		d.hub.wake()
	}
	return wrap("note", err)
}

func remarkName(id flows.CaseID, act string) string { return "note:" + string(id) + ":" + act }

// Notes gives the staff notes of a case, oldest first.
func (d *Desk) Notes(ctx context.Context, id flows.CaseID) ([]Remark, error) {
	all, err := d.rdb.HGetAll(ctx, notesKey(id)).Result()
	if err != nil {
		return nil, wrap("notes", err)
	}
	notes, err := d.remarks(ctx, privacy.Case(string(id)), all, func(act string) string { return remarkName(id, act) })
	return notes, wrap("notes", err)
}

// Log gives the case's log, oldest first.
func (d *Desk) Log(ctx context.Context, id flows.CaseID) ([]Entry, error) {
	all, err := d.rdb.XRange(ctx, logKey(id), "-", "+").Result()
	if err != nil {
		return nil, wrap("log", err)
	}
	entries := make([]Entry, 0, len(all))
	for _, m := range all {
		reason, err := d.reason(ctx, id, m.Values)
		if err != nil {
			return nil, wrap("log", err)
		}
		entries = append(entries, Entry{
			At: moment(field(m.Values, "t")), By: field(m.Values, "b"),
			Do: Do(field(m.Values, "d")), Why: field(m.Values, "y"), Reason: reason,
		})
	}
	return entries, nil
}

// Notices gives what a coordinator (by account name) has not yet been shown,
// oldest first.
func (d *Desk) Notices(ctx context.Context, staff string) ([]Notice, error) {
	all, err := d.rdb.LRange(ctx, noticesKey(staff), 0, -1).Result()
	if err != nil {
		return nil, wrap("notices", err)
	}
	var notices []Notice
	for _, body := range all {
		var n Notice
		if err := json.Unmarshal([]byte(body), &n); err != nil {
			return nil, wrap("notices", errors.New("a notice cannot be read"))
		}
		notices = append(notices, n)
	}
	return notices, nil
}

// Noticed forgets the notices that have been shown: those up to and including at.
func (d *Desk) Noticed(ctx context.Context, staff string, at time.Time) error {
	shown, err := d.Notices(ctx, staff)
	if err != nil {
		return err
	}
	pipe := d.rdb.Pipeline()
	for _, n := range shown {
		if !n.At.After(at) {
			pipe.LRem(ctx, noticesKey(staff), 1, notice(n))
		}
	}
	if pipe.Len() == 0 {
		return nil
	}
	_, err = pipe.Exec(ctx)
	return wrap("notices", err)
}

func field(values map[string]any, name string) string {
	s, _ := values[name].(string)
	return s
}
