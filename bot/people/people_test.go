package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"engawa/bot/inbox"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const lanes = 4

var (
	ctx = context.Background()
	now = time.UnixMilli(1795348800000).UTC()
)

// village is a store with people in it, as commits would have left them.
type village struct {
	*Store
	t *testing.T
}

func newVillage(t *testing.T) *village {
	t.Helper()
	return newVillageOn(t, redistest.Client(t))
}

func newVillageOn(t *testing.T, rdb redis.UniversalClient) *village {
	t.Helper()
	master, err := privacy.ParseMaster(privacy.NewMasterKey())
	if err != nil {
		t.Fatal(err)
	}
	vault, err := privacy.Open(ctx, rdb, rdb, master)
	if err != nil {
		t.Fatal(err)
	}
	return &village{Store: New(rdb, vault, lanes), t: t}
}

// settler is somebody whose last event was so long ago.
func (v *village) settler(n int, silent time.Duration) Person {
	v.t.Helper()
	blind := v.vault.Blind(fmt.Sprintf("U%d", n))
	p := Stranger(inbox.LaneOf(blind, lanes), blind)
	p.State = flows.State{Turn: 7, Lang: flows.Vi}
	state, err := StateItem(p.ID, p.State)
	if err != nil {
		v.t.Fatal(err)
	}
	items := []privacy.Item{state, LINEItem(p.ID, fmt.Sprintf("U%d", n))}
	if err := v.vault.SealMany(ctx, items); err != nil {
		v.t.Fatal(err)
	}
	v.rdb.Set(ctx, WhoKey(p.Lane, blind), string(p.ID), 0)
	v.rdb.HSet(ctx, Key(p.ID, "person"), FieldBlind, string(blind), FieldAlias, p.Alias, FieldState, items[0].Data, FieldLINE, items[1].Data)
	v.rdb.ZAdd(ctx, ListKey(p.Lane), redis.Z{Score: float64(now.Add(-silent).UnixMilli()), Member: string(p.ID)})
	return p
}

// says keeps a text of somebody.
func (v *village) says(p Person, id, text string, at time.Time, answers ...string) {
	v.t.Helper()
	s, err := NewSealing(p.ID, Said{ID: id, At: at, By: ByResident, Kind: KindText, Text: text, Event: "ev" + id}, answers)
	if err != nil {
		v.t.Fatal(err)
	}
	if err := v.vault.SealMany(ctx, s.Items()); err != nil {
		v.t.Fatal(err)
	}
	stored, err := s.Stored()
	if err != nil {
		v.t.Fatal(err)
	}
	v.rdb.HSet(ctx, Key(p.ID, "words"), id, stored)
}

func (v *village) heard(p Person) (texts []string) {
	v.t.Helper()
	all, err := v.Talk(ctx, p.ID, time.Time{})
	if err != nil {
		v.t.Fatal(err)
	}
	for _, s := range all {
		text := s.Text
		if s.Gone {
			text = "(gone)"
		}
		if s.Line != "" {
			text = "→" + s.Line
		}
		texts = append(texts, text)
	}
	return texts
}

func TestAnAliasIsTwoWordsAndANumber(t *testing.T) {
	shape := regexp.MustCompile(`^[ぁ-んー]+ [1-9][0-9]$`)
	seen := map[string]int{}
	for range 2000 {
		a := newAlias()
		if !shape.MatchString(a) {
			t.Fatalf("got %q, want something like みどりのつばめ 27", a)
		}
		seen[a]++
	}
	if len(seen) < 1980 {
		t.Errorf("got %d different ones of 2000, want nearly all", len(seen))
	}
}

func TestNoWordOfTheAliasesStandsTwiceInItsList(t *testing.T) {
	for _, list := range [][]string{looks[:], lives[:]} {
		sorted := slices.Clone(list)
		slices.Sort(sorted)
		if n := len(slices.Compact(sorted)); n != len(list) {
			t.Errorf("got %d different words of %d", n, len(list))
		}
	}
}

