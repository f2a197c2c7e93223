package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"engawa/config"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
	"engawa/flows/script"
	"engawa/handoff/console"
)

// wordingOf is a house with a folder of its own, and the console's hand on it. The
// clock stands soon after the content was written.
func wordingOf(t *testing.T) (wording, string) {
	t.Helper()
	dir := folderOfContent(t)
	return wordingAt(t, dir), dir
}

func wordingAt(t *testing.T, dir string) wording {
	t.Helper()
	cfg, err := config.Load([]string{
		"LINE_CHANNEL_SECRET=" + townSecret, "LINE_CHANNEL_ACCESS_TOKEN=" + townToken,
		"ENGAWA_MASTER_KEY=" + privacy.NewMasterKey(), "ENGAWA_ACCEPT_DRAFTS=yes", "ENGAWA_CONTENT=" + dir,
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := words(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h, err := newHouse(t.Context(), cfg, alone(redistest.Client(t)), b, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.line.Close)
	h.clock = func() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) }
	return wording{h}
}

func dayOf(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

func TestACardVerifiedInTheConsoleIsShownByEveryProcessAtItsNextLook(t *testing.T) {
	ctx := context.Background()
	w, dir := wordingOf(t)
	other := house{cfg: w.h.cfg, said: w.h.said, clock: w.h.clock} // a second process at the same store
	other.talks = other.follower(w.h.bundle())
	now := w.h.clock()
	if c := other.bundle().Showable("food", now); c != nil && c.ID == "food" {
		t.Fatal("nobody has verified the card and it is shown")
	}
	if err := w.Verify(ctx, []string{"food", "hiroba"}, "鈴木 はな", dayOf("2026-11-24"), "suzu"); err != nil {
		t.Fatal(err)
	}
	if err := other.talks.Look(ctx, now); err != nil {
		t.Fatal(err)
	}
	for _, h := range []*house{w.h, &other} {
		for _, id := range []flows.CardID{"food", "hiroba"} {
			if c := h.bundle().Showable(id, now); c == nil || c.ID != id || c.By != "鈴木 はな" {
				t.Errorf("got %+v, want %s shown as verified", c, id)
			}
		}
	}
	if data, err := os.ReadFile(dir + "/cards/food.yaml"); err != nil || strings.Contains(string(data), "鈴木") {
		t.Errorf("got %v: the folder itself changes only by engawa content pull", err)
	}
}

func TestWhatWouldMakeTheContentFaultyIsRefusedWithTheReason(t *testing.T) {
	ctx := context.Background()
	w, _ := wordingOf(t)
	before := w.h.bundle().Hash
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
	c := w.h.bundle().Cards["food"]
	if c.Phone != "03-1234-5678" || len(c.Week) != 2 || w.h.bundle().Hash == before {
		t.Errorf("got %q and %v", c.Phone, c.Week)
	}
}

func TestOfTwoWhoChangeOneCardTheSecondIsTold(t *testing.T) {
	ctx := context.Background()
	w, _ := wordingOf(t)
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
	if got := w.h.bundle().Cards["food"].Phone; got != "03-1111-1111" {
		t.Errorf("got %s, want the first one's number", got)
	}
	if err := w.Change(ctx, "hiroba", 0, map[string]string{"phone": "03-3333-3333"}, "kaede"); err != nil {
		t.Errorf("another card: %v", err)
	}
}

func TestAClosedDayAndOtherHoursHoldAtOnce(t *testing.T) {
	ctx := context.Background()
	w, _ := wordingOf(t)
	noon := time.Date(2026, 12, 2, 12, 0, 0, 0, w.h.bundle().House.Zone) // a Wednesday
	open := func() bool { now, _ := w.h.houseNow().OpenAt(noon); return now }
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
	w, _ := wordingOf(t)
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

func TestPullWritesTheConsolesChangesIntoTheFolderAndPublishingItTakesThemAway(t *testing.T) {
	ctx := context.Background()
	w, dir := wordingOf(t)
	cmd := publishCmd{contentFlags: contentFlags{Content: dir}, By: "さとう"}
	var told strings.Builder
	if err := cmd.publish(ctx, w.h.cfg, w.h.sure, &told); err != nil {
		t.Fatalf("%v\n%s", err, told.String())
	}
	if err := w.Verify(ctx, []string{"food"}, "鈴木", dayOf("2026-11-24"), "suzu"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(ctx, dayOf("2026-12-02"), "設備の点検", "suzu"); err != nil {
		t.Fatal(err)
	}
	was, err := os.ReadFile(dir + "/house.yaml")
	if err != nil {
		t.Fatal(err)
	}
	spoken := w.h.bundle()
	told.Reset()
	if err := pull(ctx, w.h.said, dir, &told); err != nil || strings.Count(told.String(), "\n") != 4 {
		t.Fatalf("got %v and\n%s\nwant three changes and a sum", err, told.String())
	}
	now, err := os.ReadFile(dir + "/house.yaml")
	if err != nil || strings.Replace(string(now), "  2026-12-02: 設備の点検\n", "", 1) != string(was) || len(now) == len(was) {
		t.Errorf("got %v: want one line more in house.yaml and nothing else touched", err)
	}
	told.Reset()
	if err := pull(ctx, w.h.said, dir, &told); err != nil || strings.Count(told.String(), "\n") != 1 {
		t.Errorf("pull again: got %v and\n%s\nwant nothing to do", err, told.String())
	}
	if err := cmd.publish(ctx, w.h.cfg, w.h.sure, &told); err != nil {
		t.Fatalf("%v\n%s", err, told.String())
	}
	laid, err := w.h.said.Laid(ctx)
	if err != nil || len(laid.Files) != 0 {
		t.Errorf("got %+v, %v; want nothing left over a release that says it", laid, err)
	}
	if err := w.h.talks.Look(ctx, w.h.clock()); err != nil || w.h.bundle().Cards["food"].By != "鈴木" || len(w.h.bundle().House.Closed) != len(spoken.House.Closed) {
		t.Errorf("got %v; want the same said as before", err)
	}
}
