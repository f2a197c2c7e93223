package handoff

import (
	"cmp"
	"errors"
	"slices"

	"engawa/flows"
)

// ErrGonePlace says that somebody has taken an area or team away meanwhile.
var ErrGonePlace = errors.New("handoff: this area or team is no more")

// found is where a change goes: an entry that is there, or a new one.
type found struct {
	at   int // -1 = new
	laid Laid
}

// find looks for what is called name now; "" = something new. seen is the town that
// the eye saw: an entry that was changed since is ErrOther.
func find[E any](all []E, of func(E) (Laid, string), inHouse func(string) bool, name string, seen int64) (found, error) {
	for i, e := range all {
		l, own := of(e)
		switch {
		case own != name || name == "":
		case l.Rev > seen && l.Gone:
			return found{}, ErrGonePlace
		case l.Rev > seen:
			return found{}, ErrOther
		case l.Gone:
			return found{}, ErrGonePlace
		default:
			return found{at: i, laid: l}, nil
		}
	}
	renamed := slices.ContainsFunc(all, func(e E) bool { l, _ := of(e); return l.Of == name || slices.Contains(l.Was, name) })
	switch {
	case name == "":
		return found{at: -1}, nil
	case renamed:
		return found{}, ErrOther
	case inHouse(name):
		return found{at: -1, laid: Laid{Of: name}}, nil
	}
	return found{}, ErrGonePlace
}

// put lays an entry where it was found, or at the end.
func put[E any](all []E, at int, e E) []E {
	all = slices.Clone(all)
	if at < 0 {
		return append(all, e)
	}
	all[at] = e
	return all
}

// renamed remembers what it was called.
func (l Laid) renamed(was, is string) Laid {
	l.Was = slices.DeleteFunc(slices.Clone(l.Was), func(n string) bool { return n == is || n == was })
	if was != "" && was != is {
		l.Was = append(l.Was, was)
	}
	return l
}

func (t Town) findArea(house *flows.House, name string, seen int64) (found, error) {
	return find(t.Areas, func(a AreaLaid) (Laid, string) { return a.Laid, a.Area.Name },
		func(n string) bool { return levelOf(n, house.Areas) > 0 }, name, seen)
}

func (t Town) findTeam(house *flows.House, name string, seen int64) (found, error) {
	return find(t.Teams, func(a TeamLaid) (Laid, string) { return a.Laid, a.Name },
		func(n string) bool { return slices.Contains(house.Teams, n) }, name, seen)
}

// hasName says whether an area or team in force is called so.
func (t Town) hasName(house *flows.House, name string) bool {
	in := t.Over(house)
	return slices.Contains(in.Teams, name) || levelOf(name, in.Areas) > 0
}

// WithArea is the town with one area added (name is ""), renamed or changed.
func (t Town) WithArea(house *flows.House, name string, seen int64, a flows.Area) (Town, error) {
	f, err := t.findArea(house, name, seen)
	if err != nil || a.Name != name && t.hasName(house, a.Name) {
		return t, cmp.Or(err, ErrPlaceName)
	}
	if name == "" { // what was taken away comes back under its name
		if i := slices.IndexFunc(t.Areas, func(l AreaLaid) bool { return l.Gone && l.Area.Name == a.Name }); i >= 0 {
			f = found{at: i, laid: t.Areas[i].Laid}
			f.laid.Gone, f.laid.To = false, ""
		}
	}
	f.laid = f.laid.renamed(name, a.Name)
	f.laid.Rev = t.Rev + 1
	t.Areas = slices.Clone(t.Areas)
	for i := range t.Areas { // a name that is taken again means the new one
		t.Areas[i].Was = slices.DeleteFunc(slices.Clone(t.Areas[i].Was), func(n string) bool { return n == a.Name })
	}
	t.Areas = put(t.Areas, f.at, AreaLaid{Laid: f.laid, Area: a})
	return t, nil
}

