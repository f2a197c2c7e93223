package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"engawa/flows"
	"engawa/handoff"
)

// Eyes is what a second person may do on somebody's case; *handoff.Desk is one.
type Eyes interface {
	Eyes(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)
	Accompany(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)
	Relieve(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)
	Whisper(ctx context.Context, id flows.CaseID, by handoff.Staff, act, text string) error
	Writes(ctx context.Context, id flows.CaseID, by handoff.Staff) error
	Writing(ctx context.Context, id flows.CaseID) ([]string, error)
	Remarked(ctx context.Context, id flows.CaseID) (int64, error)
}

var eyesRoutes = []route{
	{http.MethodPost, "/case/:id/eyes", speaks, (*console).askEyes},
	{http.MethodPost, "/case/:id/watch", opens, (*console).watch},
	{http.MethodPost, "/case/:id/relieve", opens, (*console).relieve},
	{http.MethodPost, "/case/:id/whisper", opens, (*console).whisper},
	{http.MethodPost, "/case/:id/writing", speaks, (*console).writing},
}

var eyesDid = []string{"eyes", "watching", "relieved", "whispered"}

// eyesView is what stands beside a talk for a second pair of eyes.
type eyesView struct {
	Writing  string // who writes on it now, beside the reader
	Whispers []noteView
	Wants    string // that it asks for a second pair of eyes
	Watcher  string // who reads along
	MayAsk   bool   // the reader has it and may ask for one
	MayTake  bool   // the reader may read along, whisper and take it over
	Watching bool   // the reader reads along
	Act      string
}

func (c *console) askEyes(v *visit) error {
	return c.seconds(v, "eyes", func(e Eyes) caseMove { return e.Eyes })
}

func (c *console) watch(v *visit) error {
	return c.seconds(v, "watching", func(e Eyes) caseMove { return e.Accompany })
}

// relieve takes a talk over in one step, and opens its words: who takes it means to read.
func (c *console) relieve(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if c.Eyes == nil {
		return errMissing
	}
	if _, err := c.Eyes.Relieve(v.Request().Context(), id, v.by()); err != nil {
		return c.refuse(v, id, err, fill{})
	}
	if err := c.breakSeal(v, id); err != nil {
		c.Log.Warn("console: taken over, but the words stay sealed", "case", id, "err", err)
	}
	return c.after(v, id, "relieved")
}

type caseMove func(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)

func (c *console) seconds(v *visit, done string, move func(Eyes) caseMove) error {
	if c.Eyes == nil {
		return errMissing
	}
	return c.do(v, done, move(c.Eyes))
}

// whisper tells the coordinator of a talk something. It has no way to a resident.
func (c *console) whisper(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	if c.Eyes == nil {
		return errMissing
	}
	act, text := v.form("act"), v.form("note")
	err = c.Eyes.Whisper(v.Request().Context(), id, v.by(), act, text)
	if errors.Is(err, handoff.ErrEmpty) {
		return c.casePage(v, http.StatusUnprocessableEntity, id, fill{trouble: c.pages.say(v.Taste.Lang)("notes.empty")})
	}
	if err != nil {
		return c.refuse(v, id, err, fill{note: text})
	}
	return c.after(v, id, "whispered&sent="+url.QueryEscape(act))
}

// writing is told by a page while somebody writes on it.
func (c *console) writing(v *visit) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	if c.Eyes == nil {
		return errMissing
	}
	if err := c.Eyes.Writes(v.Request().Context(), id, v.by()); err != nil {
		return err
	}
	return v.NoContent(http.StatusNoContent)
}

// hears says whether a note is for this reader: a whisper is for the one it was
// whispered to, and for those who whisper.
func (v *visit) hears(n handoff.Remark) bool {
	return n.To == "" || n.To == v.Name || n.By.Name == v.Name || v.has(opens)
}

// beside fills in what a second person sees or says, and takes whispers from the notes.
func (c *console) beside(ctx context.Context, view *caseView, k handoff.Case, notes []handoff.Remark, v *visit, say sayer) error {
	if c.Eyes == nil || view.Gone || !k.Open() {
		return nil
	}
	e := &eyesView{Act: newAct()}
	view.Eyes = e
	for _, n := range notes {
		if n.To != "" && v.hears(n) {
			e.Whispers = append(e.Whispers, noteView{Text: n.Text, By: n.By.Alias, Time: say.moment(n.At.In(c.zone()), c.now())})
		}
	}
	writing, err := c.Eyes.Writing(ctx, k.ID)
	if err != nil {
		return err
	}
	if writing = slices.DeleteFunc(writing, func(alias string) bool { return alias == v.Alias }); len(writing) > 0 {
		e.Writing = say("eyes.writing", "staff", strings.Join(writing, "・"))
	}
	if k.Watcher.Alias != "" {
		e.Watcher = say("eyes.watcher", "staff", k.Watcher.Alias)
	}
	if k.Wants() {
		e.Wants = say("eyes.wants")
	}
	e.Watching = k.Watcher.Name == v.Name
	e.MayAsk = view.Mine() && k.Eyes.IsZero() && !k.Wants() && k.Watcher.Alias == ""
	e.MayTake = k.Held() && !view.Mine() && v.has(opens)
	return nil
}

// eyesMark differs when somebody begins to write, or there is a note more.
func (w *newsWriter) eyesMark(ctx context.Context, c *console, id flows.CaseID, into io.Writer) error {
	if c.Eyes == nil {
		return nil
	}
	writing, err := c.Eyes.Writing(ctx, id)
	if err != nil {
		return err
	}
	n, err := c.Eyes.Remarked(ctx, id)
	if err == nil {
		_, err = fmt.Fprint(into, writing, n)
	}
	return err
}
