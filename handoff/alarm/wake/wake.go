// Package wake calls people who are not looking at the console when a cry for help
// has come: by mail, and by a program or an address of the city's own that knows
// its pagers. A call carries no content: that there is an alarm, for how long, and
// where to look. Calls go on, step by step, until a person acknowledges the alarm.
//
// A call may be made twice, if a process dies in the middle of it: a pager that
// rings twice is better than one that does not. What went out and what did not is
// noted on the alarm.
package wake

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"engawa/handoff/alarm"
)

// For is whom a call is meant for.
type For string

// The people who are called one after the other: the second where the first do not
// react within three minutes, the duty where neither does within six.
const (
	First  For = "first"
	Second For = "second"
	Duty   For = "duty"
)

// Ring is one call. It names nobody and nothing.
type Ring struct {
	ID      string        // of the alarm: the same for all its calls
	Step    int           // 0 = at once
	Waiting time.Duration // since it was raised
	Link    string        // where to look
	Test    bool          // a trial that somebody asked for
	About   string        // "" = a cry for help; Silence
}

// For is whom this step is meant for.
func (r Ring) For() For {
	switch r.Step {
	case 0:
		return First
	case 1:
		return Second
	}
	return Duty
}

// Way is one way of calling. It says whom it reached: accounts, or for whom the
// call was meant; nobody is no failure. An error says only that it did not go out.
type Way interface {
	Name() string
	Call(ctx context.Context, r Ring) (reached []string, err error)
}

// Times of calling.
const (
	lookEvery = 5 * time.Second // also if nothing tells us of an alarm
	patience  = 20 * time.Second
)

// Waker makes the calls that are due.
type Waker struct {
	alarms *alarm.Store
	ways   []Way
	link   string
	clock  func() time.Time
	log    *slog.Logger
	calls  *prometheus.CounterVec
	under  sync.WaitGroup // calls that are being made
}

// New makes a waker; link is the console's address, as people reach it.
func New(alarms *alarm.Store, ways []Way, link string, now func() time.Time, log *slog.Logger) *Waker {
	return &Waker{alarms: alarms, ways: ways, link: link, clock: now, log: log,
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "engawa_alarm_calls_total", Help: "Calls to people who are not at the console, by way and how they went.",
		}, []string{"way", "result"})}
}

// Ways is how many ways of calling there are.
func (w *Waker) Ways() int { return len(w.ways) }

// Collectors are what is counted.
func (w *Waker) Collectors() []prometheus.Collector { return []prometheus.Collector{w.calls} }

// Run makes calls until ctx ends. Every process runs it.
func (w *Waker) Run(ctx context.Context) error {
	if len(w.ways) == 0 {
		<-ctx.Done()
		return nil
	}
	defer w.under.Wait()
	told, stop := w.alarms.Changes(ctx)
	defer stop()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := w.look(ctx); err != nil && ctx.Err() == nil {
			w.log.Error("wake: looking for alarms", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-told:
		case <-tick.C:
		}
	}
}

// Once makes all calls that are due now, side by side, and waits for them.
func (w *Waker) Once(ctx context.Context) error {
	defer w.under.Wait()
	return w.look(ctx)
}

// look begins all calls that are due. It waits for none: a mail server that hangs
// must not hold up the pager of the next cry for help.
func (w *Waker) look(ctx context.Context) error {
	open, err := w.alarms.Open(ctx)
	if err != nil {
		return err
	}
	now := w.clock()
	for _, a := range open {
		step := a.Step(now)
		for _, way := range w.ways {
			mine, err := w.alarms.Take(ctx, a.ID, way.Name(), step)
			if err != nil {
				return err
			}
			if mine {
				r := Ring{ID: a.ID, Step: step, Waiting: now.Sub(a.Raised), Link: w.link}
				w.under.Go(func() { w.call(ctx, way, r) })
			}
		}
	}
	return nil
}

// call makes one call and notes how it went.
func (w *Waker) call(ctx context.Context, way Way, r Ring) {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	reached, err := way.Call(limited, r)
	result := "out"
	switch {
	case err == nil && len(reached) == 0:
		result = "nobody"
	case err != nil:
		result = "failed"
		w.log.Error("wake: a call did not go out", "way", way.Name(), "step", r.Step, "err", err)
	}
	w.calls.WithLabelValues(way.Name(), result).Inc()
	if err := w.alarms.Called(context.WithoutCancel(ctx), r.ID, way.Name(), r.Step, err == nil, reached); err != nil {
		w.log.Error("wake: noting a call", "way", way.Name(), "err", err)
	}
}

// Try makes one trial call by every way, for each of the three that may be called.
func (w *Waker) Try(ctx context.Context, tell func(way string, whom For, err error)) {
	for _, way := range w.ways {
		for step := range 3 {
			r := Ring{ID: "test", Step: step, Link: w.link, Test: true}
			limited, cancel := context.WithTimeout(ctx, patience)
			_, err := way.Call(limited, r)
			tell(way.Name(), r.For(), err)
			cancel()
		}
	}
}
