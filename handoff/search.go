package handoff

import (
	"context"
	_ "embed"
	"slices"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
	"engawa/handoff/book"
)

// DoFound stands in the log: a search showed somebody a line of this case.
const DoFound Do = "found"

//go:embed lua/found.lua
var foundLua string

var foundScript = redis.NewScript(foundLua)

// MostSearched is how many cases a search looks through: the open ones, then those
// that were closed last.
const MostSearched = 10_000

// Searchable names the cases whose words may still be read, newest first.
func (d *Desk) Searchable(ctx context.Context) ([]flows.CaseID, error) {
	pipe := d.rdb.Pipeline()
	waiting := pipe.ZRange(ctx, queueKey, 0, -1)
	held := pipe.HKeys(ctx, handsKey)
	closed := pipe.ZRevRange(ctx, closedKey, 0, MostSearched-1)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, wrap("searchable", err)
	}
	all := slices.Concat(waiting.Val(), held.Val(), closed.Val())
	out := make([]flows.CaseID, 0, min(len(all), MostSearched))
	for _, id := range all[:min(len(all), MostSearched)] {
		out = append(out, flows.CaseID(id))
	}
	return out, nil
}

// Rows gives these cases; those that have gone are left out.
func (d *Desk) Rows(ctx context.Context, ids []flows.CaseID) ([]Row, error) {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	rows, err := d.rows(ctx, names)
	return rows, wrap("rows", err)
}

// Found writes into each case's log that a search has shown by a line of it.
func (d *Desk) Found(ctx context.Context, ids []flows.CaseID, by Staff) error {
	at := d.now()
	for _, id := range ids {
		err := foundScript.Run(ctx, d.rdb, []string{caseKey(id), logKey(id), book.Key(at)}, at.UnixMilli(), by.Name, string(id), book.Ends(at)).Err()
		if err != nil {
			return wrap("found", err)
		}
	}
	return nil
}
