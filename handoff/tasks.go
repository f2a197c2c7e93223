package handoff

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base32"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
	"engawa/flows"
)

var (
	//go:embed lua/task.lua
	taskLua string
	//go:embed lua/tasknote.lua
	taskNoteLua string
	//go:embed lua/taskend.lua
	taskEndLua string

	taskScript     = redis.NewScript(taskLua)
	taskNoteScript = redis.NewScript(taskNoteLua)
	taskEndScript  = redis.NewScript(taskEndLua)
)

// Keys of the tasks, in the desk's slot.
const (
	tasksKey      = "{desk}:tasks"      // ZSET task that is not over → unix ms by which it is listed
	tasksEndedKey = "{desk}:tasksended" // ZSET task that is over → unix ms
	taskCountsKey = "{desk}:taskcounts" // HASH "kind state" → how many
)

func taskKey(id TaskID) string                  { return "{desk}:task:" + string(id) }      // HASH
func taskNotesKey(id TaskID) string             { return "{desk}:tasknotes:" + string(id) } // HASH
func tasksOfKey(p flows.PersonID) string        { return "{desk}:tasksof:" + string(p) }    // SET
func taskOwner(id TaskID) privacy.Owner         { return privacy.Case("task:" + string(id)) }
func taskNoteName(id TaskID, act string) string { return "tasknote:" + string(id) + ":" + act }

// What a lane may tell of one task at most; the rest of a longer list is left out.
const (
	maxTaskTexts = 20
	maxTaskName  = 128
)

// taskID names a task after its person and what their lane calls it, so that the
// same task comes in under the same name, and nobody can name another's.
func taskID(person flows.PersonID, name string) TaskID {
	sum := sha256.Sum256([]byte(string(person) + "\x00" + name))
	return TaskID("t" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:10])))
}

// takeTask opens a task, or takes it back. The same again changes nothing.
func (d *Desk) takeTask(ctx context.Context, id string, person flows.PersonID, alias string, note flows.DeskNote) error {
	n := note.Task
	if n == nil || !slices.Contains(flows.TaskKinds[:], n.Kind) || len(n.ID) > maxTaskName {
		d.opt.Log.Error("handoff: a task of an unknown kind", "id", id)
		return nil
	}
	name := taskID(person, cmp.Or(n.ID, id))
	if note.Why == flows.TaskBack {
		_, err := d.moveTask(ctx, name, id, TaskMove{Do: DoWithdrawTask})
		if errors.Is(err, ErrMove) || errors.Is(err, ErrNoTask) {
			return nil // it was over already, or never there
		}
		return err
	}
	c, _, _, err := d.present(ctx, person)
	if err != nil {
		return err
	}
	t := Task{
		ID: name, Kind: n.Kind, State: TaskOpen, Person: person, Alias: alias, Topic: note.Topic, Team: note.Team, Lang: note.Lang,
		Entry: n.Entry, Texts: n.Texts[:min(len(n.Texts), maxTaskTexts)], Memory: note.Memory, Came: d.now(),
	}
	if n.On > 0 {
		t.On = time.Unix(n.On, 0).UTC()
	}
	if c.Open() && c.Forgotten.IsZero() {
		t.Case = c.ID
	}
	if d.opt.Steps != nil {
		for _, text := range d.opt.Steps(n.Kind) {
			t.Steps = append(t.Steps, Step{Text: text})
		}
	}
	_, err = d.writeTask(ctx, Task{}, t, "0", id, TaskMove{})
	return err // "stale": it is there already
}

// moveTask makes one move, deciding it anew as often as somebody else was faster.
func (d *Desk) moveTask(ctx context.Context, id TaskID, act string, m TaskMove) (Task, error) {
	for range attempts {
		t, rev, err := d.loadTask(ctx, id)
		if err != nil {
			return t, err
		}
		next, err := t.Apply(m, d.now())
		if err != nil {
			return t, err
		}
		said, err := d.writeTask(ctx, t, next, rev, act, m)
		if err != nil || said != saidStale {
			return next, err
		}
	}
	return Task{}, errBusy
}

