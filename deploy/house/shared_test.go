package house

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestProcessesShareTheLanesAlsoWhenOneHangs lets two, then five processes answer one
// town. One is told to end, one stands still until its lanes have been taken over and
// then goes on as if nothing had happened.
func TestProcessesShareTheLanesAlsoWhenOneHangs(t *testing.T) {
	tw := newTown(t)
	all := tw.share(2)
	calm := tw.crowd(8)
	tw.lives(6)
	all = append(all, tw.grow(all, 3)...)
	tw.lives(6)
	all[1].endsSoon()
	hanging := all[2].proc.Process
	if err := hanging.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	tw.await(30*time.Second, "the others have its lanes", func() bool { return tw.leasesChanged() })
	tw.lives(6)
	if err := hanging.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	tw.lives(12)
	t.Logf("%d lives", calm())
	all[2].awaitReady()
	tw.checkBooks()
	tw.checkCanaries()
}

// TestARollingRestartUnderLoadLosesAndDelaysNothing replaces two processes one after
// the other, twice.
func TestARollingRestartUnderLoadLosesAndDelaysNothing(t *testing.T) {
	tw := newTown(t)
	all := tw.share(2)
	calm := tw.crowd(6)
	tw.lives(4)
	for range 2 {
		for _, one := range all {
			one.endsSoon()
			one.start()
			tw.lives(4)
		}
	}
	t.Logf("%d lives, the longest wait for an answer was %v", calm(), tw.slowest())
	// A busy machine alone makes somebody wait for five; a turn that comes again only
	// when its lane has been taken over (6 s) and its reply has timed out waits longer.
	if got := tw.slowest(); got > 12*time.Second {
		t.Errorf("somebody waited %v for an answer, want at most 12 s", got)
	}
	tw.checkBooks()
	for _, f := range tw.line.Events() {
		if f.Tries != 1 {
			t.Errorf("an event had to be brought %d times", f.Tries)
		}
	}
}

// endsSoon tells the process to end, which it must within five seconds.
func (tw *town) endsSoon() {
	tw.Helper()
	began := time.Now()
	tw.stop(syscall.SIGTERM)
	if took := time.Since(began); took > 5*time.Second {
		tw.Errorf("the end took %v, want at most 5 s", took)
	}
}

// share starts so many processes on one store behind one address. The first is tw itself.
func (tw *town) share(n int) (all []*town) {
	tw.Helper()
	tw.start()
	all = []*town{tw}
	b := &balancer{front: tw}
	front := httptest.NewServer(b)
	tw.Cleanup(front.Close)
	b.url = front.URL
	tw.balance = b
	tw.line.SetWebhook(front.URL + "/line/webhook")
	return append(all, tw.grow(all, n-1)...)
}

// grow adds processes.
func (tw *town) grow(all []*town, n int) (more []*town) {
	tw.Helper()
	for range n {
		twin := &town{TB: tw.TB, store: tw.store, redis: tw.redis, line: tw.line, api: tw.api, log: tw.log, waits: tw.waits}
		twin.public, twin.console, twin.ops = freeAddr(tw), freeAddr(tw), freeAddr(tw)
		twin.env = append(append([]string(nil), tw.env...),
			"ENGAWA_PUBLIC_ADDR="+twin.public, "ENGAWA_CONSOLE_ADDR="+twin.console, "ENGAWA_OPS_ADDR="+twin.ops)
		tw.Cleanup(func() { twin.stop(syscall.SIGKILL) })
		more = append(more, twin)
	}
	for _, twin := range more {
		twin.start()
	}
	tw.balance.set(append(append([]*town(nil), all...), more...))
	return more
}

// lives waits until so many more lives have been lived, by whichever processes.
func (tw *town) lives(more int64) {
	tw.Helper()
	want := tw.waits.lived.Load() + more
	tw.await(90*time.Second, "more lives", func() bool { return tw.waits.lived.Load() >= want })
}

// leasesChanged compares who holds the lanes with the first call: true once all are
// held, some of them by others than then.
func (tw *town) leasesChanged() bool {
	tw.Helper()
	c := tw.store.Client()
	now := map[string]string{}
	for _, k := range tw.keys("{lane-*}:lease") {
		now[k] = c.Get(tw.Context(), k).Val()
	}
	if tw.leases == nil {
		tw.leases = now
		return false
	}
	taken := 0
	for k, v := range now {
		if v != "" && tw.leases[k] != v {
			taken++
		}
	}
	return taken >= 2 && len(now) == 16
}

// balancer stands before the processes as a city's load balancer does: whom it cannot
// reach it passes over.
type balancer struct {
	url   string
	front *town
	mu    sync.Mutex
	all   []*town
	next  int
}

func (b *balancer) set(all []*town) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = all
}

func (b *balancer) order() []*town {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.all) == 0 {
		return []*town{b.front}
	}
	b.next++
	n := b.next % len(b.all)
	return append(append([]*town(nil), b.all[n:]...), b.all[:n]...)
}

func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	for _, to := range b.order() {
		if status, err := knock(r, to.public, body); err == nil && status != http.StatusServiceUnavailable {
			w.WriteHeader(status)
			return
		}
	}
	w.WriteHeader(http.StatusServiceUnavailable)
}

func knock(r *http.Request, addr string, body []byte) (int, error) {
	ctx, cancel := context.WithTimeout(r.Context(), 1500*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	for name, values := range r.Header {
		if strings.HasPrefix(name, "X-") || name == "Content-Type" {
			req.Header[name] = values
		}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}
