//go:build soak

package house

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// wire is a stretch of network between two parts, which can be cut and slowed.
type wire struct {
	addr, to string
	delay    atomic.Int64 // ns that each piece of data takes longer
	down     atomic.Bool  // nobody gets through
	mu       sync.Mutex
	open     map[net.Conn]bool
}

// newWire leads from a new address to another one.
func newWire(t testing.TB, to string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{addr: l.Addr().String(), to: to, open: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = l.Close(); w.cut() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.join(c)
		}
	}()
	return w
}

func (w *wire) join(c net.Conn) {
	if w.down.Load() {
		_ = c.Close()
		return
	}
	far, err := net.DialTimeout("tcp", w.to, 500*time.Millisecond)
	if err != nil {
		_ = c.Close()
		return
	}
	w.keep(c, far)
	go w.carry(c, far)
	w.carry(far, c)
}

func (w *wire) keep(some ...net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range some {
		w.open[c] = true
	}
}

// carry moves bytes one way until either end closes.
func (w *wire) carry(from, to net.Conn) {
	defer w.drop(from, to)
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if d := time.Duration(w.delay.Load()); d > 0 {
			<-time.After(d) // the wire is slow; that is what it is for
		}
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err == io.EOF || err != nil {
			return
		}
	}
}

func (w *wire) drop(some ...net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range some {
		_ = c.Close()
		delete(w.open, c)
	}
}

// cut breaks every connection in the middle of whatever it carries.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.open {
		_ = c.Close()
	}
}

// heal makes the wire as good as new.
func (w *wire) heal() { w.delay.Store(0); w.down.Store(false) }
