package dialogue

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
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
		Redis: w.rdb, Vault: w.vault, LINE: w.line, People: w.people, Desk: w.desk, Alarm: w.desk, Keys: w.people,
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
			keys := []string{outbox.DueKey(l, outbox.ToLINE), outbox.DueKey(l, outbox.ToDesk), outbox.DueKey(l, outbox.ToAlarm), outbox.DueKey(l, outbox.ToKeys)}
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

// lockedBuffer is a log that may be written and read at once.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *lockedBuffer) tail() string {
	s := l.all()
	return s[max(0, len(s)-3000):]
}

// sent is one call to LINE.
type sent struct {
	by   string // reply token or retry key
	to   string // push
	msgs []string
}

// fakeLINE accepts everything, once per token and key, as LINE does.
type fakeLINE struct {
	mu      sync.Mutex
	sends   []sent
	used    map[string]bool
	loading int
}

func (f *fakeLINE) add(s sent, msgs []json.RawMessage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.used == nil {
		f.used = map[string]bool{}
	}
	if f.used[s.by] {
		return
	}
	f.used[s.by] = true
	for _, m := range msgs {
		s.msgs = append(s.msgs, string(m))
	}
	f.sends = append(f.sends, s)
}

func (f *fakeLINE) Reply(_ context.Context, token string, msgs []json.RawMessage) error {
	f.add(sent{by: token}, msgs)
	return nil
}

func (f *fakeLINE) Push(_ context.Context, to, key string, msgs []json.RawMessage) error {
	f.add(sent{by: key, to: to}, msgs)
	return nil
}

func (f *fakeLINE) Loading(context.Context, string, int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.loading++
	return nil
}

// messages are all that was shown to residents, one string per message object.
func (f *fakeLINE) messages() (all []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sends {
		all = append(all, s.msgs...)
	}
	return all
}

// with counts the messages that show a text.
func (f *fakeLINE) with(text string) (n int) {
	for _, m := range f.messages() {
		if strings.Contains(m, text) {
			n++
		}
	}
	return n
}

func (f *fakeLINE) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.sends)
}

// fakeDesk is the desk and the alarm. It takes each id once.
type fakeDesk struct {
	mu     sync.Mutex
	notes  []flows.DeskNote
	alarms []flows.Alarm
	ids    []string
}

func (f *fakeDesk) Take(_ context.Context, id string, _ flows.PersonID, _ string, note flows.DeskNote) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains(f.ids, id) {
		f.ids, f.notes = append(f.ids, id), append(f.notes, note)
	}
	return nil
}

func (f *fakeDesk) Raise(_ context.Context, id string, _ flows.PersonID, _ string, a flows.Alarm) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains(f.ids, id) {
		f.ids, f.alarms = append(f.ids, id), append(f.alarms, a)
	}
	return nil
}

func (f *fakeDesk) Ahead(context.Context, flows.PersonID) (int, error)    { return 2, nil }
func (f *fakeDesk) Alarmed(context.Context, flows.PersonID) (bool, error) { return false, nil }

// noted lists the notes of one kind.
func (f *fakeDesk) noted(do flows.NoteDo) (all []flows.DeskNote) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range f.notes {
		if n.Do == do {
			all = append(all, n)
		}
	}
	return all
}

func (f *fakeDesk) raised() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.alarms)
}

// house is a bundle in which every fixed line says its own key.
func house() *flows.Bundle {
	b := &flows.Bundle{
		Hash: "0123456789ab",
		House: flows.House{
			Name: "縁側", City: "ひなた区", Zone: time.FixedZone("JST", 9*60*60), Night: true,
			Hours: map[time.Weekday][]flows.Span{},
		},
		Flows: map[flows.FlowID]*flows.Flow{}, Scenes: map[flows.SceneKey]*flows.Scene{},
		Cards: map[flows.CardID]*flows.Card{}, Lines: map[string][]flows.Phrase{},
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		b.House.Hours[d] = []flows.Span{{From: 0, To: 24 * 60}}
	}
	for _, key := range strings.Fields(`greeting greeting.back follow menu.lead clarify.lead clarify.again clarify.human none.lead
		resume.lead late.tap human.open human.closed human.shared human.hidden human.all human.again line.place line.none line.left
		waiting.receipt joined returned handback closed promised human.receipt bot.back end end.human stop stop.ask stop.muted
		stop.kept back.none restart lang.ask lang.done lang.fallback delete.ask delete.done delete.no forget.ask forget.done privacy
		crisis.life crisis.violence crisis.medical worry.life worry.violence worry.medical sticker media location unknown talk drop
		trouble friend.hint worry.ok`) {
		b.Lines[key] = []flows.Phrase{{flows.Ja: "«" + key + "»"}}
	}
	for _, x := range []flows.Exit{
		flows.ExHuman, flows.ExEnd, flows.ExStop, flows.ExBack, flows.ExRestart, flows.ExLang, flows.ExDelete, flows.ExDeleteNow, flows.ExForget,
		flows.ExBot, flows.ExLeave, flows.ExHide, flows.ExShowAll, flows.ExMenu, flows.ExPrivacy, flows.ExYes, flows.ExNo, flows.ExNone,
	} {
		b.Lines["exit."+string(x)] = []flows.Phrase{{flows.Ja: string(x)}}
	}
	b.Scenes["okane/家賃"] = &flows.Scene{
		Key: "okane/家賃", Flow: "okane", Name: "家賃", Texts: []flows.Phrase{{flows.Ja: "«家賃のこと»"}},
		Choices: []flows.Choice{{Label: flows.Phrase{flows.Ja: "滞納している"}, End: true}, {Label: flows.Phrase{flows.Ja: "これから心配"}, End: true}},
	}
	b.Flows["okane"] = &flows.Flow{ID: "okane", Title: flows.Phrase{flows.Ja: "お金のこと"}, Topic: "money", Start: "okane/家賃", Harmless: true}
	b.Order = []flows.FlowID{"okane"}
	b.Menu = []flows.MenuEntry{{Label: flows.Phrase{flows.Ja: "お金のこと"}, Scene: "okane/家賃"}}
	b.Words.Urgent = []flows.UrgentRule{{ID: "life-1", Lang: flows.Ja, Urgency: flows.Life, Level: flows.Clear, Any: []string{"死にたい"}}}
	b.Words.Exits = map[flows.Exit][]string{flows.ExHuman: {"人と話す"}, flows.ExStop: {"もう送らないで"}, flows.ExDelete: {"消す"}}
	return b
}

func redisZ(at time.Time, member any) redis.Z {
	return redis.Z{Score: float64(at.UnixMilli()), Member: member}
}
