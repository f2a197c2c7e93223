package handoff

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"engawa/flows"
)

// settleAnyway is how often open cases are looked through although areas and teams
// are what they were: one may have been accepted for an area in its last moment.
const settleAnyway = 5 * time.Minute

// settle gives the case the names by which its area and team go now.
func (c Case) settle(m Move) (Case, []flows.DeskAct, error) {
	if c.Area == m.Area && c.Team == m.Team && !m.Unask {
		return c, nil, ErrMove
	}
	c.Area, c.Team, c.Step = m.Area, m.Team, m.Step
	if m.Unask {
		c = c.unask()
	}
	return c, nil, nil
}

// place says where a case belongs in the town as it is now: an area that is no more
// hands on to the next wider one on which somebody stands, or to the line of all.
func (t Town) place(c Case, h *flows.House, manned map[string]bool) Move {
	m := Move{Do: DoSettle, Area: c.Area, Team: t.TeamNow(c.Team, h.Teams), Step: c.Step}
	if c.Area != "" {
		now, level, _ := t.AreaNow(c.Area, h.Areas)
		if level == 0 {
			level = c.Step
		}
		if m.Area = now; now == "" {
			m.Area = c.wider(level, h.Areas, manned)
		}
		m.Step = levelOf(m.Area, h.Areas)
	}
	switch c.Asks {
	case AskArea:
		now, _, _ := t.AreaNow(c.Asked.Alias, h.Areas)
		m.Unask = now != c.Asked.Alias
	case AskTeam:
		m.Unask = t.TeamNow(c.Asked.Alias, h.Teams) != c.Asked.Alias
	}
	return m
}

// wider is the next area up from how wide the case's was; "" = there is none.
func (c Case) wider(level flows.AreaLevel, all []flows.Area, manned map[string]bool) string {
	up := slices.Clone(all)
	up = slices.DeleteFunc(up, func(a flows.Area) bool { return a.Level <= level || !manned[a.Name] })
	c.Area = ""
	if next := c.Higher(up); len(next) > 0 {
		return next[0].Name
	}
	return ""
}

func levelOf(name string, all []flows.Area) flows.AreaLevel {
	for _, a := range all {
		if a.Name == name {
			return a.Level
		}
	}
	return 0
}

// called are names of areas and teams as they are called now, without those that are
// no more.
func (t Town) called(h *flows.House, names []string) (out []string) {
	for _, name := range names {
		now := t.TeamNow(name, h.Teams)
		if area, _, _ := t.AreaNow(name, h.Areas); now == "" {
			now = area
		}
		if now != "" && !slices.Contains(out, now) {
			out = append(out, now)
		}
	}
	return out
}

// teamOf is the team that a note is for: the one that a flow names, as it is called
// now, else the one whose topic it is.
func (d *Desk) teamOf(n flows.DeskNote) string {
	h := d.house()
	switch {
	case n.Team != "" && d.opt.House == nil:
		return n.Team
	case n.Team != "":
		return d.town().TeamNow(n.Team, h.Teams)
	case n.Do == flows.NoteOpen:
		return h.TeamFor(n.Topic)
	}
	return ""
}

// Settle moves open cases out of areas and teams that were renamed or are no more.
// Nothing else of them changes, and the resident hears nothing: who has the case has
// it still, and is told. It says how many moved; again it moves none.
func (d *Desk) Settle(ctx context.Context) (int, error) {
	if d.opt.House == nil {
		return 0, nil
	}
	h, town := d.house(), d.town()
	open, err := d.openCases(ctx)
	if err != nil {
		return 0, wrap("settle", err)
	}
	manned, err := d.manned(ctx, h, town)
	if err != nil {
		return 0, err
	}
	moved := 0
	var faults []error
	for _, id := range open {
		c, _, err := d.load(ctx, id)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		m := town.place(c, h, manned)
		if !c.Open() || m.Area == c.Area && m.Team == c.Team && !m.Unask {
			continue
		}
		switch _, err := d.act(ctx, id, change{move: m, at: d.now()}); {
		case err == nil:
			moved++
		case errors.Is(err, ErrMove), errors.Is(err, ErrUnknown): // closed, or settled by somebody else
		default:
			faults = append(faults, err)
		}
	}
	return moved, wrap("settle", errors.Join(faults...))
}

// openCases are those in the line and in somebody's hands.
func (d *Desk) openCases(ctx context.Context) (all []flows.CaseID, err error) {
	waiting, err := d.rdb.ZRange(ctx, queueKey, 0, -1).Result()
	if err != nil {
		return nil, err
	}
	held, err := d.rdb.HKeys(ctx, handsKey).Result()
	for _, id := range slices.Concat(waiting, held) {
		all = append(all, flows.CaseID(id))
	}
	return all, err
}

// manned are the areas in which somebody works.
func (d *Desk) manned(ctx context.Context, h *flows.House, town Town) (map[string]bool, error) {
	given, err := d.rdb.HGetAll(ctx, teamsKey).Result()
	if err != nil {
		return nil, wrap("settle", err)
	}
	in := map[string]bool{}
	add := func(account string, teams []string) {
		for _, name := range belonging(h, town, account, teams) {
			in[name] = true
		}
	}
	for account, text := range given {
		var teams []string
		if json.Unmarshal([]byte(text), &teams) == nil {
			add(account, teams)
		}
	}
	for _, a := range h.Areas {
		for _, account := range a.People {
			add(account, nil)
		}
	}
	for _, name := range h.Teams {
		for _, account := range h.About[name].People {
			add(account, nil)
		}
	}
	return in, nil
}

// keepSettled settles whenever the areas and teams of the house have changed, and
// every few minutes anyway.
func (d *Desk) keepSettled() func(context.Context, time.Time) error {
	last, at := "", time.Time{}
	return func(ctx context.Context, now time.Time) error {
		h := d.house()
		mark := fmt.Sprint(h.Teams)
		for _, a := range h.Areas {
			mark += fmt.Sprint(a.Name, a.Level)
		}
		if mark == last && now.Sub(at) < settleAnyway && !now.Before(at) {
			return nil
		}
		if _, err := d.Settle(ctx); err != nil {
			return err
		}
		last, at = mark, now
		return nil
	}
}

// What a case was settled by, for its log and its coordinator.
const (
	SettledArea = "area" // it is in another area now
	SettledLine = "line" // in none
	SettledTeam = "team" // its team has another name, or is no more
	SettledAsk  = "ask"  // whom its coordinator asked is no more
)

func settled(old, next Case) string {
	switch {
	case old.Area != next.Area && next.Area == "":
		return SettledLine
	case old.Area != next.Area:
		return SettledArea
	case old.Asks != AskColleague && next.Asks == AskColleague:
		return SettledAsk
	}
	return SettledTeam
}
