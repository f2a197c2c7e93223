package pages

import (
	"context"
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
	Me            board.Member
	Others        []board.Member
	Invites       []invitation
	Act, Address  string
	Mail, Written bool
}

func (g *Pages) people(c echo.Context) error {
	w, err := g.enter(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	v := peopleView{frame: g.frame("会の人と招待"), Me: w.member, Act: board.NewID(), Mail: g.Mail, Written: c.QueryParam("sent") != ""}
	v.Group, v.Token = w.group, w.token
	if v.Address, err = g.Store.Address(ctx, w.group.ID, w.member); err != nil {
		return err
	}
	if !w.member.Host {
		return g.render(c, http.StatusOK, "people", v)
	}
	for _, m := range w.group.Members {
		if m.ID != w.member.ID {
			v.Others = append(v.Others, m)
		}
	}
	open, err := g.Store.Invites(ctx, w.group)
	if err != nil {
		return err
	}
	for _, in := range open {
		if in.Mark != "" {
			continue // it is on its way to one person, and nobody else's
		}
		one, err := g.invitation(in)
		if err != nil {
			return err
		}
		v.Invites = append(v.Invites, one)
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
	if do == "mail" && g.Mail {
		err := g.Store.SetAddress(ctx, act, w.group.ID, w.member.ID, field(c, "mail", 200), c.FormValue("notices") != "")
		return g.peopleDone(c, err, "")
	}
	if !w.member.Host {
		return board.ErrMay
	}
	switch do {
	case "write":
		return g.peopleDone(c, g.inviteByMail(c, w, act), "?sent=1")
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
	return g.peopleDone(c, err, "")
}

// peopleDone goes back to the page, or says what is wrong with what was written.
func (g *Pages) peopleDone(c echo.Context, err error, more string) error {
	if wrong := catalogue.Faults(err); len(wrong) > 0 {
		v := messageView{frame: g.frame("たしかめてください"), Says: wrong[0].Text, Then: "何も変わっていません。", Link: "/g/people", Act: "もどる"}
		return g.render(c, http.StatusUnprocessableEntity, "message", v)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/g/people"+more)
}

// inviteByMail writes an invitation to one address. Pressed twice it is one letter.
func (g *Pages) inviteByMail(c echo.Context, w *who, act string) error {
	if !g.Mail {
		return errForm
	}
	return g.InviteByMail(c.Request().Context(), act, w.group.ID, field(c, "mail", 200), w.member.ID)
}

// InviteByMail invites by a letter, for a host or for who looks after the groups.
func (g *Pages) InviteByMail(ctx context.Context, act, group, address, by string) error {
	in, to, err := g.Store.InviteByMail(ctx, act, group, address, invitedFor, by)
	if err != nil {
		return err
	}
	return g.Store.Write(ctx, "invite:"+act, group, InviteLetter(to, g.House().Name, g.URL()+"/g/join/"+in.Code), invitedFor)
}

// life pauses the group, or says that it goes on.
func (g *Pages) life(c echo.Context) error {
	w, err := g.enterForm(c)
	if err != nil {
		return err
	}
	ctx, act := c.Request().Context(), c.FormValue("act")
	if len(act) != 16 {
		return errForm
	}
	switch c.FormValue("do") {
	case "pause":
		_, err = g.Store.Pause(ctx, act, w.group.ID, w.member.ID)
	case "still":
		_, err = g.Store.Still(ctx, act, w.group.ID, w.member.ID)
	default:
		err = errForm
	}
	if err == nil {
		err = g.Board.Look(ctx)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/g")
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
