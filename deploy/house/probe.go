package house

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"engawa/config"
)

type healthzCmd struct {
	Ready bool `help:"住民のことばを引き受けられるかまで見る（readyz） / ask readyz instead"`
}

// probeTime is how long a container's keeper may wait.
const probeTime = 3 * time.Second

// Run asks the running process, from beside it: an image has no other program that
// could. It needs no setting but where to ask.
func (c healthzCmd) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	path := "/healthz"
	if c.Ready {
		path = "/readyz"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+opsAddr(os.Getenv("ENGAWA_OPS_ADDR"))+path, nil) //#nosec G704 -- our own ops listener, from our own settings
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req) //#nosec G704 -- our own ops listener, from our own settings
	if err != nil {
		return fmt.Errorf("動いていません / not running: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode == http.StatusOK {
		return nil
	}
	_, _ = io.Copy(os.Stderr, io.LimitReader(res.Body, 64<<10))
	return fmt.Errorf("%s: %s", path, res.Status)
}

// opsAddr is where the ops listener answers this machine, also when it listens
// everywhere.
func opsAddr(set string) string {
	if set = strings.TrimSpace(set); set == "" {
		i := slices.IndexFunc(config.Settings, func(s config.Setting) bool { return s.Name == "ENGAWA_OPS_ADDR" })
		set = config.Settings[i].Default
	}
	host, port, err := net.SplitHostPort(set)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
		if ip != nil && ip.To4() == nil {
			host = "::1"
		}
	}
	return net.JoinHostPort(host, port)
}
