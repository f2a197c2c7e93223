package console

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"sync"
	"time"

	"engawa/flows"
)

// How many streams there may be. A browser has one, however many tabs; one that can
// neither lock nor tell its tabs has one for each.
const (
	streamsPerSession = 8
	streamsInAll      = 1000
)

// gather bounds how often the desk is read for all streams together.
const gather = 50 * time.Millisecond

// news says what has changed since a page looked, without saying what it is:
// each part is a mark that differs when the part does.
type news struct {
	Line   string
	Alarms string
	cases  map[flows.CaseID]string
}

// hub reads the desk once for everybody and wakes the streams. Each stream has
// a goroutine of its own, the only one that writes to its browser.
type hub struct {
	desk   Reader
	alarms Alarms
	log    *slog.Logger
	done   chan struct{} // closed when the console shuts down

	mu      sync.Mutex
	streams map[*stream]struct{}
	latest  news
}

// stream is one open page.
type stream struct {
	session string
	wake    chan struct{} // holds one: there is news
	over    chan struct{} // closed when its session ends
}

func newHub(desk Reader, alarms Alarms, log *slog.Logger) *hub {
	return &hub{
		desk: desk, alarms: alarms, log: log,
		done: make(chan struct{}), streams: map[*stream]struct{}{},
	}
}

// run looks whenever the desk says that it has changed, and now and then by itself.
func (h *hub) run(ctx context.Context) {
	defer close(h.done)
	changed := h.desk.Watch(ctx)
	now := time.NewTicker(20 * time.Second)
	defer now.Stop()
	for {
		h.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(gather):
		}
		select {
		case <-ctx.Done():
			return
		case _, open := <-changed:
			if !open {
				changed = nil
			}
		case <-now.C:
		}
	}
}

func (h *hub) look(ctx context.Context) {
	fresh, err := h.read(ctx)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			h.log.Warn("console: the desk cannot be read for live pages", "err", err)
		}
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.latest = fresh
	for s := range h.streams {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

func (h *hub) read(ctx context.Context) (news, error) {
	n := news{cases: map[flows.CaseID]string{}}
	waiting, err := h.desk.Queue(ctx)
	if err != nil {
		return n, err
	}
	held, err := h.desk.Mine(ctx, "")
	if err != nil {
		return n, err
	}
	line := fnv.New64a()
	for _, r := range append(waiting, held...) {
		rev := revOf(r.Case, false)
		n.cases[r.ID] = rev
		fmt.Fprint(line, rev)
	}
	n.Line = fmt.Sprintf("%x", line.Sum64())
	open, err := h.alarms.Open(ctx)
	if err != nil {
		return n, err
	}
	ring := fnv.New64a()
	for _, a := range open {
		fmt.Fprint(ring, a.ID, a.Alias, len(a.Again), len(a.Calls))
	}
	n.Alarms = fmt.Sprintf("%x", ring.Sum64())
	return n, nil
}

// now gives the latest news and the mark of one case; a closed one has "".
func (h *hub) now(id flows.CaseID) (news, string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.latest, h.latest.cases[id]
}

// join begins a stream, if there is room.
func (h *hub) join(session string) (*stream, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	own := 0
	for s := range h.streams {
		if s.session == session {
			own++
		}
	}
	if own >= streamsPerSession || len(h.streams) >= streamsInAll {
		return nil, errMany
	}
	s := &stream{session: session, wake: make(chan struct{}, 1), over: make(chan struct{})}
	h.streams[s] = struct{}{}
	return s, nil
}

func (h *hub) leave(s *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.streams, s)
}

// end closes all streams of a session at once. Other processes notice at their next pulse.
func (h *hub) end(session string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.streams {
		if s.session == session {
			close(s.over)
			delete(h.streams, s)
		}
	}
}
