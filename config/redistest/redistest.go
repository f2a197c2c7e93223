// Package redistest gives a test a real Redis that keeps what it was told,
// so that what we promise is proved on the store that we ship with.
//
// [Client] is what most tests need: an empty database on a server shared by the
// test binary. [Start] gives a server of one's own, which can be killed, started
// again and searched for what it wrote to disk. [Cluster] is for scripts: it refuses
// a move over keys of two slots. [Sentinels] and [Clusters] are for the death of a
// master under load. All of them write every command to disk
// before they answer (appendfsync always), as deploy/redis.conf does. Databases of
// the shared server share its pub/sub channels and nothing else.
package redistest

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// The library's own lines tell of every connection that a killed server has lost;
// what a test needs to know comes back as errors.
func init() { redis.SetLogger(quiet{}) }

type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

// databases is how many tests of one binary may hold a [Client] at the same time.
const databases = 128

// settings is the redis.conf of a test. The only listener is a socket in the
// server's own folder, so that no two tests can meet.
const settings = `port 0
unixsocket %[1]s/s
unixsocketperm 700
dir %[1]s
databases %[2]d
save ""
appendonly yes
appendfsync always
auto-aof-rewrite-percentage 0
repl-diskless-sync-delay 0
loglevel warning
`

// keeper runs the server and ends it when our end of the pipe closes: also when
// the test process is killed, and without a goroutine that a leak test would find.
const keeper = `case "$2" in --*) how=$2;; esac
redis-server "$1/redis.conf" $how >>"$1/log" 2>&1 & p=$!
read -r _
kill -9 "$p"; wait "$p" 2>/dev/null
[ "$2" = sweep ] && rm -rf "$1"
exit 0`

// Server is one running redis-server.
type Server struct {
	t      testing.TB
	dir    string
	sweep  string // "sweep": the keeper removes dir in the end
	more   string // settings beside the usual ones
	addr   string // host and port, if it listens on one
	cmd    *exec.Cmd
	leash  io.Closer // closing it ends the server
	client *redis.Client
}

// Start runs a server for this test alone and ends it with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	return start(t, "", "")
}

func start(t testing.TB, more, addr string) *Server {
	t.Helper()
	s := &Server{t: t, dir: folder(t), more: more, addr: addr}
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	s.client = dial(s.dir, 0)
	t.Cleanup(s.close)
	return s
}

// StartTCP is [Start] for a test that needs a port: s listens on [Server.Addr] too.
func StartTCP(t testing.TB) *Server {
	t.Helper()
	port := freePorts(t, 1)[0]
	return start(t, fmt.Sprintf("port %d\nbind 127.0.0.1\n", port), fmt.Sprintf("127.0.0.1:%d", port))
}

// StartTCPIn is [StartTCP] on a folder that the test has chosen: a small disk, say.
// It is emptied with the test.
func StartTCPIn(t testing.TB, dir string) *Server {
	t.Helper()
	port := freePorts(t, 1)[0]
	s := &Server{t: t, dir: dir, more: fmt.Sprintf("port %d\nbind 127.0.0.1\n", port), addr: fmt.Sprintf("127.0.0.1:%d", port)}
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	s.client = dial(s.dir, 0)
	t.Cleanup(s.close)
	return s
}

// Addr is host and port of a server of [StartTCP].
func (s *Server) Addr() string { return s.addr }

// Client is a client of database 0. It is closed with the test.
func (s *Server) Client() redis.UniversalClient { return s.client }

// URL is the address of database 0, as REDIS_URL takes it.
func (s *Server) URL() string { return "unix://" + s.dir + "/s" }

// Kill ends the server as a power cut would: no last save, no good-bye.
func (s *Server) Kill() {
	s.t.Helper()
	s.end()
}

// Restart starts a killed server again on what it had written to disk.
// A server that still runs is killed first.
func (s *Server) Restart() {
	s.t.Helper()
	s.end()
	if err := s.run(); err != nil {
		s.t.Fatal(err)
	}
}

