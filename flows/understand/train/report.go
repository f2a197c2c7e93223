package main

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"engawa/flows"
	"engawa/flows/understand"
)

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
		fmt.Fprintf(&b, "    %-32s %5d  %.3f\n", n, t[n].all, t[n].share())
	}
	return b.String()
}

// dangers are the figures on cries for help.
type dangers struct {
	seen, kind, level table // cries: that there is one, of which class, of which level
	calm              table // alarms about calm texts: the smaller the better
	precise           tally // of the texts that were taken for cries
	misses            []string
}

func measureDangers(r *understand.Reader, w *written) dangers {
	d := dangers{seen: table{}, kind: table{}, level: table{}, calm: table{}}
	for i := range w.urgent {
		s := &w.urgent[i]
		got := r.Read(s.Text, understand.Here{})
		found := got.Level != flows.NoLevel
		for _, name := range []string{"all", "class " + s.Urgency, "level " + s.Level, "lang " + s.Lang, "voice " + s.Voice, "kind " + s.Kind,
			s.Urgency + " " + s.Level} {
			d.seen.add(name, found)
		}
		d.kind.add(s.Urgency, string(got.Urgency) == s.Urgency)
		d.level.add(s.Level, string(got.Level) == s.Level)
		if found {
			d.precise.right++
			d.precise.all++
		} else {
			d.misses = append(d.misses, fmt.Sprintf("missed  %s [%s %s] %s", s.ID, s.Urgency, s.Level, s.Text))
		}
	}
	d.alarms(r, "traps", w.traps)
	d.alarms(r, "ordinary", w.topics)
	return d
}

// alarms counts what is taken for a cry and is none.
func (d *dangers) alarms(r *understand.Reader, name string, list []sentence) {
	for i := range list {
		s := &list[i]
		group := name
		if ordinary(s) {
			group = "ordinary"
		}
		got := r.Read(s.Text, understand.Here{})
		alarm := got.Level != flows.NoLevel
		if s.Kind == "denial" { // 「死にたいわけではない」 may be asked about, gently; it must not wake anybody
			group, alarm = "denials taken for clear", got.Level == flows.Clear
		}
		d.calm.add(group, alarm)
		d.calm.add(group+" lang "+s.Lang, alarm)
		d.calm.add(group+" voice "+s.Voice, alarm)
		if s.Kind != "" {
			d.calm.add("kind "+s.Kind, alarm)
		}
		if alarm {
			d.precise.all++
			d.misses = append(d.misses, fmt.Sprintf("alarm   %s %v [%s %s] %s", s.ID, got.Rules, got.Urgency, got.Level, s.Text))
		}
	}
}

// ordinary tells counselling and daily talk that stand among the traps from what
// was written to look like danger.
func ordinary(s *sentence) bool {
	return s.Urgency == "" && (len(s.Topics) > 0 || strings.HasPrefix(s.Kind, "counselling") || s.Kind == "daily")
}

// subjects are the figures on topics.
type subjects struct {
	top1, top3, byTopic table
	scope               tally // out-of-scope texts seen as such
	rejected            tally // in-scope texts taken for out of scope
	right, guessed      map[string]int
	wanted              map[string]int
	bins                [10][3]int // by chance: how many, sum of chances, how many right
	misses              []string
}

func measureSubjects(r *understand.Reader, w *written) *subjects {
	f := &subjects{top1: table{}, top3: table{}, byTopic: table{}, right: map[string]int{}, guessed: map[string]int{}, wanted: map[string]int{}}
	for i := range w.topics {
		s := &w.topics[i]
		got := r.Read(s.Text, understand.Here{})
		f.note(s, understand.Subjects(got), got.Themes)
	}
	return f
}

