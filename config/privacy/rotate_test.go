package privacy_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
	"engawa/config/redistest"
)

func TestAfterARotationTheSamePersonIsFoundAndOldWordsAreRead(t *testing.T) {
	onEachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		before, after := privacy.NewMasterKey(), privacy.NewMasterKey()
		v := open(t, rdb, rdb, before)
		blind := v.Blind("U0123456789abcdef0123456789abcdef")
		text := sealText(t, v, mari, "m1", "old words")
		raw, err := v.Seal(ctx, privacy.Day(time.Now()), "event", []byte("raw"))
		must(t, err)

		v = open(t, rdb, rdb, after+","+before)
		wantText(t, v, mari, "m1", text, "old words")
		n, err := v.Rewrap(ctx)
		if err != nil || n != 3 { // mari, the day, the index
			t.Errorf("rewrap: got %d, %v, want 3", n, err)
		}
		if n, err := v.Rewrap(ctx); err != nil || n != 0 {
			t.Errorf("rewrap again: got %d, %v, want 0", n, err)
		}

		v = open(t, rdb, rdb, after) // the old key is thrown away
		if got := v.Blind("U0123456789abcdef0123456789abcdef"); got != blind {
			t.Errorf("the same LINE id: got blind %s, want %s", got, blind)
		}
		wantText(t, v, mari, "m1", text, "old words")
		if got, err := v.Open(ctx, privacy.Day(time.Now()), "event", raw); err != nil || string(got) != "raw" {
			t.Errorf("an event of before: got %q, %v", got, err)
		}
	})
}

func TestTheWrongMasterKeyIsRefusedAndChangesNothing(t *testing.T) {
	onEachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		right := privacy.NewMasterKey()
		v := open(t, rdb, rdb, right)
		text := sealText(t, v, mari, "m1", "words")
		_, err := privacy.Open(ctx, rdb, rdb, master(t, privacy.NewMasterKey()))
		if !errors.Is(err, privacy.ErrWrongMaster) {
			t.Errorf("got %v, want ErrWrongMaster", err)
		}
		wantText(t, open(t, rdb, rdb, right), mari, "m1", text, "words")
	})
}

func TestAnOldMasterKeyTakenAwayTooEarlyIsNoticedAtTheNextStart(t *testing.T) {
	rdb := redistest.Client(t)
	before, after := privacy.NewMasterKey(), privacy.NewMasterKey()
	v := open(t, rdb, rdb, before)
	_ = sealText(t, v, mari, "m1", "words")
	open(t, rdb, rdb, after+","+before) // rotated, but nothing was re-wrapped yet
	if _, err := privacy.Open(ctx, rdb, rdb, master(t, after)); !errors.Is(err, privacy.ErrWrongMaster) {
		t.Errorf("got %v, want ErrWrongMaster", err)
	}
}

func TestRotationRunsWhileTheHouseIsOpenAndInTwoProcesses(t *testing.T) {
	rdb := redistest.Client(t)
	before, after := privacy.NewMasterKey(), privacy.NewMasterKey()
	v := open(t, rdb, rdb, before)
	sealed := map[privacy.Owner][]byte{}
	for i := range 600 { // more than one batch
		o := privacy.Person(fmt.Sprintf("00-%d", i))
		sealed[o] = sealText(t, v, o, "m1", string(o))
	}
	one, two := open(t, rdb, rdb, after+","+before), open(t, rdb, rdb, after+","+before)
	var all sync.WaitGroup
	counts := make([]int, 2)
	for i, v := range []*privacy.Vault{one, two} {
		all.Go(func() {
			n, err := v.Rewrap(ctx)
			if err != nil {
				t.Error(err)
			}
			counts[i] = n
		})
	}
	all.Go(func() {
		for i := range 50 {
			if err := one.Shred(ctx, privacy.Person(fmt.Sprintf("00-%d", i))); err != nil {
				t.Error(err)
			}
		}
	})
	all.Wait()
	if n := counts[0] + counts[1]; n > 601 {
		t.Errorf("re-wrapped %d keys, want each at most once (601)", n)
	}
	v = open(t, rdb, rdb, after)
	for i := range 600 {
		o := privacy.Person(fmt.Sprintf("00-%d", i))
		if i < 50 {
			wantGone(t, v, o, "m1", sealed[o])
			continue
		}
		wantText(t, v, o, "m1", sealed[o], string(o))
	}
}

