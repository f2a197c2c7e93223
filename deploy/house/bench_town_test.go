package house

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/bot/people"
	"engawa/config"
	"engawa/config/privacy"
)

// scale is how large a benchmark shall be; `make bench` takes the small one.
func scale(b *testing.B, name string, otherwise int) int {
	b.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("%s is no number", name)
	}
	return n
}

// BenchmarkOverload brings ten times the events of BenchmarkFigures, far more than two
// cores can answer: answers come late, and none is missing. The door says what it has
// to say all the same.
func BenchmarkOverload(b *testing.B) {
	engawa(b)
	for b.Loop() {
		tw := newTown(b)
		tw.start()
		rest := tw.resident()
		const rate, length = 2000, 3 * time.Second
		began := time.Now()
		lat, lost := tw.stream(rate, length)
		refused := 0
		var door []time.Duration
		for _, e := range tw.line.Events() {
			refused += e.Tries - 1
			door = append(door, e.Longest)
		}
		slices.Sort(door)
		tw.table([][3]string{
			{"overload: events a second, for 3 s", fmt.Sprint(rate), "10 × 200/s"},
			{"overload: answers / missing", fmt.Sprintf("%d / %d", len(lat), lost), "none missing"},
			{"overload: until the last answer", ms(time.Since(began)), ""},
			{"overload: webhook → answer, p50", ms(percentile(lat, 50)), "late"},
			{"overload: webhook → answer, longest", ms(percentile(lat, 100)), "late"},
			{"overload: asked to bring again", fmt.Sprint(refused), ""},
			{"overload: the door, p99 / longest (the generator's own queue included)", ms(percentile(door, 99)) + " / " + ms(percentile(door, 100)), "≤ 1200 ms"},
			{"overload: memory, at rest / after", mb(rest) + " / " + mb(tw.resident()), ""},
		})
		if lost > 0 {
			b.Errorf("%d answers are missing", lost)
		}
		tw.stop(syscall.SIGTERM)
	}
}

// BenchmarkQuietTown fills the store with people who wrote once in the last thirty
// days and fell silent: what each costs, what they cost at the start, and how long the
// sweep of one day takes. ENGAWA_BENCH_PEOPLE says how many.
func BenchmarkQuietTown(b *testing.B) {
	engawa(b)
	for b.Loop() {
		n := scale(b, "ENGAWA_BENCH_PEOPLE", 20_000)
		tw := newTown(b)
		began := time.Now()
		tw.start()
		empty := time.Since(began)
		h := tw.inside()
		sample := tw.sample()
		tw.stop(syscall.SIGTERM)

		before := tw.memory()
		tw.populate(h, sample, n)
		each := (tw.memory() - before) / int64(n)
		began = time.Now()
		tw.start()
		full := time.Since(began)
		rest := tw.resident()

		tomorrow := time.Now().Add(24 * time.Hour)
		began = time.Now()
		swept, err := h.people.Sweep(b.Context(), tomorrow)
		took := time.Since(began)
		if err != nil || swept.Words == 0 {
			b.Fatalf("the sweep found %+v (%v)", swept, err)
		}
		tw.table([][3]string{
			{"quiet people", fmt.Sprint(n), ""},
			{"a quiet person in Redis, all told", fmt.Sprintf("%d B", each), "≤ 2048 B"},
			{"start with them / reference: empty store", ms(full) + " / " + ms(empty), "≤ 1000 ms"},
			{"memory at rest with them", mb(rest), "≤ 120 MB"},
			{fmt.Sprintf("a day's sweep: words of %d go", swept.Words), ms(took), ""},
			{"reference: as many keys deleted one by one", ms(tw.deleting(swept.Words)), "same Redis, same run"},
		})
		tw.stop(syscall.SIGTERM)
	}
}

// inside opens the parts of the house beside the running process.
func (tw *town) inside() *house {
	tw.Helper()
	cfg, err := config.Load(tw.env)
	if err != nil {
		tw.Fatal(err)
	}
	h, err := newHouse(tw.Context(), cfg, alone(tw.store.Client()), bundleOf(tw), slog.New(slog.DiscardHandler))
	if err != nil {
		tw.Fatal(err)
	}
	return h
}

// sample is what stands in the store of somebody who wrote once.
type sample struct{ person, words map[string]string }

func (tw *town) sample() (s sample) {
	tw.Helper()
	user := tw.line.NewUser()
	tw.line.SendText(user, "家賃がもう無理")
	tw.awaitText(user, "いちばん近いものはどれですか")
	c := tw.store.Client()
	for kind, into := range map[string]*map[string]string{"person": &s.person, "words": &s.words} {
		keys := tw.keys("{lane-*}:" + kind + ":*")
		if len(keys) != 1 {
			tw.Fatalf("got %d keys of %s, want one", len(keys), kind)
		}
		*into = c.HGetAll(tw.Context(), keys[0]).Val()
	}
	return s
}

