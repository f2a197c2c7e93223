package handoff

import (
	"context"
	"errors"
	"slices"
	"time"

	"engawa/flows"
)

// A supervisor may let a talk rest, for the safety of whoever has it: threats,
// harassment, sexual messages.
const (
	DoPause  Do = "pause"  // the talk rests until a time
	DoResume Do = "resume" // it goes on, by hand or because the time has come
)

// LongestPause is how far away its end may be: a resident is never put off for good.
const LongestPause = 14 * 24 * time.Hour

// ErrPaused says that the talk rests: nothing is sent until a supervisor lets it go
// on, its time comes, or somebody is in clear danger.
var ErrPaused = errors.New("handoff: the talk is paused")

// whilePaused are the moves of a coordinator that a pause holds back.
var whilePaused = []Do{DoAnswer, DoExtend, DoSnooze, DoRoom}

// Resting says whether the talk is paused. In clear danger nobody is kept from
// answering.
func (c Case) Resting() bool { return !c.Paused.IsZero() && c.Level != flows.Clear }

// rest decides about a pause.
func (c Case) rest(m Move, at time.Time) (Case, []flows.DeskAct, error) {
	if m.Do == DoResume {
		if c.Paused.IsZero() {
			return c, nil, ErrMove // it goes on already
		}
		next, acts := c.resume(m, at)
		return next, acts, nil
	}
	until := instant(m.Until)
	if !until.After(at) || until.Sub(at) > LongestPause {
		return c, nil, ErrTime
	}
	if c.State == Snoozed {
		c.State = Talking
	}
	c.Paused, c.PausedBy = until, m.By
	c.Lease, c.Promise, c.Given = until, until, true
	return c, say(flows.DeskAct{Do: flows.DeskPaused, Staff: m.By.Alias, Until: until, Words: m.Spoke}), nil
}

// resume lets the talk go on. What was written meanwhile is owed an answer from now.
func (c Case) resume(m Move, at time.Time) (Case, []flows.DeskAct) {
	c = c.awake()
	switch {
	case c.State == Claimed:
		c.Lease = at.Add(FirstWord)
	case !c.Waits.IsZero():
		c.Promise = instant(m.Promise)
		c.Lease = c.Promise.Add(Grace)
	}
	return c, say(flows.DeskAct{Do: flows.DeskResumed, Staff: c.Staff.Alias, Until: c.Promise})
}

// awake takes the pause off a case, with the promise that it was.
func (c Case) awake() Case {
	if !c.Paused.IsZero() {
		c.Paused, c.PausedBy = time.Time{}, Staff{}
		c.Lease, c.Promise, c.Given = time.Time{}, time.Time{}, false
	}
	return c
}

// heldUp says whether a pause keeps a coordinator from a move.
func (c Case) heldUp(do Do) bool { return c.Resting() && slices.Contains(whilePaused, do) }

// Pause lets a talk rest until then. The resident is told by the machine, with how to
// reach help meanwhile, and reads words of by's if there are any; again with the same
// act changes nothing. Whether by may is their role's business.
func (d *Desk) Pause(ctx context.Context, id flows.CaseID, by Staff, act string, until time.Time, words string) (Case, error) {
	if err := checkAct(act); err != nil {
		return Case{}, err
	}
	words, err := clean(words)
	if err != nil && !errors.Is(err, ErrEmpty) {
		return Case{}, err
	}
	ch := change{move: Move{Do: DoPause, By: by, Until: until, Spoke: words != ""}, id: ActID(id, act), at: d.now()}
	if words != "" {
		c, done, err := d.readyTo(ctx, id, ch)
		if err != nil || done {
			return c, wrap("pause", err)
		}
		ch.answer = ch.id
		if ch.sealed, err = d.scribe.SealWords(ctx, c.Person, ch.id, by.Alias, words, ch.at); err != nil {
			return c, wrap("pause", err)
		}
	}
	return d.staffAct(ctx, "pause", id, ch)
}

// readyTo looks whether a move with words may be made, before a key is made for them.
func (d *Desk) readyTo(ctx context.Context, id flows.CaseID, ch change) (Case, bool, error) {
	c, _, err := d.load(ctx, id)
	if err != nil {
		return c, false, err
	}
	if taken, err := d.rdb.ZScore(ctx, takenKey, ch.id).Result(); err == nil && taken > 0 {
		return c, true, nil
	}
	if !c.Forgotten.IsZero() {
		return c, false, ErrForgotten
	}
	_, _, err = c.Apply(ch.move, ch.at)
	return c, false, err
}

// Resume lets a paused talk go on now.
func (d *Desk) Resume(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return d.staffAct(ctx, "resume", id, change{move: Move{Do: DoResume, By: by}})
}
