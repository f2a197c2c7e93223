package console

import (
	"net/http"
	"strings"
	"testing"
)

func TestEverybodyOfTheStaffMayReadWhatIsHeardAsUrgent(t *testing.T) {
	h := newHouse(t)
	for _, who := range []string{"suzu", "admin", "audit", "group"} {
		got := h.as(t, who).get("/help/urgent")
		for _, want := range []string{"命・明らか", "ja-life-01", "「もう死にたい」", "I want to die"} {
			if got.StatusCode != http.StatusOK || !strings.Contains(got.body, want) {
				t.Errorf("%s got %d without %q", who, got.StatusCode, want)
			}
		}
	}
	if got := h.as(t, "suzu").get("/help"); !strings.Contains(got.body, `href="/help/urgent"`) {
		t.Error("nothing leads to the page")
	}
	if got := newHouse(t, func(p *Parts) { p.Heard = nil }).as(t, "suzu").get("/help/urgent"); got.StatusCode != http.StatusNotFound {
		t.Errorf("without rules: got %d, want 404", got.StatusCode)
	}
}
