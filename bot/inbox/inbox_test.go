package inbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/redistest"
	"engawa/flows"
)

func TestAKeyOfALaneBeginsWithItsHashTag(t *testing.T) {
	for _, c := range []struct {
		lane  Lane
		parts []string
		want  string
	}{
		{3, []string{"in"}, "{lane-03}:in"},
		{15, []string{"q", "line", "15-abc"}, "{lane-15}:q:line:15-abc"},
	} {
		if got := LaneKey(c.lane, c.parts...); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestAPersonIDBeginsWithItsLane(t *testing.T) {
	for id, want := range map[flows.PersonID]Lane{
		"07-k3v9": 7, "15-x": 15, "99-x": 99, "": NoLane, "7-x": NoLane, "x7-y": NoLane, "+7-y": NoLane, "07": NoLane,
	} {
		if got := LaneOfPerson(id); got != want {
			t.Errorf("%q: got lane %d, want %d", id, got, want)
		}
	}
}

func TestTheNumberOfLanesIsFixedByTheFirstStart(t *testing.T) {
	rdb := redistest.Client(t)
	for _, want := range []int{8, 16, 0} {
		got, err := Settle(t.Context(), rdb, want)
		if err != nil || got != 8 {
			t.Errorf("asked for %d: got %d, %v; want the first 8", want, got, err)
		}
	}
	if _, err := Settle(t.Context(), rdb, 101); err == nil {
		t.Error("101 lanes were accepted")
	}
}

func TestEachPersonIsAnsweredInOrder(t *testing.T) {
	rdb := redistest.Client(t)
	a := NewAppender(rdb, 4)
	n := &notebook{rdb: rdb}
	var flaky atomic.Int64
	n.hook = func(Lease, []*Entry) (Outcome, error) {
		if flaky.Add(1)%5 == 0 {
			return Outcome{}, errors.New("the store hiccuped")
		}
		return Outcome{}, nil
	}
	r := NewReader(rdb, 4, n, quick("a"))
	a.Readers = r
	start(t, r)
	for i := range 10 {
		for p := range 20 {
			put(t, a, word(p, i))
		}
	}
	until(t, "all 200 answered", func() bool { return n.all() == 200 })
	for p := range 20 {
		got := n.of(string(blindOf(p)))
		if !slices.IsSorted(got) || len(got) != 10 {
			t.Errorf("person %d: got %v, want 10 events in order", p, got)
		}
	}
}

func TestOnePersonWhoFailsDelaysNobodyElse(t *testing.T) {
	rdb := redistest.Client(t)
	a := NewAppender(rdb, 1)
	n := &notebook{rdb: rdb}
	n.hook = func(_ Lease, waiting []*Entry) (Outcome, error) {
		if waiting[0].Blind == blindOf(1) {
			return Outcome{}, errors.New("always")
		}
		return Outcome{}, nil
	}
	start(t, NewReader(rdb, 1, n, quick("a")))
	put(t, a, word(1, 1), word(2, 1), word(3, 1))
	until(t, "the others answered", func() bool { return n.all() == 2 })
	if left := rdb.XLen(t.Context(), LaneKey(0, "in")).Val(); left != 1 {
		t.Errorf("got %d events left, want the failing one", left)
	}
}

func TestAWaitEndsWhenMoreHasCome(t *testing.T) {
	rdb := redistest.Client(t)
	a := NewAppender(rdb, 1)
	n := &notebook{rdb: rdb}
	first := make(chan struct{})
	var once sync.Once
	n.hook = func(_ Lease, waiting []*Entry) (Outcome, error) {
		if len(waiting) == 1 {
			once.Do(func() { close(first) })
			return Outcome{Wait: time.Hour}, nil
		}
		return Outcome{}, nil
	}
	r := NewReader(rdb, 1, n, quick("a"))
	a.Readers = r
	start(t, r)
	put(t, a, word(1, 1))
	<-first
	put(t, a, word(1, 2))
	until(t, "both taken in one turn", func() bool { return n.all() == 2 })
	if !slices.Equal(n.batch, []int{2}) {
		t.Errorf("got turns of %v, want one of 2", n.batch)
	}
}

func TestAStolenLaneIsForgottenAndNothingOfItIsSkipped(t *testing.T) {
	rdb := redistest.Client(t)
	a := NewAppender(rdb, 1)
	entered, proceed := make(chan struct{}, 8), make(chan struct{})
	n := &notebook{rdb: rdb}
	n.hook = func(Lease, []*Entry) (Outcome, error) {
		entered <- struct{}{}
		<-proceed
		return Outcome{}, nil
	}
	r := NewReader(rdb, 1, n, quick("a"))
	start(t, r)
	put(t, a, word(1, 1), word(1, 2))
	<-entered
	rdb.Set(t.Context(), LaneKey(0, "lease"), "a thief", 150*time.Millisecond)
	close(proceed) // the turn under way finds out that it is not its lane any more
	until(t, "the lane came back and all is answered", func() bool { return n.all() == 2 })
	if got := n.of(string(blindOf(1))); !slices.IsSorted(got) {
		t.Errorf("got %v, want them in order", got)
	}
}

func TestTwoProcessesShareTheLanesAndTheOtherTakesOverWhenOneDies(t *testing.T) {
	rdb := redistest.Client(t)
	a := NewAppender(rdb, 8)
	n := &notebook{rdb: rdb}
	one := NewReader(rdb, 8, n, quick("one"))
	two := NewReader(rdb, 8, n, quick("two"))
	start(t, one)
	until(t, "one has all", func() bool { return len(one.holding()) == 8 })
	stopTwo := start(t, two)
	until(t, "half each", func() bool { return len(one.holding()) == 4 && len(two.holding()) == 4 })
	for p := range 40 {
		put(t, a, word(p, 1))
	}
	until(t, "all answered by the two", func() bool { return n.all() == 40 })

	abandon(t, two, stopTwo)
	for p := range 40 {
		put(t, a, word(p, 2))
	}
	until(t, "one has all again", func() bool { return len(one.holding()) == 8 })
	until(t, "all answered by the one", func() bool { return n.all() == 80 })
}

// abandon ends a reader as a crash would: its leases stay where they are.
func abandon(t *testing.T, r *Reader, stop func()) {
	t.Helper()
	for _, ln := range r.all() {
		r.lose(ln)
	}
	stop()
}

func TestAStoppedReaderFinishesItsTurnAndGivesItsLanesBack(t *testing.T) {
	rdb := redistest.Client(t)
	a := NewAppender(rdb, 2)
	entered, proceed := make(chan struct{}, 8), make(chan struct{})
	n := &notebook{rdb: rdb}
	n.hook = func(Lease, []*Entry) (Outcome, error) {
		entered <- struct{}{}
		<-proceed
		return Outcome{}, nil
	}
	beside := make(chan struct{})
	opt := quick("a")
	opt.While = []func(context.Context, Lease){func(ctx context.Context, _ Lease) { <-ctx.Done(); beside <- struct{}{} }}
	r := NewReader(rdb, 2, n, opt)
	stop := start(t, r)
	put(t, a, word(1, 1))
	<-entered
	go func() {
		<-beside
		<-beside
	}()
	go close(proceed)
	stop()
	if n.all() != 1 {
		t.Error("the turn under way was cut off")
	}
	if left := rdb.Exists(t.Context(), LaneKey(0, "lease"), LaneKey(1, "lease")).Val(); left != 0 {
		t.Errorf("got %d leases left, want none", left)
	}
}

func TestATimerBecomesOneEvent(t *testing.T) {
	rdb := redistest.Client(t)
	n := &notebook{rdb: rdb}
	d := Due{Event: "timer-1", Blind: blindOf(1), Person: "00-abc", Key: "checkin", Sealed: []byte{0, 1, 2, 255}}
	rdb.ZAdd(t.Context(), LaneKey(0, "due"),
		redis.Z{Score: float64(time.Now().Add(-time.Second).UnixMilli()), Member: d.Member()},
		redis.Z{Score: 1, Member: "not a timer"})
	rdb.HSet(t.Context(), LaneKey(0, "timer", "00-abc"), "checkin", d.Member())
	var kind atomic.Value
	n.hook = func(_ Lease, waiting []*Entry) (Outcome, error) {
		kind.Store(*waiting[0])
		return Outcome{}, nil
	}
	start(t, NewReader(rdb, 1, n, quick("a")))
	until(t, "the timer went off", func() bool { return n.all() == 1 })
	got := kind.Load().(Entry)
	if got.Kind != Timer || got.Person != d.Person || got.Event != d.Event || string(got.Sealed) != string(d.Sealed) {
		t.Errorf("got %+v, want the timer as it was set", got)
	}
	until(t, "nothing is left of it", func() bool {
		return rdb.Exists(t.Context(), LaneKey(0, "due"), LaneKey(0, "timer", "00-abc"), LaneKey(0, "in")).Val() == 1 &&
			rdb.XLen(t.Context(), LaneKey(0, "in")).Val() == 0
	})
}

func TestEventsWithOlderIdsThanThoseReadAreFound(t *testing.T) {
	rdb := redistest.Client(t)
	n := &notebook{rdb: rdb}
	n.hook = func(_ Lease, waiting []*Entry) (Outcome, error) {
		if waiting[0].Event == "late-clock" {
			return Outcome{}, nil
		}
		return Outcome{}, errors.New("not now") // so that the newer ones stay
	}
	add := func(id string, e Entry) {
		t.Helper()
		err := rdb.XAdd(t.Context(), &redis.XAddArgs{Stream: LaneKey(0, "in"), ID: id, Values: e.add("")[3:]}).Err()
		if err != nil {
			t.Fatal(err)
		}
	}
	add("2000-1", word(1, 1))
	var failed atomic.Bool
	hook := n.hook
	n.hook = func(l Lease, w []*Entry) (Outcome, error) { failed.Store(true); return hook(l, w) }
	start(t, NewReader(rdb, 1, n, quick("a")))
	until(t, "the first was read", failed.Load)
	// A fail-over to a replica whose clock is behind: the stream begins anew below our cursor.
	rdb.Del(t.Context(), LaneKey(0, "in"))
	add("1000-1", Entry{Event: "late-clock", Blind: blindOf(2), Kind: FromLINE, Arrived: time.UnixMilli(1)})
	add("2000-1", word(1, 1))
	until(t, "found", func() bool { return n.all() == 1 })
}

func TestWhatIsNoneOfOursBecomesABrokenEvent(t *testing.T) {
	rdb := redistest.Client(t)
	n := &notebook{rdb: rdb}
	rdb.XAdd(t.Context(), &redis.XAddArgs{Stream: LaneKey(0, "in"), Values: []any{"foo", "bar"}})
	start(t, NewReader(rdb, 1, n, quick("a")))
	until(t, "handed on", func() bool { return n.all() == 1 })
}

func TestAReaderGoesOnWhenTheStoreComesBack(t *testing.T) {
	server := redistest.Start(t)
	a := NewAppender(server.Client(), 2)
	n := &notebook{rdb: server.Client()}
	r := NewReader(server.Client(), 2, n, quick("a"))
	start(t, r)
	put(t, a, word(1, 1))
	until(t, "the first answered", func() bool { return n.all() == 1 })
	server.Kill()
	until(t, "the lanes were let go", func() bool { return len(r.all()) == 0 })
	server.Restart()
	until(t, "appended again", func() bool { return a.Append(t.Context(), []Entry{word(1, 2)}) == nil })
	until(t, "the second answered", func() bool { return n.all() == 2 })
}

func TestAPersonWhoFloodsTheLaneIsReadToTheEnd(t *testing.T) {
	rdb := redistest.Client(t)
	a := NewAppender(rdb, 1)
	n := &notebook{rdb: rdb}
	var flood []Entry
	for i := range 6000 {
		flood = append(flood, Entry{Event: "e" + strconv.Itoa(i), Blind: blindOf(1), Kind: FromLINE, Arrived: time.UnixMilli(1)})
	}
	put(t, a, flood...)
	put(t, a, word(2, 1))
	start(t, NewReader(rdb, 1, n, quick("a")))
	until(t, "all answered", func() bool { return n.all() == 6001 })
	for i, got := range n.of(string(blindOf(1))) {
		if want := fmt.Sprintf("e%d", i); got != want {
			t.Fatalf("turn %d: got %s, want %s", i, got, want)
		}
	}
}

func TestTheLanesWorkOnACluster(t *testing.T) {
	rdb := redistest.Cluster(t)
	a := NewAppender(rdb, 8)
	n := &notebook{rdb: rdb}
	d := Due{Event: "timer-1", Blind: blindOf(1), Person: "03-abc", Key: "k"}
	rdb.ZAdd(t.Context(), LaneKey(3, "due"), redis.Z{Score: 1, Member: d.Member()})
	r := NewReader(rdb, 8, n, quick("a"))
	a.Readers = r
	stop := start(t, r)
	for p := range 40 {
		put(t, a, word(p, 1), word(p+1, 2))
	}
	until(t, "all answered, and the timer", func() bool { return n.all() == 81 })
	stop()
	for l := range Lane(8) {
		if rdb.Exists(t.Context(), LaneKey(l, "lease")).Val() != 0 {
			t.Errorf("lane %s was not given back", l)
		}
	}
}
