package understand

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"engawa/flows"
)

// A pattern is one line of a word list, as a supervisor writes it:
//
//	死んだほうが（いい｜まし）   one of these
//	夫…殴られ                    some words between, in the same sentence
//	昔……今は                     many words between, sentence ends too
//	suicid*                      the word goes on (languages with spaces), and perhaps a little more
//
// It is cut into parts with room between them; each part is one of several
// pieces of text that stand in the automaton.
type pattern struct {
	parts [][]int // numbers of pieces; one of each part, in order
	room  []int   // how many bytes may stand before each part
	dense bool
}

// Room that 「…」 leaves between two parts of a pattern.
const (
	roomDense  = 14 * 3 // bytes: fourteen letters
	roomSpaced = 30
	roomLong   = 150
	mostPieces = 3000 // of one part, after writing out its alternatives
)

// pieces numbers the different pieces of all patterns.
type pieces struct {
	ids   map[string]int
	texts []string
	lines map[string]pattern // what is compiled already
}

func (p *pieces) id(s string) int {
	if n, ok := p.ids[s]; ok {
		return n
	}
	n := len(p.texts)
	p.ids[s] = n
	p.texts = append(p.texts, s)
	return n
}

// compilePattern reads one line of a list. What cannot be read is left out by
// name of an error, never by silence: script tells the author.
func compilePattern(line string, p *pieces) (pattern, error) {
	out := pattern{dense: hasCJK(line)}
	line = strings.NewReplacer("(", "（", ")", "）", "|", "｜", "...", "…", "……", "…→", "* ", "*…").Replace(line)
	for _, part := range strings.Split(line, "…") {
		room := roomSpaced
		if out.dense {
			room = roomDense
		}
		if long, ok := strings.CutPrefix(part, "→"); ok {
			part, room = long, roomLong
		}
		all, err := expand(part)
		if err != nil {
			return pattern{}, err
		}
		var ids []int
		for _, s := range all {
			if s = out.normal(s); s != "" {
				ids = append(ids, p.id(s))
			}
		}
		if len(ids) > 0 {
			out.parts = append(out.parts, ids)
			out.room = append(out.room, room)
		}
	}
	if len(out.parts) == 0 {
		return pattern{}, fmt.Errorf("understand: pattern %q says nothing", line)
	}
	return out, nil
}

// normal brings a piece to the form that texts are compared in. The mark before
// a piece keeps the two forms apart in the one automaton.
func (pt pattern) normal(s string) string {
	if pt.dense {
		return normalise(s).dense.s
	}
	head, tail := strings.HasPrefix(strings.TrimSpace(s), "*"), strings.HasSuffix(strings.TrimSpace(s), "*")
	s = normalise(s).spaced.s
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	if !head {
		s = " " + s
	}
	if !tail {
		s += " "
	}
	return s
}

// expand writes out the alternatives of one part; brackets may stand in brackets.
func expand(s string) ([]string, error) {
	e := &expander{rest: s, line: s}
	out, err := e.run()
	if err == nil && e.rest != "" {
		err = fmt.Errorf("understand: pattern %q: a bracket too many", s)
	}
	return out, err
}

type expander struct{ rest, line string }

// run reads alternatives up to a closing bracket or the end.
func (e *expander) run() ([]string, error) {
	var out []string
	now := []string{""}
	for e.rest != "" {
		r, size := utf8.DecodeRuneInString(e.rest)
		if r == '）' {
			break
		}
		e.rest = e.rest[size:]
		switch r {
		case '｜':
			out, now = append(out, now...), []string{""}
		case '（':
			inside, err := e.run()
			if err != nil {
				return nil, err
			}
			if !strings.HasPrefix(e.rest, "）") {
				return nil, fmt.Errorf("understand: pattern %q: a bracket is not closed", e.line)
			}
			e.rest = e.rest[len("）"):]
			if len(now)*len(inside) > mostPieces {
				return nil, fmt.Errorf("understand: pattern %q has too many alternatives", e.line)
			}
			now = each(now, inside)
		default:
			now = each(now, []string{string(r)})
		}
	}
	return append(out, now...), nil
}

// each puts every tail behind every head.
func each(heads, tails []string) []string {
	out := make([]string, 0, len(heads)*len(tails))
	for _, h := range heads {
		for _, t := range tails {
			out = append(out, h+t)
		}
	}
	return out
}

