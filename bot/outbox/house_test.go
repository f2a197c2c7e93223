package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/bot/line"
	"engawa/bot/outbox"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
)

const lane inbox.Lane = 3

// clock runs with real time and can be moved.
type clock struct {
	mu  sync.Mutex
	off time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.off)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.off += d
}

// house is an outbox with everything around it: a real store, real keys, LINE over
// HTTP, and a desk, an alarm and a key destroyer that can be made to fail.
type house struct {
	t     *testing.T
	rdb   redis.UniversalClient // unharmed, for looking
	url   string
	vault *privacy.Vault
	clock *clock
	line  *fakeLINE
	desk  *fakeDesk
	keys  *fakeKeys
	lives func(context.Context, flows.PersonID, bool) error // Parts.Outlive
	opt   outbox.Options
	lease int
	procs []*process
}

// process is one run of the outbox. It can die.
type process struct {
	out   *outbox.Outbox
	fuse  *fuse
	lease inbox.Lease
	stop  func() // ends it in good order
}

func newHouse(t *testing.T) *house {
	t.Helper()
	rdb, url := redistest.Database(t)
	return newHouseOn(t, rdb, url)
}

func newHouseOn(t *testing.T, rdb redis.UniversalClient, url string) *house {
	t.Helper()
	master, err := privacy.ParseMaster(privacy.NewMasterKey())
	if err != nil {
		t.Fatal(err)
	}
	vault, err := privacy.Open(t.Context(), rdb, rdb, master)
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{}
	h := &house{t: t, rdb: rdb, url: url, vault: vault, clock: c, line: newLINE(t, c)}
	h.desk = &fakeDesk{notes: map[string]flows.DeskNote{}, alarms: map[string]flows.Alarm{}}
	h.keys = &fakeKeys{vault: vault, rdb: rdb}
	h.opt = outbox.Options{Now: c.Now, Poll: 20 * time.Millisecond, Grace: 50 * time.Millisecond}
	t.Cleanup(func() {
		for _, p := range h.procs {
			p.stop()
		}
	})
	return h
}

// start runs an outbox on the lane, as a process that has just got the lease.
// steps > 0 kills it before (or, with after, in the middle of) its n-th step.
func (h *house) start(steps int, after bool) *process {
	h.t.Helper()
	h.lease++
	p := &process{
		lease: inbox.Lease{Lane: lane, Value: "lease-" + strconv.Itoa(h.lease)},
		fuse:  &fuse{left: steps, after: after, blown: make(chan struct{})},
	}
	if err := h.rdb.Set(h.t.Context(), inbox.LaneKey(lane, "lease"), p.lease.Value, 0).Err(); err != nil {
		h.t.Fatal(err)
	}
	opt, err := redis.ParseURL(h.url)
	if err != nil {
		h.t.Fatal(err)
	}
	opt.MaxRetries, opt.ContextTimeoutEnabled = -1, true
	rdb := redis.NewClient(opt)
	rdb.AddHook(p.fuse)
	client, err := line.NewClient(line.Fixed(func() string { return "tok" }), line.Options{Endpoint: h.line.url, Timeout: 5 * time.Second})
	if err != nil {
		h.t.Fatal(err)
	}
	p.out = outbox.New(outbox.Parts{
		Redis: rdb, Vault: h.vault, LINE: wire{client, p.fuse}, People: people{h.rdb},
		Desk: fusedDesk{h.desk, p.fuse}, Alarm: fusedDesk{h.desk, p.fuse}, Keys: fusedKeys{h.keys, p.fuse}, Outlive: h.lives,
	}, h.opt)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.out.Run(ctx, p.lease)
	}()
	p.stop = sync.OnceFunc(func() {
		cancel()
		<-done
		client.Close()
		_ = rdb.Close()
	})
	h.procs = append(h.procs, p)
	return p
}

// fuse counts the steps of a process and kills it at a given one: from then on
// nothing that it does has any effect.
type fuse struct {
	mu    sync.Mutex
	left  int // 0: never
	after bool
	dead  bool
	blown chan struct{}
}

var errDead = errors.New("the process is dead")

func (f *fuse) step(do func() error) error {
	f.mu.Lock()
	if f.dead {
		f.mu.Unlock()
		return errDead
	}
	f.left--
	trip := f.left == 0
	if trip && !f.after {
		f.die()
		f.mu.Unlock()
		return errDead
	}
	f.mu.Unlock()
	err := do()
	if trip {
		f.mu.Lock()
		f.die()
		f.mu.Unlock()
		return errDead
	}
	return err
}

func (f *fuse) die() { f.dead = true; close(f.blown) }

