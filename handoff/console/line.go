package console

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strings"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

// deskView is the page with the three panes; without a Case it is the line alone.
type deskView struct {
	Page   page
	Alarms []alarmView
	Told   []toldView
	Line   lineView
	Case   *caseView
	Helps  []string
}

// lineView is the pane of the people who wait.
type lineView struct {
	Waiting, Mine, Others []rowView
	Asked                 []rowView // talks that one was asked to take over
	Beside                []rowView // talks that one had first and stays with
	Filter                filterView
	Heading               int // level of the headings inside; beside a talk they stand one deeper
}

// rowView is one person in the line.
type rowView struct {
	ID, Rev         string
	Alias, Since    string
	Why             string
	Topic, Language string
	Chose           string   // before they asked for a human
	Where           []string // the area and the team, if given
	Cost            string   // of an answer
	By              string   // who had them, or who has them
	Last            string   // of the words: sealed, opened, or the last ones of one's own case
	Long, Clear     bool
	Here            bool // the talk of this page
	Eyes            bool // it asks for a second pair of eyes
}

// toldView is something that happened to one's case without one's own doing.
type toldView struct{ Text, Href string }

// line shows the people who wait.
func (c *console) line(v *visit) error {
	say := c.pages.say(v.Taste.Lang)
	view, err := c.deskView(v, "", say)
	if err != nil {
		return err
	}
	return c.render(v, http.StatusOK, "desk", view)
}

// deskView puts together what both pages of the desk show.
func (c *console) deskView(v *visit, here flows.CaseID, say sayer) (*deskView, error) {
	ctx := v.Request().Context()
	lines, err := c.lineView(ctx, v, here, say)
	if err != nil {
		return nil, err
	}
	alarms, err := c.alarmViews(ctx, say)
	if err != nil {
		return nil, err
	}
	told, err := c.toldViews(ctx, v, say)
	if err != nil {
		return nil, err
	}
	view := &deskView{Page: c.fullPage(v, "line", say("line.title")), Line: lines, Alarms: alarms, Told: told}
	if here == "" {
		view.Helps = []string{say("helps.open"), say("helps.order"), say("helps.quiet")}
	} else {
		view.Page.Case = string(here)
	}
	return view, nil
}

func (c *console) lineView(ctx context.Context, v *visit, here flows.CaseID, say sayer) (lineView, error) {
	out := lineView{Heading: 2}
	if here != "" {
		out.Heading = 3
	}
	waiting, err := c.Desk.Queue(ctx)
	if err != nil {
		return out, err
	}
	held, err := c.Desk.Mine(ctx, "")
	if err != nil {
		return out, err
	}
	if err := c.readTeams(ctx, v); err != nil {
		return out, err
	}
	f, gone := c.filterOf(v).there(c.houseIs(), slices.Concat(waiting, held))
	out.Filter = f.view(slices.Concat(waiting, held), v.Name, gone, say)
	hidden := func(r handoff.Row) bool { return !f.keeps(r, v.Name) }
	waiting, held = slices.DeleteFunc(waiting, hidden), slices.DeleteFunc(held, hidden)
	costs := c.rowCosts(ctx, say)
	for _, r := range slices.Concat(waiting, held) {
		row := c.rowView(c.unopened(ctx, r), v, here, say)
		row.Cost = costs(r.Case)
		switch {
		case r.State == handoff.Waiting:
			out.Waiting = append(out.Waiting, row)
		case v.asked(r.Case):
			out.Asked = append(out.Asked, row)
		case r.Beside.Name == v.Name:
			out.Beside = append(out.Beside, row)
		case r.Staff.Name != v.Name:
			out.Others = append(out.Others, row)
		default:
			if r.Words == 0 {
				row.Last = c.lastWords(ctx, r, row.Last, say)
			}
			out.Mine = append(out.Mine, row)
		}
	}
	return out, nil
}

// unopened counts anew what nobody has opened where words were taken back: the desk
// does not know which of them had been read.
func (c *console) unopened(ctx context.Context, r handoff.Row) handoff.Row {
	if r.Words == 0 || r.Unsent == 0 {
		return r
	}
	said, err := c.Words.Talk(ctx, r.Person, r.From())
	if err != nil {
		return r
	}
	n := 0
	for _, l := range said {
		if l.By == "resident" && !l.Gone && l.At.Truncate(time.Millisecond).After(r.ReadTo) && r.Shows(l.At) {
			n++
		}
	}
	r.Words = min(r.Words, n)
	return r
}

func (c *console) rowView(r handoff.Row, v *visit, here flows.CaseID, say sayer) rowView {
	now := c.now()
	row := rowView{
		ID: string(r.ID), Alias: aliasOf(r.Alias, say), Why: why(r, say), Topic: topic(r.Topic, say),
		Language: language(r.Lang, say), Clear: r.Level == flows.Clear, Here: r.ID == here, Eyes: r.Wants(),
	}
	c.rowFacts(&row, r.Case, v.Taste.Lang)
	since := r.Waits
	if since.IsZero() {
		since = r.Opened
	}
	if r.State == handoff.Waiting {
		row.Since = say.lasting(now.Sub(since))
		row.Long = now.Sub(since) >= c.Long
		if r.Last.Alias != "" {
			row.By = say(before(r, v.Name), "staff", r.Last.Alias)
		}
	} else {
		if r.Staff.Name != v.Name {
			row.By = r.Staff.Alias
		}
		if !r.Promise.IsZero() && r.Forgotten.IsZero() {
			row.Since = say.until(r.Promise.In(c.zone()), now)
		}
	}
	switch {
	case v.asked(r.Case):
		row.Why = say("ask.me", "staff", r.Staff.Alias)
	case !r.Paused.IsZero():
		row.Since = say("row.rests", "until", say.coming(r.Paused.In(c.zone()), now))
	case !r.Pass.Wish.IsZero():
		row.Why = say("row.wish")
	case r.Asked.Alias != "":
		row.Why = say("ask.asked", "staff", r.Asked.Alias)
	case r.State == handoff.Snoozed:
		row.Since = say("row.sleeps", "until", say.coming(r.Lease.In(c.zone()), now))
	}
	row.Last = sealState(r.Case, say)
	if !r.Forgotten.IsZero() {
		row.Language, row.Last = "", say("talk.deleted")
	}
	row.Rev = revOf(r.Case, row.Long)
	return row
}

