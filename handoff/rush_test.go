package handoff

import (
	"context"
	"errors"
	"testing"

	"engawa/flows"
)

func TestWhoeverComesWhileAClaimIsUnderWayHearsWhoHasTheCaseOrTriesThemselves(t *testing.T) {
	suzu, kaede := Staff{Name: "suzu", Alias: "すずらん"}, Staff{Name: "kaede", Alias: "かえで"}
	over := make(chan struct{})
	close(over)
	for name, c := range map[string]struct {
		second Staff
		first  attempt
		tries  int
	}{
		"somebody faster":                     {kaede, attempt{by: "suzu", got: Case{ID: "c1", Staff: suzu}}, 0},
		"the first one failed":                {kaede, attempt{by: "suzu", err: errors.New("the store is away")}, 1},
		"the first one fell":                  {kaede, attempt{by: "suzu"}, 1},
		"the same coordinator on two devices": {suzu, attempt{by: "suzu", got: Case{ID: "c1", Staff: suzu}}, 1},
	} {
		c.first.over = over
		r := rush{now: map[flows.CaseID]*attempt{"c1": &c.first}}
		tries := 0
		_, err := r.claim(t.Context(), "c1", c.second, func() (Case, error) { tries++; return Case{}, nil })
		var taken *TakenError
		if told := errors.As(err, &taken) && taken.By == "すずらん"; told != (c.tries == 0) || tries != c.tries {
			t.Errorf("%s: got %v after %d tries, want %d", name, err, tries, c.tries)
		}
	}
}

func TestAClaimThatIsOverIsForgottenAndWhoLeavesWaitsNoLonger(t *testing.T) {
	var r rush
	for range 2 {
		tries := 0
		if _, err := r.claim(t.Context(), "c1", Staff{Name: "suzu"}, func() (Case, error) { tries++; return Case{}, ErrFull }); !errors.Is(err, ErrFull) || tries != 1 {
			t.Errorf("got %v after %d tries, want its own answer", err, tries)
		}
	}
	r.now["c1"] = &attempt{by: "suzu", over: make(chan struct{})} // under way for ever
	gone, end := context.WithCancel(t.Context())
	end()
	if _, err := r.claim(gone, "c1", Staff{Name: "kaede"}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the end of whoever left", err)
	}
}
