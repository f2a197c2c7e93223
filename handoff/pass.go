package handoff

import (
	"context"
	"slices"
	"time"

	"engawa/flows"
)

// snooze lets the case sleep. Who waits for a word hears until when; otherwise
// nothing is owed, and nothing is said.
func (c Case) snooze(m Move, at time.Time) (Case, []flows.DeskAct, error) {
	until := instant(m.Until)
	if !until.After(at) {
		return c, nil, ErrTime
	}
	c.State, c.Lease, c.Given = Snoozed, until, false
	if c.Waits.IsZero() {
		c.Promise = time.Time{}
		return c, nil, nil
	}
	c.Promise = until
	return c, say(flows.DeskAct{Do: flows.DeskPromised, Staff: c.Staff.Alias, Until: until}), nil
}

// passed decides how a case goes from one coordinator to another. It stays with the
// one who asks until the other says yes, so that it is never in nobody's hands.
func (c Case) passed(m Move, at time.Time) (Case, []flows.DeskAct, error) {
	switch m.Do {
	case DoAsk:
		if m.To.Name == c.Staff.Name || m.To == (Staff{}) || m.To.Name == "" && m.Asks == AskColleague {
			return c, nil, ErrSelf
		}
		if c.Asked != m.To || c.Asks != m.Asks {
			c.Asked, c.Asks, c.AskAt = m.To, m.Asks, at
		}
		c.AskStep = m.Step
		c.Stay, c.AskWhy = m.Stay, m.Because
		return c, nil, nil
	case DoTakeBack, DoDecline:
		if m.Do == DoDecline && c.Asks != AskColleague && !m.Member {
			return c, nil, ErrNotYours
		}
		return c.unask(), nil, nil
	case DoAccept:
		if c.Asks != AskColleague && (!m.Member || c.Staff.Name == m.By.Name) {
			return c, nil, ErrNotYours
		}
		c, acts := c.passes(m.By, c.because(), at)
		switch {
		case c.State == Snoozed || !c.Paused.IsZero(): // sleeps or rests on, with its new coordinator
		case c.First.IsZero():
			c.State, c.Lease = Claimed, at.Add(FirstWord)
		}
		return c, acts, nil
	}
	return c, nil, ErrMove
}

// Ask asks a colleague to take the case over. It stays with by until they accept.
func (d *Desk) Ask(ctx context.Context, id flows.CaseID, by, to Staff) (Case, error) {
	return d.AskBecause(ctx, id, by, to, flows.PassedOn)
}

// AskBecause is Ask with the reason that the resident hears when it is accepted.
func (d *Desk) AskBecause(ctx context.Context, id flows.CaseID, by, to Staff, why string) (Case, error) {
	if why != flows.PassedOn && why != flows.PassedKnows && why != flows.PassedAway {
		return Case{}, ErrAct
	}
	return d.staffAct(ctx, "ask", id, change{move: Move{Do: DoAsk, By: by, To: to, Because: why}})
}

// TakeBack asks them no more.
func (d *Desk) TakeBack(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return d.staffAct(ctx, "take back", id, change{move: Move{Do: DoTakeBack, By: by}})
}

// Accept takes a case that by was asked to take over, beyond the agreed number too:
// it is their own choice. The resident hears who is there now.
func (d *Desk) Accept(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	member, err := d.belongs(ctx, id, by)
	if err != nil {
		return Case{}, err
	}
	return d.staffAct(ctx, "accept", id, change{move: Move{Do: DoAccept, By: by, Member: member}})
}

// Decline leaves the case with whoever asked, and tells them.
func (d *Desk) Decline(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	member, err := d.belongs(ctx, id, by)
	if err != nil {
		return Case{}, err
	}
	return d.staffAct(ctx, "decline", id, change{move: Move{Do: DoDecline, By: by, Member: member}})
}

// noticeOf is what coordinators learn of a move that was not theirs, and who.
func noticeOf(old, next Case, ch change) []toldTo {
	do, why, who := ch.move.Do, next.Why, ""
	switch {
	case do == DoSame || do == DoYield:
		return toldSame(old, next, ch)
	case !old.Held():
		return nil
	case do == DoPause || do == DoResume || do == DoLapse && !old.Paused.IsZero():
		if old.Staff.Name == ch.move.By.Name {
			return nil
		}
		if do == DoLapse {
			do = DoResume
		}
		who, why = old.Staff.Name, ch.move.By.Alias
	case do == DoSettle:
		who, why = old.Staff.Name, settled(old, next)
	case do == DoAsk && old.Asked.Name != next.Asked.Name:
		who, why = next.Asked.Name, old.Staff.Alias
	case do == DoAccept || do == DoDecline || do == DoWatch || do == DoRelieve && old.Staff.Name != next.Staff.Name:
		who, why = old.Staff.Name, ch.move.By.Alias
	case slices.Contains(tellsHolder, do), next.State == Waiting && next.Why == WhyAway:
		who = old.Staff.Name
	default:
		return nil
	}
	if do == DoStopped {
		why = next.Stopped
	}
	return []toldTo{{who, notice(Notice{At: ch.at, Case: next.ID, Do: do, Why: why})}}
}
