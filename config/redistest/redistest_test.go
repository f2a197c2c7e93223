package redistest_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"engawa/config/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEachClientSeesAnEmptyDatabaseOfItsOwn(t *testing.T) {
	ctx := context.Background()
	a, b := redistest.Client(t), redistest.Client(t)
	if err := a.Set(ctx, "k", "a", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if got := b.Exists(ctx, "k").Val(); got != 0 {
		t.Errorf("keys of a seen through b: got %d, want 0", got)
	}
}

func TestADatabaseIsEmptyWhenItIsHandedOutAgain(t *testing.T) {
	ctx := context.Background()
	for round := range 200 { // more rounds than databases
		t.Run("", func(t *testing.T) {
			c := redistest.Client(t)
			if got := c.DBSize(ctx).Val(); got != 0 {
				t.Fatalf("round %d: got %d keys, want 0", round, got)
			}
			c.Set(ctx, "k", "v", 0)
		})
	}
}

func TestDatabaseTellsTheAddressOfItsOwnDatabase(t *testing.T) {
	ctx := context.Background()
	_, _ = redistest.Database(t) // so that the next one is not database 0
	c, url := redistest.Database(t)
	c.Set(ctx, "k", "v", 0)
	opt, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	other := redis.NewClient(opt)
	defer func() { _ = other.Close() }()
	if got := other.Get(ctx, "k").Val(); got != "v" {
		t.Errorf("through the address: got %q, want %q", got, "v")
	}
}

func TestAKilledServerComesBackWithEveryAcknowledgedWrite(t *testing.T) {
	ctx := context.Background()
	s := redistest.Start(t)
	for range 50 {
		if err := s.Client().Incr(ctx, "n").Err(); err != nil {
			t.Fatal(err)
		}
	}
	s.Kill()
	if err := s.Client().Ping(ctx).Err(); err == nil {
		t.Error("a killed server answered")
	}
	s.Restart()
	if got := s.Client().Get(ctx, "n").Val(); got != "50" {
		t.Errorf("after the kill: got %s writes, want 50", got)
	}
}

func TestAOFShowsWhatWasWritten(t *testing.T) {
	s := redistest.Start(t)
	if err := s.Client().Set(context.Background(), "k", "canary-in-the-file", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(s.AOF(), []byte("canary-in-the-file")) {
		t.Error("the append-only files do not show an acknowledged write")
	}
}

func TestAClusterRefusesAScriptOverTwoSlots(t *testing.T) {
	ctx := context.Background()
	c := redistest.Cluster(t)
	if err := c.Set(ctx, "{a}", "1", 0).Err(); err != nil {
		t.Fatal(err)
	}
	move := redis.NewScript(`return redis.call('SET', KEYS[2], 'x')`)
	if err := move.Run(ctx, c, []string{"{a}", "{b}"}).Err(); err == nil {
		t.Error("a script over two slots was run")
	}
	if err := move.Run(ctx, c, []string{"{a}", "{a}:2"}).Err(); err != nil {
		t.Errorf("a script over one slot: %v", err)
	}
}

// A copy that takes over is tried with the kind of server that the fleet is made of.
func TestACopyTakesOverWithEveryCopiedWrite(t *testing.T) {
	for name, fleet := range map[string]func(testing.TB) *redistest.Fleet{"sentinels": redistest.Sentinels, "cluster": redistest.Clusters} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			f := fleet(t)
			for i := range 30 {
				if err := f.Client().Set(ctx, string(rune('a'+i)), "v", 0).Err(); err != nil {
					t.Fatal(err)
				}
			}
			f.InStep()
			f.Lose(0)
			for i := range 30 {
				if got := f.Client().Get(ctx, string(rune('a'+i))).Val(); got != "v" {
					t.Errorf("key %d after the fail-over: %q", i, got)
				}
			}
			f.Mend(0)
		})
	}
}