// hit is one place in a text.
type hit struct{ from, to int }

// places finds every stretch of a text that the pattern covers: where several
// begin at one place the longest, since a line that calms must reach all it speaks of.
func (pt pattern) places(f *found) []hit {
	at, cuts := f.dense, f.text.dense.cuts
	if !pt.dense {
		at, cuts = f.spaced, f.text.spaced.cuts
	}
	if at == nil {
		return nil
	}
	var out []hit
	for _, id := range pt.parts[0] {
		for _, h := range at[id] {
			if to, ok := pt.follow(1, at, h.to, cuts); ok {
				out = append(out, hit{h.from, to})
			}
		}
	}
	return out
}

// follow looks for the parts from number n on, behind the place from.
func (pt pattern) follow(n int, at map[int][]hit, from int, cuts []int) (int, bool) {
	if n == len(pt.parts) {
		return from, true
	}
	most, found := 0, false
	for _, id := range pt.parts[n] {
		for _, h := range at[id] {
			// Words share the blank between them, hence the one byte.
			if h.from < from-1 || h.from > from+pt.room[n] || pt.room[n] < roomLong && crosses(cuts, from, h.from) {
				continue
			}
			if to, ok := pt.follow(n+1, at, h.to, cuts); ok {
				most, found = max(most, to), true
			}
		}
	}
	return most, found
}

// crosses tells whether a sentence ends between two places.
func crosses(cuts []int, from, to int) bool {
	for _, c := range cuts {
		if c >= from && c <= to {
			return true
		}
	}
	return false
}

// found holds where the pieces stand in one text.
type found struct {
	text          *text
	dense, spaced map[int][]hit
	calmed        []flows.Urgency // a rule's words for it stand there, and all of them in a context that calms
}

// automaton finds all pieces in one pass over the text (Aho and Corasick).
type automaton struct {
	next  map[uint64]int32 // state and byte → state
	fail  []int32
	ends  [][]int32
	sizes []int
}

func newAutomaton(words []string) *automaton {
	a := &automaton{next: make(map[uint64]int32, 4*len(words)), fail: []int32{0}, ends: [][]int32{nil}}
	var levels [][]uint64 // edges by their distance from the start
	for id, w := range words {
		a.sizes = append(a.sizes, len(w))
		at := int32(0)
		for i := 0; i < len(w); i++ {
			key := uint64(at)<<8 | uint64(w[i])
			to, ok := a.next[key]
			if !ok {
				to = int32(len(a.fail)) //#nosec G115 -- numbers of nodes and runes, packed and unpacked by the same two lines
				a.next[key] = to
				a.fail, a.ends = append(a.fail, 0), append(a.ends, nil)
				if i == len(levels) {
					levels = append(levels, nil)
				}
				levels[i] = append(levels[i], key)
			}
			at = to
		}
		a.ends[at] = append(a.ends[at], int32(id))
	}
	for _, edges := range levels {
		a.link(edges)
	}
	return a
}

// link gives every state of a level the longest other beginning that it ends with.
func (a *automaton) link(edges []uint64) {
	for _, key := range edges {
		at, to := int32(key>>8), a.next[key] //#nosec G115 -- numbers of nodes and runes, packed and unpacked by the same two lines
		if at != 0 {
			a.fail[to] = a.step(a.fail[at], byte(key)) //#nosec G115 -- numbers of nodes and runes, packed and unpacked by the same two lines
		}
		if more := a.ends[a.fail[to]]; len(more) > 0 {
			a.ends[to] = append(a.ends[to][:len(a.ends[to]):len(a.ends[to])], more...)
		}
	}
}

func (a *automaton) step(at int32, c byte) int32 {
	for {
		//#nosec G115 -- numbers of nodes and runes, packed and unpacked by the same two lines
		if to, ok := a.next[uint64(at)<<8|uint64(c)]; ok {
			return to
		}
		if at == 0 {
			return 0
		}
		at = a.fail[at]
	}
}

// scan notes where pieces stand; nil when there are none.
func (a *automaton) scan(s string) map[int][]hit {
	var out map[int][]hit
	at := int32(0)
	for i := 0; i < len(s); i++ {
		at = a.step(at, s[i])
		for _, id := range a.ends[at] {
			if out == nil {
				out = map[int][]hit{}
			}
			out[int(id)] = append(out[int(id)], hit{i + 1 - a.sizes[id], i + 1})
		}
	}
	return out
}
