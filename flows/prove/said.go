package prove

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"engawa/flows"
)

// form says what a sentence stands on.
type form int

const (
	bubble form = iota
	button
	title // a card's name, a name in a sentence
)

// said is one sentence of the house in all its languages, under its file key.
type said struct {
	key   string
	p     flows.Phrase
	form  form
	flow  flows.FlowID // "" for lines and cards
	scene *flows.Scene // nil for lines and cards
}

func textKey(sc *flows.Scene, i int) string { return fmt.Sprintf("%s/ことば/%d", sc.Key, i+1) }

func choiceKey(sc *flows.Scene, i int) string { return fmt.Sprintf("%s/選ぶ/%d", sc.Key, i+1) }

// fileOf finds the file in which a key stands.
func fileOf(key string, l flows.Lang) string {
	head, rest, _ := strings.Cut(key, "/")
	sheet := head
	switch head {
	case "":
		return "house.yaml"
	case "line", "card":
		sheet = head + "s"
	case "house", "words":
		return head + map[string]string{"house": ".yaml", "words": "/" + rest}[head]
	}
	if l != "" && l != flows.Ja {
		return "i18n/" + string(l) + "/" + sheet + ".yaml"
	}
	switch head {
	case "line":
		return "lines"
	case "card":
		id, _, _ := strings.Cut(rest, "/")
		return "cards/" + id + ".yaml"
	}
	return "flows/" + head + ".yaml"
}

// sentences lists everything that the house may say, in an order of its own.
func (c *checker) sentences() []said {
	var out []said
	for _, key := range sortedKeys(c.b.Lines) {
		f := bubble
		switch {
		case strings.HasPrefix(key, "exit.") || strings.HasPrefix(key, "label.") && key != "label.staff" && key != "label.place":
			f = button
		case strings.HasPrefix(key, "label.") || strings.HasPrefix(key, "fact.") || strings.HasPrefix(key, "card.") || strings.HasPrefix(key, "sender.") || strings.HasPrefix(key, "notify."):
			f = title
		}
		for i, p := range c.b.Lines[key] {
			out = append(out, said{key: fmt.Sprintf("line/%s/%d", key, i+1), p: p, form: f})
		}
	}
	for _, id := range c.b.Order {
		f := c.b.Flows[id]
		if f == nil {
			continue
		}
		out = append(out, said{key: string(id) + "/題", p: f.Title, form: button, flow: id})
	}
	for _, m := range c.b.Menu {
		if sc := c.b.Scenes[m.Scene]; sc != nil {
			out = append(out, said{key: string(sc.Flow) + "/メニュー", p: m.Label, form: button, flow: sc.Flow})
		}
	}
	out = append(out, c.cellSentences()...)
	for _, sc := range c.sortedScenes() {
		real := c.b.Scenes[sc.Key]
		for i, p := range real.Texts {
			out = append(out, said{key: textKey(real, i), p: p, form: bubble, flow: real.Flow, scene: real})
		}
		for i := range real.Choices {
			out = append(out, said{key: choiceKey(real, i), p: real.Choices[i].Label, form: button, flow: real.Flow, scene: real})
		}
	}
	return append(out, c.cardSentences()...)
}

// cellSentences are the words of the picture menu.
func (c *checker) cellSentences() (out []said) {
	if c.b.Rich == nil {
		return nil
	}
	out = append(out, said{key: "menu/開くところ", p: c.b.Rich.Bar, form: button})
	for i, cell := range c.b.Rich.Cells {
		out = append(out, said{key: fmt.Sprintf("menu/大きなボタン/%d", i+1), p: cell.Label, form: button})
	}
	for i, cell := range c.b.Rich.Strip {
		out = append(out, said{key: fmt.Sprintf("menu/下の帯/%d", i+1), p: cell.Label, form: button})
	}
	return out
}

func (c *checker) cardSentences() (out []said) {
	for _, card := range c.sortedCards() {
		key := "card/" + string(card.ID) + "/"
		out = append(out, said{key: key + "題", p: card.Title, form: title}, said{key: key + "ひとこと", p: card.Lead},
			said{key: key + "行ったら", p: card.Arrive}, said{key: key + "場所", p: card.Place, form: title}, said{key: key + "時間", p: card.Hours, form: title})
	}
	return out
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

func (c *checker) sortedScenes() (out []*flows.Scene) {
	for _, key := range sortedKeys(c.bones.Scenes) {
		out = append(out, c.bones.Scenes[key])
	}
	return out
}

func (c *checker) sortedCards() (out []*flows.Card) {
	for _, id := range sortedKeys(c.b.Cards) {
		if card := c.b.Cards[id]; card != nil {
			out = append(out, card)
		}
	}
	return out
}

func (c *checker) sortedHeard() []flows.SceneKey {
	all := newSights()
	for _, met := range c.seenBy {
		all.add(met)
	}
	return sortedKeys(all.heard)
}

// lint reads every sentence once, and what stands beside the sentences.
func (c *checker) lint() {
	all := c.sentences()
	c.report.Sentences = len(all)
	for i := range all {
		s := &all[i]
		for _, l := range flows.Langs {
			text, own := s.p[l]
			if !own {
				continue
			}
			c.sentence(s, l, text)
		}
		if len(s.p) > 0 && strings.TrimSpace(s.p[flows.Ja]) == "" {
			c.find(Finding{Property: "text", Severity: Error, Key: s.key, Why: "日本語の文が空です。", Fix: "文を書きます。"})
		}
	}
	c.lines()
	c.house()
	c.cards(all)
	c.routes()
	c.sayings()
	c.once("typed", c.typedReads(), c.typed)
}

// sentence reads one sentence in one language.
func (c *checker) sentence(s *said, l flows.Lang, text string) {
	c.held("text")
	c.held("tone")
	if l == flows.JaEasy {
		c.held("easy")
	}
	if l != flows.Ja {
		c.held("tongue")
	}
	all := sentence{key: s.key, text: text, ja: s.p[flows.Ja], banned: c.banned, lang: l, form: s.form, last: c.lastBubble(s)}
	c.read(all, func() {
		c.length(s, l, text)
		c.tone(s, l, text)
		if l == flows.JaEasy {
			c.easy(s, text)
		}
		if l != flows.Ja {
			c.tongue(s, l, text)
		}
	})
}

func num(n int) string { return strconv.Itoa(n) }
