package privacy_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"engawa/config/privacy"
	"engawa/config/redistest"
)

func TestWhatIsSealedIsOpenedAgainByAnotherProcess(t *testing.T) {
	onEachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		key := privacy.NewMasterKey()
		one, two := open(t, rdb, rdb, key), open(t, rdb, rdb, key)
		sealed, err := one.Seal(ctx, mari, "state", []byte("家賃"))
		must(t, err)
		got, err := two.Open(ctx, mari, "state", sealed)
		if err != nil || string(got) != "家賃" {
			t.Errorf("got %q, %v, want 家賃", got, err)
		}
		if extra := len(sealed) - len("家賃"); extra != privacy.Overhead {
			t.Errorf("a seal adds %d bytes, want %d", extra, privacy.Overhead)
		}
		wantText(t, two, mari, "m1", sealText(t, one, mari, "m1", "もう無理"), "もう無理")
	})
}

func TestASealOpensUnderItsOwnNameOnly(t *testing.T) {
	rdb := redistest.Client(t)
	v := open(t, rdb, rdb, privacy.NewMasterKey())
	sealed, err := v.Seal(ctx, mari, "state", []byte("words"))
	must(t, err)
	text := sealText(t, v, mari, "m1", "words")
	must(t, second(v.Seal(ctx, ken, "state", nil)))
	_ = sealText(t, v, mari, "m2", "other")
	bent := bytes.Clone(sealed)
	bent[len(bent)-1] ^= 1
	for name, try := range map[string]func() ([]byte, error){
		"another name":         func() ([]byte, error) { return v.Open(ctx, mari, "alias", sealed) },
		"another owner":        func() ([]byte, error) { return v.Open(ctx, ken, "state", sealed) },
		"another text":         func() ([]byte, error) { return v.OpenText(ctx, mari, "m2", "said", text) },
		"a text as no text":    func() ([]byte, error) { return v.Open(ctx, mari, "said", text) },
		"a changed byte":       func() ([]byte, error) { return v.Open(ctx, mari, "state", bent) },
		"a cut end":            func() ([]byte, error) { return v.Open(ctx, mari, "state", sealed[:len(sealed)-1]) },
		"nothing":              func() ([]byte, error) { return v.Open(ctx, mari, "state", nil) },
		"bytes of another age": func() ([]byte, error) { return v.Open(ctx, mari, "state", append([]byte{9}, sealed[1:]...)) },
	} {
		if got, err := try(); !errors.Is(err, privacy.ErrBroken) || got != nil {
			t.Errorf("%s: got %q, %v, want ErrBroken", name, got, err)
		}
	}
}

func second(_ []byte, err error) error { return err }

func TestAnOwnerNobodyKnowsHasNothingToOpen(t *testing.T) {
	onEachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		v := open(t, rdb, rdb, privacy.NewMasterKey())
		if _, err := v.Open(ctx, mari, "state", make([]byte, 64)); !errors.Is(err, privacy.ErrShredded) {
			t.Errorf("got %v, want ErrShredded", err)
		}
		if n := rdb.Exists(ctx, privacy.RawKey(mari)).Val(); n != 0 {
			t.Error("opening made a key")
		}
	})
}

func TestManyItemsOfManyOwnersShareOneRoundTrip(t *testing.T) {
	onEachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		v := open(t, rdb, rdb, privacy.NewMasterKey())
		must(t, v.ShredText(ctx, mari, "gone"))
		items := []privacy.Item{
			{Owner: mari, AAD: "state", Data: []byte("a")},
			{Owner: mari, Text: "m1", AAD: "said", Data: []byte("b")},
			{Owner: mari, Text: "gone", AAD: "said", Data: []byte("c")},
			{Owner: ken, Text: "m1", AAD: "said", Data: []byte("d")},
			{Owner: "", AAD: "said", Data: []byte("e")},
			{Owner: privacy.IndexOwner, AAD: "said", Data: []byte("f")},
		}
		trips := countTrips(rdb)
		must(t, v.SealMany(ctx, items))
		if n := trips(); n > 2 { // the second is for a store that has not seen the script yet
			t.Errorf("sealing took %d round trips, want at most 2", n)
		}
		trips = countTrips(rdb)
		must(t, v.OpenMany(ctx, items[:4]))
		if n := trips(); n != 1 {
			t.Errorf("opening took %d round trips, want 1", n)
		}
		for i, want := range []string{"a", "b", "", "d", "", ""} {
			if got := string(items[i].Data); got != want {
				t.Errorf("item %d: got %q, want %q", i, got, want)
			}
		}
		for i, want := range map[int]error{2: privacy.ErrShredded, 4: privacy.ErrOwner, 5: privacy.ErrOwner} {
			if !errors.Is(items[i].Err, want) {
				t.Errorf("item %d: got %v, want %v", i, items[i].Err, want)
			}
		}
	})
}

// countTrips counts requests to a store until the returned function is called.
func countTrips(rdb redis.UniversalClient) func() int {
	h := &tripHook{}
	rdb.AddHook(h)
	return func() int { return h.n }
}

type tripHook struct{ n int }

func (h *tripHook) DialHook(next redis.DialHook) redis.DialHook { return next }

func (h *tripHook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error { h.n++; return next(ctx, cmd) }
}

func (h *tripHook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error { h.n++; return next(ctx, cmds) }
}

