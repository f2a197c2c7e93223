package house

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"engawa/bot/webhook"
	"engawa/handoff/alarm/wake"
	"engawa/handoff/console"
)

// Keys of what the house knows of its own health. They share one slot.
const (
	heardKey   = "{watch}:heard"   // ZSET "line" → unix ms of LINE's last knock at any process
	silenceKey = "{watch}:silence" // STRING unix ms of that knock, while people have been called
	knockKey   = "{watch}:knock"   // STRING LINE was asked to knock; expires
	reportKey  = "{watch}:report"  // STRING the last examination, as JSON
	turnKey    = "{watch}:turn"    // STRING who examines just now; expires
	seenKey    = "{watch}:seen"    // HASH what only a person can see → unix ms of looking
)

// autoReply is what only a person can see: LINE's own answering machine is off.
const autoReply = "autoreply"

// Times of the watch.
const (
	healthEvery  = 30 * time.Second
	examineEvery = 24 * time.Hour
	examineTime  = 2 * time.Minute  // one process at a time, for at most this long
	knockAgain   = 10 * time.Minute // LINE lets itself be asked 60 times an hour
	knockGrace   = 2 * time.Minute  // from asking LINE to knock until silence counts
	callAgain    = 24 * time.Hour   // while silence lasts
)

// watch is what the house does for its own health: it asks LINE to knock when nothing
// comes, calls people when that does not help, and examines itself once a day.
type watch struct {
	*house
	jitter time.Duration // so that processes started together do not examine together
}

func newWatch(h *house) *watch {
	h.trials = webhook.NewTrials(h.rdb)
	return &watch{house: h, jitter: time.Duration(rand.Int64N(int64(2 * time.Hour)))} //#nosec G404 -- spreads checks over the day; who guesses it gains nothing
}

// Run watches until ctx ends. Every process runs it.
func (w *watch) Run(ctx context.Context) error {
	var last time.Time
	look := func() {
		if err := w.trials.Look(ctx); err != nil && ctx.Err() == nil {
			w.log.Debug("watch: trials", "err", err)
		}
		if now := w.clock(); now.Sub(last).Abs() >= healthEvery {
			last = now
			w.once(ctx, now)
		}
	}
	look()
	return every(ctx, webhook.LookEvery, look)
}

// once looks after everything that is due at this moment.
func (w *watch) once(ctx context.Context, now time.Time) {
	say := func(what string, err error) {
		if err != nil && ctx.Err() == nil {
			w.log.Error("watch", "what", what, "err", err)
		}
	}
	say("knocks", w.listen(ctx, now))
	say("silence", w.silence(ctx, now))
	say("examination", w.daily(ctx, now))
}

// listen tells the other processes when LINE last knocked here. A house that has just
// been built counts from now.
func (w *watch) listen(ctx context.Context, now time.Time) error {
	if last := w.door.Last(); !last.IsZero() {
		return w.rdb.ZAddGT(ctx, heardKey, redis.Z{Score: float64(last.UnixMilli()), Member: "line"}).Err()
	}
	return w.rdb.ZAddNX(ctx, heardKey, redis.Z{Score: float64(now.UnixMilli()), Member: "line"}).Err()
}

// heard is when LINE last knocked anywhere; zero if that is not known.
func (w *watch) heard(ctx context.Context) (time.Time, error) {
	ms, err := w.rdb.ZScore(ctx, heardKey, "line").Result()
	if errors.Is(err, redis.Nil) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("watch: heard: %w", err)
	}
	return time.UnixMilli(int64(ms)), nil
}

// silence calls people when nothing has come from LINE for long in opening hours. A
// quiet town is no fault: LINE is asked to knock first, and if it can, all is well.
func (w *watch) silence(ctx context.Context, now time.Time) error {
	heard, err := w.heard(ctx)
	if err != nil || heard.IsZero() || w.cfg.Silence == 0 {
		return err
	}
	hours := w.shifts.InForce() // as the console has changed them: a day closed there rings nobody
	open, _ := hours.OpenAt(now)
	quiet := openTime(hours.OpenAt, heard, now)
	switch {
	case quiet < w.cfg.Silence:
		return w.rdb.Del(ctx, silenceKey).Err()
	case !open:
		return nil // nobody is woken by it, and nobody is missing an answer
	case quiet < w.cfg.Silence+knockGrace:
		return w.askToKnock(ctx)
	}
	first, err := w.rdb.SetNX(ctx, silenceKey, heard.UnixMilli(), callAgain).Result()
	if err != nil || !first {
		return errors.Join(err, w.askToKnock(ctx))
	}
	out := w.waker.Tell(ctx, wake.Silence, fmt.Sprintf("silence-%d", heard.UnixMilli()))
	w.log.Error("開いている時間なのに、LINE から何も届いていません / nothing comes from LINE in opening hours", "open", quiet.Round(time.Minute), "calls", out)
	return nil
}

