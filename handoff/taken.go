package handoff

import (
	"context"
	"errors"
	"slices"
	"time"

	"engawa/flows"
)

// ends are the moves after which a coordinator has a talk no more, until the next claim.
var ends = []Do{DoHandBack, DoClose, DoLeave, DoLost}

// Taken gives, for each case of a person, the stretches of their talk from the
// first claim of an opening to its end: what a city may have to keep as a record.
// Cases that nobody ever claimed are left out.
func (d *Desk) Taken(ctx context.Context, person flows.PersonID) (map[flows.CaseID]Windows, error) {
	cases, err := d.casesOf(ctx, person)
	if err != nil {
		return nil, wrap("taken", err)
	}
	taken := map[flows.CaseID]Windows{}
	for _, c := range cases {
		log, err := d.Log(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		if w := claimed(log); len(w) > 0 {
			taken[c.ID] = w
		}
	}
	return taken, nil
}

// Windows are stretches of a talk.
type Windows []Window

// Hold says whether a moment lies in one of them.
func (w Windows) Hold(at time.Time) bool {
	return slices.ContainsFunc(w, func(w Window) bool { return w.holds(at) })
}

func (w Window) holds(at time.Time) bool {
	return !at.Before(w.From) && (w.To.IsZero() || !at.After(w.To))
}

func claimed(log []Entry) (all Windows) {
	open := false
	for _, e := range log {
		switch {
		case (e.Do == DoClaim || e.Do == DoReach) && !open:
			all, open = append(all, Window{From: e.At}), true
		case open && slices.Contains(ends, e.Do):
			all[len(all)-1].To, open = e.At, false
		}
	}
	return all
}

// casesOf gives the person's cases that are still kept, the last one first.
func (d *Desk) casesOf(ctx context.Context, person flows.PersonID) ([]Case, error) {
	last, _, _, err := d.present(ctx, person)
	if err != nil {
		return nil, err
	}
	var all []Case
	for c := last; c.State != None && c.Person == person; {
		all = append(all, c)
		if c, _, err = d.load(ctx, c.Before); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Withdrawn says that words of a person have been destroyed. Every page that shows
// one of their cases, closed ones too, hears of it and looks anew. The note of an
// unsend may come before its words are gone; this comes after.
func (d *Desk) Withdrawn(ctx context.Context, person flows.PersonID) error {
	cases, err := d.casesOf(ctx, person)
	if err != nil {
		return wrap("withdrawn", err)
	}
	for _, c := range cases {
		_, err := d.act(ctx, c.ID, change{move: Move{Do: DoWithdrawn}, at: d.now()})
		if err != nil && !errors.Is(err, ErrMove) && !errors.Is(err, ErrUnknown) {
			return wrap("withdrawn", err)
		}
	}
	return nil
}

// forgetEarlier takes the person off cases that were over long before: the last one
// is where their 消す arrives, and leads to them.
func (d *Desk) forgetEarlier(ctx context.Context, person flows.PersonID) error {
	cases, err := d.casesOf(ctx, person)
	if err != nil || len(cases) < 2 {
		return err
	}
	for _, c := range slices.Backward(cases[1:]) { // the oldest first: a chain that breaks off stays whole
		_, err := d.act(ctx, c.ID, change{move: Move{Do: DoForgotten}, at: d.now()})
		if err != nil && !errors.Is(err, ErrMove) && !errors.Is(err, ErrUnknown) {
			return err
		}
	}
	return nil
}
