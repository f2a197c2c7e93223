package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/config/privacy"
	"engawa/config/traces"
	"engawa/flows"
)

// maxObjects is how many message objects LINE takes at once.
const maxObjects = 5

// LINE is what the outbox needs of LINE; *line.Client is one. Errors are *line.Error.
type LINE interface {
	Reply(ctx context.Context, token string, msgs []json.RawMessage) error
	Push(ctx context.Context, to, retryKey string, msgs []json.RawMessage) error
	Loading(ctx context.Context, to string, seconds int) error
	MarkRead(ctx context.Context, token string) error
}

// Desk takes notes; again with the same id changes nothing; an error means: bring it again.
type Desk interface {
	Take(ctx context.Context, id string, person flows.PersonID, alias string, note flows.DeskNote) error
}

// Alarm wakes humans; the same rules as [Desk].
type Alarm interface {
	Raise(ctx context.Context, id string, person flows.PersonID, alias string, a flows.Alarm) error
}

// Board takes what members post and ask; the same rules as [Desk].
type Board interface {
	Carry(ctx context.Context, id string, person flows.PersonID, note flows.BoardNote, post []byte) error
}

// Keys destroys: first the key, then the data. Again changes nothing.
type Keys interface {
	Purge(ctx context.Context, person flows.PersonID) error                  // 消す: all of a person
	Unsend(ctx context.Context, person flows.PersonID, texts []string) error // texts taken back
	Forget(ctx context.Context, person flows.PersonID, texts []string) error // この話を消す
}

// People tells who a person is to LINE. The id is never kept, logged or shown.
// An error that is ErrNobody or privacy.ErrShredded says that there is nobody any more.
type People interface {
	LINEID(ctx context.Context, person flows.PersonID) (string, error)
}

// ErrNobody is what [People] answers for a person who was deleted.
var ErrNobody = errors.New("outbox: nobody by that name any more")

// Vault is what the outbox needs of *privacy.Vault.
type Vault interface {
	Seal(ctx context.Context, o privacy.Owner, aad string, plain []byte) ([]byte, error)
	Open(ctx context.Context, o privacy.Owner, aad string, sealed []byte) ([]byte, error)
	SealMany(ctx context.Context, items []privacy.Item) error
	OpenMany(ctx context.Context, items []privacy.Item) error
	Shred(ctx context.Context, o privacy.Owner) error
}

// Parts is what an outbox is put together from.
type Parts struct {
	Redis  redis.UniversalClient
	Vault  Vault
	LINE   LINE
	People People
	Desk   Desk
	Alarm  Alarm
	Keys   Keys
	Board  Board // may be nil where nobody posts
	// Outlive keeps what must outlive a 消す, before anything is destroyed; again
	// changes nothing. danger says that word of a life in clear danger is still on
	// its way to the desk. May be nil.
	Outlive func(ctx context.Context, person flows.PersonID, danger bool) error
}

// Options are the knobs; zero values are good ones.
type Options struct {
	Lanes      int                  // of the store: inbox.DefaultLanes
	Now        func() time.Time     // the clock
	NudgeHours func(time.Time) bool // when nudges may leave: always
	Replicas   int                  // that must have an envelope before it leaves (WAIT)
	Poll       time.Duration        // how often a lane is looked at unless woken: 500 ms
	Grace      time.Duration        // how long sends under way may take to end when stopping: 3 s
	Senders    int                  // envelopes to LINE under way at once: 256
	Budget     *Budget              // what is left of the month; nil: nobody counts
	Metrics    *Metrics             //
	Traces     *traces.Tracer       // hears how long each send took; nil: nobody
	Log        *slog.Logger         //
}

func (o Options) filled() Options {
	if o.Lanes <= 0 {
		o.Lanes = inbox.DefaultLanes
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NudgeHours == nil {
		o.NudgeHours = func(time.Time) bool { return true }
	}
	if o.Poll <= 0 {
		o.Poll = 500 * time.Millisecond
	}
	if o.Grace <= 0 {
		o.Grace = 3 * time.Second
	}
	if o.Senders <= 0 {
		o.Senders = 256
	}
	if o.Budget == nil {
		o.Budget = &Budget{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics(nil)
	}
	return o
}

// errStolen means that the lane or the envelope is somebody else's now.
var errStolen = errors.New("outbox: not ours any more")

// Outbox carries parcels. One serves all lanes of a process.
type Outbox struct {
	Parts
	rdb    redis.UniversalClient
	opt    Options
	log    *slog.Logger
	gate   *gate
	budget *Budget
	pool   map[Dest]chan struct{} // one token per worker

	mu      sync.Mutex
	bells   map[inbox.Lane]chan struct{}
	busy    map[errand]*work     // persons being served, per destination
	served  map[laneDest]int     // how many of them
	starved map[inbox.Lane]bool  // lanes that found no free worker
	waiting map[errand]wait      // what could not be done at the last try
	backlog map[laneDest]float64 // oldest due time that was seen and not begun
	told    time.Time            // when a fault was last logged
	hushed  int                  // faults since then
}

// errand is one person's queue to one destination.
type errand struct {
	dest   Dest
	person flows.PersonID
}

type laneDest struct {
	lane inbox.Lane
	dest Dest
}

// wait is what stands still for an errand.
type wait struct {
	since time.Time // the oldest parcel was decided then
	tries int
	why   string
}

// New makes an outbox. [Outbox.Run] moves it.
func New(p Parts, opt Options) *Outbox {
	opt = opt.filled()
	o := &Outbox{
		Parts: p, rdb: p.Redis, opt: opt, log: opt.Log, gate: &gate{}, budget: opt.Budget,
		bells: map[inbox.Lane]chan struct{}{}, busy: map[errand]*work{}, served: map[laneDest]int{}, starved: map[inbox.Lane]bool{},
		waiting: map[errand]wait{}, backlog: map[laneDest]float64{},
		pool: map[Dest]chan struct{}{
			ToLINE: make(chan struct{}, opt.Senders), ToDesk: make(chan struct{}, 16),
			ToAlarm: make(chan struct{}, 8), ToKeys: make(chan struct{}, 8), ToBoard: make(chan struct{}, 8),
			ToRead: make(chan struct{}, 4),
		},
	}
	opt.Metrics.watch(o)
	return o
}

func (o *Outbox) now() time.Time { return o.opt.Now() }

// Wake makes a lane be looked at now: after a commit.
func (o *Outbox) Wake(l inbox.Lane) {
	o.mu.Lock()
	bell := o.bells[l]
	o.mu.Unlock()
	ring(bell)
}

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default: // nobody there, or it rings already
	}
}

// loadingSeconds is the shortest that is longer than a slow answer; the sign goes
// away by itself when the answer comes.
const loadingSeconds = 20

// Loading shows the moving dots in a person's talk. It is a courtesy: when it
// fails nothing is lost and nothing is tried again.
func (o *Outbox) Loading(ctx context.Context, p flows.PersonID) error {
	to, err := o.People.LINEID(ctx, p)
	if err != nil {
		return fmt.Errorf("outbox: loading: %w", err)
	}
	if err := o.LINE.Loading(ctx, to, loadingSeconds); err != nil {
		return fmt.Errorf("outbox: loading: %w", err)
	}
	return nil
}

// gone tells whether an error says that the person or the words were deleted.
func gone(err error) bool {
	return errors.Is(err, ErrNobody) || errors.Is(err, privacy.ErrShredded)
}
