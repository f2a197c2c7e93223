package handoff

import (
	"context"
	_ "embed"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
)

//go:embed lua/out.lua
var outLua string

var outScript = redis.NewScript(outLua)

const outKey = "{desk}:out" // HASH account → until when they are out, unix ms

// outFor is how long what is known of who is out may be used before it is read again.
const outFor = time.Second

// Shifts are the hours of a house in which people go out and come back: nobody is
// promised an answer by somebody who is not there.
type Shifts struct {
	HouseRoster
	rdb   redis.UniversalClient
	names func(context.Context) ([]string, error) // accounts that may answer
	now   func() time.Time

	base func() *flows.House // house.yaml

	mu    sync.Mutex
	hours Hours                // what lies over it
	town  Town                 // and over its areas and teams
	given map[string][]string  // teams and areas that accounts were put into
	read  time.Time            // when the next two were read, by the clock of this machine
	out   map[string]time.Time // until when somebody is out
	all   []string
	weeks map[string]Week // of those who have one of their own

	force, forceOf *flows.House // the house in force, made of this one: pages ask for it at every row
}

// NewShifts makes the roster of a house; names lists the accounts that may answer.
func NewShifts(rdb redis.UniversalClient, house func() *flows.House, names func(context.Context) ([]string, error), now func() time.Time) *Shifts {
	s := &Shifts{rdb: rdb, names: names, now: now, base: house}
	s.HouseRoster.House = s.InForce
	return s
}

// Out says that somebody is out until then. Again replaces it.
func (s *Shifts) Out(ctx context.Context, staff string, until time.Time) error {
	if !until.After(s.now()) {
		return ErrTime
	}
	return s.set(ctx, staff, until.UnixMilli())
}

// Back says that they are here again; nothing happens if they never were out.
func (s *Shifts) Back(ctx context.Context, staff string) error { return s.set(ctx, staff, 0) }

func (s *Shifts) set(ctx context.Context, staff string, until int64) error {
	err := outScript.Run(ctx, s.rdb, []string{outKey, revKey}, staff, until).Err()
	s.forget()
	return wrap("out", err)
}

// OutUntil says until when somebody is out at t; zero: they are in.
func (s *Shifts) OutUntil(staff string, t time.Time) time.Time {
	out, _ := s.look()
	if until := out[staff]; until.After(t) {
		return until
	}
	return time.Time{}
}

// look reads who is out. A store that does not answer leaves what was known.
func (s *Shifts) look() (out map[string]time.Time, all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.read) < outFor {
		return s.out, s.all
	}
	s.read = time.Now() // also when it fails: a store that is away is not asked at every turn
	ctx, cancel := context.WithTimeout(context.Background(), outFor)
	defer cancel()
	pipe := s.rdb.Pipeline()
	got, is, weeks := pipe.HGetAll(ctx, outKey), pipe.HGetAll(ctx, hoursKey), pipe.HGetAll(ctx, rostersKey)
	town, given := pipe.HGetAll(ctx, townKey), pipe.HGetAll(ctx, teamsKey)
	if _, err := pipe.Exec(ctx); err != nil {
		return s.out, s.all
	}
	names, err := s.names(ctx)
	if err != nil {
		return s.out, s.all
	}
	if hours, err := readHours(is.Val()); err == nil { // else those that were known
		s.hours = hours
	}
	s.force = nil
	s.readWeeks(weeks.Val())
	s.readPlaces(town.Val(), given.Val())
	s.out, s.all = map[string]time.Time{}, names
	for name, until := range got.Val() {
		s.out[name] = moment(until)
	}
	return s.out, s.all
}

// present says whether somebody is in at t, as far as it is theirs to say, and when
// that changes; never: zero.
func (s *Shifts) present(name string, t time.Time) (in bool, next time.Time) {
	out, _ := s.look()
	s.mu.Lock()
	week, zone := s.weeks[name], s.base().Zone
	s.mu.Unlock()
	until := out[name]
	if !until.After(t) {
		return week.inAt(zone, t)
	}
	if in, next = week.inAt(zone, until); in {
		next = until
	}
	return false, next
}

// staffed says whether anybody of all is in at t, and when that changes; never: zero.
func (s *Shifts) staffed(all []string, t time.Time) (in bool, next time.Time) {
	if len(all) == 0 {
		return true, next // nobody works here yet: the house's own hours stand
	}
	at := t
	for range far {
		last, first := time.Time{}, time.Time{}
		for _, name := range all {
			is, change := s.present(name, at)
			switch {
			case is && change.IsZero():
				return at.Equal(t) || in, time.Time{}
			case is && change.After(last):
				last = change
			case !is && !change.IsZero() && (first.IsZero() || change.Before(first)):
				first = change
			}
		}
		if last.IsZero() { // nobody is in at this moment
			if in {
				return true, at
			}
			return false, first
		}
		in, at = true, last
	}
	return in, at
}

// far is how many changes are looked at; beyond that nobody is promised anything.
const far = 400

// OpenAt says whether somebody reads at t, and when that changes. The hours of the
// house count only while somebody is in.
func (s *Shifts) OpenAt(t time.Time) (open bool, next time.Time) {
	_, all := s.look()
	return s.openAt(s.InForce(), all, t)
}

func (s *Shifts) openAt(house *flows.House, all []string, t time.Time) (open bool, next time.Time) {
	at := t
	for range far {
		open, next := house.OpenAt(at)
		in, until := s.staffed(all, at)
		switch {
		case open && in && at.Equal(t):
			if next.IsZero() || !until.IsZero() && until.Before(next) {
				next = until
			}
			return true, next
		case open && in:
			return false, at
		case open:
			next = until
		}
		if next.IsZero() {
			return false, next
		}
		at = next
	}
	return false, time.Time{}
}

// Promise is the end of the next working day on which somebody is in.
func (s *Shifts) Promise(t time.Time) time.Time { return promise(s.OpenAt, s.House().Zone, t) }

// On says whether somebody is on shift: the house is open, it is a time of theirs,
// and they are not out.
func (s *Shifts) On(staff string, t time.Time) bool {
	in, _ := s.present(staff, t)
	return in && s.HouseRoster.On(staff, t)
}

// Away says that somebody will not be there when the house is open next, while
// somebody else will: what wakes up must go to those who are there.
func (s *Shifts) Away(staff string, t time.Time) bool {
	open, next := s.OpenAt(t)
	if !open {
		t = next
	}
	return !t.IsZero() && !s.On(staff, t)
}

// Works says whether somebody may answer residents at all; with no list of names
// there is nobody of whom it could be said that they do not.
func (s *Shifts) Works(staff string) bool {
	_, all := s.look()
	return len(all) == 0 || slices.Contains(all, staff)
}

// away says so of the coordinator who has a case, where the roster knows it.
func (d *Desk) away(c Case, t time.Time) bool {
	shifts, ok := d.roster.(interface {
		Away(staff string, t time.Time) bool
	})
	return ok && c.Held() && shifts.Away(c.Staff.Name, t)
}
