package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"engawa/config/backup"
	"engawa/config/privacy"
	"engawa/config/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func master(t *testing.T) privacy.Master {
	t.Helper()
	m, err := privacy.ParseMaster(privacy.NewMasterKey())
	must(t, err)
	return m
}

func everything(m privacy.Master) backup.Options {
	return backup.Options{Master: m, Skip: func(string) bool { return false }, Refuse: func(string) error { return nil }}
}

func take(t *testing.T, c redis.UniversalClient, opt backup.Options) ([]byte, backup.Taken) {
	t.Helper()
	var b bytes.Buffer
	taken, err := backup.Take(t.Context(), c, &b, opt)
	must(t, err)
	return b.Bytes(), taken
}

func open(t *testing.T, file []byte, m privacy.Master) *backup.File {
	t.Helper()
	f, err := backup.Open(bytes.NewReader(file), int64(len(file)), m)
	must(t, err)
	return f
}

func nothing() error { return nil }

// fill writes every kind of value in every form in which Redis packs it.
func fill(t *testing.T, c redis.UniversalClient) {
	t.Helper()
	pipe := c.Pipeline()
	ctx := t.Context()
	long := strings.Repeat("縁側に座る。", 3000)
	pipe.Set(ctx, "text", "ことば\x00\r\n", 0)
	pipe.Set(ctx, "compressed", long, 0)
	for n, number := range []int{7, -7, 300, -300, 70000, -70000, 1 << 40} {
		pipe.Set(ctx, fmt.Sprint("number", n), number, 0)
		pipe.Set(ctx, fmt.Sprint(number), "a key that is a number", 0)
	}
	pipe.Set(ctx, strings.Repeat("a-long-key-", 40), "a compressed key", 0)
	pipe.Set(ctx, "later", "gone tomorrow", 24*time.Hour)
	pipe.RPush(ctx, "list", "a", 1, -70000)
	pipe.SAdd(ctx, "numbers", 1, 2, 300000)
	pipe.SAdd(ctx, "set", "a", "b", "c")
	pipe.HSet(ctx, "hash", "k", "v", "n", 12)
	pipe.HSet(ctx, "hash with a long value", "k", long)
	pipe.ZAdd(ctx, "ranks", redis.Z{Member: "a", Score: 1.5}, redis.Z{Member: "b", Score: -3})
	for n := range 700 {
		pipe.RPush(ctx, "long list", fmt.Sprint(n, strings.Repeat("x", 90)))
		pipe.SAdd(ctx, "big set", fmt.Sprint("m", n))
		pipe.HSet(ctx, "big hash", fmt.Sprint("f", n), n)
		pipe.ZAdd(ctx, "big ranks", redis.Z{Member: fmt.Sprint("m", n), Score: float64(n) / 3})
		pipe.XAdd(ctx, &redis.XAddArgs{Stream: "stream", ID: fmt.Sprintf("%d-1", n+1), Values: []any{"e", strings.Repeat("y", n%50)}})
	}
	pipe.RPush(ctx, "long list", long) // one that gets a node of its own
	pipe.XDel(ctx, "stream", "5-1", "700-1")
	pipe.XGroupCreate(ctx, "stream", "readers", "3-1")
	pipe.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "readers", Consumer: "one", Streams: []string{"stream", ">"}, Count: 5, Block: -1})
	pipe.FunctionLoad(ctx, "#!lua name=other\nredis.register_function('f', function() return 1 end)")
	_, err := pipe.Exec(ctx)
	must(t, err)
}

// told is all that a store answers about its values.
func told(t *testing.T, c redis.UniversalClient) map[string]string {
	t.Helper()
	ctx, all := t.Context(), map[string]string{}
	var turn sync.Mutex
	look := func(ctx context.Context, c *redis.Client) error {
		keys, err := c.Keys(ctx, "*").Result()
		if err != nil {
			return err
		}
		for _, k := range keys {
			value := tell(ctx, c, k)
			turn.Lock()
			all[k] = fmt.Sprint(value, " ", c.PExpireTime(ctx, k).Val())
			turn.Unlock()
		}
		return nil
	}
	switch c := c.(type) {
	case *redis.Client:
		must(t, look(ctx, c))
	case *redis.ClusterClient:
		must(t, c.ForEachMaster(ctx, look))
	}
	return all
}