func (f *subjects) note(s *sentence, list []string, themes []flows.Scored) {
	first := list[0]
	hit := slices.Contains(s.Topics, first)
	near := slices.ContainsFunc(list[:min(3, len(list))], func(g string) bool { return slices.Contains(s.Topics, g) })
	names := []string{"all", "lang " + s.Lang, "voice " + s.Voice}
	if s.Lang == "ja" {
		names = append(names, fmt.Sprintf("ja, obvious word: %v", s.Plain))
	}
	for _, n := range names {
		f.top1.add(n, hit)
		f.top3.add(n, near)
	}
	for _, w := range s.Topics {
		f.byTopic.add(w, hit)
		f.wanted[w]++
	}
	if len(themes) > 0 {
		b := &f.bins[min(9, themes[0].Score/100)]
		b[0]++
		b[1] += themes[0].Score
		if slices.Contains(s.Topics, themes[0].Topic) {
			b[2]++
		}
	}
	f.guessed[first]++
	if hit {
		f.right[first]++
	} else {
		f.misses = append(f.misses, fmt.Sprintf("topic   %s want %v got %v  %s", s.ID, s.Topics, list, s.Text))
	}
	scope := &f.rejected
	if slices.Contains(s.Topics, "other") {
		scope = &f.scope
	}
	scope.all++
	if first == "other" {
		scope.right++
	}
}

// macro is the mean of the F1 of every topic.
func (f *subjects) macro() float64 {
	sum := 0.0
	for w, n := range f.wanted {
		if f.right[w] > 0 {
			p, rec := float64(f.right[w])/float64(f.guessed[w]), float64(f.right[w])/float64(n)
			sum += 2 * p * rec / (p + rec)
		}
	}
	return sum / float64(max(1, len(f.wanted)))
}

// miscalibrated is how far chances are from what happens, on the mean.
func (f *subjects) miscalibrated() float64 {
	off, all := 0.0, 0
	for _, b := range f.bins {
		off += max(float64(b[1])/1000-float64(b[2]), float64(b[2])-float64(b[1])/1000)
		all += b[0]
	}
	return off / float64(max(1, all))
}

// report prints all figures with the rules alone and with the model beside them,
// for the training voices and for the voices that nothing was trained on. Misses
// are printed when asked for: whoever changes a rule for a miss of the proof has
// no proof any more.
func report(out io.Writer, b *flows.Bundle, w *written, misses string) {
	for _, part := range []struct {
		name string
		w    *written
	}{{"training", w.only(forTraining)}, {"proof", w.only(proof)}, {"held-out", w.only(heldOut)}} {
		rules, both := measureDangers(understand.NewRulesOnly(b), part.w), measureDangers(understand.New(b), part.w)
		for _, d := range []struct {
			name string
			d    dangers
		}{{"rules alone", rules}, {"rules and model", both}} {
			fmt.Fprintf(out, "\n%s voices, %s (precision %.3f)\n  cries seen\n%s  right class\n%s  right level\n%s  false alarms\n%s",
				part.name, d.name, d.d.precise.share(), d.d.seen, d.d.kind, d.d.level, d.d.calm)
		}
		f := measureSubjects(understand.New(b), part.w)
		fmt.Fprintf(out, "\n%s voices, topics: macro-F1 %.3f, calibration error %.3f, out of scope seen %.3f, in scope rejected %.3f\n  top-1\n%s  top-3\n%s  top-1 by topic\n%s",
			part.name, f.macro(), f.miscalibrated(), f.scope.share(), f.rejected.share(), f.top1, f.top3, f.byTopic)
		fmt.Fprintf(out, "\n%s voices, side by side: recall rules %.3f, with model %.3f; alarms per 1,000 ordinary texts %.0f and %.0f, per 1,000 traps %.0f and %.0f\n",
			part.name, rules.seen["all"].share(), both.seen["all"].share(), 1000*rules.calm["ordinary"].share(), 1000*both.calm["ordinary"].share(),
			1000*rules.calm["traps"].share(), 1000*both.calm["traps"].share())
		if misses == part.name {
			fmt.Fprintln(out, strings.Join(append(both.misses, f.misses...), "\n"))
		}
	}
}
