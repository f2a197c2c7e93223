package dialogue

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"engawa/bot/inbox"
	"engawa/bot/ledger"
	"engawa/bot/outbox"
	"engawa/bot/people"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const lanes = 4

// world is a house with everything real but LINE, the desk and the alarm.
type world struct {
	t      testing.TB
	master privacy.Master
	rdb    redis.UniversalClient
	vault  *privacy.Vault
	people *people.Store
	inbox  *inbox.Appender
	ledger *ledger.Ledger
	d      *Dialogue
	line   *fakeLINE
	desk   *fakeDesk
	log    *lockedBuffer
	serial int
}

func newWorld(t testing.TB, rdb redis.UniversalClient) *world {
	t.Helper()
	master, err := privacy.ParseMaster(privacy.NewMasterKey())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, master: master, line: &fakeLINE{}, desk: &fakeDesk{}, log: &lockedBuffer{}}
	w.connect(rdb)
	return w
}

// connect builds one process's parts on its client of the store.
func (w *world) connect(rdb redis.UniversalClient) {
	w.t.Helper()
	vault, err := privacy.Open(context.Background(), rdb, rdb, w.master)
	if err != nil {
		w.t.Fatal(err)
	}
	w.rdb, w.vault, w.people = rdb, vault, people.New(rdb, vault, lanes)
	w.inbox, w.ledger = inbox.NewAppender(rdb, lanes), ledger.New(rdb, lanes)
	w.d = w.dialogue(Options{})
}

// dialogue makes one of possibly several processes' dialogues.
func (w *world) dialogue(opt Options) *Dialogue {
	opt.Log = slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b := house()
	return New(Parts{
		Redis: w.rdb, Vault: w.vault, People: w.people, Inbox: w.inbox,
		Bundle: func() *flows.Bundle { return b }, Around: w.desk,
	}, opt)
}

