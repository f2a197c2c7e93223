package privacy_test

import (
	"context"
	"errors"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"engawa/config/privacy"
	"engawa/config/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var ctx = context.Background()

const (
	mari = privacy.Owner("person:07-mari")
	ken  = privacy.Owner("person:03-ken")
)

// onEachStore runs a test on the real store and on the one that the demo embeds.
func onEachStore(t *testing.T, test func(t *testing.T, rdb redis.UniversalClient)) {
	t.Run("redis", func(t *testing.T) { test(t, redistest.Client(t)) })
	t.Run("embedded", func(t *testing.T) { test(t, embedded(t)) })
}

func embedded(t *testing.T) redis.UniversalClient {
	t.Helper()
	m := miniredis.RunT(t)
	c := redis.NewClient(&redis.Options{Addr: m.Addr(), MaxRetries: -1, DisableIdentity: true})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func master(t *testing.T, list string) privacy.Master {
	t.Helper()
	m, err := privacy.ParseMaster(list)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func open(t *testing.T, keys, main redis.UniversalClient, list string) *privacy.Vault {
	t.Helper()
	v, err := privacy.Open(ctx, keys, main, master(t, list))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func sealText(t *testing.T, v *privacy.Vault, o privacy.Owner, id, words string) []byte {
	t.Helper()
	b, err := v.SealText(ctx, o, id, "said", []byte(words))
	if err != nil {
		t.Fatalf("seal text %s of %s: %v", id, o, err)
	}
	return b
}

func wantText(t *testing.T, v *privacy.Vault, o privacy.Owner, id string, sealed []byte, want string) {
	t.Helper()
	got, err := v.OpenText(ctx, o, id, "said", sealed)
	if err != nil || string(got) != want {
		t.Errorf("open text %s of %s: got %q, %v, want %q", id, o, got, err, want)
	}
}

func wantGone(t *testing.T, v *privacy.Vault, o privacy.Owner, id string, sealed []byte) {
	t.Helper()
	if got, err := v.OpenText(ctx, o, id, "said", sealed); !errors.Is(err, privacy.ErrShredded) {
		t.Errorf("open destroyed text %s of %s: got %q, %v, want ErrShredded", id, o, got, err)
	}
	if _, err := v.SealText(ctx, o, id, "said", []byte("again")); !errors.Is(err, privacy.ErrShredded) {
		t.Errorf("seal destroyed text %s of %s anew: got %v, want ErrShredded", id, o, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
