// Package practice is where a new coordinator takes a talk, reads, answers, passes
// on and closes before the first real one: with people who do not exist. A talk is
// what its person is written to say and what the coordinator did so far, and the
// latter lies in the coordinator's own page. There is no store, no address, no queue
// and no clock here, and nothing of the house is imported: what is practised has no
// way to anybody.
package practice

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

//go:embed people.yaml
var peopleFile []byte

// Text is one sentence in the console's languages.
type Text struct {
	Ja string `yaml:"ja"`
	En string `yaml:"en"`
}

// In gives it in a language; Japanese if there is no other.
func (t Text) In(lang string) string {
	if lang == "en" && t.En != "" {
		return t.En
	}
	return t.Ja
}

// Turn is what a person says next, and what a colleague would say about it.
type Turn struct {
	Says []Text `yaml:"says"`
	Tip  Text   `yaml:"tip"`
}

// Person is somebody who does not exist.
type Person struct {
	ID     string `yaml:"id"`
	Alias  Text   `yaml:"alias"`
	About  Text   `yaml:"about"`  // one line of what is practised with them
	Topic  Text   `yaml:"topic"`  //
	Waits  int    `yaml:"waits"`  // minutes
	Reason Text   `yaml:"reason"` // why they stand where they stand in the line
	Clear  bool   `yaml:"clear"`  // clear danger: they head the line
	First  Turn   `yaml:"first"`  // behind the seal
	Turns  []Turn `yaml:"turns"`  // one for each answer; the last stays
	Asked  Turn   `yaml:"asked"`  // when a colleague is asked to take over
	Agrees bool   `yaml:"agrees"` // whether that colleague does
	Closed Turn   `yaml:"closed"` //
}

// People are all of them, in the order of the line.
func People() ([]Person, error) {
	var all []Person
	if err := yaml.Unmarshal(peopleFile, &all); err != nil {
		return nil, fmt.Errorf("practice: %w", err)
	}
	slices.SortStableFunc(all, func(a, b Person) int {
		if a.Clear != b.Clear {
			if a.Clear {
				return -1
			}
			return 1
		}
		return b.Waits - a.Waits
	})
	return all, nil
}

// Do is what a coordinator does.
type Do string

// The acts of a first day.
const (
	Claim  Do = "claim"
	Answer Do = "answer" // with words
	Ask    Do = "ask"    // a colleague, to take over
	Close  Do = "close"
)

// Act is one of them.
type Act struct {
	Do    Do
	Words string
}

// The most that a page may bring: it is read anew each time.
const (
	MostActs  = 40
	MostWords = 5000
)

// What is wrong with an act.
var (
	ErrAct   = errors.New("practice: that cannot be done now")
	ErrEmpty = errors.New("practice: no words yet")
	ErrLong  = errors.New("practice: too much for a practice")
)

// Parse reads an act as a page carries it.
func Parse(s string) Act {
	do, words, _ := strings.Cut(s, ":")
	return Act{Do(do), words}
}

func (a Act) String() string { return string(a.Do) + ":" + a.Words }

// Line is one thing said in a talk, or a colleague's word beside it.
type Line struct {
	By   By
	Text string
}

// By is who says a line.
type By string

// They.
const (
	Them By = "them"
	You  By = "you"
	Tip  By = "tip" // a colleague, to you alone
)

// The states of a talk.
const (
	Waiting = "waiting"
	Yours   = "yours"
	Passed  = "passed"
	Over    = "over"
)

// Talk is how it stands after some acts.
type Talk struct {
	Person
	State string
	Lines []Line
}

// Play does the acts one after the other. The same acts give the same talk.
func Play(p Person, acts []Act, lang string) (Talk, error) {
	t := Talk{Person: p, State: Waiting}
	if len(acts) > MostActs {
		return t, ErrLong
	}
	answers := 0
	for _, a := range acts {
		words := strings.TrimSpace(a.Words)
		switch {
		case len([]rune(words)) > MostWords:
			return t, ErrLong
		case a.Do == Claim && t.State == Waiting:
			t.State = Yours
			t.hear(p.First, lang)
		case t.State != Yours:
			return t, ErrAct
		case a.Do == Answer && words == "":
			return t, ErrEmpty
		case a.Do == Answer:
			t.Lines = append(t.Lines, Line{You, words})
			if answers < len(p.Turns) {
				t.hear(p.Turns[answers], lang)
			}
			answers++
		case a.Do == Ask:
			t.hear(p.Asked, lang)
			if p.Agrees {
				t.State = Passed
			}
		case a.Do == Close:
			t.State = Over
			t.hear(p.Closed, lang)
		default:
			return t, ErrAct
		}
	}
	return t, nil
}

func (t *Talk) hear(turn Turn, lang string) {
	for _, s := range turn.Says {
		t.Lines = append(t.Lines, Line{Them, s.In(lang)})
	}
	if tip := turn.Tip.In(lang); tip != "" {
		t.Lines = append(t.Lines, Line{Tip, tip})
	}
}
