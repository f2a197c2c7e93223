package house

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/config"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/release"
	"engawa/flows/script"
	"engawa/handoff"
)

// granted stands for a proof that has found nothing: what a real one refuses is shown
// with the built program, in which it takes a tenth of the time.
func granted(context.Context, fs.FS) []string { return nil }

// reword replaces a piece of a file.
func reword(t *testing.T, dir, file, was, is string) {
	t.Helper()
	name := filepath.Join(dir, filepath.FromSlash(file))
	data, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(data), was) {
		t.Fatalf("%s does not say %q: %v", file, was, err)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(data), was, is, 1)), 0o640); err != nil {
		t.Fatal(err)
	}
}

func TestPublishingChecksFirstAndAFaultyFolderLeavesTheOldOneInForce(t *testing.T) {
	ctx, rdb := context.Background(), redistest.Client(t)
	cfg := config.Config{}
	cfg.AcceptDrafts.All = true
	first := &flows.Bundle{Hash: "built in", Scenes: map[flows.SceneKey]*flows.Scene{}}
	talks := release.Follow(release.NewStore(rdb), release.First{Folder: content.FS, Bundle: first}, func(f fs.FS) (*flows.Bundle, error) { return readWords(cfg, f) })
	inForce := func() string {
		t.Helper()
		if err := talks.Look(ctx, time.Now()); err != nil {
			t.Fatal(err)
		}
		return talks.Rack().Now().Hash
	}
	dir := folderOfContent(t)
	cmd := publishCmd{contentFlags: contentFlags{Content: dir}, By: "さとう", proven: granted}
	var told bytes.Buffer
	if err := cmd.publish(ctx, cfg, rdb, &told); err != nil {
		t.Fatalf("%v\n%s", err, told.String())
	}
	one := inForce()
	if one == first.Hash {
		t.Fatal("the folder was published and is not in force")
	}
	reword(t, dir, "flows/okane.yaml", "\n題: ", "\n題：")
	if err := cmd.publish(ctx, cfg, rdb, &told); err == nil || !strings.Contains(err.Error(), "全角") || inForce() != one {
		t.Errorf("got %v and %s in force; want a faulty folder refused with the reason, and %s", err, inForce(), one)
	}
	reword(t, dir, "flows/okane.yaml", "\n題：", "\n# 直した\n題: ")
	if err := cmd.publish(ctx, config.Config{}, rdb, &told); err == nil || inForce() != one {
		t.Errorf("got %v; want drafts refused where nobody accepts them", err)
	}
	told.Reset()
	if err := cmd.publish(ctx, cfg, rdb, &told); err != nil || inForce() == one || !strings.Contains(told.String(), fmt.Sprintf("変わらない場面 %d", len(talks.Rack().Now().Scenes))) {
		t.Errorf("got %v and %s; want the corrected one in force, with its difference", err, told.String())
	}
	if err := cmd.recall(ctx, rdb, &told); err != nil || inForce() != one {
		t.Errorf("got %v and %s in force, want %s again", err, inForce(), one)
	}
	if err := cmd.recall(ctx, rdb, &told); err == nil || inForce() != one {
		t.Errorf("got %v, want the only release that is left kept", err)
	}
}

func TestPublishingRemindsOfThePictureMenuWhenItChanges(t *testing.T) {
	ctx, rdb := context.Background(), redistest.Client(t)
	cfg := config.Config{}
	cfg.AcceptDrafts.All = true
	dir := folderOfContent(t)
	cmd := publishCmd{contentFlags: contentFlags{Content: dir}, By: "さとう", proven: granted}
	for _, c := range []struct {
		file, was, is string
		reminds       bool
	}{
		{"menu.yaml", "開くところ: メニュー", "開くところ: メニュー", true}, // nobody knows what LINE shows
		{"flows/okane.yaml", "お金の話は、書くだけでも", "お金のことは、書くだけでも", false},
		{"menu.yaml", "居場所をさがす:", "行く所をさがす:", true},
	} {
		reword(t, dir, c.file, c.was, c.is)
		var told bytes.Buffer
		if err := cmd.publish(ctx, cfg, rdb, &told); err != nil {
			t.Fatalf("%s: %v\n%s", c.is, err, told.String())
		}
		if got := strings.Contains(told.String(), "engawa richmenu sync"); got != c.reminds {
			t.Errorf("%s: reminds %v, want %v:\n%s", c.is, got, c.reminds, told.String())
		}
	}
}

