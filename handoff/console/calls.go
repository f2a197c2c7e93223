package console

import (
	"context"
	"slices"
	"strings"
	"time"

	"engawa/handoff"
	"engawa/handoff/alarm"
)

// seenAlarms is how many alarms that somebody has acknowledged the ledger tells of.
const seenAlarms = 20

// storyView is one alarm from its first ring to whoever took it.
type storyView struct {
	Title, Reason string
	Lines         []logView
}

// stories are the alarms that stand, and the last ones that somebody took.
func (c *console) stories(ctx context.Context, say sayer) ([]storyView, error) {
	open, err := c.Alarms.Open(ctx)
	if err != nil {
		return nil, err
	}
	seen, err := c.Alarms.Seen(ctx, seenAlarms)
	if err != nil {
		return nil, err
	}
	names, out := c.aliases(ctx), []storyView{}
	slices.Reverse(seen)
	for _, a := range append(open, seen...) {
		out = append(out, storyView{
			Title: aliasOf(a.Alias, say), Reason: c.alarmReason(a.Urgency, a.Level, a.Rules, say), Lines: c.callLines(a, names, say),
		})
	}
	return out, nil
}

// callLines tell one alarm: when it was raised, who was called by which way and what
// failed, and who took it.
func (c *console) callLines(a alarm.Alarm, names map[string]string, say sayer) (out []logView) {
	add := func(at time.Time, text string) {
		at = at.In(c.zone())
		out = append(out, logView{Text: text, Time: say.moment(at, c.now()), ISO: at.Format(time.RFC3339)})
	}
	add(a.Raised, say("call.raised"))
	for _, at := range a.Again {
		add(at, say("call.again"))
	}
	for _, k := range a.Calls {
		way := say("call.way." + k.Way)
		switch {
		case !k.OK:
			add(k.At, say("call.failed", "way", way))
		case len(k.To) == 0:
			add(k.At, say("call.nobody", "way", way))
		default:
			add(k.At, say("call.out", "way", way, "who", called(k.To, names, say)))
		}
	}
	if !a.Acked.IsZero() {
		add(a.Acked, say("call.seen", "staff", a.By))
	}
	slices.SortStableFunc(out, func(a, b logView) int { return strings.Compare(a.ISO, b.ISO) })
	return out
}

// called are those whom a call reached: people by their alias, the rest by what the
// operator's lists are called.
func called(to []string, names map[string]string, say sayer) string {
	var out []string
	for _, who := range to {
		switch alias := names[who]; {
		case who == "first" || who == "second" || who == "duty":
			out = append(out, say("call.to."+who))
		case alias != "":
			out = append(out, alias)
		default:
			out = append(out, who)
		}
	}
	return strings.Join(out, "・")
}

// aliases names the accounts as colleagues know them.
func (c *console) aliases(ctx context.Context) map[string]string {
	names := map[string]string{}
	if accounts, err := c.Staff.List(ctx); err == nil {
		for _, a := range accounts {
			names[a.Name] = a.Alias
		}
	}
	return names
}

// withAlarms puts the alarms of this talk between the entries of its log.
func (c *console) withAlarms(ctx context.Context, row handoff.Row, log []logView, say sayer) ([]logView, error) {
	all, err := c.Alarms.Of(ctx, row.Person)
	if err != nil {
		return nil, err
	}
	names := c.aliases(ctx)
	for _, a := range all {
		late := !row.Closed.IsZero() && a.Raised.After(row.Closed)
		if a.Raised.Before(row.Since.Add(-time.Minute)) || late {
			continue // of another talk
		}
		log = append(log, c.callLines(a, names, say)...)
	}
	slices.SortStableFunc(log, func(a, b logView) int { return strings.Compare(a.ISO, b.ISO) })
	return log, nil
}
