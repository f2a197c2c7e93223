package handoff

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
)

// Row is one line of the queue or of a coordinator's own list.
type Row struct {
	Case
	Ahead  int    // people before this one; 0 for cases that do not wait
	Reason string // the risk in words
	Wish   string // alias of the coordinator who had them last, if on shift now
}

// Fate is what became of an answer on its way to the resident.
type Fate struct {
	State string // pending, sent, refused
	Why   string // refused: stopped, left, forgotten
	by    string
}

// Queue gives everybody who waits, in the order of the published rule.
func (d *Desk) Queue(ctx context.Context) ([]Row, error) {
	ids, err := d.rdb.ZRange(ctx, queueKey, 0, -1).Result()
	if err != nil {
		return nil, wrap("queue", err)
	}
	rows, err := d.rows(ctx, ids)
	if err != nil {
		return nil, wrap("queue", err)
	}
	// Somebody may have claimed one between the two readings.
	rows = slices.DeleteFunc(rows, func(r Row) bool { return r.State != Waiting })
	for i := range rows {
		rows[i].Ahead = i
	}
	return rows, nil
}

// Mine gives what one coordinator (by account name) has: who waits for a word
// first, then what was promised first. "" gives all that somebody has.
func (d *Desk) Mine(ctx context.Context, staff string) ([]Row, error) {
	held, err := d.rdb.HGetAll(ctx, handsKey).Result()
	if err != nil {
		return nil, wrap("mine", err)
	}
	var ids []string
	for id, name := range held {
		if staff == "" || name == staff {
			ids = append(ids, id)
		}
	}
	rows, err := d.rows(ctx, ids)
	if err != nil {
		return nil, wrap("mine", err)
	}
	rows = slices.DeleteFunc(rows, func(r Row) bool { return !r.Held() || staff != "" && r.Staff.Name != staff })
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(
			cmp.Compare(owed(a.Case), owed(b.Case)),
			a.Waits.Compare(b.Waits),
			a.Lease.Compare(b.Lease),
			cmp.Compare(a.ID, b.ID),
		)
	})
	return rows, nil
}

func owed(c Case) int {
	switch {
	case c.State == Snoozed:
		return 2
	case c.Waits.IsZero():
		return 1
	}
	return 0
}

// Get gives one case, or ErrUnknown.
func (d *Desk) Get(ctx context.Context, id flows.CaseID) (Row, error) {
	c, _, err := d.load(ctx, id)
	if err != nil {
		return Row{}, wrap("get", err)
	}
	if c.State == None {
		return Row{}, ErrUnknown
	}
	row := d.row(c)
	if c.State == Waiting {
		n, err := d.rdb.ZRank(ctx, queueKey, string(id)).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return Row{}, wrap("get", err)
		}
		row.Ahead = int(n)
	}
	return row, nil
}

// Of gives the person's open or last case, or ErrUnknown.
func (d *Desk) Of(ctx context.Context, person flows.PersonID) (Row, error) {
	id, err := d.rdb.HGet(ctx, personsKey, string(person)).Result()
	if errors.Is(err, redis.Nil) {
		return Row{}, ErrUnknown
	}
	if err != nil {
		return Row{}, wrap("of", err)
	}
	return d.Get(ctx, flows.CaseID(id))
}

// Waiting counts who waits.
func (d *Desk) Waiting(ctx context.Context) (int, error) {
	n, err := d.rdb.ZCard(ctx, queueKey).Result()
	return int(n), wrap("count", err)
}

// Fates tells what became of each answer, by event id (see [ActID]).
func (d *Desk) Fates(ctx context.Context, id flows.CaseID) (map[string]Fate, error) {
	all, err := d.rdb.HGetAll(ctx, actsKey(id)).Result()
	if err != nil {
		return nil, wrap("fates", err)
	}
	fates := make(map[string]Fate, len(all))
	for event, text := range all {
		fates[event] = parseFate(text)
	}
	return fates, nil
}

func parseFate(text string) Fate {
	state, rest, _ := strings.Cut(text, "|")
	by, why, _ := strings.Cut(rest, "|")
	return Fate{State: state, Why: why, by: by}
}

// rows reads many cases in one round trip; one that has gone is left out.
func (d *Desk) rows(ctx context.Context, ids []string) ([]Row, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	pipe := d.rdb.Pipeline()
	got := make([]*redis.SliceCmd, len(ids))
	for i, id := range ids {
		got[i] = pipe.HMGet(ctx, caseKey(flows.CaseID(id)), "c")
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	rows := make([]Row, 0, len(ids))
	for _, cmd := range got {
		text, ok := cmd.Val()[0].(string)
		if !ok {
			continue
		}
		c, err := decode(text)
		if err != nil {
			return nil, err
		}
		rows = append(rows, d.row(c))
	}
	return rows, nil
}

func (d *Desk) row(c Case) Row {
	row := Row{Case: c}
	if c.Level != flows.NoLevel {
		row.Reason = d.opt.Reason(c.Urgency, c.Level, c.Rules)
	}
	if c.State == Waiting && c.Last.Name != "" && d.roster.On(c.Last.Name, d.now()) {
		row.Wish = c.Last.Alias
	}
	return row
}
