package assist

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"engawa/flows"
)

// Bounds of what a model may hand to a coordinator.
const (
	mostPoints   = 8
	longestPoint = 120
	mostDrafts   = 3
	longestDraft = 400
	mostCards    = 30
)

// Point is one line of a summary and the sentences it rests on.
type Point struct {
	Text string
	From []int // numbers of Summary.Sentences
}

// Summary is a talk in a few points. The sentences are as they were written; those
// that are Kept were not seen by the model, and whoever shows this says so.
type Summary struct {
	Points    []Point
	Sentences []Sentence
}

// Summary asks for a talk in a few points. A point that names no source, or a
// number that its sources do not hold, is dropped.
func (a *Assist) Summary(ctx context.Context, talk []Said) (Summary, error) {
	if !a.On() {
		return Summary{}, ErrOff
	}
	c, err := cover(talk)
	if err != nil {
		return Summary{}, err
	}
	out := Summary{Sentences: c.sentences}
	err = a.ask(ctx, request{
		op: "summary", side: staff, about: aboutOf(ctx), system: summaryRules, data: c.data(nil), schema: summarySchema, tokens: 1200,
		take: func(answer string) (err error) {
			out.Points, err = points(c, answer)
			return err
		},
	})
	if err != nil {
		return Summary{}, err
	}
	return out, nil
}

func points(c covered, answer string) ([]Point, error) {
	o, err := parse(answer)
	if err != nil || !o.only("points") {
		return nil, errShape
	}
	list, ok := o.list("points", mostPoints)
	if !ok {
		return nil, errShape
	}
	var out []Point
	for _, x := range list {
		from, ok := x.numbers("from", 12)
		if !ok || !x.only("text", "from") {
			return nil, errShape
		}
		t := x.text("text")
		if !clean(t, longestPoint) || len(from) == 0 || !c.from(from) || !grounded(t, c.source(from)) {
			continue
		}
		if t, ok = c.cover.Restore(t); ok {
			out = append(out, Point{Text: t, From: from})
		}
	}
	if len(out) == 0 {
		return nil, errShape
	}
	return out, nil
}

// Card is something that can be offered, as plain words.
type Card struct {
	ID    flows.CardID
	Title string
	Text  string
}

// Draft is a possible reply. A person reads it, changes it and sends it, or not.
type Draft struct {
	Text  string
	Cards []flows.CardID // it rests on
	From  []int          // sentences it answers
}

// Drafts are up to three, with the sentences that they refer to.
type Drafts struct {
	List      []Draft
	Sentences []Sentence
}

// Drafts asks for replies to the resident's last words. One that brings a number
// or address that stands in none of its cards and sentences, a banned word or a
// promise is dropped.
func (a *Assist) Drafts(ctx context.Context, talk []Said, cards []Card, banned []string) (Drafts, error) {
	if !a.On() {
		return Drafts{}, ErrOff
	}
	c, err := cover(talk)
	if err != nil {
		return Drafts{}, err
	}
	cards = cards[:min(len(cards), mostCards)]
	type offer struct {
		ID    flows.CardID `json:"id"`
		Title string       `json:"title"`
		Text  string       `json:"text"`
	}
	offers := []offer{}
	for _, x := range cards {
		offers = append(offers, offer(x))
	}
	out := Drafts{Sentences: c.sentences}
	err = a.ask(ctx, request{
		op: "drafts", side: staff, about: aboutOf(ctx), system: draftRules, data: c.data(map[string]any{"cards": offers}), schema: draftSchema(cards), tokens: 1500,
		take: func(answer string) (err error) {
			out.List, err = drafts(c, cards, banned, answer)
			return err
		},
	})
	if err != nil {
		return Drafts{}, err
	}
	return out, nil
}

func drafts(c covered, cards []Card, banned []string, answer string) ([]Draft, error) {
	o, err := parse(answer)
	if err != nil || !o.only("drafts") {
		return nil, errShape
	}
	list, ok := o.list("drafts", mostDrafts)
	if !ok {
		return nil, errShape
	}
	var out []Draft
	for _, x := range list {
		ids, okIDs := x.texts("cards", 5)
		from, okFrom := x.numbers("from", 12)
		if !okIDs || !okFrom || !x.only("text", "cards", "from") {
			return nil, errShape
		}
		if d, ok := draft(c, cards, banned, x.text("text"), ids, from); ok {
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		return nil, errShape
	}
	return out, nil
}

// draft judges one reply against what it says it rests on.
func draft(c covered, cards []Card, banned []string, text string, ids []string, from []int) (Draft, bool) {
	d := Draft{Text: text, From: from}
	if !clean(text, longestDraft) || !c.from(from) || unkind(text, banned) {
		return d, false
	}
	source := c.source(from)
	for _, id := range ids {
		i := slices.IndexFunc(cards, func(k Card) bool { return string(k.ID) == id })
		if i < 0 || slices.Contains(d.Cards, cards[i].ID) {
			return d, false
		}
		d.Cards = append(d.Cards, cards[i].ID)
		source += cards[i].Title + "\n" + cards[i].Text + "\n"
	}
	for _, k := range cards { // who speaks of a card names it
		if k.Title != "" && strings.Contains(text, k.Title) && !slices.Contains(d.Cards, k.ID) {
			return d, false
		}
	}
	if !grounded(text, source) || !addressesIn(text, source) {
		return d, false
	}
	var ok bool
	d.Text, ok = c.cover.Restore(text)
	return d, ok
}

// promises are words that no sentence of the house may say, whatever a city adds.
var promises = []string{"必ず", "絶対", "保証", "100%", "頑張っ", "がんばっ", "自己責任", "すべき", "診断", "もっと早く", "あなたのせい"}

// unkind says whether a text has a banned word or a promise in it.
func unkind(text string, banned []string) bool {
	t := norm.NFKC.String(text)
	for _, w := range slices.Concat(promises, banned) {
		if w != "" && strings.Contains(t, norm.NFKC.String(w)) {
			return true
		}
	}
	return false
}

// addressesIn says whether every web and mail address of a text stands in its source.
func addressesIn(text, source string) bool {
	for _, u := range addressRE.FindAllString(norm.NFKC.String(text), -1) {
		if !strings.Contains(norm.NFKC.String(source), u) {
			return false
		}
	}
	return true
}
