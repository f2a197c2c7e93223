package script

import (
	"strings"
	"testing"
	"testing/fstest"

	"engawa/flows"
)

// play reads one talk and plays it against the good folder; a text that is the
// name of an entrance leads there.
func play(t *testing.T, lines string) Faults {
	t.Helper()
	m := fstest.MapFS{}
	for name, text := range good() {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	b, faults := Load(m, Options{AcceptDrafts: true})
	if b == nil {
		t.Fatalf("refused: %v", serious(faults))
	}
	m["tests/a.yaml"] = &fstest.MapFile{Data: []byte("試し: ためし\n前提: {時刻: 2026-11-24 10:00}\nやりとり:\n" + lines + "必ず: [毎場面で人へ1タップ, やめると止まる, 禁句なし]\n")}
	talks, faults := Talks(m)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return talks[0].Play(b, func(text string, _ flows.Lang, _ []string) flows.Reading {
		if text == "お金" {
			return flows.Reading{Topics: []flows.Scored{{Flow: "okane", Score: 900}}, Sure: true}
		}
		return flows.Reading{}
	})
}

func TestATalkThatComesTrueSaysNothing(t *testing.T) {
	if got := play(t, "  - 人: お金\n  - 場面: okane/はじめ\n  - 候補: [家賃・住まい, 話したい]\n  - 押す: 話したい\n  - つながる: {先: くらし相談, 急ぎ: はい}\n"); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestATalkThatDoesNotComeTrueSaysWhereAndWhatCameInstead(t *testing.T) {
	for _, c := range []struct{ line, told string }{
		{"場面: okane/家賃", "「okane/はじめ」でした"},
		{"候補: [電気]", "家賃・住まい・話したい・ここまで"},
		{"押す: 電気", "まだ画面に出ていません"},
		{"カード: food", "kinkyuu"},
		{"ことば: さようなら", "お金のことですね。"},
		{"いわない: お金のことですね", "言いました"},
		{"つながる: {先: くらし相談}", "つながるかどうか"},
		{"だれが話す: 人", "「機械」でした"},
		{"機械は黙る: はい", "黙っているかどうか"},
		{"あぶない: 命", "「命」のはず"},
		{"知らせ: はい", "「いいえ」でした"},
		{"送る: 様子", "送りませんでした"},
		{"ことばの種類: en", "ja でした"},
		{"時がたつ: すこし", "14日・3時間・20分"},
		{"相談員: 寝る", "席をはなれる"},
	} {
		got := play(t, "  - 人: お金\n  - "+c.line+"\n")
		if len(got) != 1 || !strings.Contains(got[0].Text, c.told) || got[0].Line != 5 || got[0].As != "- "+c.line {
			t.Errorf("%s: got %v, want it told with %q", c.line, got, c.told)
		}
	}
}

func TestWhatMustHoldIsLookedAtAfterEveryStep(t *testing.T) {
	got := play(t, "  - 人: お金\n  - 相談員: 来る\n  - 人: 対象\n")
	if len(got) != 0 {
		t.Errorf("got %v, want nothing told", got)
	}
}

func TestASlipInATalkIsExplained(t *testing.T) {
	m := fstest.MapFS{"tests/a.yaml": &fstest.MapFile{Data: []byte("試し: ためし\n前提: {時刻: 2026-11-24 10:00}\nやりとり:\n  - 人：お金\n  - 場画: okane/家賃\n必ず: [毎場面で人へ1タップ]\n")}}
	_, faults := Talks(m)
	var got []string
	for _, f := range faults {
		got = append(got, f.Code+" "+f.Should)
	}
	want := "colon-wide   - 人: お金 key   - 場面: okane/家賃"
	if strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, " "), want)
	}
}
