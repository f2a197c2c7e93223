package understand

import (
	"slices"

	"engawa/flows"
)

const (
	mostThemes = 3
	leastTheme = 2   // a theme less likely than this is not worth a word
	leanTheme  = 450 // a theme this likely leads to its entrance, as a question
	ownSaying  = 900 // so near to an author's saying that its topic comes first
	chatting   = 600 // small talk this likely is answered as small talk
)

// readThemes says what a text is about, out of the whole list of the house
// plan, whether or not there is an entrance for it yet.
func (r *Reader) readThemes(out *flows.Reading, features []uint32) {
	if r.topics == nil || len(r.topics.Tuned) < 2 || !r.topics.knows(features) {
		return
	}
	sums := r.topics.Logits(features, nil)
	for i := range sums {
		sums[i] = sums[i] * r.topics.Tuned[0] / 1000
	}
	chances := Chances(sums, nil)
	for range mostThemes {
		best := 0
		for c := range chances {
			if chances[c] > chances[best] {
				best = c
			}
		}
		if chances[best] < leastTheme && len(out.Themes) > 0 {
			break
		}
		out.Themes = append(out.Themes, flows.Scored{Topic: r.topics.Classes[best], Score: chances[best]})
		chances[best] = -1
	}
	if int64(out.Themes[0].Score) < r.topics.Tuned[1] && out.Themes[0].Topic != "other" {
		other := flows.Scored{Topic: "other", Score: out.Themes[0].Score}
		out.Themes = append([]flows.Scored{other}, out.Themes...)[:min(mostThemes, len(out.Themes)+1)]
	}
}

// nearThemes lets the themes help where the sayings of the entrances are silent:
// an entrance of the likeliest theme is offered, never taken without asking.
func (r *Reader) nearThemes(out *flows.Reading, refused []bool) {
	if len(out.Themes) == 0 {
		return
	}
	top := out.Themes[0]
	if top.Topic == "smalltalk" && top.Score >= chatting && len(out.Topics) == 0 && out.Level == flows.NoLevel {
		out.Talk = true
		return
	}
	for _, th := range out.Themes {
		if th.Score < leanTheme || len(out.Topics) >= topMost {
			continue
		}
		for i, id := range r.router.flows {
			if r.router.topics[i] == th.Topic && (refused == nil || !refused[i]) && !offered(out.Topics, id) && len(out.Topics) < topMost {
				out.Topics = append(out.Topics, flows.Scored{Flow: id, Topic: th.Topic, Score: min(th.Score/2, scoreMin)})
			}
		}
	}
}

func offered(list []flows.Scored, id flows.FlowID) bool {
	for _, s := range list {
		if s.Flow == id {
			return true
		}
	}
	return false
}

// Subjects says what a text is about, best first, in the topics of the house
// plan: a way out says so by itself, then the themes, then the entrances.
func Subjects(r flows.Reading) []string {
	switch r.Exit {
	case flows.ExHuman:
		return []string{"human"}
	case flows.ExPrivacy, flows.ExDelete, flows.ExForget:
		return []string{"privacy"}
	case flows.ExLang:
		return []string{"language"}
	}
	var out []string
	add := func(topic string) {
		// Who cries for help makes no small talk, and is never out of scope.
		if !slices.Contains(out, topic) && (r.Level == flows.NoLevel || topic != "smalltalk" && topic != "other") {
			out = append(out, topic)
		}
	}
	if r.Talk {
		add("smalltalk")
	}
	if len(r.Topics) > 0 && (r.Sure || r.Topics[0].Score >= ownSaying) {
		add(r.Topics[0].Topic)
	}
	for _, s := range r.Themes {
		add(s.Topic)
	}
	if len(out) == 0 && len(r.Topics) > 0 {
		add(r.Topics[0].Topic)
	}
	if len(out) == 0 && r.Level != flows.NoLevel {
		add("talk")
	}
	if len(out) == 0 {
		add("other")
	}
	return out[:min(mostThemes, len(out))]
}
