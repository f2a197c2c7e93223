package config_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config"
	"engawa/config/redistest"
)

// soon tries again while the copies are only slow: on a busy machine one of them may
// answer late, which is no lie of ours.
func soon(ctx context.Context, do func() error) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		err := do()
		if err == nil || !strings.HasPrefix(err.Error(), "UNCOPIED") || ctx.Err() != nil {
			return err
		}
	}
}

// A write that the copy does not have is no success, whatever way it took; once the
// copy goes on, the same write is one.
func TestAWriteCountsOnlyWhenItIsCopied(t *testing.T) {
	for name, fleet := range map[string]func(testing.TB) *redistest.Fleet{"sentinels": redistest.Sentinels, "cluster": redistest.Clusters} {
		t.Run(name, func(t *testing.T) {
			f := fleet(t)
			c, err := config.OpenCopied(f.URL(), 1)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close() }()
			ctx, move := t.Context(), redis.NewScript(`return redis.call('SET', KEYS[1], ARGV[1])`)
			many := func() error {
				pipe := c.Pipeline()
				pipe.ZAdd(ctx, "{a}:z", redis.Z{Member: "m", Score: 1})
				pipe.ZCard(ctx, "{a}:z")
				pipe.ZAdd(ctx, "{b}:z", redis.Z{Member: "m", Score: 1})
				_, err := pipe.Exec(ctx)
				return err
			}
			run := func(value string) func() error {
				return func() error { return move.Run(ctx, c, []string{"{a}:n"}, value).Err() }
			}
			if err := soon(ctx, run("1")); err != nil {
				t.Fatalf("a copied move: %v", err)
			}
			if err := soon(ctx, many); err != nil {
				t.Fatalf("a copied pipeline: %v", err)
			}
			var thaw []func()
			for n := range f.Masters() {
				for _, s := range f.Copies(n) {
					thaw = append(thaw, s.Freeze())
				}
			}
			move.Load(ctx, c)
			if err := run("2")(); err == nil || !strings.HasPrefix(err.Error(), "UNCOPIED") {
				t.Errorf("a move while the copy hangs: %v", err)
			}
			if err := many(); err == nil || !strings.HasPrefix(err.Error(), "UNCOPIED") {
				t.Errorf("a pipeline while the copy hangs: %v", err)
			}
			if got, err := c.Get(ctx, "{a}:n").Result(); err != nil || got != "2" {
				t.Errorf("a reading while the copy hangs: %q, %v", got, err)
			}
			for _, f := range thaw {
				f()
			}
			f.InStep()
			if err := soon(ctx, run("2")); err != nil {
				t.Errorf("when the copy goes on: %v", err)
			}
		})
	}
}
