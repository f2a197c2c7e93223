package dialogue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/bot/outbox"
	"engawa/config/redistest"
	"engawa/flows"
)

// errCrash stands for the process ending there: it is treated like a store that is away.
var errCrash = fmt.Errorf("the process ended here: %w", context.DeadlineExceeded)

func TestATurnThatBreaksOffAnywhereIsDoneExactlyOnce(t *testing.T) {
	for _, place := range []string{"opened", "read", "stepped", "sealed", "committed"} {
		t.Run(place, func(t *testing.T) {
			w := newWorld(t, redistest.Client(t))
			var crashes atomic.Int64
			w.d.crash = func(at string) error {
				if at == place && crashes.Add(1) <= 2 {
					return errCrash
				}
				return nil
			}
			w.serve("one", w.d)
			w.bring(w.text(1, "こんにちは"))
			got := w.rest()
			w.bring(w.text(1, "死にたい"))
			w.rest()
			if crashes.Load() < 2 {
				t.Fatalf("got %d crashes, want the test to bite", crashes.Load())
			}
			if w.line.with("«crisis.life»") != 1 || w.line.count() != 2 || w.desk.raised() != 1 || len(w.talk(1)) != 2 {
				t.Errorf("got %d answers, %d alarms, %d texts; want 2, 1, 2", w.line.count(), w.desk.raised(), len(w.talk(1)))
			}
			if got["received"] != 1 || got["duplicates"] != 0 {
				t.Errorf("got %v, want no duplicate out of our own crash", got)
			}
		})
	}
}

func TestAStolenLeaseWritesNothing(t *testing.T) {
	w := newWorld(t, redistest.Client(t))
	w.bring(w.text(1, "こんにちは"))
	l := inbox.LaneOf(w.blind(1), lanes)
	w.rdb.Set(ctx, inbox.LaneKey(l, "lease"), "somebody else", 0)
	before := dump(t, w.rdb)
	_, err := w.d.Turn(ctx, inbox.Lease{Lane: l, Value: "ours"}, w.waiting(l))
	if !errors.Is(err, inbox.ErrStolen) {
		t.Errorf("got %v, want that the lease is stolen", err)
	}
	if after := dump(t, w.rdb); after != before {
		t.Errorf("got\n%s\nwant the store untouched:\n%s", after, before)
	}
}

// waiting reads what lies in a lane, as the reader does.
func (w *world) waiting(l inbox.Lane) (all []*inbox.Entry) {
	w.t.Helper()
	got, err := w.rdb.XRange(ctx, inbox.LaneKey(l, "in"), "-", "+").Result()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, m := range got {
		var ms int64
		_, _ = fmt.Sscan(m.Values["t"].(string), &ms)
		all = append(all, &inbox.Entry{
			ID: m.ID, Event: m.Values["id"].(string), Kind: m.Values["k"].(string)[0], Arrived: time.UnixMilli(ms).UTC(),
			Blind: w.blind(1), Person: flows.PersonID(m.Values["p"].(string)), Sealed: []byte(m.Values["e"].(string)),
		})
	}
	return all
}

// dump is every key of the lanes with its type and size: enough to see a write.
func dump(t *testing.T, rdb redis.UniversalClient) string {
	t.Helper()
	keys, err := rdb.Keys(ctx, "{lane-*").Result()
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(keys)
	var b strings.Builder
	for _, k := range keys {
		fmt.Fprintln(&b, k, rdb.Type(ctx, k).Val(), rdb.Dump(ctx, k).Val())
	}
	return b.String()
}

func TestAnEventThatOurProgramCannotTakeIsPutAsideAndThePersonIsTold(t *testing.T) {
	for name, poison := range map[string]func(){
		"panic": func() { panic("死にたいと書いた人") },
		"error": nil,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, redistest.Client(t))
			w.d.step = func(b *flows.Bundle, v flows.View, s flows.State, e flows.Event) (flows.State, []flows.Effect, []string) {
				if e.Kind != flows.EvSticker {
					return flows.Step(b, v, s, e)
				}
				if poison != nil {
					poison()
				}
				return s, []flows.Effect{{Kind: "nobody knows this kind"}}, nil
			}
			w.serve("one", w.d)
			bad := w.from(1, "message")
			bad["message"] = map[string]string{"type": "sticker", "id": "900"}
			w.bring(w.text(1, "まえ"), bad, w.text(1, "あと"))
			got := w.rest()
			if got["failed"] != 1 || got["bot"] != 2 {
				t.Errorf("got %v, want one failed and its neighbours answered", got)
			}
			if w.line.with("«trouble»") != 1 {
				t.Errorf("got %v, want the person told once", w.line.messages())
			}
			l := inbox.LaneOf(w.blind(1), lanes)
			if n := w.rdb.HLen(ctx, outbox.LettersKey(l)).Val(); n != 1 {
				t.Errorf("got %d letters, want the event listed", n)
			}
			if strings.Contains(w.log.all(), "死にたい") {
				t.Error("what the panic said is in the log")
			}
		})
	}
}

