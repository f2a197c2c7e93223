package house

import (
	"context"
	"errors"
	"strings"
	"time"

	"engawa/flows"
	"engawa/handoff/console"
	"engawa/handoff/notice"
)

// switchesOf lets the console turn on what everybody is told.
type switchesOf struct{ h *house }

// shownDeeds is how much of the log the console shows.
const shownDeeds = 30

// Now is what everybody is told just now, from memory.
func (s switchesOf) Now() flows.Notice { return s.h.noticeNow() }

// Standing is the same from the store, with what was done.
func (s switchesOf) Standing(ctx context.Context) (flows.Notice, []console.Switched, error) {
	store := notice.New(s.h.sure)
	n, err := store.Now(ctx)
	if err != nil {
		return flows.Notice{}, nil, err
	}
	deeds, err := store.Log(ctx, shownDeeds)
	out := make([]console.Switched, len(deeds))
	for i, d := range deeds {
		out[i] = console.Switched{Kind: string(d.Kind), Until: d.Until, By: d.By, At: d.At}
	}
	return n, out, err
}

// Set turns a switch on. This machine says so at once, the others within seconds.
func (s switchesOf) Set(ctx context.Context, act, kind string, until time.Time, by string) error {
	err := notice.New(s.h.sure).Set(ctx, act, notice.Kind(kind), until, by, s.h.clock())
	if errors.Is(err, notice.ErrTime) {
		return console.ErrEnd
	}
	return s.heard(ctx, err)
}

// End turns a switch off.
func (s switchesOf) End(ctx context.Context, act, kind, by string) error {
	return s.heard(ctx, notice.New(s.h.sure).End(ctx, act, notice.Kind(kind), by, s.h.clock()))
}

// heard reads back what stands; if that fails, followNotices will.
func (s switchesOf) heard(ctx context.Context, err error) error {
	if n, now := notice.New(s.h.sure).Now(ctx); now == nil {
		s.h.notice.Store(&n)
	}
	return err
}

// Shown plays the turns that a resident would have, so that what is shown is what is said.
func (s switchesOf) Shown(kind string, until time.Time) console.Shown {
	b, n := s.h.bundle(), s.h.noticeNow()
	if notice.Kind(kind) == notice.Disaster {
		n.Disaster = until
	} else {
		n.Away = until
	}
	now := s.h.clock().In(b.House.Zone)
	v := flows.View{Now: now, Friend: true, Notice: n}
	v.Open, v.NextOpen = s.h.shifts.OpenAt(now)
	turn := func(x flows.Exit) (text, first string) {
		_, effects, _ := flows.Step(b, v, flows.State{Greeted: true, Lang: flows.Ja}, flows.Event{ID: "shown", Kind: flows.EvTap, At: now, Tap: flows.Tap{Exit: x}})
		for _, e := range effects {
			if e.Kind != flows.EfAnswer {
				continue
			}
			var texts []string
			for _, bubble := range e.Bubbles {
				if bubble.Text != "" {
					texts = append(texts, bubble.Text)
				}
			}
			if len(e.Choices) > 0 {
				first = e.Choices[0].Label
			}
			return strings.Join(texts, "\n\n"), first
		}
		return "", ""
	}
	var out console.Shown
	out.Menu, out.First = turn(flows.ExMenu)
	out.Wait, _ = turn(flows.ExHuman)
	return out
}
