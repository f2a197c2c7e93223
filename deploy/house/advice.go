package house

import (
	"context"
	"errors"

	"engawa/bot/assist"
	"engawa/flows"
	"engawa/handoff/console"
)

// advice lends the language model to the console.
type advice struct {
	h   *house
	who flows.PersonID // whose talk it is about; "" = nobody's
}

// On says whether there is one.
func (a advice) On() bool { return a.h.model.On() }

// About lends it for questions about one person.
func (a advice) About(p flows.PersonID) console.Model { return advice{a.h, p} }

// Summary sums a talk up.
func (a advice) Summary(ctx context.Context, talk []console.Line) (console.Digest, error) {
	s, err := a.h.model.Summary(assist.About(ctx, a.who), saidIn(talk))
	d := console.Digest{Sentences: sentences(s.Sentences)}
	for _, p := range s.Points {
		d.Points = append(d.Points, console.Point{Text: p.Text, From: p.From})
	}
	return d, modelError(err)
}

// Drafts proposes replies that rest on the cards at hand.
func (a advice) Drafts(ctx context.Context, talk []console.Line, cards []console.Card) (console.Digest, error) {
	offers := make([]assist.Card, len(cards))
	for i, c := range cards {
		offers[i] = assist.Card{ID: flows.CardID(c.Title), Title: c.Title, Text: c.Text}
	}
	got, err := a.h.model.Drafts(assist.About(ctx, a.who), saidIn(talk), offers, a.h.bundle().House.Banned)
	d := console.Digest{Sentences: sentences(got.Sentences)}
	for _, x := range got.List {
		p := console.Point{Text: x.Text, From: x.From}
		for _, id := range x.Cards {
			p.Cards = append(p.Cards, string(id))
		}
		d.Points = append(d.Points, p)
	}
	return d, modelError(err)
}

// Translate goes to or from Japanese.
func (a advice) Translate(ctx context.Context, text string, from, to flows.Lang) (string, error) {
	t, err := a.h.model.Translate(assist.About(ctx, a.who), text, from, to)
	return t.Text, modelError(err)
}

// Plain puts a text into やさしい日本語, or says that it could not.
func (a advice) Plain(ctx context.Context, text string) (string, error) {
	rule := assist.Rule{Banned: a.h.bundle().House.Banned, Names: append([]string{a.h.bundle().House.Name, a.h.bundle().House.City}, a.h.bundle().House.Teams...)}
	easy, rewritten, err := a.h.model.Plain(assist.About(ctx, a.who), text, rule)
	if err == nil && !rewritten {
		err = assist.ErrAnswer
	}
	return easy, modelError(err)
}

func saidIn(talk []console.Line) []assist.Said {
	out := make([]assist.Said, len(talk))
	for i, l := range talk {
		out[i] = assist.Said{By: l.By, Text: l.Text}
	}
	return out
}

func sentences(all []assist.Sentence) []console.Sentence {
	out := make([]console.Sentence, len(all))
	for i, s := range all {
		out[i] = console.Sentence{N: s.N, By: s.By, Text: s.Text, Kept: s.Kept}
	}
	return out
}

// modelError is why there is no help, in the console's words.
func modelError(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	for _, e := range []struct {
		is  error
		why console.ModelError
	}{{assist.ErrOff, "off"}, {assist.ErrUnsure, "unsure"}, {assist.ErrBudget, "budget"}, {assist.ErrResting, "resting"},
		{assist.ErrBusy, "busy"}, {assist.ErrTime, "time"}, {assist.ErrAnswer, "answer"}, {assist.ErrChanged, "answer"}} {
		if errors.Is(err, e.is) {
			return e.why
		}
	}
	return console.ModelError("server")
}
