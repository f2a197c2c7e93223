package handoff

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
)

//go:embed lua/roster.lua
var rosterLua string

var rosterScript = redis.NewScript(rosterLua)

const (
	rostersKey    = "{desk}:rosters"    // HASH account → JSON
	rosterRevsKey = "{desk}:rosterrevs" // HASH account → revision
)

// Week is when one person works, within the hours of the house.
type Week struct {
	Days map[time.Weekday][]flows.Span `json:"w,omitempty"` // nil = whenever the house is open
	Off  []string                      `json:"o,omitempty"` // days off, "2026-12-29"
	Rev  int64                         `json:"-"`
}

func (w Week) check() error {
	days := map[string]Day{}
	for _, date := range w.Off {
		days[date] = Day{}
	}
	return Hours{Week: w.Days, Days: days}.check()
}

// WeekOf gives somebody's own week.
func (s *Shifts) WeekOf(ctx context.Context, account string) (Week, error) {
	pipe := s.rdb.TxPipeline()
	is, rev := pipe.HGet(ctx, rostersKey, account), pipe.HGet(ctx, rosterRevsKey, account)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return Week{}, wrap("week", err)
	}
	w, err := readWeek(is.Val())
	w.Rev = number(rev.Val())
	return w, wrap("week", err)
}

func readWeek(text string) (w Week, err error) {
	if text != "" && json.Unmarshal([]byte(text), &w) != nil {
		return Week{}, errors.New("it cannot be read")
	}
	return w, nil
}

// SetWeek puts another week for somebody in force, in every process within a
// second. If another hand was faster than the eye that saw w.Rev, it is ErrOther.
func (s *Shifts) SetWeek(ctx context.Context, account string, w Week) error {
	if err := w.check(); err != nil {
		return err
	}
	old := s.now().Add(-daysForgets).Format(time.DateOnly)
	w.Off = slices.DeleteFunc(slices.Clone(w.Off), func(date string) bool { return date < old })
	slices.Sort(w.Off)
	w.Off = slices.Compact(w.Off)
	body := ""
	if w.Days != nil || len(w.Off) > 0 {
		text, err := json.Marshal(w)
		if err != nil {
			return wrap("week", err)
		}
		body = string(text)
	}
	done, err := rosterScript.Run(ctx, s.rdb, []string{rostersKey, rosterRevsKey, revKey}, account, w.Rev, body).Bool()
	s.forget()
	if err == nil && !done {
		return ErrOther
	}
	return wrap("week", err)
}

// forget lets what is known be read anew.
func (s *Shifts) forget() {
	s.mu.Lock()
	s.read = time.Time{}
	s.mu.Unlock()
}

// readWeeks reads everybody's own week; what cannot be read is as it was.
func (s *Shifts) readWeeks(got map[string]string) {
	weeks := map[string]Week{}
	for name, text := range got {
		w, err := readWeek(text)
		if err != nil {
			w = s.weeks[name]
		}
		weeks[name] = w
	}
	s.weeks = weeks
}

// inAt says whether somebody works at t, as far as it is theirs to say, and when
// that changes; never: zero.
func (w Week) inAt(zone *time.Location, t time.Time) (in bool, next time.Time) {
	if w.Days == nil && len(w.Off) == 0 {
		return true, time.Time{}
	}
	own := flows.House{Zone: zone, Hours: w.Days, Closed: map[string]string{}}
	if w.Days == nil {
		own.Hours = map[time.Weekday][]flows.Span{}
		for d := time.Sunday; d <= time.Saturday; d++ {
			own.Hours[d] = []flows.Span{{From: 0, To: 24 * 60}}
		}
	}
	for _, date := range w.Off {
		own.Closed[date] = ""
	}
	return own.OpenAt(t)
}
