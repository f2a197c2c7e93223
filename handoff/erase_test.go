package handoff

import (
	"errors"
	"slices"
	"testing"

	"engawa/flows"
)

func TestOneLineIsDeletedByWhoHasTheTalkAndTheLaneHearsItOnce(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	const person = flows.PersonID("07-anna")
	id := talking(w, person)
	if err := w.desk.Take(ctx, "risk", person, "つばめ", flows.DeskNote{Do: flows.NoteRisk, Case: id, Urgency: flows.Life, Level: flows.Clear, Rules: []string{"life-1"}}); err != nil {
		t.Fatal(err)
	}
	for range 3 { // pressed three times
		w.must(w.desk.Erase(ctx, id, suzuran, false, "e1", "m1", "name"))
	}
	w.must(w.desk.Erase(ctx, id, sumire, true, "e2", "m2", "asked")) // a supervisor, who does not have it
	for name, err := range map[string]error{
		"a colleague":      second(w.desk.Erase(ctx, id, sumire, false, "e3", "m3", "name")),
		"without a reason": second(w.desk.Erase(ctx, id, suzuran, false, "e4", "m3", "because")),
		"without a line":   second(w.desk.Erase(ctx, id, suzuran, false, "e5", "", "name")),
	} {
		if !errors.Is(err, ErrNotYours) && !errors.Is(err, ErrWhy) && !errors.Is(err, ErrEmpty) {
			t.Errorf("%s: %v, want it refused", name, err)
		}
	}
	row, err := w.desk.Get(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(row.Erased, []string{"m1", "m2"}) || row.Level != flows.Clear || len(row.Rules) != 1 {
		t.Errorf("deleted %v, level %q, rules %v: want two lines gone and the danger as it was", row.Erased, row.Level, row.Rules)
	}
	log, err := w.desk.Log(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range log {
		if e.Do == DoErase {
			lines = append(lines, e.By+" "+e.Why)
		}
	}
	if !slices.Equal(lines, []string{suzuran.Name + " name", sumire.Name + " asked"}) {
		t.Errorf("the log says %q, want one line each, with the reason alone", lines)
	}
	w.must(w.desk.Close(ctx, id, suzuran))
	if err := second(w.desk.Erase(ctx, id, suzuran, false, "e6", "m4", "slip")); !errors.Is(err, ErrNotYours) {
		t.Errorf("of a closed talk that nobody has: %v, want ErrNotYours", err)
	}
	w.must(w.desk.Erase(ctx, id, sumire, true, "e7", "m4", "slip"))
}