func TestARunningHouseFinishesARotationByItself(t *testing.T) {
	rdb := redistest.Client(t)
	before, after := privacy.NewMasterKey(), privacy.NewMasterKey()
	v := open(t, rdb, rdb, before)
	text := sealText(t, v, mari, "m1", "words")
	v = open(t, rdb, rdb, after+","+before)
	if got := standing(t, v, time.Now()).OldMaster; got != 2 {
		t.Errorf("before: got %d keys under the old master key, want 2", got)
	}
	must(t, v.Tend(ctx, time.Now()))
	if got := standing(t, v, time.Now()).OldMaster; got != 0 {
		t.Errorf("after: got %d keys under the old master key, want 0", got)
	}
	wantText(t, open(t, rdb, rdb, after), mari, "m1", text, "words")
}

func TestAKeyThatNoMasterKeyOpensDoesNotKeepTheOthersWaiting(t *testing.T) {
	rdb := redistest.Client(t)
	before, after := privacy.NewMasterKey(), privacy.NewMasterKey()
	v := open(t, rdb, rdb, before)
	text := sealText(t, v, ken, "m1", "words")
	_ = sealText(t, v, mari, "m1", "words")
	must(t, rdb.HSet(ctx, privacy.RawKey(mari), "k", "damaged").Err())
	v = open(t, rdb, rdb, after+","+before)
	n, err := v.Rewrap(ctx)
	if n != 2 || !errors.Is(err, privacy.ErrBroken) {
		t.Errorf("got %d, %v, want 2 and ErrBroken", n, err)
	}
	wantText(t, open(t, rdb, rdb, after), ken, "m1", text, "words")
}

func TestTwoProcessesThatStartAtOnceMakeOneIndexKey(t *testing.T) {
	onEachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		key := privacy.NewMasterKey()
		blinds := make([]privacy.Blind, 16)
		var all sync.WaitGroup
		for i := range blinds {
			all.Go(func() {
				v, err := privacy.Open(ctx, rdb, rdb, master(t, key))
				if err != nil {
					t.Error(err)
					return
				}
				blinds[i] = v.Blind("U1")
			})
		}
		all.Wait()
		for _, b := range blinds {
			if b != blinds[0] || len(b) != 36 {
				t.Errorf("got blind %q, want %q of 36 digits", b, blinds[0])
			}
		}
	})
}

func TestAnotherHouseHasOtherBlinds(t *testing.T) {
	key := privacy.NewMasterKey() // even under the same master key
	here, there := redistest.Client(t), redistest.Client(t)
	a, b := open(t, here, here, key).Blind("U1"), open(t, there, there, key).Blind("U1")
	if a == b {
		t.Errorf("two houses give the same person the same name %s", a)
	}
}

func TestAKeyStoreThatDoesNotBelongToTheMainStoreIsRefused(t *testing.T) {
	key := privacy.NewMasterKey()
	keys, main, empty, other := redistest.Client(t), redistest.Client(t), redistest.Client(t), redistest.Client(t)
	open(t, keys, main, key)
	open(t, other, other, key)
	for name, wrong := range map[string]redis.UniversalClient{"an empty one": empty, "another house's": other} {
		if _, err := privacy.Open(ctx, wrong, main, master(t, key)); !errors.Is(err, privacy.ErrKeysLost) {
			t.Errorf("%s: got %v, want ErrKeysLost", name, err)
		}
	}
	if n := empty.DBSize(ctx).Val(); n != 0 {
		t.Errorf("the refused store got %d keys, want 0", n)
	}
}

func TestNoMasterKeyNoVault(t *testing.T) {
	rdb := redistest.Client(t)
	if _, err := privacy.Open(ctx, rdb, rdb, privacy.Master{}); !errors.Is(err, privacy.ErrWrongMaster) {
		t.Errorf("got %v, want ErrWrongMaster", err)
	}
}
