package outbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/config/privacy"
	"engawa/flows"
)

// What the letters API answers.
var (
	// ErrNoLetter: there is none by that id, or somebody was faster.
	ErrNoLetter = errors.New("outbox: no such letter")
	// ErrNotSendable: it is not an answer of ours, or its person is gone.
	ErrNotSendable = errors.New("outbox: this letter cannot be sent")
)

// The states of a letter.
const (
	StateUncertain = "uncertain" // nobody can know whether it arrived
	StateFailed    = "failed"    // it did not
	StateBlocked   = "blocked"   // the person has blocked the account
	StateResent    = "resent"    // closed: sent anew
	StateDropped   = "dropped"   // closed: let go of
)

// deadParcel is the kind of the letters written here. Others (events that could not
// be read) lie in the same list; they are shown and can be dropped.
const deadParcel = "parcel"

// unreadable is the kind of what is no letter at all.
const unreadable = "unknown"

// dead is a letter as it lies in the store: JSON, its words sealed under a key of their own.
type dead struct {
	ID     string         `json:"id"`
	Kind   string         `json:"kind"`
	Person flows.PersonID `json:"person,omitempty"`
	Event  string         `json:"event,omitempty"`
	Also   []string       `json:"also,omitempty"`
	Class  string         `json:"class,omitempty"`
	Crisis bool           `json:"crisis,omitempty"`
	State  string         `json:"state"`
	Why    string         `json:"why,omitempty"`
	At     int64          `json:"at"`    // unix ms: when it was decided
	Since  int64          `json:"since"` // unix ms: when it became a letter
	Round  int            `json:"round,omitempty"`
	Owner  privacy.Owner  `json:"owner,omitempty"`
	Body   []byte         `json:"body,omitempty"`

	By     string `json:"by,omitempty"`     // alias of who closed it
	Reason []byte `json:"reason,omitempty"` // sealed: why they did
	Closed int64  `json:"closed,omitempty"` // unix ms

	Counted bool `json:"counted,omitempty"` // it moved the ledger from pending to failed; settle.lua adds it
}

func (d dead) open() bool { return d.State != StateResent && d.State != StateDropped }

// Undelivered is a letter as staff see it: no LINE id, and words only of our own house.
type Undelivered struct {
	ID     string
	Kind   string // parcel, or event: it came and could not be read
	Person flows.PersonID
	Alias  string // "" when nobody knows any more
	Class  string // answer, human, nudge
	Crisis bool
	State  string
	Why    string // what LINE said, or old
	At     time.Time
	Since  time.Time
	By     string // closed: by whom
	Reason string // closed: why
}

// List gives the letters that wait for a decision, the oldest first.
func (o *Outbox) List(ctx context.Context) ([]Undelivered, error) {
	return o.listed(ctx, dead.open)
}

// Closed gives the letters that were decided on, as long as the house keeps them.
func (o *Outbox) Closed(ctx context.Context) ([]Undelivered, error) {
	return o.listed(ctx, func(d dead) bool { return !d.open() })
}

