package handoff

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"engawa/flows"
)

const townKey = "{desk}:town" // HASH rev, is (JSON)

// Town is what the console says of areas and teams over house.yaml. An entry replaces
// the one it is Of, or adds one; the zero value changes nothing.
type Town struct {
	Areas []AreaLaid `json:"a,omitempty"`
	Teams []TeamLaid `json:"t,omitempty"`
	By    string     `json:"b,omitempty"` // account that changed it last
	At    time.Time  `json:"i,omitzero"`
	Rev   int64      `json:"-"`
}

// Laid is what areas and teams have in common.
type Laid struct {
	Of   string   `json:"of,omitempty"` // its name in house.yaml; "" = it is of the console alone
	Was  []string `json:"w,omitempty"`  // names that it had: talks, flows and people may still know it by one
	Gone bool     `json:"g,omitempty"`
	To   string   `json:"to,omitempty"` // gone: where its talks go; "" = one step up, or the line of all
	Rev  int64    `json:"r,omitempty"`  // of the town when it was changed last
}

// AreaLaid is one area.
type AreaLaid struct {
	Laid
	Area flows.Area `json:"x"`
}

// TeamLaid is one team.
type TeamLaid struct {
	Laid
	Name string     `json:"n"`
	Team flows.Team `json:"x,omitzero"`
}

// What a town is refused with.
var (
	ErrPlaceName = errors.New("handoff: a name of 1 to 24 characters that nothing else has")
	ErrPlace     = errors.New("handoff: this cannot be understood of an area or a team")
)

const (
	longestPlace = 24
	mostPlaces   = 200
)

// Over gives the house with the town in force; itself, where it changes nothing.
func (t Town) Over(house *flows.House) *flows.House {
	if house == nil || len(t.Areas) == 0 && len(t.Teams) == 0 {
		return house
	}
	out := *house
	out.Areas, out.Teams, out.About = nil, nil, map[string]flows.Team{}
	used := map[int]bool{}
	for _, a := range house.Areas {
		i := slices.IndexFunc(t.Areas, func(l AreaLaid) bool { return l.stands(a.Name, l.Area.Name) })
		if i >= 0 && !used[i] {
			used[i], a = true, t.Areas[i].Area
		}
		if i < 0 || !t.Areas[i].Gone {
			out.Areas = append(out.Areas, a)
		}
	}
	for i, l := range t.Areas {
		if !used[i] && !l.Gone {
			out.Areas = append(out.Areas, l.Area)
		}
	}
	slices.SortStableFunc(out.Areas, func(a, b flows.Area) int { return int(a.Level) - int(b.Level) })
	t.teamsOver(house, &out)
	for i, a := range out.Areas { // a team that was renamed or is no more
		out.Areas[i].Teams = t.teamNames(a.Teams, out.Teams)
	}
	return &out
}

// stands says whether an entry speaks for what house.yaml calls name.
func (l Laid) stands(name, own string) bool { return l.Of == name || !l.Gone && own == name }

func (t Town) teamsOver(house, out *flows.House) {
	used := map[int]bool{}
	put := func(name string, about flows.Team) {
		out.Teams = append(out.Teams, name)
		out.About[name] = about
	}
	for _, name := range house.Teams {
		i := slices.IndexFunc(t.Teams, func(l TeamLaid) bool { return l.stands(name, l.Name) })
		switch {
		case i < 0:
			put(name, house.About[name])
		case !used[i] && !t.Teams[i].Gone:
			put(t.Teams[i].Name, t.Teams[i].Team)
		}
		if i >= 0 {
			used[i] = true
		}
	}
	for i, l := range t.Teams {
		if !used[i] && !l.Gone {
			put(l.Name, l.Team)
		}
	}
}

// teamNames are names of teams as they are called now, without those that are no more.
func (t Town) teamNames(names, there []string) (out []string) {
	for _, name := range names {
		if now := t.TeamNow(name, there); now != "" && !slices.Contains(out, now) {
			out = append(out, now)
		}
	}
	return out
}