func (d *Desk) writeTask(ctx context.Context, old, next Task, rev, act string, m TaskMove) (string, error) {
	body, err := json.Marshal(next)
	if err != nil {
		return "", err
	}
	at := d.now()
	live, ended, count, told, whom, lose := "", "", "", "", "", ""
	if next.Live() {
		live = unixMS(cmp.Or(next.On, next.Came))
	} else {
		ended = unixMS(next.Ended)
	}
	if old.State != next.State {
		count = string(next.Kind) + " " + string(next.State)
	}
	person := cmp.Or(next.Person, old.Person)
	if next.Person == "" {
		lose = "lose"
	}
	if old.State == TaskTaken && (m.Do == DoWithdrawTask || m.Do == DoForgetTask) {
		whom, told = old.Staff.Name, notice(Notice{At: at, Task: next.ID, Do: DoTaskBack})
	}
	keys := []string{taskKey(next.ID), tasksKey, tasksEndedKey, tasksOfKey(person), takenKey, taskCountsKey, noticesKey(whom), revKey}
	said, err := taskScript.Run(ctx, d.rdb, keys,
		string(next.ID), rev, body, at.UnixMilli(), act, live, ended, count, told, lose).Text()
	if err == nil && said == saidOK {
		d.hub.wake()
	}
	return said, err
}

func unixMS(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func (d *Desk) loadTask(ctx context.Context, id TaskID) (Task, string, error) {
	got, err := d.rdb.HMGet(ctx, taskKey(id), "r", "t").Result()
	if err != nil {
		return Task{}, "", err
	}
	rev, _ := got[0].(string)
	text, ok := got[1].(string)
	if !ok {
		return Task{}, "", ErrNoTask
	}
	t, err := decodeTask(text)
	return t, rev, err
}

func decodeTask(text string) (Task, error) {
	var t Task
	if json.Unmarshal([]byte(text), &t) != nil {
		return Task{}, errors.New("a task cannot be read") // the cause would quote it
	}
	return t, nil
}

// Task gives one task, or ErrNoTask.
func (d *Desk) Task(ctx context.Context, id TaskID) (Task, error) {
	t, _, err := d.loadTask(ctx, id)
	return t, wrap("task", err)
}

// Tasks gives the tasks that are not over, by their date: first what comes first.
func (d *Desk) Tasks(ctx context.Context) ([]Task, error) {
	ids, err := d.rdb.ZRange(ctx, tasksKey, 0, -1).Result()
	if err != nil {
		return nil, wrap("tasks", err)
	}
	all, err := d.tasks(ctx, ids)
	return all, wrap("tasks", err)
}

// TasksEnded gives the last n that are over, the newest first.
func (d *Desk) TasksEnded(ctx context.Context, n int) ([]Task, error) {
	ids, err := d.rdb.ZRevRange(ctx, tasksEndedKey, 0, int64(n)-1).Result()
	if err != nil {
		return nil, wrap("tasks", err)
	}
	all, err := d.tasks(ctx, ids)
	return all, wrap("tasks", err)
}

// TasksOf gives all tasks of a person that are still kept, by date.
func (d *Desk) TasksOf(ctx context.Context, person flows.PersonID) ([]Task, error) {
	if person == "" {
		return nil, nil
	}
	ids, err := d.rdb.SMembers(ctx, tasksOfKey(person)).Result()
	if err != nil {
		return nil, wrap("tasks", err)
	}
	all, err := d.tasks(ctx, ids)
	slices.SortFunc(all, func(a, b Task) int { return cmp.Or(a.Came.Compare(b.Came), cmp.Compare(a.ID, b.ID)) })
	return all, wrap("tasks", err)
}

func (d *Desk) tasks(ctx context.Context, ids []string) ([]Task, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	pipe := d.rdb.Pipeline()
	got := make([]*redis.SliceCmd, len(ids))
	for i, id := range ids {
		got[i] = pipe.HMGet(ctx, taskKey(TaskID(id)), "t")
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	all := make([]Task, 0, len(ids))
	for _, cmd := range got {
		text, ok := cmd.Val()[0].(string)
		if !ok {
			continue // let go of between the two readings
		}
		t, err := decodeTask(text)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// TaskCounts says how many tasks of each "kind state" there ever were.
func (d *Desk) TaskCounts(ctx context.Context) (map[string]int64, error) {
	got, err := d.rdb.HGetAll(ctx, taskCountsKey).Result()
	if err != nil {
		return nil, wrap("tasks", err)
	}
	counts := make(map[string]int64, len(got))
	for field, n := range got {
		counts[field] = number(n)
	}
	return counts, nil
}
