package pages

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"engawa/bot/board"
	"engawa/flows"
	"engawa/flows/catalogue"
)

// asked is a question as the group sees it: without anybody behind it.
type asked struct {
	ID, About, Words, Answer string
	Gone                     bool
}

// asks are the questions to a group.
func (g *Pages) asks(c echo.Context, group string) (out []asked, err error) {
	if g.Asked == nil {
		return nil, nil
	}
	ctx := c.Request().Context()
	all, err := g.Store.Questions(ctx, group)
	if err != nil {
		return nil, err
	}
	for _, q := range all {
		a := asked{ID: q.ID, Answer: q.Answer}
		words, there := g.Asked(ctx, q)
		if a.Words = words; !there {
			a.Words, a.Gone = "この質問は、取り消されました。", true
		}
		if p := g.Board.Now().Posts[q.Post]; p != nil && p.Newest() != nil {
			a.About = p.Newest().Name()
		}
		out = append(out, a)
	}
	return out, nil
}

// answer takes a member's answer. It goes straight to who asked, whom nobody here knows.
func (g *Pages) answer(c echo.Context) error {
	w, err := g.enterForm(c)
	if err != nil {
		return err
	}
	_, err = g.Store.Answer(c.Request().Context(), w.group.ID, w.member.ID, c.Param("question"), field(c, "words", board.LongestAnswer))
	if wrong := catalogue.Faults(err); len(wrong) > 0 {
		v := messageView{frame: g.frame("たしかめてください"), Says: wrong[0].Text, Then: "まだ送っていません。もどって書きなおすと、すぐに届きます。むずかしいときは、縁側の相談員が代わりに伝えられます。", Link: "/g", Act: "もどる"}
		return g.render(c, http.StatusUnprocessableEntity, "message", v)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/g")
}

// voices are the answers to 「どうでしたか」 in words.
var voices = map[string]string{"good": "行ってよかった", "so": "ふつうでした", "not": "合わなかった"}

// felt tells how many said what, from ten on.
func (g *Pages) felt(c echo.Context, post string) (out []string, err error) {
	for _, felt := range flows.Felts {
		n, told, err := g.Store.Counted(c.Request().Context(), post, "felt."+felt)
		if err != nil {
			return nil, err
		}
		if said := voices[felt]; told && said != "" {
			out = append(out, fmt.Sprintf("%s %d人", said, n))
		}
	}
	return out, nil
}

// peopleView is who posts for the group. Only its host sees the others.
type peopleView struct {
	frame
	Me      board.Member
	Others  []board.Member
	Invites []*board.Invite
	Act     string
}

func (g *Pages) people(c echo.Context) error {
	w, err := g.enter(c)
	if err != nil {
		return err
	}
	v := peopleView{frame: g.frame("会の人と招待"), Me: w.member, Act: board.NewID()}
	v.Group, v.Token = w.group, w.token
	if w.member.Host {
		for _, m := range w.group.Members {
			if m.ID != w.member.ID {
				v.Others = append(v.Others, m)
			}
		}
		if v.Invites, err = g.Store.Invites(c.Request().Context(), w.group); err != nil {
			return err
		}
	}
	return g.render(c, http.StatusOK, "people", v)
}

// invitedFor is how long an invitation by a host opens, and how often.
const (
	invitedFor  = 14 * 24 * time.Hour
	invitedUses = 5
)

// changePeople is leaving, and what a host may do: invite, remove, hand over.
func (g *Pages) changePeople(c echo.Context) error {
	w, err := g.enterForm(c)
	if err != nil {
		return err
	}
	ctx, act, whom := c.Request().Context(), c.FormValue("act"), c.FormValue("member")
	if len(act) != 16 {
		return errForm
	}
	do := c.FormValue("do")
	if do == "leave" {
		if err := g.Store.Leave(ctx, act, w.group.ID, w.member.ID, w.member.ID); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, "/calendar")
	}
	if !w.member.Host {
		return board.ErrMay
	}
	switch do {
	case "invite":
		_, err = g.Store.Invite(ctx, act, w.group.ID, invitedUses, invitedFor, false, w.member.ID)
	case "revoke":
		err = g.revoke(c, w, act)
	case "remove":
		err = g.Store.Leave(ctx, act, w.group.ID, whom, w.member.ID)
	case "host":
		err = g.Store.HandOver(ctx, act, w.group.ID, w.member.ID, whom)
	default:
		err = errForm
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/g/people")
}

// revoke stops an invitation of one's own group.
func (g *Pages) revoke(c echo.Context, w *who, act string) error {
	for _, code := range w.group.Invites {
		if code == c.FormValue("code") {
			return g.Store.Revoke(c.Request().Context(), act, code, w.member.ID)
		}
	}
	return board.ErrMay
}
