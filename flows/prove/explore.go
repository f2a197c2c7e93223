package prove

import (
	"context"
	"slices"

	"engawa/flows"
)

// node is the first state of its class that the walk found.
type node struct {
	s       flows.State
	checkIn flows.Timer // the check-in that was asked for, while State.Consent stands
	owes    bool        // the alarm that runs owes the person a card
	asked   bool        // our own book of consent: a tap on あとで, and nothing since that ends it
	first   bool        // new on another side than its place: everything that can happen is tried here
	way     trail
}

// trail is the way to a node, one deed each, shared with the trails behind it.
type trail struct{ last *step }

type step struct {
	words string
	from  *step
}

func (t trail) then(words string) trail { return trail{&step{words, t.last}} }

// told gives the way in words, first deed first.
func (t trail) told() (out []string) {
	for s := t.last; s != nil; s = s.from {
		out = append(out, s.words)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// turn is one step of the walk with all that it was and became.
type turn struct {
	c    *checker
	n    *node
	d    *deed
	was  flows.State // as Step was given it
	s    flows.State
	out  []flows.Effect
	why  []string
	next *node // = &after while the turn is looked at
	to   [facets]class

	after node
}

// once says whether the deed was tried for the sake of a class of the root: a later
// walk through the same scene does not try it again.
func (t *turn) once() bool { return t.n.first && !t.d.tap }

func (t *turn) way() trail { return t.n.way.then(t.d.say(t.c)) }

// view is the world at a deed.
func (d *deed) view() flows.View {
	v := *d.v
	v.Alarmed = d.acked
	return v
}

// take steps once and books what follows.
func (c *checker) take(n *node, d deed) *turn {
	t := new(turn)
	c.takeInto(t, n, &d)
	return t
}

// kept is a copy to hold on to.
func (t *turn) kept() *turn {
	out, d := *t, *t.d
	out.out = slices.Clone(t.out)
	out.next, out.d = &out.after, &d
	return &out
}

// takeInto is take into a turn that was used before; the deed becomes the turn's own.
func (c *checker) takeInto(t *turn, n *node, d *deed) {
	v := d.view()
	d.e.At, d.e.ID = v.Now, "e"
	t.c, t.n, t.d = c, n, d
	t.was = awaken(n.s, v.Now, d.pause)
	t.s, t.out, t.why = flows.StepInto(t.out, c.bones, v, t.was, d.e)
	t.d.v = c.meant(d.v)
	next := &t.after
	*next = node{s: t.s, checkIn: n.checkIn, owes: n.owes, asked: n.asked}
	for i := range t.out {
		e := &t.out[i]
		if e.Kind != flows.EfTimer {
			continue
		}
		if e.Timer.Kind == flows.TimerCheckIn {
			next.checkIn = e.Timer
		} else {
			next.owes = len(e.Timer.Key) > len("alarm.card") && e.Timer.Key[:len("alarm.card")] == "alarm.card"
		}
	}
	next.asked = c.consents(t)
	settle(&next.s, v.Now)
	t.next, t.to = next, c.classesOf(next)
}

// consents keeps our own book of consent, without asking Step: a tap on a choice
// with あとで begins it; a stop, a human, forgetting and the message itself end it.
func (c *checker) consents(t *turn) bool {
	asked := t.n.asked
	for i := range t.out {
		e := &t.out[i]
		switch {
		case e.Kind == flows.EfNudge, e.Kind == flows.EfPurge, e.Kind == flows.EfForget,
			e.Kind == flows.EfDesk && e.Desk.Do == flows.NoteOpen:
			asked = false
		case e.Kind == flows.EfTimer && e.Timer.Kind == flows.TimerCheckIn && t.d.e.Kind != flows.EvTimer:
			asked = t.d.e.Kind == flows.EvTap && t.d.e.Tap.Scene != "" || t.d.tap
		}
	}
	switch {
	case exitOf(&t.d.e) == flows.ExStop, t.d.e.Kind == flows.EvUnfollow,
		t.d.e.Kind == flows.EvDesk && t.s.Mode == flows.ModeHuman:
		return false
	}
	return asked
}

// exitOf is the way out that an event takes, by tap or by word.
func exitOf(e *flows.Event) flows.Exit {
	if e.Kind == flows.EvTap {
		return e.Tap.Exit
	}
	for i := len(e.Readings) - 1; i >= 0; i-- {
		if x := e.Readings[i].Exit; x != flows.NoExit {
			return x
		}
	}
	return flows.NoExit
}

// frontier is the walk under way.
type frontier struct {
	classes map[class]*node
	prior   map[class]bool // walked on an earlier check of a bundle with the same bones; places apart
	now     []*node
}

// meet takes a state into the walk if it is new on any side.
func (f *frontier) meet(n *node, ks *[facets]class) {
	fresh := false
	for _, k := range ks {
		if _, known := f.classes[k]; known {
			continue
		}
		f.classes[k] = n
		if k.facet == place {
			fresh = true
		} else if !f.prior[k] {
			fresh, n.first = true, true
		}
	}
	if fresh {
		f.now = append(f.now, n)
	}
}

// knows says whether a class is not new.
func (f *frontier) knows(k *class) bool {
	_, known := f.classes[*k]
	return known || f.prior[*k]
}

// explore walks all classes of states, nearest first. It is false if ctx ended.
func (c *checker) explore(ctx context.Context) bool {
	f := c.begin()
	c.enterAgain(f)
	for len(f.now) > 0 {
		level := f.now
		f.now = nil
		for from := 0; from < len(level); from += batch {
			if ctx.Err() != nil || c.enough {
				return false
			}
			for _, r := range c.expand(f, level[from:min(from+batch, len(level))]) {
				c.book(f, r)
			}
		}
	}
	c.report.Classes = len(f.classes) - 1
	c.classes = f.classes
	return true
}

// book takes the turns of one node into the walk.
func (c *checker) book(f *frontier, r result) {
	c.report.Steps += r.steps
	r.w.into(c)
	for _, t := range r.turns {
		c.enters(t)
		if key := string(shape(nil, t.out)); key != "" && !c.screens[key] {
			c.screens[key] = true
			c.samples = append(c.samples, sample{s: t.n.s, d: *t.d, way: t.way(), line: key})
		}
		if !t.d.leaf {
			t.next.way = t.way()
			f.meet(t.next, &t.to)
		}
	}
}

// begin is somebody who writes first, and somebody who came by 友だち追加.
func (c *checker) begin() *frontier {
	f := &frontier{classes: map[class]*node{nowhere: nil}, prior: c.known.before()}
	stranger := &node{}
	ks := c.classesOf(stranger)
	f.meet(stranger, &ks)
	guest := &node{s: flows.State{Greeted: true, DraftTold: c.b.Drafts, Turn: 1, Last: epoch, Visit: epoch - 600}}
	ks = c.classesOf(guest)
	f.meet(guest, &ks)
	return f
}

// enterAgain goes from the flows that are not walked this time into those that are.
func (c *checker) enterAgain(f *frontier) {
	if c.known == nil {
		return
	}
	h := newHand(c)
	for _, e := range c.known.entries {
		switch {
		case !c.walked(e.into):
			c.entered[e.key()] = true
			c.entries = append(c.entries, e)
		case !c.walked(c.flowOf(&e.n.s)):
			e.d.v = c.see(e.d.v)
			h.l.n, h.l.all = e.n, append(h.l.all[:0], e.d)
			c.book(f, c.try(f, e.n, h))
		}
	}
}
