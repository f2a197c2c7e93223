package house

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"
)

func TestASlowSenderIsCutOffAndTheNextIsServed(t *testing.T) {
	t.Parallel()
	l := &listener{name: "public", addr: freeAddr(t), handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNoContent)
	})}
	if err := l.open(slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	defer l.shut(t.Context())
	slow := make([]net.Conn, 64)
	for i := range slow { // each has begun a request and says no more
		c, err := net.Dial("tcp", l.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if _, err := io.WriteString(c, "POST /line/webhook HTTP/1.1\r\nHost: engawa\r\nX-Line-"); err != nil {
			t.Fatal(err)
		}
		slow[i] = c
	}
	client := &http.Client{Timeout: 5 * time.Second}
	res, err := client.Post(fmt.Sprintf("http://%s/", l.addr), "text/plain", nil)
	if err != nil || res.StatusCode != http.StatusNoContent {
		t.Fatalf("beside slow senders: %v (%v), want an answer", res, err)
	}
	_ = res.Body.Close()
	client.CloseIdleConnections()
	for i, c := range slow {
		_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
		if _, err := io.Copy(io.Discard, c); err != nil {
			t.Fatalf("slow sender %d still holds the door: %v", i, err)
		}
	}
}
