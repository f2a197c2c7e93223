package prove

import (
	"sync"
	"sync/atomic"
)

// batch bounds how many nodes' turns are held in memory at once.
const batch = 128

// result is what one node's deeds came to.
type result struct {
	steps int
	w     *watcher
	turns []*turn // those that led to a class or a screen not seen before this batch
}

// expand steps through all deeds of some nodes, on all processors; the results
// come in the order of the nodes, so that every run finds the same.
func (c *checker) expand(f *frontier, nodes []*node) []result {
	out := make([]result, len(nodes))
	var wg sync.WaitGroup
	var next atomic.Int64
	for range c.opt.Workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			h := newHand(c)
			for i := int(next.Add(1)) - 1; i < len(nodes); i = int(next.Add(1)) - 1 {
				out[i] = c.tryAll(f, nodes[i], h)
			}
		}()
	}
	wg.Wait()
	return out
}

// hand is what one worker uses again and again.
type hand struct {
	l     deedList
	t     turn
	shape []byte
	here  [facets]class // of the node at hand: it is known
	news  news          // what this worker's part of the batch led to
}

func newHand(c *checker) *hand {
	return &hand{l: deedList{c: c}, news: news{map[class]bool{}, map[string]bool{}, map[crossingKey]bool{}}}
}

// tryAll reads what the walk knows already and writes nothing.
func (c *checker) tryAll(f *frontier, n *node, h *hand) result {
	h.l.n, h.l.all = n, h.l.all[:0]
	h.l.everything()
	return c.try(f, n, h)
}

// try steps through what a hand holds.
func (c *checker) try(f *frontier, n *node, h *hand) result {
	r := result{steps: len(h.l.all), w: newWatcher(c, &n.s)}
	t := &h.t
	h.here = c.classesOf(n)
	for i := range h.l.all {
		c.takeInto(t, n, &h.l.all[i])
		r.w.watch(t)
		h.shape = shape(h.shape[:0], t.out)
		if h.leads(f, t) || h.shows(c) || h.crosses(c, t) {
			r.turns = append(r.turns, t.kept())
		}
	}
	return r
}

// news is what a worker has met in the batch at hand: the first who leads there is
// kept, and those behind are what the walk knows already.
type news struct {
	classes map[class]bool
	screens map[string]bool
	entered map[crossingKey]bool
}

func (h *hand) leads(f *frontier, t *turn) (fresh bool) {
	if t.d.leaf {
		return false
	}
	for i := range t.to {
		k := &t.to[i]
		if *k == h.here[i] || f.knows(k) || h.news.classes[*k] {
			continue
		}
		fresh, h.news.classes[*k] = true, true
	}
	return fresh
}

func (h *hand) shows(c *checker) bool {
	if c.screens[string(h.shape)] || h.news.screens[string(h.shape)] {
		return false
	}
	h.news.screens[string(h.shape)] = true
	return true
}

func (h *hand) crosses(c *checker, t *turn) bool {
	k, _, anew := c.crosses(t)
	if !anew || h.news.entered[k] {
		return false
	}
	h.news.entered[k] = true
	return true
}
