package flows

import (
	"slices"
	"testing"
)

func TestASignIsCountedForWhatWasTakenAndNeverInDanger(t *testing.T) {
	offer := Effect{Kind: EfAnswer, Choices: []Button{{Label: "家賃"}}}
	card := Effect{Kind: EfAnswer, Bubbles: []Bubble{{Card: &CardView{ID: "c"}}}}
	opens := Effect{Kind: EfDesk, Desk: DeskNote{Do: NoteOpen}}
	in := State{Scene: "okane/はじめ", Visit: 100}
	for name, c := range map[string]struct {
		before  State
		e       Event
		effects []Effect
		reasons []string
		after   State
		want    []Sign
	}{
		"choices are laid out":        {State{}, Event{Kind: EvText, Readings: []Reading{{}}}, []Effect{offer}, nil, in, []Sign{SignOffered}},
		"a choice leads to a card":    {in, Event{Kind: EvTap, Tap: Tap{Scene: "okane/はじめ", Choice: 1}}, []Effect{card}, nil, in, []Sign{SignOffered, SignCard, SignTaken}},
		"a choice by its number":      {in, Event{Kind: EvText, Readings: []Reading{{Choice: 2}}}, nil, nil, in, []Sign{SignTaken}},
		"an entrance of the menu":     {in, Event{Kind: EvTap, Tap: Tap{Exit: ExMenu, Arg: "okane"}}, nil, nil, in, []Sign{SignTaken}},
		"looking was enough":          {in, Event{Kind: EvText, Readings: []Reading{{Exit: ExEnd}}}, nil, nil, in, []Sign{SignLooked}},
		"ending nothing is no sign":   {State{Visit: 100}, Event{Kind: EvTap, Tap: Tap{Exit: ExEnd}}, nil, nil, State{Visit: 100}, nil},
		"a human is wanted":           {in, Event{Kind: EvTap, Tap: Tap{Exit: ExHuman}}, []Effect{opens}, nil, in, []Sign{SignHuman}},
		"a step of one's own":         {in, Event{Kind: EvTap, Tap: Tap{Exit: ExKeep}}, nil, nil, in, []Sign{SignStep}},
		"another day, where one was":  {in, Event{Kind: EvTap, Tap: Tap{Choice: 1}}, nil, []string{"resume.go"}, State{Visit: 99999}, []Sign{SignAgain, SignWentOn, SignTaken}},
		"the first day is not again":  {State{}, Event{Kind: EvText}, nil, nil, in, nil},
		"nobody in danger is counted": {in, Event{Kind: EvTap, Tap: Tap{Exit: ExHuman}}, []Effect{{Kind: EfAnswer, Crisis: true}, opens}, nil, State{Visit: 999}, nil},
		"what two people say is not":  {State{Mode: ModeHuman, Visit: 100}, Event{Kind: EvText, Readings: []Reading{{Choice: 1}}}, []Effect{offer}, nil, State{Mode: ModeHuman, Visit: 100}, nil},
		"nor what another module has": {in, Event{Kind: EvText, Standby: true}, []Effect{offer}, nil, in, nil},
		"nor what a timer does":       {in, Event{Kind: EvTimer}, []Effect{offer}, nil, in, nil},
	} {
		if got := SignsOf(c.before, c.e, c.effects, c.reasons, c.after); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
