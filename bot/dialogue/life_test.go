package dialogue

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/bot/outbox"
	"engawa/config/redistest"
	"engawa/flows"
)

func TestTwentyPeopleAreEachAnsweredInOrder(t *testing.T) {
	w := newWorld(t, redistest.Client(t))
	w.serve("one", w.d)
	w.serve("two", w.dialogue(Options{}))
	var all []event
	for i := range 10 {
		for n := range 20 {
			all = append(all, w.text(n, fmt.Sprintf("%02d", i)))
		}
	}
	w.bring(all...)
	got := w.rest()
	if got["received"] != 200 || got["bot"] != 200 {
		t.Errorf("got %v, want 200 answered", got)
	}
	for n := range 20 {
		var order []string
		for _, s := range w.journal(n) {
			order = append(order, s...)
		}
		if len(order) != 10 || !slices.IsSorted(order) {
			t.Errorf("person %d: got %v, want 10 events in order", n, order)
		}
	}
}

// journal lists the events of a resident's turns, in the order of the turns.
func (w *world) journal(n int) (turns [][]string) {
	w.t.Helper()
	lines, err := w.ledger.Journal(ctx, inbox.LaneOf(w.blind(n), lanes), 10_000)
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Reverse(lines)
	for _, l := range lines {
		if l.Person == w.pid(n) {
			turns = append(turns, l.Events)
		}
	}
	return turns
}

func TestTheLedgerAddsUpAtEveryInstantOfARandomLife(t *testing.T) {
	w := newWorld(t, redistest.Client(t))
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	var flaky atomic.Uint64
	shaky := func(string) error {
		if flaky.Add(1)%17 == 0 {
			return errCrash
		}
		return nil
	}
	w.d.crash = shaky
	w.serve("one", w.d)
	other := w.dialogue(Options{BubbleWait: 20 * time.Millisecond})
	other.crash = shaky
	w.serve("two", other)

	stop := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				w.counts()
			}
		}
	})
	t.Cleanup(watch.Wait)
	t.Cleanup(func() { close(stop) })
	brought := w.randomLife(random)
	got := w.rest()
	if got["received"] != int64(brought) {
		t.Errorf("got %d received, want %d", got["received"], brought)
	}
	t.Logf("the ledger at the end: %v", got)
}

// randomLife lets ten people do anything, many of them at once, and says how many
// different events that were.
func (w *world) randomLife(random *rand.Rand) (events int) {
	var earlier []event
	for i := range 400 {
		n := random.IntN(10)
		var e event
		switch k := random.IntN(20); {
		case k < 9:
			e = w.text(n, []string{"こんにちは", "家賃が", "人と話す", "死にたい", "もう送らないで"}[random.IntN(5)])
		case k < 12:
			e = w.tap(n, flows.Tap{Exit: []flows.Exit{flows.ExHuman, flows.ExLeave, flows.ExDelete, flows.ExDeleteNow, flows.ExForget, flows.ExYes}[random.IntN(6)]})
		case k < 14 && len(earlier) > 0:
			of := earlier[random.IntN(len(earlier))]
			if _, ok := of["message"]; !ok {
				continue
			}
			e = w.unsend(n, of)
		case k < 16 && len(earlier) > 0:
			w.bring(earlier[random.IntN(len(earlier))]) // redelivered
			continue
		case k < 18:
			w.randomStaff(random, n, i)
			continue
		default:
			e = w.from(n, []string{"follow", "unfollow", "beacon", "newer"}[random.IntN(4)])
		}
		events++
		earlier = append(earlier, e)
		w.bring(e)
	}
	return events
}

func (w *world) randomStaff(random *rand.Rand, n, serial int) {
	person := w.pid(n)
	if person == "" {
		return
	}
	do := []flows.DeskDo{flows.DeskOpened, flows.DeskClaimed, flows.DeskAnswered, flows.DeskRead, flows.DeskClosed}[random.IntN(5)]
	act := flows.DeskAct{Do: do, Case: flows.CaseID(fmt.Sprintf("case%d", n)), Staff: "すずらん", Until: time.Now()}
	var sealed []byte
	if do == flows.DeskAnswered {
		var err error
		if sealed, err = w.people.SealWords(ctx, person, fmt.Sprintf("act%d", serial), "すずらん", "はい", time.Now()); err != nil {
			return // they have gone meanwhile
		}
		act.Words = true
	}
	if err := w.d.Tell(ctx, person, fmt.Sprintf("act%d", serial), time.Now(), act, sealed); err != nil {
		w.t.Errorf("tell: %v", err)
	}
}

