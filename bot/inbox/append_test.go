package inbox

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"engawa/config/redistest"
)

func TestWhatManyCallersWaitForIsAllStored(t *testing.T) {
	rdb := redistest.Client(t)
	a := NewAppender(rdb, 4)
	var all sync.WaitGroup
	for p := range 64 {
		all.Go(func() {
			for n := range 10 {
				if err := a.Append(t.Context(), []Entry{word(p, n)}); err != nil {
					t.Errorf("append: %v", err)
				}
			}
		})
	}
	all.Wait()
	stored := int64(0)
	for l := range Lane(4) {
		stored += rdb.XLen(t.Context(), LaneKey(l, "in")).Val()
	}
	if stored != 640 {
		t.Errorf("got %d entries, want 640", stored)
	}
}

func TestAnAppendToAStoreThatIsAwayFailsSoonAndTheNextOneWorks(t *testing.T) {
	server := redistest.Start(t)
	a := NewAppender(server.Client(), 4)
	put(t, a, word(1, 1))
	server.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := a.Append(ctx, []Entry{word(1, 2)}); err == nil {
		t.Error("an append without a store was acknowledged")
	}
	server.Restart()
	until(t, "appended again", func() bool { return a.Append(t.Context(), []Entry{word(1, 3)}) == nil })
}

func TestWhoHasGivenUpIsNotStoredAnyMore(t *testing.T) {
	rdb := redistest.Client(t)
	a := NewAppender(rdb, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Append(ctx, []Entry{word(1, 1)}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that the caller gave up", err)
	}
	put(t, a, word(1, 2))
	if n := rdb.XLen(t.Context(), LaneKey(0, "in")).Val(); n != 1 {
		t.Errorf("got %d entries, want only the second", n)
	}
}

func TestWithReplicasAnEntryCountsWhenItIsCopied(t *testing.T) {
	main, copied := redistest.StartTCP(t), redistest.StartTCP(t)
	host, port, err := net.SplitHostPort(main.Addr())
	if err != nil {
		t.Fatal(err)
	}
	if err := copied.Client().Do(t.Context(), "replicaof", host, port).Err(); err != nil {
		t.Fatal(err)
	}
	a := NewAppender(main.Client(), 4)
	a.Replicas = 1
	until(t, "the replica is in step", func() bool { return a.Append(t.Context(), []Entry{word(1, 1)}) == nil })
	put(t, a, word(1, 2), word(2, 2), word(3, 2))
	var there int64
	for l := range Lane(4) {
		there += copied.Client().XLen(t.Context(), LaneKey(l, "in")).Val()
	}
	if there < 4 {
		t.Errorf("got %d entries on the replica, want every acknowledged one", there)
	}
	copied.Kill()
	if err := a.Append(t.Context(), []Entry{word(1, 3)}); !errors.Is(err, ErrReplicas) {
		t.Errorf("got %v, want that there is no copy", err)
	}
}
