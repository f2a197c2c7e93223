package forms_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"engawa/flows"
	"engawa/flows/catalogue"
	"engawa/flows/forms"
)

// now is a Friday morning.
var now = time.Date(2026, 12, 4, 10, 0, 0, 0, catalogue.Tokyo)

func said(words map[string]string) func(string) string {
	return func(id string) string { return words[id] }
}

func TestTypedDaysAndHoursAreRead(t *testing.T) {
	for text, want := range map[string]string{
		"12月5日 14時": "2026-12-05T14:00", "12/5 午後2時半": "2026-12-05T14:30", "１２月５日１４：００": "2026-12-05T14:00",
		"あした 10時": "2026-12-05T10:00", "こんどの土曜 10:30から": "2026-12-05T10:30", "こんどの金曜 夜7時": "2026-12-11T19:00",
		"来週の火曜日 午前9時15分": "2026-12-08T09:15", "1月10日 13時": "2027-01-10T13:00", "2027年3月3日の15時": "2027-03-03T15:00",
		"あさって": "", "14時": "", "2月31日 10時": "", "12月5日 25時": "", "きょうはつかれた": "", "土曜はむり": "",
	} {
		if got := forms.ReadWhen(text, now); got != want {
			t.Errorf("「%s」: got %q, want %q", text, got, want)
		}
	}
}

func TestAFormBecomesAPost(t *testing.T) {
	f := &flows.Form{ID: "f1", What: "m1", When: "2026-12-12T14:00", Repeat: "nth", Where: "m2,m3", For: 1, Facts: []int{0, 2}, Photo: "pic"}
	e, fault := forms.Entry(f, nil, said(map[string]string{"m1": "静かなお茶の会", "m2": "あおぞら会館 2階", "m3": "https://example.jp/tea"}), now)
	if fault != "" {
		t.Fatalf("fault: got %q, want none", fault)
	}
	if err := e.Check(); err != nil {
		t.Fatalf("the post cannot be sent in: %v", err)
	}
	place, _ := e.Where.Place.In(flows.Ja)
	got := strings.Join([]string{e.Name(), place, e.Where.Online, e.Times[0].RuleWords(), string(e.Times[0].End), strings.Join(e.Facts, " "), string(e.For[0]), e.Picture, string(e.Kind)}, "|")
	want := "静かなお茶の会|あおぞら会館 2階|https://example.jp/tea|毎月 第2土曜(祝日と年末年始はお休み)|2026-12-12T16:00|話さなくてOK 途中で帰れる|同じ経験|pic|ibasho"
	if got != want {
		t.Errorf("post:\n got %s\nwant %s", got, want)
	}
}

func TestTheSameAsLastTimeIsTheSameAWeekLater(t *testing.T) {
	last := &catalogue.Entry{ID: "p1", Kind: catalogue.Event, Title: catalogue.Ja("川べりの散歩"), Facts: []string{"見学だけ"}, State: catalogue.Published,
		Where: catalogue.Where{Place: catalogue.Ja("橋のたもと")},
		Times: []catalogue.When{{Start: "2026-11-15T10:00", End: "2026-11-15T11:30", Changes: []catalogue.Change{{Day: "2026-11-15"}}}}}
	e, fault := forms.Entry(&flows.Form{ID: "f1", Same: true, Last: "p1"}, last, said(nil), now)
	if fault != "" || e.Name() != "川べりの散歩" || e.ID != "f1" || e.Facts[0] != "見学だけ" {
		t.Fatalf("got %+v, fault %q", e, fault)
	}
	if w := e.Times[0]; w.Start != "2026-12-06T10:00" || w.End != "2026-12-06T11:30" || w.Changes != nil {
		t.Errorf("time: got %+v, want the next Sunday at ten, with nothing of what was changed", w)
	}
	e, fault = forms.Entry(&flows.Form{ID: "f2", Same: true, Last: "p1", When: "2026-12-20T13:00", Until: "12:00"}, last, said(nil), now)
	if w := e.Times[0]; fault != "" || w.Start != "2026-12-20T13:00" || w.End != "2026-12-21T12:00" {
		t.Errorf("time: got %+v, fault %q: an end before the beginning is on the next day", w, fault)
	}
}

