package house

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/people"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/console"
	"engawa/handoff/find"
)

// BenchmarkSearch looks for a word among cases whose talks have six letters each;
// the issue asks for 10,000 cases in 500 ms. "words" is the same in memory, in clear.
func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("cases=%d", n), func(b *testing.B) {
			s := searchTown(b, n)
			q := find.Read("ｶﾅﾘｱ")
			b.ReportAllocs()
			var slowest time.Duration
			for b.Loop() {
				began := time.Now()
				hits, err := s.Find(b.Context(), q, func(handoff.Case) bool { return true })
				if err != nil || len(hits) != 1 {
					b.Fatalf("%d hits, %v; want one", len(hits), err)
				}
				slowest = max(slowest, time.Since(began))
			}
			b.ReportMetric(float64(slowest.Milliseconds()), "slowest-ms")
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapSys>>20), "heap-MB")
		})
	}
	b.Run("words=60000", func(b *testing.B) {
		q := find.Read("ｶﾅﾘｱ")
		text := strings.Repeat("家賃がもう無理かもしれません。", 2)
		for b.Loop() {
			for range 60_000 {
				if q.In(text) {
					b.Fatal("found")
				}
			}
		}
	})
}

// searchTown is a store with so many closed cases, each of a person of its own, and
// one word in one of them.
func searchTown(b *testing.B, n int) *console.Search {
	b.Helper()
	rdb := redistest.Client(b)
	master, err := privacy.ParseMaster(privacy.NewMasterKey())
	if err != nil {
		b.Fatal(err)
	}
	vault, err := privacy.Open(b.Context(), rdb, rdb, master)
	if err != nil {
		b.Fatal(err)
	}
	const each = 6
	at := time.Now().Add(-time.Hour)
	for from := 0; from < n; from += 250 {
		seedTalks(b, rdb, vault, from, min(250, n-from), each, at)
	}
	store := people.New(rdb, vault, 16)
	h := &house{people: store}
	desk := handoff.New(rdb, nil, nil, nil, handoff.Options{})
	return &console.Search{Desk: desk, Talks: h.talksOf}
}

func seedTalks(b *testing.B, rdb redis.UniversalClient, vault *privacy.Vault, from, n, each int, at time.Time) {
	b.Helper()
	var items []privacy.Item
	var all []people.Sealing
	for i := range n * each {
		p := flows.PersonID(fmt.Sprintf("%02d-%d", (from+i/each)%16, from+i/each))
		text := strings.Repeat("家賃がもう無理かもしれません。", 2)
		if from+i == 0 {
			text = "カナリアのことを聞きたいです"
		}
		s, err := people.NewSealing(p, people.Said{ID: fmt.Sprintf("t%d", i), At: at, By: people.ByResident, Kind: people.KindText, Text: text}, nil)
		if err != nil {
			b.Fatal(err)
		}
		all, items = append(all, s), append(items, s.Items()...)
	}
	if err := vault.SealMany(b.Context(), items); err != nil {
		b.Fatal(err)
	}
	pipe := rdb.Pipeline()
	for i := range all {
		all[i].Take(items[2*i : 2*i+2])
		stored, err := all[i].Stored()
		if err != nil {
			b.Fatal(err)
		}
		p := flows.PersonID(fmt.Sprintf("%02d-%d", (from+i/each)%16, from+i/each))
		pipe.HSet(b.Context(), people.Key(p, "words"), all[i].ID, stored)
		if i%each == 0 {
			id := fmt.Sprintf("c%d", from+i/each)
			body, err := json.Marshal(handoff.Case{ID: flows.CaseID(id), Person: p, Alias: "みどりのつばめ 27", State: handoff.Closed,
				Opened: at, Since: at.Add(-time.Minute), ReadTo: at.Add(time.Minute), Closed: at.Add(2 * time.Minute)})
			if err != nil {
				b.Fatal(err)
			}
			pipe.HSet(b.Context(), "{desk}:case:"+id, "r", 1, "c", body)
			pipe.ZAdd(b.Context(), "{desk}:closed", redis.Z{Score: float64(at.UnixMilli()), Member: id})
		}
	}
	if _, err := pipe.Exec(context.Background()); err != nil {
		b.Fatal(err)
	}
}
