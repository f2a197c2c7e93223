package handoff

import (
	"errors"
	"slices"
	"time"

	"engawa/flows"
)

// TaskID names a task.
type TaskID string

// TaskState says where a task stands.
type TaskState string

// The states of a task: open → taken → done or declined; taken back by its person
// it is withdrawn, in whatever hands it is.
const (
	TaskOpen      TaskState = "open"
	TaskTaken     TaskState = "taken"
	TaskDone      TaskState = "done"
	TaskDeclined  TaskState = "declined"
	TaskWithdrawn TaskState = "withdrawn"
)

// Task is something that somebody asks for beside the talk: to go along, a wish, a
// question to a group. It lives with a case or without one and never changes who
// speaks. It holds no words: Texts names the person's own, which go when they go.
type Task struct {
	ID     TaskID         `json:"id"`
	Kind   flows.TaskKind `json:"k"`
	State  TaskState      `json:"s"`
	Person flows.PersonID `json:"p,omitempty"`
	Alias  string         `json:"a,omitempty"`
	Case   flows.CaseID   `json:"c,omitempty"` // the case that was open when it came

	Topic  string            `json:"to,omitempty"`
	Team   string            `json:"te,omitempty"`
	Lang   flows.Lang        `json:"l,omitempty"`
	Entry  flows.CardID      `json:"e,omitempty"` // of the catalogue
	On     time.Time         `json:"on,omitzero"` // of the occurrence
	Texts  []string          `json:"tx,omitempty"`
	Memory map[string]string `json:"mm,omitempty"` // closed choices that were passed on
	Steps  []Step            `json:"st,omitempty"` // the checklist, as it stood when the task came

	Staff     Staff     `json:"sf,omitzero"` // who takes care of it, or did
	Came      time.Time `json:"o,omitzero"`
	Took      time.Time `json:"t,omitzero"`
	Ended     time.Time `json:"x,omitzero"`
	Forgotten time.Time `json:"fo,omitzero"` // 消す: only its kind and what became of it are left
}

// Step is one line of a task's checklist.
type Step struct {
	Text string    `json:"t"`
	By   string    `json:"b,omitempty"` // alias of who ticked it
	At   time.Time `json:"a,omitzero"`  // zero: not yet
}

// TaskDo names a move of a task.
type TaskDo string

// What may happen to a task. The last two come from its person.
const (
	DoTakeTask     TaskDo = "take"
	DoLeaveTask    TaskDo = "leave" // back to the list
	DoFinishTask   TaskDo = "finish"
	DoDeclineTask  TaskDo = "decline"
	DoTickTask     TaskDo = "tick"
	DoWithdrawTask TaskDo = "withdraw"
	DoForgetTask   TaskDo = "forget"
)

// TaskMove is one thing that happens to a task.
type TaskMove struct {
	Do   TaskDo
	By   Staff
	Step int  // tick: which line
	Set  bool // tick: whether it is done
}

// ErrNoTask says that there is no such task.
var ErrNoTask = errors.New("handoff: no such task")

// keepers are the moves that only who takes care of a task can make.
var keepers = []TaskDo{DoLeaveTask, DoFinishTask, DoDeclineTask, DoTickTask}

// Live says whether somebody still waits for something.
func (t Task) Live() bool { return t.State == TaskOpen || t.State == TaskTaken }

// Apply decides one move. It reads no clock and changes nothing of t. A move that
// was made already changes nothing and is no mistake.
func (t Task) Apply(m TaskMove, at time.Time) (Task, error) {
	at = instant(at)
	switch {
	case m.Do == DoForgetTask:
		return t.forget(at), nil
	case m.Do == DoTakeTask && t.State == TaskTaken && t.Staff.Name == m.By.Name:
		return t, nil
	case m.Do == DoTakeTask && t.State == TaskTaken:
		return t, &TakenError{By: t.Staff.Alias}
	case !t.Live():
		return t, ErrMove
	case m.Do == DoWithdrawTask:
		t.State, t.Ended = TaskWithdrawn, at
		return t, nil
	case m.Do == DoTakeTask:
		t.State, t.Staff, t.Took = TaskTaken, m.By, at
		return t, nil
	case slices.Contains(keepers, m.Do) && (t.State != TaskTaken || t.Staff.Name != m.By.Name):
		return t, ErrNotYours
	}
	return t.kept(m, at)
}

// kept decides what who takes care of a task does with it.
func (t Task) kept(m TaskMove, at time.Time) (Task, error) {
	switch m.Do {
	case DoLeaveTask:
		t.State, t.Staff, t.Took = TaskOpen, Staff{}, time.Time{}
	case DoFinishTask:
		t.State, t.Ended = TaskDone, at
	case DoDeclineTask:
		t.State, t.Ended = TaskDeclined, at
	case DoTickTask:
		if m.Step < 0 || m.Step >= len(t.Steps) {
			return t, ErrMove
		}
		t.Steps = slices.Clone(t.Steps)
		one := &t.Steps[m.Step]
		if m.Set == !one.At.IsZero() {
			return t, nil
		}
		one.By, one.At = "", time.Time{}
		if m.Set {
			one.By, one.At = m.By.Alias, at
		}
	default:
		return t, ErrMove
	}
	return t, nil
}

// forget leaves what is counted: that there was one of its kind, and what became of it.
func (t Task) forget(at time.Time) Task {
	if t.Live() {
		t.State, t.Ended = TaskWithdrawn, at
	}
	if t.Forgotten.IsZero() {
		t.Forgotten = at
	}
	t.Person, t.Alias, t.Case, t.Topic, t.Team, t.Lang, t.Entry = "", "", "", "", "", "", ""
	t.On, t.Texts, t.Memory, t.Steps = time.Time{}, nil, nil, nil
	return t
}
