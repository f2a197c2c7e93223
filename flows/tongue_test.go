package flows

import (
	"strings"
	"testing"
)

func hasTongue(e *Effect, l Lang) bool {
	for _, b := range e.Exits {
		if tap, err := DecodeTap(b.Data); err == nil && tap.Exit == ExLang && tap.Arg == string(l) {
			return true
		}
	}
	return false
}

func TestATextInAnotherLanguageIsOfferedThatLanguage(t *testing.T) {
	k := newTalk(t)
	english := Reading{Topics: money, Sure: true, Lang: En}
	k.says(english).wantText(0, "(en) [lang.offer]")
	if e := k.spoken()[0]; !hasTongue(&e, En) {
		t.Errorf("exits %+v, want English among them", e.Exits)
	}
	if k.s.Lang != "" {
		t.Errorf("language %q was taken, want it only offered", k.s.Lang)
	}
	k.says(Reading{Lang: En}) // said once a visit; the button stays
	if e := k.spoken()[0]; !hasTongue(&e, En) || strings.Contains(e.Bubbles[0].Text, "lang.offer") {
		t.Errorf("second answer: %+v, want the button and no second notice", e)
	}
	k.do(Event{Kind: EvTap, Tap: Tap{Exit: ExLang, Arg: string(En)}}).wantText(0, "(en) [lang.done]")
	k.says(english)
	if e := k.spoken()[0]; e.Lang != En || hasTongue(&e, En) {
		t.Errorf("after the tap: language %q, exits %+v", e.Lang, e.Exits)
	}
}

func TestACryInAnotherLanguageIsAnsweredInIt(t *testing.T) {
	for _, level := range []Level{Clear, Worry} {
		k := newTalk(t).says(Reading{Urgency: Life, Level: level, Lang: En})
		e := k.spoken()[0]
		if e.Lang != En || !strings.HasPrefix(e.Bubbles[0].Text, "(en)") || !hasTongue(&e, En) {
			t.Errorf("%s: %+v, want English and the button to keep it", level, e)
		}
		if k.s.Lang != "" {
			t.Errorf("%s: language %q was taken", level, k.s.Lang)
		}
	}
}

func TestALanguageIsNeverGuessedForWhoHasChosenOrWritesJapanese(t *testing.T) {
	for _, own := range []Lang{JaEasy, Vi} {
		k := newTalk(t)
		k.s.Lang = own
		k.says(Reading{Topics: money, Sure: true, Lang: En})
		if e := k.spoken()[0]; e.Lang != own || hasTongue(&e, En) {
			t.Errorf("%s: %+v", own, e)
		}
	}
	for _, l := range []Lang{"", Ja, JaEasy} {
		k := newTalk(t).says(Reading{Topics: money, Sure: true, Lang: l})
		if e := k.spoken()[0]; hasTongue(&e, l) || strings.Contains(e.Bubbles[0].Text, "lang.offer") {
			t.Errorf("a text in %q was offered a language: %+v", l, e)
		}
	}
}

func TestNoLanguageIsOfferedWhileAHumanHasTheTalk(t *testing.T) {
	k := newTalk(t).withHuman()
	k.says(Reading{Lang: En})
	for _, e := range k.spoken() {
		if hasTongue(&e, En) {
			t.Errorf("the machine added a language under a human's talk: %+v", e)
		}
	}
}
