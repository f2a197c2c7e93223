package people

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
)

// everything is all that the store holds, as one string to search in.
func (v *village) everything() string {
	v.t.Helper()
	keys, err := v.rdb.Keys(ctx, "*").Result()
	v.do(err)
	var all strings.Builder
	for _, k := range keys {
		dump, err := v.rdb.Dump(ctx, k).Result()
		v.do(err)
		all.WriteString(k + "\n" + dump + "\n")
	}
	return all.String()
}

func (v *village) do(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
}

// wantRiskID asks for somebody's id; want "" is: nobody has it any more.
func (v *village) wantRiskID(p flows.PersonID, want string) {
	v.t.Helper()
	got, err := v.RiskID(ctx, p)
	if want == "" && !errors.Is(err, privacy.ErrShredded) {
		v.t.Fatalf("the id after its time: got %q, %v, want nobody", got, err)
	}
	if want != "" && (err != nil || got != want) {
		v.t.Fatalf("the id: got %q, %v, want %q", got, err, want)
	}
}

// broken breaks a 消す off after each of its steps, and then does it whole three times.
func (v *village) broken(p flows.PersonID, keep func() error) {
	v.t.Helper()
	steps := []func() error{
		keep,
		func() error { return v.vault.Shred(ctx, owner(p)) },
		func() error { return v.Erase(ctx, p) },
	}
	for _, done := range []int{1, 2, 3, 1, 3} {
		for _, step := range steps[:done] {
			v.do(step())
		}
	}
	for range 3 {
		v.do(keep())
		v.do(v.Purge(ctx, p))
	}
}

func TestTheIDOfOneInDangerOutlivesThemForThreeDaysAndNoMore(t *testing.T) {
	v := newVillage(t)
	p := v.settler(1, time.Hour)
	v.says(p, "m1", "もう無理です", now)
	v.wantRiskID(p.ID, "U1")
	v.broken(p.ID, func() error { return v.KeepID(ctx, p.ID, now) })

	if said := v.heard(p); len(said) > 0 {
		t.Errorf("words after 消す: %q, want none", said)
	}
	if _, err := v.LINEID(ctx, p.ID); !errors.Is(err, privacy.ErrShredded) {
		t.Errorf("the outbox still finds the id: %v", err)
	}
	v.do(v.KeepID(ctx, p.ID, now.Add(50*time.Hour))) // later: the time counts from the first
	sweep := func(after time.Duration) {
		t.Helper()
		_, err := v.Sweep(ctx, now.Add(after))
		v.do(err)
	}
	sweep(72*time.Hour - time.Second)
	v.wantRiskID(p.ID, "U1")
	sealed := v.rdb.Get(ctx, Key(p.ID, "risk")).Val()
	for range 3 {
		sweep(72 * time.Hour)
		v.wantRiskID(p.ID, "")
	}
	v.do(v.KeepID(ctx, p.ID, now.Add(80*time.Hour)))
	v.wantRiskID(p.ID, "")
	if _, err := v.vault.Open(ctx, privacy.Risk(string(p.ID)), "line", []byte(sealed)); !errors.Is(err, privacy.ErrShredded) {
		t.Errorf("a copy of the sealed id opens: %v", err)
	}
	for _, key := range []string{Key(p.ID, "risk"), riskListKey(p.Lane)} {
		if v.rdb.Exists(ctx, key).Val() != 0 {
			t.Errorf("%s is still there", key)
		}
	}
}

func TestKeepingBrokenOffBetweenKeysAndData(t *testing.T) {
	v := newVillage(t)
	p := v.settler(1, time.Hour)
	v.do(v.KeepID(ctx, p.ID, now))
	v.do(v.Purge(ctx, p.ID))
	v.do(v.vault.Shred(ctx, privacy.Risk(string(p.ID)))) // and there the sweep dies
	v.wantRiskID(p.ID, "")
	_, err := v.Sweep(ctx, now.Add(72*time.Hour))
	v.do(err)
	if v.rdb.Exists(ctx, Key(p.ID, "risk"), riskListKey(p.Lane)).Val() != 0 {
		t.Error("the next sweep did not complete it")
	}
}

func TestWithoutDangerNoIDIsLeft(t *testing.T) {
	v := newVillage(t)
	p := v.settler(1, time.Hour)
	v.do(v.Purge(ctx, p.ID))
	v.wantRiskID(p.ID, "")
	if all := v.everything(); strings.Contains(all, "risk") || strings.Contains(all, "record") {
		t.Error("something was kept that nobody asked for")
	}
}

func TestAnIDThatCannotBeReadDoesNotHoldUpDeleting(t *testing.T) {
	v := newVillage(t)
	p := v.settler(1, time.Hour)
	v.rdb.HSet(ctx, Key(p.ID, "person"), FieldLINE, strings.Repeat("x", 60))
	v.do(v.KeepID(ctx, p.ID, now))
	v.do(v.Purge(ctx, p.ID))
	v.wantRiskID(p.ID, "")
}

const someCase = flows.CaseID("c7yyy")

// wantRecord compares the texts of a record; "(gone)" is one that was taken back.
func (v *village) wantRecord(when string, want ...string) {
	v.t.Helper()
	all, err := v.Record(ctx, someCase)
	v.do(err)
	var got []string
	for _, s := range all {
		switch {
		case s.Gone:
			got = append(got, "(gone)")
		case s.Line != "":
			got = append(got, "→"+s.Line)
		default:
			got = append(got, s.Text)
		}
	}
	if !slices.Equal(got, want) {
		v.t.Errorf("%s: the record has %q, want %q", when, got, want)
	}
}

