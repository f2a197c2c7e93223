package prove

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"engawa/flows"
)

// wanderer lives a long random life with the shipped content.
type wanderer struct {
	*rapid.T
	c *checker
	n *node
}

// life draws a deed: mostly one that the walk knows, with a pause of any length.
func (w *wanderer) deed() deed {
	w.n.first = true
	ds := w.c.deeds(w.n)
	d := ds[rapid.IntRange(0, len(ds)-1).Draw(w.T, "deed")]
	switch rapid.IntRange(0, 9).Draw(w.T, "time") {
	case 0:
		d.pause = time.Duration(rapid.IntRange(1, 60*24*100).Draw(w.T, "minutes")) * time.Minute
	case 1:
		if d.e.Kind != flows.EvTimer {
			d.v = rapid.SampledFrom([]*flows.View{&w.c.day, &w.c.night, &w.c.notices.given[0], &w.c.notices.given[1], &w.c.notices.given[2]}).Draw(w.T, "hour")
		}
	}
	if rapid.IntRange(0, 19).Draw(w.T, "burst") == 0 && d.e.Kind == flows.EvText {
		more := ds[rapid.IntRange(0, len(ds)-1).Draw(w.T, "more")]
		d.e.Readings = append(d.e.Readings[:len(d.e.Readings):len(d.e.Readings)], more.e.Readings...)
	}
	return d
}

// TestWhoeverTheWalkMetStandsForTheOthers lives random lives of up to 60 events
// and holds three things: hardly any state is new to the walk on any side, where
// one is the promises hold there too, and on each side somebody whom the walk met
// is answered in the same way.
func TestWhoeverTheWalkMetStandsForTheOthers(t *testing.T) {
	t.Parallel()
	c := explored()
	f := &frontier{classes: c.classes}
	states, strangers := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		w := &wanderer{T: rt, c: c, n: &node{}}
		if rapid.Bool().Draw(rt, "guest") {
			w.n.s = flows.State{Greeted: true, DraftTold: c.b.Drafts, Turn: 1, Last: epoch, Visit: epoch - 600}
		}
		var told []string
		for range rapid.IntRange(1, 60).Draw(rt, "events") {
			d := w.deed()
			told = append(told, d.say(c))
			turn := c.take(w.n, d)
			states++
			if slices.ContainsFunc(turn.to[:], func(k class) bool { return !f.knows(&k) }) {
				strangers++
				w.held(turn.next, told)
			}
			w.alike(w.n, told)
			w.n = turn.next
		}
	})
	t.Logf("%d states of random lives, %d of them new to the walk on some side", states, strangers)
	if strangers*100 > states {
		t.Errorf("%d of %d states were new to the walk, want at most one in a hundred", strangers, states)
	}
}

// held holds every promise at a state that the walk has not met.
func (w *wanderer) held(n *node, told []string) {
	watch := newWatcher(w.c, &n.s)
	for _, d := range w.c.deeds(&node{s: n.s, checkIn: n.checkIn, owes: n.owes, asked: n.asked, first: true}) {
		t := w.c.take(n, d)
		watch.watch(t)
	}
	for _, f := range watch.found {
		w.Fatalf("after %s: %v", strings.Join(told, "→"), f)
	}
}

// alike compares the wanderer with one of the same class on each side.
func (w *wanderer) alike(n *node, told []string) {
	f := rapid.IntRange(0, int(facets)-1).Draw(w.T, "side")
	k := w.c.classesOf(n)[f]
	if mate := w.c.classes[k]; mate != nil {
		for _, d := range mateDeeds(w.c, facet(f), mate, n) {
			a, b := w.c.take(n, d[0]), w.c.take(mate, d[1])
			if got, want := outcome(facet(f), a), outcome(facet(f), b); got != want {
				w.Fatalf("facet %d, %s: class-mates differ\n mine %s\n mate %s\nclass %+v\nme after %s\nmate after %s", f, d[0].say(w.c), got, want, k,
					strings.Join(told, "→"), strings.Join(mate.way.told(), "→"))
			}
		}
	}
}

// mateDeeds pairs up what both may do and what their common side decides.
func mateDeeds(c *checker, f facet, mate, me *node) (out [][2]deed) {
	mine, theirs := c.deeds(&node{s: me.s, checkIn: me.checkIn, owes: me.owes, asked: me.asked, first: true}), c.deeds(&node{s: mate.s, checkIn: mate.checkIn, owes: mate.owes, asked: mate.asked, first: true})
	byName := map[string]deed{}
	for i := range theirs {
		if decides(f, &theirs[i], mate) {
			byName[c.nameOf(&theirs[i], mate)] = theirs[i]
		}
	}
	for i := range mine {
		if !decides(f, &mine[i], me) {
			continue
		}
		if other, ok := byName[c.nameOf(&mine[i], me)]; ok {
			out = append(out, [2]deed{mine[i], other})
		}
	}
	return out
}

