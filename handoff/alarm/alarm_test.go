package alarm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"engawa/config/clocktest"
	"engawa/config/redistest"
	"engawa/flows"
)

var noon = time.Date(2026, 11, 16, 3, 0, 0, 0, time.UTC)

// lane remembers which acknowledgements it heard.
type lane struct {
	mu    sync.Mutex
	deaf  bool
	heard map[string]flows.DeskAct
	times int
}

func (l *lane) Tell(_ context.Context, _ flows.PersonID, event string, _ time.Time, act flows.DeskAct, _ []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.deaf {
		return errors.New("this lane does not answer")
	}
	l.heard[event] = act
	l.times++
	return nil
}

func (l *lane) setDeaf(deaf bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deaf = deaf
}

func newStore(t *testing.T) (*Store, *clocktest.Clock, *lane, redis.UniversalClient) {
	t.Helper()
	rdb, c, l := redistest.Client(t), clocktest.At(noon), &lane{heard: map[string]flows.DeskAct{}}
	return New(rdb, l, c.Now, slog.New(slog.NewTextHandler(io.Discard, nil))), c, l, rdb
}

var life = flows.Alarm{Urgency: flows.Life, Level: flows.Clear, Rules: []string{"life.1"}}

func raise(t *testing.T, s *Store, id string, person flows.PersonID, a flows.Alarm) {
	t.Helper()
	if err := s.Raise(t.Context(), id, person, "みどりのつばめ 27", a); err != nil {
		t.Fatalf("raise: %v", err)
	}
}

func open(t *testing.T, s *Store) (ids []string) {
	t.Helper()
	all, err := s.Open(t.Context())
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	for _, a := range all {
		ids = append(ids, a.ID)
	}
	return ids
}

func TestAnAlarmStandsOnceUntilSomebodyHasSeenIt(t *testing.T) {
	s, _, l, _ := newStore(t)
	for range 3 {
		raise(t, s, "a1", "07-anna", life)
	}
	if got := open(t, s); len(got) != 1 {
		t.Fatalf("open alarms = %v, want one", got)
	}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if _, err := s.Ack(t.Context(), "a1", fmt.Sprintf("花%d", i)); err != nil {
				t.Errorf("ack: %v", err)
			}
		})
	}
	all.Wait()
	a, err := s.Get(t.Context(), "a1")
	if err != nil || a.By == "" || a.Acked.IsZero() {
		t.Fatalf("acknowledged: %+v, err %v", a, err)
	}
	if got := open(t, s); len(got) != 0 {
		t.Errorf("open alarms = %v, want none", got)
	}
	if act := l.heard["alarm/a1"]; act.Do != flows.DeskAlarmed || act.Staff != a.By || len(l.heard) != 1 {
		t.Errorf("the lane heard %+v, want alarmed by %s", l.heard, a.By)
	}
	raise(t, s, "a1", "07-anna", life) // the outbox tries once more
	if got := open(t, s); len(got) != 0 {
		t.Errorf("an alarm that was seen stands again: %v", got)
	}
	if _, err := s.Ack(t.Context(), "nothing", "花"); !errors.Is(err, ErrUnknown) {
		t.Errorf("ack of nothing: %v, want ErrUnknown", err)
	}
}

func TestTheGravestAndOldestStandsFirst(t *testing.T) {
	s, c, _, _ := newStore(t)
	raise(t, s, "worry", "01-a", flows.Alarm{Urgency: flows.Life, Level: flows.Worry})
	c.Pass(time.Second)
	raise(t, s, "medical", "02-b", flows.Alarm{Urgency: flows.Medical, Level: flows.Clear})
	c.Pass(time.Second)
	raise(t, s, "life1", "03-c", life)
	c.Pass(time.Second)
	raise(t, s, "life2", "04-d", life)
	if got := strings.Join(open(t, s), " "); got != "life1 life2 medical worry" {
		t.Errorf("order = %s", got)
	}
}

