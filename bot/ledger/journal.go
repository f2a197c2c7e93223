package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/config/privacy"
	"engawa/flows"
)

// Line is the journal's account of one turn: everything that [flows.Step] was given
// and decided, and nobody's words. The state stands in it as a hash only; it is
// the truth, this explains it.
type Line struct {
	At      int64          `json:"at"`            // unix ms
	Person  flows.PersonID `json:"p"`             //
	Events  []string       `json:"ev"`            // ids of all events that the turn finished
	Bundle  string         `json:"b"`             //
	Event   flows.Event    `json:"e"`             // as Step saw it, without labels
	View    flows.View     `json:"v"`             //
	Before  string         `json:"s0"`            // hash of the state before
	After   string         `json:"s1"`            // and after
	Effects []Done         `json:"ef,omitempty"`  //
	Reasons []string       `json:"why,omitempty"` //
}

// Done is one effect, as far as it may be told.
type Done struct {
	Kind flows.EffectKind `json:"k"`
	Line string           `json:"l,omitempty"` // key of the fixed line or scene
	Do   string           `json:"d,omitempty"` // note to the desk
}

// DoneOf tells effects without their contents.
func DoneOf(effects []flows.Effect) []Done {
	var out []Done
	for _, e := range effects {
		out = append(out, Done{Kind: e.Kind, Line: e.Line, Do: string(e.Desk.Do)})
	}
	return out
}

// HashOf names a state without telling it.
func HashOf(st flows.State) string {
	b, err := json.Marshal(st)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// JournalKey is a lane's journal.
func JournalKey(l inbox.Lane) string { return inbox.LaneKey(l, "journal") }

// errLine is a journal line that is not one of ours.
var errLine = errors.New("ledger: a journal line that cannot be read")

// Journal reads a lane's last lines, newest first.
func (g *Ledger) Journal(ctx context.Context, l inbox.Lane, most int64) ([]Line, error) {
	got, err := g.rdb.XRevRangeN(ctx, JournalKey(l), "+", "-", most).Result()
	if err != nil {
		return nil, fmt.Errorf("ledger: journal: %w", err)
	}
	lines := make([]Line, 0, len(got))
	for _, m := range got {
		var line Line
		text, _ := m.Values["j"].(string)
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			return nil, errLine
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// Sweep ends the journal lines that have been kept long enough, and says how many.
func (g *Ledger) Sweep(ctx context.Context, now time.Time) (int64, error) {
	var n int64
	before := strconv.FormatInt(now.Add(-privacy.Keep[privacy.Journal]).UnixMilli(), 10)
	for l := range inbox.Lane(g.lanes) {
		cut, err := g.rdb.XTrimMinID(ctx, JournalKey(l), before).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return n, fmt.Errorf("ledger: sweep: %w", err)
		}
		n += cut
	}
	return n, nil
}