// nameOf names a deed by what it means where it is done: an entrance is another
// one, or the very one in which the person stands.
func (c *checker) nameOf(d *deed, n *node) string {
	words := d.words
	if d.e.Kind == flows.EvDesk && d.e.Desk.Do == flows.DeskClaimed {
		words = fmt.Sprintf("claimed, theirs already %v, of before %v", d.e.Desk.Staff == n.s.Staff, d.e.Desk.Case != ourCase)
	}
	if d.e.Kind == flows.EvDesk && d.e.Desk.Do == flows.DeskKept {
		words += fmt.Sprintf(" theirs already %v", d.e.Desk.Staff == n.s.Staff)
	}
	for i := range d.e.Readings {
		for _, topic := range d.e.Readings[i].Topics {
			words = fmt.Sprintf("%d topics of %d, sure %v, %s, own %v, full %v", len(d.e.Readings[i].Topics), len(d.e.Readings), d.e.Readings[i].Sure, d.e.Readings[i].Level, c.bones.Flows[topic.Flow].Start == n.s.Scene, c.doors[topic.Flow])
		}
	}
	if len(d.v.Groups) > 0 {
		words += fmt.Sprintf(" %d groups, join %q, fault %q, photo %q", len(d.v.Groups), d.v.Join, d.v.Form.Fault, d.v.Form.Photo)
	}
	if len(d.v.Posts) > 0 {
		words += fmt.Sprintf(" %d posts, nearest %v, at %d", len(d.v.Posts), d.v.Nearest, d.v.Now.Hour())
	}
	return fmt.Sprintf("%s|%s|%v|%s %s %s %d|%v|%v|%v", words, d.when, d.v.Open, d.e.Tap.Exit, d.e.Tap.Arg, d.e.Tap.Scene, d.e.Tap.Choice, d.pause, d.acked, d.e.Kind)
}

// decides says whether a facet alone decides what comes of a deed.
func decides(f facet, d *deed, me *node) bool {
	x := exitOf(&d.e)
	texty := d.e.Kind == flows.EvText
	if f != sheet && (len(d.v.Groups) > 0 || d.v.Join != flows.JoinNone || x == flows.ExPost || me.s.Ask == flows.AskForm || me.s.Ask == flows.AskHome || me.s.Ask == flows.AskCode || me.s.Ask == flows.AskLeave) {
		return false
	}
	if f == talks {
		return onTalk(d, &me.s)
	}
	if f != shelf && f != sheet && (x.OfBoard() || len(d.v.Posts) > 0 || d.e.Kind == flows.EvPost || me.s.Ask == flows.AskQuestion && texty) {
		return false
	}
	if f != rest && onRest(d) {
		return false
	}
	switch f {
	case place: // the buttons of the scene
		return d.tap && !texty
	case root: // ways out and answers; an entrance is a word to the coordinator while they have the talk
		if x == flows.ExMenu && me.s.Mode == flows.ModeHuman {
			return false
		}
		return d.e.Kind == flows.EvTap && x != flows.NoExit && x != flows.ExBack && x != flows.ExHide && !(x == flows.ExYes || x == flows.ExNo || x == flows.ExNone || x == flows.ExBot)
	case body: // the promises that hold everywhere
		return x == flows.ExStop || x == flows.ExDelete || x == flows.ExHuman && d.e.Kind == flows.EvTap
	case danger:
		for i := range d.e.Readings {
			if d.e.Readings[i].Level == flows.Clear && len(d.e.Readings) == 1 {
				return true
			}
		}
		return d.e.Kind == flows.EvTimer && d.e.Timer.Kind == flows.TimerAlarm
	case ladder:
		return me.s.Mode == flows.ModeBot && texty && len(d.e.Readings) == 1 && d.pause == soon && x == flows.NoExit && d.e.Readings[0].Level == flows.NoLevel && !d.tap
	case hears:
		return ofGroupNews(&d.e)
	case sheet: // the same, and only at the same step
		return d.e.Kind == flows.EvTap && x == flows.ExPost && len(d.v.Groups) > 0 && me.s.Mode != flows.ModeHuman
	case shelf: // while a human has the talk such a tap is a word to them
		return d.e.Kind == flows.EvTap && x.OfBoard() && x != flows.ExPost && x != flows.ExFelt && me.s.Mode != flows.ModeHuman || ofBoardNews(&d.e)
	case rest: // somebody else comes, or it rests
		return onRest(d) && (d.e.Kind == flows.EvDesk || d.e.Kind == flows.EvTap)
	case guest:
		return d.e.Kind == flows.EvDesk || d.e.Kind == flows.EvUnfollow || d.e.Kind == flows.EvUnsend
	}
	return false
}

func onRest(d *deed) bool {
	switch d.e.Desk.Do {
	case flows.DeskPassed, flows.DeskKept, flows.DeskPaused, flows.DeskResumed:
		return true
	}
	return exitOf(&d.e) == flows.ExSame
}

// outcome is what a step came to, seen from one side.
func outcome(f facet, t *turn) string {
	var parts []string
	for i := range t.out {
		e := &t.out[i]
		switch {
		case (e.Kind == flows.EfKeep || e.Kind == flows.EfUnkeep) && f != shelf: // the shelf's matter
		case e.Kind == flows.EfCancel, e.Line == "greeting", e.Kind == flows.EfTimer && f != place:
		case e.Kind == flows.EfDesk && e.Desk.Why == "unblocked" && f != guest: // said on that side
		case e.Kind == flows.EfDesk:
			parts = append(parts, "note "+string(e.Desk.Do)+" "+strings.Replace(e.Desk.Why, "forgotten", "left", 1)) // said to a stranger
		case reaches(e):
			line := e.Line
			if strings.Contains(line, "/") && f != place {
				line = "scene"
			}
			parts = append(parts, fmt.Sprintf("%s %s %v", e.Kind, line, e.Crisis))
		default:
			parts = append(parts, string(e.Kind))
		}
	}
	if f == guest || f == danger { // which notes, not in which company
		sort.Strings(parts)
	}
	k := t.to[f]
	k.checkIn, k.memory = "", ""
	if f != place {
		k.scene = ""
	} else if t.was.Consent == "" { // with which danger a check-in is asked for is of the other sides
		k.urgent = ""
	}
	return fmt.Sprintf("%v → %+v", parts, k)
}
