package dialogue

import (
	"testing"

	"engawa/flows"
)

func TestAResidentIsAnswered(t *testing.T) {
	w := serving(t)
	w.bring(w.text(1, "こんにちは"))
	got := w.rest()
	if w.line.count() != 1 {
		t.Errorf("got %d answers, want 1: %v\n%s", w.line.count(), w.line.messages(), w.log.tail())
	}
	if got["received"] != 1 || got["bot"] != 1 || got["pending"] != 0 {
		t.Errorf("got %v, want one event answered by the bot", got)
	}
	if s := w.state(1); s.Turn != 1 {
		t.Errorf("got turn %d, want 1", s.Turn)
	}
}

var _ = flows.Ja
