package pages

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"engawa/bot/board"
	"engawa/flows/catalogue"
)

const cookie = "engawa_group"

// who is a member at their own browser.
type who struct {
	group  *board.Group
	member board.Member
	token  string // goes into every form of theirs
}

// enter finds out who is there by the browser's secret.
func (g *Pages) enter(c echo.Context) (*who, error) {
	k, err := c.Cookie(cookie)
	if err != nil {
		return nil, board.ErrLink
	}
	group, m, err := g.Store.Browser(c.Request().Context(), k.Value)
	if err != nil {
		return nil, err
	}
	return &who{group: group, member: m, token: formToken(k.Value)}, nil
}

// enterForm is enter for what changes something: the form must be one of ours.
func (g *Pages) enterForm(c echo.Context) (*who, error) {
	w, err := g.enter(c)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(c.FormValue("token")), []byte(w.token)) != 1 {
		return nil, errForm
	}
	return w, g.Store.Limit(c.Request().Context(), "form:"+w.member.ID, 300, 10*time.Minute)
}

func formToken(secret string) string {
	sum := sha256.Sum256([]byte("form " + secret))
	return hex.EncodeToString(sum[:16])
}

// bind gives the browser its secret, which nobody else ever sees.
func (g *Pages) bind(c echo.Context, secret string) {
	//#nosec G124 -- Secure everywhere but on this machine (demo)
	c.SetCookie(&http.Cookie{Name: cookie, Value: secret, Path: "/g", MaxAge: int(board.BrowserFor.Seconds()), HttpOnly: true, Secure: g.Secure, SameSite: http.SameSiteLaxMode})
}

// doorView asks for the one tap that binds this browser: reading a link changes
// nothing, so a preview in a talk uses nothing up.
type doorView struct {
	frame
	Path  string
	Still bool // the tap also says that the group goes on
}

func (g *Pages) doorstep(c echo.Context) error {
	return g.render(c, http.StatusOK, "door", doorView{g.frame("会のページをひらく"), "/g/in/" + c.Param("link"), c.QueryParam("still") != ""})
}

func (g *Pages) redeem(c echo.Context) error {
	ctx := c.Request().Context()
	if err := g.Store.Limit(ctx, "redeem:"+c.RealIP(), 60, 10*time.Minute); err != nil {
		return err
	}
	secret := rand.Text() + rand.Text()
	if k, err := c.Cookie(cookie); err == nil && len(k.Value) >= 40 {
		secret = k.Value // a double tap, or a browser that comes back
	}
	if err := g.Store.Redeem(ctx, c.Param("link"), secret); err != nil {
		return err
	}
	g.bind(c, secret)
	if c.FormValue("still") != "" {
		if err := g.still(ctx, c.Param("link"), secret); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, "/g?still=1")
	}
	return c.Redirect(http.StatusSeeOther, "/g")
}

// still says for who has just come in by a link that their group goes on.
func (g *Pages) still(ctx context.Context, link, secret string) error {
	group, m, err := g.Store.Browser(ctx, secret)
	if err != nil {
		return err
	}
	if _, err = g.Store.Still(ctx, "still:"+formToken(link), group.ID, m.ID); err != nil {
		return err
	}
	return g.Board.Look(ctx)
}

// joinView lets somebody in by an invitation.
type joinView struct {
	frame
	Code, Act, Talk string
	Mail            bool
}

func (g *Pages) joinPage(c echo.Context) error {
	code := board.ReadCode(c.Param("code"))
	v := joinView{frame: g.frame("会に入る"), Code: code, Act: board.NewID(), Mail: g.Mail}
	if len(code) == board.CodeLength {
		v.Talk = g.joinByTalk(code)
	}
	return g.render(c, http.StatusOK, "join", v)
}

func (g *Pages) join(c echo.Context) error {
	ctx := c.Request().Context()
	act := c.FormValue("act")
	if len(act) != 16 {
		return errForm
	}
	group, m, err := g.Store.Join(ctx, act, c.FormValue("code"), c.FormValue("name"), c.RealIP(), "")
	if err != nil {
		return err
	}
	if to := field(c, "mail", 200); to != "" && g.Mail {
		if err := g.Store.SetAddress(ctx, act+":mail", group.ID, m.ID, to, c.FormValue("notices") != ""); err != nil && len(catalogue.Faults(err)) == 0 {
			return err // an address that is none is no reason to keep somebody out; they can put it right inside
		}
	}
	link, err := g.Store.NewLink(ctx, group.ID, m.ID)
	if err != nil {
		return err
	}
	secret := rand.Text() + rand.Text()
	if err := g.Store.Redeem(ctx, link, secret); err != nil {
		return err
	}
	g.bind(c, secret)
	return c.Redirect(http.StatusSeeOther, "/g")
}

// out forgets this browser.
func (g *Pages) out(c echo.Context) error {
	if _, err := g.enterForm(c); err != nil {
		return err
	}
	k, err := c.Cookie(cookie)
	if err == nil {
		err = g.Store.Unbind(c.Request().Context(), k.Value)
	}
	if err != nil && !errors.Is(err, http.ErrNoCookie) {
		return err
	}
	//#nosec G124 -- Secure everywhere but on this machine (demo)
	c.SetCookie(&http.Cookie{Name: cookie, Path: "/g", MaxAge: -1, HttpOnly: true, Secure: g.Secure, SameSite: http.SameSiteLaxMode})
	return c.Redirect(http.StatusSeeOther, "/calendar")
}

// lostView helps who has lost their link.
type lostView struct {
	frame
	Act        string
	Mail, Sent bool
}

func (g *Pages) lostPage(c echo.Context) error {
	return g.render(c, http.StatusOK, "lost", lostView{g.frame("新しいリンクをもらう"), board.NewID(), g.Mail, false})
}

// lost writes a new link to an address that one posts from. Whether there is one
// nobody is told: the answer is the same, and what there is to send leaves later.
func (g *Pages) lost(c echo.Context) error {
	ctx, act := c.Request().Context(), c.FormValue("act")
	if len(act) != 16 || !g.Mail {
		return errForm
	}
	if err := g.Store.Limit(ctx, "lost:"+c.RealIP(), 10, 10*time.Minute); err != nil {
		return err
	}
	to, links, group, err := g.Store.Lost(ctx, g.Board, field(c, "mail", 200))
	if wrong := catalogue.Faults(err); len(wrong) > 0 {
		v := messageView{frame: g.frame("たしかめてください"), Says: wrong[0].Text, Then: "何も送っていません。", Link: "/g/lost", Act: "もどる"}
		return g.render(c, http.StatusUnprocessableEntity, "message", v)
	}
	if err != nil && !errors.Is(err, board.ErrOften) {
		return err
	}
	if len(links) > 0 {
		for i := range links {
			links[i] = g.URL() + "/g/in/" + links[i]
		}
		if err := g.Store.Write(ctx, "lost:"+act, group, LostLetter(to, g.House().Name, links), board.LinkFor); err != nil && !errors.Is(err, board.ErrOften) {
			return err
		}
	}
	return g.render(c, http.StatusOK, "lost", lostView{g.frame("新しいリンクをもらう"), "", true, true})
}
