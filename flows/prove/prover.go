package prove

import (
	"context"
	"slices"
	"strings"
	"sync"

	"engawa/flows"
	"engawa/flows/understand"
)

// Prover remembers what an earlier check has walked and read, for those who check
// again at every save. What the root statechart does depends on the bones of a
// bundle: the kinds of its scenes, the lines it has, the house's hours. While these
// stay, only the flows that changed are walked anew, from wherever others lead into
// them; while a sentence stays it is not read again. What it finds is what a check
// from nothing finds; a release is proved by [Check], which remembers nothing.
// The zero value is ready; it is safe for concurrent use.
type Prover struct {
	mu     sync.Mutex
	known  *known
	memory *memory
	reader *understand.Reader
}

// known is what one whole check came to know. It is never written again.
type known struct {
	bones   string
	prints  map[flows.FlowID]print
	classes map[class]bool // places apart
	samples []sample       // screens of the root
	entries []crossing
	seenBy  map[flows.FlowID]sights
	broken  map[flows.FlowID]bool // something was broken on the walk: it is looked for again
}

// before are the classes that an earlier walk has met.
func (k *known) before() map[class]bool {
	if k == nil {
		return nil
	}
	return k.classes
}

// Check is like the function of that name.
func (p *Prover) Check(ctx context.Context, b *flows.Bundle, opt Options) ([]Finding, Report) {
	return p.check(ctx, newChecker(b, opt))
}

func (p *Prover) check(ctx context.Context, c *checker) ([]Finding, Report) {
	bones, prints := c.bonesOf(), c.printsOf()
	p.recall(c, bones, prints)
	c.lint()
	whole := c.explore(ctx)
	c.measure()
	whole = whole && c.walkWays(ctx)
	if !whole && !c.enough {
		c.find(Finding{Property: "prove", Severity: Error, Key: "house", Why: "時間が来たので、たしかめるのを途中でやめました。", Fix: "もう一度、はじめからたしかめます。"})
	}
	c.report.Whole = whole
	all := c.found()
	if whole {
		p.keep(c, bones, prints, all)
	}
	return all, c.report
}

// recall gives a check what is known already of bundles with its bones.
func (p *Prover) recall(c *checker, bones string, prints map[flows.FlowID]print) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.memory == nil {
		p.memory = newMemory()
	}
	p.reader = p.reader.For(c.b)
	c.memory, c.reader = p.memory, p.reader
	k := p.known
	if k == nil || k.bones != bones {
		return
	}
	c.known = k
	for _, s := range k.samples {
		s.d.v = c.see(s.d.v)
		c.screens[s.line] = true
		c.again = append(c.again, s)
	}
	if c.ground = k.prints[""] == prints[""]; !c.ground { // other words on every screen
		c.seenBy[""] = k.seenBy[""].clone()
		return
	}
	c.walks = map[flows.FlowID]bool{}
	for id, now := range prints {
		if k.prints[id] != now || k.broken[id] {
			c.walks[id] = true
		}
	}
	for _, id := range sortedKeys(c.walks) {
		if c.walks[id] {
			for to := range c.around[id] { // a memory of here may be what a もし over there reads
				c.walks[to] = c.walks[to] || len(c.facts[to]) > 0
			}
		}
	}
	for id, met := range k.seenBy {
		if !c.walks[id] {
			c.seenBy[id] = met.clone()
			c.forgetInto(c.seenBy[id])
		}
	}
}

// forgetInto takes out of what was met from elsewhere the scenes that are met anew.
func (c *checker) forgetInto(met sights) {
	anew := func(key flows.SceneKey) bool {
		sc := c.bones.Scenes[key]
		return sc == nil || c.walks[sc.Flow]
	}
	for key := range met.shown {
		if anew(key) {
			delete(met.shown, key)
		}
	}
	for key := range met.heard {
		if anew(key) {
			delete(met.heard, key)
		}
	}
}

// crossing is a deed that leads from one flow, or from none, into another.
type crossing struct {
	n    *node
	d    deed
	into flows.FlowID
	from flows.FlowID
	to   class
}

// crossingKey: two crossings that come from the same flow to the same place are one.
type crossingKey struct {
	from flows.FlowID
	to   class
}

func (e *crossing) key() crossingKey { return crossingKey{e.from, e.to} }

