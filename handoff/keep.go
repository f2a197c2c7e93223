package handoff

import (
	"context"
	"time"

	"engawa/flows"
)

// What a resident's そのままがいい comes to.
const (
	DoSame  Do = "same"  // the resident would rather have the one of before
	DoYield Do = "yield" // who has the case gives it back to them
	DoGoOn  Do = "goon"  // who has the case goes on with it, and the resident hears so
	WhyMine    = "mine"  // of a notice: the case is with its reader again
	WhyWish    = "wish"  // of a notice: its reader has to decide
	WhyGone    = "gone"  // of a notice: the case has left its reader
)

// Pass is the last time that a case went from one coordinator to another, kept while
// the resident may say no to it.
type Pass struct {
	From  Staff     `json:"f,omitzero"` // who had it
	No    int       `json:"n,omitempty"`
	Team  string    `json:"t,omitempty"` // where it was
	Area  string    `json:"a,omitempty"` //
	Stood Staff     `json:"s,omitzero"`  // who stood beside it
	Wrote bool      `json:"w,omitempty"` // the new one has written since
	Wish  time.Time `json:"x,omitzero"`  // when the resident said no, while it is for the new one to decide
}

// passes is a case that goes to somebody else, who is not welcomed like a stranger:
// the lane says who comes and why, and that they may say no.
func (c Case) passes(to Staff, why string, at time.Time) (Case, []flows.DeskAct) {
	act := flows.DeskAct{Do: flows.DeskPassed, Staff: to.Alias, From: c.Staff.Alias, Why: why, Stays: c.Stay, Pass: c.Tells + 1}
	pass := Pass{From: c.Staff, No: act.Pass, Team: c.Team, Area: c.Area, Stood: c.Beside}
	if why == flows.PassedRelieved {
		pass = Pass{}
	} else {
		c = c.comeTo()
	}
	c.Last, c.Staff, c.Claimed, c.Pass = c.Staff, to, at, pass
	return c.unask(), say(act)
}

// because is why a case goes to whom was asked, as the resident is told.
func (c Case) because() string {
	switch {
	case c.AskWhy != "":
		return c.AskWhy
	case c.Asks == AskTeam:
		return flows.PassedKnows
	case c.Asks == AskArea:
		return flows.PassedWide
	}
	return flows.PassedOn
}

// same: the resident would rather have the one of before. Nothing was said yet by
// the new one: it goes back, whoever it is with. They have written, or the one of
// before is not there: who has it sees the wish and decides.
func (c Case) same(m Move, at time.Time) (Case, []flows.DeskAct, error) {
	switch {
	case c.Pass.From == Staff{}:
		return c, nil, ErrMove // it is decided already, or was never passed on
	case c.State == Waiting:
		c.Last, c.Pass = c.Pass.From, Pass{} // in the line it is theirs first
		return c, nil, nil
	case c.Pass.Wrote || m.Away || m.Note.Act != "" && m.Tell != c.Pass.No:
		if c.Pass.Wish.IsZero() {
			c.Pass.Wish = at
		}
		return c, nil, nil
	}
	next, acts := c.goesBack(at)
	return next, acts, nil
}

// goesBack: the case is with the one of before again, where it was. What it owes and
// until when stays as it is.
func (c Case) goesBack(at time.Time) (Case, []flows.DeskAct) {
	p := c.Pass
	c.Last, c.Staff, c.Claimed = c.Staff, p.From, at
	c.Team, c.Area, c.Beside, c.Pass = p.Team, p.Area, p.Stood, Pass{}
	if c.State == Claimed && c.Paused.IsZero() {
		c.Lease = at.Add(FirstWord)
	}
	return c.unask(), say(flows.DeskAct{Do: flows.DeskKept, Staff: c.Staff.Alias})
}

// wished decides what who has the case makes of the resident's wish.
func (c Case) wished(m Move, at time.Time) (Case, []flows.DeskAct, error) {
	if c.Pass.Wish.IsZero() {
		return c, nil, ErrMove
	}
	if m.Do == DoYield {
		next, acts := c.goesBack(at)
		return next, acts, nil
	}
	c.Pass = Pass{}
	return c, say(flows.DeskAct{Do: flows.DeskKept, Staff: c.Staff.Alias}), nil
}

// Yield gives a case back to the one of before, as its resident would like.
func (d *Desk) Yield(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return d.staffAct(ctx, "yield", id, change{move: Move{Do: DoYield, By: by}})
}

// GoOn keeps it with by; the resident hears that too.
func (d *Desk) GoOn(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return d.staffAct(ctx, "go on", id, change{move: Move{Do: DoGoOn, By: by}})
}

// returns says whether somebody could have a case back now: they may still answer
// residents, and are not out while others are in.
func (d *Desk) returns(to Staff, at time.Time) bool {
	if works, ok := d.roster.(interface{ Works(staff string) bool }); ok && !works.Works(to.Name) {
		return false
	}
	return !d.away(Case{State: Talking, Staff: to}, at)
}

// toldTo is a notice to one account.
type toldTo struct{ who, text string }

// toldSame is what both coordinators hear of a resident's そのままがいい.
func toldSame(old, next Case, ch change) []toldTo {
	say := func(who, why string) toldTo {
		return toldTo{who, notice(Notice{At: ch.at, Case: next.ID, Do: DoSame, Why: why})}
	}
	switch {
	case old.Staff.Name != next.Staff.Name && ch.move.Do == DoYield:
		return []toldTo{say(next.Staff.Name, WhyMine)}
	case old.Staff.Name != next.Staff.Name:
		return []toldTo{say(old.Staff.Name, WhyGone), say(next.Staff.Name, WhyMine)}
	case ch.move.Do == DoSame && old.Held() && old.Pass.Wish.IsZero():
		return []toldTo{say(old.Staff.Name, WhyWish)}
	}
	return nil
}
