package privacy_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
	"engawa/config/redistest"
)

func TestATakenBackTextIsGoneAndItsNeighboursStay(t *testing.T) {
	onEachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		v := open(t, rdb, rdb, privacy.NewMasterKey())
		one, two := sealText(t, v, mari, "m1", "one"), sealText(t, v, mari, "m2", "two")
		for range 3 { // doing it again changes nothing
			must(t, v.ShredText(ctx, mari, "m1"))
		}
		wantGone(t, v, mari, "m1", one)
		wantText(t, v, mari, "m2", two, "two")
	})
}

func TestADeletedPersonIsGoneWithEveryWord(t *testing.T) {
	onEachStore(t, func(t *testing.T, rdb redis.UniversalClient) {
		v := open(t, rdb, rdb, privacy.NewMasterKey())
		hers, his := sealText(t, v, mari, "m1", "hers"), sealText(t, v, ken, "m1", "his")
		for range 3 {
			must(t, v.Shred(ctx, mari))
		}
		wantGone(t, v, mari, "m1", hers)
		wantGone(t, v, mari, "never-seen", hers)
		wantText(t, v, ken, "m1", his, "his")
		if n := rdb.Exists(ctx, privacy.RawKey(mari)).Val(); n != 0 {
			t.Error("keys of a deleted person are still there")
		}
	})
}

func TestATextTakenBackBeforeItWasSealedCannotBeSealed(t *testing.T) {
	rdb := redistest.Client(t)
	v := open(t, rdb, rdb, privacy.NewMasterKey())
	must(t, v.ShredText(ctx, mari, "m1"))
	wantGone(t, v, mari, "m1", make([]byte, 64))
}

func TestShreddingNoTextsLeavesTheOwnerAlone(t *testing.T) {
	rdb := redistest.Client(t)
	v := open(t, rdb, rdb, privacy.NewMasterKey())
	sealed := sealText(t, v, mari, "m1", "words")
	must(t, v.ShredTexts(ctx, mari))
	wantText(t, v, mari, "m1", sealed, "words")
}

func TestNobodySealsForAPersonWhileAnotherProcessDeletesThem(t *testing.T) {
	rdb := redistest.Client(t)
	key := privacy.NewMasterKey()
	v := open(t, rdb, rdb, key)
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for range 50 {
				_, _ = v.SealText(ctx, mari, "m1", "said", []byte("words"))
			}
		})
	}
	other := open(t, rdb, rdb, key)
	must(t, other.Shred(ctx, mari))
	writers.Wait()
	if n := rdb.Exists(ctx, privacy.RawKey(mari)).Val(); n != 0 {
		t.Error("a writer brought the key of a deleted person back")
	}
}

// backup copies what lies at some keys of a store; the returned function puts it
// back, as a restore would.
func backup(t *testing.T, rdb redis.UniversalClient, keys ...string) (restore func()) {
	t.Helper()
	kept := map[string]string{}
	for _, k := range keys {
		if dump, err := rdb.Dump(ctx, k).Result(); err == nil {
			kept[k] = dump
		}
	}
	return func() {
		t.Helper()
		for _, k := range keys {
			must(t, rdb.Del(ctx, k).Err())
			if dump, ok := kept[k]; ok {
				must(t, rdb.Restore(ctx, k, 0, dump).Err())
			}
		}
	}
}

func TestARestoredKeyStoreIsShreddedAgainFromTheMainStore(t *testing.T) {
	keys, main := redistest.Client(t), redistest.Client(t)
	key := privacy.NewMasterKey()
	v := open(t, keys, main, key)
	hers, his := sealText(t, v, mari, "m1", "hers"), sealText(t, v, ken, "m1", "his")
	restore := backup(t, keys, privacy.RawKey(mari), privacy.RawKey(ken), privacy.ShredList(mari), privacy.ShredList(ken))
	must(t, v.Shred(ctx, mari))
	must(t, v.ShredText(ctx, ken, "m1"))
	restore()
	wantText(t, v, mari, "m1", hers, "hers") // the restore did bring the key back

	v = open(t, keys, main, key)
	wantGone(t, v, mari, "m1", hers)
	wantGone(t, v, ken, "m1", his)
}

func TestARunningHouseShredsAgainAfterAFailOver(t *testing.T) {
	keys, main := redistest.Client(t), redistest.Client(t)
	v := open(t, keys, main, privacy.NewMasterKey())
	hers := sealText(t, v, mari, "m1", "hers")
	restore := backup(t, keys, privacy.RawKey(mari), privacy.ShredList(mari))
	must(t, v.Shred(ctx, mari))
	restore()
	must(t, v.Tend(ctx, time.Now()))
	wantGone(t, v, mari, "m1", hers)
}

