package console

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

// Tasks are what people ask for beside their talk; *handoff.Desk has them.
type Tasks interface {
	Tasks(ctx context.Context) ([]handoff.Task, error)
	TasksEnded(ctx context.Context, n int) ([]handoff.Task, error)
	TasksOf(ctx context.Context, person flows.PersonID) ([]handoff.Task, error)
	Task(ctx context.Context, id handoff.TaskID) (handoff.Task, error)
	TaskNotes(ctx context.Context, id handoff.TaskID) ([]handoff.Remark, error)
	TakeTask(ctx context.Context, id handoff.TaskID, by handoff.Staff) (handoff.Task, error)
	LeaveTask(ctx context.Context, id handoff.TaskID, by handoff.Staff) (handoff.Task, error)
	FinishTask(ctx context.Context, id handoff.TaskID, by handoff.Staff) (handoff.Task, error)
	DeclineTask(ctx context.Context, id handoff.TaskID, by handoff.Staff, act, reason string) (handoff.Task, error)
	TickTask(ctx context.Context, id handoff.TaskID, by handoff.Staff, step int, done bool) (handoff.Task, error)
	NoteTask(ctx context.Context, id handoff.TaskID, by handoff.Staff, act, text string) error
	AnswerTask(ctx context.Context, id handoff.TaskID, by handoff.Staff) (handoff.Case, error)
}

var taskRoutes = []route{
	{http.MethodGet, "/tasks", reads, (*console).tasks},
	{http.MethodGet, "/task/:id", reads, (*console).task},
	{http.MethodPost, "/task/:id/take", speaks, (*console).takeTask},
	{http.MethodPost, "/task/:id/leave", speaks, (*console).leaveTask},
	{http.MethodPost, "/task/:id/done", speaks, (*console).finishTask},
	{http.MethodPost, "/task/:id/decline", speaks, (*console).declineTask},
	{http.MethodPost, "/task/:id/tick", speaks, (*console).tickTask},
	{http.MethodPost, "/task/:id/note", reads, (*console).noteTask},
	{http.MethodPost, "/task/:id/answer", speaks, (*console).answerTask},
}

// taskDid are the sentences that may follow a form of a task.
var taskDid = []string{"tasktaken", "taskleft", "taskdone", "taskdeclined", "taskticked", "tasknoted"}

// tasksView is the list 「頼まれごと」.
type tasksView struct {
	Page              page
	Alarms            []alarmView
	Mine, Open, Other []taskRow
	Over              []taskRow
}

// taskRow is one task in a list.
type taskRow struct {
	ID, Kind, Alias, When, Topic, Entry, Holder, State string
	Past                                               bool // its date is over
}

// taskView is one task with everything about it.
type taskView struct {
	Page                    page
	Alarms                  []alarmView
	Row                     taskRow
	Came, Trouble           string
	Mine, Live, Open, Gone  bool
	Words                   []string // what the person wrote, once the task is in one's hands
	Sealed                  string   // why they are not shown
	Chosen                  []choiceView
	Steps                   []stepView
	Notes                   []noteView
	Case, Answer            string // the open case, and what the button for answering says
	NoteAct, DeclineAct     string
	NoteDraft, DeclineDraft string
	Max                     int
}

type stepView struct {
	N        int
	Text, By string
	Done     bool
}

// endedTasks is how many that are over the list still shows.
const endedTasks = 20

func (c *console) tasks(v *visit) error {
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	if c.Tasks == nil {
		return errMissing
	}
	live, err := c.Tasks.Tasks(ctx)
	if err != nil {
		return err
	}
	over, err := c.Tasks.TasksEnded(ctx, endedTasks)
	if err != nil {
		return err
	}
	view := tasksView{}
	for _, t := range live {
		row := c.taskRow(t, v.Taste.Lang, say)
		switch {
		case t.State == handoff.TaskOpen:
			view.Open = append(view.Open, row)
		case t.Staff.Name == v.Name:
			view.Mine = append(view.Mine, row)
		default:
			view.Other = append(view.Other, row)
		}
	}
	for _, t := range over {
		view.Over = append(view.Over, c.taskRow(t, v.Taste.Lang, say))
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "tasks", say("tasks.title"))
	return c.render(v, http.StatusOK, "tasks", view)
}

func (c *console) taskRow(t handoff.Task, lang string, say sayer) taskRow {
	now := c.now()
	row := taskRow{
		ID: string(t.ID), Kind: say("task.kind." + string(t.Kind)), Alias: aliasOf(t.Alias, say), Topic: topic(t.Topic, say),
		Holder: t.Staff.Alias, State: say("task.state." + string(t.State)), Entry: c.entryName(t.Entry, lang),
	}
	switch {
	case !t.Live():
		row.When = say.moment(t.Ended.In(c.zone()), now)
	case t.On.IsZero():
		row.When = say("task.since", "time", say.lasting(now.Sub(t.Came)))
	default:
		row.When, row.Past = say.coming(t.On.In(c.zone()), now), t.On.Before(now)
	}
	return row
}