func TestAStoreThatDoesNotAnswerIsAnErrorOfTheCallAndLeavesNothingReadable(t *testing.T) {
	s := redistest.Start(t)
	v := open(t, s.Client(), s.Client(), privacy.NewMasterKey())
	s.Kill()
	items := []privacy.Item{{Owner: mari, AAD: "state", Data: []byte("plain words")}}
	if err := v.SealMany(ctx, items); err == nil {
		t.Error("sealing without a store: got no error")
	}
	if items[0].Err == nil || items[0].Data != nil {
		t.Errorf("got %q, %v, want no bytes and an error", items[0].Data, items[0].Err)
	}
	s.Restart()
	if _, err := v.Seal(ctx, mari, "state", []byte("words")); err != nil {
		t.Errorf("after the store came back: %v", err)
	}
}

func TestAStoreThatForgotTheScriptsIsServedAllTheSame(t *testing.T) {
	rdb := redistest.Start(t).Client()
	v := open(t, rdb, rdb, privacy.NewMasterKey())
	must(t, rdb.ScriptFlush(ctx).Err())
	sealed := sealText(t, v, mari, "m1", "words")
	must(t, rdb.ScriptFlush(ctx).Err())
	must(t, v.ShredText(ctx, mari, "m1"))
	wantGone(t, v, mari, "m1", sealed)
}

func TestADayKeyIsAskedForOnceAMinute(t *testing.T) {
	rdb := redistest.Client(t)
	v := open(t, rdb, rdb, privacy.NewMasterKey())
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	v.SetClock(func() time.Time { return now })
	today := privacy.Day(now)
	sealed, err := v.Seal(ctx, today, "event", []byte("raw"))
	must(t, err)
	trips := countTrips(rdb)
	for range 100 {
		must(t, second(v.Seal(ctx, today, "event", []byte("raw"))))
		must(t, second(v.Open(ctx, today, "event", sealed)))
	}
	if n := trips(); n != 0 {
		t.Errorf("within the minute: got %d round trips, want 0", n)
	}
	now = now.Add(time.Minute)
	must(t, second(v.Open(ctx, today, "event", sealed)))
	if n := trips(); n != 1 {
		t.Errorf("after the minute: got %d round trips, want 1", n)
	}
	must(t, v.Shred(ctx, today))
	if _, err := v.Open(ctx, today, "event", sealed); !errors.Is(err, privacy.ErrShredded) {
		t.Errorf("after its shred in this process: got %v, want ErrShredded", err)
	}
}

func TestAPersonsKeyIsNeverCached(t *testing.T) {
	rdb := redistest.Client(t)
	key := privacy.NewMasterKey()
	here, there := open(t, rdb, rdb, key), open(t, rdb, rdb, key)
	sealed := sealText(t, here, mari, "m1", "words")
	wantText(t, here, mari, "m1", sealed, "words")
	must(t, there.Shred(ctx, mari))
	wantGone(t, here, mari, "m1", sealed)
}

func TestManyProcessesMakeOneKeyPerOwnerAndText(t *testing.T) {
	onEachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		key := privacy.NewMasterKey()
		v := open(t, rdb, rdb, key)
		sealed := make([][]byte, 16)
		var all sync.WaitGroup
		for i := range sealed {
			all.Go(func() {
				mine, err := privacy.Open(ctx, rdb, rdb, master(t, key))
				if err == nil {
					sealed[i], err = mine.SealText(ctx, mari, "m1", "said", fmt.Append(nil, i))
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for i := range sealed {
			wantText(t, v, mari, "m1", sealed[i], fmt.Sprint(i))
		}
	})
}

func TestAnyBytesUnderAnyNameComeBack(t *testing.T) {
	rdb := embedded(t)
	v := open(t, rdb, rdb, privacy.NewMasterKey())
	rapid.Check(t, func(t *rapid.T) {
		o := privacy.Person(rapid.StringMatching(`[0-9]{2}-[a-z0-9]{1,12}`).Draw(t, "person"))
		id := rapid.StringMatching(`[A-Za-z0-9:#-]{1,20}`).Draw(t, "text")
		aad, data := rapid.String().Draw(t, "aad"), rapid.SliceOf(rapid.Byte()).Draw(t, "data")
		sealed, err := v.SealText(ctx, o, id, aad, data)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 8 && bytes.Contains(sealed, data) {
			t.Fatal("the words stand in the seal")
		}
		got, err := v.OpenText(ctx, o, id, aad, sealed)
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("got %x, %v, want %x", got, err, data)
		}
	})
}

func TestIdsThatCouldBeMistakenForOthersAreRefused(t *testing.T) {
	rdb := redistest.Client(t)
	v := open(t, rdb, rdb, privacy.NewMasterKey())
	for _, o := range []privacy.Owner{"", "a\nb", "a\tb", "{x}", privacy.IndexOwner} {
		if err := v.Shred(ctx, o); !errors.Is(err, privacy.ErrOwner) {
			t.Errorf("shred owner %q: got %v, want ErrOwner", o, err)
		}
		if err := v.ShredText(ctx, o, "m1"); !errors.Is(err, privacy.ErrOwner) {
			t.Errorf("shred a text of owner %q: got %v, want ErrOwner", o, err)
		}
	}
	for _, id := range []string{"", "a\nb", "a\tb"} {
		if _, err := v.SealText(ctx, mari, id, "said", nil); !errors.Is(err, privacy.ErrOwner) {
			t.Errorf("seal text %q: got %v, want ErrOwner", id, err)
		}
		if err := v.ShredText(ctx, mari, id); !errors.Is(err, privacy.ErrOwner) {
			t.Errorf("shred text %q: got %v, want ErrOwner", id, err)
		}
	}
}
