package flows

// NoteTask opens a task (頼まれごと) at the desk, or takes one back: DeskNote.Task
// says which, DeskNote.Why is TaskBack for the second. A task never changes who
// speaks: the talk's mode, its case and its line stay as they are. The note's Topic,
// Team, Lang and Memory (closed choices) go with it.
//
// A coordinator may answer it when no case is open any more: DeskOpened with Why
// "task" then begins one, unless もう送らないで was said since. So a form that opens a
// task sets State.Stopped to false, as a tapped check-in does: who asks wants an answer.
const NoteTask NoteDo = "task"

// TaskBack is DeskNote.Why of a task that its person wants no more.
const TaskBack = "back"

// TaskKind says what somebody asks for.
type TaskKind string

// The kinds of task.
const (
	TaskGoAlong  TaskKind = "go_along" // 一緒に行く人をたのむ
	TaskWish     TaskKind = "wish"     // やってみたい
	TaskQuestion TaskKind = "question" // グループに聞いてみる
)

// TaskKinds lists them in the order in which pages name them.
var TaskKinds = [...]TaskKind{TaskGoAlong, TaskWish, TaskQuestion}

// TaskNote is one task as a person's lane tells of it. It holds no words: Texts
// names those of the person's own that say it, which stay where they are, under
// their own keys. Whoever unsends one or says 消す has taken it out of the task too.
type TaskNote struct {
	Kind  TaskKind
	ID    string   // names it among this person's tasks: the same again is the same task; "" = the note's own
	Entry CardID   // what of the catalogue it is about; "" = nothing
	On    int64    // unix seconds of the occurrence; 0 = no date
	Texts []string // ids of the person's texts (LINE's message id, or the event's)
}
