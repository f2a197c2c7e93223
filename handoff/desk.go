package handoff

import (
	"context"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
)

// Teller carries an act of the desk into the person's lane. It is idempotent by
// event id; an error means: try again.
type Teller interface {
	Tell(ctx context.Context, person flows.PersonID, eventID string, at time.Time, act flows.DeskAct, sealed []byte) error
}

// Scribe seals a coordinator's words under the resident's key.
type Scribe interface {
	SealWords(ctx context.Context, person flows.PersonID, textID, staff string, words string, at time.Time) ([]byte, error)
}

// Sealer keeps staff's own notes; the key store is one.
type Sealer interface {
	Seal(ctx context.Context, owner string, aad string, plain []byte) ([]byte, error)
	Open(ctx context.Context, owner string, aad string, sealed []byte) ([]byte, error)
}

// Options are the knobs of a desk; the zero value of each is a sane one.
type Options struct {
	Notes    Sealer                                           // staff's notes; nil: notes are refused
	Forget   func(context.Context, flows.PersonID) error      // what else must let go of an alias after 消す
	Reason   func(flows.Urgency, flows.Level, []string) string // the risk in words; default: the ids of its rules
	Capacity int                                              // cases that one coordinator has at a time; default 5
	Place    string                                           // where talks take place: line (default) or room
	Now      func() time.Time                                 // default time.Now
	Log      *slog.Logger                                     // default slog.Default
}

// Desk is the coordinators' desk.
type Desk struct {
	rdb    redis.UniversalClient
	roster Roster
	scribe Scribe
	teller Teller
	opt    Options
}