func TestOfTextsThatFailTogetherOnlyTheGuiltyOneIsPutAside(t *testing.T) {
	w := newWorld(t, redistest.Client(t))
	w.d.opt.BubbleWait = 300 * time.Millisecond
	w.d.step = func(b *flows.Bundle, v flows.View, s flows.State, e flows.Event) (flows.State, []flows.Effect, []string) {
		for _, r := range e.Readings {
			if r.Level == flows.Clear {
				panic("poison")
			}
		}
		return flows.Step(b, v, s, e)
	}
	w.serve("one", w.d)
	w.bring(w.text(1, "ひとつ"), w.text(1, "死にたい"), w.text(1, "みっつ"))
	got := w.rest()
	if got["failed"] != 1 || got["bot"] != 2 {
		t.Errorf("got %v, want one failed and two answered", got)
	}
}

func TestABrokenEventIsListedAndStopsNothing(t *testing.T) {
	w := serving(t)
	e := w.entry(w.text(1, "x"))
	e.Kind, e.Event = inbox.Broken, "x:0123"
	var err error
	if e.Sealed, err = w.vault.Seal(ctx, "day:"+"2026-01-01", "nonsense", []byte("{")); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := w.inbox.Append(ctx, []inbox.Entry{e}); err != nil {
			t.Fatal(err)
		}
	}
	w.bring(w.text(1, "こんにちは"))
	got := w.rest()
	if got["failed"] != 1 || got["duplicates"] != 2 || got["bot"] != 1 {
		t.Errorf("got %v, want it listed once and the neighbour answered", got)
	}
}

func TestAStoreThatIsAwayIsWaitedForAndNothingIsPutAside(t *testing.T) {
	server := redistest.Start(t)
	w := newWorld(t, server.Client())
	w.serve("one", w.d)
	w.bring(w.text(1, "まえ"))
	w.rest()
	for i := range 3 {
		e := w.entry(w.text(1, fmt.Sprintf("あいだ%d", i)))
		w.until("the event is stored", func() bool { return w.inbox.Append(ctx, []inbox.Entry{e}) == nil })
		server.Kill()
		server.Restart()
		w.until("the store is back", func() bool { return w.rdb.Ping(ctx).Err() == nil })
	}
	got := w.rest()
	if got["received"] != 4 || got["bot"] != 4 || got["failed"] != 0 {
		t.Errorf("got %v, want all four answered and none failed", got)
	}
	if talk := w.talk(1); len(talk) != 4 {
		t.Errorf("got %d texts, want 4", len(talk))
	}
}

// cut is a wire to the store that can be cut: then the process behind it might as
// well be dead. Its leases stay where they are.
type cut struct{ now atomic.Bool }

var errCut = fmt.Errorf("the wire is cut: %w", io.ErrUnexpectedEOF)

func (c *cut) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *cut) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if c.now.Load() {
			cmd.SetErr(errCut)
			return errCut
		}
		return next(ctx, cmd)
	}
}

func (c *cut) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if !c.now.Load() {
			return next(ctx, cmds)
		}
		for _, cmd := range cmds {
			cmd.SetErr(errCut)
		}
		return errCut
	}
}

func TestTwoProcessesShareAndTheOtherFinishesWhenOneDies(t *testing.T) {
	rdb, url := redistest.Database(t)
	w := newWorld(t, rdb)
	w.serve("one", w.d)

	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	options.MaxRetries = -1
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	wire := &cut{}
	client.AddHook(wire)
	other := *w
	other.connect(client)
	other.serve("two", other.d)

	for n := range 12 {
		w.bring(w.text(n, "まえ"))
	}
	w.rest()
	for n := range 12 {
		w.bring(w.text(n, "あと"))
		if n == 5 {
			wire.now.Store(true)
		}
	}
	got := w.rest()
	if got["bot"] != 24 || w.line.count() != 24 {
		t.Errorf("got %v and %d answers, want each of 24 events answered once", got, w.line.count())
	}
}