func TestWhoWasMetIsFoundAgain(t *testing.T) {
	v := newVillage(t)
	p := v.settler(1, 0)
	got, err := v.Load(ctx, p.Lane, p.Blind)
	if err != nil || got.ID != p.ID || got.State.Turn != 7 || got.Alias != p.Alias {
		t.Errorf("got %+v, %v; want %+v", got, err, p)
	}
	if inbox.LaneOfPerson(got.ID) != p.Lane {
		t.Errorf("got person %q of another lane than %d", got.ID, p.Lane)
	}
	if id, err := v.LINEID(ctx, p.ID); err != nil || id != "U1" {
		t.Errorf("got LINE id %q, %v; want U1", id, err)
	}
	if found, err := v.Find(ctx, p.Alias); err != nil || !slices.Contains(found, p.ID) {
		t.Errorf("got %v, %v; want them found by their alias", found, err)
	}
	if n, err := v.Count(ctx); err != nil || n != 1 {
		t.Errorf("got %d people, %v; want 1", n, err)
	}
}

func TestNobodyIsThereWhoNeverCame(t *testing.T) {
	v := newVillage(t)
	if _, err := v.Load(ctx, 1, "nobody"); !errors.Is(err, ErrNobody) {
		t.Errorf("got %v, want nobody", err)
	}
	if _, err := v.LINEID(ctx, "01-nobody"); !errors.Is(err, privacy.ErrShredded) {
		t.Errorf("got %v, want an answer that the outbox understands", err)
	}
}

func TestATalkIsInOrderWithTheMachinesAnswersInTheirPlaces(t *testing.T) {
	v := newVillage(t)
	p := v.settler(1, 0)
	v.says(p, "1010", "三", now.Add(2*time.Second))
	v.says(p, "1000", "二", now.Add(time.Second), "menu.lead", "talk")
	v.says(p, "999", "一", now.Add(time.Second))
	want := []string{"一", "二", "→menu.lead", "→talk", "三"}
	if got := v.heard(p); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	since, err := v.Talk(ctx, p.ID, now.Add(2*time.Second))
	if err != nil || len(since) != 1 || since[0].Text != "三" {
		t.Errorf("got %v, %v; want only what was said since", since, err)
	}
}

