package dialogue

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"engawa/bot/inbox"
	"engawa/bot/outbox"
	"engawa/config/redistest"
	"engawa/flows"
)

// BenchmarkTurns measures whole turns without LINE: a thousand people, each event
// opened, read, stepped, sealed and committed on a Redis with appendfsync always.
func BenchmarkTurns(b *testing.B) {
	w := newWorld(b, redistest.Client(b))
	w.log.off()
	entries := make([]inbox.Entry, b.N)
	for i := range entries {
		entries[i] = w.entry(w.tap(i%1000, flows.Tap{Exit: flows.ExMenu, Arg: "okane/家賃"}))
	}
	for part := range slices.Chunk(entries, 256) {
		if err := w.inbox.Append(context.Background(), part); err != nil {
			b.Fatal(err)
		}
	}
	r := inbox.NewReader(w.rdb, lanes, w.d, inbox.Options{Process: "bench"})
	ctx, stop := context.WithCancel(context.Background())
	var run sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	run.Go(func() { r.Run(ctx) })
	w.until("all taken", func() bool { return w.counts()["received"] == int64(b.N) })
	b.StopTimer()
	stop()
	run.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
}

// clock is a LINE that notes when the answer to each reply token came.
type clock struct {
	fakeLINE
	mu   sync.Mutex
	came map[string]time.Time
}

func (c *clock) Reply(_ context.Context, token string, _ []json.RawMessage) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.came[token] = time.Now()
	return nil
}

func (c *clock) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.came)
}

// BenchmarkAnswers measures the time from an event lying in its lane to its answer
// being handed to LINE, at 200 events a second.
func BenchmarkAnswers(b *testing.B) {
	w := newWorld(b, redistest.Client(b))
	w.log.off()
	line := &clock{came: map[string]time.Time{}}
	out := outbox.New(outbox.Parts{
		Redis: w.rdb, Vault: w.vault, LINE: line, People: w.people, Desk: w.desk, Alarm: w.desk, Keys: w.people,
	}, outbox.Options{Lanes: lanes})
	w.d.Wake = out.Wake
	r := inbox.NewReader(w.rdb, lanes, w.d, inbox.Options{Process: "bench", While: []func(context.Context, inbox.Lease){out.Run}})
	w.inbox.Readers = r
	ctx, stop := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() { r.Run(ctx) })
	w.until("the lanes are held", func() bool { return r.Holds(0) && r.Holds(lanes-1) })

	left := map[string]time.Time{}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	var bring sync.WaitGroup
	b.ResetTimer()
	for i := range b.N {
		<-tick.C
		e := w.tap(i%2000, flows.Tap{Exit: flows.ExMenu, Arg: "okane/家賃"})
		left[e["replyToken"].(string)] = time.Now()
		entry := w.entry(e)
		bring.Go(func() {
			if err := w.inbox.Append(context.Background(), []inbox.Entry{entry}); err != nil {
				b.Error(err)
			}
		})
	}
	bring.Wait()
	w.until("all answered", func() bool { return line.count() == b.N })
	b.StopTimer()
	stop()
	run.Wait()
	var took []time.Duration
	for token, at := range line.came {
		took = append(took, at.Sub(left[token]))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
