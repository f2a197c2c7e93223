package handoff

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
)

var saturday = time.Date(2026, 11, 21, 14, 0, 0, 0, tokyo)

// goAlong is 一緒に行く人をたのむ for the quiet tea on Saturday.
func goAlong() flows.DeskNote {
	return flows.DeskNote{Do: flows.NoteTask, Topic: "place", Lang: flows.Ja, Task: &flows.TaskNote{
		Kind: flows.TaskGoAlong, ID: "tea", Entry: "shizuka-cafe", On: saturday.Unix(), Texts: []string{"m1", "m2"},
	}}
}

// task lets a person ask for something and gives the task.
func (w *world) task(person flows.PersonID, note flows.DeskNote) Task {
	w.t.Helper()
	w.take(person, note)
	all, err := w.desk.TasksOf(w.t.Context(), person)
	if err != nil || len(all) == 0 {
		w.t.Fatalf("tasks of a person who asked for something: %d, %v", len(all), err)
	}
	return all[len(all)-1]
}

func TestATaskThatComesThreeTimesIsOpenedOnce(t *testing.T) {
	w := newWorld(t)
	var all sync.WaitGroup
	for range 3 { // the same parcel again
		all.Go(func() {
			if err := w.desk.Take(t.Context(), "parcel", "07-anna", "つばめ", goAlong()); err != nil {
				t.Errorf("take: %v", err)
			}
		})
	}
	all.Wait()
	w.take("07-anna", goAlong()) // and the same task by another parcel
	tasks, err := w.desk.Tasks(t.Context())
	if err != nil || len(tasks) != 1 {
		t.Fatalf("tasks = %d, %v, want one", len(tasks), err)
	}
	got := tasks[0]
	if got.State != TaskOpen || got.Kind != flows.TaskGoAlong || got.Entry != "shizuka-cafe" || !got.On.Equal(saturday) || got.Case != "" {
		t.Errorf("task = %+v", got)
	}
	if counts, err := w.desk.TaskCounts(t.Context()); err != nil || counts["go_along open"] != 1 {
		t.Errorf("counts = %v, %v, want one go_along", counts, err)
	}
}

func TestATaskNeverChangesWhoSpeaks(t *testing.T) {
	w := newWorld(t)
	w.task("07-anna", goAlong())
	if _, err := w.desk.Of(t.Context(), "07-anna"); !errors.Is(err, ErrUnknown) {
		t.Errorf("case of somebody who asked for company only: %v, want none", err)
	}
	id := w.open("07-bert")
	w.must(w.desk.Claim(t.Context(), id, suzuran))
	before := w.get(id)
	task := w.task("07-bert", goAlong())
	if task.Case != id {
		t.Errorf("the task hangs on %q, want the open case %q", task.Case, id)
	}
	if _, err := w.desk.TakeTask(t.Context(), task.ID, kikyo); err != nil {
		t.Fatal(err)
	}
	if after := w.get(id); after.Staff != before.Staff || after.State != before.State || after.Tells != before.Tells {
		t.Errorf("case before %+v, after the task %+v", before.Case, after.Case)
	}
}

func TestTasksAreListedByTheirDate(t *testing.T) {
	w := newWorld(t)
	late, soon := goAlong(), goAlong()
	late.Task.ID, late.Task.On = "late", saturday.Add(7*24*time.Hour).Unix()
	w.task("07-anna", late)
	w.task("07-bert", soon)
	wish := flows.DeskNote{Do: flows.NoteTask, Task: &flows.TaskNote{Kind: flows.TaskWish}}
	w.task("07-cleo", wish)
	tasks, err := w.desk.Tasks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range tasks {
		got = append(got, string(x.Person))
	}
	if want := []string{"07-cleo", "07-bert", "07-anna"}; !slices.Equal(got, want) {
		t.Errorf("order = %v, want %v: what has no date stands where it came", got, want)
	}
}

