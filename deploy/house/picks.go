package house

import (
	"context"

	"engawa/flows"
	"engawa/flows/catalogue"
	"engawa/flows/prove"
	"engawa/handoff/console"
	"engawa/handoff/ready"
)

// morePlaces is how many places to be a coordinator chooses from at once.
const morePlaces = 8

// placesFor finds places to be and events by what a coordinator types; with
// nothing typed it gives those that come next. Verified ones only, as for residents.
func (s *shelf) placesFor(typed string, lang flows.Lang) []console.Card {
	b, now := s.house.bundle(), s.house.clock()
	x, _ := s.current(b, now)
	var out []console.Card
	for _, hit := range x.Find(now, catalogue.Ask{Words: typed, Kinds: offered, Limit: morePlaces}).Hits {
		v := catalogue.Draw(b, hit.Entry, hit.Next, lang, now)
		out = append(out, console.Card{Title: v.Title, Text: cardWords(v)})
	}
	return out
}

func cardWords(v flows.CardView) string {
	text := v.Title
	for _, line := range append([]string{v.Lead}, v.Facts...) {
		if line != "" {
			text += "\n" + line
		}
	}
	return text
}

// plainWords says what speaks against a text that is kept ready for residents.
func (h *house) plainWords(words string) (faults, advice []string) {
	for _, f := range prove.Sentence(words, h.bundle().House.Banned) {
		if f.Severity == prove.Error {
			faults = append(faults, f.Why)
		} else {
			advice = append(advice, f.Why+f.Fix)
		}
	}
	return faults, advice
}

// demoReady gives the demo texts to choose from.
func demoReady(ctx context.Context, s *ready.Store) error {
	for id, t := range map[string]ready.Text{
		"hello": {Title: "はじめのひとこと", Words: "{alias}さん、書いてくださってありがとうございます。相談員の{相談員}です。短いことばでも、途中からでも大丈夫です。"},
		"later": {Title: "返事に時間がかかるとき", Words: "調べてから、{約束}にお返事します。そのあいだも、書いてくださって大丈夫です。"},
		"along": {Title: "いっしょに行けます", Words: "窓口へは、いっしょに行くこともできます。行く日は、{alias}さんのつごうに合わせます。"},
	} {
		if err := s.Put(ctx, t, id); err != nil {
			return err
		}
	}
	return nil
}

// talksOf opens the words of many persons for a search.
func (h *house) talksOf(ctx context.Context, persons []flows.PersonID, keep func(text string) bool) (map[flows.PersonID][]console.Line, error) {
	said, err := h.people.Talks(ctx, persons, keep)
	talks := make(map[flows.PersonID][]console.Line, len(said))
	for p, all := range said {
		talks[p] = linesOf(all)
	}
	return talks, err
}
