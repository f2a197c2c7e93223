package dialogue

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/bot/ledger"
	"engawa/bot/outbox"
	"engawa/config/privacy"
	"engawa/flows"
)

func isGone(err error) bool { return errors.Is(err, privacy.ErrShredded) }

// passing are answers of a store that will be other ones later, by their first word.
var passing = []string{
	"LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK", "OOM", "NOREPLICAS",
	"MISCONF", "UNCOPIED", "BUSY", "NOAUTH", "NOPERM", "WRONGPASS", "UNBLOCKED", "ERR max number of clients",
}

// storeFault says whether a store is to blame: then the turn is tried for ever.
// Everything else is our own fault or the event's, and is tried a few times.
func storeFault(err error) bool {
	var answered redis.Error
	var network net.Error
	switch {
	case errors.Is(err, inbox.ErrStolen), errors.Is(err, errChanged),
		errors.Is(err, privacy.ErrWrongMaster), errors.Is(err, privacy.ErrKeysLost),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, redis.ErrClosed), errors.Is(err, redis.ErrPoolTimeout), errors.Is(err, redis.ErrPoolExhausted),
		errors.As(err, &network):
		return true
	case errors.Is(err, redis.Nil):
		return false
	case errors.As(err, &answered):
		for _, word := range passing {
			if strings.HasPrefix(answered.Error(), word) {
				return true
			}
		}
	}
	return false
}

// failed counts a failure that is not the store's. Texts that failed together are
// tried one by one, so that one of them cannot spoil the others; an event that
// fails by itself again and again is put aside and its person is told.
func (d *Dialogue) failed(ctx context.Context, t *turn, err error) error {
	if len(t.run) == 0 {
		return err
	}
	d.opt.Log.Error("dialogue: a turn failed", "lane", t.lease.Lane.String(), "event", t.run[0].Event, "err", err)
	if len(t.run) > 1 {
		for _, e := range t.run {
			of(e).alone = true
		}
		return err
	}
	h := of(t.run[0])
	if h.failures++; errors.Is(err, errPanic) {
		h.failures = maxFailures
	}
	if h.failures < maxFailures {
		return err
	}
	return d.guard(func() error { return t.bury(ctx, whyPoison) })
}

// bury puts the turn's event aside, where staff see it, and tells its person that
// we could not take it.
func (t *turn) bury(ctx context.Context, why string) error {
	t.d.metrics.turns.WithLabelValues("dead").Inc()
	t.run = t.run[:1]
	t.said, t.words, t.effects = nil, nil, nil // of what failed nothing is kept but its bytes
	p, err := t.apology(ctx)
	if err != nil && !storeFault(err) {
		p, err = &plan{}, nil // then without a word to them, but not for ever
	}
	if err != nil {
		return err
	}
	e := t.run[0]
	p.Events = []finished{t.ends(e, ledger.Failed, "")}
	t.markUnsent(p)
	dead, err := t.dead(ctx, e, why)
	if err != nil {
		return err
	}
	p.Dead = []field{{deadID(e), p.blob(dead)}}
	t.d.opt.Log.Error("dialogue: an event was put aside", "lane", t.lease.Lane.String(), "event", e.Event, "why", why)
	return t.commit(ctx, p)
}

// deadID names an event among the letters of the outbox.
func deadID(e *inbox.Entry) string { return "event:" + e.Event }

// deadLetter is an event in the list that the outbox keeps of what did not arrive.
// Its bytes lie under a key of their own and go with it.
type deadLetter struct {
	ID     string         `json:"id"`
	Kind   string         `json:"kind"`
	Person flows.PersonID `json:"person,omitempty"`
	Event  string         `json:"event"`
	State  string         `json:"state"`
	Why    string         `json:"why"`
	At     int64          `json:"at"`
	Since  int64          `json:"since"`
	Owner  privacy.Owner  `json:"owner"`
	Body   []byte         `json:"body,omitempty"`
}

func (t *turn) dead(ctx context.Context, e *inbox.Entry, why string) (string, error) {
	id := deadID(e)
	d := deadLetter{
		ID: id, Kind: "event", Person: t.person.ID, Event: e.Event, State: outbox.StateFailed, Why: why,
		At: e.Arrived.UnixMilli(), Since: t.now.UnixMilli(), Owner: privacy.Dead(id),
	}
	body, err := json.Marshal(map[string]string{"al": t.person.Alias, "raw": base64.StdEncoding.EncodeToString(of(e).raw)})
	if err != nil {
		return "", fmt.Errorf("dialogue: dead letter: %w", err)
	}
	d.Body, err = t.d.Vault.Seal(ctx, d.Owner, outbox.Parcel{ID: id}.AAD(), body)
	if err != nil {
		return "", fmt.Errorf("dialogue: dead letter: %w", err)
	}
	text, err := json.Marshal(d)
	return string(text), err
}

// apology is the plan that tells the person. Where there is nobody to tell, or no
// words for it, it is empty.
func (t *turn) apology(ctx context.Context) (*plan, error) {
	e := t.run[0]
	h := of(e)
	lines := t.bundle.Lines["trouble"]
	told := h.in.ReplyToken != "" || e.Kind == inbox.FromRoom
	if !e.Resident() || !h.personal() || h.in.Standby || !told || len(lines) == 0 {
		return &plan{}, nil
	}
	if err := t.meet(ctx); err != nil {
		return nil, err
	}
	t.event = flows.Event{ID: e.Event, At: t.when(e), Kind: flows.EvUnknown}
	t.after = t.person.State
	lang := t.after.Lang
	if lang == "" {
		lang = flows.Ja
	}
	human := flows.Tap{Bundle: t.bundle.Hash, Exit: flows.ExHuman, Turn: t.after.Turn}
	answer := flows.Effect{
		Kind: flows.EfAnswer, Lang: lang, Line: "trouble",
		Exits: []flows.Button{{Label: flows.LabelOf(t.bundle, lang, human), Data: flows.EncodeTap(human)}},
	}
	if e.Kind == inbox.FromRoom {
		answer.Place = flows.InRoom
	}
	for _, l := range lines {
		text, _ := l.In(lang)
		answer.Bubbles = append(answer.Bubbles, flows.Bubble{Text: text})
	}
	t.effects = []flows.Effect{answer}
	return t.plan(ctx)
}
