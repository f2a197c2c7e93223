package house

import (
	"context"
	"strings"
	"time"

	"engawa/flows/catalogue"
	"engawa/handoff/console"
)

// Due gives what groups have posted and residents may see, with until when and what was
// done to it.
func (g groupsOf) Due(ctx context.Context) (all []console.PeerDue, err error) {
	if err := g.h.posted.Look(ctx); err != nil {
		return nil, err
	}
	shot, house, now := g.h.posted.Now(), g.h.houseNow(), g.h.clock().In(catalogue.Tokyo)
	for _, x := range shot.ByName() {
		for _, p := range shot.Of(x.ID) {
			e := p.Shown(x)
			if e == nil || e.State != catalogue.Published || e.Over(now, catalogue.Closed(house.Closed)) {
				continue
			}
			due := console.PeerDue{ID: p.ID, Title: e.Name(), Group: x.Name, GroupID: x.ID, When: whenWords(e, now, house), Until: e.FreshUntil(), Day: e.Verified, By: e.By}
			for _, d := range p.Log {
				by := d.By
				if m, ok := x.Member(by); ok {
					by = m.Name
				} else if d.Do == "submit" {
					by = x.Name // who left the group since
				}
				due.History = append(due.History, console.Done{At: d.At, By: by, Do: strings.ReplaceAll(strings.ReplaceAll(d.Do, " a ", " "), " ", "")})
			}
			all = append(all, due)
		}
	}
	return all, nil
}

// Confirm notes for several posts that somebody has looked.
func (g groupsOf) Confirm(ctx context.Context, act string, posts []string, name string, day time.Time, by string) error {
	for _, id := range posts {
		if _, err := g.h.board.Verify(ctx, act+":"+id, id, name, day, by); err != nil {
			return g.after(ctx, err)
		}
	}
	return g.after(ctx, nil)
}
