package flows

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
)

func TestATapReadsBackAsItWasWritten(t *testing.T) {
	for _, tap := range []Tap{
		{Bundle: "0123456789ab", Exit: ExHuman, Turn: 7},
		{Bundle: "0123456789ab", Scene: "okane/家賃", Choice: 3, Turn: 4294967295, Arg: "1x|%7C"},
		{Exit: ExLang, Arg: "ja-easy"},
		{},
	} {
		got, err := DecodeTap(EncodeTap(tap))
		if err != nil || got != tap {
			t.Errorf("got %+v, %v; want %+v", got, err, tap)
		}
	}
}

func TestATapTooLongForLINEStillSaysWhenItWasDrawn(t *testing.T) {
	got, err := DecodeTap(EncodeTap(Tap{Scene: SceneKey(strings.Repeat("あ", 400)), Choice: 1, Turn: 5}))
	if err != nil || got != (Tap{Turn: 5}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestForeignPostbackDataIsNoButtonOfOurs(t *testing.T) {
	for _, data := range []string{"", "1", "2|||||||", "1||zzzzzzzzz||||", "1|||||x|", "1|||||0|", "1|||||01|", "1||00||||", "1||0|a%20|||", "\xff", strings.Repeat("1", 301)} {
		if tap, err := DecodeTap(data); !errors.Is(err, ErrTap) {
			t.Errorf("%q: got %+v, %v", data, tap, err)
		}
	}
}

func TestEveryOfferedButtonIsUnderstoodAgain(t *testing.T) {
	b := fakeBundle()
	for _, s := range []State{{}, {Scene: "okane/はじめ"}, {Ask: AskDelete}, {Ask: AskForget}, {Ask: AskStop, Mode: ModeHuman}, {Ask: AskWorry, Urgent: Life},
		{Ask: AskClarify, Candidates: []FlowID{"okane", "gone"}}, {Ask: AskLang}, {Ask: AskResume, Scene: "okane/家賃"}} {
		list := Offered(b, s)
		if len(list) == 0 {
			t.Errorf("%s %s: nothing offered", s.Ask, s.Scene)
		}
		for _, button := range list {
			tap, err := DecodeTap(button.Data)
			if err != nil || button.Label == "" {
				t.Errorf("%s: %+v: %v", s.Ask, button, err)
			}
			if got := LabelOf(b, s.Lang, tap); got != button.Label {
				t.Errorf("label of %q: got %q, want %q", button.Data, got, button.Label)
			}
		}
	}
	if list := Offered(b, State{Mode: ModeHuman, Scene: "okane/はじめ"}); list != nil {
		t.Errorf("with a human a digit is a word: %v", list)
	}
}

func FuzzDecodeTap(f *testing.F) {
	f.Add(EncodeTap(Tap{Bundle: "0123456789ab", Scene: "okane/家賃", Choice: 3, Turn: 99, Arg: "1x"}))
	f.Add("1|||||x|")
	f.Add("1|%257C||human|||%")
	f.Fuzz(func(t *testing.T, data string) {
		tap, err := DecodeTap(data)
		if err != nil {
			return
		}
		again := EncodeTap(tap)
		if again != data {
			t.Errorf("%q reads back as %q", data, again)
		}
		if n := len(utf16.Encode([]rune(again))); n > 300 {
			t.Errorf("%d units", n)
		}
		Step(fakeBundle(), View{Now: morning}, State{}, Event{Kind: EvTap, Tap: tap})
	})
}