func always(time.Time) bool { return true }

func TestARecordOutlivesDeletingAndUnsendOutlivesTheRecord(t *testing.T) {
	v := newVillage(t)
	p := v.settler(1, time.Hour)
	claimed := now.Add(time.Minute)
	v.says(p, "m1", "まえのことば", now)
	v.says(p, "m2", "家賃のことです", claimed, "human.receipt")
	v.says(p, "m3", "取り消したことば", claimed.Add(time.Second))
	v.says(p, "m4", "あとで取り消すことば", claimed.Add(2*time.Second))
	v.do(v.Unsend(ctx, p.ID, []string{"m3"}))
	keep := func() error {
		return v.KeepRecord(ctx, p.ID, someCase, func(at time.Time) bool { return !at.Before(claimed) })
	}
	v.broken(p.ID, keep)
	v.wantRecord("after 消す", "家賃のことです", "→human.receipt", "(gone)", "あとで取り消すことば")

	before := v.rdb.HGet(ctx, recordKey(someCase), "m4").Val()
	for range 3 {
		v.do(v.UnsendRecord(ctx, "m4"))
		v.do(v.UnsendRecord(ctx, "m1"))
	}
	v.wantRecord("after unsend", "家賃のことです", "→human.receipt", "(gone)", "(gone)")
	if after := v.rdb.HGet(ctx, recordKey(someCase), "m4").Val(); len(after) >= len(before) {
		t.Error("the sealed words of a text that was taken back still lie in the record")
	}
	old, err := v.openAll(ctx, privacy.Case(string(someCase)), map[string]string{"m4": before})
	if err != nil || len(old) != 1 || !old[0].Gone {
		t.Errorf("a copy of it opens: %v, %v", old, err)
	}

	left := v.rdb.HGetAll(ctx, recordKey(someCase)).Val()
	for range 3 {
		v.do(v.EndRecord(ctx, someCase))
	}
	v.do(keep())
	v.wantRecord("after its time")
	again, err := v.openAll(ctx, privacy.Case(string(someCase)), left)
	if err != nil || slices.ContainsFunc(again, func(s Said) bool { return s.Text+s.Line != "" }) {
		t.Errorf("a copy of the record opens: %v, %v", again, err)
	}
	if keys := v.rdb.Keys(ctx, "{record}*").Val(); len(keys) > 0 {
		t.Errorf("still there: %q", keys)
	}
}

func TestATextTakenBackWhileTheRecordIsWrittenIsTakenBack(t *testing.T) {
	v := newVillage(t)
	p := v.settler(1, time.Hour)
	v.says(p, "m1", "ひとつ", now)
	v.says(p, "m2", "ふたつ", now.Add(time.Second))
	v.do(v.UnsendRecord(ctx, "m2")) // its turn found no record yet, and left its mark
	v.rdb.ZAdd(ctx, inbox.LaneKey(p.Lane, "seen"), redis.Z{Score: 1, Member: "unsend:m2"})
	v.do(v.KeepRecord(ctx, p.ID, someCase, always))
	v.do(v.Purge(ctx, p.ID))
	v.wantRecord("after 消す", "ひとつ", "(gone)")
}

func TestNotesOfTheCaseStayWhenItsRecordEnds(t *testing.T) {
	v := newVillage(t)
	p := v.settler(1, time.Hour)
	note, err := v.vault.Seal(ctx, privacy.Case(string(someCase)), "note", []byte("電話した"))
	v.do(err)
	v.says(p, "m1", "ひとつ", now)
	v.do(v.KeepRecord(ctx, p.ID, someCase, always))
	v.do(v.EndRecord(ctx, someCase))
	if got, err := v.vault.Open(ctx, privacy.Case(string(someCase)), "note", note); err != nil || string(got) != "電話した" {
		t.Errorf("the note: %q, %v", got, err)
	}
}

func TestNothingKeptStandsInClear(t *testing.T) {
	srv := redistest.Start(t)
	v := newVillageOn(t, srv.Client())
	p := v.settler(123456789, time.Hour)
	v.says(p, "m1", "もう無理ですカナリア", now)
	v.do(v.KeepID(ctx, p.ID, now))
	v.do(v.KeepRecord(ctx, p.ID, someCase, always))
	v.do(v.Purge(ctx, p.ID))
	v.wantRiskID(p.ID, "U123456789")
	for where, text := range map[string]string{"the store": v.everything(), "the append-only file": string(srv.AOF())} {
		for _, canary := range []string{"カナリア", "U123456789"} {
			if strings.Contains(text, canary) {
				t.Errorf("%s stands in clear in %s", canary, where)
			}
		}
	}
}

func TestAStoreThatIsAwayIsNotTakenForNothingToKeep(t *testing.T) {
	v := newVillage(t)
	p := v.settler(1, time.Hour)
	v.says(p, "m1", "ひとつ", now)
	away, stop := context.WithCancel(ctx)
	stop()
	if v.KeepID(away, p.ID, now) == nil || v.KeepRecord(away, p.ID, someCase, always) == nil {
		t.Error("keeping without a store says that it has worked")
	}
}