// WithTeam is the same for a team.
func (t Town) WithTeam(house *flows.House, name string, seen int64, is string, about flows.Team) (Town, error) {
	f, err := t.findTeam(house, name, seen)
	if err != nil || is != name && t.hasName(house, is) {
		return t, cmp.Or(err, ErrPlaceName)
	}
	if name == "" {
		if i := slices.IndexFunc(t.Teams, func(l TeamLaid) bool { return l.Gone && l.Name == is }); i >= 0 {
			f = found{at: i, laid: t.Teams[i].Laid}
			f.laid.Gone, f.laid.To = false, ""
		}
	}
	f.laid = f.laid.renamed(name, is)
	f.laid.Rev = t.Rev + 1
	t.Teams = slices.Clone(t.Teams)
	for i := range t.Teams {
		t.Teams[i].Was = slices.DeleteFunc(slices.Clone(t.Teams[i].Was), func(n string) bool { return n == is })
	}
	t.Teams = put(t.Teams, f.at, TeamLaid{Laid: f.laid, Name: is, Team: about})
	return t, nil
}

// WithoutArea is the town without one area; its talks go to where it says, else one
// step up.
func (t Town) WithoutArea(house *flows.House, name string, seen int64, to string) (Town, error) {
	f, err := t.findArea(house, name, seen)
	if err != nil || name == "" {
		return t, errors.Join(err, unnamed(name))
	}
	f.laid.Gone, f.laid.To, f.laid.Rev = true, to, t.Rev+1
	var was flows.Area
	if f.at >= 0 {
		was = t.Areas[f.at].Area
	} else {
		was = house.Areas[slices.IndexFunc(house.Areas, func(a flows.Area) bool { return a.Name == name })]
	}
	t.Areas = put(t.Areas, f.at, AreaLaid{Laid: f.laid, Area: was})
	return t, nil
}

// WithoutTeam is the same for a team.
func (t Town) WithoutTeam(house *flows.House, name string, seen int64, to string) (Town, error) {
	f, err := t.findTeam(house, name, seen)
	if err != nil || name == "" {
		return t, errors.Join(err, unnamed(name))
	}
	f.laid.Gone, f.laid.To, f.laid.Rev = true, to, t.Rev+1
	was := house.About[name]
	if f.at >= 0 {
		was = t.Teams[f.at].Team
	}
	t.Teams = put(t.Teams, f.at, TeamLaid{Laid: f.laid, Name: name, Team: was})
	return t, nil
}

func unnamed(name string) error {
	if name == "" {
		return ErrPlaceName
	}
	return nil
}

// Back is the town with one entry as house.yaml has it; what house.yaml does not have
// only comes back from having been taken away.
func (t Town) Back(kind AskKind, name string, seen int64) (Town, error) {
	back := func(l Laid) (keep bool, next Laid) {
		if l.Of != "" {
			return false, l
		}
		l.Gone, l.To, l.Rev = false, "", t.Rev+1
		return true, l
	}
	if kind == AskTeam {
		i := slices.IndexFunc(t.Teams, func(l TeamLaid) bool { return l.Name == name })
		if i < 0 || t.Teams[i].Rev > seen {
			return t, ErrOther
		}
		t.Teams = slices.Clone(t.Teams)
		keep, next := back(t.Teams[i].Laid)
		if t.Teams[i].Laid = next; !keep {
			t.Teams = slices.Delete(t.Teams, i, i+1)
		}
		return t, nil
	}
	i := slices.IndexFunc(t.Areas, func(l AreaLaid) bool { return l.Area.Name == name })
	if i < 0 || t.Areas[i].Rev > seen {
		return t, ErrOther
	}
	t.Areas = slices.Clone(t.Areas)
	keep, next := back(t.Areas[i].Laid)
	if t.Areas[i].Laid = next; !keep {
		t.Areas = slices.Delete(t.Areas, i, i+1)
	}
	return t, nil
}
