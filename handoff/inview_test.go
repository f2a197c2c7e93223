package handoff

import (
	"testing"
	"time"

	"engawa/flows"
)

func TestAClosedCaseIsInViewForItsTimeAndAnOpenOneAlways(t *testing.T) {
	at := time.Date(2026, 11, 25, 14, 0, 0, 0, time.UTC)
	long := Case{ID: "c1", Person: "07-a", State: Closed, Closed: at.Add(-91 * 24 * time.Hour)}
	again := long
	again.State = Waiting // opened again: Closed still says when it was closed before
	deleted := long
	deleted.Person = ""
	limit := View{For: 90 * 24 * time.Hour}
	hands := View{For: limit.For, Hands: map[flows.PersonID]bool{"07-a": true, "": true}}
	for name, row := range map[string]struct {
		view View
		kase Case
		at   time.Time
		want bool
	}{
		"too old":                            {limit, long, at, false},
		"on its last day":                    {limit, long, at.Add(-24 * time.Hour), true},
		"a millisecond later":                {limit, long, at.Add(time.Millisecond - 24*time.Hour), false},
		"opened again":                       {limit, again, at, true},
		"without a limit":                    {View{}, long, at, true},
		"their present talk is the reader's": {hands, long, at, true},
		"nobody's any more":                  {hands, deleted, at, false},
	} {
		if got := row.view.Holds(row.kase, row.at); got != row.want {
			t.Errorf("%s: in view is %v, want %v", name, got, row.want)
		}
	}
}