func TestATextTakenBackLeavesOnlyThatItWasThere(t *testing.T) {
	v := newVillage(t)
	p := v.settler(1, 0)
	v.says(p, "1", "秘密", now, "crisis.life")
	v.says(p, "2", "残す", now)
	for range 3 {
		if err := v.Unsend(ctx, p.ID, []string{"1", "never seen"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := v.heard(p); !slices.Equal(got, []string{"(gone)", "残す"}) {
		t.Errorf("got %v, want the first gone", got)
	}
	one, there, err := v.One(ctx, p.ID, "1")
	if err != nil || !there || one.Event != "ev1" || !one.At.Equal(now) {
		t.Errorf("got %+v, %v, %v; want when it was", one, there, err)
	}
}

func TestATextWhoseUnsendCameFirstIsNeverReadable(t *testing.T) {
	v := newVillage(t)
	p := v.settler(1, 0)
	if err := v.Unsend(ctx, p.ID, []string{"1"}); err != nil {
		t.Fatal(err)
	}
	v.says(p, "1", "秘密", now)
	if got := v.heard(p); !slices.Equal(got, []string{"(gone)"}) {
		t.Errorf("got %v, want it gone", got)
	}
}

func TestACoordinatorsWordsAreKeptAsTheyWereSealed(t *testing.T) {
	v := newVillage(t)
	p := v.settler(1, 0)
	sealed, err := v.SealWords(ctx, p.ID, "act-1", "すずらん", "どうぞ", now)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(sealed), "どうぞ") {
		t.Error("the words are in clear")
	}
	said, stored, err := v.OpenWords(ctx, p.ID, sealed)
	if err != nil || said.Text != "どうぞ" || said.By != ByStaff || said.Staff != "すずらん" || said.ID != "act-1" {
		t.Errorf("got %+v, %v", said, err)
	}
	v.rdb.HSet(ctx, Key(p.ID, "words"), said.ID, stored)
	if got := v.heard(p); !slices.Equal(got, []string{"どうぞ"}) {
		t.Errorf("got %v", got)
	}
	for _, b := range [][]byte{nil, {0}, {0, 9, 1}, sealed[:4], []byte("nonsense of some length")} {
		if _, _, err := v.OpenWords(ctx, p.ID, b); err == nil {
			t.Errorf("%d bytes of nonsense were opened", len(b))
		}
	}
}

func TestAfterDeletionNothingIsLeftAndNothingCanBeSealed(t *testing.T) {
	v := newVillage(t)
	p, other := v.settler(1, 0), v.settler(2, 0)
	v.says(p, "1", "秘密", now)
	v.says(other, "1", "残す", now)
	due := inbox.Due{Event: "e", Person: p.ID, Key: "k"}.Member()
	v.rdb.HSet(ctx, Key(p.ID, "timer"), "k", due)
	v.rdb.ZAdd(ctx, inbox.LaneKey(p.Lane, "due"), redis.Z{Score: 1, Member: due})
	for range 3 {
		if err := v.Purge(ctx, p.ID); err != nil {
			t.Fatal(err)
		}
	}
	keys, _ := v.rdb.Keys(ctx, "{lane-*"+string(p.ID)+"*").Result()
	if len(keys) != 0 || v.rdb.Exists(ctx, WhoKey(p.Lane, p.Blind), inbox.LaneKey(p.Lane, "due")).Val() != 0 {
		t.Errorf("got %v left", keys)
	}
	if _, err := v.Get(ctx, p.ID); !errors.Is(err, ErrNobody) {
		t.Errorf("got %v, want nobody", err)
	}
	if _, err := v.SealWords(ctx, p.ID, "act", "す", "まだ", now); !errors.Is(err, privacy.ErrShredded) {
		t.Errorf("got %v, want that nothing can be sealed for them", err)
	}
	if got := v.heard(other); !slices.Equal(got, []string{"残す"}) {
		t.Errorf("got %v of somebody else, want it untouched", got)
	}
}

func TestDeletingDoesNotTouchWhoCameUnderTheSamePseudonymSince(t *testing.T) {
	v := newVillage(t)
	p := v.settler(1, 0)
	v.rdb.Set(ctx, WhoKey(p.Lane, p.Blind), "01-somebody-new", 0)
	if err := v.Purge(ctx, p.ID); err != nil {
		t.Fatal(err)
	}
	if got := v.rdb.Get(ctx, WhoKey(p.Lane, p.Blind)).Val(); got != "01-somebody-new" {
		t.Errorf("got %q in the index, want the new person", got)
	}
}

func TestWhatHasBeenKeptLongEnoughGoes(t *testing.T) {
	const day = 24 * time.Hour
	for i, c := range []struct {
		name   string
		silent time.Duration
		open   bool
		closed time.Duration // 0: never had a case
		words  bool          // still there after the sweep
		state  bool
	}{
		{"wrote yesterday", day, false, 0, true, true},
		{"a month is not quite over", 29 * day, false, 0, true, true},
		{"a month is over", 31 * day, false, 0, false, true},
		{"three months are over", 91 * day, false, 0, false, false},
		{"a case is open", 200 * day, true, 0, true, true},
		{"a case was closed in spring", 40 * day, false, 40 * day, true, true},
		{"a case was closed, and silence since", 100 * day, false, 100 * day, true, false},
		{"a case was closed over a year ago", 400 * day, false, 400 * day, false, false},
		{"wrote again, long after a case", 31 * day, false, 400 * day, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := newVillage(t)
			p := v.settler(i, c.silent)
			v.says(p, "1", "ことば", now.Add(-c.silent))
			if c.open {
				v.rdb.HSet(ctx, Key(p.ID, "person"), FieldCase, "1")
			}
			if c.closed > 0 {
				v.rdb.HSet(ctx, Key(p.ID, "person"), FieldClosed, MS(now.Add(-c.closed)))
			}
			for range 2 {
				if _, err := New(v.rdb, v.vault, lanes).Sweep(ctx, now); err != nil {
					t.Fatal(err)
				}
			}
			words := slices.Equal(v.heard(p), []string{"ことば"})
			_, err := v.Load(ctx, p.Lane, p.Blind)
			if state := err == nil; words != c.words || state != c.state {
				t.Errorf("got words %v, state %v (%v); want %v, %v", words, state, err, c.words, c.state)
			}
			if !c.state && v.rdb.HExists(ctx, Key(p.ID, "person"), FieldLINE).Val() {
				t.Error("the LINE id is still there")
			}
		})
	}
}

func TestMarksOfEventsGoAfterThreeDays(t *testing.T) {
	v := newVillage(t)
	seen := inbox.LaneKey(1, "seen")
	v.rdb.ZAdd(ctx, seen, redis.Z{Score: float64(now.Add(-71 * time.Hour).UnixMilli()), Member: "young"},
		redis.Z{Score: float64(now.Add(-73 * time.Hour).UnixMilli()), Member: "old"})
	got, err := v.Sweep(ctx, now)
	if err != nil || got.Seen != 1 || v.rdb.ZScore(ctx, seen, "young").Err() != nil {
		t.Errorf("got %+v, %v; want the old mark gone and the young one kept", got, err)
	}
}

func TestWhoComesBackDuringTheSweepStays(t *testing.T) {
	v := newVillage(t)
	p := v.settler(1, 100*24*time.Hour)
	v.rdb.ZAdd(ctx, ListKey(p.Lane), redis.Z{Score: float64(now.UnixMilli()), Member: string(p.ID)})
	left, err := v.left(ctx, p.ID, MS(now.Add(-90*24*time.Hour)), MS(now))
	if err != nil || left {
		t.Errorf("got %v, %v; want them kept", left, err)
	}
}

func TestAHeadIsReadAsItWasPacked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := head{
			at:    rapid.Int64().Draw(t, "at"),
			by:    rapid.SampledFrom([]string{ByResident, ByStaff, ByMachine}).Draw(t, "by"),
			kind:  rapid.SampledFrom([]string{KindText, KindTap, KindSticker, KindMedia, KindLocation, KindScene}).Draw(t, "kind"),
			event: rapid.StringMatching(`[0-9A-Za-z:-]{0,40}`).Draw(t, "event"),
			staff: rapid.StringMatching(`[ぁ-ん]{0,8}`).Draw(t, "staff"),
		}
		if got, ok := unpack(want.pack()); !ok || got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

func TestTheStateOfAnOrdinaryTalkIsSmall(t *testing.T) {
	v := newVillage(t)
	st := flows.State{
		Bundle: "0123456789ab", Scene: "okane/家賃", Back: []flows.SceneKey{"okane/入口", "menu/入口"}, Greeted: true,
		Memory: map[string]string{"住まい": "賃貸"}, Visit: now.Unix(), Last: now.Unix(), Turn: 12,
	}
	it, err := StateItem("01-x", st)
	if err != nil {
		t.Fatal(err)
	}
	items := []privacy.Item{it}
	if err := v.vault.SealMany(ctx, items); err != nil {
		t.Fatal(err)
	}
	if n := len(items[0].Data); n > 600 {
		t.Errorf("got %d bytes, want at most 600", n)
	}
	var back flows.State
	if json.Unmarshal(it.Data, &back) != nil || back.Scene != st.Scene {
		t.Error("the state is not what it was")
	}
}
