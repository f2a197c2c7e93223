package house

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/line/emulator"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
)

// Everything that a town's LINE channel and its operator know.
const (
	townSecret = "town-channel-secret-0123456789ab"
	townToken  = "town-access-token"
)

// town is the whole program as a process of its own, between a real Redis and
// LINE's emulator: what the end-to-end proofs run against.
type town struct {
	testing.TB
	redis    *redistest.Server // nil where the store is a fleet
	store    townStore
	waits    *waits
	lived    func(user string, m flows.Mode) // hears of each life's end; may be nil
	unknown  func(user string) bool          // nobody can know whether an answer reached them; nil = everybody always knows
	patience time.Duration                   // how long somebody waits for an answer before it counts as lost
	balance  *balancer                       // where several processes share the work
	leases   map[string]string               // see leasesChanged
	line     *emulator.Emulator
	api      *httptest.Server
	env      []string
	public   string
	console  string
	ops      string
	log      *lockedBuffer
	proc     *exec.Cmd
	ended    chan struct{}
}

// waits is what the crowd has seen.
type waits struct {
	lived   atomic.Int64 // lives lived to their end
	longest atomic.Int64 // wait for an answer, in ns
}

func (tw *town) slowest() time.Duration { return time.Duration(tw.waits.longest.Load()) }

func (w *waits) took(d time.Duration) {
	for {
		old := w.longest.Load()
		if int64(d) <= old || w.longest.CompareAndSwap(old, int64(d)) {
			return
		}
	}
}

// townStore is one Redis or several.
type townStore interface {
	URL() string
	Client() redis.UniversalClient
	AOF() []byte
}

// buildTags are those of the program that the tests start.
var buildTags []string

// binary is built once for all tests that start processes.
var binary = struct {
	sync.Once
	path string
	err  error
}{}

