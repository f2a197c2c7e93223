package prove

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"engawa/flows"
)

// tally counts what must be zero, over steps of random lives with the shipped words.
type tally struct {
	steps   int
	spoke   int // machine messages outside the four while a human has the case
	nudged  int // nudges without recorded consent, after a stop, at night, or twice
	lost    int // states without a way to a human
	others  int // any other promise broken
	example string
}

func (t tally) String() string {
	return fmt.Sprintf("%d steps: %d machine messages outside the four while a human has the case, %d nudges without recorded consent or after stop, %d states without a way to a human, %d other broken promises",
		t.steps, t.spoke, t.nudged, t.lost, t.others)
}

func (t *tally) add(o tally) {
	t.steps, t.spoke, t.nudged, t.lost, t.others = t.steps+o.steps, t.spoke+o.spoke, t.nudged+o.nudged, t.lost+o.lost, t.others+o.others
	if t.example == "" {
		t.example = o.example
	}
}

func (t *tally) note(found []Finding) {
	for _, f := range found {
		switch f.Property {
		case "P7":
			t.spoke++
		case "P8", "P2":
			t.nudged++
		case "P1":
			t.lost++
		default:
			t.others++
		}
		if t.example == "" {
			t.example = fmt.Sprint(f)
		}
	}
}

// tries are how many of the things that may happen at a state are tried there,
// before life goes on with one of them.
const tries = 24

// live lives random lives until so many steps are taken. Every step is held against
// every promise, and from every state the way to a human is taken too.
func live(c *checker, seed uint64, steps int) (sum tally) {
	rng := rand.New(rand.NewPCG(seed, 1))
	views := []*flows.View{&c.day, &c.night, &c.notices.given[0], &c.notices.given[1], &c.notices.given[2]}
	n, age := &node{}, 0
	l := &deedList{c: c}
	for sum.steps < steps {
		if age++; age > 60 || n == nil {
			n, age = &node{}, 0
		}
		n.first = true
		l.n, l.all = n, l.all[:0]
		l.everything()
		w := newWatcher(c, &n.s)
		next := n
		for range min(tries, len(l.all)) {
			d := l.all[rng.IntN(len(l.all))]
			switch rng.IntN(10) {
			case 0:
				d.pause = time.Duration(rng.IntN(100*24*60)+1) * time.Minute
			case 1, 2:
				if d.e.Kind != flows.EvTimer && len(d.v.Posts) == 0 {
					d.v = views[rng.IntN(len(views))]
				}
			}
			t := c.take(n, d)
			sum.steps++
			w.watch(t)
			next = t.next
		}
		sum.note(w.found)
		sum.note(wayOut(c, next, &sum))
		n = next
	}
	return sum
}

// wayOut presses 「人と話す」, whatever the state.
func wayOut(c *checker, n *node, sum *tally) []Finding {
	w := newWatcher(c, &n.s)
	t := c.take(n, deed{e: flows.Event{Kind: flows.EvTap, Tap: flows.Tap{Exit: flows.ExHuman, Turn: n.s.Turn}}, v: &c.day, pause: soon})
	sum.steps++
	w.watch(t)
	if t.s.Mode == flows.ModeBot || t.s.Muted {
		sum.lost++
	}
	return w.found
}

// lives lives on all cores.
func lives(t *testing.T, workers, steps int) tally {
	t.Helper()
	c := explored()
	var mu sync.Mutex
	var sum tally
	var wg sync.WaitGroup
	seed := uint64(time.Now().UnixNano())
	for i := range workers {
		wg.Go(func() {
			one := live(c, seed+uint64(i), steps/workers)
			mu.Lock()
			defer mu.Unlock()
			sum.add(one)
		})
	}
	wg.Wait()
	t.Logf("seed %d, %s", seed, sum)
	if sum.spoke+sum.nudged+sum.lost+sum.others > 0 {
		t.Errorf("want nothing but zeros; the first: %s", sum.example)
	}
	return sum
}

// TestAHundredThousandStepsBreakNoPromise is in every run; make soak takes 10,000,000.
func TestAHundredThousandStepsBreakNoPromise(t *testing.T) {
	if got := lives(t, 2, 100_000); got.steps < 100_000 {
		t.Errorf("got %d steps, want at least 100,000", got.steps)
	}
}
