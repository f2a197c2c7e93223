package config_test

import (
	"context"
	"errors"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config"
	"engawa/config/redistest"
)

func TestOpenRedisTalksToWhatTheAddressNames(t *testing.T) {
	want, address := redistest.Database(t)
	got, err := config.OpenRedis(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Close() }()
	ctx := context.Background()
	if err := got.Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if v := want.Get(ctx, "k").Val(); v != "v" {
		t.Errorf("in the database of the address: got %q, want v", v)
	}
}

func TestEachFormOfAnAddressGivesItsKindOfClient(t *testing.T) {
	for address, want := range map[string]string{
		"redis://h":                                        "h:6379/0",
		"redis://u:p%40ss@h:7000/3":                        "h:7000/3 u p@ss",
		"redis://:pw@[::1]:7000":                           "[::1]:7000/0 pw",
		"rediss://h":                                       "h:6379/0 tls",
		"unix:///run/redis/s?db=2":                         "/run/redis/s/2",
		"redis+sentinel://a,b:26380/mymaster?db=1":         "FailoverClient/1",
		"rediss+sentinel://u:p@a/m?sentinel_password=s%26": "FailoverClient/0 u p tls",
		"redis+cluster://a,b:7001":                         "cluster a:6379 b:7001",
		"rediss+cluster://:pw@a":                           "cluster a:6379 pw tls",
	} {
		c, err := config.OpenRedis(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if got := describe(c); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
		_ = c.Close()
	}
}

func describe(c redis.UniversalClient) string {
	text := ""
	add := func(parts ...string) {
		for _, p := range parts {
			if p != "" {
				text += " " + p
			}
		}
	}
	switch c := c.(type) {
	case *redis.Client:
		o := c.Options()
		text = o.Addr + "/" + string(rune('0'+o.DB))
		add(o.Username, o.Password)
		if o.TLSConfig != nil {
			add("tls")
		}
	case *redis.ClusterClient:
		o := c.Options()
		text = "cluster"
		add(o.Addrs...)
		add(o.Username, o.Password)
		if o.TLSConfig != nil {
			add("tls")
		}
	}
	return text
}

func TestWhatIsNoAddressIsRefusedWithoutBeingRepeated(t *testing.T) {
	for _, address := range []string{
		"", "h:6379", "http://h", "redis://", "redis://a,b", "redis://h/x", "redis://h/-1", "redis://h:0", "redis://h:99999",
		"redis://h?dbb=1", "redis://h?db=x", "redis://%zz@h", "redis://h?%zz", "redis://a:b:c", "unix://", "unix://rel/s",
		"redis+sentinel://a,b", "redis+sentinel:///m", "redis+cluster://a/0x", "redis+cluster://a?db=1", "redis+cluster://a,,b",
	} {
		c, err := config.OpenRedis(address)
		if !errors.Is(err, config.ErrRedisURL) || err.Error() != config.ErrRedisURL.Error() {
			t.Errorf("%q: got %v, want the bare ErrRedisURL", address, err)
		}
		if c != nil {
			_ = c.Close()
		}
	}
}

func TestAStoreThatIsAwayIsNoticedWithinThePatienceOfTheDoor(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes the connection and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	for name, address := range map[string]string{
		"nobody listens": "unix:///no/such/socket",
		"nobody answers": "redis://" + silent.Addr().String(),
	} {
		c, err := config.OpenRedis(address)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 1100*time.Millisecond)
		began := time.Now()
		err = c.Set(ctx, "k", "v", 0).Err()
		if took := time.Since(began); err == nil || took > 1200*time.Millisecond {
			t.Errorf("%s: got %v after %v, want an error within 1.2 s", name, err, took)
		}
		cancel()
		_ = c.Close()
	}
}

func TestACommandFindsItsNodeInACluster(t *testing.T) {
	cluster := redistest.Cluster(t).(*redis.ClusterClient)
	c, err := config.OpenRedis("redis+cluster://" + strings.Join(cluster.Options().Addrs, ","))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for _, key := range []string{"{a}", "{b}", "{c}", "{d}", "{e}"} { // over several nodes
		if err := c.Set(context.Background(), key, "v", 0).Err(); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestTheMasterIsFoundThroughSentinels(t *testing.T) {
	master, address := sentinel(t)
	c, err := config.OpenRedis(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	ctx := context.Background()
	if err := c.Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if got := master.Get(ctx, "k").Val(); got != "v" {
		t.Errorf("on the master: got %q, want v", got)
	}
}

// sentinel runs a sentinel that watches one master called house.
func sentinel(t *testing.T) (master redis.UniversalClient, address string) {
	t.Helper()
	s := redistest.StartTCP(t)
	host, port, err := net.SplitHostPort(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	mine := l.Addr().String()
	_ = l.Close()
	_, minePort, _ := net.SplitHostPort(mine)
	conf := write(t, "bind 127.0.0.1\nport "+minePort+"\nsentinel monitor house "+host+" "+port+" 1\n")
	cmd := exec.Command("redis-server", conf, "--sentinel")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	asked := redis.NewSentinelClient(&redis.Options{Addr: mine, MaxRetries: -1})
	defer func() { _ = asked.Close() }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(10 * time.Second); ; <-tick.C {
		if _, err := asked.GetMasterAddrByName(context.Background(), "house").Result(); err == nil {
			return s.Client(), "redis+sentinel://" + mine + "/house"
		}
		if time.Now().After(deadline) {
			t.Fatal("the sentinel does not answer")
		}
	}
}
