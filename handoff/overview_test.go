package handoff

import (
	"fmt"
	"testing"
	"time"

	"engawa/flows"
)

func TestTheOverviewCountsWaitsAndFirstAnswersAndNamesNoResident(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	from := w.clock.Now().Add(-time.Hour)
	for i, after := range []time.Duration{2, 4, 60} { // minutes to the first word
		id := w.open(flows.PersonID(fmt.Sprintf("07-p%d", i)))
		w.clock.Pass(after * time.Minute)
		w.must(w.desk.Pull(ctx, id, suzuran))
		w.must(w.desk.Answer(ctx, id, suzuran, "a1", "読みました"))
		w.must(w.desk.Close(ctx, id, suzuran))
	}
	left := w.open("07-left")
	w.take("07-left", flows.DeskNote{Do: flows.NoteLeave})
	w.state(left, Closed)
	back := w.open("07-back")
	w.must(w.desk.Claim(ctx, back, kikyo))
	w.must(w.desk.Return(ctx, back, kikyo))
	since := w.clock.Now()
	w.clock.Pass(10 * time.Minute)
	held := w.open("07-held")
	w.must(w.desk.Claim(ctx, held, kikyo))

	f, err := w.desk.Overview(ctx, from, tokyo)
	if err != nil {
		t.Fatal(err)
	}
	if f.Waiting != 1 || !f.Oldest.Equal(since) || f.ByHour[since.In(tokyo).Hour()] != 1 || f.ByArea[""] != 1 {
		t.Errorf("waiting %d, oldest %v, by hour %v, by area %v", f.Waiting, f.Oldest, f.ByHour, f.ByArea)
	}
	if f.Opened != 6 || f.Answered != 3 || f.Left != 1 || f.Bounced != 1 || f.Load["ききょう"] != 1 {
		t.Errorf("opened %d, answered %d, left %d, bounced %d, load %v", f.Opened, f.Answered, f.Left, f.Bounced, f.Load)
	}
	if f.Median != 4*time.Minute || f.Ninetieth != time.Hour {
		t.Errorf("first human word: median %v, nine of ten %v, want 4m and 1h", f.Median, f.Ninetieth)
	}
	if later, err := w.desk.Overview(ctx, w.clock.Now().Add(time.Minute), tokyo); err != nil || later.Opened != 0 || later.Waiting != 1 {
		t.Errorf("since a minute ahead: %+v, %v, want nothing opened and one who waits still", later, err)
	}
}