func tell(ctx context.Context, c *redis.Client, key string) any {
	switch kind := c.Type(ctx, key).Val(); kind {
	case "string":
		return c.Get(ctx, key).Val()
	case "list":
		return c.LRange(ctx, key, 0, -1).Val()
	case "set":
		all := c.SMembers(ctx, key).Val()
		slices.Sort(all)
		return all
	case "hash":
		return c.HGetAll(ctx, key).Val() // fmt sorts maps
	case "zset":
		return c.ZRangeWithScores(ctx, key, 0, -1).Val()
	case "stream":
		groups := c.XInfoGroups(ctx, key).Val()
		var waiting any
		if len(groups) > 0 {
			waiting = c.XPending(ctx, key, "readers").Val().Consumers
		}
		about := c.XInfoStream(ctx, key).Val()
		return fmt.Sprint(c.XRange(ctx, key, "-", "+").Val(), groups, waiting, about.LastGeneratedID, about.EntriesAdded, about.MaxDeletedEntryID)
	default:
		return "unknown kind " + kind
	}
}

func TestEveryKindOfValueComesBackAsItWas(t *testing.T) {
	from, to, m := redistest.Client(t), redistest.Client(t), master(t)
	fill(t, from)
	file, taken := take(t, from, everything(m))
	want := told(t, from)
	if int(taken.Keys) != len(want) || taken.Masters != 1 || taken.Apart {
		t.Errorf("got %+v, want %d keys of one master", taken, len(want))
	}
	n, err := open(t, file, m).Put(t.Context(), to, nothing)
	must(t, err)
	if n != taken.Keys {
		t.Errorf("put %d keys, want %d", n, taken.Keys)
	}
	compare(t, told(t, to), want)
}

func compare(t *testing.T, got, want map[string]string) {
	t.Helper()
	for k := range want {
		if got[k] != want[k] {
			t.Errorf("%.20q: got %.200q, want %.200q", k, got[k], want[k])
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d keys, want %d: %q", len(got), len(want), slices.Sorted(maps.Keys(got)))
	}
}

// TestABackupGoesFromAnyKindOfStoreIntoAnyOther goes from Sentinel to a cluster and
// from there to one node.
func TestABackupGoesFromAnyKindOfStoreIntoAnyOther(t *testing.T) {
	sentinels, cluster, one := redistest.Sentinels(t).Client(), redistest.Clusters(t).Client(), redistest.Client(t)
	m := master(t)
	fill(t, sentinels)
	for _, path := range []struct {
		from, to redis.UniversalClient
		masters  int
	}{{sentinels, cluster, 1}, {cluster, one, 3}} {
		file, taken := take(t, path.from, everything(m))
		if taken.Masters != path.masters || taken.Apart {
			t.Errorf("got %+v, want %d masters and one moment", taken, path.masters)
		}
		_, err := open(t, file, m).Put(t.Context(), path.to, nothing)
		must(t, err)
	}
	want := told(t, cluster)
	if len(want) < 20 {
		t.Fatalf("the cluster has %d keys", len(want))
	}
	compare(t, told(t, one), want)
}

// TestABackupUnderLoadIsOfOneMoment writes a number to one master and then to another,
// without end: at no moment do they differ by more than one.
func TestABackupUnderLoadIsOfOneMoment(t *testing.T) {
	cluster, m := redistest.Clusters(t).Client(), master(t)
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	begun := make(chan struct{})
	writing.Go(func() {
		for n := 1; ctx.Err() == nil; n++ {
			for _, key := range []string{"{a}", "{b}", "{c}"} { // of three masters
				if err := cluster.Set(context.Background(), key, n, 0).Err(); err != nil {
					t.Errorf("write: %v", err)
					return
				}
			}
			if n == 10 {
				close(begun)
			}
		}
	})
	<-begun
	for range 5 {
		file, taken := take(t, cluster, everything(m))
		if taken.Apart {
			t.Error("the masters did not wait for each other")
		}
		one := redistest.Client(t)
		_, err := open(t, file, m).Put(t.Context(), one, nothing)
		must(t, err)
		a, _ := one.Get(t.Context(), "{a}").Int()
		b, _ := one.Get(t.Context(), "{b}").Int()
		c, _ := one.Get(t.Context(), "{c}").Int()
		if a == 0 || a < b || b < c || a-c > 1 {
			t.Errorf("got %d, %d, %d: not of one moment", a, b, c)
		}
	}
	stop()
	writing.Wait()
}

func TestOnlyTheHousesOwnDatabaseIsTaken(t *testing.T) {
	mine, other, to, m := redistest.Client(t), redistest.Client(t), redistest.Client(t), master(t)
	must(t, mine.Set(t.Context(), "mine", 1, 0).Err())
	must(t, other.Set(t.Context(), "somebody else's", 1, 0).Err())
	file, _ := take(t, mine, everything(m))
	_, err := open(t, file, m).Put(t.Context(), to, nothing)
	must(t, err)
	if got := to.Keys(t.Context(), "*").Val(); !slices.Equal(got, []string{"mine"}) {
		t.Errorf("got %q, want mine alone", got)
	}
}

func TestWhatIsSkippedOrPastStaysBehindAndWhatIsRefusedStopsTheBackup(t *testing.T) {
	from, to, m := redistest.Client(t), redistest.Client(t), master(t)
	ctx := t.Context()
	must(t, from.MSet(ctx, "stays", 1, "lease", 1).Err())
	must(t, from.PExpireAt(ctx, "lease", time.Now().Add(time.Hour)).Err())
	must(t, from.Set(ctx, "short", 1, 100*time.Millisecond).Err())
	opt := everything(m)
	opt.Skip = func(key string) bool { return key == "lease" }
	file, _ := take(t, from, opt)
	f := open(t, file, m)
	for deadline := time.After(5 * time.Second); from.Exists(ctx, "short").Val() > 0; {
		select {
		case <-deadline:
			t.Fatal("the short key never ends")
		default:
		}
	}
	_, err := f.Put(ctx, to, nothing)
	must(t, err)
	if got := to.Keys(ctx, "*").Val(); !slices.Equal(got, []string{"stays"}) {
		t.Errorf("got %q, want what stays", got)
	}
	no := errors.New("not this one")
	opt.Refuse = func(key string) error {
		if key == "stays" {
			return no
		}
		return nil
	}
	if _, err := backup.Take(ctx, from, &bytes.Buffer{}, opt); !errors.Is(err, no) {
		t.Errorf("got %v, want the refusal", err)
	}
}

// TestNoByteOfABackupCanBeChangedOrLost flips bits and cuts everywhere.
func TestNoByteOfABackupCanBeChangedOrLost(t *testing.T) {
	from, to, m := redistest.Client(t), redistest.Client(t), master(t)
	must(t, from.Set(t.Context(), "k", "v", 0).Err())
	must(t, from.HSet(t.Context(), "h", "a", 1).Err())
	file, _ := take(t, from, everything(m))
	for at := range file {
		bad := bytes.Clone(file)
		bad[at] ^= 1
		refused(t, fmt.Sprintf("byte %d changed", at), bad, m)
		refused(t, fmt.Sprintf("cut at %d", at), file[:at], m)
	}
	refused(t, "longer", append(bytes.Clone(file), 0), m)
	if _, err := backup.Open(bytes.NewReader(file), int64(len(file)), master(t)); !errors.Is(err, privacy.ErrWrongMaster) {
		t.Errorf("under another master key: got %v", err)
	}
	if n := to.DBSize(t.Context()).Val(); n != 0 {
		t.Errorf("%d keys were written", n)
	}
}

func refused(t *testing.T, what string, file []byte, m privacy.Master) {
	t.Helper()
	_, err := backup.Open(bytes.NewReader(file), int64(len(file)), m)
	if !errors.Is(err, backup.ErrChanged) && !errors.Is(err, backup.ErrNoBackup) && !errors.Is(err, privacy.ErrWrongMaster) {
		t.Errorf("%s: got %v, want a refusal", what, err)
	}
}

func TestARestoreWritesOverNothingAndAHalfOneIsNoticed(t *testing.T) {
	from, m := redistest.Client(t), master(t)
	must(t, from.Set(t.Context(), "k", "new", 0).Err())
	file, _ := take(t, from, everything(m))
	f := open(t, file, m)

	full := redistest.Client(t)
	must(t, full.Set(t.Context(), "k", "precious", 0).Err())
	for range 3 {
		if _, err := f.Put(t.Context(), full, nothing); !errors.Is(err, backup.ErrFull) {
			t.Errorf("into a store with something in it: got %v", err)
		}
	}
	if got := full.Get(t.Context(), "k").Val(); got != "precious" || full.DBSize(t.Context()).Val() != 1 {
		t.Errorf("the store holds %q", got)
	}

	half, broken := redistest.Client(t), errors.New("the power went")
	must(t, backup.Ready(t.Context(), half))
	if _, err := f.Put(t.Context(), half, func() error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if err := backup.Ready(t.Context(), half); !errors.Is(err, backup.ErrUnderWay) {
		t.Errorf("after a restore that broke off: got %v, want ErrUnderWay", err)
	}
	if _, err := f.Put(t.Context(), half, nothing); !errors.Is(err, backup.ErrUnderWay) {
		t.Errorf("a second restore: got %v, want ErrUnderWay", err)
	}
	must(t, half.FlushDB(t.Context()).Err())
	if _, err := f.Put(t.Context(), half, func() error { return backup.Ready(t.Context(), from) }); err != nil {
		t.Errorf("after emptying the store: %v", err)
	}
	must(t, backup.Ready(t.Context(), half))
}

func TestABackupOfAStoreThatIsAwayEndsWithAnError(t *testing.T) {
	s := redistest.StartTCP(t)
	must(t, s.Client().Set(t.Context(), "k", 1, 0).Err())
	s.Kill()
	if _, err := backup.Take(t.Context(), s.Client(), &bytes.Buffer{}, everything(master(t))); err == nil {
		t.Error("got no error")
	}
}
