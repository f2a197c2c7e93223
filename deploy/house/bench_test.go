package house

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"engawa/bot/line/emulator"
)

// BenchmarkFigures measures the whole program as an operator would meet it and
// prints a table: start, memory, bytes per person, and the time from webhook to
// answer at 200 messages a second, for ENGAWA_BENCH_SECONDS. Run it through
// `make bench`, on a quiet machine.
func BenchmarkFigures(b *testing.B) {
	engawa(b) // built before the clock runs
	for b.Loop() {
		tw := newTown(b)
		began := time.Now()
		tw.start()
		ready := time.Since(began)
		rest := tw.resident()
		perPerson := tw.quietPeople(2000)
		length := time.Duration(scale(b, "ENGAWA_BENCH_SECONDS", 20)) * time.Second
		flat := tw.watch(length)
		lat, lost := tw.stream(200, length)
		tw.table([][3]string{
			{"start to ready", ms(ready), "≤ 1000 ms"},
			{"memory at rest", mb(rest), "≤ 120 MB"},
			{"memory in the middle → at the end of the load", flat(), "flat"},
			{"a quiet person in Redis", fmt.Sprintf("%d B", perPerson), "≤ 2048 B"},
			{"webhook → answer, 200/s, p50", ms(percentile(lat, 50)), "≤ 20 ms"},
			{"webhook → answer, 200/s, p99", ms(percentile(lat, 99)), "≤ 150 ms"},
			{"answers measured / missing", fmt.Sprintf("%d / %d", len(lat), lost), "none missing"},
			{"reference: bare HTTP to LINE's emulator, p50", ms(tw.reference()), "same machine, same run"},
		})
		tw.stop(syscall.SIGTERM)
	}
}

func (tw *town) table(rows [][3]string) {
	fmt.Printf("\n%-46s %16s   %s\n", "figure", "measured", "goal")
	for _, r := range rows {
		fmt.Printf("%-46s %16s   %s\n", r[0], r[1], r[2])
	}
}

// resident is the process's memory as the kernel counts it.
func (tw *town) resident() int64 {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(tw.proc.Process.Pid), "status"))
	if err != nil {
		tw.Fatal(err)
	}
	for _, line := range strings.Split(string(raw), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// quietPeople lets n people write once and fall silent, and says what each costs.
func (tw *town) quietPeople(n int) int64 {
	before := tw.used()
	users := make([]string, n)
	var group sync.WaitGroup
	slots := make(chan struct{}, 16)
	for i := range users {
		users[i] = tw.line.NewUser()
		slots <- struct{}{}
		group.Go(func() {
			tw.line.SendText(users[i], "家賃がもう無理")
			<-slots
		})
	}
	group.Wait()
	for _, u := range users {
		tw.awaitText(u, "いちばん近いものはどれですか")
	}
	return (tw.used() - before) / int64(n)
}

// used is the store's memory without what the journal and marks of events take,
// which go by age and not by person.
func (tw *town) used() int64 {
	c, total := tw.redis.Client(), int64(0)
	keys, err := c.Keys(tw.Context(), "*").Result()
	if err != nil {
		tw.Fatal(err)
	}
	for _, k := range keys {
		if strings.HasSuffix(k, ":journal") || strings.HasSuffix(k, ":seen") || strings.Contains(k, ":token:") {
			continue
		}
		n, err := c.MemoryUsage(tw.Context(), k).Result()
		if err == nil {
			total += n
		}
	}
	return total
}

// stream sends texts of many people at a steady rate and gives the time from the
// webhook's sending to the answer's arrival at LINE.
func (tw *town) stream(rate int, length time.Duration) (lat []time.Duration, missing int) {
	n := rate * int(length/time.Second)
	users := make([]string, n)
	for i := range users {
		users[i] = tw.line.NewUser()
	}
	sent := make([]time.Time, n)
	var group sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for i := range users {
		<-tick.C
		sent[i] = time.Now()
		group.Go(func() { tw.line.SendText(users[i], "借金の電話がこわい") })
	}
	group.Wait()
	for i, u := range users {
		ctx, cancel := context.WithTimeout(tw.Context(), 20*time.Second)
		got, err := tw.line.Await(ctx, u, emulator.AtLeast(1))
		cancel()
		if err != nil {
			missing++
			continue
		}
		lat = append(lat, got[0].At.Sub(sent[i]))
	}
	slices.Sort(lat)
	return lat, missing
}

// reference is a plain request to the emulator: what no program could beat.
func (tw *town) reference() time.Duration {
	var all []time.Duration
	for range 200 {
		began := time.Now()
		req, err := http.NewRequestWithContext(tw.Context(), http.MethodGet, tw.api.URL+"/v2/bot/info", nil)
		if err != nil {
			tw.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+townToken)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			tw.Fatal(err)
		}
		_ = res.Body.Close()
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	return percentile(all, 50)
}

func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, len(sorted)*p/100)]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
func mb(n int64) string         { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }
