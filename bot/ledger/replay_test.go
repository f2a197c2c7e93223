package ledger

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
)

func shipped(t testing.TB) *flows.Bundle {
	t.Helper()
	b, faults := script.Load(content.FS, script.Options{AcceptDrafts: true})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return b
}

// town writes the journal of people who tap what they see, write and find ways out,
// their turns among each other as they come.
func town(t testing.TB, w io.Writer, b *flows.Bundle, people, turns int) {
	t.Helper()
	r := rand.New(rand.NewPCG(4, 2026))
	states, taps := make([]flows.State, people), make([][]flows.Button, people)
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	out := json.NewEncoder(w)
	for n := range turns {
		i := r.IntN(people)
		at = at.Add(time.Duration(r.IntN(900)) * time.Millisecond)
		e := flows.Event{ID: fmt.Sprintf("e%d", n), At: at, Kind: flows.EvText, Readings: []flows.Reading{{}}}
		switch k := r.IntN(10); {
		case k < 6 && len(taps[i]) > 0:
			if tap, err := flows.DecodeTap(taps[i][r.IntN(len(taps[i]))].Data); err == nil {
				e.Kind, e.Tap, e.Readings = flows.EvTap, tap, nil
			}
		case k < 8:
			e.Readings = []flows.Reading{{Topics: []flows.Scored{{Flow: b.Order[r.IntN(len(b.Order))]}}, Sure: true}}
		case k == 8:
			e.Readings = []flows.Reading{{Exit: []flows.Exit{flows.ExEnd, flows.ExBack, flows.ExLang, flows.ExPrivacy, flows.ExMenu}[r.IntN(5)]}}
		}
		v := flows.View{Now: at, Open: true, Friend: true}
		next, effects, why := flows.Step(b, v, states[i], e)
		line := Line{At: at.UnixMilli(), Person: flows.PersonID(fmt.Sprintf("%02d-%05d", i%16, i)), Events: []string{e.ID}, Bundle: b.Hash, Event: e, View: v,
			Before: HashOf(states[i]), After: HashOf(next), Effects: DoneOf(effects), Reasons: why}
		if err := out.Encode(line); err != nil {
			t.Fatal(err)
		}
		states[i], taps[i] = next, nil
		for j := range effects {
			taps[i] = append(append(taps[i], effects[j].Choices...), effects[j].Exits...)
		}
	}
}

func named(b *flows.Bundle) func(string) *flows.Bundle {
	return func(hash string) *flows.Bundle {
		if hash == b.Hash {
			return b
		}
		return nil
	}
}

func replay(t testing.TB, journal string, b *flows.Bundle, workers int) Replayed {
	t.Helper()
	sum, err := Replay(strings.NewReader(journal), named(b), workers)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestAJournalComesOutTheSameHoweverOftenAndHoweverManyWorkThroughIt(t *testing.T) {
	b := shipped(t)
	var journal strings.Builder
	town(t, &journal, b, 200, 20_000)
	first := replay(t, journal.String(), b, 1)
	if first.Same != 20_000 || first.Apart != 0 || first.Unknown != 0 || first.People != 200 {
		t.Errorf("got %+v, want 20,000 turns of 200 people, all the same", first)
	}
	for _, workers := range []int{1, 2, 7} {
		if again := replay(t, journal.String(), b, workers); fmt.Sprintf("%+v", again) != fmt.Sprintf("%+v", first) {
			t.Errorf("%d workers: got %+v, want %+v", workers, again, first)
		}
	}
}

func TestATurnThatComesOutOtherwiseIsTold(t *testing.T) {
	b := shipped(t)
	var journal strings.Builder
	town(t, &journal, b, 10, 300)
	lines := strings.Split(strings.TrimSpace(journal.String()), "\n")
	var l Line
	if err := json.Unmarshal([]byte(lines[40]), &l); err != nil {
		t.Fatal(err)
	}
	l.After = "0123456789abcdef"
	bent, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	lines[40] = string(bent)
	got := replay(t, strings.Join(lines, "\n"), b, 2)
	if got.Apart != 1 || len(got.First) != 1 || got.First[0].Events[0] != l.Events[0] || got.Same+got.Unknown != 299 {
		t.Errorf("got %+v, want the one turn told and what follows it unknown", got)
	}
	if cut := replay(t, strings.Join(lines[41:], "\n"), b, 2); cut.Apart != 0 || cut.Unknown == 0 {
		t.Errorf("got %+v; want turns whose beginning is gone unknown, not wrong", cut)
	}
	if _, err := Replay(strings.NewReader("{\n"), named(b), 2); err == nil {
		t.Error("a broken line was read")
	}
	if none := replay(t, "", b, 2); none.Turns != 0 {
		t.Errorf("got %+v from no journal", none)
	}
}

// BenchmarkReplay replays a million turns of 10,000 people, as `engawa replay` does.
func BenchmarkReplay(bench *testing.B) {
	const turns = 1_000_000
	b := shipped(bench)
	name := filepath.Join(bench.TempDir(), "journal")
	f, err := os.Create(name)
	if err != nil {
		bench.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	town(bench, w, b, 10_000, turns)
	if err := w.Flush(); err != nil {
		bench.Fatal(err)
	}
	digest, busy := "", cpu(bench)
	for bench.Loop() {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			bench.Fatal(err)
		}
		sum, err := Replay(f, named(b), runtime.GOMAXPROCS(0))
		if err != nil || sum.Same != turns {
			bench.Fatalf("got %+v, %v; want all turns the same", sum, err)
		}
		if digest != "" && digest != sum.Digest {
			bench.Fatal("two runs differ")
		}
		digest = sum.Digest
	}
	bench.ReportMetric((cpu(bench)-busy).Seconds()/float64(bench.N), "cpu-s") // on a machine that others use too, the time by the clock says little
	bench.ReportMetric(float64(turns)*float64(bench.N)/bench.Elapsed().Seconds(), "turns/s")
	bench.ReportMetric(bench.Elapsed().Seconds()/float64(bench.N), "s/million")
}

// cpu is how long this process has been at work on all cores together.
func cpu(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
