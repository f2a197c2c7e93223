package handoff

import (
	"time"

	"engawa/flows"
)

// View is how far back whoever is no supervisor may look into closed cases. Words stay
// until they fade; that they stay does not mean that everybody reads them for so long.
type View struct {
	For   time.Duration           // after the closing; 0 = as long as the words stay
	Hands map[flows.PersonID]bool // whose present case the viewer has: of them nothing is too old
}

// Holds says whether a case is within it. An open one is, also one that was opened again.
func (v View) Holds(c Case, at time.Time) bool {
	return v.For <= 0 || c.State != Closed || at.Sub(c.Closed) <= v.For || c.Person != "" && v.Hands[c.Person]
}
