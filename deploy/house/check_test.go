package house

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"engawa/flows/content"
	"engawa/flows/release"
	"engawa/flows/script"
)

// folderOfContent is a copy of the shipped content that a test may spoil.
func folderOfContent(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	err := fs.WalkDir(content.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(content.FS, name)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o640)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCheckFixWritesBackWhatIsSafeAndSaysWhat(t *testing.T) {
	dir := folderOfContent(t)
	name := filepath.Join(dir, "flows", "okane.yaml")
	good, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.Replace(string(good), "\n題: ", "\n題：", 1)
	if err := os.WriteFile(name, []byte(bad), 0o640); err != nil {
		t.Fatal(err)
	}
	var told bytes.Buffer
	if err := (checkCmd{contentFlags: contentFlags{Content: dir}}).repair(&told); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, good) {
		t.Error("the file is not what it was before the slip")
	}
	if !strings.Contains(told.String(), "flows/okane.yaml") || !strings.Contains(told.String(), "題：") {
		t.Errorf("got told %q, want the file and the line", told.String())
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("got mode %v, %v; want it kept", info.Mode(), err)
	}
	if err := (checkCmd{}).repair(&told); err == nil {
		t.Error("the built-in content was repaired; want a word about --content")
	}
}

func TestCheckTellsToolsWhatBecomesOfEveryScene(t *testing.T) {
	dir := folderOfContent(t)
	name := filepath.Join(dir, "flows", "zatsudan.yaml")
	was, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	now := strings.Replace(string(was), "いいですね。", "ようこそ。", 1)
	if err := os.WriteFile(name, []byte(now), 0o600); err != nil || now == string(was) {
		t.Fatalf("%v, or the flow begins otherwise by now", err)
	}
	b, faults := script.Load(content.FS, script.Options{AcceptDrafts: true})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	fates, err := checkCmd{Diff: dir}.difference(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(checked{Fates: fates})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"scene":"zatsudan/はじめ","becomes":"changed","people":-1}`; !strings.Contains(string(text), want) || len(fates) != len(b.Scenes) {
		t.Errorf("got %d fates of %d scenes, want among them %s", len(fates), len(b.Scenes), want)
	}
	changed := 0
	for _, f := range fates {
		if f.Becomes != release.Same {
			changed++
		}
	}
	if changed != 1 {
		t.Errorf("got %d scenes that are not the same, want 1", changed)
	}
}