func TestPullWritesTheConsolesChangesIntoTheFolderAndPublishingItTakesThemAway(t *testing.T) {
	ctx := context.Background()
	dir := folderOfContent(t)
	h := houseSaying(t, dir)
	w := h.wording()
	cmd := publishCmd{contentFlags: contentFlags{Content: dir}, By: "さとう", proven: granted}
	var told strings.Builder
	if err := cmd.publish(ctx, h.cfg, h.sure, &told); err != nil {
		t.Fatalf("%v\n%s", err, told.String())
	}
	if err := w.Verify(ctx, []string{"food"}, "鈴木", time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), "suzu"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(ctx, time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC), "設備の点検", "suzu"); err != nil {
		t.Fatal(err)
	}
	was, err := os.ReadFile(dir + "/house.yaml")
	if err != nil {
		t.Fatal(err)
	}
	spoken := h.bundle()
	told.Reset()
	if err := pull(ctx, h.said, handoff.Town{}, dir, &told); err != nil || strings.Count(told.String(), "\n") != 4 {
		t.Fatalf("got %v and\n%s\nwant three changes and a sum", err, told.String())
	}
	now, err := os.ReadFile(dir + "/house.yaml")
	if err != nil || strings.Replace(string(now), "  2026-12-02: 設備の点検\n", "", 1) != string(was) || len(now) == len(was) {
		t.Errorf("got %v: want one line more in house.yaml and nothing else touched", err)
	}
	told.Reset()
	if err := pull(ctx, h.said, handoff.Town{}, dir, &told); err != nil || strings.Count(told.String(), "\n") != 1 {
		t.Errorf("pull again: got %v and\n%s\nwant nothing to do", err, told.String())
	}
	if err := cmd.publish(ctx, h.cfg, h.sure, &told); err != nil {
		t.Fatalf("%v\n%s", err, told.String())
	}
	laid, err := h.said.Laid(ctx)
	if err != nil || len(laid.Files) != 0 {
		t.Errorf("got %+v, %v; want nothing left over a release that says it", laid, err)
	}
	if err := h.talks.Look(ctx, h.clock()); err != nil || h.bundle().Cards["food"].By != "鈴木" || len(h.bundle().House.Closed) != len(spoken.House.Closed) {
		t.Errorf("got %v; want the same said as before", err)
	}
}

// houseSaying is a house with a folder of words of its own. The clock stands soon after
// the content was written.
func houseSaying(t *testing.T, dir string) *house {
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
	return h
}

// Areas and teams that were changed in the console come back into house.yaml, once.
func TestPullWritesAreasAndTeamsOfTheConsoleIntoTheFolder(t *testing.T) {
	ctx := context.Background()
	dir := folderOfContent(t)
	h := houseSaying(t, dir)
	base := h.houseNow()
	town, err := handoff.Town{}.WithArea(base, "南地区", 0, flows.Area{Name: "南と川べり", Level: flows.AreaMiddle, Teams: []string{"居場所"}, People: []string{"sato", "mori"}})
	if err == nil {
		town, err = town.WithTeam(base, "", 0, "夜の窓口", flows.Team{Topics: []string{"money"}, Hours: map[time.Weekday][]flows.Span{time.Friday: {{From: 1080, To: 1200}}}})
	}
	if err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	for i, want := range []string{"4 か所", "0 か所"} {
		told.Reset()
		if err := pull(ctx, h.said, town, dir, &told); err != nil || !strings.Contains(told.String(), want) {
			t.Fatalf("pull %d: %v and\n%s\nwant %s", i+1, err, told.String(), want)
		}
	}
	b, faults := script.Load(os.DirFS(dir), script.Options{AcceptDrafts: true})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(b.House.Teams, "夜の窓口") || len(b.House.About["夜の窓口"].Hours[time.Friday]) != 1 ||
		!slices.ContainsFunc(b.House.Areas, func(a flows.Area) bool { return a.Name == "南と川べり" && len(a.People) == 2 }) {
		t.Errorf("the folder says %+v", b.House)
	}
}
