package handoff

import (
	"context"
	"errors"
	"slices"
	"time"

	"engawa/flows"
)

// reach: a coordinator begins the talk, to answer what somebody has asked for in a
// task. What was said before stays closed; the lane refuses whoever wants no word.
func (c Case) reach(m Move, at time.Time) (Case, []flows.DeskAct, error) {
	if !c.Forgotten.IsZero() {
		return c, nil, ErrForgotten
	}
	if c.State == Closed {
		c.Past = append(slices.Clone(c.Past), c.window())
	} else {
		c = m.Fresh
	}
	c.State, c.Staff, c.Why, c.Bounced, c.Words = Claimed, m.By, "", 0, 0
	c.Opened, c.Claimed, c.Lease = at, at, at.Add(FirstWord)
	c.First, c.Answered, c.Closed, c.Waits = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	c.Stopped, c.StoppedAt = "", time.Time{}
	c.Topic, c.Lang, c.Team, c.Memory = m.Note.Topic, m.Note.Lang, m.Note.Team, m.Note.Memory
	c.Flow, c.Scene, c.Urgency, c.Level, c.Rules, c.Hurry = "", "", flows.NoUrgency, flows.NoLevel, nil, false
	c.Since, c.All = at, false
	return c, []flows.DeskAct{
		{Do: flows.DeskOpened, Why: WhyTask},
		{Do: flows.DeskClaimed, Staff: m.By.Alias},
	}, nil
}

// AnswerTask gives the case in which by answers who asked for a task: the open one,
// in whosever hands it is, or a new one of their own. Again changes nothing.
func (d *Desk) AnswerTask(ctx context.Context, id TaskID, by Staff) (Case, error) {
	t, _, err := d.loadTask(ctx, id)
	switch {
	case err != nil:
		return Case{}, wrap("task: answer", err)
	case t.Person == "":
		return Case{}, ErrForgotten
	case t.Staff.Name != by.Name:
		return Case{}, ErrNotYours
	}
	for range attempts {
		c, said, err := d.tryReach(ctx, t, by)
		if err != nil || said != saidStale {
			return c, wrap("task: answer", err)
		}
	}
	return Case{}, errBusy
}

func (d *Desk) tryReach(ctx context.Context, t Task, by Staff) (Case, string, error) {
	c, rev, was, err := d.present(ctx, t.Person)
	if err != nil || c.Open() {
		return c, "", err
	}
	ch := change{at: d.now(), person: t.Person, was: was, move: Move{
		Do: DoReach, By: by,
		Note:  flows.DeskNote{Topic: t.Topic, Lang: t.Lang, Team: t.Team, Memory: t.Memory},
		Fresh: Case{ID: d.newID(), Person: t.Person, Alias: t.Alias, Place: d.opt.Place},
	}}
	if c.State == Closed && !c.Reopens(ch.at) {
		ch.move.Fresh.Last, ch.move.Fresh.Before = c.Last, c.ID
		c, rev = Case{}, "0"
	}
	next, said, err := d.try(ctx, c, rev, ch)
	if errors.Is(err, ErrMove) {
		return c, saidStale, nil // opened by the person in this moment
	}
	return next, said, err
}
