package dialogue

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/bot/ledger"
	"engawa/bot/outbox"
	"engawa/bot/people"
	"engawa/bot/room"
	"engawa/config/privacy"
	"engawa/flows"
)

//go:embed lua/commit.lua
var commitLua string

var commitMove = redis.NewScript(commitLua)

// errChanged means that the store is not as the turn found it: an earlier try had
// been committed after all, or a 消す came from elsewhere. The turn is taken anew.
var errChanged = errors.New("dialogue: the store has moved on")

// plan is what a turn wants written. lua/commit.lua carries it out.
type plan struct {
	Person  flows.PersonID `json:"pid"`
	Mode    string         `json:"mode"`
	Was     flows.PersonID `json:"was"` // modeNew: who the index names now, "" = nobody
	Events  []finished     `json:"events,omitempty"`
	Dups    []string       `json:"dups,omitempty"`
	Tombs   []string       `json:"tombs,omitempty"`
	Set     []field        `json:"set,omitempty"`
	Del     []string       `json:"del,omitempty"`
	Last    string         `json:"last,omitempty"` // unix ms of the person's own event
	Words   []field        `json:"words,omitempty"`
	Token   *token         `json:"token,omitempty"`
	Timers  []timer        `json:"timers,omitempty"`
	Parcels []parcel       `json:"parcels,omitempty"`
	Read    string         `json:"read,omitempty"`   // a coordinator has read up to here, unix ms
	Left    string         `json:"left,omitempty"`   // the case is over: where what nobody read is counted
	Unowed  []string       `json:"unowed,omitempty"` // events whose words were taken back
	Leave   bool           `json:"leave,omitempty"`  // 消す
	Keep    []string       `json:"keep,omitempty"`   // posts whose changes the person wants to hear of
	Unkeep  []string       `json:"unkeep,omitempty"` // or no longer
	Dead    []field        `json:"dead,omitempty"`
	Room    *roomPlan      `json:"room,omitempty"`  // what changes in the person's room
	Signs   []string       `json:"signs,omitempty"` // fields in which the turn is counted as a sign
	Journal int            `json:"journal,omitempty"`

	blobs []any // what the numbers point at
}

// finished is one event that the turn ends. As says how the ledger counts it:
// "owed", with what is owed, a count's name, or "" for what LINE did not bring.
type finished struct {
	Stream string `json:"sid"`
	ID     string `json:"id"`
	As     string `json:"as,omitempty"`
	Owed   string `json:"owed,omitempty"`
}

type field struct {
	Name  string `json:"f"`
	Index int    `json:"i"`
}

type token struct {
	Index int   `json:"i"`
	Life  int64 `json:"px"`
}

// timer sets a timer, or cancels it when Index is 0; Key "*" cancels all.
type timer struct {
	Key   string `json:"key"`
	Index int    `json:"i,omitempty"`
	At    string `json:"at,omitempty"`
}

type parcel struct {
	ID    string      `json:"id"`
	To    outbox.Dest `json:"to"`
	Index int         `json:"i"`
}

// firstBlob is the place of the first blob in the script's ARGV.
const firstBlob = 4

// blob puts bytes beside the plan and says where they are.
func (p *plan) blob(b any) int {
	p.blobs = append(p.blobs, b)
	return firstBlob + len(p.blobs) - 1
}

func (p *plan) set(name string, value any) {
	p.Set = append(p.Set, field{name, p.blob(value)})
}

// tomb is how a message that was taken back stands among the events seen.
func tomb(message string) string { return "unsend:" + message }

func isTomb(id string) (message string, ok bool) { return strings.CutPrefix(id, "unsend:") }

func isNil(err error) bool { return errors.Is(err, redis.Nil) }

func notNil(err error) error {
	if isNil(err) {
		return nil
	}
	return err
}

// finished is the plan of a turn that ends its events and does nothing else.
func (t *turn) finished(as string) *plan {
	p := &plan{}
	for _, e := range t.run {
		p.Events = append(p.Events, t.ends(e, as, ""))
	}
	t.markUnsent(p)
	return p
}

func (t *turn) ends(e *inbox.Entry, as, owed string) finished {
	if !e.Resident() && e.Kind != inbox.Broken {
		as, owed = "", "" // the ledger counts what residents brought
	}
	return finished{Stream: e.ID, ID: e.Event, As: as, Owed: owed}
}

// markUnsent leaves a mark for every message that was taken back in this turn, so that
// it is not kept when it comes after its own unsend.
func (t *turn) markUnsent(p *plan) {
	for _, e := range t.run {
		if h := of(e); e.Resident() && h.in.Type == "unsend" && h.in.Unsent != "" {
			p.Tombs = append(p.Tombs, tomb(h.in.Unsent))
		}
	}
}

// commit writes the plan, or nothing.
func (t *turn) commit(ctx context.Context, p *plan) error {
	p.Dups = t.dups
	if p.Person == "" {
		p.Person = t.person.ID
	}
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("dialogue: plan: %w", err)
	}
	if err := t.d.at("sealed"); err != nil {
		return err
	}
	args := append([]any{t.lease.Value, people.MS(t.now), text}, p.blobs...)
	got, err := t.write(ctx, t.keys(p.Person), args)
	if err != nil {
		return fmt.Errorf("dialogue: commit: %w", err)
	}
	switch got {
	case "ok":
		t.sends = len(p.Parcels) > 0
		return t.d.at("committed")
	case "stolen":
		return inbox.ErrStolen
	}
	return errChanged
}

