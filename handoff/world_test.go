package handoff

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/clocktest"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
)

// A Monday morning in a house that is open on weekdays from 9 to 17.
var monday = time.Date(2026, 11, 16, 10, 0, 0, 0, tokyo)

var tokyo = time.FixedZone("JST", 9*3600)

var (
	suzuran = Staff{Name: "sato", Alias: "すずらん"}
	kikyo   = Staff{Name: "tanaka", Alias: "ききょう"}
)

func house() *flows.House {
	hours := map[time.Weekday][]flows.Span{}
	for d := time.Monday; d <= time.Friday; d++ {
		hours[d] = []flows.Span{{From: 9 * 60, To: 12 * 60}, {From: 13 * 60, To: 17 * 60}}
	}
	return &flows.House{Zone: tokyo, Hours: hours, Closed: map[string]string{"2026-11-23": "勤労感謝の日"}}
}

// world is a desk on a store with everything around it made for the test.
type world struct {
	t     testing.TB
	rdb   redis.UniversalClient
	desk  *Desk
	lanes *lanes
	seals *seals
	clock *clocktest.Clock
	notes *notebook
	seq   int
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return worldOn(t, redistest.Client(t))
}

func worldOn(t testing.TB, rdb redis.UniversalClient) *world {
	w := &world{t: t, rdb: rdb, lanes: newLanes(), seals: &seals{}, clock: clocktest.At(monday), notes: newNotebook()}
	w.desk = w.another(rdb)
	return w
}

// another is a second process on the same store.
func (w *world) another(rdb redis.UniversalClient) *Desk {
	return New(rdb, HouseRoster{House: house}, w.seals, w.lanes, Options{
		Notes: w.notes, Now: w.clock.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Capacity: 3,
	})
}

// take brings a note that has not been brought before.
func (w *world) take(person flows.PersonID, note flows.DeskNote) {
	w.t.Helper()
	w.seq++
	if err := w.desk.Take(w.t.Context(), fmt.Sprintf("note-%d", w.seq), person, "みどりのつばめ 27", note); err != nil {
		w.t.Fatalf("take %s: %v", note.Do, err)
	}
}

// open lets a person ask for a human and gives the case.
func (w *world) open(person flows.PersonID) flows.CaseID {
	w.t.Helper()
	w.take(person, flows.DeskNote{Do: flows.NoteOpen, Topic: "money", Since: w.clock.Now().Add(-time.Minute).Unix()})
	row, err := w.desk.Of(w.t.Context(), person)
	if err != nil {
		w.t.Fatalf("case of a person who asked for a human: %v", err)
	}
	return row.ID
}

func (w *world) get(id flows.CaseID) Row {
	w.t.Helper()
	row, err := w.desk.Get(w.t.Context(), id)
	if err != nil {
		w.t.Fatalf("get: %v", err)
	}
	return row
}

func (w *world) state(id flows.CaseID, want State) Row {
	w.t.Helper()
	row := w.get(id)
	if row.State != want {
		w.t.Fatalf("state of the case = %q, want %q", row.State, want)
	}
	return row
}

// carry lets the relay go once through everything.
func (w *world) carry() {
	w.t.Helper()
	if left, err := w.desk.carry(w.t.Context(), "test"); err != nil || left != 0 {
		w.t.Fatalf("carry: %d acts left, err %v", left, err)
	}
}

func (w *world) sweep() int {
	w.t.Helper()
	n, err := w.desk.Sweep(w.t.Context(), w.clock.Now())
	if err != nil {
		w.t.Fatalf("sweep: %v", err)
	}
	return n
}

// must gives the case of an act that has to succeed.
func (w *world) must(c Case, err error) Case {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("act: %v", err)
	}
	return c
}

// told is one act as it came to a lane.
type heard struct {
	event  string
	at     time.Time
	act    flows.DeskAct
	sealed string
}

// lanes remember what they were told, once per event, as the real ones do.
type lanes struct {
	mu    sync.Mutex
	of    map[flows.PersonID][]heard
	seen  map[string]bool
	again int // how often an event came a second time
	deaf  map[flows.PersonID]bool
	ring  chan struct{}
}

func newLanes() *lanes {
	return &lanes{of: map[flows.PersonID][]heard{}, seen: map[string]bool{}, deaf: map[flows.PersonID]bool{}, ring: make(chan struct{}, 1)}
}

var errDeaf = errors.New("this lane does not answer")

