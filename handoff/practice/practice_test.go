package practice

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func all(t *testing.T) []Person {
	t.Helper()
	people, err := People()
	if err != nil || len(people) < 3 {
		t.Fatalf("%d people, %v; want some", len(people), err)
	}
	return people
}

func TestEverybodySpeaksBothLanguagesAndHasAWholeTalk(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range all(t) {
		texts := []Text{p.Alias, p.About, p.Topic, p.Reason, p.First.Tip, p.Asked.Tip, p.Closed.Tip}
		for _, turn := range append([]Turn{p.First, p.Asked, p.Closed}, p.Turns...) {
			texts = append(append(texts, turn.Says...), turn.Tip)
		}
		for _, x := range texts {
			if x.Ja == "" || x.En == "" {
				t.Errorf("%s: %+v is not there in both languages", p.ID, x)
			}
		}
		if len(p.First.Says) == 0 || len(p.Turns) < 2 || seen[p.ID] {
			t.Errorf("%s: %d first words, %d turns, name seen %v", p.ID, len(p.First.Says), len(p.Turns), seen[p.ID])
		}
		seen[p.ID] = true
		if !strings.Contains(p.Alias.Ja, "練習") {
			t.Errorf("%s: the alias %q does not say that it is practice", p.ID, p.Alias.Ja)
		}
	}
	if people := all(t); !people[0].Clear {
		t.Error("who is in clear danger does not head the line")
	}
}

func TestAFirstDay(t *testing.T) {
	for _, p := range all(t) {
		acts := []Act{{Claim, ""}, {Answer, "読みました。すずらんです"}, {Answer, "ここにいます"}, {Ask, ""}}
		talk, err := Play(p, acts, "ja")
		if err != nil {
			t.Fatalf("%s: %v", p.ID, err)
		}
		if want := map[bool]string{true: Passed, false: Yours}[p.Agrees]; talk.State != want {
			t.Errorf("%s: after asking a colleague it is %s, want %s", p.ID, talk.State, want)
		}
		if again, _ := Play(p, acts, "ja"); !slices.Equal(again.Lines, talk.Lines) {
			t.Errorf("%s: the same acts gave another talk", p.ID)
		}
		if talk, err = Play(p, append(acts[:3:3], Act{Close, ""}), "en"); err != nil || talk.State != Over {
			t.Errorf("%s: closing left it %s (%v)", p.ID, talk.State, err)
		}
	}
}

func TestBeforeItIsTakenNothingIsReadAndNothingElseCanBeDone(t *testing.T) {
	p := all(t)[0]
	talk, err := Play(p, nil, "ja")
	if err != nil || talk.State != Waiting || len(talk.Lines) != 0 {
		t.Errorf("%d lines of a sealed talk, state %s, %v", len(talk.Lines), talk.State, err)
	}
	for _, c := range []struct {
		acts []Act
		want error
	}{
		{[]Act{{Answer, "はい"}}, ErrAct},
		{[]Act{{Close, ""}}, ErrAct},
		{[]Act{{Claim, ""}, {Claim, ""}}, ErrAct},
		{[]Act{{Claim, ""}, {Answer, "  "}}, ErrEmpty},
		{[]Act{{Claim, ""}, {Close, ""}, {Answer, "はい"}}, ErrAct},
		{[]Act{{Claim, ""}, {"push", "U123"}}, ErrAct},
		{[]Act{{Claim, ""}, {Answer, strings.Repeat("あ", MostWords+1)}}, ErrLong},
		{make([]Act, MostActs+1), ErrLong},
	} {
		if _, err := Play(p, c.acts, "ja"); !errors.Is(err, c.want) {
			t.Errorf("%.60v: got %v, want %v", c.acts, err, c.want)
		}
	}
	if a := Parse(Act{Answer, "時刻は 15:00 です"}.String()); a.Words != "時刻は 15:00 です" {
		t.Errorf("an act came back as %+v", a)
	}
}
