package handoff

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"engawa/config/privacy"
	"engawa/flows"
)

// DoTaskBack stands in notices only: a task that somebody takes care of is wanted no more.
const DoTaskBack Do = "taskback"

// TakeTask gives an open task to by. Somebody faster: *TakenError.
func (d *Desk) TakeTask(ctx context.Context, id TaskID, by Staff) (Task, error) {
	t, err := d.moveTask(ctx, id, "", TaskMove{Do: DoTakeTask, By: by})
	return t, wrap("task: take", err)
}

// LeaveTask puts it back on the list.
func (d *Desk) LeaveTask(ctx context.Context, id TaskID, by Staff) (Task, error) {
	t, err := d.moveTask(ctx, id, "", TaskMove{Do: DoLeaveTask, By: by})
	return t, wrap("task: leave", err)
}

// FinishTask says that it is done.
func (d *Desk) FinishTask(ctx context.Context, id TaskID, by Staff) (Task, error) {
	t, err := d.moveTask(ctx, id, "", TaskMove{Do: DoFinishTask, By: by})
	return t, wrap("task: finish", err)
}

// DeclineTask says that it cannot be done, and why: whoever looks later must be able
// to see it. The reason is kept as a note.
func (d *Desk) DeclineTask(ctx context.Context, id TaskID, by Staff, act, reason string) (Task, error) {
	t, _, err := d.loadTask(ctx, id)
	if err == nil {
		_, err = t.Apply(TaskMove{Do: DoDeclineTask, By: by}, d.now())
	}
	if err != nil {
		return t, wrap("task: decline", err)
	}
	if err := d.NoteTask(ctx, id, by, act, reason); err != nil {
		return t, err
	}
	t, err = d.moveTask(ctx, id, "", TaskMove{Do: DoDeclineTask, By: by})
	return t, wrap("task: decline", err)
}

// TickTask marks one line of the checklist as done, or as not yet done.
func (d *Desk) TickTask(ctx context.Context, id TaskID, by Staff, step int, done bool) (Task, error) {
	t, err := d.moveTask(ctx, id, "", TaskMove{Do: DoTickTask, By: by, Step: step, Set: done})
	return t, wrap("task: tick", err)
}

// NoteTask keeps a staff note on a task, sealed under the task's own key; again with
// the same act changes nothing.
func (d *Desk) NoteTask(ctx context.Context, id TaskID, by Staff, act, text string) error {
	if d.opt.Notes == nil {
		return ErrNoNotes
	}
	if err := checkAct(act); err != nil {
		return err
	}
	text, err := clean(text)
	if err != nil {
		return err
	}
	if _, _, err := d.loadTask(ctx, id); err != nil {
		return wrap("task: note", err)
	}
	sealed, err := d.opt.Notes.Seal(ctx, taskOwner(id), taskNoteName(id, act), []byte(text))
	if err != nil {
		return wrap("task: note", err)
	}
	body, err := json.Marshal(remark{At: d.now(), By: by, Sealed: sealed})
	if err != nil {
		return wrap("task: note", err)
	}
	said, err := taskNoteScript.Run(ctx, d.rdb, []string{taskKey(id), taskNotesKey(id), revKey}, act, body).Int()
	switch {
	case err != nil:
		return wrap("task: note", err)
	case said < 0:
		return ErrNoTask
	}
	d.hub.wake()
	return nil
}

// TaskNotes gives the staff notes of a task, oldest first.
func (d *Desk) TaskNotes(ctx context.Context, id TaskID) ([]Remark, error) {
	all, err := d.rdb.HGetAll(ctx, taskNotesKey(id)).Result()
	if err != nil {
		return nil, wrap("task: notes", err)
	}
	notes, err := d.remarks(ctx, taskOwner(id), all, func(act string) string { return taskNoteName(id, act) })
	return notes, wrap("task: notes", err)
}

// remarks opens notes as they stand in the store, oldest first.
func (d *Desk) remarks(ctx context.Context, owner privacy.Owner, all map[string]string, name func(act string) string) ([]Remark, error) {
	var notes []Remark
	for act, body := range all {
		var r remark
		if err := json.Unmarshal([]byte(body), &r); err != nil || d.opt.Notes == nil {
			return nil, ErrNoNotes
		}
		text, err := d.opt.Notes.Open(ctx, owner, name(act), r.Sealed)
		if errors.Is(err, privacy.ErrShredded) {
			continue
		}
		if err != nil {
			return nil, err
		}
		notes = append(notes, Remark{ID: act, At: r.At, By: r.By, To: r.To, Text: string(text)})
	}
	slices.SortFunc(notes, func(a, b Remark) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	return notes, nil
}

// forgetTasks takes a person off their tasks: 消す. What is counted stays.
func (d *Desk) forgetTasks(ctx context.Context, person flows.PersonID) error {
	ids, err := d.rdb.SMembers(ctx, tasksOfKey(person)).Result()
	if err != nil {
		return err
	}
	for _, id := range ids {
		t, _, err := d.loadTask(ctx, TaskID(id))
		if err == nil && t.Person == person {
			_, err = d.moveTask(ctx, TaskID(id), "", TaskMove{Do: DoForgetTask})
		}
		if err != nil && !errors.Is(err, ErrNoTask) {
			return err
		}
	}
	return nil
}

// endTasks lets go of tasks that have been over long enough, and of their notes.
func (d *Desk) endTasks(ctx context.Context, before time.Time) error {
	return d.stage(ctx, tasksEndedKey, before, func(ctx context.Context, name flows.CaseID) error {
		id := TaskID(name)
		t, _, err := d.loadTask(ctx, id)
		if err != nil && !errors.Is(err, ErrNoTask) {
			return err
		}
		if d.opt.Notes != nil {
			if err := d.opt.Notes.Shred(ctx, taskOwner(id)); err != nil {
				return err
			}
		}
		keys := []string{taskKey(id), taskNotesKey(id), tasksEndedKey, tasksOfKey(t.Person)}
		return taskEndScript.Run(ctx, d.rdb, keys, string(id)).Err()
	})
}
