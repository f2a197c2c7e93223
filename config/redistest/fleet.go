package redistest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Fleet is a store of several servers: each master has copies, one of which takes
// its place when it dies.
type Fleet struct {
	t       testing.TB
	url     string
	cluster bool
	masters []*Server
	copies  [][]*Server // of each master
	dead    []*Server   // former masters that do not run
	client  redis.UniversalClient
}

// Sentinels is a master and a copy, watched by three sentinels.
func Sentinels(t testing.TB) *Fleet {
	t.Helper()
	ports := freePorts(t, 2)
	f := &Fleet{t: t, copies: make([][]*Server, 1)}
	f.masters = []*Server{start(t, onPort(ports[0]), at(ports[0]))}
	for _, port := range ports[1:] {
		s := start(t, onPort(port), at(port))
		s.do("replicaof", "127.0.0.1", ports[0])
		f.copies[0] = append(f.copies[0], s)
	}
	f.await(0)
	watchers := watch(t, ports[0])
	f.url = "redis+sentinel://" + strings.Join(watchers, ",") + "/house"
	f.client = redis.NewFailoverClient(&redis.FailoverOptions{MasterName: "house", SentinelAddrs: watchers, DisableIdentity: true, MaxRetries: 20, DialerRetries: 1})
	t.Cleanup(func() { _ = f.client.Close() })
	return f
}

// Clusters is a cluster of three masters with a copy each.
func Clusters(t testing.TB) *Fleet {
	t.Helper()
	const masters = 3
	ports := freePorts(t, 4*masters) // for clients, then for the bus between nodes
	f := &Fleet{t: t, cluster: true, copies: make([][]*Server, masters)}
	var addrs []string
	for n := range 2 * masters {
		more := onPort(ports[n]) + fmt.Sprintf("cluster-enabled yes\ncluster-port %d\ncluster-node-timeout 1500\ncluster-replica-validity-factor 0\n", ports[2*masters+n])
		s := start(t, more, at(ports[n]))
		addrs = append(addrs, s.addr)
		if n < masters {
			s.do("cluster", "addslotsrange", n*slotsOfACluster/masters, (n+1)*slotsOfACluster/masters-1)
			f.masters = append(f.masters, s)
		} else {
			f.copies[n-masters] = []*Server{s}
		}
		s.do("cluster", "set-config-epoch", n+1)
		s.do("cluster", "meet", "127.0.0.1", ports[0], ports[2*masters])
	}
	awaitCluster(t, addrs)
	for n, s := range f.copies {
		id := f.masters[n].client.ClusterMyID(context.Background()).Val()
		f.until("the copy knows its master", func() bool {
			return s[0].client.ClusterReplicate(context.Background(), id).Err() == nil
		})
	}
	for n := range f.masters {
		f.await(n)
	}
	f.url = "redis+cluster://" + strings.Join(addrs, ",")
	f.client = redis.NewClusterClient(&redis.ClusterOptions{
		Addrs: addrs, DisableIdentity: true, MaxRedirects: 20, ClusterStateReloadInterval: 200 * time.Millisecond,
	})
	t.Cleanup(func() { _ = f.client.Close() })
	return f
}

func onPort(port int) string { return fmt.Sprintf("port %d\nbind 127.0.0.1\n", port) }

func at(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// watch runs three sentinels that agree by two.
func watch(t testing.TB, master int) (addrs []string) {
	t.Helper()
	for _, port := range freePorts(t, 3) {
		dir := folder(t)
		conf := onPort(port) + fmt.Sprintf("dir %s\nsentinel monitor house 127.0.0.1 %d 2\n"+
			"sentinel down-after-milliseconds house 1000\nsentinel failover-timeout house 3000\n", dir, master)
		if err := os.WriteFile(filepath.Join(dir, "redis.conf"), []byte(conf), 0o600); err != nil {
			t.Fatalf("redistest: %v", err)
		}
		leash, cmd, err := keep(dir, "--sentinel")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = leash.Close(); _ = cmd.Wait(); _ = os.RemoveAll(dir) })
		addrs = append(addrs, at(port))
	}
	for _, addr := range addrs {
		c := redis.NewSentinelClient(&redis.Options{Addr: addr, DisableIdentity: true})
		eventually(t, "the sentinels know each other and the copy", func() bool {
			m := c.Master(context.Background(), "house").Val()
			return m["num-other-sentinels"] == "2" && m["num-slaves"] == "1"
		})
		_ = c.Close()
	}
	return addrs
}

// URL is the address of the whole, as REDIS_URL takes it.
func (f *Fleet) URL() string { return f.url }

// Client finds the masters, whoever they are. It is patient.
func (f *Fleet) Client() redis.UniversalClient { return f.client }

// Masters are how many there are.
func (f *Fleet) Masters() int { return len(f.masters) }

