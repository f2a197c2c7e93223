package catalogue_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"engawa/flows"
	"engawa/flows/catalogue"
)

// words draws texts with everything that trips a CSV or a spreadsheet.
var words = rapid.StringMatching(`[=+\-@'"＝ア-ン一-十a-z0-9,| \\\n｜・#]{0,12}[ぁ-んa-z"]`)

func phrases() *rapid.Generator[flows.Phrase] {
	return rapid.Custom(func(t *rapid.T) flows.Phrase {
		p := flows.Phrase{flows.Ja: words.Draw(t, "ja")}
		if rapid.Bool().Draw(t, "more") {
			p[flows.Langs[rapid.IntRange(1, len(flows.Langs)-1).Draw(t, "lang")]] = words.Draw(t, "other")
		}
		return p
	})
}

func maybe[T any](t *rapid.T, g *rapid.Generator[T]) (v T) {
	if rapid.Bool().Draw(t, "there") {
		v = g.Draw(t, "value")
	}
	return v
}

func some[T any](t *rapid.T, from []T) (out []T) {
	for _, v := range from {
		if rapid.Bool().Draw(t, "one") {
			out = append(out, v)
		}
	}
	return out
}

func moments() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "s")/3600*3600, 0).In(catalogue.Tokyo)
	})
}

var rules = []string{"", "FREQ=DAILY", catalogue.Weekly(1, time.Saturday), catalogue.Weekly(2, time.Monday, time.Friday), "FREQ=WEEKLY", catalogue.Monthly(2, time.Saturday),
	catalogue.Monthly(-1, time.Wednesday), "FREQ=MONTHLY;BYDAY=2SA,4SA", "FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU", "FREQ=MONTHLY;BYMONTHDAY=15",
	"FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=2", "FREQ=WEEKLY;COUNT=5;BYDAY=TU", "FREQ=MONTHLY;BYDAY=SA;BYSETPOS=2"}

func whens() *rapid.Generator[catalogue.When] {
	return rapid.Custom(func(t *rapid.T) catalogue.When {
		start := moments().Draw(t, "start")
		end := start.Add(time.Duration(rapid.IntRange(1, 7*24*60).Draw(t, "long")) * time.Minute)
		w := catalogue.When{Start: catalogue.LocalOf(start), End: catalogue.LocalOf(end), Rule: rapid.SampledFrom(rules).Draw(t, "rule"),
			Zone: rapid.SampledFrom([]string{"", "Asia/Tokyo", "Asia/Seoul"}).Draw(t, "zone")}
		day := catalogue.DayOf(start.AddDate(0, 0, 7))
		if rapid.Bool().Draw(t, "changes") {
			w.Holidays, w.Except, w.Extra = catalogue.HolidaysOff, []catalogue.Day{day, "2027-01-01"}, []catalogue.Local{w.Start}
			w.Changes = []catalogue.Change{{Day: day}, {Day: "2026-12-12", Start: w.Start, End: w.End}}
		}
		return w
	})
}

