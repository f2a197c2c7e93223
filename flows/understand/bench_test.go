package understand_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
	"engawa/flows/understand"
)

// letter is about as long as people write.
const letter = "母が80で弟が53です。弟はもう20年くらい部屋にいます。私が死んだらどうなるんだろうって、夜になると考えます。" +
	"夫は仕事が忙しく、相談しても「そのうち何とかなる」と言うばかりで、私だけが毎日気を張っているような気がします。"

func BenchmarkRead(b *testing.B) {
	r := understand.New(shippedBundle(b))
	b.ReportAllocs()
	for b.Loop() {
		r.Read(letter, understand.Here{})
	}
}

// BenchmarkReadEvery reads all written sentences and tells the time that 99 of 100 stay under.
func BenchmarkReadEvery(b *testing.B) {
	r := understand.New(shippedBundle(b))
	var all []string
	for _, name := range []string{"urgent", "traps", "topics"} {
		data, err := os.ReadFile(filepath.Join("testdata", name+".jsonl"))
		if err != nil {
			b.Fatal(err)
		}
		for _, line := range bytes.Split(bytes.TrimSpace(data), []byte("\n")) {
			var s struct{ Text string }
			if err := json.Unmarshal(line, &s); err != nil {
				b.Fatal(err)
			}
			all = append(all, s.Text)
		}
	}
	took := make([]time.Duration, 0, len(all))
	b.ResetTimer()
	for b.Loop() {
		took = took[:0]
		for _, s := range all {
			start := time.Now()
			r.Read(s, understand.Here{})
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
}

func TestReadingTakesLittleMemory(t *testing.T) {
	r := understand.New(shippedBundle(t))
	r.Read(letter, understand.Here{})
	got := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			r.Read(letter, understand.Here{})
		}
	}).AllocedBytesPerOp()
	if got > 64<<10 {
		t.Errorf("a letter takes %d bytes, want at most 64 KB", got)
	}
}

func BenchmarkNew(b *testing.B) {
	bundle := shippedBundle(b)
	b.ReportAllocs()
	for b.Loop() {
		understand.New(bundle)
	}
}

func shippedBundle(t testing.TB) *flows.Bundle {
	t.Helper()
	b, faults := script.Load(content.FS, script.Options{AcceptDrafts: true})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return b
}
