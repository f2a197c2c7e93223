// Package dialogue answers a person's events, one turn after the other: open what
// came, read it, let [flows.Step] decide, and commit everything that follows in one
// atomic write under the lane's lease. What is not committed has not happened: a
// crash, a stolen lease or a store that is away leave the events where they were,
// and the turn is taken again with the same names for all that it sends.
//
// A plain text waits a moment for the next bubble; taps, ways out and cries for
// help never do. Texts in a row are one turn, each read for danger on its own.
package dialogue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/bot/people"
	"engawa/bot/room"
	"engawa/config/gather"
	"engawa/config/privacy"
	"engawa/config/traces"
	"engawa/flows"
)

// Surroundings tells of the world around a talk what only others know. Without an
// answer a turn goes on: nobody waits for a number.
type Surroundings interface {
	// Ahead is how many people stand in the line before this one.
	Ahead(ctx context.Context, person flows.PersonID) (int, error)
	// Alarmed says whether somebody has acknowledged this person's alarm.
	Alarmed(ctx context.Context, person flows.PersonID) (bool, error)
}

// Parts is what a dialogue is put together from.
type Parts struct {
	Redis  redis.UniversalClient
	Vault  *privacy.Vault
	People *people.Store
	Inbox  *inbox.Appender      // where the desk's acts go
	Bundle func() *flows.Bundle // in force now
	Around Surroundings         //
	// For gives the release that speaks to somebody who is in the middle of a talk;
	// nil = the one in force speaks to everybody.
	For func(s *flows.State) *flows.Bundle

	// Notice is what the house tells everybody just now; nil = nothing, ever.
	Notice func() flows.Notice
	// Opening says whether somebody reads and when that changes, where people may be
	// out though the house is open; nil: the house's own hours.
	Opening func(time.Time) (open bool, next time.Time)
	// Reads gives the teams that keep hours of their own, and Team whose an open case
	// is; nil where no team does.
	Reads func(time.Time) []flows.TeamReads
	Team  func(context.Context, flows.PersonID) (string, error)
	// Loading shows the person that an answer is being made; may be nil.
	Loading func(ctx context.Context, person flows.PersonID) error
	// Wake tells the outbox that a lane has parcels; may be nil.
	Wake func(inbox.Lane)
	// Second reads a text again where the rules were unsure of it, and can only raise
	// caution; may be nil. It is given the state before the turn, and has 1.5 seconds.
	Second func(ctx context.Context, b *flows.Bundle, s flows.State, p flows.PersonID, last people.Said, local flows.Reading) flows.Reading
	// Rooms are the talks on our own server; nil = there are none. RoomURL is where
	// residents reach them, without a slash at the end.
	Rooms   *room.Store
	RoomURL string
	// Posts finds what groups offer, as it stands now; may be nil.
	Posts func(flows.PostQuery) (found []flows.Post, nearest bool)
	// Groups is the board as those see it who post; may be nil.
	Groups Groups
}

// Options are the knobs; the zero value of each but BubbleWait is a good one.
type Options struct {
	BubbleWait time.Duration    // how long a plain text waits for the next; 0 = not at all
	Icons      string           // https address of the two pictures beside the bubbles; "" = none
	Traces     *traces.Tracer   // hears how long each turn took; nil = nobody
	Now        func() time.Time //
	Log        *slog.Logger     //
}

// Times and bounds of a turn.
const (
	loadingAfter = 500 * time.Millisecond
	maxFailures  = 5  // of a turn that are not the store's, until its event is put aside
	maxRun       = 50 // texts in one turn
)

// Dialogue takes turns. It is an [inbox.Handler] and safe for concurrent use.
type Dialogue struct {
	Parts
	opt     Options
	readers readers
	metrics metrics

	looks, commits *gather.Trips // to the store: what turns ask first, and what they write

	step  func(*flows.Bundle, flows.View, flows.State, flows.Event) (flows.State, []flows.Effect, []string)
	crash func(place string) error // tests end a turn in the middle; nil otherwise
}

type metrics struct {
	turns   *prometheus.CounterVec
	seconds prometheus.Histogram
}

// New makes a dialogue.
func New(p Parts, opt Options) *Dialogue {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	d := &Dialogue{Parts: p, opt: opt, step: flows.Step, looks: gather.New(p.Redis), commits: gather.New(p.Redis)}
	d.metrics.turns = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "engawa_turns_total", Help: "Turns by how they ended.",
	}, []string{"result"})
	d.metrics.seconds = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "engawa_turn_seconds", Help: "How long a turn took from its beginning to its commit.",
		Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5},
	})
	return d
}

// Collectors are what the dialogue counts.
func (d *Dialogue) Collectors() []prometheus.Collector {
	return []prometheus.Collector{d.metrics.turns, d.metrics.seconds}
}

// errPanic stands for a panic; what it said may hold words and is not kept.
var errPanic = errors.New("dialogue: the turn panicked")

// Turn takes the next turn of a person; see [inbox.Handler].
func (d *Dialogue) Turn(ctx context.Context, lease inbox.Lease, waiting []*inbox.Entry) (inbox.Outcome, error) {
	began, span, outcome := d.opt.Now(), d.opt.Traces.Begin(traces.Turn), "done"
	t := &turn{d: d, lease: lease, now: began, bundle: d.Bundle()}
	defer func() {
		span.End(traces.Facts{Lane: lease.Lane, Kind: string(t.event.Kind), Outcome: outcome, Count: t.n, Failed: outcome == "again"})
	}()
	err := d.guard(func() error { return t.take(ctx, waiting) })
	if err != nil && !storeFault(err) {
		err = d.failed(ctx, t, err)
	}
	switch {
	case errors.Is(err, inbox.ErrStolen):
		outcome = "stolen"
		d.metrics.turns.WithLabelValues(outcome).Inc()
		return inbox.Outcome{}, inbox.ErrStolen
	case err != nil:
		outcome = "again"
		d.metrics.turns.WithLabelValues(outcome).Inc()
		return inbox.Outcome{}, err
	case t.wait > 0:
		outcome = "wait"
		return inbox.Outcome{Wait: t.wait}, nil
	}
	d.metrics.turns.WithLabelValues("done").Inc()
	d.metrics.seconds.Observe(d.opt.Now().Sub(began).Seconds())
	if t.sends && d.Wake != nil {
		d.Wake(lease.Lane)
	}
	if d.Rooms != nil {
		d.Rooms.Ring(t.person.ID)
	}
	return inbox.Outcome{Done: t.n}, nil
}

// guard turns a panic into an error, so that one event cannot end the process.
func (d *Dialogue) guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w (%T)", errPanic, r)
		}
	}()
	return f()
}

// at is where tests let a turn die.
func (d *Dialogue) at(place string) error {
	if d.crash == nil {
		return nil
	}
	return d.crash(place)
}
