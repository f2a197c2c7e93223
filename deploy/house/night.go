package house

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"engawa/bot/ledger"
	"engawa/config"
)

const (
	careEvery  = time.Minute            // keys, days, words whose time is over
	readyTime  = 800 * time.Millisecond // for the store to answer readyz
	stuckAfter = 30 * time.Second       // an event that waits longer makes us unready: look!
)

// care is what a house does every minute whether or not anybody writes.
func (h *house) care(ctx context.Context) error {
	h.careOnce(ctx, h.clock())
	return every(ctx, careEvery, func() { h.careOnce(ctx, h.clock()) })
}

// every does something each time that so much time has passed, until ctx ends.
func every(ctx context.Context, d time.Duration, do func()) error {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			do()
		}
	}
}

// careOnce sweeps by the Keep table. What fails is said and tried again next time.
func (h *house) careOnce(ctx context.Context, now time.Time) {
	say := func(what string, err error) {
		if err != nil && ctx.Err() == nil {
			h.log.Error("care", "what", what, "err", err)
		}
	}
	_, err := h.people.Sweep(ctx, now)
	say("people", err)
	say("letters", h.outbox.Sweep(ctx, now))
	_, err = h.ledger.Sweep(ctx, now)
	say("journal", err)
	say("desk", h.desk.Prune(ctx, now))
	say("asked", h.asked.Sweep(ctx))
	say("rooms", h.rooms.Sweep(ctx, now))
	kept, err := h.vault.SweepDays(ctx, now, func(day string) (bool, error) { return h.unfinished(ctx, day) })
	say("days", err)
	if len(kept) > 0 {
		h.log.Error("終わっていないできごとがあるため、鍵を残した日があります / days whose key stays because of unfinished events", "days", kept)
	}
	say("keys", h.vault.Tend(ctx, now))
	say("ledger", h.ledger.Equation(ctx))
}

// unfinished tells whether anything still needs a day's key.
func (h *house) unfinished(ctx context.Context, day string) (bool, error) {
	if open, err := h.outbox.Unfinished(ctx, day); open || err != nil {
		return open, err
	}
	return h.ledger.Unfinished(ctx, day)
}

// ops answers whoever watches over the machine: no words, no ids.
func (h *house) ops() http.Handler {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.GET("/readyz", h.ready)
	e.GET("/metrics", echo.WrapHandler(promhttp.HandlerFor(h.reg, promhttp.HandlerOpts{})))
	return e
}

// ready says whether a resident would be answered, and which promises are in force.
func (h *house) ready(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyTime)
	defer cancel()
	out := struct {
		Ready    bool     `json:"ready"`
		Why      []string `json:"why,omitempty"`
		Promises []string `json:"promises,omitempty"`
	}{Ready: true}
	no := func(why string) { out.Ready, out.Why = false, append(out.Why, why) }
	if h.rdb.Ping(ctx).Err() != nil {
		no("store away")
	} else {
		if oldest, err := h.ledger.Oldest(ctx, h.clock()); err != nil || oldest > stuckAfter {
			no("events wait too long")
		}
		if s, err := h.vault.Standing(ctx, h.clock()); err == nil {
			for _, p := range config.Promises(s, h.chosen(), h.clock()) {
				out.Promises = append(out.Promises, p.String())
			}
		}
	}
	status := h.outbox.Status()
	for _, d := range status.Red {
		out.Why = append(out.Why, "stands still: "+string(d))
	}
	if !status.Auth.IsZero() {
		out.Why = append(out.Why, "LINE does not take the access token")
	}
	code := http.StatusOK
	if !out.Ready {
		code = http.StatusServiceUnavailable
	}
	body, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	return c.Blob(code, echo.MIMEApplicationJSON, append(body, '\n'))
}

// measure registers the figures that answer a question of the night.
func (h *house) measure() {
	h.reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	h.reg.MustRegister(h.door.Collectors()...)
	h.reg.MustRegister(h.turns.Collectors()...)
	h.reg.MustRegister(h.watch.collectors()...)
	gauge := func(name, help string, value func(context.Context) float64) {
		h.reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), readyTime)
			defer cancel()
			return value(ctx)
		}))
	}
	gauge("engawa_oldest_unanswered_seconds", "How long the oldest event has waited for its turn.", func(ctx context.Context) float64 {
		d, _ := h.ledger.Oldest(ctx, h.clock())
		return d.Seconds()
	})
	gauge("engawa_oldest_unclaimed_seconds", "How long the oldest case has waited for a coordinator.", func(ctx context.Context) float64 {
		rows, err := h.desk.Queue(ctx)
		if err != nil {
			return 0
		}
		oldest := time.Duration(0)
		for _, r := range rows {
			oldest = max(oldest, h.clock().Sub(r.Waits))
		}
		return oldest.Seconds()
	})
	gauge("engawa_alarms_open", "Alarms that nobody has acknowledged.", func(ctx context.Context) float64 {
		open, _ := h.alarms.Open(ctx)
		return float64(len(open))
	})
	gauge("engawa_webhook_silence_seconds", "How long LINE has not knocked; 0 before the first time.", func(context.Context) float64 {
		last := h.door.Last()
		if last.IsZero() {
			return 0
		}
		return h.clock().Sub(last).Seconds()
	})
	h.measureLedger(gauge)
}

// measureLedger shows every count of the ledger.
func (h *house) measureLedger(gauge func(name, help string, value func(context.Context) float64)) {
	for _, name := range ledger.Names {
		gauge("engawa_ledger_"+name, "Events of this kind in the ledger: received = bot + human + quiet + deleted + failed + pending.", func(ctx context.Context) float64 {
			counts, _, err := h.ledger.Counts(ctx)
			if err != nil {
				return 0
			}
			return float64(counts[name])
		})
	}
}