func TestWhatNobodySeesIsRaisedAgainOncePerStep(t *testing.T) {
	s, c, _, rdb := newStore(t)
	raise(t, s, "a1", "07-anna", life)
	other := New(rdb, s.teller, c.Now, s.log)
	heard := rdb.Subscribe(t.Context(), "engawa:alarm")
	defer func() { _ = heard.Close() }()
	if _, err := heard.Receive(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{3 * time.Minute, 6 * time.Minute, 15 * time.Minute, 30 * time.Minute, 90 * time.Minute}
	for passed := time.Duration(0); passed < 100*time.Minute; passed += 30 * time.Second {
		for _, process := range []*Store{s, other} {
			if err := process.Sweep(t.Context(), c.Now()); err != nil {
				t.Fatal(err)
			}
		}
		c.Pass(30 * time.Second)
	}
	a, err := s.Get(t.Context(), "a1")
	if err != nil || len(a.Again) != len(want) {
		t.Fatalf("raised again at %v, err %v, want %d times", a.Again, err, len(want))
	}
	for i, at := range a.Again {
		if got := at.Sub(noon); got != want[i] {
			t.Errorf("step %d after %v, want %v", i, got, want[i])
		}
	}
	if _, err := heard.ReceiveMessage(t.Context()); err != nil {
		t.Errorf("nobody was told: %v", err)
	}
}

func TestAnAcknowledgementReachesItsLaneInTheEnd(t *testing.T) {
	s, c, l, _ := newStore(t)
	raise(t, s, "a1", "07-anna", life)
	l.setDeaf(true)
	if _, err := s.Ack(t.Context(), "a1", "すずらん"); err != nil {
		t.Fatalf("ack while the lane is away: %v", err)
	}
	if err := s.Sweep(t.Context(), c.Now()); err == nil {
		t.Error("the sweep says nothing of a lane that does not answer")
	}
	l.setDeaf(false)
	for range 3 {
		if err := s.Sweep(t.Context(), c.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if l.times != 1 || l.heard["alarm/a1"].Staff != "すずらん" {
		t.Errorf("the lane heard it %d times: %v, want once", l.times, l.heard)
	}
}

func TestForgettingTakesThePersonOffAnAlarmThatStaysOpen(t *testing.T) {
	s, c, l, rdb := newStore(t)
	raise(t, s, "a1", "07-anna", life)
	for range 2 {
		if err := s.Forget(t.Context(), "07-anna"); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Open(t.Context())
	if err != nil || len(all) != 1 || all[0].Alias != "" || all[0].Rules[0] != "life.1" {
		t.Fatalf("open = %+v, err %v, want one without alias", all, err)
	}
	for _, key := range rdb.Keys(t.Context(), "*").Val() {
		text := key + fmt.Sprint(rdb.HGetAll(t.Context(), key).Val())
		if strings.Contains(text, "anna") || strings.Contains(text, "つばめ") {
			t.Errorf("%s still leads to the person", key)
		}
	}
	if _, err := s.Ack(t.Context(), "a1", "すずらん"); err != nil || l.times != 0 {
		t.Errorf("ack: %v, told %d lanes, want none", err, l.times)
	}
	c.Pass(keep() + time.Second)
	if err := s.Sweep(t.Context(), c.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), "a1"); !errors.Is(err, ErrUnknown) {
		t.Errorf("an alarm of long ago: %v, want ErrUnknown", err)
	}
}

func TestTheDemosStoreDoesTheSame(t *testing.T) {
	rdb := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr(), MaxRetries: -1})
	t.Cleanup(func() { _ = rdb.Close() })
	c, l := clocktest.At(noon), &lane{heard: map[string]flows.DeskAct{}}
	s := New(rdb, l, c.Now, nil)
	raise(t, s, "a1", "07-anna", life)
	c.Pass(3 * time.Minute)
	if err := s.Sweep(t.Context(), c.Now()); err != nil {
		t.Fatal(err)
	}
	a, err := s.Ack(t.Context(), "a1", "すずらん")
	if err != nil || len(a.Again) != 1 || a.By != "すずらん" || l.times != 1 {
		t.Errorf("ack = %+v, err %v, lane told %d times", a, err, l.times)
	}
	if err := s.Forget(t.Context(), "07-anna"); err != nil {
		t.Fatal(err)
	}
}

func TestWhatHappenedToAnAlarmCanBeLookedUpByItsPersonAndAfterwards(t *testing.T) {
	s, c, _, _ := newStore(t)
	raise(t, s, "a1", "07-anna", life)
	raise(t, s, "b1", "08-bert", life)
	if err := s.Called(t.Context(), "a1", "push", 0, true, []string{"sato", "mori"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Called(t.Context(), "a1", "mail", 0, false, nil); err != nil {
		t.Fatal(err)
	}
	c.Pass(time.Minute)
	if _, err := s.Ack(t.Context(), "a1", "すずらん"); err != nil {
		t.Fatal(err)
	}
	of, err := s.Of(t.Context(), "07-anna")
	if err != nil || len(of) != 1 || of[0].By != "すずらん" || len(of[0].Calls) != 2 || strings.Join(of[0].Calls[0].To, " ") != "sato mori" || of[0].Calls[1].OK {
		t.Errorf("of anna: %+v, %v", of, err)
	}
	if seen, err := s.Seen(t.Context(), 5); err != nil || len(seen) != 1 || seen[0].ID != "a1" {
		t.Errorf("seen: %+v, %v", seen, err)
	}
	if err := s.Forget(t.Context(), "07-anna"); err != nil {
		t.Fatal(err)
	}
	if of, err := s.Of(t.Context(), "07-anna"); err != nil || len(of) != 0 {
		t.Errorf("after 消す: %+v, %v", of, err)
	}
	if none, err := s.Of(t.Context(), ""); err != nil || len(none) != 0 {
		t.Errorf("of nobody: %+v, %v", none, err)
	}
}

func TestAWayThatFailsAllNightCrowdsOutNeitherTheFirstCallNorTheLast(t *testing.T) {
	s, c, _, _ := newStore(t)
	raise(t, s, "a1", "07-anna", life)
	for i := range 400 {
		if err := s.Called(t.Context(), "a1", "mail", i, i == 0 || i == 399, nil); err != nil {
			t.Fatal(err)
		}
		c.Pass(30 * time.Second)
	}
	a, err := s.Get(t.Context(), "a1")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(a.Calls); n < 50 || n > 200 || a.Calls[0].Step != 0 || a.Calls[n-1].Step != 399 || !a.Calls[n-1].OK {
		t.Errorf("%d calls are kept, from step %d to %d", n, a.Calls[0].Step, a.Calls[n-1].Step)
	}
}