func entries() *rapid.Generator[*catalogue.Entry] {
	return rapid.Custom(func(t *rapid.T) *catalogue.Entry {
		e := &catalogue.Entry{
			ID: rapid.StringMatching(`[a-z][a-z0-9-]{8,12}`).Draw(t, "id"), Kind: rapid.SampledFrom(catalogue.Kinds).Draw(t, "kind"), Title: phrases().Draw(t, "title"),
			Reading: maybe(t, words), Lead: maybe(t, phrases()), Arrive: maybe(t, phrases()), Hours: maybe(t, phrases()), Group: maybe(t, words), Host: maybe(t, words),
			Times: rapid.SliceOfN(whens(), 0, 3).Draw(t, "times"), Facts: some(t, flows.Facts), For: some(t, catalogue.Fors), Langs: some(t, flows.Langs[:]),
			Effort: maybe(t, rapid.SampledFrom(catalogue.Efforts)), Tie: maybe(t, rapid.SampledFrom(catalogue.Ties)), Phone: maybe(t, words), OnDay: maybe(t, words),
			URL: maybe(t, words), Picture: maybe(t, words), Source: maybe(t, words), By: maybe(t, words), Instead: maybe(t, words),
			Tags: some(t, []string{"a|b", `c\d`, "=1+1", "お茶・会", "e｜f"}), Access: some(t, []string{"段差なし", `\`, "車いす\nトイレ"}),
			Capacity: rapid.IntRange(0, 99).Draw(t, "n"), Always: rapid.Bool().Draw(t, "always"), Verified: maybe(t, moments()), Expires: maybe(t, moments()), Changed: maybe(t, moments()),
			State: rapid.SampledFrom([]catalogue.State{"", catalogue.Draft, catalogue.Waiting, catalogue.Published, catalogue.Paused, catalogue.Cancelled, catalogue.Recalled}).Draw(t, "state"),
		}
		e.Where = catalogue.Where{Area: maybe(t, words), Town: maybe(t, words), Place: maybe(t, phrases()), Station: maybe(t, words), Way: maybe(t, words),
			Asked: rapid.Bool().Draw(t, "asked"), Online: maybe(t, words)}
		if rapid.Bool().Draw(t, "pointed") {
			e.Where.Point = &catalogue.Point{Lat: rapid.Float64Range(-90, 90).Draw(t, "lat"), Lon: rapid.Float64Range(-180, 180).Draw(t, "lon")}
		}
		if len(e.Times) == 0 {
			e.Times = nil
		}
		return e
	})
}

func read(t interface{ Fatalf(string, ...any) }, from func(io.Reader) ([]catalogue.Record, error), file string) (out []*catalogue.Entry) {
	records, err := from(strings.NewReader(file))
	if err != nil {
		t.Fatalf("%v in\n%s", err, file)
	}
	for _, r := range records {
		out = append(out, r.Entry)
	}
	return out
}

func TestWhatIsExportedIsReadBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfNDistinct(entries(), 1, 4, func(e *catalogue.Entry) string { return e.ID }).Draw(t, "entries")
		var csv, json bytes.Buffer
		if err := errors.Join(catalogue.WriteCSV(&csv, want), catalogue.WriteJSON(&json, want)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, read(t, catalogue.ReadCSV, csv.String())); diff != "" {
			t.Fatalf("CSV: want, got:\n%s", diff)
		}
		if diff := cmp.Diff(want, read(t, catalogue.ReadJSON, json.String())); diff != "" {
			t.Fatalf("JSON: want, got:\n%s", diff)
		}
	})
}

func TestACellThatLooksLikeAFormulaIsNoneInASpreadsheet(t *testing.T) {
	for _, title := range []string{"=1+1", "+81", "-会", "@SUM", "＝全角", " =1", "'=1", "'引用"} {
		var csv bytes.Buffer
		if err := catalogue.WriteCSV(&csv, []*catalogue.Entry{tea("x", func(e *catalogue.Entry) { e.Title = catalogue.Ja(title) })}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(csv.String(), "'"+title) {
			t.Errorf("%q is written as it is:\n%s", title, csv.String())
		}
		if got := read(t, catalogue.ReadCSV, csv.String())[0].Name(); got != title {
			t.Errorf("got %q back, want %q", got, title)
		}
	}
}

func TestAListTypedByHandIsRead(t *testing.T) {
	const row = "居場所,\"お茶,の会\",2026-12-05 14:00-16:00 毎月 第1・第3土曜 祝日休み | 2026/12/9 22:00〜翌1:00,話さなくてOK|無料\r\n"
	want := &catalogue.Entry{Kind: catalogue.Ibasho, Title: catalogue.Ja("お茶,の会"), Facts: []string{"話さなくてOK", "無料"}, Times: []catalogue.When{
		{Start: "2026-12-05T14:00", End: "2026-12-05T16:00", Rule: "FREQ=MONTHLY;BYDAY=1SA,3SA", Holidays: catalogue.HolidaysOff},
		{Start: "2026-12-09T22:00", End: "2026-12-10T01:00"},
	}}
	for _, head := range []string{"種類,名前,日時,気軽さ\r\n", "\ufeffkind,title,times,facts\n", "kind,title,日時,Facts\n"} {
		if diff := cmp.Diff([]*catalogue.Entry{want}, read(t, catalogue.ReadCSV, head+row)); diff != "" {
			t.Errorf("%q: want, got:\n%s", head, diff)
		}
	}
}

func TestRecurrenceIsReadInTheWordsOfTheForm(t *testing.T) {
	for said, want := range map[string]string{
		"毎日": "FREQ=DAILY", "毎週": "FREQ=WEEKLY;BYDAY=SA", "毎週 火曜・木曜": "FREQ=WEEKLY;BYDAY=TU,TH", "隔週 土曜": "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "2週に1度 土曜": "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA",
		"毎月 第2土曜": catalogue.Monthly(2, time.Saturday), "毎月 最後の水曜日": catalogue.Monthly(-1, time.Wednesday), "毎月 15日": "FREQ=MONTHLY;BYMONTHDAY=15", "FREQ=WEEKLY;BYDAY=SA": "FREQ=WEEKLY;BYDAY=SA",
	} {
		got, err := catalogue.ReadTimes("2026-12-05 14:00-16:00 " + said)
		if err != nil || got[0].Rule != want {
			t.Errorf("%s: got %v, %v; want %s", said, got, err, want)
		}
	}
	for _, said := range []string{"たまに", "毎月 土曜", "毎週 第2土曜", "毎月 32日", "毎月 第6土曜", "FREQ=SECONDLY"} {
		if got, err := catalogue.ReadTimes("2026-12-05 14:00-16:00 " + said); err == nil {
			t.Errorf("%s is read as %v", said, got)
		}
	}
}

func TestEveryFaultIsToldWithItsLineAndColumn(t *testing.T) {
	csv := "番号,種類,名前,日時,定員\n" + "a,居場所,お茶,あした,多め\n" + "b,サーカス,\"二行の\n名前\",2026-02-30 14:00-16:00,3\n"
	json := "[\n {\"id\":\"a\",\"kind\":\"ibasho\",\"title\":{\"ja\":\"お茶\"}},\n {\"id\":\"b\",\n  \"titel\":{}},\n {\"id\":3}\n]"
	for file, c := range map[string]struct {
		from func(io.Reader) ([]catalogue.Record, error)
		want []string
	}{
		csv:               {catalogue.ReadCSV, []string{"2 日時 あした", "2 定員 多め", "3 種類 サーカス", "3 日時 2026-02-30 14:00-16:00"}},
		"名前,ひとこと\nお茶,x\n": {catalogue.ReadCSV, []string{"1 種類 "}},
		"種類,名前,ねだん\n":     {catalogue.ReadCSV, []string{"1 ねだん "}},
		"種類,名前\n居場所,お茶,多い\n":      {catalogue.ReadCSV, []string{"2  多い"}},
		"種類,名前\n居場所,\"お茶\n":       {catalogue.ReadCSV, []string{"2  "}},
		"種類,名前\n居場所,\x82\xa0\n":   {catalogue.ReadCSV, []string{"2  "}},
		"種類,名前\n居場所,お茶\n居場所,お茶\n": {catalogue.ReadCSV, []string{"3 名前 お茶"}},
		"種類,名前,番号\n居場所,お茶,a/b\n":  {catalogue.ReadCSV, []string{"2 番号 a/b"}},
		json:          {catalogue.ReadJSON, []string{"4 titel ", "5 id number"}},
		"{}":          {catalogue.ReadJSON, []string{"1  "}},
		"[\n{\"id\":": {catalogue.ReadJSON, []string{"2  "}},
		"[null]":      {catalogue.ReadJSON, []string{"1  null"}},
	} {
		_, err := c.from(strings.NewReader(file))
		joint, ok := err.(interface{ Unwrap() []error })
		all := []error{err}
		if ok {
			all = joint.Unwrap()
		}
		var got []string
		for _, one := range all {
			var f *catalogue.FileFault
			if !errors.As(one, &f) || f.Want == "" {
				t.Errorf("%q: got %v, want a fault that says what it should be", file, one)
				continue
			}
			got = append(got, fmt.Sprintf("%d %s %s", f.Line, f.Column, f.Says))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q: want, got:\n%s", file, diff)
		}
	}
}

func TestAFileThatIsTooBigIsRefused(t *testing.T) {
	big := io.MultiReader(strings.NewReader("種類,名前\n居場所,"), &endless{left: 1 << 30})
	if _, err := catalogue.ReadCSV(big); err == nil || !strings.Contains(err.Error(), "大きすぎます") {
		t.Errorf("got %v", err)
	}
	var rows strings.Builder
	rows.WriteString("種類,名前,番号\n")
	for i := range catalogue.MaxRows + 1 {
		fmt.Fprintf(&rows, "居場所,茶,n%d\n", i)
	}
	if _, err := catalogue.ReadCSV(strings.NewReader(rows.String())); err == nil || !strings.Contains(err.Error(), "20000") {
		t.Errorf("got %v", err)
	}
}

func TestARowBuiltToCostMuchIsRefused(t *testing.T) {
	for name, file := range map[string]string{
		"columns":              strings.Repeat("a,", 8<<20),
		"a long cell":          "種類,名前\n居場所," + strings.Repeat("あ", 1<<20) + "\n",
		"a long recurrence":    "種類,名前,日時\n居場所,茶,2026-12-05 14:00-16:00" + strings.Repeat(" a", 100<<10) + "\n",
		"a cell full of times": "種類,名前,日時\n居場所,茶," + strings.Repeat("2026-12-05 14:00-16:00|", 10_000) + "\n",
	} {
		if _, err := catalogue.ReadCSV(strings.NewReader(file)); err == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
}

type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left -= len(p); e.left < 0 {
		return 0, io.EOF
	}
	return copy(p, bytes.Repeat([]byte("a"), len(p))), nil
}

func TestAnOldFileDoesNotBringACancelledDateBack(t *testing.T) {
	was := tea("x", func(e *catalogue.Entry) { e.Times[0].Changes = []catalogue.Change{{Day: "2026-12-12"}} })
	now := tea("x", nil)
	now.Keep(was)
	if diff := cmp.Diff(was.Times, now.Times); diff != "" {
		t.Errorf("want, got:\n%s", diff)
	}
}

// FuzzReadCSV holds that no file crashes the reader, and that what it takes it
// writes so that it reads the same again.
func FuzzReadCSV(f *testing.F) {
	f.Add("種類,名前,日時\n居場所,お茶,2026-12-05 14:00-16:00 毎月 第2土曜\n")
	f.Add("\ufeffkind,title,tags,point\r\nrole,'=1,\"a|b\\|c\",\"35,139\"\r\n")
	f.Add("種類,名前,日時\n居場所,茶,2026-12-05 14:00-16:00 除く=2026-12-12 変更=2026-12-19>2026-12-20T14:00>2026-12-20T16:00\n")
	f.Fuzz(func(t *testing.T, file string) {
		records, err := catalogue.ReadCSV(strings.NewReader(file))
		if err != nil {
			return
		}
		var all []*catalogue.Entry
		for _, r := range records {
			all = append(all, r.Entry)
		}
		var once, twice bytes.Buffer
		if err := catalogue.WriteCSV(&once, all); err != nil {
			t.Fatal(err)
		}
		back := read(t, catalogue.ReadCSV, once.String())
		if err := catalogue.WriteCSV(&twice, back); err != nil {
			t.Fatal(err)
		}
		if len(back) != len(all) || !slices.Equal(once.Bytes(), twice.Bytes()) {
			t.Errorf("%q is written as\n%s, then as\n%s", file, once.String(), twice.String())
		}
	})
}
