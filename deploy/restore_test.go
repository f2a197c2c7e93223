package deploy_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config"
	"engawa/config/privacy"
	"engawa/config/redistest"
)

var ctx = context.Background()

// serve runs a redis-server on deploy/redis.conf, in a folder, until the test ends.
func serve(t *testing.T, dir string) redis.UniversalClient {
	t.Helper()
	conf, err := filepath.Abs("redis.conf")
	must(t, err)
	sockets, err := os.MkdirTemp("", "rt")
	must(t, err)
	socket := filepath.Join(sockets, "s")
	cmd := exec.Command("redis-server", conf, "--port", "0", "--unixsocket", socket, "--dir", dir)
	must(t, cmd.Start())
	c, err := config.OpenRedis("unix://" + socket)
	must(t, err)
	t.Cleanup(func() {
		_ = c.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = os.RemoveAll(sockets)
	})
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); c.Ping(ctx).Err() != nil; <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal("redis-server does not answer on deploy/redis.conf")
		}
	}
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func script(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out, err := exec.Command("sh", args...).CombinedOutput()
	return string(out), err
}

func TestTheShippedRedisSettingsHoldEveryPromise(t *testing.T) {
	main, keys := serve(t, t.TempDir()), serve(t, t.TempDir())
	m, err := privacy.ParseMaster(privacy.NewMasterKey())
	must(t, err)
	v, err := privacy.Open(ctx, keys, main, m)
	must(t, err)
	s, err := v.Standing(ctx, time.Now())
	must(t, err)
	for _, p := range config.Promises(s, config.Chosen{Ways: 1}, time.Now()) {
		if p.Weight != config.Holds {
			t.Errorf("got %s", p)
		}
	}
}

// TestARestoredBackupBringsBackPeopleButNothingThatWasDeleted is the whole story of
// the runbook: back up while running, delete, lose the disk, restore, start again.
func TestARestoredBackupBringsBackPeopleButNothingThatWasDeleted(t *testing.T) {
	server := redistest.Start(t)
	m, err := privacy.ParseMaster(privacy.NewMasterKey())
	must(t, err)
	v, err := privacy.Open(ctx, server.Client(), server.Client(), m) // keys and data in one store: the weakest choice
	must(t, err)
	shreds := t.TempDir()
	must(t, v.ListShredsIn(ctx, shreds))
	stays, goes := privacy.Person("07-stays"), privacy.Person("03-goes")
	blind := v.Blind("U1")
	kept, err := v.Seal(ctx, stays, "state", []byte("still here"))
	must(t, err)
	gone, err := v.Seal(ctx, goes, "state", []byte("deleted later"))
	must(t, err)

	file := filepath.Join(t.TempDir(), "backup.rdb")
	out, err := script(t, "backup.sh", file, "-s", strings.TrimPrefix(server.URL(), "unix://"))
	if err != nil {
		t.Fatalf("backup.sh: %v\n%s", err, out)
	}
	must(t, v.Shred(ctx, goes))
	server.Kill() // and its disk is lost

	dir := filepath.Join(t.TempDir(), "redis")
	if out, err := script(t, "restore.sh", file, dir); err != nil {
		t.Fatalf("restore.sh: %v\n%s", err, out)
	}
	again := serve(t, dir)
	v, err = privacy.Open(ctx, again, again, m)
	must(t, err)
	must(t, v.ListShredsIn(ctx, shreds))
	if got, err := v.Open(ctx, stays, "state", kept); err != nil || string(got) != "still here" {
		t.Errorf("somebody who stayed: got %q, %v", got, err)
	}
	if v.Blind("U1") != blind {
		t.Error("the same person is a stranger after the restore")
	}
	if got, err := v.Open(ctx, goes, "state", gone); !errors.Is(err, privacy.ErrShredded) {
		t.Errorf("what was deleted after the backup: got %q, %v, want ErrShredded", got, err)
	}
}

func TestTheScriptsOverwriteNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "backup.rdb")
	must(t, os.WriteFile(file, []byte("precious"), 0o600))
	if out, err := script(t, "backup.sh", file); err == nil {
		t.Errorf("backup.sh overwrote a file: %s", out)
	}
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "appendonlydir"), 0o700))
	if out, err := script(t, "restore.sh", file, dir); err == nil {
		t.Errorf("restore.sh wrote into a folder with data: %s", out)
	}
	for _, name := range []string{"backup.sh", "restore.sh"} {
		out, err := script(t, name)
		if err == nil || !strings.Contains(out, "deploy/"+name) {
			t.Errorf("%s without arguments: got %v, %q, want how to use it", name, err, out)
		}
	}
	if got, _ := os.ReadFile(file); string(got) != "precious" {
		t.Errorf("the file holds %q", got)
	}
}

func TestARestoreOfWhatIsNoBackupFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "backup.rdb")
	must(t, os.WriteFile(file, []byte("not a backup"), 0o600))
	if out, err := script(t, "restore.sh", file, filepath.Join(t.TempDir(), "redis")); err == nil {
		t.Errorf("got success: %s", out)
	}
}
