package privacy_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"engawa/config/privacy"
	"engawa/config/redistest"
)

func TestNoWordAndNoIDStandsInClearOnTheDisk(t *testing.T) {
	s := redistest.Start(t)
	v := open(t, s.Client(), s.Client(), privacy.NewMasterKey())
	sealed := sealText(t, v, mari, "m1", "canary-words")
	must(t, s.Client().Set(ctx, "words", sealed, 0).Err())
	id, err := v.Seal(ctx, mari, "line id", []byte("Ucanary0123456789"))
	must(t, err)
	must(t, s.Client().Set(ctx, "id:"+string(v.Blind("Ucanary0123456789")), id, 0).Err())
	if bytes.Contains(s.AOF(), []byte("canary")) {
		t.Error("the append-only file shows words or an id")
	}
	if !bytes.Contains(s.AOF(), sealed) {
		t.Error("the append-only file does not show what was stored: the test looks at the wrong place")
	}
}

func TestADestroyedKeyLeavesTheDiskWithTheNextRewrite(t *testing.T) {
	s := redistest.Start(t)
	v := open(t, s.Client(), s.Client(), privacy.NewMasterKey())
	now := time.Now()
	_ = sealText(t, v, mari, "m1", "words")
	_ = sealText(t, v, ken, "m1", "words")
	key := s.Client().HGet(ctx, privacy.RawKey(mari), "k").Val()
	secret := s.Client().HGet(ctx, privacy.RawKey(ken), "t:m1").Val()
	must(t, v.Shred(ctx, mari))
	must(t, v.ShredText(ctx, ken, "m1"))
	if !bytes.Contains(s.AOF(), []byte(key)) || !bytes.Contains(s.AOF(), []byte(secret)) {
		t.Error("the keys left the file before a rewrite: the test looks at the wrong place")
	}
	if got := standing(t, v, now); got.Rewrite != "owed" || got.Owed != 2 {
		t.Errorf("before the rewrite: got %s, %d owed, want owed, 2", got.Rewrite, got.Owed)
	}
	must(t, v.Compact(ctx, now))
	until(t, "the rewrite is over", func() bool {
		must(t, v.Compact(ctx, now))
		return standing(t, v, now).Rewrite == "ok"
	})
	until(t, "the old file is removed", func() bool { return !bytes.Contains(s.AOF(), []byte(key)) })
	if bytes.Contains(s.AOF(), []byte(secret)) {
		t.Error("the file still shows the secret of a text that was taken back")
	}
	if got := standing(t, v, now); got.Owed != 0 || got.Rewritten.IsZero() || !got.OwedSince.IsZero() {
		t.Errorf("after the rewrite: got %d owed since %v, rewritten %v", got.Owed, got.OwedSince, got.Rewritten)
	}
}

func TestTheEventUnderWhichDeletedWordsArrivedLeavesTheMainStoresDiskToo(t *testing.T) {
	keys, main := redistest.Start(t), redistest.Start(t)
	v := open(t, keys.Client(), main.Client(), privacy.NewMasterKey())
	now := time.Now()
	raw, err := v.Seal(ctx, privacy.Day(now), "event", []byte("words as LINE sent them"))
	must(t, err)
	must(t, main.Client().Set(ctx, "event", raw, 0).Err())
	must(t, main.Client().Del(ctx, "event").Err()) // its turn is done
	must(t, v.Shred(ctx, mari))
	until(t, "the rewrite is over", func() bool {
		must(t, v.Compact(ctx, now))
		return standing(t, v, now).Rewrite == "ok"
	})
	until(t, "the old file is removed", func() bool { return !bytes.Contains(main.AOF(), raw) })
}

func TestTheShredsOfTenMinutesShareOneRewrite(t *testing.T) {
	s := redistest.Start(t)
	v := open(t, s.Client(), s.Client(), privacy.NewMasterKey())
	start := time.Now()
	rewrite := func(now time.Time) string {
		must(t, v.Tend(ctx, now))
		until(t, "no rewrite runs", func() bool {
			must(t, v.Tend(ctx, now))
			return standing(t, v, now).Rewrite != "running"
		})
		return standing(t, v, now).Rewrite
	}
	for _, step := range []struct {
		after time.Duration
		who   privacy.Owner
		want  string
	}{
		{0, mari, "ok"},
		{time.Minute, ken, "owed"},
		{9 * time.Minute, "case:1", "owed"},
		{10 * time.Minute, "case:2", "ok"},
		{60 * time.Minute, "case:2", "ok"}, // nothing new
	} {
		must(t, v.Shred(ctx, step.who))
		if got := rewrite(start.Add(step.after)); got != step.want {
			t.Errorf("after %v: got %s, want %s", step.after, got, step.want)
		}
	}
}

