package house

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"engawa/bot/line/emulator"
	"engawa/config/privacy"
	"engawa/config/redistest"
)

// TestARestoredHouseKnowsEverybodyButThoseWhoDeletedEverythingSince is the story that
// a backup is for: it is taken while people talk, one of them deletes everything and
// one takes a sentence back, then the disk is lost.
func TestARestoredHouseKnowsEverybodyButThoseWhoDeletedEverythingSince(t *testing.T) {
	const goesWords, unsentWords, staysWords = "父のことで、ねむれないカナリアです", "名前はかきのきカナリアです", "家賃がもう無理なカナリアです"
	keys := redistest.Start(t)
	tw := newTown(t, "ENGAWA_KEYS_REDIS_URL="+keys.URL())
	tw.start()
	desk := tw.clerk("suzuran", "すずらん")

	goes := tw.line.NewUser()
	tw.line.SendText(goes, goesWords)
	tw.answered(goes, 1)
	tw.line.SendText(goes, "人と話す")
	tw.awaitText(goes, "順番がとれました")
	page := desk.takes()
	desk.sees(page, goesWords)
	tw.letterFor(goes)

	stays := tw.line.NewUser()
	tw.line.SendText(stays, staysWords)
	taken := tw.line.SendText(stays, unsentWords)
	tw.answered(stays, 2)
	tw.line.SendText(stays, "人と話す")
	tw.awaitText(stays, "順番がとれました")

	file := filepath.Join(t.TempDir(), "engawa.backup")
	if out := tw.run("backup", file); !strings.Contains(out, "鍵は入っていません") {
		t.Errorf("backup: got %q", out)
	}
	tw.line.SendText(goes, "消す")
	tw.awaitText(goes, "72時間残ります")
	tw.press(goes, "いま消す")
	tw.awaitText(goes, "消しました")
	if _, err := tw.line.Unsend(taken.Message); err != nil {
		t.Fatal(err)
	}
	tw.await(20*time.Second, "消す and unsend are done", func() bool { return tw.shreds(keys) >= 2 })

	tw.stop(syscall.SIGKILL)
	tw.redis.Kill() // and its disk is lost
	fresh := redistest.Start(t)
	tw.redis, tw.store = fresh, fresh
	tw.set("REDIS_URL", fresh.URL())
	out := tw.run("restore", file)
	if !strings.Contains(out, "1 people who deleted everything since") {
		t.Errorf("restore: got %q", out)
	}
	tw.nobodyButOne(keys, goesWords)
	tw.start()
	desk.sees("/", "相談員の入口") // sessions of before the backup are over
	desk.does("/sign-in", "name", "suzuran", "password", ownPassword)
	desk.lacks(page, goesWords)
	desk.lacks("/ledger", goesWords)
	other := desk.takes()
	desk.sees(other, staysWords)
	desk.lacks(other, unsentWords)
	tw.resendsNothingOf(goes)

	n := len(tw.line.Messages(goes))
	tw.line.SendText(goes, "こんにちは")
	if _, err := tw.line.Await(t.Context(), goes, emulator.AtLeast(n+1)); err != nil {
		t.Fatal(err)
	}
	if out := tw.run("ledger", "--json"); !strings.Contains(out, `"adds_up": true`) {
		t.Errorf("the ledger after the restore: %s", out)
	}
}

// answered waits until somebody has got so many messages at least.
func (tw *town) answered(user string, n int) {
	tw.Helper()
	if _, err := tw.line.Await(tw.Context(), user, emulator.AtLeast(n)); err != nil {
		tw.Fatal(err)
	}
}

// letterFor lets an answer to somebody fail for good, so that it becomes a letter.
func (tw *town) letterFor(user string) {
	tw.Helper()
	heal := tw.line.Fault(emulator.Fault{Status: 400})
	defer heal()
	tw.line.SendText(user, "消したら何が残りますか")
	tw.line.SendText(user, "ことば・Language")
	tw.await(20*time.Second, "a letter", func() bool { return len(tw.book().Letters) > 0 })
}

func (tw *town) book() (b book) {
	tw.Helper()
	if err := json.Unmarshal([]byte(tw.run("ledger", "--json")), &b); err != nil {
		tw.Fatal(err)
	}
	return b
}

