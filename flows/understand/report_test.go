package understand_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
	"engawa/flows/understand"
)

// sentence is one line of testdata.
type sentence struct {
	ID, Text, Lang, Voice, Kind string
	Urgency, Level              string
	Topics                      []string
	Plain                       bool
}

// proven tells whether a sentence is of a voice that nothing was trained on.
func proven(s sentence) bool { return strings.Contains("FGHY", s.Voice) }

func sentences(t testing.TB, name string) []sentence {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var out []sentence
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		var s sentence
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out = append(out, s)
	}
	return out
}

func shippedBundle(t testing.TB) *flows.Bundle {
	t.Helper()
	b, faults := script.Load(content.FS, script.Options{AcceptDrafts: true})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return b
}

// tally counts how often something was right.
type tally struct{ right, all int }

func (c tally) share() float64 {
	if c.all == 0 {
		return 1
	}
	return float64(c.right) / float64(c.all)
}

// table groups tallies by a name.
type table map[string]tally

func (t table) add(name string, right bool) {
	c := t[name]
	c.all++
	if right {
		c.right++
	}
	t[name] = c
}

func (t table) String() string {
	var names []string
	for n := range t {
		names = append(names, n)
	}
	sort.Strings(names)
	var b strings.Builder
	for _, n := range names {
		fmt.Fprintf(&b, "    %-22s %5d  %.3f\n", n, t[n].all, t[n].share())
	}
	return b.String()
}

// dangers measures urgency over the sentences that keep says.
func dangers(t testing.TB, r *understand.Reader, keep func(sentence) bool) (seen, kind, level, calm table, misses []string) {
	seen, kind, level, calm = table{}, table{}, table{}, table{}
	for _, s := range sentences(t, "urgent") {
		if !keep(s) {
			continue
		}
		got := r.Read(s.Text, understand.Here{})
		found := got.Level != flows.NoLevel
		for _, name := range []string{"all", "class " + s.Urgency, "level " + s.Level, "lang " + s.Lang, "voice " + s.Voice, "kind " + s.Kind} {
			seen.add(name, found)
		}
		if s.Level == "clear" {
			seen.add("explicit", found)
		}
		kind.add(s.Urgency, string(got.Urgency) == s.Urgency)
		level.add(s.Level, string(got.Level) == s.Level)
		if !found {
			misses = append(misses, fmt.Sprintf("missed  %s [%s %s] %s", s.ID, s.Urgency, s.Level, s.Text))
		}
	}
	for _, name := range []string{"traps", "topics"} {
		for _, s := range sentences(t, name) {
			if !keep(s) {
				continue
			}
			got := r.Read(s.Text, understand.Here{})
			alarm := got.Level != flows.NoLevel
			calm.add(name, alarm)
			calm.add(name+" lang "+s.Lang, alarm)
			if name == "traps" {
				calm.add("kind "+s.Kind, alarm)
			}
			if alarm {
				misses = append(misses, fmt.Sprintf("alarm   %s %v [%s %s] %s", s.ID, got.Rules, got.Urgency, got.Level, s.Text))
			}
		}
	}
	return seen, kind, level, calm, misses
}

// topicFigures are what is said about topics.
type topicFigures struct {
	top1, top3, byTopic, byLang, byVoice table
	scope                                tally // out-of-scope texts seen as such
	rejected                             tally // in-scope texts taken for out of scope
	macro                                float64
	calibration                          float64
	misses                               []string
}