// crosses tells which crossing a turn makes, if it makes one that is not known yet.
func (c *checker) crosses(t *turn) (k crossingKey, into flows.FlowID, anew bool) {
	if t.d.leaf || t.after.s.Scene == t.n.s.Scene || t.to[place] == nowhere {
		return k, "", false
	}
	k, into = crossingKey{c.flowOf(&t.n.s), t.to[place]}, c.flowOf(&t.after.s)
	return k, into, into != "" && into != k.from && c.walked(into) && !c.entered[k]
}

// enters notes a crossing for later checks.
func (c *checker) enters(t *turn) {
	if k, into, anew := c.crosses(t); anew {
		c.entered[k] = true
		c.entries = append(c.entries, crossing{n: t.n, d: *t.d, into: into, from: k.from, to: k.to})
	}
}

// see finds this check's own view for one of an earlier check.
func (c *checker) see(v *flows.View) *flows.View {
	if len(v.Posts) > 0 || len(v.Groups) > 0 || v.Join != flows.JoinNone {
		return v
	}
	if v.Notice != (flows.Notice{}) {
		for i := range notices {
			if k := notices[i]; k.away == v.Notice.AwayAt(v.Now) && k.disaster == v.Notice.DisasterAt(v.Now) {
				return &c.notices.given[i]
			}
		}
	}
	if v.Open == c.day.Open && v.Now.Equal(c.day.Now) {
		return &c.day
	}
	if v.Now.Equal(c.night.Now) {
		return &c.night
	}
	return v
}

// keep remembers a check, unless the root itself broke a promise: then the next
// one starts from nothing.
func (p *Prover) keep(c *checker, bones string, prints map[flows.FlowID]print, all []Finding) {
	k := &known{bones: bones, prints: prints, classes: map[class]bool{}, samples: slices.Clip(c.again), entries: c.entries, seenBy: c.seenBy, broken: map[flows.FlowID]bool{}}
	for i := range all {
		if len(all[i].Path) > 0 {
			k.broken[all[i].from] = true
		}
	}
	for key := range c.known.before() {
		k.classes[key] = true
	}
	for key := range c.classes {
		if key.facet != place {
			k.classes[key] = true
		}
	}
	for _, s := range c.samples {
		if !s.ofScene() { // a scene's own screen is seen again
			k.samples = append(k.samples, s)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known = k; k.broken[""] {
		p.known = nil
	}
}

// ofScene: a scene's own screen, and no line of the root.
func (s *sample) ofScene() bool { return strings.Contains(s.line, "/") }

// sights are the scenes that a walk has met.
type sights struct {
	shown map[flows.SceneKey]bool  // some tap led there
	heard map[flows.SceneKey]trail // a text led there
}

func newSights() sights {
	return sights{shown: map[flows.SceneKey]bool{}, heard: map[flows.SceneKey]trail{}}
}

func (s sights) clone() sights {
	out := newSights()
	out.add(s)
	return out
}

func (s sights) add(more sights) {
	for key := range more.shown {
		s.shown[key] = true
	}
	for key, way := range more.heard {
		if _, known := s.heard[key]; !known {
			s.heard[key] = way
		}
	}
}

// sightsOf is what was met from the scenes of a flow; "" is the root's.
func (c *checker) sightsOf(id flows.FlowID) sights {
	if _, known := c.seenBy[id]; !known {
		c.seenBy[id] = newSights()
	}
	return c.seenBy[id]
}

// flowOf is the flow in which a state stands, "" for none.
func (c *checker) flowOf(s *flows.State) flows.FlowID {
	if sc := c.bones.Scenes[s.Scene]; sc != nil {
		return sc.Flow
	}
	return ""
}

func (c *checker) shown(key flows.SceneKey) bool {
	for _, met := range c.seenBy {
		if met.shown[key] {
			return true
		}
	}
	return false
}

func (c *checker) heard(key flows.SceneKey) bool {
	for _, met := range c.seenBy {
		if _, ok := met.heard[key]; ok {
			return true
		}
	}
	return false
}

// wayTo tells how a text leads to a scene.
func (c *checker) wayTo(key flows.SceneKey) trail {
	for _, id := range sortedKeys(c.seenBy) {
		if way, ok := c.seenBy[id].heard[key]; ok {
			return way
		}
	}
	return trail{}
}
