package webhook

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"engawa/config/redistest"
)

// BenchmarkPace brings 3,000 events a second over 64 connections whether or not the
// door keeps up: the time runs from the moment at which each was due.
func BenchmarkPace(b *testing.B) {
	rdb := redistest.Client(b)
	door := newPorch(b, rdb, "")
	b.Run("reference", func(b *testing.B) { pace(b, bare(rdb), 3000) })
	b.Run("door", func(b *testing.B) { pace(b, door.echo, 3000) })
}

func pace(b *testing.B, h http.Handler, rate int) {
	server := httptest.NewServer(h)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	start := time.Now()
	for range connections {
		all.Go(func() {
			for n := next.Add(1) - 1; n < int64(b.N); n = next.Add(1) - 1 {
				due := start.Add(time.Duration(n) * time.Second / time.Duration(rate))
				<-time.After(time.Until(due)) // the pace is the point
				if err := post(client, server.URL, n); err != nil {
					b.Error(err)
					return
				}
				took[n] = time.Since(due)
			}
		})
	}
	all.Wait()
	b.StopTimer()
	report(b, took)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acks/s")
}

func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// BenchmarkFlood brings ten times as many events at once as BenchmarkAck does, and in
// the middle the store stands still for three seconds. Nobody should wait longer than
// 1.2 s, which is a figure; whatever was acknowledged must lie in the store.
func BenchmarkFlood(b *testing.B) {
	server := redistest.Start(b)
	door := newPorch(b, server.Client(), "")
	b.Run("reference", func(b *testing.B) { flood(b, bare(server.Client()), server) })
	before := len(door.stored())
	var taken int64
	b.Run("door", func(b *testing.B) {
		got := flood(b, door.echo, server)
		taken += got.taken
	})
	if stored := int64(len(door.stored()) - before); stored < taken {
		b.Errorf("%d were acknowledged and %d are stored", taken, stored)
	}
}

// flooded is what became of a flood.
type flooded struct {
	taken, refused int64
	longest        time.Duration
}

func flood(b *testing.B, h http.Handler, store *redistest.Server) (got flooded) {
	const many = 10 * connections
	server := httptest.NewServer(h)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: many, MaxConnsPerHost: many}}
	defer client.CloseIdleConnections()
	ctx, over := context.WithTimeout(b.Context(), 8*time.Second)
	defer over()
	var taken, refused, longest, number atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for range many {
		all.Go(func() {
			for ctx.Err() == nil {
				began := time.Now()
				err := post(client, server.URL, number.Add(1))
				for d := int64(time.Since(began)); ; {
					if old := longest.Load(); d <= old || longest.CompareAndSwap(old, d) {
						break
					}
				}
				if err != nil {
					refused.Add(1)
				} else {
					taken.Add(1)
				}
			}
		})
	}
	<-time.After(3 * time.Second)
	if err := store.Client().Do(context.Background(), "client", "pause", 3000, "all").Err(); err != nil {
		b.Error(fmt.Errorf("pause: %w", err))
	}
	all.Wait()
	b.StopTimer()
	got = flooded{taken.Load(), refused.Load(), time.Duration(longest.Load())}
	b.ReportMetric(float64(got.taken)/b.Elapsed().Seconds(), "acks/s")
	b.ReportMetric(float64(got.refused), "asked-again")
	b.ReportMetric(float64(got.longest.Milliseconds()), "longest-ms")
	return got
}