func TestARewriteThatDiedWithItsServerIsOwedAgain(t *testing.T) {
	s := redistest.Start(t)
	v := open(t, s.Client(), s.Client(), privacy.NewMasterKey())
	now := time.Now()
	must(t, v.Shred(ctx, mari))
	must(t, v.Compact(ctx, now))
	s.Restart()
	must(t, v.Compact(ctx, now.Add(time.Minute)))
	if got := standing(t, v, now); got.Rewrite != "owed" || got.Owed != 1 || got.OwedSince.IsZero() {
		t.Errorf("got %s, %d owed, want owed, 1", got.Rewrite, got.Owed)
	}
}

func TestAStoreWithoutAFileSaysSo(t *testing.T) {
	rdb := embedded(t)
	v := open(t, rdb, rdb, privacy.NewMasterKey())
	must(t, v.Shred(ctx, mari))
	must(t, v.Tend(ctx, time.Now()))
	got := standing(t, v, time.Now())
	if got.Rewrite != "absent" || got.Keys.Fsync != "unknown" {
		t.Errorf("got rewrite %s, file %s, want absent, unknown", got.Rewrite, got.Keys.Fsync)
	}
}

func TestStandingSaysWhichPromisesAreInForce(t *testing.T) {
	keys, main := redistest.Start(t), redistest.Client(t)
	before, after := privacy.NewMasterKey(), privacy.NewMasterKey()
	v := open(t, keys.Client(), main, before)
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	must(t, second(v.Seal(ctx, privacy.Day(now.AddDate(0, 0, -4)), "event", []byte("raw"))))
	must(t, v.Shred(ctx, mari))
	must(t, v.ListShredsIn(ctx, t.TempDir()))
	got := standing(t, v, now)
	if got.KeyStore != "own" || got.Keys != (privacy.Disk{Fsync: "always"}) || got.Main != got.Keys || !got.ListFile || got.Shreds != 1 || got.OldMaster != 0 {
		t.Errorf("got %+v", got)
	}
	if !slices.Equal(got.Overdue, []string{"2026-11-18"}) {
		t.Errorf("overdue days: got %v, want [2026-11-18]", got.Overdue)
	}
	if got := standing(t, open(t, keys.Client(), main, after+","+before), now); got.OldMaster != 2 { // the day, the index
		t.Errorf("after a rotation: got %d keys under the old master key, want 2", got.OldMaster)
	}
	one, two := redistest.Client(t), redistest.Client(t)
	if got := standing(t, open(t, one, two, before), now); got.KeyStore != "shared" {
		t.Errorf("two databases of one server: got %s, want shared", got.KeyStore)
	}
}

func TestAnInboxDayIsDestroyedWhenItsTermIsOverAndNothingInItIsUnfinished(t *testing.T) {
	rdb := redistest.Client(t)
	v := open(t, rdb, rdb, privacy.NewMasterKey())
	d := func(day int) privacy.Owner { return privacy.Day(time.Date(2026, 11, day, 23, 0, 0, 0, time.UTC)) }
	sealed := map[int][]byte{}
	for _, day := range []int{16, 17, 18, 19} {
		b, err := v.Seal(ctx, d(day), "event", []byte("raw"))
		must(t, err)
		sealed[day] = b
	}
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC) // 72 hours after the end of the 18th
	kept, err := v.SweepDays(ctx, now, func(day string) (bool, error) { return day == "2026-11-17", nil })
	if err != nil || !slices.Equal(kept, []string{"2026-11-17"}) {
		t.Errorf("kept although overdue: got %v, %v, want [2026-11-17]", kept, err)
	}
	for day, gone := range map[int]bool{16: true, 17: false, 18: true, 19: false} {
		_, err := v.Open(ctx, d(day), "event", sealed[day])
		if errors.Is(err, privacy.ErrShredded) != gone {
			t.Errorf("day %d: got %v, want gone %v", day, err, gone)
		}
	}
}

func TestADayThatCannotBeJudgedStays(t *testing.T) {
	rdb := redistest.Client(t)
	v := open(t, rdb, rdb, privacy.NewMasterKey())
	old := privacy.Day(time.Now().AddDate(0, 0, -9))
	sealed, err := v.Seal(ctx, old, "event", []byte("raw"))
	must(t, err)
	lost := errors.New("store away")
	if _, err := v.SweepDays(ctx, time.Now(), func(string) (bool, error) { return false, lost }); !errors.Is(err, lost) {
		t.Errorf("got %v, want the error of the judge", err)
	}
	must(t, second(v.Open(ctx, old, "event", sealed)))
}

func TestEveryKindHasItsTerm(t *testing.T) {
	seen := map[privacy.Kind]bool{}
	for _, row := range privacy.KeepTable {
		if seen[row.Kind] || row.For <= 0 || row.What == "" || privacy.Keep[row.Kind] != row.For {
			t.Errorf("row %s is double, empty or differs from Keep", row.Kind)
		}
		seen[row.Kind] = true
	}
}

func standing(t *testing.T, v *privacy.Vault, now time.Time) privacy.Standing {
	t.Helper()
	s, err := v.Standing(ctx, now)
	must(t, err)
	return s
}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		if done() {
			return
		}
	}
	t.Fatalf("waited in vain until %s", what)
}