func TestATaskGoesThroughItsHands(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.desk.opt.Steps = func(flows.TaskKind) []string { return []string{"話を聞く", "仲間をさがす"} }
	id := w.task("07-anna", goAlong()).ID
	if _, err := w.desk.FinishTask(ctx, id, suzuran); !errors.Is(err, ErrNotYours) {
		t.Errorf("finishing what nobody took: %v, want ErrNotYours", err)
	}
	for range 3 {
		if _, err := w.desk.TakeTask(ctx, id, suzuran); err != nil {
			t.Fatalf("take: %v", err)
		}
	}
	var taken *TakenError
	if _, err := w.desk.TakeTask(ctx, id, kikyo); !errors.As(err, &taken) || taken.By != "すずらん" {
		t.Errorf("taking a colleague's task: %v, want who has it", err)
	}
	if got, err := w.desk.TickTask(ctx, id, suzuran, 1, true); err != nil || got.Steps[1].By != "すずらん" || !got.Steps[0].At.IsZero() {
		t.Errorf("ticked: %+v, %v", got.Steps, err)
	}
	if _, err := w.desk.TickTask(ctx, id, suzuran, 2, true); !errors.Is(err, ErrMove) {
		t.Errorf("a line that is not there: %v, want ErrMove", err)
	}
	if _, err := w.desk.LeaveTask(ctx, id, suzuran); err != nil {
		t.Fatal(err)
	}
	if _, err := w.desk.TakeTask(ctx, id, kikyo); err != nil {
		t.Errorf("a task that was put back: %v", err)
	}
	if _, err := w.desk.DeclineTask(ctx, id, kikyo, "act-1", ""); !errors.Is(err, ErrEmpty) {
		t.Errorf("declined without a reason: %v, want ErrEmpty", err)
	}
	if _, err := w.desk.DeclineTask(ctx, id, kikyo, "act-1", "この日は、だれも行けない"); err != nil {
		t.Fatal(err)
	}
	notes, err := w.desk.TaskNotes(ctx, id)
	if err != nil || len(notes) != 1 || notes[0].Text != "この日は、だれも行けない" {
		t.Errorf("notes = %+v, %v, want the reason", notes, err)
	}
	if tasks, _ := w.desk.Tasks(ctx); len(tasks) != 0 {
		t.Errorf("still listed: %+v", tasks)
	}
	if over, err := w.desk.TasksEnded(ctx, 10); err != nil || len(over) != 1 || over[0].State != TaskDeclined {
		t.Errorf("ended: %+v, %v", over, err)
	}
}

func TestWhoWantsATaskNoMoreTakesItBack(t *testing.T) {
	w := newWorld(t)
	id := w.task("07-anna", goAlong()).ID
	if _, err := w.desk.TakeTask(t.Context(), id, suzuran); err != nil {
		t.Fatal(err)
	}
	back := goAlong()
	back.Why = flows.TaskBack
	for range 3 {
		w.take("07-anna", back)
	}
	w.take("07-bert", back) // who never asked for it
	if got, err := w.desk.Task(t.Context(), id); err != nil || got.State != TaskWithdrawn {
		t.Errorf("task = %+v, %v, want it withdrawn", got, err)
	}
	notices, err := w.desk.Notices(t.Context(), suzuran.Name)
	if err != nil || len(notices) != 1 || notices[0].Task != id || notices[0].Do != DoTaskBack {
		t.Errorf("notices = %+v, %v, want one about the task", notices, err)
	}
}

func TestDeletionTakesAPersonOffTheirTasksAndLeavesTheCount(t *testing.T) {
	w := newWorld(t)
	id := w.task("07-anna", goAlong()).ID
	if _, err := w.desk.TakeTask(t.Context(), id, suzuran); err != nil {
		t.Fatal(err)
	}
	w.take("07-anna", flows.DeskNote{Do: flows.NoteForgotten})
	got, err := w.desk.Task(t.Context(), id)
	if err != nil || got.State != TaskWithdrawn || got.Person != "" || got.Alias != "" || got.Texts != nil || got.Topic != "" || !got.On.IsZero() {
		t.Errorf("task after 消す = %+v, %v", got, err)
	}
	for _, trace := range []string{"07-anna", "shizuka-cafe", "m1", "つばめ"} {
		if strings.Contains(everything(t, w.rdb), trace) {
			t.Errorf("%q still stands in the store", trace)
		}
	}
	counts, err := w.desk.TaskCounts(t.Context())
	if want := map[string]int64{"go_along open": 1, "go_along taken": 1, "go_along withdrawn": 1}; err != nil || fmt.Sprint(counts) != fmt.Sprint(want) {
		t.Errorf("counts = %v, %v, want %v", counts, err, want)
	}
	if _, err := w.desk.AnswerTask(t.Context(), id, suzuran); !errors.Is(err, ErrForgotten) {
		t.Errorf("answering somebody who deleted everything: %v, want ErrForgotten", err)
	}
}

