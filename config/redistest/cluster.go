package redistest

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// slotsOfACluster is how many slots the nodes share.
const slotsOfACluster = 16384

// Cluster runs a cluster of three for this test alone. It is the only place where a
// script that touches a key of another slot, or one it did not declare, shows.
func Cluster(t testing.TB) redis.UniversalClient {
	t.Helper()
	const nodes = 3
	ports := freePorts(t, 2*nodes) // for clients, then for the bus between nodes
	var addrs []string
	for n := range nodes {
		addrs = append(addrs, fmt.Sprintf("127.0.0.1:%d", ports[n]))
		s := start(t, fmt.Sprintf("port %d\nbind 127.0.0.1\ncluster-enabled yes\ncluster-port %d\n", ports[n], ports[nodes+n]), addrs[n])
		s.do("cluster", "addslotsrange", n*slotsOfACluster/nodes, (n+1)*slotsOfACluster/nodes-1)
		s.do("cluster", "meet", "127.0.0.1", ports[0], ports[nodes]) // the first meets itself, which is harmless
	}
	awaitCluster(t, addrs)
	c := redis.NewClusterClient(&redis.ClusterOptions{Addrs: addrs, MaxRetries: -1, DisableIdentity: true})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func (s *Server) do(args ...any) {
	s.t.Helper()
	if err := s.client.Do(context.Background(), args...).Err(); err != nil {
		s.t.Fatalf("redistest: %v: %v", args, err)
	}
}

// freePorts holds all of them open until it has enough, so that none comes twice.
func freePorts(t testing.TB, n int) []int {
	t.Helper()
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatalf("redistest: %v", err)
		}
		defer func() { _ = l.Close() }()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// awaitCluster waits until every node says that all slots are served.
func awaitCluster(t testing.TB, addrs []string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); ; <-tick.C {
		ready := 0
		for _, addr := range addrs {
			c := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1, DisableIdentity: true})
			info := c.ClusterInfo(context.Background()).Val()
			_ = c.Close()
			if strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_known_nodes:"+strconv.Itoa(len(addrs))) {
				ready++
			}
		}
		if ready == len(addrs) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("redistest: the cluster does not come together")
		}
	}
}