func TestAShredThatOnlyTheKeyStoreKnowsIsWrittenDownInTheMainStore(t *testing.T) {
	keys, main := redistest.Client(t), redistest.Client(t)
	key := privacy.NewMasterKey()
	v := open(t, keys, main, key)
	must(t, v.Shred(ctx, mari))
	must(t, main.Del(ctx, privacy.ShredList(mari)).Err()) // an older backup of the main store
	open(t, keys, main, key)
	if _, err := main.ZScore(ctx, privacy.ShredList(mari), string(mari)).Result(); err != nil {
		t.Errorf("the main store's list: %v", err)
	}
}

func TestAListBesideTheStoresOutlivesABackupOfBoth(t *testing.T) {
	rdb := redistest.Client(t)
	key, dir := privacy.NewMasterKey(), t.TempDir()
	v := open(t, rdb, rdb, key)
	must(t, v.ListShredsIn(ctx, dir))
	hers, his := sealText(t, v, mari, "m1", "hers"), sealText(t, v, ken, "m1", "his")
	his2 := sealText(t, v, ken, "m2", "his too")
	restore := backup(t, rdb, privacy.RawKey(mari), privacy.RawKey(ken), privacy.ShredList(mari), privacy.ShredList(ken))
	must(t, v.Shred(ctx, mari))
	tearLastLine(t, dir)
	must(t, v.ShredText(ctx, ken, "m1"))
	restore()

	v = open(t, rdb, rdb, key)
	must(t, v.ListShredsIn(ctx, dir))
	wantGone(t, v, mari, "m1", hers)
	wantGone(t, v, ken, "m1", his)
	wantText(t, v, ken, "m2", his2, "his too")
}

// tearLastLine leaves half a line behind, as a power cut does.
func tearLastLine(t *testing.T, dir string) {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join(dir, "*"))
	f, err := os.OpenFile(paths[len(paths)-1], os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString("1790000000000\tpers")
	must(t, err)
	must(t, f.Close())
}

func TestAListThatCannotBeWrittenIsRefusedAtStart(t *testing.T) {
	rdb := redistest.Client(t)
	v := open(t, rdb, rdb, privacy.NewMasterKey())
	if err := v.ListShredsIn(ctx, filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("got no error for a folder that is not there")
	}
}

func TestTheListsForgetWhatNoBackupCanBringBack(t *testing.T) {
	keys, main := redistest.Client(t), redistest.Client(t)
	v := open(t, keys, main, privacy.NewMasterKey())
	dir := t.TempDir()
	must(t, v.ListShredsIn(ctx, dir))
	then := time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)
	v.SetClock(func() time.Time { return then })
	must(t, v.Shred(ctx, mari))
	for _, c := range []struct {
		after time.Duration
		want  int64
	}{{privacy.Keep[privacy.Shreds], 1}, {privacy.Keep[privacy.Shreds] + time.Second, 0}} {
		must(t, v.Tend(ctx, then.Add(c.after)))
		for name, rdb := range map[string]redis.UniversalClient{"key store": keys, "main store": main} {
			if got := rdb.ZCard(ctx, privacy.ShredList(mari)).Val(); got != c.want {
				t.Errorf("%s after %v: got %d lines, want %d", name, c.after, got, c.want)
			}
		}
	}
	v.SetClock(func() time.Time { return then.AddDate(1, 0, 0) })
	must(t, v.ListShredsIn(ctx, dir))
	if _, err := os.Stat(filepath.Join(dir, "shreds-2026-01")); !os.IsNotExist(err) {
		t.Errorf("the file of that month: got %v, want it gone", err)
	}
}

func TestTheListsHoldNoWords(t *testing.T) {
	rdb := redistest.Start(t)
	v := open(t, rdb.Client(), rdb.Client(), privacy.NewMasterKey())
	dir := t.TempDir()
	must(t, v.ListShredsIn(ctx, dir))
	_ = sealText(t, v, mari, "m1", "canary-words")
	must(t, v.Shred(ctx, mari))
	paths, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, p := range paths {
		b, err := os.ReadFile(p)
		must(t, err)
		if bytes.Contains(b, []byte("canary")) {
			t.Errorf("%s shows words", filepath.Base(p))
		}
	}
}
