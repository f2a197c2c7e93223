// Package webhook is the door: it takes what LINE brings, makes sure that it is
// LINE, puts it away safely and only then says 200. It does nothing slow and
// understands nothing: who wrote and what it means is for the dialogue.
package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"engawa/bot/inbox"
	"engawa/bot/line"
	"engawa/config/privacy"
	"engawa/config/traces"
)

// Limits of the door.
const (
	MaxBody  = 1 << 20                 // bytes; LINE's own requests are far smaller
	ordinary = 16 << 10                // bytes; as large as nearly all of them
	Patience = 1100 * time.Millisecond // for the stores; LINE waits 2 s in all
)

// Path is where LINE knocks.
const Path = "/line/webhook"

// ErrNoSecret refuses a door that anybody could open: with an empty key everyone
// can sign.
var ErrNoSecret = errors.New("webhook: a channel secret is missing")

// Door is the handler of LINE's webhook.
type Door struct {
	vault  *privacy.Vault
	inbox  *inbox.Appender
	signed func(body []byte, signature string) bool // a func, so that no %+v prints a secret
	bot    string                                   // our own user id, if known: whom LINE means to reach
	log    *slog.Logger

	// Trials of redelivery; nil where there are none. Set it before the first request.
	Trials *Trials

	// Traces hears how long each answer took; nil = nobody. Set it before the first request.
	Traces *traces.Tracer

	// Now is the door's clock; default time.Now. Set it before the first request.
	Now func() time.Time

	requests *prometheus.CounterVec // by what became of them
	events   *prometheus.CounterVec // stored ones, by kind
	strange  prometheus.Counter     // meant for another bot
	stored   prometheus.Counter     // the request that ended well, of requests
	whole    prometheus.Counter     // of events
	broken   prometheus.Counter     // of events
	last     atomic.Int64           // unix ms of the last good signature
}

// New makes a door that opens to any of the secrets: two while one is being
// replaced. bot is the account's own user id; "" leaves it unchecked.
func New(vault *privacy.Vault, in *inbox.Appender, secrets []string, bot string, log *slog.Logger) (*Door, error) {
	if len(secrets) == 0 || slices.Contains(secrets, "") {
		return nil, ErrNoSecret
	}
	d := &Door{vault: vault, inbox: in, bot: bot, log: log, Now: time.Now}
	d.signed = line.Verifier(secrets)
	d.requests = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "engawa_webhook_requests_total", Help: "Requests at LINE's webhook by what became of them.",
	}, []string{"result"})
	d.events = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "engawa_webhook_events_total", Help: "Events that were stored, whole or broken.",
	}, []string{"kind"})
	d.stored = d.requests.WithLabelValues("stored")
	d.whole = d.events.WithLabelValues(string(rune(inbox.FromLINE)))
	d.broken = d.events.WithLabelValues(string(rune(inbox.Broken)))
	d.strange = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "engawa_webhook_other_destination_total", Help: "Requests that were meant for another bot: check the channel's settings.",
	})
	return d, nil
}

// Collectors are what the door counts.
func (d *Door) Collectors() []prometheus.Collector {
	return []prometheus.Collector{d.requests, d.events, d.strange}
}

// Last is when LINE last knocked; zero if not since the start.
func (d *Door) Last() time.Time {
	ms := d.last.Load()
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// Register puts the door where LINE knocks.
func (d *Door) Register(e *echo.Echo) {
	e.POST(Path, func(c echo.Context) error {
		span := d.Traces.Begin(traces.Door)
		status := d.take(c.Response(), c.Request())
		span.End(traces.Facts{Outcome: outcomes[status], Failed: status >= http.StatusInternalServerError})
		return c.NoContent(status)
	})
}

// outcomes are what a trace says of an answer.
var outcomes = map[int]string{
	http.StatusOK: "stored", http.StatusBadRequest: "refused", http.StatusRequestEntityTooLarge: "refused", http.StatusServiceUnavailable: "come again",
}

// take answers one request with a status and nothing else.
func (d *Door) take(w http.ResponseWriter, r *http.Request) int {
	body, err := read(w, r)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return d.refuse(http.StatusRequestEntityTooLarge, "too large", MaxBody)
	case err != nil:
		return d.refuse(http.StatusBadRequest, "cut", len(body))
	case !d.signed(body, r.Header.Get(line.SignatureHeader)):
		return d.refuse(http.StatusBadRequest, "signature", len(body))
	}
	now := d.Now()
	d.last.Store(now.UnixMilli())
	if err := d.store(r.Context(), body, now); err != nil {
		d.requests.WithLabelValues("store away").Inc()
		d.log.Error("webhook: not stored, LINE is asked to come again", "err", err)
		return http.StatusServiceUnavailable
	}
	if d.Trials.refuses(r.Context(), body, now) {
		d.requests.WithLabelValues("trial").Inc()
		return http.StatusServiceUnavailable
	}
	d.stored.Inc()
	return http.StatusOK
}

// read takes the whole body. Room is made beforehand for an ordinary one only: who
// announces much and sends nothing shall not cost us memory.
func read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	in := http.MaxBytesReader(w, r.Body, MaxBody)
	if r.ContentLength <= 0 || r.ContentLength > ordinary {
		return io.ReadAll(in)
	}
	body := make([]byte, r.ContentLength)
	n, err := io.ReadFull(in, body)
	return body[:n], err
}

// refuse says why in one line. What was in the body is nobody's business.
func (d *Door) refuse(status int, why string, size int) int {
	d.requests.WithLabelValues(why).Inc()
	d.log.Warn("webhook: refused", "why", why, "bytes", size)
	return status
}

// store puts the events of a body into their lanes and returns when all are safe.
func (d *Door) store(ctx context.Context, body []byte, now time.Time) error {
	events := d.split(body)
	if len(events) == 0 {
		return nil // LINE's connectivity check
	}
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	arrived := time.UnixMilli(now.UnixMilli()).UTC()
	day := privacy.Day(arrived)
	entries := make([]inbox.Entry, len(events))
	items := make([]privacy.Item, len(events))
	for i, e := range events {
		entries[i] = inbox.Entry{Event: e.id, Arrived: arrived, Kind: e.kind}
		if e.from != "" {
			entries[i].Blind = d.vault.Blind(e.from)
		}
		items[i] = privacy.Item{Owner: day, AAD: inbox.SealName(e.id), Data: e.raw}
	}
	if err := d.seal(ctx, items); err != nil {
		return err
	}
	for i := range items {
		entries[i].Sealed = items[i].Data
		if entries[i].Kind == inbox.Broken {
			d.broken.Inc()
		} else {
			d.whole.Inc()
		}
	}
	return d.inbox.Append(ctx, entries)
}

// seal gives up when LINE's patience ends, also while the key store hangs. Most
// often it need not be asked at all.
func (d *Door) seal(ctx context.Context, items []privacy.Item) error {
	if d.vault.SealAtOnce(items) {
		return nil
	}
	done := make(chan error, 1)
	go func() { done <- d.vault.SealMany(ctx, items) }()
	select {
	case err := <-done:
		if err != nil {
			return err
		}
	case <-ctx.Done():
		return fmt.Errorf("webhook: seal: %w", ctx.Err())
	}
	for i := range items {
		if err := items[i].Err; err != nil {
			return fmt.Errorf("webhook: seal: %w", err)
		}
	}
	return nil
}
