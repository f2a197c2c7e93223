package prove

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"engawa/flows"
)

// Prover remembers what an earlier check has walked, for those who check again at
// every save. What the root statechart does depends on the bones of a bundle: the
// kinds of its scenes, the lines it has, the house's hours. While these stay, only
// the scenes are walked anew. A release is proved by [Check], which forgets nothing.
// The zero value is ready; it is safe for concurrent use.
type Prover struct {
	mu      sync.Mutex
	bones   string
	classes map[class]bool
	samples []sample // screens of the root
}

// Check is like the function of that name.
func (p *Prover) Check(ctx context.Context, b *flows.Bundle, opt Options) ([]Finding, Report) {
	c := newChecker(b, opt)
	bones := c.bonesOf()
	p.recall(c, bones)
	c.lint()
	whole := c.explore(ctx)
	c.measure()
	whole = whole && c.walkWays(ctx)
	if !whole {
		c.find(Finding{Property: "prove", Severity: Error, Key: "house", Why: "時間が来たので、たしかめるのを途中でやめました。", Fix: "もう一度、はじめからたしかめます。"})
	}
	c.report.Whole = whole
	all := c.found()
	if whole && len(pathed(all)) == 0 { // what was broken once is looked for again
		p.keep(c, bones)
	}
	return all, c.report
}

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

// recall gives a check what is known already of bundles with its bones.
func (p *Prover) recall(c *checker, bones string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bones != bones || p.classes == nil {
		return
	}
	c.prior = p.classes
	for _, s := range p.samples {
		s.d.v = c.see(s.d.v)
		c.screens[s.line] = true
		c.samples = append(c.samples, s)
	}
}

// see finds this check's own view for one of an earlier check.
func (c *checker) see(v *flows.View) *flows.View {
	if v.Open == c.day.Open && v.Now.Equal(c.day.Now) {
		return &c.day
	}
	if v.Now.Equal(c.night.Now) {
		return &c.night
	}
	return v
}

func (p *Prover) keep(c *checker, bones string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bones == bones && p.classes != nil {
		return
	}
	p.bones, p.classes, p.samples = bones, map[class]bool{}, nil
	for k := range c.classes {
		if k.facet != place {
			p.classes[k] = true
		}
	}
	for _, s := range c.samples {
		if !strings.Contains(s.line, "/") { // a scene's own screen is seen again
			p.samples = append(p.samples, s)
		}
	}
}

// pathed are the findings of the walk: those that have a way.
func pathed(all []Finding) (out []Finding) {
	for _, f := range all {
		if len(f.Path) > 0 {
			out = append(out, f)
		}
	}
	return out
}
