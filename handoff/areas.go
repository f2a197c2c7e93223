package handoff

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
)

// AskKind says who is asked to take a case over.
type AskKind string

// Whom a coordinator may ask.
const (
	AskColleague AskKind = ""
	AskTeam      AskKind = "team"
	AskArea      AskKind = "area"
)

// teamsKey is a HASH account → JSON list of the teams and areas that it was put into.
const teamsKey = "{desk}:teams"

// ErrNoGroup says that there is no such team or area, or nobody else in it.
var ErrNoGroup = errors.New("handoff: no such team or area, or nobody else works there")

// comeTo: the case is accepted where it was asked for.
func (c Case) comeTo() Case {
	switch c.Asks {
	case AskTeam:
		c.Team = c.Asked.Alias
	case AskArea:
		c.Area, c.Step = c.Asked.Alias, c.AskStep
	}
	if c.Stay {
		c.Beside = c.Staff
	}
	return c
}

func (c Case) unask() Case {
	c.Asked, c.Asks, c.Stay, c.AskWhy, c.AskStep = Staff{}, AskColleague, false, "", 0
	c.AskAt = time.Time{}
	return c
}

// Higher gives the areas that a case may be taken up to from where it is: those of
// the next level that there is. Where no neighbour should hear of it the near
// levels are skipped.
func (c Case) Higher(all []flows.Area) []flows.Area {
	from := flows.AreaLevel(0)
	if c.Apart || c.Urgency == flows.Violence {
		from = flows.AreaMiddle
	}
	for _, a := range all {
		if a.Name == c.Area {
			from = max(from, a.Level)
		}
	}
	next := flows.AreaLevel(0)
	for _, a := range all {
		if a.Level > from && (next == 0 || a.Level < next) {
			next = a.Level
		}
	}
	var out []flows.Area
	for _, a := range all {
		if next != 0 && a.Level == next {
			out = append(out, a)
		}
	}
	return out
}

func (d *Desk) house() *flows.House {
	if d.opt.House == nil {
		return &flows.House{}
	}
	return d.opt.House()
}

func (d *Desk) town() Town {
	if d.opt.Town == nil {
		return Town{}
	}
	return d.opt.Town()
}

// apart says whether what somebody brings is nothing for their neighbours.
func (d *Desk) apart(n flows.DeskNote) bool {
	return n.Topic != "" && slices.Contains(d.house().Apart, n.Topic)
}

// SetTeams puts an account into teams and areas, beside what house.yaml says; none
// takes it out of all.
func (d *Desk) SetTeams(ctx context.Context, account string, teams []string) error {
	h := d.house()
	for _, name := range teams {
		if !slices.Contains(h.Teams, name) && !slices.ContainsFunc(h.Areas, func(a flows.Area) bool { return a.Name == name }) {
			return ErrNoGroup
		}
	}
	if len(teams) == 0 {
		return wrap("teams", d.rdb.HDel(ctx, teamsKey, account).Err())
	}
	body, err := json.Marshal(teams)
	if err != nil {
		return err
	}
	return wrap("teams", d.rdb.HSet(ctx, teamsKey, account, body).Err())
}

// GivenTeams gives the teams and areas that an account was put into, without what
// house.yaml says and what follows from a team.
func (d *Desk) GivenTeams(ctx context.Context, account string) ([]string, error) {
	text, err := d.rdb.HGet(ctx, teamsKey, account).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, wrap("teams", err)
	}
	var teams []string
	if text != "" && json.Unmarshal([]byte(text), &teams) != nil {
		return nil, wrap("teams", errors.New("a list of teams cannot be read"))
	}
	return d.town().called(d.house(), teams), nil
}

// TeamsOf gives the teams and areas that an account belongs to. Who is in a team
// works in its areas too.
func (d *Desk) TeamsOf(ctx context.Context, account string) ([]string, error) {
	teams, err := d.GivenTeams(ctx, account)
	if err != nil {
		return nil, err
	}
	return belonging(d.house(), d.town(), account, teams), nil
}

// Members gives, for each team and area of the house, the accounts in it.
func (d *Desk) Members(ctx context.Context, accounts []string) (map[string][]string, error) {
	stored, err := d.rdb.HGetAll(ctx, teamsKey).Result()
	if err != nil {
		return nil, wrap("teams", err)
	}
	members := map[string][]string{}
	for _, account := range accounts {
		var teams []string
		if text := stored[account]; text != "" && json.Unmarshal([]byte(text), &teams) != nil {
			return nil, wrap("teams", errors.New("a list of teams cannot be read"))
		}
		for _, name := range belonging(d.house(), d.town(), account, teams) {
			members[name] = append(members[name], account)
		}
	}
	return members, nil
}

// belonging leaves out what the house does not have any more.
func belonging(h *flows.House, town Town, account string, given []string) (all []string) {
	given = town.called(h, given)
	for _, name := range h.Teams {
		if slices.Contains(given, name) || slices.Contains(h.About[name].People, account) {
			all = append(all, name)
		}
	}
	teams := slices.Clone(all)
	for _, a := range h.Areas {
		in := slices.Contains(a.People, account) || slices.Contains(given, a.Name) ||
			slices.ContainsFunc(a.Teams, func(t string) bool { return slices.Contains(teams, t) })
		if in && !slices.Contains(all, a.Name) {
			all = append(all, a.Name)
		}
	}
	return all
}

// AskGroup asks a team or an area to take the case over: whoever of them accepts
// first has it, and if one declines it stays where it is. With stay, by remains
// with the case when it is accepted.
func (d *Desk) AskGroup(ctx context.Context, id flows.CaseID, by Staff, kind AskKind, name string, stay bool) (Case, error) {
	h := d.house()
	at := slices.IndexFunc(h.Areas, func(a flows.Area) bool { return a.Name == name })
	step := flows.AreaLevel(0)
	switch {
	case kind == AskTeam && slices.Contains(h.Teams, name):
	case kind == AskArea && at >= 0:
		step = h.Areas[at].Level
	default:
		return Case{}, ErrNoGroup
	}
	return d.staffAct(ctx, "ask", id, change{move: Move{Do: DoAsk, By: by, To: Staff{Alias: name}, Asks: kind, Stay: stay, Step: step}})
}

// belongs says whether by is in the team or area that is asked to take a case over.
func (d *Desk) belongs(ctx context.Context, id flows.CaseID, by Staff) (bool, error) {
	c, _, err := d.load(ctx, id)
	if err != nil || c.Asks == AskColleague {
		return false, err
	}
	teams, err := d.TeamsOf(ctx, by.Name)
	return slices.Contains(teams, c.Asked.Alias), err
}
