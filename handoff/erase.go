package handoff

import (
	"context"
	"errors"
	"slices"

	"engawa/flows"
)

// DoErase: somebody at the desk deletes one line of a talk from our own store, theirs
// or the resident's. It goes the way of an unsend: the key of the text is destroyed, and
// nothing that was noticed in it is withdrawn.
const DoErase Do = "erase"

// EraseWhys are the reasons for it. The log keeps which, and nothing of what was said.
var EraseWhys = [...]string{"asked", "name", "slip"}

// ErrWhy refuses a deletion without one of its reasons.
var ErrWhy = errors.New("handoff: no such reason")

// mostErased is how many deleted lines a case still knows as deleted by the desk; older
// ones stand there as taken back.
const mostErased = 100

// erase takes a line out of the talk. Only who has the case may, or a supervisor.
func (c Case) erase(m Move) (Case, []flows.DeskAct, error) {
	switch {
	case !c.Forgotten.IsZero(), c.Person == "":
		return c, nil, ErrForgotten
	case !m.Chief && (!c.Held() || c.Staff.Name != m.By.Name):
		return c, nil, ErrNotYours
	case !slices.Contains(EraseWhys[:], m.Because):
		return c, nil, ErrWhy
	case m.Text == "":
		return c, nil, ErrEmpty
	}
	if !slices.Contains(c.Erased, m.Text) {
		c.Erased = append(slices.Clone(c.Erased[max(0, len(c.Erased)+1-mostErased):]), m.Text)
	}
	return c, say(flows.DeskAct{Do: flows.DeskErased, Ref: m.Text}), nil
}

// Erase deletes one line, by its text's id; chief says that by is a supervisor. Again
// with the same act changes nothing.
func (d *Desk) Erase(ctx context.Context, id flows.CaseID, by Staff, chief bool, act, text, why string) (Case, error) {
	if err := checkAct(act); err != nil {
		return Case{}, err
	}
	return d.staffAct(ctx, "erase", id, change{move: Move{Do: DoErase, By: by, Chief: chief, Text: text, Because: why}, id: ActID(id, act)})
}
