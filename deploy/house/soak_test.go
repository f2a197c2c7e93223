//go:build soak

package house

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"engawa/bot/inbox"
	"engawa/bot/line/emulator"
	"engawa/bot/outbox"
	"engawa/config"
	"engawa/config/redistest"
	"engawa/flows"
	"engawa/handoff"
)

var budget = flag.Duration("budget", 48*time.Minute, "how long the soak test may take; SOAK_MINUTES is stronger")

// TestSoak lets a crowd live under every trouble that this machine can make, in
// rounds. At the end of each all is healed, and the books, every word that anybody
// got, and who is in which mode are compared with what Step alone says.
// SOAK_SEED plays the troubles of one run again.
func TestSoak(t *testing.T) {
	seed := number(t, "SOAK_SEED", uint64(time.Now().UnixNano()))
	until := time.Now().Add(time.Duration(number(t, "SOAK_MINUTES", uint64(*budget/time.Minute))) * time.Minute)
	t.Logf("SOAK_SEED=%d", seed)
	s := newSoak(t, rand.New(rand.NewPCG(seed, 1)))
	reaps := rand.New(rand.NewPCG(seed, 2))
	ctx, over := context.WithDeadline(t.Context(), until)
	defer over()
	fuzzed := s.neighbour(ctx)
	began := time.Now()
	for round := 1; time.Now().Before(until) && !t.Failed(); round++ {
		s.round(min(stormTime, time.Until(until)), reaps)
		fmt.Printf("round %d: %s; %s\n", round, s, s.pace(time.Since(began)))
	}
	over()
	t.Log(fuzzed())
	s.checkCanaries()
	t.Logf("SOAK_SEED=%d: %s", seed, s)
}

// How a round is made: a storm this long, in which Redis dies at least this often.
const (
	stormTime = 90 * time.Second
	redisDies = 12 * time.Second
)

// pace says what an hour would hold at the pace so far.
func (s *soak) pace(took time.Duration) string {
	hour := func(name string) int { return int(float64(s.did[name]) * float64(time.Hour) / float64(took)) }
	return fmt.Sprintf("an hour at this pace: %d kills, %d of Redis", hour("kills"), hour("kills of Redis"))
}

func number(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s is no number", name)
	}
	return n
}

// soak is a town with everything between its parts in our hand.
type soak struct {
	*town
	rng               *rand.Rand
	all               []*town
	store, phone, way *wire // to Redis, to LINE, from LINE
	server            *redistest.Server
	disk              *disk
	clock             string // the file that says how far the clocks are off
	hands             hands
	inside            *house // looks at people and desk
	did               map[string]int
	cuts              int // moments in which nobody can know whether LINE took a reply
	letters           int

	mu    sync.Mutex
	modes map[string]flows.Mode // of this round's residents, as Step left them
}

// wired is a Redis that is reached over a wire.
type wired struct {
	*redistest.Server
	url string
}

func (w wired) URL() string { return w.url }

func newSoak(t *testing.T, rng *rand.Rand) *soak {
	t.Helper()
	s := &soak{rng: rng, did: map[string]int{}, modes: map[string]flows.Mode{}, clock: filepath.Join(t.TempDir(), "clock")}
	s.disk, s.server = onDisk(t)
	s.store = newWire(t, s.server.Addr())
	s.town = newTownOn(t, wired{s.server, "redis://" + s.store.addr})
	s.redis = s.server
	s.phone = newWire(t, strings.TrimPrefix(s.api.URL, "http://"))
	s.env = append(s.env, "LINE_API_ENDPOINT=http://"+s.phone.addr, "LINE_DATA_ENDPOINT=http://"+s.phone.addr, "SOAK_CLOCK="+s.clock)
	s.all = s.share(3)
	s.hands.each = make([]sync.Mutex, len(s.all))
	front, _ := strings.CutPrefix(s.balance.url, "http://")
	s.way = newWire(t, front)
	s.line.SetWebhook("http://" + s.way.addr + "/line/webhook")
	s.lived = func(user string, m flows.Mode) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.modes[user] = m
	}
	s.inside = s.look()
	s.unknown, s.patience = s.isUncertain, stormTime+90*time.Second
	return s
}

