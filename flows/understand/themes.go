package understand

import (
	"strings"

	"engawa/flows"
)

const (
	theSurest  = 900 // chance (thousandths) above which the model alone says 明らか
	mostThemes = 3
	leastTheme = 60  // a theme less likely than this is not worth a word
	leanTheme  = 450 // a theme this likely leads to its entrance, as a question
	chatting   = 600 // small talk this likely is answered as small talk
)

// suspect asks the model whether the text, or a sentence of it, is a cry for
// help. A long letter is calm in most of its sentences: each is read on its own too.
func (r *Reader) suspect(out *flows.Reading, t *text, features []uint32) {
	if r.danger == nil || len(r.danger.Tuned) == 0 {
		return
	}
	var sums []int64
	var chances []int
	best, class, sure := 0, 0, 0
	look := func(f []uint32) {
		sums = r.danger.Logits(f, sums)
		chances = Chances(sums, chances)
		if risk := 1000 - chances[0]; risk > best {
			best, class = risk, 1
			for c := 2; c < len(chances); c++ {
				if chances[c] > chances[class] {
					class = c
				}
			}
			sure = chances[class]
		}
	}
	look(features)
	if len(t.dense.cuts) > 1 && t.cjk {
		var part []uint32
		for _, s := range t.dense.sentences() {
			part = features1(part[:0], s)
			look(part)
		}
	}
	// The model of this release is too sure of itself on short calm sentences
	// (「死にたくないです」), so alone it raises nothing: it only adds its voice where a
	// rule has spoken. The rules decide.
	if int64(best) < r.danger.Tuned[0] || out.Level == flows.NoLevel {
		return
	}
	urgency, level, _ := strings.Cut(r.danger.Classes[class], ".")
	found := rule{id: "model-" + urgency, urgency: flows.Urgency(urgency), level: flows.Worry}
	if level == string(flows.Clear) && sure >= theSurest && out.Level == flows.Clear {
		found.level = flows.Clear
	}
	raise(out, &found)
}

// features1 are the features of one sentence of the dense form.
func features1(out []uint32, s string) []uint32 { return features(out, s, "", true, nil) }

// sentences cuts the form at its sentence ends.
func (f form) sentences() []string {
	var out []string
	from := 0
	for _, c := range append(f.cuts[:len(f.cuts):len(f.cuts)], len(f.s)) {
		if c > from {
			out = append(out, f.s[from:c])
			from = c
		}
	}
	return out
}

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