// Copies are the servers that stand behind master n.
func (f *Fleet) Copies(n int) []*Server { return f.copies[n] }

// AOF is what stands in the files of all servers, also of dead ones.
func (f *Fleet) AOF() (all []byte) {
	f.t.Helper()
	for _, some := range append(f.copies, f.masters, f.dead) {
		for _, s := range some {
			all = append(all, s.AOF()...)
		}
	}
	return all
}

// Lose kills master n as a power cut would and waits until a copy has taken its place
// and the others follow that one. The dead one comes back only with [Fleet.Mend].
func (f *Fleet) Lose(n int) {
	f.t.Helper()
	old := f.masters[n]
	old.Kill()
	f.dead = append(f.dead, old)
	f.until("a copy is master", func() bool {
		for i, s := range f.copies[n] {
			if s.tells("role") == "master" {
				f.masters[n] = s
				f.copies[n] = slices.Delete(slices.Clone(f.copies[n]), i, i+1)
				return true
			}
		}
		return false
	})
	f.until("all slots are served", f.serves)
	f.await(n)
}

// Mend starts the dead servers again: they come back as copies of master n. The
// sentinels would see to that by themselves, after ten seconds.
func (f *Fleet) Mend(n int) {
	f.t.Helper()
	for _, s := range f.dead {
		s.Restart()
		if !f.cluster {
			_, port, _ := net.SplitHostPort(f.masters[n].addr)
			s.do("replicaof", "127.0.0.1", port)
		}
		f.copies[n] = append(f.copies[n], s)
	}
	f.dead = nil
	f.await(n)
}

// serves says whether the cluster has all its slots again; one master alone always has.
func (f *Fleet) serves() bool {
	if !f.cluster {
		return true
	}
	for _, s := range f.masters {
		if !strings.Contains(s.client.ClusterInfo(context.Background()).Val(), "cluster_state:ok") {
			return false
		}
	}
	return true
}

// await waits until every copy of master n follows it and has what it had at its start.
func (f *Fleet) await(n int) {
	f.t.Helper()
	_, port, _ := net.SplitHostPort(f.masters[n].addr)
	for _, s := range f.copies[n] {
		f.until("the copy follows its master", func() bool {
			return s.tells("role") == "slave" && s.tells("master_port") == port && s.tells("master_link_status") == "up"
		})
	}
	// A copy that has just come up counts for WAIT only from its first word on,
	// which it sends once a second: its lag is then a small number.
	for i := range f.copies[n] {
		f.until("the master has heard of its copy", func() bool {
			line := f.masters[n].tells(fmt.Sprintf("slave%d", i))
			_, lag, _ := strings.Cut(line, ",lag=")
			seconds, err := strconv.Atoi(lag)
			return err == nil && seconds <= 2 && strings.Contains(line, "state=online")
		})
	}
}

// InStep waits until every copy has what its master has had written at the time of the call.
func (f *Fleet) InStep() {
	f.t.Helper()
	for n, m := range f.masters {
		written := m.said("master_repl_offset")
		for _, s := range f.copies[n] {
			f.until("the copy has caught up", func() bool { return s.said("slave_repl_offset") >= written })
		}
	}
}

func (f *Fleet) until(what string, holds func() bool) {
	f.t.Helper()
	eventually(f.t, what, holds)
}

func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(40 * time.Second); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("redistest: it never came true that %s", what)
		}
	}
}

// said is a number of INFO, -1 if the server does not tell.
func (s *Server) said(name string) int64 {
	n, err := strconv.ParseInt(s.tells(name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (s *Server) tells(name string) string {
	_, rest, _ := strings.Cut("\n"+s.client.Info(context.Background()).Val(), "\n"+name+":")
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}

// Freeze stops the server in the middle of whatever it does: it hangs and keeps its
// connections. The function that comes back lets it go on.
func (s *Server) Freeze() (thaw func()) {
	s.t.Helper()
	pid := int(s.said("process_id"))
	if pid <= 0 {
		s.t.Fatal("redistest: the server does not tell which process it is")
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		s.t.Fatalf("redistest: freeze: %v", err)
	}
	return func() { _ = syscall.Kill(pid, syscall.SIGCONT) }
}

// keep starts redis-server on the settings in a folder, on a leash.
func keep(dir, how string) (leash *os.File, cmd *exec.Cmd, err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("redistest: %w", err)
	}
	defer func() { _ = read.Close() }()
	cmd = exec.Command("sh", "-c", keeper, "keeper", dir, how) //#nosec G204 -- tests: a script of this file
	cmd.Stdin = read
	if err := cmd.Start(); err != nil {
		_ = write.Close()
		return nil, nil, fmt.Errorf("redistest: start redis-server: %w", err)
	}
	return write, cmd, nil
}
