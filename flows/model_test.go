package flows

import (
	"strings"
	"testing"
)

func (k *talk) exitsOf(i int) (all []Exit) {
	for _, b := range k.spoken()[i].Exits {
		if tap, err := DecodeTap(b.Data); err == nil {
			all = append(all, tap.Exit)
		}
	}
	return all
}

func TestWhoWantsNoModelSaysSoInOneTapAndMayChangeTheirMind(t *testing.T) {
	k := newTalk(t)
	k.b.Lines["privacy.model"] = one("[privacy.model]")
	k.presses(ExPrivacy)
	if hasExit(k.exitsOf(0), ExNoModel) {
		t.Error("a house without a model offers to switch it off")
	}
	k.v.Model = true
	k.presses(ExPrivacy)
	if b := k.spoken()[0].Bubbles; b[len(b)-1].Text != "[privacy.model]" {
		t.Errorf("bubbles %+v, want the model owned up to", b)
	}
	if !hasExit(k.exitsOf(0), ExNoModel) {
		t.Errorf("exits %v, want AIを使わない", k.exitsOf(0))
	}
	for range 3 { // a double tap changes nothing
		k.presses(ExNoModel).wantLines("model.off")
	}
	if !k.s.NoModel {
		t.Error("the wish was not kept")
	}
	k.presses(ExRestart).presses(ExPrivacy)
	if !hasExit(k.exitsOf(0), ExModel) || hasExit(k.exitsOf(0), ExNoModel) {
		t.Errorf("exits %v, want AIを使ってもいい and not its opposite", k.exitsOf(0))
	}
	k.presses(ExModel).wantLines("model.on")
	if k.s.NoModel {
		t.Error("the wish stayed after it was taken back")
	}
}

func TestTheFirstNoticeSaysWhenTheReadMarkAppears(t *testing.T) {
	for human, want := range map[bool]string{false: "[greeting.mark]", true: "[greeting.read]"} {
		for _, first := range []Event{{Kind: EvFollow}, {Kind: EvText, Readings: []Reading{{Talk: true}}}} {
			k := newTalk(t)
			k.s.Greeted, k.b.House.ReadMark = false, human
			k.b.Lines["greeting.mark"], k.b.Lines["greeting.read"] = one("[greeting.mark]"), one("[greeting.read]")
			k.do(first)
			all := ""
			for _, b := range k.spoken()[0].Bubbles {
				all += b.Text
			}
			if !strings.Contains(all, want) || strings.Count(all, "[greeting.") != 1 {
				t.Errorf("%s: got %q, want %s and not the other", first.Kind, all, want)
			}
		}
	}
}

func TestTheFirstNoticePromisesNoMoreThanTheCityKeeps(t *testing.T) {
	for _, first := range []Event{{Kind: EvFollow}, {Kind: EvText, Readings: []Reading{{Talk: true}}}} {
		k := newTalk(t)
		k.s.Greeted, k.v.Records = false, true
		k.b.Lines["greeting.records"] = one("[greeting.records]")
		k.b.Lines["privacy.records"] = one("[privacy.records]")
		k.do(first)
		all := ""
		for _, b := range k.spoken()[0].Bubbles {
			all += b.Text
		}
		if !strings.Contains(all, "[greeting.records]") {
			t.Errorf("%s: %q does not say that records stay", first.Kind, all)
		}
		k.presses(ExPrivacy).wantLines("privacy.records")
	}
}