// TeamNow is what a team is called now; "" = it is no more.
func (t Town) TeamNow(name string, there []string) string {
	if slices.Contains(there, name) {
		return name
	}
	for _, l := range t.Teams {
		switch {
		case !l.had(name, l.Name):
		case !l.Gone:
			return l.Name
		case l.To != "" && l.To != name && slices.Contains(there, l.To):
			return l.To
		}
	}
	return ""
}

// had says whether this entry was once called so.
func (l Laid) had(name, own string) bool {
	return own == name || l.Of == name || slices.Contains(l.Was, name)
}

// AreaNow is what became of an area: what it is called now, or how wide it was and
// where its talks were meant to go. known is false for a name nobody has heard of.
func (t Town) AreaNow(name string, there []flows.Area) (now string, level flows.AreaLevel, known bool) {
	isThere := func(name string) bool {
		return slices.ContainsFunc(there, func(a flows.Area) bool { return a.Name == name })
	}
	if isThere(name) {
		return name, 0, true
	}
	for _, l := range slices.Backward(t.Areas) {
		switch {
		case !l.had(name, l.Area.Name):
		case !l.Gone && isThere(l.Area.Name):
			return l.Area.Name, l.Area.Level, true
		case l.Gone && isThere(l.To):
			return l.To, l.Area.Level, true
		case l.Gone:
			return "", l.Area.Level, true
		}
	}
	return "", 0, false
}

// check looks whether the house would be one with this town in force.
func (t Town) check(house *flows.House) error {
	if len(t.Areas) > mostPlaces || len(t.Teams) > mostPlaces {
		return ErrPlace
	}
	out := t.Over(house)
	seen := map[string]bool{}
	for _, a := range out.Areas {
		if seen[a.Name] || !placeName(a.Name) {
			return ErrPlaceName
		}
		seen[a.Name] = true
		if a.Level < flows.AreaNear || a.Level > flows.AreaWide {
			return ErrPlace
		}
	}
	for _, name := range out.Teams {
		if seen[name] || !placeName(name) { // a team and an area of one name could not be told apart
			return ErrPlaceName
		}
		seen[name] = true
		if err := (Hours{Week: out.About[name].Hours}).check(); err != nil {
			return err
		}
	}
	return nil
}

func placeName(name string) bool {
	n := utf8.RuneCountInString(name)
	return n > 0 && n <= longestPlace && strings.TrimSpace(name) == name && !strings.ContainsAny(name, "\n\r\t\"'{}[]:#,")
}

// Town gives what lies over the areas and teams of house.yaml now.
func (s *Shifts) Town(ctx context.Context) (Town, error) {
	got, err := s.rdb.HGetAll(ctx, townKey).Result()
	if err != nil {
		return Town{}, wrap("town", err)
	}
	return readTown(got)
}

func readTown(got map[string]string) (t Town, err error) {
	if got["is"] == "" {
		return t, nil
	}
	if json.Unmarshal([]byte(got["is"]), &t) != nil {
		return Town{}, errors.New("handoff: town: it cannot be read")
	}
	t.Rev = number(got["rev"])
	return t, nil
}

// SetTown puts another town in force, in every process within a second. If another
// hand was faster than the eye that saw t.Rev, it is ErrOther.
func (s *Shifts) SetTown(ctx context.Context, t Town, by string) error {
	if err := t.check(s.base()); err != nil {
		return err
	}
	t.By, t.At = by, s.now().UTC()
	body, err := json.Marshal(t)
	if err != nil {
		return wrap("town", err)
	}
	done, err := hoursScript.Run(ctx, s.rdb, []string{townKey, revKey}, t.Rev, body).Bool()
	s.forget()
	if err == nil && !done {
		return ErrOther
	}
	return wrap("town", err)
}

// TownNow is the town as this process knows it: at most a second old.
func (s *Shifts) TownNow() Town {
	s.look()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.town
}

// Base is house.yaml without what the console says over it.
func (s *Shifts) Base() *flows.House { return s.base() }