func TestATaskIsAnsweredInTheOpenCaseOrInOneOfItsOwn(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.task("07-anna", goAlong()).ID
	if _, err := w.desk.AnswerTask(ctx, id, suzuran); !errors.Is(err, ErrNotYours) {
		t.Errorf("answering what one has not taken: %v, want ErrNotYours", err)
	}
	if _, err := w.desk.TakeTask(ctx, id, suzuran); err != nil {
		t.Fatal(err)
	}
	var c Case
	for range 3 {
		c = w.must(w.desk.AnswerTask(ctx, id, suzuran))
	}
	if c.State != Claimed || c.Staff != suzuran || c.Person != "07-anna" || !c.Since.Equal(c.Opened) {
		t.Errorf("case = %+v, want a claimed one that shows nothing of before", c)
	}
	w.must(w.desk.Answer(ctx, c.ID, suzuran, "a1", "土曜の午後2時に、駅の改札で待っています。"))
	w.carry()
	if got, want := fmt.Sprint(w.lanes.acts("07-anna")), "[opened claimed answered]"; got != want {
		t.Errorf("the lane heard %s, want %s", got, want)
	}
	if act := w.lanes.heard("07-anna")[0].act; act.Why != WhyTask {
		t.Errorf("opened because of %q, want the task", act.Why)
	}

	open := w.open("07-bert")
	w.must(w.desk.Claim(ctx, open, kikyo))
	other := w.task("07-bert", goAlong()).ID
	if _, err := w.desk.TakeTask(ctx, other, suzuran); err != nil {
		t.Fatal(err)
	}
	if c := w.must(w.desk.AnswerTask(ctx, other, suzuran)); c.ID != open || c.Staff != kikyo {
		t.Errorf("case = %s with %s, want the open one in its own hands", c.ID, c.Staff.Alias)
	}
}

func TestWhoAsksForAHumanInTheSameMomentHasOneCase(t *testing.T) {
	rdb := redistest.Client(t)
	w := worldOn(t, rdb)
	second := w.another(rdb)
	for i := range 20 {
		p := flows.PersonID(fmt.Sprintf("07-p%d", i))
		id := w.task(p, goAlong()).ID
		if _, err := w.desk.TakeTask(t.Context(), id, suzuran); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		all.Go(func() { _, _ = w.desk.AnswerTask(t.Context(), id, suzuran) })
		all.Go(func() {
			_ = second.Take(t.Context(), "open-"+string(p), p, "つばめ", flows.DeskNote{Do: flows.NoteOpen})
		})
		all.Wait()
		row, err := w.desk.Of(t.Context(), p)
		if err != nil || !row.Open() {
			t.Fatalf("case of %s: %+v, %v", p, row.Case, err)
		}
		if row.State == Waiting && row.Staff.Name != "" || row.State == Claimed && row.Staff != suzuran {
			t.Errorf("case of %s: %s in the hands of %q", p, row.State, row.Staff.Name)
		}
	}
}

func TestAnEndedTaskGoesWhenItsTimeIsOver(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.task("07-anna", goAlong()).ID
	if _, err := w.desk.TakeTask(ctx, id, suzuran); err != nil {
		t.Fatal(err)
	}
	if _, err := w.desk.FinishTask(ctx, id, suzuran); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		pass time.Duration
		want error
	}{{privacy.Keep[privacy.Tasks] - time.Minute, nil}, {2 * time.Minute, ErrNoTask}} {
		w.clock.Pass(step.pass)
		for range 2 {
			if err := w.desk.Prune(ctx, w.clock.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.desk.Task(ctx, id); !errors.Is(err, step.want) {
			t.Errorf("task after %v: %v, want %v", step.pass, err, step.want)
		}
	}
	if strings.Contains(everything(t, w.rdb), "07-anna") {
		t.Error("the person's id is left in the store")
	}
}