// serve runs a process: a reader, its dialogue and its outbox.
func (w *world) serve(process string, d *Dialogue) (stop func()) {
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	out := outbox.New(outbox.Parts{
		Redis: w.rdb, Vault: w.vault, LINE: w.line, People: w.people, Desk: w.desk, Alarm: w.desk, Keys: w.people, Board: w.desk,
	}, outbox.Options{Lanes: lanes, Poll: 20 * time.Millisecond, Log: log})
	d.Wake, d.Loading = out.Wake, out.Loading
	r := inbox.NewReader(w.rdb, lanes, d, inbox.Options{
		Process: process, Poll: 10 * time.Millisecond, Beat: 20 * time.Millisecond, Lease: 500 * time.Millisecond, Log: log,
		While: []func(context.Context, inbox.Lease){out.Run},
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	var once sync.Once
	stop = func() { once.Do(func() { cancel(); <-done }) }
	w.t.Cleanup(stop)
	return stop
}

// serving is a world with one process that runs.
func serving(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, redistest.Client(t))
	w.serve("one", w.d)
	return w
}

func (w *world) until(what string, is func() bool) {
	w.t.Helper()
	tick := time.NewTicker(3 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-tick.C {
		if is() {
			return
		}
	}
	w.t.Fatalf("never came true: %s\nlog:\n%s", what, w.log.tail())
}

// rest waits until nothing waits and nothing is on its way, and checks the ledger.
func (w *world) rest() map[string]int64 {
	w.t.Helper()
	w.until("all is at rest", func() bool {
		for l := range inbox.Lane(lanes) {
			var keys []string
			for _, d := range outbox.Dests {
				keys = append(keys, outbox.DueKey(l, d))
			}
			if w.rdb.XLen(context.Background(), inbox.LaneKey(l, "in")).Val() > 0 || w.rdb.Exists(context.Background(), keys...).Val() > 0 {
				return false
			}
		}
		return true
	})
	return w.counts()
}

func (w *world) counts() map[string]int64 {
	w.t.Helper()
	if err := w.ledger.Equation(context.Background()); err != nil {
		w.t.Errorf("the ledger: %v", err)
	}
	sum, _, err := w.ledger.Counts(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return sum
}

// user is a resident's LINE id.
func user(n int) string { return fmt.Sprintf("U%032x", 0xabc000+n) }

func (w *world) blind(n int) privacy.Blind { return w.vault.Blind(user(n)) }

// pid is who stands behind a resident now.
func (w *world) pid(n int) flows.PersonID {
	w.t.Helper()
	id, err := w.people.Known(context.Background(), inbox.LaneOf(w.blind(n), lanes), w.blind(n))
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *world) state(n int) flows.State {
	w.t.Helper()
	p, err := w.people.Load(context.Background(), inbox.LaneOf(w.blind(n), lanes), w.blind(n))
	if err != nil {
		w.t.Fatal(err)
	}
	return p.State
}

// event is a webhook event in the making.
type event map[string]any

// from makes an event of a resident with ids of its own.
func (w *world) from(n int, kind string) event {
	w.serial++
	return event{
		"type": kind, "mode": "active", "timestamp": time.Now().UnixMilli(),
		"webhookEventId": fmt.Sprintf("01EVENT%06d", w.serial), "deliveryContext": map[string]bool{"isRedelivery": false},
		"source": map[string]string{"type": "user", "userId": user(n)}, "replyToken": fmt.Sprintf("token%06d", w.serial),
	}
}

func (e event) id() string { return e["webhookEventId"].(string) }

func (w *world) text(n int, words string) event {
	e := w.from(n, "message")
	e["message"] = map[string]string{"type": "text", "id": fmt.Sprintf("5%06d", w.serial), "text": words}
	return e
}

func (e event) message() string { return e["message"].(map[string]string)["id"] }

func (w *world) unsend(n int, of event) event {
	e := w.from(n, "unsend")
	delete(e, "replyToken")
	e["unsend"] = map[string]string{"messageId": of.message()}
	return e
}

func (w *world) tap(n int, t flows.Tap) event {
	e := w.from(n, "postback")
	e["postback"] = map[string]string{"data": flows.EncodeTap(t)}
	return e
}

// entry seals an event as the door does.
func (w *world) entry(e event) inbox.Entry {
	w.t.Helper()
	raw, err := json.Marshal(e)
	if err != nil {
		w.t.Fatal(err)
	}
	out := inbox.Entry{Event: e.id(), Arrived: time.UnixMilli(time.Now().UnixMilli()).UTC(), Kind: inbox.FromLINE}
	source, _ := e["source"].(map[string]string)
	switch {
	case source["groupId"] != "":
		out.Blind = w.vault.Blind(source["groupId"])
	case source["userId"] != "":
		out.Blind = w.vault.Blind(source["userId"])
	}
	out.Sealed, err = w.vault.Seal(context.Background(), privacy.Day(out.Arrived), inbox.SealName(out.Event), raw)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// bring puts events into their lanes, in this order.
func (w *world) bring(events ...event) {
	w.t.Helper()
	for _, e := range events {
		if err := w.inbox.Append(context.Background(), []inbox.Entry{w.entry(e)}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// staff puts an act of the desk into a resident's lane.
func (w *world) staff(n int, id string, act flows.DeskAct, words string) {
	w.t.Helper()
	ctx := context.Background()
	person := w.pid(n)
	var sealed []byte
	if words != "" {
		var err error
		if sealed, err = w.people.SealWords(ctx, person, id, "すずらん", words, time.Now()); err != nil {
			w.t.Fatal(err)
		}
		act.Words = true
	}
	if err := w.d.Tell(ctx, person, id, time.Now(), act, sealed); err != nil {
		w.t.Fatal(err)
	}
}

// talking takes a resident through the line to a coordinator.
func (w *world) talking(n int) flows.CaseID {
	w.t.Helper()
	w.bring(w.tap(n, flows.Tap{Exit: flows.ExHuman}))
	w.rest()
	c := flows.CaseID(fmt.Sprintf("case%d", n))
	w.staff(n, fmt.Sprintf("act-open-%d", n), flows.DeskAct{Do: flows.DeskOpened, Case: c}, "")
	w.staff(n, fmt.Sprintf("act-claim-%d", n), flows.DeskAct{Do: flows.DeskClaimed, Case: c, Staff: "すずらん"}, "")
	w.rest()
	if got := w.state(n).Mode; got != flows.ModeHuman {
		w.t.Fatalf("got mode %q after the claim, want a human", got)
	}
	return c
}
