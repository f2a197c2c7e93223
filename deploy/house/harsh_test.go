package house

import "testing"

func TestTheDeskIsWarnedOfWhatTheMachineItselfFindsHarsh(t *testing.T) {
	h := standingHouse(t)
	for text, want := range map[string]bool{"税金泥棒": true, "うるせえ、もう死にたいんだよ": true, "夫に役立たずと言われます": false, "ゴミの出し方を知りたい": false} {
		if got := h.harsh(text); got != want {
			t.Errorf("harsh(%q) = %v, want %v", text, got, want)
		}
	}
}
