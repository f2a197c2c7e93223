package prove

import (
	"crypto/sha256"
	"encoding/json"
	"strconv"
	"strings"
	"sync"

	"engawa/flows"
)

// bonesOf names all that the root statechart depends on.
func (c *checker) bonesOf() string {
	var w strings.Builder
	kinds := map[flows.SceneKey]bool{}
	for _, k := range c.kinds {
		kinds[k] = true
	}
	for _, k := range sortedKeys(kinds) {
		w.WriteString(string(k) + "\n")
	}
	for _, k := range sortedKeys(c.b.Lines) {
		w.WriteString(k + "\n")
	}
	for _, n := range always {
		w.WriteString(strconv.FormatBool(c.shows(n)))
	}
	for _, m := range c.b.Menu {
		w.WriteString(string(m.Exit) + " " + string(c.kind(m.Scene)) + "\n")
	}
	h := &c.b.House
	for _, is := range []bool{h.Night, h.Records, c.always, c.day.Open, c.b.Drafts, h.Privacy != "", len(c.b.Flows) > 1} {
		w.WriteString(strconv.FormatBool(is))
	}
	w.WriteString(c.day.Now.String() + c.night.Now.String())
	return w.String()
}

// print tells two things apart by all that they say.
type print [sha256.Size]byte

func printOf(parts ...any) print {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, part := range parts {
		if err := enc.Encode(part); err != nil { // plain data always encodes
			panic("prove: print: " + err.Error())
		}
	}
	return print(h.Sum(nil))
}

// printsOf gives each flow's print: its scenes with the cards that they show. The
// print named "" is the ground under all of them. On the way it notes which flows
// each leads into.
func (c *checker) printsOf() map[flows.FlowID]print {
	out, into := map[flows.FlowID]print{}, map[flows.FlowID]map[flows.FlowID]bool{}
	scenes := map[flows.FlowID][]*flows.Scene{}
	for _, key := range sortedKeys(c.b.Scenes) {
		if sc := c.b.Scenes[key]; sc != nil {
			scenes[sc.Flow] = append(scenes[sc.Flow], sc)
		}
	}
	for id, list := range scenes {
		var cards []*flows.Card
		into[id] = map[flows.FlowID]bool{}
		for _, sc := range list {
			cards = append(cards, c.offersOf(sc)...)
			for _, to := range leadsTo(sc) {
				if next := c.b.Scenes[to]; next != nil && next.Flow != id {
					into[id][next.Flow] = true
				}
			}
		}
		var start flows.SceneKey
		var title flows.Phrase
		if f := c.b.Flows[id]; f != nil {
			start, title = f.Start, f.Title
		}
		out[id] = printOf(start, title, list, cards)
	}
	for id := range out {
		c.around[id] = map[flows.FlowID]bool{}
		reachFrom(id, into, c.around[id])
	}
	var ears []*flows.Card // who else listens: they stand in every crisis answer
	for _, u := range sortedKeys(c.b.House.Urgent) {
		for _, id := range c.b.House.Urgent[u] {
			ears = append(ears, c.b.Cards[id])
		}
	}
	out[""] = printOf(c.b.Lines, c.b.Menu, c.b.House, c.b.Drafts, c.b.Order, ears)
	return out
}

// reachFrom adds all that can be reached, the beginning included.
func reachFrom(id flows.FlowID, into map[flows.FlowID]map[flows.FlowID]bool, around map[flows.FlowID]bool) {
	if around[id] {
		return
	}
	around[id] = true
	for to := range into[id] {
		reachFrom(to, into, around)
	}
}

// offersOf are the cards of a scene with those that may stand in for them.
func (c *checker) offersOf(sc *flows.Scene) (out []*flows.Card) {
	ids := sc.Cards
	if sc.Handoff != nil {
		ids = append(ids[:len(ids):len(ids)], sc.Handoff.OffHours)
	}
	for _, id := range ids {
		for hops := 0; c.b.Cards[id] != nil && hops < 8; hops++ {
			out = append(out, c.b.Cards[id])
			id = c.b.Cards[id].Instead
		}
	}
	return out
}

// leadsTo lists the scenes to which a scene may lead.
func leadsTo(sc *flows.Scene) []flows.SceneKey {
	out := []flows.SceneKey{sc.Next}
	for _, br := range sc.If {
		out = append(out, br.Next)
	}
	for i := range sc.Choices {
		out = append(out, sc.Choices[i].Next)
		if l := sc.Choices[i].Later; l != nil {
			out = append(out, l.Scene)
		}
	}
	return out
}

// memory keeps what was found in sentences, and in parts of the lint that read
// many of them together. The same sentence is found the same fault with again.
type memory struct {
	mu    sync.Mutex
	said  map[sentence]heardIn
	parts map[part]partFound
}

// sentence is all that lint looks at when it reads one.
type sentence struct {
	key, text, ja, banned string
	lang                  flows.Lang
	form                  form
	last                  bool // the last bubble of its line
}

type heardIn struct{ found []Finding }

type part struct {
	name  string
	reads print
}

type partFound struct {
	found   []Finding
	checked map[string]int
}

const (
	maxSentences = 100_000 // remembered; then everything is read once again
	maxParts     = 1_000
)

func newMemory() *memory {
	return &memory{said: map[sentence]heardIn{}, parts: map[part]partFound{}}
}

// read reads a sentence, or repeats what it was found to say.
func (c *checker) read(s sentence, now func()) {
	m := c.memory
	m.mu.Lock()
	before, known := m.said[s]
	m.mu.Unlock()
	if !known {
		before.found = c.apart(now)
		m.mu.Lock()
		if len(m.said) > maxSentences {
			clear(m.said)
		}
		m.said[s] = before
		m.mu.Unlock()
	}
	for _, f := range before.found {
		c.find(f)
	}
}

// once does a part of the lint, or repeats what it found when nothing that it
// reads has changed.
func (c *checker) once(name string, reads print, now func()) {
	m, k := c.memory, part{name, reads}
	m.mu.Lock()
	before, known := m.parts[k]
	m.mu.Unlock()
	if !known {
		checked := c.checked
		c.checked = map[string]int{}
		before = partFound{found: c.apart(now), checked: c.checked}
		c.checked = checked
		m.mu.Lock()
		if len(m.parts) > maxParts {
			clear(m.parts)
		}
		m.parts[k] = before
		m.mu.Unlock()
	}
	for property, n := range before.checked {
		c.checked[property] += n
	}
	for _, f := range before.found {
		c.find(f)
	}
}

// apart does something and gives what it found, without finding it yet.
func (c *checker) apart(now func()) []Finding {
	all, seen := c.all, c.seen
	c.all, c.seen = nil, map[string]int{}
	now()
	found := c.all
	c.all, c.seen = all, seen
	return found
}