func TestNothingOfAPersonStandsInClearAnywhere(t *testing.T) {
	server := redistest.Start(t)
	w := newWorld(t, server.Client())
	w.serve("one", w.d)
	const name, phone = "田中花子", "090-1234-5678"
	words := "わたしは" + name + "です " + phone + " 死にたい"
	first := w.text(1, words)
	w.bring(w.from(1, "follow"), first)
	w.rest()
	c := w.talking(1)
	w.bring(w.text(1, words))
	w.rest()
	w.staff(1, "act-answer", flows.DeskAct{Do: flows.DeskAnswered, Case: c, Staff: "すずらん"}, name+"さん "+phone)
	w.rest()
	w.bring(w.unsend(1, first))
	bad := w.from(1, "message")
	bad["message"] = map[string]string{"type": "sticker", "id": "900", "text": words}
	w.bring(bad)
	w.rest()
	places := map[string]string{"the append-only file": string(server.AOF()), "the log": w.log.all()}
	for where, all := range places {
		for _, canary := range []string{name, "花子", "090-1234", user(1), first["replyToken"].(string), "家賃"} {
			if strings.Contains(all, canary) {
				t.Errorf("%q stands in clear in %s", canary, where)
			}
		}
	}
}

func TestAQuietPersonTakesUpTwoKilobytesAtMost(t *testing.T) {
	w := serving(t)
	const crowd = 200
	before := used(t, w.rdb)
	for n := range crowd {
		w.bring(w.from(n, "follow"), w.text(n, "はじめまして。家賃のことで相談したいです"), w.tap(n, flows.Tap{Exit: flows.ExMenu, Arg: "okane/家賃"}))
	}
	w.rest()
	for l := range inbox.Lane(lanes) { // what lasts days and not as long as the person
		w.rdb.Del(ctx, inbox.LaneKey(l, "journal"), inbox.LaneKey(l, "seen"), inbox.LaneKey(l, "in"))
	}
	for n := range crowd {
		w.rdb.Del(ctx, outbox.TokenKey(w.pid(n)))
	}
	each := (used(t, w.rdb) - before) / crowd
	t.Logf("%d bytes a person, keys and three turns' words included", each)
	if each > 2048 {
		t.Errorf("got %d bytes, want at most 2048", each)
	}
}

func used(t *testing.T, rdb redis.UniversalClient) (sum int64) {
	t.Helper()
	keys, err := rdb.Keys(ctx, "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int64{}
	for _, k := range keys {
		n := rdb.MemoryUsage(ctx, k, 0).Val()
		sum += n
		p := strings.SplitN(k, ":", 3)
		kinds[p[1]] += n
	}
	t.Log(kinds)
	return sum
}

func TestAWholeTalkOnTheEmbeddedStore(t *testing.T) {
	m := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: m.Addr(), MaxRetries: -1, DisableIdentity: true})
	t.Cleanup(func() { _ = rdb.Close() })
	wholeTalk(t, rdb)
}

// On a cluster a script that touches a key which it did not name would fail.
func TestAWholeTalkOnACluster(t *testing.T) { wholeTalk(t, redistest.Cluster(t)) }

func wholeTalk(t *testing.T, rdb redis.UniversalClient) {
	w := newWorld(t, rdb)
	stop := w.serve("one", w.d)
	first := w.text(1, "こんにちは")
	w.bring(first, first)
	w.rest()
	c := w.talking(1)
	w.bring(w.text(1, "死にたい"), w.unsend(1, first))
	w.rest()
	w.staff(1, "act-1", flows.DeskAct{Do: flows.DeskAnswered, Case: c, Staff: "すずらん"}, "ここにいます")
	w.staff(1, "act-2", flows.DeskAct{Do: flows.DeskRead, Case: c, Until: time.Now()}, "")
	w.rest()
	w.bring(w.text(1, "消す"), w.tap(1, flows.Tap{Exit: flows.ExDeleteNow}))
	got := w.rest()
	if w.line.with("ここにいます") != 1 || w.pid(1) != "" || got["pending"] != 0 {
		t.Errorf("got %v, person %q; want the talk to its end", got, w.pid(1))
	}
	w.bring(first) // LINE brings it once more, when it is long finished and nobody is there: that must not bar the lane
	if got := w.rest(); got["pending"] != 0 {
		t.Errorf("got %v, want what concerns nobody at its end, too", got)
	}
	if _, err := w.people.Sweep(ctx, time.Now().Add(100*24*time.Hour)); err != nil {
		t.Errorf("sweep: %v", err)
	}
	stop()
}
