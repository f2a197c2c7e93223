package prove

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"engawa/flows"
	"engawa/flows/script"
)

func TestAFindingIsToldWithWhyFixAndWay(t *testing.T) {
	f := Finding{Property: "P3", Severity: Error, File: "flows/okane.yaml", Key: "okane/家賃", Why: "行き止まりです。", Fix: "道を足します。", Path: []string{"「お金のこと」", "「家賃」"}}
	want := "flows/okane.yaml okane/家賃 [直す] 行き止まりです。\n    直しかた: 道を足します。\n    たどり方: 「お金のこと」→「家賃」"
	if got := f.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTheVerdictIsForTools(t *testing.T) {
	var out bytes.Buffer
	r := Report{Bundle: "abc", Whole: true}
	if err := WriteJSON(&out, Judge(nil, []Finding{{Property: "tone", Severity: Warning, Why: "「！」は、大きな声に聞こえます。"}}, &r)); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got["ok"] != true || len(got["findings"].([]any)) != 1 || !strings.Contains(out.String(), "大きな声") {
		t.Errorf("got %s", out.String())
	}
	for name, v := range map[string]Verdict{
		"a fault of the files": Judge(script.Faults{{File: "house.yaml", Text: "…"}}, nil, &r),
		"an error":             Judge(nil, []Finding{{Severity: Error}}, &r),
		"no bundle":            Judge(nil, nil, nil),
	} {
		if v.OK {
			t.Errorf("%s: got ok, want refused", name)
		}
	}
}

func TestACheckThatRunsOutOfTimeSaysSo(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	all, r := Check(ctx, shipped(t), Options{})
	if r.Whole || len(Errors(all)) == 0 || all[0].Property != "prove" {
		t.Errorf("got whole %v and %v, want an error that says it stopped", r.Whole, Errors(all))
	}
}

// spoilt is a bundle with faults of several kinds, and what a check from nothing says of it.
var spoilt = sync.OnceValues(func() (*flows.Bundle, verdict) {
	b := copyOf(loaded())
	b.Scenes["okane/家賃"].Choices[0].Label = ja("人と話す")
	b.Cards["food"].Instead = ""
	b.Lines["greeting"][0][flows.En] = "Here {you} are."
	opt := today()
	opt.Workers = 1
	all, r := Check(context.Background(), b, opt)
	return b, verdict{all, r}
})

func TestTwoChecksFindTheSame(t *testing.T) {
	t.Parallel()
	shipped(t)
	b, one := spoilt()
	opt := today()
	opt.Workers = 4
	all, r := Check(context.Background(), b, opt)
	a, _ := json.Marshal(one)
	c, _ := json.Marshal(verdict{all, r})
	if !bytes.Equal(a, c) {
		t.Errorf("got two different verdicts:\n%s\n%s", a, c)
	}
}

// edits are what an author does between two saves.
var edits = []struct {
	name string
	cut  int // the second check takes at most one step in so many
	do   func(b *flows.Bundle)
}{
	{"another sentence", 8, func(b *flows.Bundle) {
		b.Scenes["okane/家賃"].Texts = []flows.Phrase{ja("家賃のことですね。頑張って。")}
	}},
	{"a dead end, and a scene without a way to it", 8, func(b *flows.Bundle) {
		b.Scenes["okane/行き止まり"] = &flows.Scene{Key: "okane/行き止まり", Flow: "okane", Name: "行き止まり", Texts: []flows.Phrase{ja("ひとつの文です。")},
			Choices: slices.Clone(b.Scenes["okane/家賃"].Choices)}
		for i := range b.Scenes["okane/借金"].Choices {
			b.Scenes["okane/借金"].Choices[i].Next = "okane/家賃"
		}
	}},
	{"a fault on every screen", 2, func(b *flows.Bundle) { bad, _ := spoilt(); *b = *bad }},
	{"all is well again", 1, func(b *flows.Bundle) { *b = *loaded() }},
	{"the same once more", 40, func(b *flows.Bundle) { *b = *loaded() }},
}

func TestCheckingAgainFindsWhatTheFirstTimeWouldHaveFound(t *testing.T) {
	t.Parallel()
	p := proved(t).fork()
	_, good := first()
	_, bad := spoilt()
	for i, e := range edits {
		b := copied(t)
		e.do(b)
		again, quick := p.Check(context.Background(), b, today())
		fresh := good
		switch i {
		case 0, 1:
			fresh.Found, fresh.Report = Check(context.Background(), b, today())
		case 2:
			fresh = bad
		}
		if quick.Steps*e.cut > fresh.Report.Steps {
			t.Errorf("%s: got %d steps, want at most one in %d of %d", e.name, quick.Steps, e.cut, fresh.Report.Steps)
		}
		if got, want := namesOf(again), namesOf(fresh.Found); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", e.name, got, want)
		}
	}
}

func namesOf(all []Finding) (out []string) {
	for i := range all {
		out = append(out, nameOf(&all[i]))
	}
	slices.Sort(out)
	return out
}

func BenchmarkCheck(bench *testing.B) {
	b := shipped(bench)
	steps, classes := 0, 0
	for range bench.N {
		_, r := Check(context.Background(), b, Options{})
		steps, classes = r.Steps, r.Classes
	}
	bench.ReportMetric(float64(steps), "steps/check")
	bench.ReportMetric(float64(classes), "classes/check")
	bench.ReportMetric(bench.Elapsed().Seconds()/float64(bench.N), "s/check")
}

// BenchmarkCheckOneFlow is what a save costs: one flow changed, the rest known.
func BenchmarkCheckOneFlow(bench *testing.B) {
	n := 0
	p := proved(bench)
	for bench.Loop() {
		b := copied(bench)
		b.Scenes[b.Flows[b.Order[0]].Start].Texts = []flows.Phrase{ja("ひとつの文です。" + strconv.Itoa(n))}
		n++
		p.Check(context.Background(), b, today())
	}
	bench.ReportMetric(bench.Elapsed().Seconds()/float64(bench.N), "s/check")
}
