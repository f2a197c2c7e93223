package prove

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

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

func TestTwoChecksFindTheSame(t *testing.T) {
	b := copied(t)
	b.Lines["late.tap"] = nil
	b.Scenes["okane/家賃"].Choices[0].Label = ja("人と話す")
	b.Cards["food"].Instead = ""
	one, r1 := Check(context.Background(), b, Options{Workers: 1})
	two, r2 := Check(context.Background(), b, Options{Workers: 4})
	a, _ := json.Marshal(struct {
		F []Finding
		R Report
	}{one, r1})
	c, _ := json.Marshal(struct {
		F []Finding
		R Report
	}{two, r2})
	if !bytes.Equal(a, c) {
		t.Errorf("got two different verdicts:\n%s\n%s", a, c)
	}
}

func TestCheckingAgainFindsWhatTheFirstTimeWouldHaveFound(t *testing.T) {
	var p Prover
	date := Options{Date: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	if all, _ := p.Check(context.Background(), shipped(t), date); len(pathed(all)) > 0 {
		t.Fatalf("got %v, want nothing broken on the way", pathed(all))
	}
	b := copied(t)
	b.Scenes["okane/家賃"].Choices[0].Label = ja("人と話す")
	b.Lines["greeting"][0][flows.En] = "Here {you} are."
	again, quick := p.Check(context.Background(), b, date)
	fresh, whole := Check(context.Background(), b, date)
	if quick.Steps*2 > whole.Steps {
		t.Errorf("got %d steps the second time, want less than half of %d", quick.Steps, whole.Steps)
	}
	known := map[string]bool{}
	for _, f := range again {
		known[f.Property+f.Key+string(f.Lang)] = true
	}
	for _, f := range fresh {
		if !known[f.Property+f.Key+string(f.Lang)] && f.Severity == Error {
			t.Errorf("not found the second time: %v", f)
		}
	}
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
	b := shipped(bench)
	var p Prover
	p.Check(context.Background(), b, Options{})
	for bench.Loop() {
		p.Check(context.Background(), b, Options{Only: b.Order[:1]})
	}
	bench.ReportMetric(bench.Elapsed().Seconds()/float64(bench.N), "s/check")
}
