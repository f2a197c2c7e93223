package preview

import (
	"slices"
	"strconv"
	"time"

	"engawa/flows"
	"engawa/flows/understand"
)

// Staff says whether somebody reads, in a walk.
type Staff string

// Who is there.
const (
	ByHours Staff = ""     // as house.yaml says
	Here    Staff = "here" // somebody, whatever the hour
	Away    Staff = "away" // nobody, whatever the hour
)

// Find looks for places to be and events by the words of a bundle; see [flows.View].
type Find func(*flows.Bundle, flows.PostQuery) (found []flows.Post, nearest bool)

// Walker walks one made-up person through the dialogue without LINE, store or
// desk: the same Read and Step as in service, with a clock that may be turned.
type Walker struct {
	Bundle *flows.Bundle
	State  flows.State
	Staff  Staff
	Find   Find // nil: there is nothing to be found

	timers []flows.Timer
	events int
	cases  int
}

// View is the world outside at a time.
func (w *Walker) View(now time.Time) flows.View {
	h := &w.Bundle.House
	open, next := h.OpenAt(now)
	switch {
	case w.Staff == Here:
		open = true
	case w.Staff == Away && open: // the next opening is tomorrow's
		open = false
		_, next = h.OpenAt(next)
	}
	return flows.View{Now: now, Open: open, NextOpen: next, Night: h.Night, Friend: true, Records: h.Records}
}

// Read reads a text as it would be read where the person stands.
func (w *Walker) Read(r *understand.Reader, text string) flows.Reading {
	here := understand.Here{Lang: w.State.Lang}
	for _, b := range flows.Offered(w.Bundle, w.State) {
		here.Offered = append(here.Offered, b.Label)
	}
	return r.Read(text, here)
}

// Step takes one turn, and what the desk does by itself because of it. heard is
// what was written, or the place that was shared.
func (w *Walker) Step(now time.Time, e flows.Event, heard flows.PostQuery) ([]flows.Effect, []string) {
	w.events++
	e.ID = "e" + strconv.Itoa(w.events)
	v := w.View(now)
	heard.Lang, heard.Now = w.State.Lang, now
	if w.Find != nil && flows.AsksBoard(w.Bundle, w.State, e, &heard) {
		v.Posts, v.Nearest = w.Find(w.Bundle, heard)
	}
	state, effects, reasons := flows.Step(w.Bundle, v, w.State, e)
	w.State = state
	for i := range effects {
		w.note(&effects[i])
	}
	for _, f := range effects {
		if f.Kind == flows.EfDesk && f.Desk.Do == flows.NoteOpen {
			w.cases++
			opened := flows.DeskAct{Do: flows.DeskOpened, Case: flows.CaseID("c" + strconv.Itoa(w.cases))}
			more, why := w.Step(now, flows.Event{Kind: flows.EvDesk, At: now, Desk: opened}, flows.PostQuery{})
			effects, reasons = append(effects, more...), append(reasons, why...)
		}
	}
	return effects, reasons
}

// note keeps the calendar.
func (w *Walker) note(f *flows.Effect) {
	switch f.Kind {
	case flows.EfTimer:
		w.timers = append(w.timers, f.Timer)
	case flows.EfCancel:
		w.timers = slices.DeleteFunc(slices.Clone(w.timers), func(t flows.Timer) bool { return f.Timer.Key == "*" || t.Key == f.Timer.Key })
	}
}

// Due gives the timers that have fallen due, earliest first, as events.
func (w *Walker) Due(now time.Time) []flows.Event {
	var due []flows.Event
	var left []flows.Timer
	for _, t := range w.timers {
		if t.At.After(now) {
			left = append(left, t)
			continue
		}
		due = append(due, flows.Event{Kind: flows.EvTimer, At: t.At, Timer: t})
	}
	w.timers = left
	slices.SortStableFunc(due, func(a, b flows.Event) int { return a.At.Compare(b.At) })
	return due
}

// Act is a coordinator called すずらん who does as told.
func (w *Walker) Act(now time.Time, do flows.DeskDo) flows.DeskAct {
	act := flows.DeskAct{Do: do, Case: w.State.Case, Staff: "すずらん", Words: do == flows.DeskAnswered}
	if do == flows.DeskPassed {
		act.Staff, act.From, act.Pass = "れんげ", w.State.Staff, w.State.Pass+1
	}
	if do == flows.DeskClaimed || do == flows.DeskPromised || do == flows.DeskAnswered || do == flows.DeskPaused {
		_, act.Until = w.Bundle.House.OpenAt(now.AddDate(0, 0, 1))
	}
	return act
}
