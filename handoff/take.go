package handoff

import (
	"context"
	"errors"
	"strings"

	"engawa/flows"
)

// asks says which move a note of the lane asks for.
var asks = map[flows.NoteDo]Do{
	flows.NoteOpen:      DoOpen,
	flows.NoteWords:     DoWords,
	flows.NoteLeave:     DoLeave,
	flows.NoteShare:     DoShare,
	flows.NoteRisk:      DoRisk,
	flows.NoteUnsent:    DoUnsent,
	flows.NoteForgotten: DoForgotten,
	flows.NoteStopped:   DoStopped,
	flows.NotePlace:     DoPlace,
	flows.NoteSame:      DoSame,
}

// Take takes a note from a person's lane; again with the same id changes
// nothing. An error means: bring it again.
func (d *Desk) Take(ctx context.Context, id string, person flows.PersonID, alias string, note flows.DeskNote) error {
	switch note.Do {
	case flows.NoteSent:
		return wrap("take", d.fate(ctx, id, note.Act, "sent", ""))
	case flows.NoteRefused:
		return wrap("take", d.refused(ctx, id, note))
	case flows.NoteTask:
		return wrap("take: task", d.takeTask(ctx, id, person, alias, note))
	}
	do, known := asks[note.Do]
	if !known {
		// Bringing it again would not make it clearer, and a request for a human
		// may stand behind it.
		d.opt.Log.Error("handoff: note of an unknown kind", "id", id)
		return nil
	}
	if do == DoForgotten {
		if err := d.forget(ctx, person); err != nil {
			return wrap("take: forget", err)
		}
	}
	return wrap("take", d.take(ctx, id, person, alias, Move{Do: do, Note: note}))
}

// forget is what a 消す does beside the person's last case, which comes last because
// it leads to the rest.
func (d *Desk) forget(ctx context.Context, person flows.PersonID) error {
	if d.opt.Forget != nil {
		if err := d.opt.Forget(ctx, person); err != nil {
			return err
		}
	}
	if err := d.forgetTasks(ctx, person); err != nil {
		return err
	}
	return d.forgetEarlier(ctx, person)
}

func (d *Desk) take(ctx context.Context, id string, person flows.PersonID, alias string, m Move) error {
	for range attempts {
		c, rev, was, err := d.present(ctx, person)
		if err != nil {
			return err
		}
		ch := change{move: m, id: id, at: d.now(), person: person, was: was}
		ch.move.Promise, ch.move.Away = d.roster.Promise(ch.at), d.away(c, ch.at)
		ch.move.Apart = d.apart(m.Note)
		ch.move.Note.Team = d.teamOf(m.Note)
		if m.Do == DoSame {
			ch.move.Tell, ch.move.Away = int(number(m.Note.Act)), !d.returns(c.Pass.From, ch.at)
		}
		if c.State == None {
			ch.move.Fresh = Case{ID: d.newID(), Person: person, Alias: alias, Place: d.opt.Place}
		}
		if c.State == Closed && ch.at.Sub(c.Closed) > again && m.Do == DoOpen {
			ch.move.Fresh = Case{ID: d.newID(), Person: person, Alias: alias, Place: d.opt.Place, Last: c.Last, Before: c.ID}
			c, rev = Case{}, "0"
		}
		_, said, err := d.try(ctx, c, rev, ch)
		if errors.Is(err, ErrMove) || errors.Is(err, ErrUnknown) {
			return nil // nothing there that this could change: left twice, unsent without a case
		}
		if err != nil || said != saidStale {
			return err
		}
	}
	return errBusy
}

// present is the person's open or last case, and what their pointer says.
func (d *Desk) present(ctx context.Context, person flows.PersonID) (c Case, rev string, was flows.CaseID, err error) {
	got, err := d.rdb.HMGet(ctx, personsKey, string(person)).Result()
	if err != nil {
		return Case{}, "", "", err
	}
	at, _ := got[0].(string)
	was = flows.CaseID(at)
	c, rev, err = d.load(ctx, was)
	return c, rev, was, err
}

// refused: an act did not reach the resident. For words the coordinator learns it;
// for anything else it may mean that the lane does not know this case.
func (d *Desk) refused(ctx context.Context, id string, note flows.DeskNote) error {
	if strings.Contains(note.Act, "/a-") {
		return d.fate(ctx, id, note.Act, "refused", note.Why)
	}
	name, tell, ok := strings.Cut(note.Act, "/")
	if !ok || note.Why != WhyLeft && note.Why != WhyForgotten {
		return nil
	}
	_, err := d.act(ctx, flows.CaseID(name), change{
		move: Move{Do: DoLost, Tell: int(number(tell))}, id: id, at: d.now(),
	})
	if errors.Is(err, ErrMove) || errors.Is(err, ErrUnknown) {
		return nil
	}
	return err
}

// fate writes down what became of an answer.
func (d *Desk) fate(ctx context.Context, id, event, state, why string) error {
	name, _, ok := strings.Cut(event, "/a-")
	if !ok {
		return nil // an act without words: what became of it shows in the talk
	}
	caseID := flows.CaseID(name)
	got, err := d.rdb.HMGet(ctx, actsKey(caseID), event).Result()
	if err != nil {
		return err
	}
	old, _ := got[0].(string)
	by := parseFate(old).by
	at := d.now()
	told := ""
	if state == "refused" && by != "" {
		told = notice(Notice{At: at, Case: caseID, Do: DoRefused, Why: why})
	}
	keys := []string{actsKey(caseID), takenKey, logKey(caseID), noticesKey(by), revKey}
	err = fateScript.Run(ctx, d.rdb, keys, id, at.UnixMilli(), event, state, why, by, told, string(caseID)).Err()
	if err == nil {
		d.hub.wake()
	}
	return err
}
