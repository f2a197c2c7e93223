package room

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"engawa/flows"
)

// cookieName binds the cookie to this very host where the page comes over https.
func (g *Pages) cookieName() string {
	if g.Secure {
		return "__Host-room"
	}
	return "room"
}

// seat is the browser's secret, "" if it has none.
func (g *Pages) seat(c echo.Context) string {
	k, err := c.Cookie(g.cookieName())
	if err != nil {
		return ""
	}
	return k.Value
}

// bind gives the browser its secret. It ends with the browser, and here before that.
func (g *Pages) bind(c echo.Context, seat string) {
	//#nosec G124 -- Secure wherever it is not plain http on loopback
	k := &http.Cookie{Name: g.cookieName(), Value: seat, Path: "/", HttpOnly: true, Secure: g.Secure, SameSite: http.SameSiteLaxMode}
	if seat == "" {
		k.MaxAge = -1
	}
	c.SetCookie(k)
}

type doorView struct {
	frame
	Path string
}

// doorstep asks for the one tap. Reading a link changes nothing and says nothing:
// LINE and others look at links too.
func (g *Pages) doorstep(c echo.Context) error {
	link := c.Param("link")
	if err := g.Often(c.Request().Context(), "room-door:"+c.RealIP(), 120, 10*time.Minute); err != nil {
		return c.NoContent(http.StatusTooManyRequests)
	}
	if _, err := g.seatFor(c, link); err != nil {
		return err
	}
	state := flows.State{Lang: g.asked(c)}
	if pid, err := g.Store.Whose(c.Request().Context(), link); err == nil {
		if p, err := g.People.Get(c.Request().Context(), pid); err == nil {
			state = p.State
		}
	}
	return g.render(c, http.StatusOK, "door", doorView{g.frame(g.Bundle(&state), langOf(state)), LinkPath + link})
}

// seatFor is the secret to be bound by a link: the one that the browser has, so that
// a double tap and a way back bind nothing twice, or a new one.
func (g *Pages) seatFor(c echo.Context, link string) (string, error) {
	fresh, err := g.Store.NewSeat(link)
	if err != nil {
		return "", err
	}
	if seat := g.seat(c); len(seat) == len(fresh) && seat[:2] == fresh[:2] {
		return seat, nil
	}
	g.bind(c, fresh)
	return fresh, nil
}

// redeem binds the browser. It is let in by nothing else.
func (g *Pages) redeem(c echo.Context) error {
	ctx, link := c.Request().Context(), c.Param("link")
	if err := g.Often(ctx, "room-redeem:"+c.RealIP(), 40, 10*time.Minute); err != nil {
		return c.NoContent(http.StatusTooManyRequests)
	}
	seat, err := g.seatFor(c, link)
	if err != nil {
		return err
	}
	if err := g.Store.Redeem(ctx, link, seat, g.Now()); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, Path)
}

// quit is the quick way out: this browser forgets, and stands somewhere harmless. It
// works for whoever has a cookie, whatever form it came from: out is always open.
func (g *Pages) quit(c echo.Context) error {
	guest, err := g.Store.Sit(c.Request().Context(), g.seat(c), false, g.Now())
	if err == nil {
		err = g.Store.Leave(c.Request().Context(), guest, g.Now())
	}
	if !errors.As(err, new(ClosedError)) && err != nil {
		g.Log.Error("a page of the room was left, but the store is away", "err", err)
	}
	g.bind(c, "")
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	to := g.Exit
	if to == "" {
		to = Path + "/closed"
	}
	return c.Redirect(http.StatusSeeOther, to)
}

// closed says nothing of what was here.
func (g *Pages) closed(c echo.Context) error {
	return g.render(c, http.StatusOK, "closed", g.frame(g.Bundle(&flows.State{}), g.asked(c)))
}

// others lets all other browsers out.
func (g *Pages) others(c echo.Context) error {
	v, err := g.enterForm(c)
	if err != nil {
		return err
	}
	if err := g.Store.Others(c.Request().Context(), v.Guest, g.Now()); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, Path)
}
