package house

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"engawa/bot/board"
	"engawa/bot/board/pages"
	"engawa/bot/dialogue"
	"engawa/config/privacy"
	"engawa/flows"
	"engawa/flows/catalogue"
	"engawa/flows/forms"
)

// groupTalk is the board for those who post from their talk. What they send in goes
// the way of a post from a page: one rule, one approval, one list.
type groupTalk struct{ h *house }

// Of lists the groups that a person posts for.
func (g groupTalk) Of(ctx context.Context, p flows.PersonID, links bool) (out []flows.Group, err error) {
	if err := g.h.posted.Look(ctx); err != nil { // who just joined or left elsewhere
		return nil, err
	}
	shot := g.h.posted.Now()
	for _, x := range shot.OfPerson(p) {
		one := flows.Group{ID: flows.GroupID(x.ID), Name: x.Name, Trusted: x.Trusted, Quiet: !x.Quiet.IsZero()}
		if last := shot.Last(x.ID); last != nil {
			one.Last = flows.PostID(last.ID)
		}
		if links {
			if one.Page, err = g.page(ctx, x.ID, p); err != nil {
				return nil, err
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// page is a link that opens the group's pages in a browser, once. LINE's own browser
// forgets who it was; it is asked to let another one open it.
func (g groupTalk) page(ctx context.Context, group string, p flows.PersonID) (string, error) {
	_, m, err := g.h.board.ByPerson(ctx, group, p)
	if err != nil {
		return "", err
	}
	secret, err := g.h.board.NewLink(ctx, group, m.ID)
	if err != nil {
		return "", err
	}
	return g.h.publicURL() + "/g/in/" + secret + "?openExternalBrowser=1", nil
}

// Join lets a person in by an invitation.
func (g groupTalk) Join(ctx context.Context, act, code string, p flows.PersonID) (flows.GroupID, flows.Join, error) {
	x, _, err := g.h.board.Join(ctx, act, code, fromLINE, string(p), p)
	switch {
	case errors.Is(err, board.ErrOften):
		return "", flows.JoinOften, nil
	case errors.Is(err, board.ErrCode), errors.Is(err, board.ErrFull):
		return "", flows.JoinNo, nil
	case err != nil:
		return "", flows.JoinNone, err
	}
	return flows.GroupID(x.ID), flows.JoinIn, g.h.posted.Look(ctx)
}

// fromLINE is what a member is called who joined without saying a name.
const fromLINE = "LINEの人"

// Fill makes a form into what will be posted, and into what it will look like.
func (g groupTalk) Fill(f *flows.Form, word func(string) string, now time.Time) (dialogue.Filled, flows.FormStep) {
	shot := g.h.posted.Now()
	var last *catalogue.Entry
	if p := shot.Posts[string(f.Last)]; p != nil && p.Group == string(f.Group) {
		last = p.Newest()
	}
	now = now.In(catalogue.Tokyo)
	e, fault := forms.Entry(f, last, word, now)
	if x := shot.Groups[string(f.Group)]; x != nil {
		x.Fill(e)
	}
	return dialogue.Filled{Looks: g.looks(e, now), Post: encoded(e)}, fault
}

func encoded(e *catalogue.Entry) []byte {
	b, err := json.Marshal(e)
	if err != nil {
		panic("posting: " + err.Error()) // strings and numbers: cannot fail
	}
	return b
}

// looks is the card as a resident would see it, and what a rule of the house says of it.
func (g groupTalk) looks(e *catalogue.Entry, now time.Time) []flows.Bubble {
	var next *catalogue.Occurrence
	if o, ok := e.Next(now, catalogue.Closed(g.h.houseNow().Closed)); ok {
		next = &o
	}
	card := catalogue.Draw(g.h.bundle(), e, next, flows.Ja, now)
	card.Facts = append(card.Facts, catalogue.Told(e, flows.Ja)...)
	if e.Picture != "" {
		card.Facts = append(card.Facts, "ちらしの写真がつきます")
	}
	out := []flows.Bubble{{Card: &card}}
	for _, b := range board.Check(e) {
		out = append(out, flows.Bubble{Text: "「" + b.Word + "」について: " + b.Says() + " このまま送ると、担当の人が見てからのせます。"})
		break // one at a time: it is a talk
	}
	return out
}

// Flyer fetches a picture, makes it clean and keeps it for as long as a draft.
func (g groupTalk) Flyer(ctx context.Context, message string) (string, error) {
	raw, err := g.h.line.Content(ctx, message, pages.MaxPicture)
	if err != nil {
		return "", err
	}
	clean, err := pages.Clean(raw)
	if err != nil {
		return "", err
	}
	return g.h.board.DraftFlyer(ctx, clean, privacy.Keep[privacy.Drafts])
}

// Carry brings the board what a member asks of it. Again with the same id changes nothing.
func (g groupTalk) Carry(ctx context.Context, id string, p flows.PersonID, note flows.BoardNote, post []byte) error {
	if note.Do == flows.BoardFelt && note.Case != "" {
		return g.h.board.CountTalk(ctx, string(p), note)
	}
	if note.Do == flows.BoardFelt { // one answer of one person about one visit; the name of the act tells nobody who
		sum := sha256.Sum256([]byte("felt|" + string(p) + "|" + string(note.Post)))
		return g.h.board.Count(ctx, hex.EncodeToString(sum[:12]), string(note.Post), "felt."+note.Felt, 1)
	}
	if note.Do == flows.BoardAgain {
		return g.h.board.AnswerAgain(ctx, note.Event)
	}
	_, m, err := g.h.board.ByPerson(ctx, string(note.Group), p)
	if errors.Is(err, board.ErrMay) || errors.Is(err, board.ErrUnknown) {
		return nil // they left, or were removed, before it arrived
	}
	if err != nil {
		return err
	}
	switch note.Do {
	case flows.BoardLeave:
		err = g.h.board.Leave(ctx, id, string(note.Group), m.ID, m.ID)
	case flows.BoardPost:
		err = g.post(ctx, note, m, post)
	case flows.BoardStill:
		if _, err = g.h.board.Still(ctx, id, string(note.Group), m.ID); errors.Is(err, board.ErrState) {
			err = nil // the house has paused it, or taken it back, meanwhile
		}
	}
	if err != nil {
		return err
	}
	return g.h.posted.Look(ctx)
}

func (g groupTalk) post(ctx context.Context, note flows.BoardNote, m board.Member, post []byte) error {
	e := &catalogue.Entry{}
	if err := json.Unmarshal(post, e); err != nil || note.Form == nil {
		return fmt.Errorf("posting: a post that cannot be read")
	}
	if e.Picture != "" {
		if err := g.h.board.KeepFlyer(ctx, e.Picture); err != nil {
			return err
		}
	}
	_, err := g.h.board.Submit(ctx, note.Form.ID, string(note.Group), m.ID, "", 0, e)
	if len(catalogue.Faults(err)) > 0 || errors.Is(err, board.ErrMay) || errors.Is(err, board.ErrState) || board.Edited(err) {
		g.h.log.Warn("a post from the talk was not taken", "group", note.Group)
		return nil // the talk had checked it: what is wrong now will not be right later
	}
	return err
}
