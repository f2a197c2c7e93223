package console

import (
	"context"
	"net/http"
	"strings"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/find"
	"engawa/handoff/ready"
)

var pickRoutes = []route{
	{http.MethodPost, "/case/:id/picks", speaks, (*console).picks},
}

// mostPicks is how many are shown at once; nine of them have a key of their own.
const mostPicks = 30

// picksView is what can be put into a reply: texts kept ready, what the house
// offers on the topic, and places to be.
type picksView struct {
	Page   page
	Alarms []alarmView
	ID     string
	Alias  string
	Query  string
	Words  string // what is being written: it stays while one chooses
	Picks  []pickView
}

type pickView struct{ Kind, Title, Text string }

// picks shows what can be put into the reply, or puts it there. It is a form, not
// an address, because what is looked for and written is nobody else's business.
func (c *console) picks(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	words := v.form("words")
	if text := v.form("text"); text != "" {
		if words != "" && !strings.HasSuffix(words, "\n") {
			words += "\n"
		}
		return c.casePage(v, http.StatusOK, id, fill{words: words + text})
	}
	row, err := c.Desk.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := row.Can(handoff.DoAnswer, v.by()); err != nil {
		return c.refuse(v, id, err, fill{words: words})
	}
	view := picksView{ID: string(id), Alias: aliasOf(row.Alias, say), Query: cut(v.form("q"), 60), Words: words}
	if view.Picks, err = c.picksFor(ctx, v, row, view.Query, say); err != nil {
		return err
	}
	if v.form("part") == "list" {
		return c.renderPart(v, http.StatusOK, "picks", "picklist", view)
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "picks", say("pick.title"))
	return c.render(v, http.StatusOK, "picks", view)
}

func (c *console) picksFor(ctx context.Context, v *visit, row handoff.Row, typed string, say sayer) (out []pickView, err error) {
	q := find.Read(typed)
	if c.Ready != nil {
		if err := c.readTeams(ctx, v); err != nil {
			return nil, err
		}
		all, err := c.Ready.All(ctx, v.Name, v.Teams)
		if err != nil {
			return nil, err
		}
		known := c.known(v, row, say)
		for _, t := range ready.Matching(all, q) {
			out = append(out, pickView{Kind: say("pick.ready"), Title: t.Title, Text: ready.Fill(t.Words, known)})
		}
	}
	for _, card := range c.cardsOf(row) {
		if q.In(card.Title + " " + card.Text) {
			out = append(out, pickView{Kind: say("pick.card"), Title: card.Title, Text: card.Text})
		}
	}
	if c.Places != nil {
		for _, p := range c.Places(typed, row.Lang) {
			out = append(out, pickView{Kind: say("pick.place"), Title: p.Title, Text: p.Text})
		}
	}
	return out[:min(len(out), mostPicks)], nil
}

// known is what the desk can fill into a text: in Japanese, as ready texts are.
func (c *console) known(v *visit, row handoff.Row, _ sayer) map[string]string {
	lang, now := "ja", c.now()
	say := c.pages.say(lang)
	opening := say("ready.opennow")
	if open, next := c.Roster.OpenAt(now); !open && !next.IsZero() {
		opening = say.coming(next.In(c.zone()), now)
	}
	until := row.Promise
	if !until.After(now) {
		until = c.Roster.Promise(now)
	}
	return map[string]string{
		"alias": row.Alias, "相談員": v.Alias, "開く時間": opening, "約束": say.until(until.In(c.zone()), now),
		"話のこと": topic(row.Topic, say), "きょう": say.date(now),
	}
}

// Place is a place to be or an event as plain words, found by what was typed.
type Place func(typed string, lang flows.Lang) []Card