func TestTheSameOnAnotherDayRecursAsBefore(t *testing.T) {
	for rule, want := range map[string]string{
		"FREQ=MONTHLY;BYMONTHDAY=15": "FREQ=MONTHLY;BYMONTHDAY=20", "FREQ=WEEKLY;BYDAY=TU": "FREQ=WEEKLY;BYDAY=SU", "": "",
	} {
		last := &catalogue.Entry{ID: "p1", Kind: catalogue.Event, Title: catalogue.Ja("川べりの散歩"), Facts: []string{"見学だけ"},
			Where: catalogue.Where{Place: catalogue.Ja("橋のたもと")}, Times: []catalogue.When{{Start: "2026-12-15T10:00", End: "2026-12-15T11:30", Rule: rule}}}
		e, fault := forms.Entry(&flows.Form{ID: "f1", Same: true, Last: "p1", When: "2026-12-20T10:00"}, last, said(nil), now)
		if fault != "" || e.Times[0].Rule != want {
			t.Errorf("%q: got %q, fault %q, want %q", rule, e.Times[0].Rule, fault, want)
		}
	}
}

func TestWhatIsMissingLeadsToItsStep(t *testing.T) {
	words := said(map[string]string{"m1": "お茶", "m2": "会館"})
	for name, c := range map[string]struct {
		f    flows.Form
		want flows.FormStep
	}{
		"nothing":                {flows.Form{}, flows.FormWhat},
		"no time":                {flows.Form{What: "m1", Where: "m2"}, flows.FormWhen},
		"a time that is over":    {flows.Form{What: "m1", Where: "m2", When: "2026-12-01T10:00"}, flows.FormWhen},
		"no place":               {flows.Form{What: "m1", When: "2026-12-12T14:00"}, flows.FormWhere},
		"a text was taken back":  {flows.Form{What: "gone", Where: "m2", When: "2026-12-12T14:00"}, flows.FormWhat},
		"nothing to be like":     {flows.Form{Same: true}, flows.FormWhat},
		"the place was taken":    {flows.Form{What: "m1", Where: "gone", When: "2026-12-12T14:00"}, flows.FormWhere},
		"all of it":              {flows.Form{What: "m1", Where: "m2", When: "2026-12-12T14:00"}, ""},
		"a weekly one, long ago": {flows.Form{What: "m1", Where: "m2", When: "2026-12-01T10:00", Repeat: "week"}, ""},
	} {
		c.f.ID = "f"
		if _, got := forms.Entry(&c.f, nil, words, now); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestNothingThatWasWrittenIsLostUnseen(t *testing.T) {
	long := strings.Repeat("ながい名前の会です。", 8)
	e, _ := forms.Entry(&flows.Form{ID: "f", What: "m1", Where: "m2", When: "2026-12-12T14:00"}, nil, said(map[string]string{"m1": long, "m2": strings.Repeat("会館の裏の", 20)}), now)
	if lead, _ := e.Lead.In(flows.Ja); lead != long {
		t.Errorf("lead: got %q, want the whole text", lead)
	}
	if place, _ := e.Where.Place.In(flows.Ja); len([]rune(place+e.Where.Way)) != 100 {
		t.Errorf("place and way: got %q %q", place, e.Where.Way)
	}
}

// TestEveryFormIsRefusedByItsStepOrAccepted: whatever was tapped and typed, a form
// without a fault is a post that the board takes.
func TestEveryFormIsRefusedByItsStepOrAccepted(t *testing.T) {
	last := &catalogue.Entry{ID: "p1", Kind: catalogue.Ibasho, Title: catalogue.Ja("前の会"), State: catalogue.Published, Where: catalogue.Where{Place: catalogue.Ja("会館")},
		Times: []catalogue.When{{Start: "2026-11-14T22:00", End: "2026-11-15T01:00", Rule: "FREQ=MONTHLY;BYDAY=2SA"}}}
	rapid.Check(t, func(rt *rapid.T) {
		words := map[string]string{"m1": rapid.String().Draw(rt, "what"), "m2": rapid.String().Draw(rt, "where")}
		pick := func(name string, list ...string) string { return rapid.SampledFrom(list).Draw(rt, name) }
		f := &flows.Form{ID: "f", Same: rapid.Bool().Draw(rt, "same"), What: pick("w", "", "m1", "=", "x"), Where: pick("p", "", "m2", "=", "m1,m2"),
			When: pick("t", "", "=", "2026-12-31T23:30", "2027-02-28T00:00", "nonsense"), Until: pick("u", "", "00:00", "23:59", "x"),
			Repeat: pick("r", append(flows.Repeats[:], "")...), For: rapid.IntRange(-1, 6).Draw(rt, "for"), Facts: rapid.SliceOf(rapid.IntRange(-1, 20)).Draw(rt, "facts")}
		of := last
		if rapid.Bool().Draw(rt, "first") {
			of = nil
		}
		e, fault := forms.Entry(f, of, said(words), now)
		if fault == "" && e.Check() != nil {
			rt.Fatalf("no fault, and yet: %v", e.Check())
		}
		if _, ok := e.Next(now, nil); fault == "" && !ok {
			rt.Fatalf("it never takes place: %+v", e.Times)
		}
	})
}
