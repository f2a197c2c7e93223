package handoff

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"engawa/flows"
)

// readPlaces reads the areas and teams and who was put into them; what cannot be
// read is as it was.
func (s *Shifts) readPlaces(town, given map[string]string) {
	if t, err := readTown(town); err == nil {
		s.town = t
	}
	into := map[string][]string{}
	for name, text := range given {
		var teams []string
		if json.Unmarshal([]byte(text), &teams) != nil {
			teams = s.given[name]
		}
		into[name] = teams
	}
	s.given = into
}

// OpenFor is OpenAt for those whose talk is with one team: by its own hours, if it
// has any, and only while one of its people is in.
func (s *Shifts) OpenFor(team string, t time.Time) (open bool, next time.Time) {
	house, all, own := s.teamHouse(team)
	if !own {
		return s.OpenAt(t)
	}
	return s.openAt(house, all, t)
}

// PromiseFor is Promise for those whose talk is with one team.
func (s *Shifts) PromiseFor(team string, t time.Time) time.Time {
	house, all, own := s.teamHouse(team)
	if !own {
		return s.Promise(t)
	}
	at := func(t time.Time) (bool, time.Time) { return s.openAt(house, all, t) }
	return promise(at, house.Zone, t)
}

// teamHouse is the house as a team keeps it, and who of those who may answer is in it.
// Where nobody was put into the team, whoever reads is.
func (s *Shifts) teamHouse(team string) (house *flows.House, all []string, own bool) {
	in := s.InForce()
	if in == nil || team == "" || in.About[team].Hours == nil {
		return nil, nil, false
	}
	_, everybody := s.look()
	s.mu.Lock()
	town, given := s.town, s.given
	s.mu.Unlock()
	for _, name := range everybody {
		if slices.Contains(belonging(in, town, name, given[name]), team) {
			all = append(all, name)
		}
	}
	if len(all) == 0 {
		all = everybody
	}
	return in.Of(team), all, true
}

// Reads lists the teams that keep hours of their own, and when they are there.
func (s *Shifts) Reads(t time.Time) (all []flows.TeamReads) {
	in := s.InForce()
	if in == nil {
		return nil
	}
	for _, team := range in.Teams {
		about := in.About[team]
		if about.Hours == nil {
			continue
		}
		r := flows.TeamReads{Team: team, Topics: about.Topics}
		r.Open, r.Next = s.OpenFor(team, t)
		all = append(all, r)
	}
	return all
}

// promised is what the roster promises on this case: by the hours of its team, where
// those are its own.
func (d *Desk) promised(c Case, ch change) time.Time {
	team := cmp.Or(ch.move.Note.Team, c.Team)
	if c.Level == flows.Clear || ch.move.Note.Level == flows.Clear {
		team = "" // a danger is for whoever reads first
	}
	if shifts, ok := d.roster.(interface {
		PromiseFor(team string, t time.Time) time.Time
	}); ok && team != "" && !ch.move.Promise.IsZero() {
		return shifts.PromiseFor(team, ch.at)
	}
	return ch.move.Promise
}