// why is the one line of reason in a row.
func why(r handoff.Row, say sayer) string {
	switch {
	case r.Level != flows.NoLevel && r.Reason != "" && r.Level == flows.Worry:
		return say("row.worry", "why", r.Reason)
	case r.Level != flows.NoLevel && r.Reason != "":
		return r.Reason
	case r.Level == flows.Clear:
		return risk(r.Urgency, say)
	case r.State == handoff.Snoozed:
		return say("row.snoozed")
	case r.State == handoff.Waiting && r.Why == handoff.WhySilence:
		return say("row.silence")
	case r.Hurry:
		return say("row.hurry")
	}
	return say("row.asked")
}

func risk(u flows.Urgency, say sayer) string {
	switch u {
	case flows.Life, flows.Violence, flows.Medical:
		return say("risk." + string(u))
	}
	return say("row.clear")
}

// sealState tells whether words are unopened, never what they say.
func sealState(k handoff.Case, say sayer) string {
	switch {
	case k.ReadTo.IsZero():
		return say("row.sealed")
	case k.Words > 0:
		return say("row.new", "n", k.Words)
	}
	return say("row.opened")
}

// lastWords are shown in one's own rows only, and only when they have been opened.
func (c *console) lastWords(ctx context.Context, r handoff.Row, otherwise string, say sayer) string {
	if r.ReadTo.IsZero() {
		return otherwise
	}
	said, err := c.Words.Talk(ctx, r.Person, r.ReadTo.Add(-time.Second))
	if err != nil {
		return otherwise
	}
	for _, l := range slices.Backward(said) {
		if l.By == "resident" && l.Kind == "text" && !l.Gone && !l.At.After(r.ReadTo) && r.Shows(l.At) {
			if c.harsh(l.Text) {
				return say("row.harsh")
			}
			return strings.ReplaceAll(cut(l.Text, 60), "\n", " ")
		}
	}
	return otherwise
}

// cut shortens for a single line; the whole text is one click away.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}

func topic(t string, say sayer) string {
	if t == "" {
		return ""
	}
	if text := say("topic." + t); text != "topic."+t {
		return text
	}
	return say("topic.other")
}

func language(l flows.Lang, say sayer) string {
	if !slices.Contains(flows.Langs[:], l) {
		l = flows.Ja
	}
	return say("lang." + string(l))
}

func aliasOf(alias string, say sayer) string {
	if alias == "" {
		return say("alias.gone")
	}
	return alias
}

// revOf changes whenever a row would look different, its clock apart.
func revOf(k handoff.Case, long bool) string {
	h := fnv.New64a()
	fmt.Fprint(h, k.ID, k.State, k.Alias, k.Staff, k.Last, k.Words, k.ReadTo.UnixMilli(), k.Promise.UnixMilli(),
		k.Area, k.Team, k.Eyes.UnixMilli(), k.Watcher, k.Beside, k.Asks, k.Pass, k.Paused.UnixMilli(), k.Level, k.Urgency, k.Topic, k.Lang, k.Why, k.Stopped, k.Unsent, k.Withdrawn.UnixMilli(), k.Forgotten.UnixMilli(), k.Asked,
		k.Word.UnixMilli(), k.Since.UnixMilli(), k.All, k.Answered.UnixMilli(), k.Tells, k.Place, long)
	return fmt.Sprintf("%x", h.Sum64())
}

// toldViews tell what happened to one's own cases meanwhile, until it was seen.
func (c *console) toldViews(ctx context.Context, v *visit, say sayer) ([]toldView, error) {
	notices, err := c.Desk.Notices(ctx, v.Name)
	if err != nil {
		return nil, err
	}
	out := make([]toldView, 0, len(notices))
	for i, n := range notices {
		if n.Do == handoff.DoStopped && slices.ContainsFunc(notices[i+1:], func(m handoff.Notice) bool { return m.Do == n.Do && m.Case == n.Case }) {
			continue // said more exactly since
		}
		alias, area, team := "", "", ""
		if r, err := c.Desk.Get(ctx, n.Case); err == nil {
			alias, area, team = r.Alias, r.Area, r.Team
		}
		words := c.pages.words[v.Taste.Lang]
		key := words.or("told."+string(n.Do)+"."+n.Why, words.or("told."+string(n.Do), "told.other"))
		if h := c.House(); n.Do == handoff.DoForgotten && h != nil && h.Records {
			key = "told.forgotten.records"
		}
		out = append(out, toldView{
			Text: say(key, "alias", aliasOf(alias, say), "staff", n.Why, "area", area, "team", team, "time", say.moment(n.At.In(c.zone()), c.now())),
			Href: hrefOf(n),
		})
	}
	return out, nil
}

func hrefOf(n handoff.Notice) string {
	if n.Task != "" {
		return "/task/" + string(n.Task)
	}
	return "/case/" + string(n.Case)
}

// noticed takes them off the page.
func (c *console) noticed(v *visit) error {
	if err := c.Desk.Noticed(v.Request().Context(), v.Name, c.Now()); err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/")
}
