package console

import (
	"context"

	"engawa/handoff"
)

// rowFacts fills in what a row tells of somebody before their words are opened: what
// they chose, and to which area and team they belong. After 消す nothing of it is left.
func (c *console) rowFacts(row *rowView, k handoff.Case, lang string) {
	if !k.Forgotten.IsZero() {
		return
	}
	if name := c.sceneName(k.Flow, k.Scene); lang == "ja" && name != row.Topic {
		row.Chose = name // scenes are named in the city's own language; the talk's page names them anyhow
	}
	for _, place := range []string{k.Area, k.Team} {
		if place != "" {
			row.Where = append(row.Where, place)
		}
	}
}

// rowCosts says what an answer costs in one word of a row. The month is asked once for
// all rows; whether a reply token is just now fresh is said where the answer is
// written, for by then another moment has come.
func (c *console) rowCosts(ctx context.Context, say sayer) func(handoff.Case) string {
	b, known := c.budget(ctx)
	push := Counted
	switch {
	case known && b.Spent():
		push = Spent
	case known && b.Kept():
		push = Reserved
	}
	return func(k handoff.Case) string {
		cost := push
		switch {
		case !k.Forgotten.IsZero():
			return "" // nobody can be answered
		case k.Place == handoff.PlaceRoom && push == Spent:
			cost = QuietRoom
		case k.Place == handoff.PlaceRoom:
			cost = Room
		}
		return say("row.cost." + string(cost))
	}
}

// before says of whoever had them last whether they are here: it is theirs first while
// they are, and anybody's of the team when they are not.
func before(r handoff.Row, reader string) string {
	switch {
	case r.Last.Name == reader:
		return "row.before.me"
	case r.Wish != "":
		return "row.before.here"
	}
	return "row.before"
}
