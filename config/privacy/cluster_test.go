package privacy_test

import (
	"fmt"
	"testing"
	"time"

	"engawa/config/privacy"
	"engawa/config/redistest"
)

func TestEveryMoveStaysInOneSlotOfACluster(t *testing.T) {
	rdb := redistest.Cluster(t)
	before, after := privacy.NewMasterKey(), privacy.NewMasterKey()
	v := open(t, rdb, rdb, before)
	var items []privacy.Item
	for n := range 60 {
		o := privacy.Person(fmt.Sprintf("%02d-someone", n))
		items = append(items, privacy.Item{Owner: o, AAD: "state", Data: []byte("state")},
			privacy.Item{Owner: o, Text: "m1", AAD: "said", Data: []byte("words")})
	}
	must(t, v.SealMany(ctx, items))
	must(t, second(v.Seal(ctx, privacy.Day(time.Now()), "event", []byte("raw"))))
	for n := range 10 {
		must(t, v.Shred(ctx, items[2*n].Owner))
	}
	for n := 10; n < 20; n++ {
		must(t, v.ShredText(ctx, items[2*n].Owner, "m1"))
	}

	v = open(t, rdb, rdb, after+","+before)
	n, err := v.Rewrap(ctx)
	if err != nil || n != 52 { // 50 people, the day, the index
		t.Errorf("rewrap: got %d, %v, want 52", n, err)
	}
	v = open(t, rdb, rdb, after)
	must(t, v.OpenMany(ctx, items))
	for n := range 60 {
		state, text := items[2*n].Err == nil, items[2*n+1].Err == nil
		if wantState, wantText := n >= 10, n >= 20; state != wantState || text != wantText {
			t.Errorf("person %d: state %v, text %v, want %v, %v", n, state, text, wantState, wantText)
		}
	}
	until(t, "every node has rewritten its file", func() bool {
		must(t, v.Tend(ctx, time.Now()))
		return standing(t, v, time.Now()).Rewrite == "ok"
	})
	if got := standing(t, v, time.Now()); got.Keys.Fsync != "always" || got.Shreds != 20 {
		t.Errorf("got %+v", got)
	}
}