// resendsNothingOf tries to send what could not be sent before: the words are gone.
func (tw *town) resendsNothingOf(user string) {
	tw.Helper()
	n := len(tw.line.Messages(user))
	for _, l := range tw.book().Letters {
		if out := tw.runs("ledger", "resend", l.ID, "--reason", "試し"); !strings.Contains(out, "cannot be sent") {
			tw.Errorf("resend of a letter whose words were deleted: got %q", out)
		}
	}
	if got := len(tw.line.Messages(user)); got != n {
		tw.Errorf("somebody who deleted everything got %d messages more", got-n)
	}
}

// shreds counts what was destroyed of people by their wish: themselves, or one text of theirs.
func (tw *town) shreds(keys *redistest.Server) (n int64) {
	for _, k := range keys.Client().Keys(tw.Context(), "{k-*}:shreds").Val() {
		for _, what := range keys.Client().ZRange(tw.Context(), k, 0, -1).Val() {
			if strings.HasPrefix(what, "person:") { // not the letters that nobody could read
				n++
			}
		}
	}
	return n
}

// nobodyButOne looks behind the doors before anything serves: one person is left, and
// of the other neither key nor record.
func (tw *town) nobodyButOne(keys *redistest.Server, words string) {
	tw.Helper()
	tw.onlyPerson()
	if owners := keys.Client().Keys(tw.Context(), "*:owner:person:*").Val(); len(owners) != 1 {
		tw.Errorf("%d people have a key, want 1", len(owners))
	}
	for where, text := range map[string][]byte{"data": tw.redis.AOF(), "keys": keys.AOF()} {
		if bytes.Contains(text, []byte(words)) {
			tw.Errorf("words stand in clear in the %s", where)
		}
	}
}

func (c *clerk) sees(path, words string) {
	c.Helper()
	if body, err := pageOf(c.web.Get("http://" + c.console + path)); err != nil || !strings.Contains(body, words) {
		c.Errorf("%s does not show 「%s」: %v", path, words, err)
	}
}

func (c *clerk) lacks(path, words string) {
	c.Helper()
	if body, err := pageOf(c.web.Get("http://" + c.console + path)); err != nil || strings.Contains(body, words) {
		c.Errorf("%s: %v, or it still shows 「%s」", path, err, words)
	}
}

// TestKeysThatLiveWithTheDataAreBackedUpOnlyOnRequest tries the small house: one Redis
// for everything, with a list of shreds beside it.
func TestKeysThatLiveWithTheDataAreBackedUpOnlyOnRequest(t *testing.T) {
	tw := newTown(t, "ENGAWA_SHRED_DIR="+t.TempDir())
	tw.start()
	goes, stays := tw.line.NewUser(), tw.line.NewUser()
	for _, user := range []string{goes, stays} {
		tw.line.SendText(user, "家賃がもう無理")
		tw.answered(user, 1)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "engawa.backup")
	if out := tw.runs("backup", file); !strings.Contains(out, "--with-keys") {
		t.Errorf("without the flag: got %q, want a refusal that names it", out)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("the refusal left %v", left)
	}
	if out := tw.run("backup", "--with-keys", file); !strings.Contains(out, "鍵が入っています") {
		t.Errorf("with the flag: got %q", out)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v, want 0600", info, err)
	}
	was := must(os.ReadFile(file))
	if out := tw.runs("backup", "--with-keys", file); !strings.Contains(out, "上書きはしません") || !bytes.Equal(must(os.ReadFile(file)), was) {
		t.Errorf("onto a file that is there: got %q", out)
	}
	if out := tw.runs("restore", file); !strings.Contains(out, "空ではありません") {
		t.Errorf("into the running house: got %q, want a refusal", out)
	}

	tw.line.SendText(goes, "消す")
	tw.awaitText(goes, "72時間残ります")
	tw.press(goes, "いま消す")
	tw.awaitText(goes, "消しました")
	tw.await(20*time.Second, "one person left", func() bool { return len(tw.keys("{k-*}:owner:person:*")) == 1 })
	tw.stop(syscall.SIGKILL)
	tw.redis.Kill()
	fresh := redistest.Start(t)
	tw.redis, tw.store = fresh, fresh
	tw.set("REDIS_URL", fresh.URL())
	tw.run("restore", file)
	tw.onlyPerson()
	if n := len(tw.keys("{k-*}:owner:person:*")); n != 1 {
		t.Errorf("%d people have a key after the restore, want 1", n)
	}
	tw.start()
	n := len(tw.line.Messages(stays))
	tw.press(stays, "人と話す")
	tw.answered(stays, n+1)
}