// populate writes n people like the sample: each with keys, seals and ids of their own,
// of the same lengths. The disk waits until it is done.
func (tw *town) populate(h *house, s sample, n int) {
	tw.Helper()
	c := tw.store.Client()
	for _, how := range []string{"no", "always"} {
		if err := c.ConfigSet(tw.Context(), "appendfsync", how).Err(); err != nil {
			tw.Fatal(err)
		}
		if how == "always" {
			break
		}
		now := time.Now()
		numbers := make(chan int)
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for from := range numbers {
					if err := settle(tw.Context(), h, s, from, min(from+500, n), n, now); err != nil {
						tw.Error(err)
					}
				}
			})
		}
		for from := 0; from < n; from += 500 {
			numbers <- from
		}
		close(numbers)
		group.Wait()
	}
}

// settle writes the people from … to, whose last words are spread over thirty days.
func settle(ctx context.Context, h *house, s sample, from, to, n int, now time.Time) error {
	var items []privacy.Item
	var put []func(redis.Pipeliner)
	for i := from; i < to; i++ {
		blind := h.vault.Blind(fmt.Sprintf("U%032x", i))
		p := people.Stranger(inbox.LaneOf(blind, h.append.Lanes()), blind)
		person := map[string]string{}
		seal := func(hash map[string]string, field, text string, like string) {
			k := len(items)
			items = append(items, privacy.Item{Owner: privacy.Person(string(p.ID)), Text: text, AAD: field, Data: make([]byte, len(like)-privacy.Overhead)})
			put = append(put, func(redis.Pipeliner) { hash[field] = string(items[k].Data) })
		}
		for field, value := range s.person {
			switch field {
			case people.FieldLINE, people.FieldState:
				seal(person, field, "", value)
			case people.FieldBlind:
				person[field] = string(blind)
			default:
				person[field] = value
			}
		}
		words := map[string]string{}
		for id, value := range s.words {
			id = fmt.Sprintf("%0*d", len(id), i)
			seal(words, id, id, value)
		}
		at := now.Add(-time.Duration(float64(30*24*time.Hour) * float64(i) / float64(n)))
		put = append(put, func(pipe redis.Pipeliner) {
			pipe.HSet(ctx, people.Key(p.ID, "person"), person)
			pipe.HSet(ctx, people.Key(p.ID, "words"), words)
			pipe.Set(ctx, people.WhoKey(p.Lane, blind), string(p.ID), 0)
			pipe.ZAdd(ctx, people.ListKey(p.Lane), redis.Z{Score: float64(at.UnixMilli()), Member: string(p.ID)})
		})
	}
	if err := h.vault.SealMany(ctx, items); err != nil {
		return err
	}
	pipe := h.rdb.Pipeline()
	for _, do := range put {
		do(pipe)
	}
	_, err := pipe.Exec(ctx)
	return err
}

// memory is what Redis uses in all.
func (tw *town) memory() int64 {
	tw.Helper()
	info, err := tw.store.Client().Info(tw.Context(), "memory").Result()
	if err != nil {
		tw.Fatal(err)
	}
	for _, line := range strings.Split(info, "\r\n") {
		if rest, ok := strings.CutPrefix(line, "used_memory:"); ok {
			n, _ := strconv.ParseInt(rest, 10, 64)
			return n
		}
	}
	return 0
}

// deleting is how long it takes to delete so many small keys, each waited for.
func (tw *town) deleting(n int) time.Duration {
	tw.Helper()
	c := tw.store.Client()
	pipe := c.Pipeline()
	for i := range n {
		pipe.Set(tw.Context(), fmt.Sprint("reference-", i), "x", 0)
	}
	if _, err := pipe.Exec(tw.Context()); err != nil {
		tw.Fatal(err)
	}
	began := time.Now()
	for i := range n {
		if err := c.Del(tw.Context(), fmt.Sprint("reference-", i)).Err(); err != nil {
			tw.Fatal(err)
		}
	}
	return time.Since(began)
}

// watch notes the program's memory every tenth of the time; flat is how much the last
// third is above the middle one, in percent.
func (tw *town) watch(length time.Duration) (flat func() string) {
	over := make(chan struct{})
	var all []int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(length / 30)
		defer tick.Stop()
		for {
			select {
			case <-over:
				return
			case <-tick.C:
				all = append(all, tw.resident())
			}
		}
	}()
	return func() string {
		close(over)
		<-done
		if len(all) < 6 {
			return "too short"
		}
		third := len(all) / 3
		middle, last := slices.Max(all[third:2*third]), slices.Max(all[2*third:])
		return fmt.Sprintf("%s → %s", mb(middle), mb(last))
	}
}
