package understand

import (
	"strings"

	"engawa/flows"
)

// rule is an urgent rule with its words already in the form that texts are compared in.
type rule struct {
	id            string
	urgency       flows.Urgency
	level         flows.Level
	any, all, not []pattern
}

// pattern is one word or phrase of a rule.
type pattern struct {
	s     string
	dense bool // compare with the form without spaces
}

func compile(u flows.UrgentRule) rule {
	return rule{id: u.ID, urgency: u.Urgency, level: u.Level,
		any: patterns(u.Any), all: patterns(u.All), not: patterns(u.Not)}
}

func patterns(words []string) []pattern {
	var out []pattern
	for _, w := range words {
		n := normalise(w)
		p := pattern{s: n.spaced}
		if hasCJK(w) {
			p = pattern{s: n.dense, dense: true}
		}
		if strings.TrimSpace(p.s) != "" {
			out = append(out, p)
		}
	}
	return out
}

func (p pattern) in(t text) bool {
	if p.dense {
		return strings.Contains(t.dense, p.s)
	}
	return strings.Contains(t.spaced, p.s)
}

// fires tells whether any of the words stands in the text, together with all
// that must stand there too. A context that calms (「死ぬほど眠い」) takes away
// only its own part of the text: 「死ぬほどつらい、死にたい」 still fires.
func (r *rule) fires(t text) bool {
	for _, p := range r.not {
		if p.dense {
			t.dense = strings.ReplaceAll(t.dense, p.s, "\x00")
		} else {
			t.spaced = strings.ReplaceAll(t.spaced, p.s, " \x00 ")
		}
	}
	for _, p := range r.all {
		if !p.in(t) {
			return false
		}
	}
	for _, p := range r.any {
		if p.in(t) {
			return true
		}
	}
	return false
}
