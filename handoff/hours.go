package handoff

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
)

//go:embed lua/hours.lua
var hoursLua string

var hoursScript = redis.NewScript(hoursLua)

const hoursKey = "{desk}:hours" // HASH rev, is (JSON)

// Hours lie over those of house.yaml and win: a roster changes sooner than a bundle.
// The zero value changes nothing.
type Hours struct {
	Week map[time.Weekday][]flows.Span `json:"w,omitempty"` // of every week; nil = as in house.yaml
	Days map[string]Day                `json:"d,omitempty"` // "2026-12-29"
	By   string                        `json:"b,omitempty"` // account that changed them last
	At   time.Time                     `json:"t,omitzero"`
	Rev  int64                         `json:"-"`
}

// Day is one date that is not as its weekday is.
type Day struct {
	Open bool   `json:"o,omitempty"` // open as usual although house.yaml closes it; else closed
	Why  string `json:"y,omitempty"` // what the day is called
}

// What other hours are refused with.
var (
	ErrHours = errors.New("handoff: these are no hours")
	ErrOther = errors.New("handoff: somebody has changed the hours meanwhile")
)

const (
	mostDays    = 400 // dated days kept at once
	mostSpans   = 4   // in a day
	longestWhy  = 40
	daysForgets = 31 * 24 * time.Hour // days gone by for so long are dropped
)

func (h Hours) check() error {
	for d, spans := range h.Week {
		if d < time.Sunday || d > time.Saturday || len(spans) > mostSpans {
			return ErrHours
		}
		for i, s := range spans {
			late := i > 0 && s.From < spans[i-1].To
			if s.From < 0 || s.To > 24*60 || s.From >= s.To || late {
				return ErrHours
			}
		}
	}
	if len(h.Days) > mostDays {
		return ErrHours
	}
	for date, d := range h.Days {
		if _, err := time.Parse(time.DateOnly, date); err != nil || utf8.RuneCountInString(d.Why) > longestWhy {
			return ErrHours
		}
	}
	return nil
}

// over gives the house with these hours in force; itself, where they change nothing.
func (h Hours) over(house *flows.House) *flows.House {
	if house == nil || h.Week == nil && len(h.Days) == 0 {
		return house
	}
	out := *house
	if h.Week != nil {
		out.Hours = h.Week
	}
	out.Closed = maps.Clone(house.Closed)
	if out.Closed == nil {
		out.Closed = map[string]string{}
	}
	for date, d := range h.Days {
		if delete(out.Closed, date); !d.Open {
			out.Closed[date] = d.Why
		}
	}
	return &out
}

// Hours gives what lies over house.yaml now.
func (s *Shifts) Hours(ctx context.Context) (Hours, error) {
	got, err := s.rdb.HGetAll(ctx, hoursKey).Result()
	if err != nil {
		return Hours{}, wrap("hours", err)
	}
	return readHours(got)
}

func readHours(got map[string]string) (h Hours, err error) {
	if got["is"] == "" {
		return h, nil
	}
	if err := json.Unmarshal([]byte(got["is"]), &h); err != nil {
		return Hours{}, errors.New("handoff: hours: they cannot be read")
	}
	if _, err := fmt.Sscan(got["rev"], &h.Rev); err != nil {
		return Hours{}, errors.New("handoff: hours: they have no revision")
	}
	return h, nil
}

// SetHours puts other hours in force, in every process within a second. They are
// those that by looked at, changed; if somebody was faster, it is ErrOther.
func (s *Shifts) SetHours(ctx context.Context, h Hours, by string) error {
	if err := h.check(); err != nil {
		return err
	}
	h.By, h.At = by, s.now().UTC()
	old := s.now().Add(-daysForgets).Format(time.DateOnly)
	maps.DeleteFunc(h.Days, func(date string, _ Day) bool { return date < old })
	body, err := json.Marshal(h)
	if err != nil {
		return wrap("hours", err)
	}
	done, err := hoursScript.Run(ctx, s.rdb, []string{hoursKey, revKey}, h.Rev, body).Bool()
	s.forget()
	if err != nil {
		return wrap("hours", err)
	}
	if !done {
		return ErrOther
	}
	return nil
}

// InForce is the house as it is now: house.yaml, and what the console says over it.
func (s *Shifts) InForce() *flows.House {
	s.look()
	s.mu.Lock()
	defer s.mu.Unlock()
	if base := s.base(); s.force == nil || s.forceOf != base {
		s.force, s.forceOf = s.hours.over(s.town.Over(base)), base
	}
	return s.force
}