// entryName is what the catalogue calls what a task is about.
func (c *console) entryName(id flows.CardID, lang string) string {
	if id == "" {
		return ""
	}
	if c.Entry != nil {
		if name := c.Entry(id, flows.Lang(lang)); name != "" {
			return name
		}
	}
	return string(id)
}

func (c *console) task(v *visit) error {
	return c.taskPage(v, http.StatusOK, v.Param("id"), taskFill{})
}

// taskFill is what a form of a task that did not go through brings back to its page.
type taskFill struct{ trouble, note, reason string }

func (c *console) taskPage(v *visit, status int, id string, f taskFill) error {
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	t, err := c.taskOf(ctx, id)
	if err != nil {
		return err
	}
	view := taskView{
		Row: c.taskRow(t, v.Taste.Lang, say), Came: say.moment(t.Came.In(c.zone()), c.now()), Trouble: f.trouble, NoteDraft: f.note, DeclineDraft: f.reason,
		Live: t.Live(), Open: t.State == handoff.TaskOpen, Mine: t.State == handoff.TaskTaken && t.Staff.Name == v.Name,
		Gone: !t.Forgotten.IsZero(), NoteAct: newAct(), DeclineAct: newAct(), Max: maxWords,
	}
	for i, s := range t.Steps {
		view.Steps = append(view.Steps, stepView{N: i, Text: s.Text, By: s.By, Done: !s.At.IsZero()})
	}
	for _, key := range slices.Sorted(maps.Keys(t.Memory)) {
		view.Chosen = append(view.Chosen, choiceView{Text: key, Value: t.Memory[key]})
	}
	if err := c.taskWords(ctx, &view, t, v.Name, say); err != nil {
		return err
	}
	notes, err := c.Tasks.TaskNotes(ctx, t.ID)
	if err != nil {
		return err
	}
	for _, n := range notes {
		view.Notes = append(view.Notes, noteView{Text: n.Text, By: n.By.Alias, Time: say.moment(n.At.In(c.zone()), c.now())})
	}
	if err := c.taskCase(ctx, &view, t, v.Name, say); err != nil {
		return err
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "tasks", view.Row.Kind)
	return c.render(v, status, "task", view)
}

func (c *console) taskOf(ctx context.Context, id string) (handoff.Task, error) {
	if c.Tasks == nil || !idShape.MatchString(id) {
		return handoff.Task{}, errMissing
	}
	return c.Tasks.Task(ctx, handoff.TaskID(id))
}

// wordsBefore is how long before a task the words may have been written that say it:
// a draft of a form lives for a week.
const wordsBefore = 7 * 24 * time.Hour

// taskWords shows what the person wrote, to whoever takes care of it. The words stay
// where they are: what was unsent or deleted is gone here too.
func (c *console) taskWords(ctx context.Context, view *taskView, t handoff.Task, name string, say sayer) error {
	if len(t.Texts) == 0 || t.Person == "" {
		return nil
	}
	if t.Staff.Name != name {
		view.Sealed = say("task.sealed")
		return nil
	}
	said, err := c.Words.Talk(ctx, t.Person, t.Came.Add(-wordsBefore))
	if err != nil {
		return err
	}
	for _, l := range said {
		switch {
		case !slices.Contains(t.Texts, l.ID) || l.By != "resident":
		case l.Gone:
			view.Words = append(view.Words, say("talk.gone"))
		default:
			view.Words = append(view.Words, l.Text)
		}
	}
	if len(view.Words) == 0 {
		view.Sealed = say("task.wordsover")
	}
	return nil
}

// taskCase says how its person can be answered.
func (c *console) taskCase(ctx context.Context, view *taskView, t handoff.Task, name string, say sayer) error {
	if t.Person == "" {
		return nil
	}
	row, err := c.Desk.Of(ctx, t.Person)
	if err != nil && !errors.Is(err, handoff.ErrUnknown) {
		return err
	}
	switch {
	case err != nil || !row.Open():
		view.Answer = say("task.answernew")
	case row.State == handoff.Waiting:
		view.Case, view.Answer = string(row.ID), say("task.answerwaiting")
	case row.Staff.Name == name:
		view.Case, view.Answer = string(row.ID), say("task.answermine")
	default:
		view.Case, view.Answer = string(row.ID), say("task.answerother", "staff", row.Staff.Alias)
	}
	return nil
}

