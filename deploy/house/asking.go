package house

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"engawa/bot/board"
	"engawa/bot/people"
	"engawa/config/privacy"
	"engawa/flows"
	"engawa/handoff"
)

// deskAndBoard takes notes to the desk. A question to a group goes to the group as
// well, whose answer comes straight back; the desk sees it, and can help it along.
type deskAndBoard struct{ h *house }

// Take brings one note. Again with the same id changes nothing.
func (d deskAndBoard) Take(ctx context.Context, id string, p flows.PersonID, alias string, note flows.DeskNote) error {
	if n := note.Task; note.Do == flows.NoteTask && n != nil && n.Kind == flows.TaskQuestion && note.Why != flows.TaskBack {
		if err := d.h.board.Ask(ctx, id, string(n.Entry), p, n.Texts); err != nil {
			return err
		}
	}
	return d.h.desk.Take(ctx, id, p, alias, note)
}

// askedWords opens the words of a question for the group that it is for; false when
// they were taken back, or their person said 消す.
func (h *house) askedWords(ctx context.Context, q *board.Question) (string, bool) {
	var all []string
	for _, id := range q.Texts {
		said, there, err := h.people.One(ctx, q.Person, id)
		if err == nil && there && !said.Gone && said.Text != "" {
			all = append(all, said.Text)
		}
	}
	return strings.Join(all, "\n"), len(all) > 0
}

// bringAnswers puts the groups' answers into the lanes of those who asked. Each is an
// event named by its question: a crash in between brings it again, and once. One that
// came while a human had the talk comes again later.
func (h *house) bringAnswers(ctx context.Context) error {
	all, err := h.board.Answers(ctx)
	if err != nil {
		return err
	}
	for _, q := range all {
		if err := h.bringAnswer(ctx, q); err != nil {
			return err
		}
		if err := h.board.AnswerSent(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) bringAnswer(ctx context.Context, q *board.Question) error {
	name := ""
	if g := h.posted.Now().Groups[q.Group]; g != nil {
		name = "「" + g.Name + "」から: "
		if err := h.showDesk(ctx, q, g.Name); err != nil {
			return err
		}
	}
	event := q.AnswerEvent()
	sealed, err := h.people.SealWords(ctx, q.Person, event, "", name+q.Answer, h.clock())
	if errors.Is(err, privacy.ErrShredded) || errors.Is(err, people.ErrNobody) {
		return nil // who asked has said 消す
	}
	if err != nil {
		return err
	}
	return h.turns.Reply(ctx, q.Person, event, h.clock(), sealed)
}

// showDesk notes the answer on the task that stands at the desk, once: a coordinator who
// has the talk sees it there while the person has not heard it yet.
func (h *house) showDesk(ctx context.Context, q *board.Question, group string) error {
	tasks, err := h.desk.TasksOf(ctx, q.Person)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		about := func(id string) bool { return slices.Contains(q.Texts, id) }
		if t.Kind != flows.TaskQuestion || t.State == handoff.TaskWithdrawn || !slices.ContainsFunc(t.Texts, about) {
			continue
		}
		sum := sha256.Sum256([]byte("answer|" + q.ID))
		by := handoff.Staff{Name: "group", Alias: group}
		if err := h.desk.NoteTask(ctx, t.ID, by, hex.EncodeToString(sum[:8]), q.Answer); err != nil && !errors.Is(err, handoff.ErrNoTask) {
			return err
		}
	}
	return nil
}
