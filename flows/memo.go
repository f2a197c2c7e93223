package flows

import (
	"slices"
	"strings"
)

// maxChosen is how many of their choices a memo tells: what somebody at a counter
// can take in at a glance.
const maxChosen = 3

// memo adds to a card that the person may show at a counter what they have chosen on
// the way: the topic, what they said it was about, what they let us remember. It is
// drawn from the talk as it stands and kept nowhere.
func (t *turn) memo(v *CardView, c *Card) {
	if !c.Chosen || len(t.b.Lines["card.chosen"]) == 0 {
		return
	}
	chosen := t.chosen()
	if len(chosen) < 2 { // the topic alone: the card says that already
		return
	}
	told := strings.ReplaceAll(t.sentence("card.chosen", t.lang()), "{chosen}", strings.Join(chosen, " → "))
	for _, s := range []string{told, t.sentence("card.chosen.kept", t.lang())} {
		if s != "" {
			v.Facts = append(v.Facts, s)
		}
	}
}

// chosen are the labels of what was tapped in this flow, the topic first.
func (t *turn) chosen() (out []string) {
	here := t.b.Scenes[t.s.Scene]
	if here == nil {
		return nil
	}
	flow := t.b.Flows[here.Flow]
	way := append(slices.Clone(t.s.Back), t.s.Scene)
	from := len(way) - 1
	for from > 0 && t.b.Scenes[way[from-1]] != nil && t.b.Scenes[way[from-1]].Flow == here.Flow {
		from--
	}
	if flow == nil || way[from] != flow.Start {
		return nil
	}
	title, _ := flow.Title.In(t.lang())
	out = append(out, title)
	for i := from; i+1 < len(way) && len(out) <= maxChosen; i++ {
		if c := t.choiceBetween(t.b.Scenes[way[i]], way[i+1], way[i] == flow.Start); c != nil {
			label, _ := c.Label.In(t.lang())
			out = append(out, label)
		}
	}
	return slices.Compact(out)
}

// choiceBetween is the choice that tells something about the person and led on: at
// the beginning any, later those that are remembered. The others only turn pages.
func (t *turn) choiceBetween(sc *Scene, to SceneKey, first bool) *Choice {
	for i := range sc.Choices {
		c := &sc.Choices[i]
		if !t.b.leads(c.Next, to) {
			continue
		}
		if key, value := c.Remember[0], c.Remember[1]; key != "" && t.s.Memory[key] == value || key == "" && first {
			return c
		}
	}
	return nil
}

// leads says whether who is sent to a scene stops at another, or there.
func (b *Bundle) leads(from, to SceneKey) bool {
	for range 4 {
		sc := b.Scenes[from]
		if from == to || sc == nil {
			return from == to
		}
		if slices.ContainsFunc(sc.If, func(br Branch) bool { return br.Next == to }) {
			return true
		}
		from = sc.Next
	}
	return false
}
