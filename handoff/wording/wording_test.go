package wording

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"time"

	"engawa/config/redistest"
	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/release"
	"engawa/flows/script"
	"engawa/handoff/console"
)

// wordsOf are the words of the shipped content in a store of their own. The clock
// stands soon after the content was written.
func wordsOf(t *testing.T) *Words {
	t.Helper()
	said, shelf := release.NewStore(redistest.Client(t)), &script.Shelf{}
	now := func() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) }
	w := &Words{Said: said, Folder: content.FS, Now: now, Log: slog.New(slog.DiscardHandler),
		Read: func(folder fs.FS) (*flows.Bundle, script.Faults) {
			return shelf.Load(folder, script.Options{AcceptDrafts: true, Now: now()})
		}}
	w.Talks = w.follower(t)
	return w
}

// follower is what one process speaks from.
func (w *Words) follower(t *testing.T) *release.Follower {
	t.Helper()
	b, err := w.plain(w.Folder)
	if err != nil {
		t.Fatal(err)
	}
	return release.Follow(w.Said, release.First{Folder: w.Folder, Bundle: b}, w.plain)
}

func (w *Words) spoken() *flows.Bundle { return w.Talks.Rack().Now() }

func dayOf(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

func TestACardVerifiedInTheConsoleIsShownByEveryProcessAtItsNextLook(t *testing.T) {
	ctx := context.Background()
	w := wordsOf(t)
	other, now := w.follower(t), w.Now() // a second process at the same store
	if c := other.Rack().Now().Showable("food", now); c != nil && c.ID == "food" {
		t.Fatal("nobody has verified the card and it is shown")
	}
	if err := w.Verify(ctx, []string{"food", "hiroba"}, "鈴木 はな", dayOf("2026-11-24"), "suzu"); err != nil {
		t.Fatal(err)
	}
	if err := other.Look(ctx, now); err != nil {
		t.Fatal(err)
	}
	for _, f := range []*release.Follower{w.Talks, other} {
		for _, id := range []flows.CardID{"food", "hiroba"} {
			if c := f.Rack().Now().Showable(id, now); c == nil || c.ID != id || c.By != "鈴木 はな" {
				t.Errorf("got %+v, want %s shown as verified", c, id)
			}
		}
	}
}

func TestWhatWouldMakeTheContentFaultyIsRefusedWithTheReason(t *testing.T) {
	ctx := context.Background()
	w := wordsOf(t)
	before := w.spoken().Hash
	for name, fields := range map[string]map[string]string{
		"電話番号": {"phone": "内線12"}, "時間": {"week": "平日: 朝から"}, "使わないと決めた": {"lead": "頑張って"},
	} {
		var refused *console.Refused
		if err := w.Change(ctx, "food", 0, fields, "suzu"); !errors.As(err, &refused) || !strings.Contains(strings.Join(refused.Why, " "), name) {
			t.Errorf("%v: got %v, want a refusal that speaks of %s", fields, err, name)
		}
	}
	if err := w.Change(ctx, "food", 0, map[string]string{"phone": "０３－１２３４－５６７８", "week": "火： 10:00-12:00、木: 24時間"}, "suzu"); err != nil {
		t.Fatalf("what an input method makes of a good number: %v", err)
	}
	c := w.spoken().Cards["food"]
	if c.Phone != "03-1234-5678" || len(c.Week) != 2 || w.spoken().Hash == before {
		t.Errorf("got %q and %v", c.Phone, c.Week)
	}
}

func TestOfTwoWhoChangeOneCardTheSecondIsTold(t *testing.T) {
	ctx := context.Background()
	w := wordsOf(t)
	seen, err := w.Card(ctx, "food")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Change(ctx, "food", seen.Seen, map[string]string{"phone": "03-1111-1111"}, "suzu"); err != nil {
		t.Fatal(err)
	}
	if err := w.Change(ctx, "food", seen.Seen, map[string]string{"phone": "03-2222-2222"}, "kaede"); !errors.Is(err, console.ErrTaken) {
		t.Errorf("got %v, want the second told", err)
	}
	if got := w.spoken().Cards["food"].Phone; got != "03-1111-1111" {
		t.Errorf("got %s, want the first one's number", got)
	}
	if err := w.Change(ctx, "hiroba", 0, map[string]string{"phone": "03-3333-3333"}, "kaede"); err != nil {
		t.Errorf("another card: %v", err)
	}
}

func TestAClosedDayAndOtherHoursHoldAtOnce(t *testing.T) {
	ctx := context.Background()
	w := wordsOf(t)
	noon := time.Date(2026, 12, 2, 12, 0, 0, 0, w.spoken().House.Zone) // a Wednesday
	open := func() bool { now, _ := w.spoken().House.OpenAt(noon); return now }
	if !open() {
		t.Fatal("closed on a Wednesday at noon")
	}
	if err := w.Close(ctx, noon, "設備の点検", "suzu"); err != nil || open() {
		t.Errorf("got %v, want the day closed", err)
	}
	if err := w.Reopen(ctx, noon, "suzu"); err != nil || !open() {
		t.Errorf("got %v, want it open again", err)
	}
	hours, err := w.Hours(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SetHours(ctx, hours.Seen, "平日: 13:00-17:00", "suzu"); err != nil || open() {
		t.Errorf("got %v, want nobody there at noon", err)
	}
}

func TestADraftIsConfirmedByNameAndStaysSoWhenSomebodyCorrectsASentence(t *testing.T) {
	ctx := context.Background()
	w := wordsOf(t)
	d, err := w.Draft(ctx, "cards/food.yaml")
	if err != nil || len(d.Sentences) == 0 {
		t.Fatalf("got %+v, %v", d, err)
	}
	if err := w.Confirm(ctx, d.File, "00000000", "鈴木", "suzu"); !errors.Is(err, console.ErrTaken) {
		t.Errorf("got %v for other sentences than those that were read", err)
	}
	if err := w.Confirm(ctx, d.File, d.Hash, "鈴木", "suzu"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Draft(ctx, d.File); !errors.Is(err, console.ErrNoContent) {
		t.Errorf("got %v, want it no draft any more", err)
	}
	o, err := w.Card(ctx, "food")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Change(ctx, "food", o.Seen, map[string]string{"hours": "水曜の14時から16時"}, "kaede"); err != nil {
		t.Fatal(err)
	}
	g, err := w.ground(ctx)
	if err != nil {
		t.Fatal(err)
	}
	data, err := fs.ReadFile(g.over, d.File)
	if got := script.Written(d.File, data, "確認", "人"); err != nil || got != "鈴木・kaede" {
		t.Errorf("got %q, %v; want both who answer for the sentences", got, err)
	}
}
