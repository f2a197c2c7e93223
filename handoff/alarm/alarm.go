// Package alarm sees to it that a cry for help has been seen: an alarm stands
// until a person acknowledges it. It never carries content.
package alarm

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
)

// Alarm is one cry for help: who (by alias), what kind, which rules, never what was said.
type Alarm struct {
	ID      string
	Person  flows.PersonID
	Alias   string // gone after 消す
	Urgency flows.Urgency
	Level   flows.Level
	Rules   []string
	Standby bool // LINE has given the talk to another module: there is no case
	Raised  time.Time
	Again   []time.Time // when it was raised again because nobody had reacted
	Acked   time.Time   // zero: nobody yet
	By      string      // alias of who acknowledged it
}

// ErrUnknown says that there is no such alarm.
var ErrUnknown = errors.New("alarm: no such alarm")

// Teller carries the acknowledgement into the person's lane; idempotent by event id.
type Teller interface {
	Tell(ctx context.Context, person flows.PersonID, eventID string, at time.Time, act flows.DeskAct, sealed []byte) error
}

// Store keeps the alarms.
type Store struct{ rdb redis.UniversalClient }

var errUnbuilt = errors.New("alarm: not built yet")

// New keeps alarms in rdb. now and log may be nil.
func New(rdb redis.UniversalClient, teller Teller, now func() time.Time, log *slog.Logger) *Store {
	return &Store{rdb: rdb}
}

// Raise raises an alarm; again with the same id changes nothing.
func (s *Store) Raise(ctx context.Context, id string, person flows.PersonID, alias string, a flows.Alarm) error {
	return errUnbuilt
}

// Open lists the alarms that nobody has acknowledged, the gravest and oldest first.
func (s *Store) Open(ctx context.Context) ([]Alarm, error) { return nil, errUnbuilt }

// Ack records who has seen it and tells the person's lane. Who was first stays.
func (s *Store) Ack(ctx context.Context, id, alias string) (Alarm, error) { return Alarm{}, errUnbuilt }

// Forget takes the alias of a person off all alarms.
func (s *Store) Forget(ctx context.Context, person flows.PersonID) error { return errUnbuilt }

// Sweep raises again what nobody reacted to, and carries acknowledgements that
// have not reached their lane yet.
func (s *Store) Sweep(ctx context.Context, now time.Time) error { return errUnbuilt }

// Run sweeps until ctx ends.
func (s *Store) Run(ctx context.Context) error { return errUnbuilt }