func (l *lanes) Tell(_ context.Context, p flows.PersonID, event string, at time.Time, act flows.DeskAct, sealed []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.deaf[p] {
		return errDeaf
	}
	if l.seen[event] {
		l.again++
		return nil
	}
	l.seen[event] = true
	l.of[p] = append(l.of[p], heard{event: event, at: at, act: act, sealed: string(sealed)})
	select {
	case l.ring <- struct{}{}:
	default:
	}
	return nil
}

func (l *lanes) heard(p flows.PersonID) []heard {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]heard(nil), l.of[p]...)
}

// acts is what the lane of p heard, as words: "opened claimed answered".
func (l *lanes) acts(p flows.PersonID) (all []flows.DeskDo) {
	for _, h := range l.heard(p) {
		all = append(all, h.act.Do)
	}
	return all
}

func (l *lanes) setDeaf(p flows.PersonID, deaf bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deaf[p] = deaf
}

// seals is a scribe whose seal can be read in a test.
type seals struct {
	mu  sync.Mutex
	ids []string
}

func (s *seals) SealWords(_ context.Context, p flows.PersonID, textID, staff, words string, _ time.Time) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = append(s.ids, textID)
	out := []byte("sealed for " + string(p) + " by " + staff + ":")
	for _, b := range []byte(words) {
		out = append(out, b^0x5a)
	}
	return out, nil
}

// notebook is a key store of one process.
type notebook struct {
	mu   sync.Mutex
	gone map[privacy.Owner]bool
}

func newNotebook() *notebook { return &notebook{gone: map[privacy.Owner]bool{}} }

func (n *notebook) Seal(_ context.Context, o privacy.Owner, aad string, plain []byte) ([]byte, error) {
	return n.turn(o, aad, plain)
}

func (n *notebook) Open(_ context.Context, o privacy.Owner, aad string, sealed []byte) ([]byte, error) {
	return n.turn(o, aad, sealed)
}

func (n *notebook) turn(o privacy.Owner, aad string, in []byte) ([]byte, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.gone[o] {
		return nil, privacy.ErrShredded
	}
	out := make([]byte, len(in))
	for i := range in {
		out[i] = in[i] ^ 0x33 ^ aad[i%len(aad)]
	}
	return out, nil
}

func (n *notebook) Shred(_ context.Context, o privacy.Owner) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.gone[o] = true
	return nil
}

// everything is all that stands in the store, for tests that look for what must not.
func everything(t *testing.T, rdb redis.UniversalClient) string {
	t.Helper()
	ctx := t.Context()
	var all []byte
	keys, err := rdb.Keys(ctx, "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		all = append(all, key...)
		var v any
		switch rdb.Type(ctx, key).Val() {
		case "hash":
			v = rdb.HGetAll(ctx, key).Val()
		case "zset":
			v = rdb.ZRangeWithScores(ctx, key, 0, -1).Val()
		case "stream":
			v = rdb.XRange(ctx, key, "-", "+").Val()
		case "set":
			v = rdb.SMembers(ctx, key).Val()
		case "list":
			v = rdb.LRange(ctx, key, 0, -1).Val()
		default:
			v = rdb.Get(ctx, key).Val()
		}
		all = fmt.Appendln(all, v)
	}
	return string(all)
}

// cuts fail a command of the store once: before it is sent, or after it was
// carried out and only its answer is lost. That is what a kill looks like from
// the other side.
type cuts struct {
	mu    sync.Mutex
	in    int // commands until the cut; 0 = none
	after bool
	count int
}

var errCut = errors.New("cut off")

func (c *cuts) set(in int, after bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.in, c.after, c.count = in, after, 0
}

// commands is how many were sent since set.
func (c *cuts) commands() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count
}

func (c *cuts) now() (cut, after bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count++
	if c.in == 0 {
		return false, false
	}
	c.in--
	return c.in == 0, c.after
}

func (c *cuts) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *cuts) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		cut, after := c.now()
		if cut && !after {
			cmd.SetErr(errCut)
			return errCut
		}
		err := next(ctx, cmd)
		if cut && !redis.HasErrorPrefix(err, "NOSCRIPT") {
			cmd.SetErr(errCut)
			return errCut
		}
		return err
	}
}

func (c *cuts) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		cut, after := c.now()
		if cut && !after {
			return errCut
		}
		err := next(ctx, cmds)
		if cut {
			return errCut
		}
		return err
	}
}
