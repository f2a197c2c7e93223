package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/redis/go-redis/v9"

	"engawa/bot/line"
	"engawa/config/redistest"
)

// BenchmarkAck measures the door against the barest thing that could stand in its
// place: an Echo handler that checks the signature and does one XADD of the body.
// Both have the same Redis (appendfsync always), 64 connections and one core less
// than the machine, because the callers run here too.
func BenchmarkAck(b *testing.B) {
	rdb := redistest.Client(b)
	door := newPorch(b, rdb, "")
	b.Run("reference", func(b *testing.B) { ack(b, bare(rdb)) })
	b.Run("door", func(b *testing.B) { ack(b, door.echo) })
}

func bare(rdb redis.UniversalClient) *echo.Echo {
	e := echo.New()
	e.POST(Path, func(c echo.Context) error {
		body, err := io.ReadAll(c.Request().Body)
		if err != nil {
			return err
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		given, err := base64.StdEncoding.DecodeString(c.Request().Header.Get(line.SignatureHeader))
		if err != nil || !hmac.Equal(given, mac.Sum(nil)) {
			return c.NoContent(http.StatusBadRequest)
		}
		err = rdb.XAdd(c.Request().Context(), &redis.XAddArgs{Stream: "bare", Values: []any{"e", body}}).Err()
		if err != nil {
			return c.NoContent(http.StatusServiceUnavailable)
		}
		return c.NoContent(http.StatusOK)
	})
	return e
}

const connections = 64

// ack sends b.N events over 64 connections and reports throughput and waiting times.
func ack(b *testing.B, h http.Handler) {
	server := httptest.NewServer(h)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var all sync.WaitGroup
	busy := cpu()
	b.ResetTimer()
	for range connections {
		all.Go(func() {
			for n := next.Add(1) - 1; n < int64(b.N); n = next.Add(1) - 1 {
				began := time.Now()
				if err := post(client, server.URL, n); err != nil {
					b.Error(err)
					return
				}
				took[n] = time.Since(began)
			}
		})
	}
	all.Wait()
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acks/s")
	b.ReportMetric(float64((cpu()-busy).Microseconds())/float64(b.N), "cpu-µs/ack") // callers included, Redis not
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// cpu is what this process has used of the cores: a figure that hardly moves with
// what else the machine is doing.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func post(client *http.Client, url string, n int64) error {
	from := fmt.Sprintf("U%032x", n%1000)
	text := []byte(body(textEvent(fmt.Sprintf("01HBENCH%d", n), userSource(from), "家賃がもう無理かもしれません")))
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url+Path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set(line.SignatureHeader, line.Sign(secret, text))
	got, err := client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = got.Body.Close() }()
	_, _ = io.Copy(io.Discard, got.Body)
	if got.StatusCode != http.StatusOK {
		return fmt.Errorf("got %d, want 200", got.StatusCode)
	}
	return nil
}
