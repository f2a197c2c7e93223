package config

import (
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// How long a store may take before the door says 503 to LINE, which must happen
// within 1.2 s: one try at a connection, one command, no retries behind our back.
// A write that timed out may have happened; every write of ours may happen twice.
const (
	dialTimeout = 500 * time.Millisecond
	ioTimeout   = time.Second

	// clusterLook is how old our picture of a cluster may be. The library's own
	// minute would send us to a dead master for as long after a fail-over.
	clusterLook = time.Second
)

// ErrRedisURL is what is wrong with an address; it never repeats the address,
// which may hold a password.
var ErrRedisURL = errors.New("config: not an address of a Redis")

// OpenRedis makes a client for one of
//
//	redis://[user:password@]host[:port][/db]              one node (rediss:// with TLS)
//	unix:///path/to/socket[?db=n]                         one node on this machine
//	redis+sentinel://host[:port],host…/master[?db=n&sentinel_password=…]
//	redis+cluster://host[:port],host…
//
// It does not connect yet. rediss+sentinel and rediss+cluster speak TLS.
func OpenRedis(address string) (redis.UniversalClient, error) {
	return open(address, ioTimeout, nil, 0)
}

// OpenPatient is [OpenRedis] for work that moves a whole store, where nobody waits
// at the door.
func OpenPatient(address string) (redis.UniversalClient, error) {
	return open(address, time.Minute, nil, 0)
}

// open makes the client; patience is for one answer; node, if there is one, makes the
// clients of a cluster's nodes.
func open(address string, patience time.Duration, node func(*redis.Options) *redis.Client, copies int) (redis.UniversalClient, error) {
	opt, err := parseRedis(address)
	if err != nil {
		return nil, err
	}
	opt.MaxRetries = -1
	opt.DialerRetries = 1
	opt.DialTimeout = dialTimeout
	opt.ReadTimeout, opt.WriteTimeout = patience, patience
	opt.PoolTimeout = patience
	opt.ContextTimeoutEnabled = true
	opt.DisableIdentity = true
	opt.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	if opt.IsClusterMode {
		cluster := opt.Cluster()
		cluster.ClusterStateReloadInterval = clusterLook
		cluster.NewClient = node
		return redis.NewClusterClient(cluster), nil
	}
	c := redis.NewUniversalClient(opt)
	if one, ok := c.(*redis.Client); ok && copies > 0 {
		return copying(one, copies), nil
	}
	return c, nil
}

// parseRedis reads the address itself: net/url refuses lists of hosts, and its
// errors repeat what they could not read.
func parseRedis(address string) (*redis.UniversalOptions, error) {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return nil, ErrRedisURL
	}
	rest, query, _ := strings.Cut(rest, "?")
	opt := &redis.UniversalOptions{}
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		var err error
		if opt.Username, opt.Password, err = userinfo(rest[:at]); err != nil {
			return nil, err
		}
		rest = rest[at+1:]
	}
	if err := readQuery(opt, query); err != nil {
		return nil, err
	}
	if strings.HasPrefix(scheme, "rediss") {
		opt.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	hosts, path, _ := strings.Cut(rest, "/")
	switch scheme {
	case "redis", "rediss":
		return single(opt, hosts, path)
	case "unix":
		if hosts != "" || path == "" {
			return nil, ErrRedisURL
		}
		opt.Addrs = []string{"/" + path}
		return opt, nil
	case "redis+sentinel", "rediss+sentinel":
		opt.MasterName = path
		return several(opt, hosts, "26379", path != "")
	case "redis+cluster", "rediss+cluster":
		opt.IsClusterMode = true
		return several(opt, hosts, "6379", path == "" && opt.DB == 0)
	}
	return nil, ErrRedisURL
}

func single(opt *redis.UniversalOptions, host, path string) (*redis.UniversalOptions, error) {
	if path != "" {
		db, err := strconv.Atoi(path)
		if err != nil || db < 0 {
			return nil, ErrRedisURL
		}
		opt.DB = db
	}
	return several(opt, host, "6379", !strings.Contains(host, ","))
}

func several(opt *redis.UniversalOptions, hosts, port string, ok bool) (*redis.UniversalOptions, error) {
	for _, h := range strings.Split(hosts, ",") {
		addr, err := withPort(h, port)
		if err != nil {
			return nil, err
		}
		opt.Addrs = append(opt.Addrs, addr)
	}
	if !ok {
		return nil, ErrRedisURL
	}
	return opt, nil
}

func withPort(host, port string) (string, error) {
	if h, p, err := net.SplitHostPort(host); err == nil {
		if n, err := strconv.Atoi(p); err != nil || h == "" || n < 1 || n > 65535 {
			return "", ErrRedisURL
		}
		return host, nil
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if host == "" || (strings.Contains(host, ":") && net.ParseIP(host) == nil) {
		return "", ErrRedisURL
	}
	return net.JoinHostPort(host, port), nil
}

func userinfo(text string) (user, password string, err error) {
	user, password, _ = strings.Cut(text, ":")
	user, err1 := url.PathUnescape(user)
	password, err2 := url.PathUnescape(password)
	if err1 != nil || err2 != nil {
		return "", "", ErrRedisURL
	}
	return user, password, nil
}

func readQuery(opt *redis.UniversalOptions, query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return ErrRedisURL
	}
	for name, v := range values {
		switch name {
		case "db":
			if opt.DB, err = strconv.Atoi(v[0]); err != nil || opt.DB < 0 {
				return ErrRedisURL
			}
		case "sentinel_password":
			opt.SentinelPassword = v[0]
		case "sentinel_username":
			opt.SentinelUsername = v[0]
		default:
			return ErrRedisURL
		}
	}
	return nil
}