// isUncertain says whether a reply to somebody was cut before anybody knew whether LINE
// took it, until its token was dead. Such an answer stands on the page of letters and
// is not pushed, since it may have come; so it may as well not have come.
func (s *soak) isUncertain(user string) (found bool) {
	blind := s.inside.vault.Blind(user)
	for end := time.Now().Add(90 * time.Second); time.Now().Before(end); {
		person, err := s.inside.people.Known(s.Context(), inbox.LaneOf(blind, s.inside.append.Lanes()), blind)
		if err == nil {
			var letters []outbox.Undelivered
			letters, err = s.inside.outbox.List(s.Context())
			found = slices.ContainsFunc(letters, func(l outbox.Undelivered) bool {
				return l.Person == person && l.State == outbox.StateUncertain
			})
		}
		if err == nil {
			break // else the store is in trouble, too
		}
		<-time.After(50 * time.Millisecond)
	}
	return found
}

// look opens the parts beside the running processes, to read in them.
func (s *soak) look() *house {
	s.Helper()
	env := slices.DeleteFunc(slices.Clone(s.env), func(e string) bool { return strings.HasPrefix(e, "REDIS_URL=") })
	cfg, err := config.Load(append(env, "REDIS_URL="+s.server.URL()))
	if err != nil {
		s.Fatal(err)
	}
	h, err := newHouse(s.Context(), cfg, alone(s.server.Client()), bundleOf(s), slog.New(slog.DiscardHandler))
	if err != nil {
		s.Fatal(err)
	}
	return h
}

func (s *soak) String() string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(s.did)) {
		list = append(list, fmt.Sprintf("%s %d", name, s.did[name]))
	}
	return fmt.Sprintf("%d lives, %d events, %d uncertain; %s", s.waits.lived.Load(), len(s.line.Events()), s.letters, strings.Join(list, ", "))
}

// round is a storm and the quiet after it.
func (s *soak) round(storm time.Duration, reaps *rand.Rand) {
	s.Helper()
	calm := s.crowd(10)
	troubles := s.troubles()
	ctx, over := context.WithCancel(s.Context())
	reaped := make(chan int, 1)
	go func() { reaped <- s.reaper(ctx, reaps) }()
	last := time.Now() // when Redis died
	for end := last.Add(storm); time.Now().Before(end); {
		s.breath(20, 600)
		one := troubles[s.rng.IntN(len(troubles))]
		if time.Since(last) > redisDies {
			one = troubles[0]
		}
		if one.name == troubles[0].name {
			last = time.Now()
		}
		s.did[one.name]++
		one.do()
	}
	over()
	s.did["kills"] += <-reaped
	s.heal()
	for _, p := range s.all {
		s.await(time.Minute, "a process is ready", p.revived)
	}
	calm()
	s.books()
	s.compare()
}