// askToKnock lets LINE make its own test of our door, at most every ten minutes.
func (w *watch) askToKnock(ctx context.Context) error {
	mine, err := w.rdb.SetNX(ctx, knockKey, 1, knockAgain).Result()
	if err != nil || !mine {
		return err
	}
	if _, err := w.line.TestWebhook(ctx); err != nil {
		w.log.Warn("watch: LINE was asked to knock and could not be reached", "err", err)
	}
	return nil
}

// openTime is how much of the time between two moments the house was open.
func openTime(openAt func(time.Time) (bool, time.Time), from, to time.Time) (sum time.Duration) {
	const most = 31 * 24 * time.Hour // beyond that it is long enough whatever the hours
	if to.Sub(from) > most {
		from = to.Add(-most)
	}
	for from.Before(to) {
		open, next := openAt(from)
		if next.IsZero() || next.After(to) {
			next = to
		}
		if open {
			sum += next.Sub(from)
		}
		from = next
	}
	return sum
}

// daily examines the house once a day, in whichever process comes first.
func (w *watch) daily(ctx context.Context, now time.Time) error {
	due := func() (bool, error) {
		last, err := w.report(ctx)
		return !last.At.Add(examineEvery + w.jitter).After(now), err
	}
	if is, err := due(); err != nil || !is {
		return err
	}
	mine, err := w.rdb.SetNX(ctx, turnKey, 1, examineTime).Result()
	if err != nil || !mine {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, examineTime)
	defer cancel()
	if is, err := due(); err != nil || !is { // somebody else has just done it
		return errors.Join(err, w.rdb.Del(ctx, turnKey).Err())
	}
	return errors.Join(w.keep(ctx, w.examine(ctx, now)), w.rdb.Del(ctx, turnKey).Err())
}

// keep makes an examination the last one.
func (w *watch) keep(ctx context.Context, c console.Checkup) error {
	body, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("watch: keep: %w", err)
	}
	if err := w.rdb.Set(ctx, reportKey, body, 0).Err(); err != nil {
		return fmt.Errorf("watch: keep: %w", err)
	}
	return nil
}

// report is the last examination; the zero one if there was none.
func (w *watch) report(ctx context.Context) (c console.Checkup, err error) {
	body, err := w.rdb.Get(ctx, reportKey).Bytes()
	if errors.Is(err, redis.Nil) {
		return c, nil
	}
	if err == nil {
		err = json.Unmarshal(body, &c)
	}
	if err != nil {
		return console.Checkup{}, fmt.Errorf("watch: report: %w", err)
	}
	return c, nil
}

// checkup is the last examination with what stands just now, for the console.
func (w *watch) checkup(ctx context.Context) (console.Checkup, error) {
	c, err := w.report(ctx)
	if err != nil {
		return c, err
	}
	ms, err := w.rdb.Get(ctx, silenceKey).Int64()
	if err == nil {
		c.Silent = time.UnixMilli(ms)
	}
	return c, nil
}

// saw notes that a person has looked at what only a person can see, and puts the
// last examination right, so that it is not asked about again.
func (w *watch) saw(ctx context.Context, what string, now time.Time) error {
	if what != autoReply {
		return fmt.Errorf("watch: nobody asked about %q", what)
	}
	if err := w.rdb.HSet(ctx, seenKey, what, now.UnixMilli()).Err(); err != nil {
		return fmt.Errorf("watch: saw: %w", err)
	}
	c, err := w.report(ctx)
	if err != nil || c.At.IsZero() {
		return err
	}
	e := &examination{house: w.house, now: now}
	e.autoReply(ctx)
	for i := range c.Findings {
		if c.Findings[i].Name == what {
			c.Findings[i] = e.all[0]
		}
	}
	return w.keep(ctx, c)
}

// seen is when a person last looked at it; zero if never.
func (w *watch) seen(ctx context.Context, what string) (time.Time, error) {
	ms, err := w.rdb.HGet(ctx, seenKey, what).Int64()
	if errors.Is(err, redis.Nil) {
		return time.Time{}, nil
	}
	return time.UnixMilli(ms), err
}

// collectors are the figures of the watch.
func (w *watch) collectors() []prometheus.Collector {
	gauge := func(name, help string, value func(context.Context) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), readyTime)
			defer cancel()
			return value(ctx)
		})
	}
	return []prometheus.Collector{
		gauge("engawa_webhook_open_silence_seconds", "For how much of its opening hours the house has heard nothing from LINE, at any process.", func(ctx context.Context) float64 {
			heard, err := w.heard(ctx)
			if err != nil || heard.IsZero() {
				return 0
			}
			return openTime(w.shifts.InForce().OpenAt, heard, w.clock()).Seconds()
		}),
		gauge("engawa_webhook_silent", "1 while people have been called because nothing comes from LINE.", func(ctx context.Context) float64 {
			return float64(w.rdb.Exists(ctx, silenceKey).Val())
		}),
		gauge("engawa_findings", "What the last daily examination found wrong.", func(ctx context.Context) float64 {
			c, _ := w.report(ctx)
			return float64(len(c.Wrong()))
		}),
	}
}
