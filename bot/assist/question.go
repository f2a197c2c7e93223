package assist

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"engawa/bot/assist/redact"
	"engawa/flows"
)

// Question is what a model may be asked about one text. [Ask] makes it: what is
// not legal at this place of the talk is not in it.
type Question struct {
	Text      string         // as it was written; covered before it leaves
	Lang      flows.Lang     // of the talk
	Entrances []Entrance     // that a tap can reach
	Screen    []string       // labels on the screen, in order
	Choices   []int          // 1-based: those of Screen that a guess may take
	Human     bool           // 「人と話す」 is legal
	Stop      bool           // 「もう送らないで」 is legal
	Who       flows.PersonID // for this person's share of the budget; never leaves the process
	TextID    string         // which of their texts it is; never leaves the house either
}

// Entrance is a topic with two of the sayings that lead to it.
type Entrance struct {
	ID    flows.FlowID
	Title string
	Like  []string
}

// mostEntrances are shown to a model; mostText is how long a text may be.
const (
	mostEntrances = 60
	mostText      = 1200
)

// Ask makes the question for a text that the local rules are unsure about. It is
// false where nothing should be asked: the rules are sure, a human has the talk
// and reads everything, or a root question about deleting or stopping stands open
// and only the person's own tap may answer it.
func Ask(b *flows.Bundle, s flows.State, text string, local flows.Reading) (Question, bool) {
	if b == nil || !Unsure(local) || s.Mode == flows.ModeHuman || s.NoModel || strings.TrimSpace(text) == "" || len([]rune(text)) > mostText {
		return Question{}, false
	}
	q := Question{Text: text, Lang: s.Lang}
	if q.Lang == "" {
		q.Lang = flows.Ja
	}
	switch s.Ask {
	case flows.AskDelete, flows.AskForget, flows.AskStop, flows.AskLang:
		return Question{}, false
	}
	if s.Mode != flows.ModeBot { // waiting: the words go to the case, and only danger matters
		return q, true
	}
	q.Human = true
	sc := b.Scenes[s.Scene]
	if sc != nil && sc.Write == flows.WriteHuman {
		return q, true // a human will read it
	}
	q.Stop = s.Ask != flows.AskWorry
	q.Entrances = entrances(b, s, local)
	q.Screen, q.Choices = screen(b, s)
	return q, true
}

// entrances are those that the rules thought of, and then all others: each stands
// behind taps of the menu, and a guess only becomes a button.
func entrances(b *flows.Bundle, s flows.State, local flows.Reading) []Entrance {
	order := make([]flows.FlowID, 0, len(local.Topics)+len(b.Order))
	for _, t := range local.Topics {
		order = append(order, t.Flow)
	}
	order = append(order, b.Order...)
	var out []Entrance
	seen := map[flows.FlowID]bool{}
	for _, id := range order {
		f := b.Flows[id]
		if f == nil || seen[id] || b.Scenes[f.Start] == nil || f.Start == s.Scene || len(out) == mostEntrances {
			continue
		}
		seen[id] = true
		title, _ := f.Title.In(flows.Ja)
		out = append(out, Entrance{ID: id, Title: title, Like: f.Sayings[:min(2, len(f.Sayings))]})
	}
	return out
}

// screen is what is shown, and which of it a guess may take: a step within the
// talk that もどる takes back. What remembers something about the person, asks for a
// message later, opens a case, ends or answers the root stays with the person's own finger.
func screen(b *flows.Bundle, s flows.State) (labels []string, legal []int) {
	for i, btn := range flows.Offered(b, s) {
		labels = append(labels, btn.Label)
		tap, err := flows.DecodeTap(btn.Data)
		if err != nil || tap.Exit != flows.NoExit {
			continue
		}
		sc := b.Scenes[tap.Scene]
		if sc == nil || tap.Choice < 1 || tap.Choice > len(sc.Choices) {
			continue
		}
		c := sc.Choices[tap.Choice-1]
		if c.Later == nil && !c.End && c.Remember[0] == "" && quiet(b, c.Next) {
			legal = append(legal, i+1)
		}
	}
	return labels, legal
}

// quiet says that nothing on the way from a scene opens a case: neither itself nor what it passes on to by itself.
func quiet(b *flows.Bundle, k flows.SceneKey) bool {
	seen := map[flows.SceneKey]bool{}
	var walk func(flows.SceneKey) bool
	walk = func(k flows.SceneKey) bool {
		sc := b.Scenes[k]
		if sc == nil || sc.Handoff != nil || sc.End {
			return false
		}
		if seen[k] {
			return true
		}
		seen[k] = true
		for _, f := range sc.If {
			if !walk(f.Next) {
				return false
			}
		}
		return sc.Next == "" || len(sc.Choices) > 0 || sc.Write != flows.WriteRoute || walk(sc.Next)
	}
	return walk(k)
}

// legal are the commands that this question may be answered with.
func (q Question) legal() []do {
	out := []do{doNone, doCrisis}
	if q.Human {
		out = append(out, doHuman)
	}
	if q.Stop {
		out = append(out, doStop)
	}
	if len(q.Entrances) > 0 {
		out = append(out, doRoute, doClarify)
	}
	if len(q.Choices) > 0 {
		out = append(out, doChoose)
	}
	return out
}

func (q Question) knows(ids []flows.FlowID) bool {
	for _, id := range ids {
		if !slices.ContainsFunc(q.Entrances, func(e Entrance) bool { return e.ID == id }) {
			return false
		}
	}
	return true
}

// Read asks a model once what a text wants. Whatever goes wrong, the Commands say
// nothing and the error says why; [Merge] may be called all the same.
func (a *Assist) Read(ctx context.Context, q Question) (Commands, error) {
	if !a.On() {
		return Commands{}, ErrOff
	}
	text, err := redact.Text(q.Text)
	if err != nil {
		a.calls.WithLabelValues(string(residents), code(err)).Inc()
		return Commands{}, err
	}
	var c Commands
	err = a.ask(ctx, request{
		op: "read", side: residents, who: string(q.Who), about: Source{Person: q.Who, Text: q.TextID}, system: readRules, data: q.data(text), schema: q.schema(), tokens: 200,
		take: func(answer string) (err error) {
			c, err = decode(q, answer)
			return err
		},
	})
	if err != nil {
		return Commands{}, err
	}
	return c, nil
}

// data is the question as JSON: the person's words are one quoted value among others.
func (q Question) data(text string) []byte {
	type entrance struct {
		ID    flows.FlowID `json:"id"`
		Title string       `json:"title"`
		Like  []string     `json:"like,omitempty"`
	}
	type choice struct {
		N     int    `json:"n"`
		Label string `json:"label"`
	}
	d := struct {
		Message   string     `json:"message"`
		Language  flows.Lang `json:"language"`
		Entrances []entrance `json:"entrances,omitempty"`
		Choices   []choice   `json:"choices,omitempty"`
	}{Message: text, Language: q.Lang}
	for _, e := range q.Entrances {
		d.Entrances = append(d.Entrances, entrance(e))
	}
	for _, n := range q.Choices {
		d.Choices = append(d.Choices, choice{n, q.Screen[n-1]})
	}
	out, err := json.Marshal(d)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return out
}
