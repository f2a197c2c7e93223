//go:build soak

package house

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"engawa/bot/people"
	"engawa/config/redistest"
	"engawa/flows"
)

func init() { buildTags = []string{"-tags", "soak"} }

// disk is the small disk that the store of the soak test writes to.
type disk struct {
	testing.TB
	dir string
}

// newDisk mounts one in memory; that needs root, as a container has it.
func newDisk(t testing.TB) *disk {
	t.Helper()
	d := &disk{TB: t}
	var err error
	if d.dir, err = os.MkdirTemp("", "sd"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", d.dir, "tmpfs", 0, "size=2g"); err != nil {
		t.Fatalf("a small disk cannot be mounted (make soak wants root, or a container): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(d.dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
		_ = os.Remove(d.dir)
	})
	return d
}

// full makes the disk no larger than what lies on it; empty gives the room back.
func (d *disk) full() {
	d.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &s); err != nil {
		d.Fatal(err)
	}
	d.resize(fmt.Sprintf("size=%d", (int64(s.Blocks-s.Bfree)+8)*s.Bsize))
}

func (d *disk) empty() { d.Helper(); d.resize("size=2g") }

func (d *disk) resize(size string) {
	d.Helper()
	if err := syscall.Mount("tmpfs", d.dir, "tmpfs", syscall.MS_REMOUNT, size); err != nil {
		d.Errorf("%s: %v", size, err)
	}
}

// fullDisk lets the store's disk fill up. Redis ends when it cannot write what it must
// write before it answers; with room again it goes on from what is there.
func (s *soak) fullDisk() {
	s.disk.full()
	s.breath(500, 2500)
	s.disk.empty()
	s.server.Restart()
}

// jump puts the clocks of all processes off by up to a minute, forwards or back.
func (s *soak) jump() {
	by := time.Duration(s.rng.IntN(120_000)-60_000) * time.Millisecond
	s.setClock(by)
	s.breath(50, 1500)
}

func (s *soak) setClock(by time.Duration) {
	s.Helper()
	tmp := s.clock + ".new"
	err := os.WriteFile(tmp, []byte(by.String()), 0o600)
	if err == nil {
		err = os.Rename(tmp, s.clock)
	}
	if err != nil {
		s.Fatal(err)
	}
}

// hands let one trouble at a time touch a process.
type hands struct{ each []sync.Mutex }

// hold takes any process that nobody else has.
func (s *soak) hold(rng *rand.Rand) (p *town, release func()) {
	n := rng.IntN(len(s.all))
	for i := range s.all {
		k := (n + i) % len(s.all)
		if s.hands.each[k].TryLock() {
			return s.all[k], s.hands.each[k].Unlock
		}
	}
	return nil, nil
}

// reaper kills a process about once a second for as long as the storm lasts, whatever
// else goes wrong meanwhile: three share the work, so each lives for some seconds.
func (s *soak) reaper(ctx context.Context, rng *rand.Rand) (kills int) {
	for {
		select {
		case <-ctx.Done():
			return kills
		case <-time.After(time.Duration(200+rng.IntN(700)) * time.Millisecond):
		}
		if p, release := s.hold(rng); p != nil {
			if rng.IntN(3) > 0 {
				p.atWork(ctx)
			}
			p.stop(syscall.SIGKILL)
			p.launch()
			kills++
			release()
		}
	}
}

// atWork gives a process a moment to get ready: on a machine on which starting takes
// longer than living, nobody would ever be at work to be killed.
func (tw *town) atWork(ctx context.Context) {
	ctx, over := context.WithTimeout(ctx, 8*time.Second)
	defer over()
	for !tw.revived() {
		select {
		case <-ctx.Done():
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
	<-time.After(300 * time.Millisecond)
}

// owed compares what the store says is owed to somebody with the mode they are in:
// nothing while the machine has the talk, and nothing but unread words while a human has.
func (s *soak) owed(p flows.PersonID, m flows.Mode) {
	s.Helper()
	list, err := s.server.Client().HVals(s.Context(), people.Key(p, "owed")).Result()
	if err != nil {
		s.Errorf("what is owed cannot be read: %v", err)
		return
	}
	for _, o := range list {
		if !strings.HasPrefix(o, "h:") || m == flows.ModeBot {
			s.Errorf("in mode %v something is still owed: %.2s", m, o)
		}
	}
	s.did["compared debts"]++
}

// neighbour fuzzes beside the storm, one target after the other at low priority, as a
// busy neighbour on the same machine. SOAK_FUZZ says how long each may take.
func (s *soak) neighbour(ctx context.Context) (done func() string) {
	each := os.Getenv("SOAK_FUZZ")
	if each == "" {
		each = "2m"
	}
	ended, said := make(chan struct{}), []string{}
	go func() {
		defer close(ended)
		for _, target := range fuzzTargets(s) {
			cmd := exec.CommandContext(ctx, "nice", "-n", "15", "go", "test", "-run", "^$", "-fuzz", "^"+target.name+"$", "-fuzztime", each, "-parallel", "1", "-fuzzminimizetime", "5x", target.dir)
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
			out, err := cmd.CombinedOutput()
			if ctx.Err() != nil {
				return
			}
			if err != nil && s.happensAlone(ctx, target) {
				s.Errorf("%s: %v\n%s", target.name, err, tail(string(out), 3000))
			}
			said = append(said, target.name)
		}
	}()
	return func() string { <-ended; return fmt.Sprintf("fuzzed %s each: %s", each, strings.Join(said, " ")) }
}

// happensAlone says whether what a fuzzer found is found once more without the fuzzer,
// which keeps every such input in testdata. Go calls an input hung by the wall clock, so
// one that the storm has starved for ten seconds would otherwise look like an endless loop.
func (s *soak) happensAlone(ctx context.Context, target fuzzTarget) bool {
	cmd := exec.CommandContext(ctx, "go", "test", "-count", "1", "-timeout", "5m", "-run", "^"+target.name+"$", target.dir)
	out, err := cmd.CombinedOutput()
	s.Logf("%s: the fuzzer gave up; its inputs alone: %v\n%s", target.name, err, tail(string(out), 1000))
	return err != nil
}

type fuzzTarget struct{ dir, name string }

func fuzzTargets(t testing.TB) (all []fuzzTarget) {
	t.Helper()
	shape := regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range shape.FindAllSubmatch(bytes.TrimSpace(text), -1) {
			all = append(all, fuzzTarget{"./" + filepath.Dir(path), string(m[1])})
		}
		return err
	})
	if err != nil || len(all) == 0 {
		t.Errorf("no fuzz targets: %v", err)
	}
	return all
}

// onDisk is a Redis on the small disk.
func onDisk(t testing.TB) (*disk, *redistest.Server) {
	d := newDisk(t)
	return d, redistest.StartTCPIn(t, d.dir)
}
