package preview

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkReload is the time from a save to the new sentence on the phone: the
// shipped words, one flow saved again and again. It is to be 300 ms.
func BenchmarkReload(b *testing.B) {
	dir := copyContent(b)
	f, _ := follow(b, dir)
	s := New(f.Book, Options{})
	defer s.Close()
	s.open("BENCHMARK")
	t := s.talks["BENCHMARK"]
	if !t.Do("jump", "okane/はじめ") {
		b.Fatal("there is no okane/はじめ")
	}
	name := filepath.Join(dir, "flows", "okane.yaml")
	good, err := os.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	changed, done := t.watch()
	defer done()
	var worst time.Duration
	for n := 0; b.Loop(); n++ {
		sentence := fmt.Sprintf("%d番めの文です。", n)
		began := time.Now()
		if err := os.WriteFile(name, bytes.Replace(good, []byte("お金の話は、"), []byte(sentence), 1), 0o644); err != nil {
			b.Fatal(err)
		}
		for !t.reads(sentence) {
			<-changed
		}
		worst = max(worst, time.Since(began))
	}
	b.ReportMetric(float64(worst.Milliseconds()), "ms-worst")
}

// reads says whether a sentence is on the phone.
func (t *Talk) reads(sentence string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.read {
		if bytes.HasPrefix([]byte(s.Text), []byte(sentence)) {
			return true
		}
	}
	return false
}