// revived starts a process again that found no store when it started, as systemd
// does, and says whether it is ready.
func (tw *town) revived() bool {
	select {
	case <-tw.ended:
		tw.launch()
	default:
	}
	res, err := http.Get("http://" + tw.ops + "/readyz")
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

func (s *soak) heal() {
	s.line.Heal()
	s.setClock(0)
	for _, w := range []*wire{s.store, s.phone, s.way} {
		w.heal()
	}
}

// breath waits so many milliseconds, at random: the moment is the point.
func (s *soak) breath(from, to int) {
	<-time.After(time.Duration(from+s.rng.IntN(to-from)) * time.Millisecond)
}

// trouble is one thing that goes wrong.
type trouble struct {
	name string
	do   func()
}

func (s *soak) troubles() []trouble {
	outage := trouble{"kills of Redis", func() { s.server.Kill(); s.server.Restart() }}
	jump := trouble{"clock jumps", s.jump}
	return []trouble{
		outage, outage, outage, jump, jump,
		{"full disks", s.fullDisk},
		{"stops", func() { s.touch(func(p *town) { p.stop(syscall.SIGTERM); p.launch() }) }},
		{"standing processes", func() {
			s.touch(func(p *town) {
				_ = p.proc.Process.Signal(syscall.SIGSTOP)
				s.breath(200, 9000)
				_ = p.proc.Process.Signal(syscall.SIGCONT)
			})
		}},
		{"standing Redis", func() { thaw := s.server.Freeze(); s.breath(50, 2500); thaw() }},
		{"read-only Redis", func() { s.order(300, 1500, "replicaof 127.0.0.1 1", "replicaof no one") }},
		{"Redis without copies", func() { s.order(300, 1500, "config set min-replicas-to-write 1", "config set min-replicas-to-write 0") }},
		{"full Redis", func() { s.order(300, 1500, "config set maxmemory 1mb", "config set maxmemory 0") }},
		{"cuts to Redis", func() { s.away(s.store, 1500) }},
		{"slow ways to Redis", func() { s.slow(s.store, 300) }},
		{"cuts to LINE", func() { s.cuts += 40; s.away(s.phone, 3000) }},
		{"slow ways to LINE", func() { s.slow(s.phone, 900) }},
		{"cuts from LINE", func() { s.away(s.way, 2000) }},
		{"slow ways from LINE", func() { s.slow(s.way, 900) }},
		s.fault("LINE cut before", emulator.Fault{CutBefore: true}),
		s.fault("LINE cut after", emulator.Fault{CutAfter: true}),
		s.fault("LINE down", emulator.Fault{Down: true}),
		s.fault("LINE slow", emulator.Fault{Slow: 800 * time.Millisecond}),
		s.fault("LINE answers late", emulator.Fault{LateAnswer: 1200 * time.Millisecond}),
		s.fault("LINE's rate limit", emulator.Fault{RateLimit: true}),
	}
}

// touch does something to a process that no other trouble has just now.
func (s *soak) touch(do func(*town)) {
	if p, release := s.hold(s.rng); p != nil {
		defer release()
		do(p)
	}
}

func (s *soak) fault(name string, f emulator.Fault) trouble {
	return trouble{name, func() {
		f.Times = 1 + s.rng.IntN(6)
		if f.CutAfter || f.CutBefore || f.LateAnswer > 0 {
			s.cuts += f.Times
		}
		s.line.Fault(f)
	}}
}

// order gives Redis a command and takes it back a little later.
func (s *soak) order(from, to int, there, back string) {
	send := func(words string) error {
		var args []any
		for _, w := range strings.Fields(words) {
			args = append(args, w)
		}
		return s.server.Client().Do(s.Context(), args...).Err()
	}
	// A Redis on a busy machine, just back from a trouble, may not answer at once.
	s.await(20*time.Second, there, func() bool { return send(there) == nil })
	s.breath(from, to)
	s.await(20*time.Second, back, func() bool { return send(back) == nil })
}

func (s *soak) away(w *wire, most int) {
	w.down.Store(true)
	w.cut()
	s.breath(20, most)
	w.down.Store(false)
}

func (s *soak) slow(w *wire, most int) {
	w.delay.Store(int64(time.Duration(20+s.rng.IntN(most)) * time.Millisecond))
	s.breath(200, 3000)
	w.delay.Store(0)
}

// books waits until nothing is under way and compares the ledger with LINE's memory.
func (s *soak) books() {
	s.Helper()
	var b book
	s.await(90*time.Second, "nothing under way", func() bool {
		b = book{}
		return json.Unmarshal([]byte(s.run("ledger", "--json")), &b) == nil && b.Waiting == 0 && b.Counts["pending"] == s.unread()
	})
	taken := int64(0)
	for _, f := range s.line.Events() {
		if f.Taken {
			taken++
		}
	}
	if !b.AddsUp || b.Counts["received"] != taken {
		s.Errorf("the ledger says %v, LINE had %d taken", b.Counts, taken)
	}
	for _, l := range b.Letters {
		if l.State != outbox.StateUncertain {
			s.Errorf("a letter is %s: %s, %s", l.State, l.Class, l.Why)
		}
	}
	if s.letters = len(b.Letters); s.letters > s.cuts || b.Counts["failed"] > int64(s.letters) {
		s.Errorf("%d uncertain and %d failed after %d ambiguous moments", s.letters, b.Counts["failed"], s.cuts)
	}
	for _, c := range s.line.Complaints() {
		s.Errorf("LINE complains: %s", c)
	}
}

// compare holds the store and the desk beside the model: everybody is in the mode in
// which Step alone would have left them, and has a case if and only if that needs one.
func (s *soak) compare() {
	s.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for user, want := range s.modes {
		blind := s.inside.vault.Blind(user)
		got, open := flows.ModeBot, false
		person, err := s.inside.people.Known(s.Context(), inbox.LaneOf(blind, s.inside.append.Lanes()), blind)
		if err == nil && person != "" {
			p, err := s.inside.people.Get(s.Context(), person)
			if err != nil {
				s.Errorf("a person cannot be read: %v", err)
				continue
			}
			got = p.State.Mode
			s.owed(person, got)
			row, err := s.inside.desk.Of(s.Context(), person)
			open = err == nil && row.State != handoff.Closed && row.State != handoff.None
		}
		if got != want || open != (want != flows.ModeBot) {
			s.Errorf("somebody is in mode %v with an open case %v, want mode %v", got, open, want)
		}
	}
	s.did["compared modes"] += len(s.modes)
	clear(s.modes)
}