// TestALostKeyIsSaidAndNothingIsDestroyed tries to back up and to restore with wrong
// keys, across a rotation, and with what is no backup.
func TestALostKeyIsSaidAndNothingIsDestroyed(t *testing.T) {
	old, other := privacy.NewMasterKey(), privacy.NewMasterKey()
	keys, empty := redistest.Start(t), redistest.Start(t)
	tw := newTown(t, "ENGAWA_KEYS_REDIS_URL="+keys.URL())
	tw.set("ENGAWA_MASTER_KEY", old)
	tw.start()
	user := tw.line.NewUser()
	tw.line.SendText(user, "家賃がもう無理")
	tw.answered(user, 1)
	file := filepath.Join(t.TempDir(), "engawa.backup")
	tw.run("backup", file)
	tw.stop(syscall.SIGTERM)
	before := len(tw.keys("*")) + len(keys.Client().Keys(t.Context(), "*").Val())

	fresh := redistest.Start(t)
	broken := filepath.Join(t.TempDir(), "broken.backup")
	if err := os.WriteFile(broken, must(os.ReadFile(file))[:400], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, data, keys, master, file, want string
	}{
		{"another master key", fresh.URL(), keys.URL(), other, file, "親鍵が合いません"},
		{"an empty key store", fresh.URL(), empty.URL(), old, file, "鍵の置き場所が、このデータのものではありません"},
		{"the key store forgotten in the settings", fresh.URL(), "", old, file, "鍵の置き場所が、このデータのものではありません"},
		{"half a file", fresh.URL(), keys.URL(), old, broken, "何も変えていません"},
		{"a backup of a house that is not there", empty.URL(), keys.URL(), old, "", "まだ何もありません"},
		{"a backup under another master key", tw.redis.URL(), keys.URL(), other, "", "親鍵が合いません"},
	} {
		tw.set("REDIS_URL", c.data)
		tw.set("ENGAWA_KEYS_REDIS_URL", c.keys)
		tw.set("ENGAWA_MASTER_KEY", c.master)
		args := []string{"restore", c.file}
		if c.file == "" {
			args = []string{"backup", filepath.Join(t.TempDir(), "x")}
		}
		if out := tw.runs(args...); !strings.Contains(out, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, out, c.want)
		}
	}
	if n := fresh.Client().DBSize(t.Context()).Val() + empty.Client().DBSize(t.Context()).Val(); n != 0 {
		t.Errorf("the refusals wrote %d keys", n)
	}
	if after := len(tw.keys("*")) + len(keys.Client().Keys(t.Context(), "*").Val()); after != before {
		t.Errorf("the house had %d keys and has %d", before, after)
	}
	tw.set("REDIS_URL", fresh.URL())
	tw.set("ENGAWA_KEYS_REDIS_URL", keys.URL())
	tw.set("ENGAWA_MASTER_KEY", other+","+old) // in the middle of a rotation
	tw.run("restore", file)
	if err := fresh.Client().Set(t.Context(), "{engawa}:restoring", "1", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if out := tw.runs("serve"); !strings.Contains(out, "途中で止まった restore") {
		t.Errorf("serve on half a restore: got %q, want a refusal", out)
	}
}

// TestTheRestoreDrillOfTheRunbookWorksAsWritten runs the commands of the page.
func TestTheRestoreDrillOfTheRunbookWorksAsWritten(t *testing.T) {
	page := string(must(os.ReadFile("deploy/runbook/README.md")))
	_, drill, found := strings.Cut(page, "<!-- drill -->\n```sh\n")
	drill, _, ended := strings.Cut(drill, "```")
	if !found || !ended {
		t.Fatal("the runbook has no drill")
	}
	keys := redistest.Start(t)
	tw := newTown(t, "ENGAWA_KEYS_REDIS_URL="+keys.URL())
	tw.start()
	user := tw.line.NewUser()
	tw.line.SendText(user, "家賃がもう無理")
	tw.answered(user, 1)
	tw.await(20*time.Second, "nothing under way", func() bool { return tw.book().Counts["pending"] == 0 })
	tw.set("PATH", filepath.Dir(engawa(t))+":"+os.Getenv("PATH"))
	tw.set("TMPDIR", t.TempDir())
	cmd := exec.Command("sh", "-euc", drill)
	cmd.Env = tw.env
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("戻しました")) || bytes.Contains(out, []byte("取ったあとに動いた")) {
		t.Errorf("the drill: %v\n%s", err, out)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
