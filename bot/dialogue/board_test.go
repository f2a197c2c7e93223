package dialogue

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"engawa/bot/inbox"
	"engawa/config/redistest"
	"engawa/flows"
)

// alwaysNoon is a zone in which it is noon just now, an hour at which anything may be told.
func alwaysNoon() *time.Location {
	now := time.Now().UTC()
	return time.FixedZone("noon", 12*60*60-now.Hour()*60*60)
}

// fakeBoard remembers what it was asked and has one post.
type fakeBoard struct {
	mu    sync.Mutex
	asked []flows.PostQuery
	post  flows.Post
}

func (b *fakeBoard) posts(q flows.PostQuery) ([]flows.Post, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, q)
	p := b.post
	if len(q.About) > 0 {
		_, p.Day = flows.AboutOf(q.About[0])
	}
	return []flows.Post{p}, false
}

func (b *fakeBoard) last() flows.PostQuery {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.asked) == 0 {
		return flows.PostQuery{}
	}
	return b.asked[len(b.asked)-1]
}

// withBoard is a world at noon with a board beside it.
func withBoard(t *testing.T) (*world, *fakeBoard) {
	t.Helper()
	w := newWorld(t, redistest.Client(t))
	b := &fakeBoard{post: flows.Post{ID: "p1", Card: flows.CardView{ID: "p1", Kind: "event", Title: "«しずかなお茶»"}}}
	d := w.dialogue(Options{})
	d.Posts, d.Bundle().House.Zone = b.posts, alwaysNoon()
	w.d = d
	w.serve("one", d)
	return w, b
}

// keeps brings a resident to where they have kept the tea and asked for news of it.
func (w *world) keeps(n int) {
	w.t.Helper()
	w.bring(w.tap(n, flows.Tap{Exit: flows.ExKeep, Arg: "p1"}))
	w.rest()
	w.bring(w.tap(n, flows.Tap{Exit: flows.ExYes, Arg: string(flows.AskTell)}))
	w.rest()
}

func (w *world) listeners() (n int64) {
	for l := range inbox.Lane(lanes) {
		n += w.rdb.HLen(ctx, KeptKey(l)).Val()
	}
	return n
}

func TestNewsToldThreeTimesReachesEachListenerOnce(t *testing.T) {
	w, _ := withBoard(t)
	for n := range 5 {
		w.keeps(n)
	}
	w.bring(w.text(9, "こんにちは")) // somebody who kept nothing
	w.rest()
	for range 3 {
		if err := w.d.News(ctx, "change-1", time.Now(), flows.PostNews{ID: "p1", Standing: flows.PostMoved}); err != nil {
			t.Fatal(err)
		}
	}
	w.rest()
	if got := w.line.with("«post.news.moved»"); got != 5 {
		t.Errorf("got %d messages, want one for each of five", got)
	}
	if err := w.d.News(ctx, "change-2", time.Now(), flows.PostNews{ID: "p1", Standing: flows.PostGone}); err != nil {
		t.Fatal(err)
	}
	w.rest()
	if got := w.line.with("«post.news.off»"); got != 5 {
		t.Errorf("got %d messages, want one for each of five", got)
	}
	if got := w.listeners(); got != 0 {
		t.Errorf("got %d who wait for news of what is gone, want none", got)
	}
}

func TestStopAndDeletionTakeSomebodyOffTheListeners(t *testing.T) {
	w, _ := withBoard(t)
	w.keeps(1)
	w.keeps(2)
	if got := w.listeners(); got != 2 {
		t.Fatalf("got %d listeners, want 2", got)
	}
	w.bring(w.tap(1, flows.Tap{Exit: flows.ExStop}), w.tap(2, flows.Tap{Exit: flows.ExDelete}))
	w.rest()
	w.bring(w.tap(2, flows.Tap{Exit: flows.ExDeleteNow}))
	w.rest()
	if got := w.listeners(); got != 0 {
		t.Errorf("got %d listeners, want none", got)
	}
	if err := w.d.News(ctx, "change-1", time.Now(), flows.PostNews{ID: "p1", Standing: flows.PostGone}); err != nil {
		t.Fatal(err)
	}
	w.rest()
	if got := w.line.with("«post.news.off»"); got != 0 {
		t.Errorf("got %d messages after stop and 消す, want none", got)
	}
}

func TestWhoIsGoneWithoutATraceIsStruckOut(t *testing.T) {
	w, _ := withBoard(t)
	w.rdb.HSet(ctx, KeptKey(1), "p1 01-nobody", "1")
	if err := w.d.News(ctx, "change-1", time.Now(), flows.PostNews{ID: "p1", Standing: flows.PostGone}); err != nil {
		t.Fatal(err)
	}
	if got := w.listeners(); got != 0 {
		t.Errorf("got %d listeners, want none", got)
	}
}

func TestTheExactPlaceOfAPersonIsNeverAskedNorKept(t *testing.T) {
	w, b := withBoard(t)
	e := w.from(1, "message")
	e["message"] = map[string]any{"type": "location", "id": "5999999", "latitude": 35.689521, "longitude": 139.691704, "address": "東京都架空区ひみつ町1-2-3"}
	w.bring(e)
	w.rest()
	q := b.last()
	if q.Near == nil || *q.Near != (flows.Point{Lat: 35.69, Lng: 139.69}) {
		t.Fatalf("the board was asked about %+v, want the place to a kilometre", q.Near)
	}
	if got := w.line.with("«しずかなお茶»"); got != 1 {
		t.Errorf("got %d answers with what is near, want 1", got)
	}
	for _, key := range w.rdb.Keys(ctx, "*").Val() {
		dump := w.rdb.Dump(ctx, key).Val()
		if strings.Contains(dump, "689521") || strings.Contains(dump, "ひみつ町") {
			t.Errorf("the exact place stands in %s", key)
		}
	}
	for _, bad := range [][2]float64{{math.NaN(), 1}, {91, 0}, {0, -181}} {
		if got := flows.PointNear(bad[0], bad[1]); got != nil {
			t.Errorf("%v: got %+v, want no place", bad, got)
		}
	}
}

func TestTheBoardIsAskedForWhatAButtonMeans(t *testing.T) {
	w, b := withBoard(t)
	w.bring(w.tap(1, flows.Tap{Exit: flows.ExFind, Arg: "quiet"}))
	w.rest()
	if q := b.last(); q.How != "quiet" || len(q.About) != 0 {
		t.Errorf("asked %+v", q)
	}
	w.bring(w.tap(1, flows.Tap{Exit: flows.ExGo, Arg: "p1@2026-12-12"}))
	w.rest()
	if q := b.last(); !slices.Equal(q.About, []string{"p1@2026-12-12"}) {
		t.Errorf("asked %+v", q)
	}
	w.bring(w.text(1, "1")) // the first button under it
	w.rest()
	if got := w.line.with("«post.with»"); got != 1 {
		t.Errorf("got %d answers to the typed button, want 1: %v", got, w.line.messages())
	}
}