func (o *Outbox) listed(ctx context.Context, want func(dead) bool) ([]Undelivered, error) {
	found, err := o.letters(ctx)
	if err != nil {
		return nil, err
	}
	var all []dead
	var items []privacy.Item
	for _, f := range found {
		if !want(f.dead) {
			continue
		}
		all = append(all, f.dead)
		it := privacy.Item{Owner: f.Owner, AAD: Parcel{ID: f.ID}.AAD(), Data: f.Body}
		if !f.open() {
			it = privacy.Item{Owner: privacy.Staff, AAD: reasonAAD(f.ID), Data: f.Reason}
		}
		items = append(items, it)
	}
	if len(all) == 0 {
		return nil, nil
	}
	if err := o.Vault.OpenMany(ctx, items); err != nil {
		return nil, fmt.Errorf("outbox: letters: %w", err)
	}
	out := make([]Undelivered, len(all))
	for i, d := range all {
		out[i] = d.shown(items[i])
	}
	slices.SortFunc(out, func(a, b Undelivered) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// shown is the letter for staff; it holds what was sealed with it, if that opened.
func (d dead) shown(it privacy.Item) Undelivered {
	u := Undelivered{
		ID: d.ID, Kind: d.Kind, Person: d.Person, Class: d.Class, Crisis: d.Crisis, State: d.State, Why: d.Why,
		At: time.UnixMilli(d.At), Since: time.UnixMilli(d.Since), By: d.By,
	}
	var l Letter
	switch {
	case it.Err != nil:
	case !d.open():
		u.Reason = string(it.Data)
	case json.Unmarshal(it.Data, &l) == nil:
		u.Alias = l.Alias
	}
	return u
}

// found is a letter with the bytes and the lane it was found in.
type found struct {
	dead
	lane inbox.Lane
	raw  string
}

func (o *Outbox) letters(ctx context.Context) ([]found, error) {
	pipe := o.rdb.Pipeline()
	cmds := make([]*redis.MapStringStringCmd, o.opt.Lanes)
	for l := range cmds {
		cmds[l] = pipe.HGetAll(ctx, LettersKey(inbox.Lane(l)))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("outbox: letters: %w", err)
	}
	var out []found
	for l, cmd := range cmds {
		for id, raw := range cmd.Val() {
			f := found{lane: inbox.Lane(l), raw: raw}
			if json.Unmarshal([]byte(raw), &f.dead) != nil {
				f.dead = dead{Kind: unreadable, State: StateFailed}
			}
			f.ID = id
			out = append(out, f)
		}
	}
	return out, nil
}

func (o *Outbox) letter(ctx context.Context, id string) (found, error) {
	all, err := o.letters(ctx)
	if err != nil {
		return found{}, err
	}
	for _, f := range all {
		if f.ID == id && f.open() {
			return f, nil
		}
	}
	return found{}, ErrNoLetter
}

func reasonAAD(id string) string { return "reason:" + id }

// Resend sends a letter anew, whatever became of it before: a person decided so.
func (o *Outbox) Resend(ctx context.Context, id, reason, staff string) error {
	f, err := o.letter(ctx, id)
	if err != nil {
		return err
	}
	if f.Kind != deadParcel {
		return ErrNotSendable
	}
	plain, err := o.Vault.Open(ctx, f.Owner, Parcel{ID: f.ID}.AAD(), f.Body)
	if gone(err) { // the person said 消す, or somebody was faster
		if _, err := o.letter(ctx, id); err != nil {
			return err
		}
		return ErrNotSendable
	}
	if err != nil {
		return fmt.Errorf("outbox: resend: %w", err)
	}
	now := o.now()
	p := Parcel{
		Event: f.Event, Also: f.Also, Person: f.Person, Dest: ToLINE, Class: f.Class, Crisis: f.Crisis,
		At: now.UnixMilli(), Round: f.Round + 1, Owner: SealedBy(ToLINE, false, f.Person, now),
	}
	p.ID = fmt.Sprintf("%s+%d", baseID(f.ID), p.Round)
	var l Letter
	if err := json.Unmarshal(plain, &l); err != nil {
		return ErrNotSendable
	}
	if plain, err = p.Fill(l); err != nil {
		return fmt.Errorf("outbox: resend: %w", err)
	}
	if p.Body, err = o.Vault.Seal(ctx, p.Owner, p.AAD(), plain); err != nil {
		if gone(err) {
			return ErrNotSendable
		}
		return fmt.Errorf("outbox: resend: %w", err)
	}
	if err := o.decide(ctx, f, StateResent, reason, staff, p); err != nil {
		return err
	}
	o.Wake(f.lane)
	return nil
}

// Drop lets go of a letter: its words are destroyed, that it was stays listed.
func (o *Outbox) Drop(ctx context.Context, id, reason, staff string) error {
	f, err := o.letter(ctx, id)
	if err != nil {
		return err
	}
	return o.decide(ctx, f, StateDropped, reason, staff, Parcel{})
}

// decide closes a letter, once, and then destroys the key of its words.
func (o *Outbox) decide(ctx context.Context, f found, state, reason, staff string, p Parcel) (err error) {
	d := f.dead
	d.State, d.By, d.Closed, d.Body = state, staff, o.now().UnixMilli(), nil
	if d.Reason, err = o.Vault.Seal(ctx, privacy.Staff, reasonAAD(d.ID), []byte(reason)); err != nil {
		return fmt.Errorf("outbox: %s: %w", state, err)
	}
	closed, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("outbox: %s: %w", state, err)
	}
	blob := ""
	if p.ID != "" {
		if blob, err = p.Encode(); err != nil {
			return fmt.Errorf("outbox: %s: %w", state, err)
		}
	}
	who := f.Person
	if p.ID == "" { // the script touches the letters only; a letter without a person still needs keys of its lane
		who = flows.PersonID(f.lane.String() + "-")
	}
	ok, err := resendMove.Run(ctx, o.rdb, []string{
		LettersKey(f.lane), ParcelsKey(who), QueueKey(ToLINE, who), DueKey(f.lane, ToLINE), owedKey(who), ledgerKey(f.lane),
	}, f.ID, f.raw, string(closed), p.ID, blob, p.events(), string(who), o.now().UnixMilli(), bit(f.Counted)).Bool()
	switch {
	case err != nil && !errors.Is(err, redis.Nil):
		return fmt.Errorf("outbox: %s: %w", state, err)
	case !ok:
		return ErrNoLetter
	}
	o.log.Info("outbox: letter decided", "letter", f.ID, "state", state, "staff", staff)
	if err := o.ash(ctx, f.lane, d); err != nil {
		o.fault(err, f.Person) // the sweep does it
	}
	return nil
}