// write runs the script, on one way to the store with the commits of others.
func (t *turn) write(ctx context.Context, keys []string, args []any) (string, error) {
	var said *redis.Cmd
	err := t.d.commits.Do(ctx, func(pipe redis.Pipeliner) { said = commitMove.EvalSha(ctx, pipe, keys, args...) })
	if err != nil {
		return "", err
	}
	if redis.HasErrorPrefix(said.Err(), "NOSCRIPT") {
		said = commitMove.Eval(ctx, t.d.Redis, keys, args...)
	}
	return said.Text()
}

func (t *turn) keys(id flows.PersonID) []string {
	l := t.lease.Lane
	blind := t.person.Blind
	if blind == "" && len(t.run) > 0 {
		blind = t.run[0].Blind
	}
	of := func(kind string) string { return inbox.LaneKey(l, kind, string(id)) }
	keys := []string{
		inbox.LaneKey(l, "lease"), inbox.LaneKey(l, "in"), inbox.LaneKey(l, "seen"), ledger.Key(l),
		ledger.JournalKey(l), inbox.LaneKey(l, "due"), people.ListKey(l), outbox.LettersKey(l),
		people.WhoKey(l, blind), of("person"), of("words"), of("timer"), of("owed"), of("parcel"), of("token"),
	}
	for _, d := range outbox.Dests {
		keys = append(keys, inbox.LaneKey(l, "q", string(d), string(id)))
	}
	for _, d := range outbox.Dests {
		keys = append(keys, outbox.DueKey(l, d))
	}
	return append(keys, KeptKey(l), of("room"), room.LinksKey(l), room.SeatsKey(l), ledger.SignsKey(l))
}

// plan is what follows from the effects.
func (t *turn) plan(ctx context.Context) (*plan, error) {
	p := &plan{Person: t.person.ID, Mode: t.mode, Was: t.known}
	m := &mail{turn: t, plan: p}
	for i, e := range t.effects {
		if err := m.effect(ctx, i, e); err != nil {
			return nil, err
		}
	}
	if t.mode == modeNew && t.event.Standby && len(t.effects) == 0 {
		p.Mode = modeNone // somebody else has this talk, and there is nothing to tell
	}
	if p.Mode != modeNone && !p.Leave {
		if err := m.person(); err != nil {
			return nil, err
		}
	}
	t.count(p)
	p.Signs = ledger.SignFields(t.view.Now, flows.SignsOf(t.person.State, t.event, t.effects, t.reasons, t.after))
	t.markUnsent(p)
	if err := m.seal(ctx); err != nil {
		return nil, err
	}
	line, err := json.Marshal(t.journal())
	if err != nil {
		return nil, fmt.Errorf("dialogue: journal: %w", err)
	}
	p.Journal = p.blob(line)
	return p, nil
}

// count says how the ledger counts each event of the turn.
func (t *turn) count(p *plan) {
	lines, words, opens := 0, false, false
	for _, x := range p.Parcels {
		if x.To == outbox.ToLINE {
			lines++
		}
	}
	for _, e := range t.effects {
		words = words || e.Kind == flows.EfDesk && e.Desk.Do == flows.NoteWords
		opens = opens || e.Kind == flows.EfDesk && e.Desk.Do == flows.NoteOpen
	}
	for _, e := range t.run {
		switch {
		case t.void[e.Event]:
			p.Events = append(p.Events, t.ends(e, ledger.Deleted, ""))
		case words, opens && t.wrote():
			p.Events = append(p.Events, t.ends(e, "owed", "h:"+people.MS(t.when(e))))
		case lines > 0: // texts that were read together share the fate of their answer
			p.Events = append(p.Events, t.ends(e, "owed", "b:"+strconv.Itoa(lines)))
		case t.shows():
			p.Events = append(p.Events, t.ends(e, ledger.Bot, "")) // it stands in the room: no network is between
		case opens:
			p.Events = append(p.Events, t.ends(e, "owed", "h:"+people.MS(t.when(e))))
		default:
			p.Events = append(p.Events, t.ends(e, ledger.Quiet, ""))
		}
	}
	if t.mode == modeHere && t.person.State.Mode != flows.ModeBot && t.after.Mode == flows.ModeBot && !p.Leave {
		p.Left = ledger.Quiet // they left the line: nobody needs to read it any more
		if t.event.Kind == flows.EvDesk {
			p.Left = ledger.Human // a coordinator has ended it
		}
	}
}

// others are the events of the turn that share the answer to the first.
func (t *turn) others(first string) []string {
	var ids []string
	for _, e := range t.run {
		if e.Event != first && !t.void[e.Event] {
			ids = append(ids, e.Event)
		}
	}
	return ids
}

// wrote says whether the turn holds words that are not a way out.
func (t *turn) wrote() bool {
	for _, r := range t.event.Readings {
		if r.Exit == flows.NoExit {
			return true
		}
	}
	return false
}

// journal is the wordless account of the turn.
func (t *turn) journal() ledger.Line {
	ids := make([]string, len(t.run))
	for i, e := range t.run {
		ids[i] = e.Event
	}
	e := flows.HushTalk(t.person.State, t.event)
	e.Tap.Label = ""
	return ledger.Line{
		At: t.now.UnixMilli(), Person: t.person.ID, Events: ids, Bundle: t.bundle.Hash, Event: e, View: t.view,
		Before: ledger.HashOf(t.person.State), After: ledger.HashOf(t.after),
		Effects: ledger.DoneOf(t.effects), Reasons: t.reasons,
	}
}

// sealedItem waits for its sealed bytes.
type sealedItem struct {
	privacy.Item
	use func(sealed []byte) error
}
