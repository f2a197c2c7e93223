package handoff

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/flows"
)

var kaede = Staff{Name: "kaede", Alias: "かえで"}

func TestACaseInClearDangerAsksForASecondPairOfEyesUntilSomebodyTakesIt(t *testing.T) {
	w := newWorld(t)
	w.take(anna, flows.DeskNote{Do: flows.NoteRisk, Urgency: flows.Life, Level: flows.Clear, Rules: []string{"life-3"}})
	row, err := w.desk.Of(t.Context(), anna)
	if err != nil {
		t.Fatal(err)
	}
	w.must(w.desk.Claim(t.Context(), row.ID, suzuran))
	if !w.get(row.ID).Wants() {
		t.Fatal("a case in clear danger asks nobody")
	}
	if _, err := w.desk.Accompany(t.Context(), row.ID, suzuran); !errors.Is(err, ErrSelf) {
		t.Errorf("its own coordinator is the second pair: %v", err)
	}
	for range 3 {
		w.must(w.desk.Accompany(t.Context(), row.ID, kaede))
	}
	if c := w.get(row.ID); c.Wants() || c.Watcher != kaede || c.Staff != suzuran {
		t.Errorf("watched by %v, held by %v, wants %v; want かえで beside すずらん", c.Watcher, c.Staff, c.Wants())
	}
	w.carry()
	if acts := w.lanes.acts(anna); !slices.Equal(acts, []flows.DeskDo{flows.DeskOpened, flows.DeskClaimed}) {
		t.Errorf("the resident heard %v of it, want nothing", acts)
	}
	w.must(w.desk.Close(t.Context(), row.ID, suzuran))
	if c := w.get(row.ID); c.Watcher != (Staff{}) {
		t.Error("a closed case is still watched")
	}
}

func TestAnybodyMayAskForASecondPairOfEyesOnTheirOwnCase(t *testing.T) {
	w := newWorld(t)
	id := w.claimed()
	if w.get(id).Wants() {
		t.Fatal("a quiet case asks by itself")
	}
	if _, err := w.desk.Eyes(t.Context(), id, kikyo); !errors.Is(err, ErrNotYours) {
		t.Errorf("somebody else asked for it: %v", err)
	}
	for range 3 {
		w.must(w.desk.Eyes(t.Context(), id, suzuran))
	}
	if !w.get(id).Wants() {
		t.Error("asked for, and not shown")
	}
}

func TestAWhisperReachesNoLaneAndStandsNowhereInClear(t *testing.T) {
	w := newWorld(t)
	id := w.claimed()
	for range 3 {
		if err := w.desk.Whisper(t.Context(), id, kaede, "w1", "カナリアのことば"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.desk.Whisper(t.Context(), id, suzuran, "w2", "わたし"); !errors.Is(err, ErrMove) {
		t.Errorf("whispering to oneself: %v", err)
	}
	notes, err := w.desk.Notes(t.Context(), id)
	if err != nil || len(notes) != 1 || notes[0].To != suzuran.Name || notes[0].Text != "カナリアのことば" {
		t.Errorf("notes %+v (%v), want the whisper once, to すずらん", notes, err)
	}
	w.clock.Pass(time.Hour)
	w.due()
	for _, h := range w.lanes.heard(anna) {
		if h.act.Words || strings.Contains(h.sealed, "カナリア") {
			t.Error("a whisper went towards the resident")
		}
	}
	if strings.Contains(everything(t, w.rdb), "カナリア") {
		t.Error("a whisper can be read in the store")
	}
}

func TestTakingOverInOneStepLetsTheAnswerGoFirstAndTellsEverybody(t *testing.T) {
	w := newWorld(t)
	id := w.claimed()
	w.must(w.desk.Hold(t.Context(), id, suzuran, "a1", "はい"))
	for range 3 {
		w.must(w.desk.Relieve(t.Context(), id, kaede))
	}
	w.carry()
	heard := w.lanes.heard(anna)
	if n := len(heard); n != 4 || heard[2].act.Do != flows.DeskAnswered || heard[3].act.Do != flows.DeskPassed || heard[3].act.Staff != kaede.Alias {
		t.Errorf("the lane heard %v, want the answer and then who has come, once", w.lanes.acts(anna))
	}
	if c := w.get(id); c.Staff != kaede || c.Last != suzuran || c.State != Talking {
		t.Errorf("held by %v, before by %v, %s", c.Staff, c.Last, c.State)
	}
	notices, err := w.desk.Notices(t.Context(), suzuran.Name)
	if err != nil || !slices.ContainsFunc(notices, func(n Notice) bool { return n.Do == DoRelieve && n.Why == kaede.Alias }) {
		t.Errorf("すずらん was told %v (%v), want who took it over", notices, err)
	}
	if _, err := w.desk.Answer(t.Context(), id, suzuran, "a2", "まだ"); !errors.Is(err, ErrNotYours) {
		t.Errorf("the first one still answers: %v", err)
	}
}

func TestOthersSeeWhoWritesForAMoment(t *testing.T) {
	w := newWorld(t)
	id := w.claimed()
	writing := func() []string {
		t.Helper()
		all, err := w.desk.Writing(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	for range 3 {
		if err := w.desk.Writes(t.Context(), id, suzuran); err != nil {
			t.Fatal(err)
		}
	}
	if got := writing(); !slices.Equal(got, []string{"すずらん"}) {
		t.Errorf("%v write, want すずらん", got)
	}
	w.clock.Pass(writingFor + time.Second)
	if got := writing(); len(got) != 0 {
		t.Errorf("%v still write after a pause", got)
	}
}
