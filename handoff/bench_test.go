package handoff

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"engawa/config/redistest"
	"engawa/flows"
)

// contending is how many coordinators press 「受けとる」 at the same moment.
const contending = 64

// BenchmarkClaim lets 64 coordinators claim one case at once, again and again with a
// new case. The reference is the least that could decide such a race: one SET NX
// each, on the same Redis (appendfsync always).
func BenchmarkClaim(b *testing.B) {
	rdb := redistest.Client(b)
	b.Run("reference", func(b *testing.B) {
		races(b, func(n int) func(who int) bool {
			key := fmt.Sprint("race-", n)
			return func(who int) bool {
				won, err := rdb.SetNX(b.Context(), key, who, 0).Result()
				if err != nil {
					b.Error(err)
				}
				return won
			}
		})
	})
	b.Run("claim", func(b *testing.B) {
		w := worldOn(b, redistest.Client(b))
		w.desk.opt.Capacity = 1 << 30
		races(b, func(n int) func(who int) bool {
			id := w.open(flows.PersonID(fmt.Sprintf("%02d-p%d", n%16, n)))
			return func(who int) bool {
				_, err := w.desk.Claim(b.Context(), id, Staff{Name: fmt.Sprint("staff", who), Alias: "すずらん"})
				var taken *TakenError
				if err != nil && !errors.As(err, &taken) {
					b.Error(err)
				}
				return err == nil
			}
		})
	})
}

var raced atomic.Int64 // a benchmark runs more than once on one store

// races runs b.N races with one winner each and reports how long each of the 64 waited.
func races(b *testing.B, begin func(n int) func(who int) bool) {
	took := make([]time.Duration, b.N*contending)
	for n := range b.N {
		try := begin(int(raced.Add(1)))
		var won atomic.Int32
		var all sync.WaitGroup
		start := make(chan struct{})
		for who := range contending {
			all.Go(func() {
				<-start
				began := time.Now()
				if try(who) {
					won.Add(1)
				}
				took[n*contending+who] = time.Since(began)
			})
		}
		close(start)
		all.Wait()
		if won.Load() != 1 {
			b.Fatalf("%d of %d got the case, want one", won.Load(), contending)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
