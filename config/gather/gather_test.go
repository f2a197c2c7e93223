package gather_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"engawa/config/gather"
	"engawa/config/redistest"
)

func TestEverybodyGetsTheirOwnAnswerHoweverManyAskAtOnce(t *testing.T) {
	rdb := redistest.Client(t)
	trips := gather.New(rdb)
	var all sync.WaitGroup
	for n := range 500 {
		all.Go(func() {
			key := fmt.Sprint("k", n)
			var set *redis.StatusCmd
			var got *redis.StringCmd
			var wrong *redis.Cmd
			err := trips.Do(t.Context(), func(p redis.Pipeliner) {
				set, got = p.Set(t.Context(), key, n, 0), p.Get(t.Context(), key)
				if n%7 == 0 {
					wrong = p.Do(t.Context(), "NOSUCH")
				}
			})
			if err != nil || set.Err() != nil || got.Val() != fmt.Sprint(n) {
				t.Errorf("%s: got %q, %v, %v", key, got.Val(), err, set.Err())
			}
			if wrong != nil && wrong.Err() == nil {
				t.Error("a command that Redis does not know went well")
			}
		})
	}
	all.Wait()
}

func TestWhoeverGivesUpHoldsNobodyUp(t *testing.T) {
	rdb := redistest.Client(t)
	trips := gather.New(rdb)
	gone, end := context.WithCancel(t.Context())
	end()
	for range 10 {
		if err := trips.Do(gone, func(p redis.Pipeliner) { p.Incr(t.Context(), "done for nobody") }); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the caller's own end", err)
		}
	}
	var pong *redis.StatusCmd
	if err := trips.Do(t.Context(), func(p redis.Pipeliner) { pong = p.Ping(t.Context()) }); err != nil || pong.Val() != "PONG" {
		t.Errorf("got %v, want an answer for who waits", err)
	}
	if n := rdb.Exists(t.Context(), "done for nobody").Val(); n != 0 {
		t.Error("what nobody waited for any more was sent all the same")
	}
}

func TestAStoreThatIsAwayIsAnErrorOfEveryCommandOnTheTrip(t *testing.T) {
	s := redistest.Start(t)
	rdb := s.Client()
	trips := gather.New(rdb)
	s.Kill()
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			var got *redis.StringCmd
			if err := trips.Do(t.Context(), func(p redis.Pipeliner) { got = p.Get(t.Context(), "k") }); err != nil {
				t.Errorf("got %v, want the answer in the command", err)
			} else if got.Err() == nil || errors.Is(got.Err(), redis.Nil) {
				t.Errorf("got %v from a store that is away", got.Err())
			}
		})
	}
	all.Wait()
}
