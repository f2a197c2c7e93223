// Package book is the house's log: who signed in, who opened, answered, moved and
// closed what, and who changed what in the house. Entries are only ever added, and
// go by themselves when their time is over.
//
// No entry holds a word that anybody said or wrote: a case stands by its id, a
// person who works here by their account, and what was done by a word of ours.
package book

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
)

// Entry is one line.
type Entry struct {
	At  time.Time `json:"at"`
	By  string    `json:"by"`  // account; "" = the command line, or the house itself
	Do  string    `json:"do"`  // what was done
	On  string    `json:"on"`  // case, account or whatever it was done to
	How string    `json:"how"` // fixed words: which roles, what was refused
}

const day = 24 * time.Hour

// Key is the STREAM of the day in which t lies. All of them share the desk's slot,
// so that an act and its line are written in one script.
func Key(t time.Time) string { return "{desk}:book:" + t.UTC().Format(time.DateOnly) }

// Ends is when the stream of t's day has been kept long enough, in unix ms.
func Ends(t time.Time) int64 {
	return t.UTC().Truncate(day).Add(day + privacy.Keep[privacy.Log]).UnixMilli()
}

// Args are the last arguments of a script that writes e, whose last key is Key(e.At):
// when the stream ends, then the fields in the order t, b, d, o, h.
func (e Entry) Args() []any { return []any{Ends(e.At), e.At.UnixMilli(), e.By, e.Do, e.On, e.How} }

// Into adds e to what a pipeline writes anyway.
func (e Entry) Into(ctx context.Context, pipe redis.Pipeliner) {
	key := Key(e.At)
	pipe.XAdd(ctx, &redis.XAddArgs{Stream: key, Values: []any{"t", e.At.UnixMilli(), "b", e.By, "d", e.Do, "o", e.On, "h", e.How}})
	pipe.PExpireAt(ctx, key, time.UnixMilli(Ends(e.At)))
}

// Book is the log on a store.
type Book struct {
	rdb redis.UniversalClient
	now func() time.Time
}

// New opens the book.
func New(rdb redis.UniversalClient, now func() time.Time) *Book { return &Book{rdb: rdb, now: now} }

// Write adds a line about something that no script of its own writes down.
func (b *Book) Write(ctx context.Context, by, do, on, how string) error {
	pipe := b.rdb.TxPipeline()
	Entry{At: b.now(), By: by, Do: do, On: on, How: how}.Into(ctx, pipe)
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("book: write: %w", err)
	}
	return nil
}

// perRead bounds what is read at once.
const perRead = 2000

// Read gives the lines from from on and before to, the oldest first, until each
// says no.
func (b *Book) Read(ctx context.Context, from, to time.Time, each func(Entry) bool) error {
	if oldest := b.now().Add(-privacy.Keep[privacy.Log] - 2*day); from.Before(oldest) {
		from = oldest
	}
	for d := from.UTC().Truncate(day); d.Before(to); d = d.Add(day) {
		more, err := b.readDay(ctx, Key(d), from, to, each)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

func (b *Book) readDay(ctx context.Context, key string, from, to time.Time, each func(Entry) bool) (bool, error) {
	next := "-"
	for {
		got, err := b.rdb.XRangeN(ctx, key, next, "+", perRead).Result()
		if err != nil {
			return false, fmt.Errorf("book: read: %w", err)
		}
		for _, m := range got {
			next = "(" + m.ID
			e := entry(m.Values)
			if !e.At.Before(from) && e.At.Before(to) && !each(e) {
				return false, nil
			}
		}
		if len(got) < perRead {
			return true, nil
		}
	}
}

func entry(v map[string]any) Entry {
	text := func(name string) string { s, _ := v[name].(string); return s }
	ms, _ := strconv.ParseInt(text("t"), 10, 64) // our own script wrote it
	return Entry{At: time.UnixMilli(ms).UTC(), By: text("b"), Do: text("d"), On: text("o"), How: text("h")}
}

// CSV writes lines as a table; flush it when all are written.
func CSV(w io.Writer) (each func(Entry) error, flush func() error) {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"at", "by", "do", "on", "how"}) // what fails is told by flush
	return func(e Entry) error {
			return out.Write([]string{e.At.Format(time.RFC3339), plain(e.By), plain(e.Do), plain(e.On), plain(e.How)})
		}, func() error {
			out.Flush()
			return out.Error()
		}
}

// plain keeps a spreadsheet from taking a cell for a formula.
func plain(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// Lines writes one JSON object a line.
func Lines(w io.Writer) func(Entry) error {
	out := json.NewEncoder(w)
	return func(e Entry) error { return out.Encode(e) }
}
