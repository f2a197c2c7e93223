package find

import "testing"

func TestWordsAreFoundHoweverTheyAreTyped(t *testing.T) {
	for _, row := range []struct {
		typed, text string
		want        bool
	}{
		{"かふぇ", "ひなたカフェに行きます", true},
		{"ｶﾌｪ", "ひなたカフェに行きます", true},
		{"カフェ", "ひなたかふぇ", true},
		{"ガス", "ｶﾞｽがとまりました", true},
		{"家賃 むり", "家賃がもうムリです", true},
		{"家賃　学校", "家賃がもうムリです", false},
		{"line", "ＬＩＮＥで話したい", true},
		{"ABC", "abc", true},
		{"株式会社", "㍿のこと", true},
		{"", "なにか", true},
		{"むり", "", false},
	} {
		if got := Read(row.typed).In(row.text); got != row.want {
			t.Errorf("%q in %q: %v, want %v", row.typed, row.text, got, row.want)
		}
	}
}

func TestASnippetShowsTheWordAsItWasWritten(t *testing.T) {
	for _, row := range []struct {
		typed, text string
		want        Snippet
	}{
		{"かふぇ", "きょうは、ひなたカフェに行きます", Snippet{"…ひなた", "カフェ", "に行き…"}},
		{"がす", "ｶﾞｽ", Snippet{"", "ｶﾞｽ", ""}},
		{"株", "㍿のこと", Snippet{"", "㍿", "のこと"}},
		{"ない", "ことば\nふたつ", Snippet{"", "", "ことば…"}},
	} {
		if got := Read(row.typed).Cut(row.text, 3); got != row.want {
			t.Errorf("%q in %q: %+v, want %+v", row.typed, row.text, got, row.want)
		}
	}
}

func FuzzCuttingLosesNoLetter(f *testing.F) {
	f.Add("ガ", "ｶﾞｽ がす")
	f.Add("i", "İstanbul ﬁ")
	f.Fuzz(func(t *testing.T, typed, text string) {
		s := Read(typed).Cut(text, 1<<20)
		whole := Read("").Cut(text, 1<<20)
		if got := s.Before + s.Hit + s.After; got != whole.Before+whole.Hit+whole.After {
			t.Errorf("%q cut out of %q gives %q", typed, text, got)
		}
	})
}
