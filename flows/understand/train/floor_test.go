package main

import (
	"path/filepath"
	"strings"
	"testing"

	"engawa/flows"
	"engawa/flows/understand"
)

// What is reached on the voices that nothing was trained on. These numbers may
// only get better: whoever reaches more writes the new number down here.
const (
	floorRules           = 0.965 // cries seen with the model off
	floorBoth            = 0.985
	floorExplicit        = 0.973 // of cries that are 明らか, model off
	floorElsewhere       = 0.990 // the worst of the other languages, both
	ceilingOrdinary      = 0.018 // ordinary texts taken for cries, both; was 0.007: one gentle question more in a hundred, for three cries in ten more of somebody unknown
	ceilingTraps         = 0.022 // texts that only look like danger, both; was 0.015, for the same
	ceilingDenials       = 0.0
	floorTop1            = 0.775
	floorTop3            = 0.920
	floorMacro           = 0.780
	ceilingMiscalibrated = 0.051 // was 0.047, when chances were still made smaller than they had proved to be
	floorScope           = 0.865
	ceilingRejected      = 0.020
)

func everything(t *testing.T) (*flows.Bundle, *written) {
	t.Helper()
	b, err := shippedBundle()
	if err != nil {
		t.Fatal(err)
	}
	w, err := readWritten(filepath.Join("..", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	return b, w
}

func least(t *testing.T, what string, got, want float64) {
	t.Helper()
	if got < want {
		t.Errorf("%s: got %.4f, want at least %.4f", what, got, want)
	}
}

func most(t *testing.T, what string, got, want float64) {
	t.Helper()
	if got > want {
		t.Errorf("%s: got %.4f, want at most %.4f", what, got, want)
	}
}

func TestCriesOfUnseenVoicesAreHeardAsWellAsEver(t *testing.T) {
	b, w := everything(t)
	early := w.only(proof)
	rules, both := measureDangers(understand.NewRulesOnly(b), early), measureDangers(understand.New(b), early)
	least(t, "cries seen by the rules", rules.seen["all"].share(), floorRules)
	least(t, "cries seen by rules and model", both.seen["all"].share(), floorBoth)
	least(t, "explicit cries seen by the rules", rules.seen["level clear"].share(), floorExplicit)
	most(t, "alarms about ordinary texts", both.calm["ordinary"].share(), ceilingOrdinary)
	most(t, "alarms about traps", both.calm["traps"].share(), ceilingTraps)
	most(t, "denials taken for clear", both.calm["denials taken for clear"].share(), ceilingDenials)
	for name, n := range both.seen {
		if strings.HasPrefix(name, "lang ") && !strings.HasPrefix(name, "lang ja") {
			least(t, "cries seen, "+name, n.share(), floorElsewhere)
		}
	}
}

// The model may add a finding and raise to 気がかり, never more, and take nothing away.
func TestTheModelOnlyAdds(t *testing.T) {
	b, w := everything(t)
	rules, both := understand.NewRulesOnly(b), understand.New(b)
	for _, list := range [][]sentence{w.urgent, w.traps, w.topics} {
		for i := range list {
			alone, with := rules.Read(list[i].Text, understand.Here{}), both.Read(list[i].Text, understand.Here{})
			if alone.Level == flows.NoLevel && with.Level == flows.Clear || alone.Level != flows.NoLevel && with.Level != alone.Level {
				t.Errorf("%s: rules say %q, with the model it is %q", list[i].ID, alone.Level, with.Level)
			}
		}
	}
}

func TestTopicsOfUnseenVoicesAreFoundAsWellAsEver(t *testing.T) {
	b, w := everything(t)
	f := measureSubjects(understand.New(b), w.only(proof))
	least(t, "top-1", f.top1["all"].share(), floorTop1)
	least(t, "top-3", f.top3["all"].share(), floorTop3)
	least(t, "macro-F1", f.macro(), floorMacro)
	most(t, "calibration error", f.miscalibrated(), ceilingMiscalibrated)
	least(t, "out of scope seen as such", f.scope.share(), floorScope)
	most(t, "in scope taken for out of scope", f.rejected.share(), ceilingRejected)
}

func TestEverySentenceIsWrittenOnceAndSaysWhoseItIs(t *testing.T) {
	_, w := everything(t)
	ids, texts := map[string]bool{}, map[string]bool{}
	for _, list := range [][]sentence{w.urgent, w.traps, w.topics} {
		for i := range list {
			s := &list[i]
			if ids[s.ID] || s.ID == "" || s.Voice == "" || s.Lang == "" || s.Text == "" {
				t.Errorf("%s: an id twice, or no voice, language or text", s.ID)
			}
			ids[s.ID] = true
			if !forTraining(s) && texts[s.Text] {
				t.Errorf("%s: the proof has a sentence that stands elsewhere too", s.ID)
			}
			texts[s.Text] = true
		}
	}
}

// The shipped file is what the sentences of this tree give, without training: a
// changed sentence without a new model is found even where training is too slow.
func TestTheShippedModelKnowsItsSentences(t *testing.T) {
	_, w := everything(t)
	if got := understand.Shipped().Data; got != w.hash {
		t.Errorf("model.bin was trained from other sentences: run go run ./flows/understand/train")
	}
}

// What was reached on the held-out voice, which nobody had read when it was measured
// and which mends nothing. Before the last training it stood at 0.525.
const (
	floorHeld           = 0.755
	ceilingHeldOrdinary = 0.010
	ceilingHeldTraps    = 0.125 // of these the rules alone take 0.096
	floorHeldTop1       = 0.855
	floorHeldTop3       = 0.955
)

func TestCriesOfTheHeldOutVoiceAreHeardAsWellAsEver(t *testing.T) {
	b, w := everything(t)
	held := w.only(heldOut)
	if len(held.urgent) < 290 || len(held.traps) < 240 || len(held.topics) < 400 {
		t.Fatalf("%d cries, %d traps, %d topics: the held-out voice is not whole", len(held.urgent), len(held.traps), len(held.topics))
	}
	d, f := measureDangers(understand.New(b), held), measureSubjects(understand.New(b), held)
	least(t, "cries seen", d.seen["all"].share(), floorHeld)
	most(t, "alarms about traps", d.calm["traps"].share(), ceilingHeldTraps)
	most(t, "alarms about ordinary texts", d.calm["ordinary"].share(), ceilingHeldOrdinary)
	least(t, "top-1", f.top1["all"].share(), floorHeldTop1)
	least(t, "top-3", f.top3["all"].share(), floorHeldTop3)
}

// Messages of a word or two: a wrong language is worse than none, and やさしい日本語 is
// a wish that people state, never a guess from poor Japanese.
func TestLanguagesOfShortMessagesAreToldApart(t *testing.T) {
	b, _ := everything(t)
	all, err := readShort(filepath.Join("..", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	got := measureTongues(understand.New(b), all)
	least(t, "short messages", got.right["short"].share(), 0.955) // was 0.96, when three times as many were wrong
	most(t, "short messages in a wrong language", got.wrong["short"].share(), 0.01)
	least(t, "wishes for やさしい日本語", got.right["wish"].share(), 1)
	least(t, "poor Japanese left as it is", got.right["poor"].share(), 1)
	for _, l := range flows.Langs {
		if l != flows.JaEasy {
			least(t, "short messages, "+string(l), got.right["short "+string(l)].share(), 0.85)
		}
	}
}
