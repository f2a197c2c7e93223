package understand

import (
	"engawa/flows"
)

// rules are all urgent rules of a bundle, read together in one pass over a text.
type rules struct {
	list  []rule
	words *automaton
	first [][]start // by piece: the lines that begin with it
}

// start names a line of a rule's どれか.
type start struct{ rule, line int32 }

// rule is an urgent rule whose lines are compiled.
type rule struct {
	id            string
	lang          flows.Lang
	urgency       flows.Urgency
	level         flows.Level
	any, all, not []pattern
}

func compileRules(list []flows.UrgentRule) *rules {
	p := &pieces{ids: map[string]int{}, lines: map[string]pattern{}}
	out := &rules{}
	for _, u := range list {
		out.list = append(out.list, rule{id: u.ID, lang: u.Lang, urgency: u.Urgency, level: u.Level,
			any: patterns(u.Any, p), all: patterns(u.All, p), not: patterns(u.Not, p)})
	}
	out.words = newAutomaton(p.texts)
	out.first = make([][]start, len(p.texts))
	for i := range out.list {
		for j, pt := range out.list[i].any {
			for _, id := range pt.parts[0] {
				out.first[id] = append(out.first[id], start{int32(i), int32(j)})
			}
		}
	}
	return out
}

// compileHarsh prepares the lists of what is hard to hear: they are read as rules are.
func compileHarsh(lists []flows.HarshList) *rules {
	var out []flows.UrgentRule
	for _, l := range lists {
		out = append(out, flows.UrgentRule{ID: "harsh-" + string(l.Lang), Lang: l.Lang, Any: l.Any, Not: l.Not})
	}
	return compileRules(out)
}

func patterns(lines []string, p *pieces) []pattern {
	var out []pattern
	for _, l := range lines {
		pt, known := p.lines[l] // what calms in every rule is compiled once
		if !known {
			var err error
			if pt, err = compilePattern(l, p); err != nil {
				continue
			}
			p.lines[l] = pt
		}
		out = append(out, pt)
	}
	return out
}

// CheckPattern tells what is wrong with a line of a word list.
func CheckPattern(line string) error {
	_, err := compilePattern(line, &pieces{ids: map[string]int{}})
	return err
}

// read gives every rule that fires on the text to each, and says for which dangers a
// rule would have if its words did not stand in a context that calms.
func (rs *rules) read(t *text, each func(*rule)) (calmed []flows.Urgency) {
	f := &found{text: t, dense: rs.words.scan(t.dense.s), spaced: rs.words.scan(t.spaced.s)}
	if f.dense == nil && f.spaced == nil {
		return nil
	}
	begun := map[start]bool{}
	for _, at := range []map[int][]hit{f.dense, f.spaced} {
		for id := range at {
			for _, st := range rs.first[id] {
				begun[st] = true
			}
		}
	}
	fired := make([]bool, len(rs.list))
	for st := range begun { // the order does not matter: what fired is a set
		if !fired[st.rule] && rs.list[st.rule].fires(f, int(st.line)) {
			fired[st.rule] = true
		}
	}
	for i := range fired {
		if fired[i] {
			each(&rs.list[i])
		}
	}
	return f.calmed
}

// fires tells whether the line stands in the text, together with all that must
// stand there too. A context that calms (「死ぬほど眠い」) takes away only what it
// overlaps: 「死ぬほど眠い。でも死にたい」 still fires.
func (r *rule) fires(f *found, line int) bool {
	if r.lang == flows.Zh && f.text.kana || !r.stands(r.any[line], f) {
		return false // 自殺 is a Chinese word too, but in a Japanese sentence the Japanese rules know better
	}
	for _, p := range r.all {
		if !r.stands(p, f) {
			return false
		}
	}
	return true
}

func (r *rule) stands(p pattern, f *found) bool {
	hits := dense(p.places(f), p.dense)
	if len(hits) == 0 {
		return false
	}
	var calm []hit
	for _, n := range r.not {
		calm = append(calm, dense(n.places(f), n.dense)...)
	}
	for _, h := range hits {
		if !overlaps(calm, h) {
			return true
		}
	}
	f.calmed = append(f.calmed, r.urgency)
	return false
}

// dense keeps places of the two forms apart: those of the spaced form are shifted out of reach.
func dense(hits []hit, dense bool) []hit {
	if dense {
		return hits
	}
	const far = 1 << 30
	for i := range hits {
		hits[i].from += far
		hits[i].to += far
	}
	return hits
}

func overlaps(calm []hit, h hit) bool {
	for _, c := range calm {
		if c.from < h.to && h.from < c.to {
			return true
		}
	}
	return false
}
