package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"engawa/config"
	"engawa/config/redistest"
	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/release"
)

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
	cmd := publishCmd{contentFlags: contentFlags{Content: dir}, By: "さとう"}
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