func themes(t testing.TB, r *understand.Reader, keep func(sentence) bool) topicFigures {
	f := topicFigures{top1: table{}, top3: table{}, byTopic: table{}, byLang: table{}, byVoice: table{}}
	right, guessed, wanted := map[string]int{}, map[string]int{}, map[string]int{}
	var bins [10][3]int
	for _, s := range sentences(t, "topics") {
		if !keep(s) {
			continue
		}
		got := r.Read(s.Text, understand.Here{})
		list := understood(got)
		first := list[0]
		hit := slices.Contains(s.Topics, first)
		near := false
		for _, g := range list[:min(3, len(list))] {
			near = near || slices.Contains(s.Topics, g)
		}
		names := []string{"all", "lang " + s.Lang, "voice " + s.Voice}
		if s.Lang == "ja" {
			names = append(names, fmt.Sprintf("ja, obvious word: %v", s.Plain))
		}
		for _, n := range names {
			f.top1.add(n, hit)
			f.top3.add(n, near)
		}
		for _, w := range s.Topics {
			f.byTopic.add(w, hit && first == w || !hit && false || hit && len(s.Topics) > 1)
			wanted[w]++
		}
		if len(got.Themes) > 0 {
			b := min(9, got.Themes[0].Score/100)
			bins[b][0]++
			bins[b][1] += got.Themes[0].Score
			if slices.Contains(s.Topics, got.Themes[0].Topic) {
				bins[b][2]++
			}
		}
		guessed[first]++
		if hit {
			right[first]++
		}
		out := slices.Contains(s.Topics, "other")
		if out {
			f.scope.all++
			if first == "other" {
				f.scope.right++
			}
		} else {
			f.rejected.all++
			if first == "other" {
				f.rejected.right++
			}
		}
		if !hit {
			f.misses = append(f.misses, fmt.Sprintf("topic   %s want %v got %v  %s", s.ID, s.Topics, list, s.Text))
		}
	}
	n := 0
	for w := range wanted {
		p, rec := 0.0, float64(right[w])/float64(wanted[w])
		if guessed[w] > 0 {
			p = float64(right[w]) / float64(guessed[w])
		}
		if p+rec > 0 {
			f.macro += 2 * p * rec / (p + rec)
		}
		n++
	}
	f.macro /= float64(max(1, n))
	total := 0
	for _, b := range bins {
		if b[0] > 0 {
			f.calibration += max(float64(b[1])/1000-float64(b[2]), float64(b[2])-float64(b[1])/1000)
			total += b[0]
		}
	}
	f.calibration /= float64(max(1, total))
	return f
}

// understood is the list of topics as `engawa understand` says it.
func understood(r flows.Reading) []string {
	switch {
	case r.Exit == flows.ExHuman:
		return []string{"human"}
	case r.Exit == flows.ExPrivacy || r.Exit == flows.ExDelete || r.Exit == flows.ExForget:
		return []string{"privacy"}
	case r.Exit == flows.ExLang:
		return []string{"language"}
	}
	var out []string
	if r.Talk {
		out = append(out, "smalltalk")
	}
	for _, s := range r.Themes {
		if !slices.Contains(out, s.Topic) {
			out = append(out, s.Topic)
		}
	}
	if len(out) == 0 {
		out = append(out, "other")
	}
	return out
}

// TestReport prints all figures, with the rules alone and with the model, for
// the training voices and for the voices of the proof. Misses of the proof are
// printed only when asked for (ENGAWA_MISSES=proof): whoever looks at them and
// changes a rule has no proof any more.
func TestReport(t *testing.T) {
	b := shippedBundle(t)
	for _, part := range []struct {
		name string
		keep func(sentence) bool
	}{{"training voices", func(s sentence) bool { return !proven(s) }}, {"proof voices", proven}} {
		for _, with := range []struct {
			name string
			r    *understand.Reader
		}{{"rules alone", understand.NewRulesOnly(b)}, {"rules and model", understand.New(b)}} {
			seen, kind, level, calm, misses := dangers(t, with.r, part.keep)
			t.Logf("%s, %s\n  cries seen\n%s  right class\n%s  right level\n%s  false alarms\n%s", part.name, with.name, seen, kind, level, calm)
			show(t, part.name, with.name, misses)
		}
		f := themes(t, understand.New(b), part.keep)
		t.Logf("%s, topics: macro-F1 %.3f, calibration error %.3f, out of scope seen %.3f, in scope rejected %.3f\n  top-1\n%s  top-3\n%s  top-1 by topic\n%s",
			part.name, f.macro, f.calibration, f.scope.share(), f.rejected.share(), f.top1, f.top3, f.byTopic)
		show(t, part.name, "topics", f.misses)
	}
}

func show(t *testing.T, part, with string, misses []string) {
	asked := os.Getenv("ENGAWA_MISSES")
	if asked == "" || !strings.HasPrefix(part, asked) {
		return
	}
	t.Logf("%s, %s\n%s", part, with, strings.Join(misses, "\n"))
}