func (f *fuse) alive() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.dead
}

// The store: scripts are steps, looking around is not.
func (f *fuse) DialHook(next redis.DialHook) redis.DialHook { return next }
func (f *fuse) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if !strings.HasPrefix(cmd.Name(), "eval") {
			return next(ctx, cmd)
		}
		return f.step(func() error { return next(ctx, cmd) })
	}
}
func (f *fuse) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if !f.alive() {
			return errDead
		}
		return next(ctx, cmds)
	}
}

// wire is LINE through the fuse.
type wire struct {
	c *line.Client
	f *fuse
}

func (w wire) Reply(ctx context.Context, token string, msgs []json.RawMessage) error {
	return w.f.step(func() error { return w.c.Reply(ctx, token, msgs) })
}
func (w wire) Push(ctx context.Context, to, key string, msgs []json.RawMessage) error {
	return w.f.step(func() error { return w.c.Push(ctx, to, key, msgs) })
}
func (w wire) Loading(ctx context.Context, to string, s int) error { return w.c.Loading(ctx, to, s) }
func (w wire) MarkRead(ctx context.Context, token string) error    { return w.c.MarkRead(ctx, token) }

// people knows a LINE id for everybody who has a person hash.
type people struct{ rdb redis.UniversalClient }

func (p people) LINEID(ctx context.Context, pid flows.PersonID) (string, error) {
	id, err := p.rdb.HGet(ctx, personKey(pid), "u").Result()
	if errors.Is(err, redis.Nil) {
		return "", outbox.ErrNobody
	}
	return id, err
}

func personKey(pid flows.PersonID) string { return inbox.LaneKey(lane, "person", string(pid)) }
func owedKey(pid flows.PersonID) string   { return inbox.LaneKey(lane, "owed", string(pid)) }

// userID is the LINE id of a test person.
func userID(pid flows.PersonID) string {
	return "U" + fmt.Sprintf("%032x", []byte(pid))[:32]
}

// fakeDesk is the desk and the alarms.
type fakeDesk struct {
	mu     sync.Mutex
	down   bool
	order  []string
	notes  map[string]flows.DeskNote
	alarms map[string]flows.Alarm
}

type fusedDesk struct {
	d *fakeDesk
	f *fuse
}

var errDown = errors.New("down")

func (d *fakeDesk) set(down bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.down = down
}

func (d fusedDesk) Take(_ context.Context, id string, _ flows.PersonID, _ string, n flows.DeskNote) error {
	return d.f.step(func() error {
		d.d.mu.Lock()
		defer d.d.mu.Unlock()
		if d.d.down {
			return errDown
		}
		if _, again := d.d.notes[id]; !again {
			d.d.order = append(d.d.order, id)
		}
		d.d.notes[id] = n
		return nil
	})
}

func (d fusedDesk) Raise(_ context.Context, id string, _ flows.PersonID, _ string, a flows.Alarm) error {
	return d.f.step(func() error {
		d.d.mu.Lock()
		defer d.d.mu.Unlock()
		if d.d.down {
			return errDown
		}
		d.d.alarms[id] = a
		return nil
	})
}

// told lists what the desk learned about human words, as "do/act/why".
func (d *fakeDesk) told() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []string
	for _, id := range d.order {
		if n := d.notes[id]; n.Do == flows.NoteSent || n.Do == flows.NoteRefused {
			out = append(out, fmt.Sprintf("%s/%s/%s", n.Do, n.Act, n.Why))
		}
	}
	return out
}

func (d *fakeDesk) taken() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.order)
}

// fakeKeys destroys for real, as people does.
type fakeKeys struct {
	vault *privacy.Vault
	rdb   redis.UniversalClient
	mu    sync.Mutex
	did   []string
}

type fusedKeys struct {
	k *fakeKeys
	f *fuse
}

func (k *fakeKeys) note(s string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.did = append(k.did, s)
}

func (k fusedKeys) Purge(ctx context.Context, p flows.PersonID) error {
	return k.f.step(func() error {
		if err := k.k.vault.Shred(ctx, privacy.Person(string(p))); err != nil {
			return err
		}
		k.k.note("purge")
		return k.k.rdb.Del(ctx, personKey(p)).Err()
	})
}
func (k fusedKeys) Unsend(_ context.Context, _ flows.PersonID, texts []string) error {
	return k.f.step(func() error { k.k.note("unsend " + strings.Join(texts, ",")); return nil })
}
func (k fusedKeys) Forget(_ context.Context, _ flows.PersonID, texts []string) error {
	return k.f.step(func() error { k.k.note("forget " + strings.Join(texts, ",")); return nil })
}