// AOF is all that stands in the server's append-only files at this moment.
func (s *Server) AOF() []byte {
	s.t.Helper()
	var all []byte
	err := filepath.WalkDir(filepath.Join(s.dir, "appendonlydir"), func(path string, d fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil // a rewrite has just removed it
		}
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path) //#nosec G122 G304 -- tests: a folder that the test has made
		if os.IsNotExist(err) {
			return nil
		}
		all = append(all, b...)
		return err
	})
	if err != nil {
		s.t.Fatalf("redistest: read the append-only files: %v", err)
	}
	return all
}

func (s *Server) run() error {
	if _, err := exec.LookPath("redis-server"); err != nil {
		return fmt.Errorf("redistest: redis-server is not installed; `make test` installs it (Debian: apt-get install redis-server)")
	}
	conf := fmt.Sprintf(settings, s.dir, databases) + s.more
	if err := os.WriteFile(filepath.Join(s.dir, "redis.conf"), []byte(conf), 0o600); err != nil {
		return fmt.Errorf("redistest: %w", err)
	}
	leash, cmd, err := keep(s.dir, s.sweep)
	if err != nil {
		return err
	}
	s.cmd, s.leash = cmd, leash
	return s.ready()
}

// ready waits until the server answers; loading a long file may take a while.
func (s *Server) ready() error {
	c := dial(s.dir, 0)
	defer func() { _ = c.Close() }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-tick.C {
		if c.Ping(context.Background()).Err() == nil {
			return nil
		}
	}
	said, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return fmt.Errorf("redistest: redis-server does not answer; it said: %s", said)
}

func (s *Server) close() {
	_ = s.client.Close()
	s.end()
	_ = os.RemoveAll(s.dir)
}

func (s *Server) end() {
	if s.cmd == nil {
		return
	}
	_ = s.leash.Close()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// shared is the one server of a test binary. It ends with the process.
var shared struct {
	sync.Mutex
	server *Server
	free   []int
}

// Client gives an empty database of its own on the server shared by this test binary.
func Client(t testing.TB) redis.UniversalClient {
	t.Helper()
	c, _ := Database(t)
	return c
}

// Database is [Client] together with the address of the same database, for a
// test that starts another process.
func Database(t testing.TB) (redis.UniversalClient, string) {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		startShared(t)
	}
	if len(shared.free) == 0 {
		t.Fatalf("redistest: more than %d databases in use at once", databases)
	}
	n := shared.free[0]
	shared.free = shared.free[1:]
	c := dial(shared.server.dir, n)
	if err := c.FlushDB(context.Background()).Err(); err != nil {
		t.Fatalf("redistest: empty database %d: %v", n, err)
	}
	t.Cleanup(func() {
		_ = c.FlushDB(context.Background()).Err()
		_ = c.Close()
		shared.Lock()
		defer shared.Unlock()
		shared.free = append(shared.free, n)
	})
	return c, fmt.Sprintf("%s?db=%d", shared.server.URL(), n)
}

func startShared(t testing.TB) {
	t.Helper()
	s := &Server{t: t, dir: folder(t), sweep: "sweep"}
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	shared.server = s
	for n := range databases {
		shared.free = append(shared.free, n)
	}
}

// folder is short on purpose: the path of a unix socket holds about 100 bytes.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "rt")
	if err != nil {
		t.Fatalf("redistest: %v", err)
	}
	return dir
}

func dial(dir string, db int) *redis.Client {
	return redis.NewClient(&redis.Options{
		Network:         "unix",
		Addr:            filepath.Join(dir, "s"),
		DB:              db,
		MaxRetries:      -1,
		DialTimeout:     500 * time.Millisecond,
		DialerRetries:   1,
		ReadTimeout:     5 * time.Second, // two busy cores and an fsync per write
		DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{
			Mode: maintnotifications.ModeDisabled,
		},
	})
}