func engawa(t testing.TB) string {
	t.Helper()
	binary.Do(func() {
		dir, err := os.MkdirTemp("", "engawa-bin")
		if err != nil {
			binary.err = err
			return
		}
		binary.path = filepath.Join(dir, "engawa")
		out, err := exec.Command("go", slices.Concat([]string{"build"}, buildTags, []string{"-o", binary.path, "."})...).CombinedOutput()
		if err != nil {
			binary.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	if binary.err != nil {
		t.Fatal(binary.err)
	}
	return binary.path
}

// newTown starts Redis and LINE; start starts the program.
func newTown(t testing.TB, settings ...string) *town {
	t.Helper()
	one := redistest.Start(t)
	tw := newTownOn(t, one, settings...)
	tw.redis = one
	return tw
}

// newTownOn is [newTown] on a store that the test has chosen.
func newTownOn(t testing.TB, store townStore, settings ...string) *town {
	t.Helper()
	tw := &town{TB: t, store: store, log: &lockedBuffer{}, waits: &waits{}, patience: 90 * time.Second}
	pauses := make([]time.Duration, 1200)
	for i := range pauses {
		pauses[i] = 150 * time.Millisecond
	}
	tw.line = emulator.New(emulator.Options{
		ChannelSecret: townSecret, AccessToken: townToken, Redelivery: true, Pauses: pauses, Remember: 200_000,
	})
	tw.api = httptest.NewServer(tw.line)
	tw.public, tw.console, tw.ops = freeAddr(t), freeAddr(t), freeAddr(t)
	tw.line.SetWebhook("http://" + tw.public + "/line/webhook")
	tw.env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(),
		"ENGAWA_PUBLIC_ADDR=" + tw.public, "ENGAWA_CONSOLE_ADDR=" + tw.console, "ENGAWA_OPS_ADDR=" + tw.ops,
		"REDIS_URL=" + store.URL(),
		"LINE_CHANNEL_SECRET=" + townSecret, "LINE_CHANNEL_ACCESS_TOKEN=" + townToken,
		"LINE_API_ENDPOINT=" + tw.api.URL, "LINE_DATA_ENDPOINT=" + tw.api.URL,
		"ENGAWA_MASTER_KEY=" + privacy.NewMasterKey(),
		"ENGAWA_ACCEPT_DRAFTS=yes", "ENGAWA_BUBBLE_WAIT=0s", "ENGAWA_UNDO=0s",
	}, settings...)
	t.Cleanup(func() {
		tw.stop(syscall.SIGTERM)
		tw.api.CloseClientConnections()
		tw.api.Close()
		tw.line.Close()
		if t.Failed() {
			t.Logf("the program said:\n%s", tail(tw.log.String(), 8000))
		}
	})
	return tw
}

// start starts the program and waits until it is ready.
func (tw *town) start() {
	tw.Helper()
	tw.launch()
	tw.awaitReady()
}

func (tw *town) launch() {
	tw.Helper()
	tw.proc = exec.Command(engawa(tw), "serve")
	tw.proc.Env = tw.env
	tw.proc.Stdout, tw.proc.Stderr = tw.log, tw.log
	if err := tw.proc.Start(); err != nil {
		tw.Fatal(err)
	}
	ended, proc := make(chan struct{}), tw.proc
	tw.ended = ended
	go func() {
		_ = proc.Wait()
		close(ended)
	}()
}

// stop ends the program with a signal (SIGKILL is the power cut) and waits for its end.
func (tw *town) stop(sig syscall.Signal) {
	if tw.proc == nil {
		return
	}
	_ = tw.proc.Process.Signal(sig)
	select {
	case <-tw.ended:
	case <-time.After(20 * time.Second):
		tw.Errorf("the program did not end within 20 s of %v", sig)
		_ = tw.proc.Process.Kill()
		<-tw.ended
	}
	tw.proc = nil
}

func (tw *town) awaitReady() {
	tw.Helper()
	client := &http.Client{Timeout: time.Second}
	tw.await(20*time.Second, "readyz", func() bool {
		select {
		case <-tw.ended:
			tw.Fatalf("the program ended instead of getting ready:\n%s", tail(tw.log.String(), 4000))
		default:
		}
		res, err := client.Get("http://" + tw.ops + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

// await asks again and again until the condition holds. The interval is no
// guess about speed: it only spares the processor.
func (tw *town) await(limit time.Duration, what string, holds func() bool) {
	tw.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			tw.Fatalf("waited %s for: %s", limit, what)
		case <-tick.C:
		}
	}
}

// texts are the words that a person got, message by message.
func (tw *town) texts(user string) []string {
	var out []string
	for _, m := range tw.line.Messages(user) {
		out = append(out, m.Text)
	}
	return out
}

// awaitText waits until the newest message holds the words.
func (tw *town) awaitText(user, words string) {
	tw.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	got, err := tw.line.Await(ctx, user, func(ms []emulator.Delivered) bool {
		for _, m := range ms {
			if strings.Contains(m.Text, words) {
				return true
			}
		}
		return false
	})
	if err != nil {
		tw.Fatalf("waited for 「%s」, got %d messages, the last: %q", words, len(got), lastText(got))
	}
}

// press taps a button that must be there.
func (tw *town) press(user, label string) emulator.Sent {
	tw.Helper()
	s, err := tw.line.Press(user, label)
	if err != nil {
		tw.Fatalf("press %s: %v", label, err)
	}
	return s
}

// runs is run for a command that may find fault: what it said, however it ended.
func (tw *town) runs(args ...string) string {
	tw.Helper()
	cmd := exec.Command(engawa(tw), args...)
	cmd.Env = tw.env
	out, _ := cmd.CombinedOutput()
	return string(out)
}

// keys lists the names of the store that match.
func (tw *town) keys(pattern string) (all []string) {
	tw.Helper()
	var mu sync.Mutex
	list := func(ctx context.Context, c *redis.Client) error {
		found, err := c.Keys(ctx, pattern).Result()
		mu.Lock()
		defer mu.Unlock()
		all = append(all, found...)
		return err
	}
	var err error
	switch c := tw.store.Client().(type) {
	case *redis.ClusterClient:
		err = c.ForEachMaster(tw.Context(), list)
	case *redis.Client:
		err = list(tw.Context(), c)
	}
	if err != nil {
		tw.Fatal(err)
	}
	return all
}

// run runs a subcommand with the town's settings.
func (tw *town) run(args ...string) string {
	tw.Helper()
	cmd := exec.Command(engawa(tw), args...)
	cmd.Env = tw.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		tw.Fatalf("engawa %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func lastText(ms []emulator.Delivered) string {
	if len(ms) == 0 {
		return ""
	}
	return ms[len(ms)-1].Text
}

func tail(s string, n int) string {
	if len(s) > n {
		return "…" + s[len(s)-n:]
	}
	return s
}

func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// lockedBuffer gathers what a process says.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

var _ io.Writer = (*lockedBuffer)(nil)

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