// moveTask makes one move on the task of the address.
func (c *console) moveTask(v *visit, done string, move func(context.Context, handoff.TaskID, handoff.Staff) (handoff.Task, error)) error {
	t, err := c.taskOf(v.Request().Context(), v.Param("id"))
	if err != nil {
		return err
	}
	if _, err := move(v.Request().Context(), t.ID, v.by()); err != nil {
		return c.refuseTask(v, err, taskFill{})
	}
	return c.afterTask(v, t.ID, done)
}

func (c *console) afterTask(v *visit, id handoff.TaskID, done string) error {
	return v.Redirect(http.StatusSeeOther, "/task/"+url.PathEscape(string(id))+"?did="+done)
}

// refuseTask shows the task as it is now and why the act was not done.
func (c *console) refuseTask(v *visit, err error, f taskFill) error {
	say, status := c.pages.say(v.Taste.Lang), http.StatusConflict
	var taken *handoff.TakenError
	switch {
	case errors.As(err, &taken):
		f.trouble = say("task.taken", "staff", taken.By)
	case errors.Is(err, handoff.ErrNotYours), errors.Is(err, handoff.ErrMove):
		f.trouble = say("task.changed")
	case errors.Is(err, handoff.ErrForgotten):
		f.trouble = say("task.gone")
	case errors.Is(err, handoff.ErrEmpty):
		f.trouble, status = say("task.empty"), http.StatusUnprocessableEntity
	case errors.Is(err, handoff.ErrTooLong):
		f.trouble, status = say("answer.long", "max", maxWords, "n", len([]rune(f.note+f.reason))), http.StatusUnprocessableEntity
	case errors.Is(err, handoff.ErrAct):
		return errBad
	default:
		return err
	}
	return c.taskPage(v, status, v.Param("id"), f)
}

func (c *console) takeTask(v *visit) error   { return c.moveTask(v, "tasktaken", c.Tasks.TakeTask) }
func (c *console) leaveTask(v *visit) error  { return c.moveTask(v, "taskleft", c.Tasks.LeaveTask) }
func (c *console) finishTask(v *visit) error { return c.moveTask(v, "taskdone", c.Tasks.FinishTask) }

func (c *console) tickTask(v *visit) error {
	step, err := strconv.Atoi(v.form("step"))
	if err != nil {
		return errBad
	}
	return c.moveTask(v, "taskticked", func(ctx context.Context, id handoff.TaskID, by handoff.Staff) (handoff.Task, error) {
		return c.Tasks.TickTask(ctx, id, by, step, v.form("done") == "yes")
	})
}

func (c *console) declineTask(v *visit) error {
	return c.writeTask(v, "reason", "taskdeclined", func(ctx context.Context, id handoff.TaskID, act, text string) error {
		_, err := c.Tasks.DeclineTask(ctx, id, v.by(), act, text)
		return err
	})
}

func (c *console) noteTask(v *visit) error {
	return c.writeTask(v, "note", "tasknoted", func(ctx context.Context, id handoff.TaskID, act, text string) error {
		return c.Tasks.NoteTask(ctx, id, v.by(), act, text)
	})
}

// writeTask is a form with words of staff.
func (c *console) writeTask(v *visit, field, done string, write func(ctx context.Context, id handoff.TaskID, act, text string) error) error {
	t, err := c.taskOf(v.Request().Context(), v.Param("id"))
	if err != nil {
		return err
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	text, act := v.form(field), v.form("act")
	if err := write(v.Request().Context(), t.ID, act, text); err != nil {
		f := taskFill{note: text}
		if field == "reason" {
			f = taskFill{reason: text}
		}
		return c.refuseTask(v, err, f)
	}
	return c.afterTask(v, t.ID, done+"&sent="+url.QueryEscape(act))
}

// answerTask leads to the talk in which its person is answered.
func (c *console) answerTask(v *visit) error {
	t, err := c.taskOf(v.Request().Context(), v.Param("id"))
	if err != nil {
		return err
	}
	k, err := c.Tasks.AnswerTask(v.Request().Context(), t.ID, v.by())
	if err != nil {
		return c.refuseTask(v, err, taskFill{})
	}
	return v.Redirect(http.StatusSeeOther, "/case/"+url.PathEscape(string(k.ID)))
}

// tasksOf are the tasks of the person of a talk.
func (c *console) tasksOf(ctx context.Context, k handoff.Case, lang string, say sayer) ([]taskRow, error) {
	if c.Tasks == nil || k.Person == "" {
		return nil, nil
	}
	all, err := c.Tasks.TasksOf(ctx, k.Person)
	if err != nil {
		return nil, err
	}
	var rows []taskRow
	for _, t := range all {
		if t.Live() {
			rows = append(rows, c.taskRow(t, lang, say))
		}
	}
	return rows, nil
}
