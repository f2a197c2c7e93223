package ready

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/config/redistest"
	"engawa/handoff/find"
)

func store(t *testing.T) *Store {
	return New(redistest.Client(t), func() time.Time { return time.Unix(1_800_000_000, 0) })
}

func titles(all []Text) (out []string) {
	for _, t := range all {
		out = append(out, t.Title)
	}
	return out
}

func TestEverybodySeesTheirOwnTheirTeamsAndTheDesksTexts(t *testing.T) {
	s := store(t)
	for _, x := range []Text{
		{Title: "みんなの", Words: "a"}, {Title: "班の", Words: "b", Team: "子ども班"}, {Title: "わたしの", Words: "c", Owner: "suzu"},
	} {
		if err := s.Put(t.Context(), x, ""); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []struct {
		who   string
		teams []string
		want  []string
	}{
		{"suzu", []string{"子ども班"}, []string{"わたしの", "班の", "みんなの"}},
		{"suzu", nil, []string{"わたしの", "みんなの"}},
		{"kaede", nil, []string{"みんなの"}},
	} {
		all, err := s.All(t.Context(), row.who, row.teams)
		if got := titles(all); err != nil || !slices.Equal(got, row.want) {
			t.Errorf("%s of %v sees %v (%v), want %v", row.who, row.teams, got, err, row.want)
		}
	}
}

func TestATextIsKeptOnceChangedByOneAndLetGo(t *testing.T) {
	s := store(t)
	for range 3 {
		if err := s.Put(t.Context(), Text{Title: "あいさつ", Words: "こんにちは"}, "act-1"); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.All(t.Context(), "suzu", nil)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d texts (%v), want the one that was sent three times", len(all), err)
	}
	mine, theirs := all[0], all[0]
	mine.Words, theirs.Words = "こんばんは", "おはよう"
	if err := s.Put(t.Context(), mine, ""); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), theirs, ""); !errors.Is(err, ErrOther) {
		t.Errorf("the slower of two: %v, want to be told", err)
	}
	if err := s.Drop(t.Context(), mine.ID, mine.Rev); !errors.Is(err, ErrOther) {
		t.Errorf("dropping what has changed: %v, want to be told", err)
	}
	for range 3 {
		if err := s.Drop(t.Context(), mine.ID, mine.Rev+1); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := s.All(t.Context(), "suzu", nil); err != nil || len(all) != 0 {
		t.Errorf("%v are left (%v), want none", titles(all), err)
	}
}

func TestWhatCannotBeFilledInIsNotKept(t *testing.T) {
	for words, want := range map[string]string{
		"{alias}さん、{約束}までにお返事します": "", "{名前}さん": "名前", "{}": "", "{約束}と{x}": "x",
	} {
		err := Text{Title: "a", Words: words}.Check()
		var b *BlankError
		if errors.As(err, &b); words == "{}" {
			if b == nil {
				t.Error("an empty blank was taken")
			}
			continue
		}
		got := ""
		if b != nil {
			got = b.Name
		}
		if got != want {
			t.Errorf("%q: refused for %q, want %q", words, got, want)
		}
	}
	for _, x := range []Text{{Title: " ", Words: "a"}, {Title: "a"}, {Title: strings.Repeat("あ", 41), Words: "a"}, {Title: "a", Words: strings.Repeat("あ", 1001)}} {
		if x.Check() == nil {
			t.Errorf("%.20q / %.20q was taken", x.Title, x.Words)
		}
	}
}

func TestBlanksAreFilledWithWhatTheDeskKnowsAndNeverShown(t *testing.T) {
	got := Fill("{alias}さん、{約束}にお返事します。{話のこと}", map[string]string{"alias": "つばめ", "約束": "明日の15時まで"})
	if want := "つばめさん、明日の15時までにお返事します。"; got != want {
		t.Errorf("filled: %q, want %q", got, want)
	}
}

func TestTextsAreFoundByNameAndWords(t *testing.T) {
	all := []Text{{Title: "カフェのこと", Words: "土曜です"}, {Title: "家賃", Words: "窓口へいっしょに行けます"}}
	for typed, want := range map[string]string{"かふぇ": "カフェのこと", "ﾏﾄﾞｸﾞﾁ": "", "窓口": "家賃"} {
		if got := strings.Join(titles(Matching(all, find.Read(typed))), ","); got != want {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
}
