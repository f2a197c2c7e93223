package room

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"engawa/flows"
)

const (
	mostStreams = 6 // of one person in one process
	glance      = time.Second
	pulse       = 15 * time.Second
	streamFor   = 30 * time.Minute // the browser then comes again by itself
	sendWithin  = 10 * time.Second
)

// live tells an open page when to look again. It carries no words. Something that
// was said here rings at once; what other processes do is seen within a second.
func (g *Pages) live(c echo.Context) error {
	v, err := g.enter(c, false)
	if err != nil {
		return err
	}
	bell, stop := g.Store.listen(v.Person, mostStreams)
	defer stop()
	if bell == nil {
		return c.NoContent(http.StatusTooManyRequests)
	}
	h := c.Response().Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	c.Response().WriteHeader(http.StatusOK)
	ctx, cancel := context.WithTimeout(c.Request().Context(), streamFor)
	defer cancel()
	g.stream(ctx, v, bell)
	return nil
}

func (g *Pages) stream(ctx context.Context, v *visit, bell <-chan struct{}) {
	look, beat := time.NewTicker(glance), time.NewTicker(pulse)
	defer look.Stop()
	defer beat.Stop()
	told := int64(-1) // the page asks once when it opens: what came meanwhile is not lost
	for {
		now, err := g.Store.Sit(ctx, v.seat, false, g.Now())
		switch {
		case errors.As(err, new(ClosedError)):
			send(v, "event: over\ndata: over\n\n")
			return
		case err == nil && now.Change != told:
			if told = now.Change; !send(v, "event: talk\ndata: "+strconv.FormatInt(told, 10)+"\n\n") {
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-g.ending:
			return
		case <-bell:
		case <-look.C:
		case <-beat.C: // the script closes the stream of a page that nobody sees
			if !send(v, ": here\n\n") || g.Store.Seen(ctx, v.Person, 0, g.Now()) != nil {
				return
			}
		}
	}
}

func send(v *visit, text string) bool {
	out := http.NewResponseController(v.Response())
	_ = out.SetWriteDeadline(time.Now().Add(sendWithin))
	if _, err := fmt.Fprint(v.Response(), text); err != nil {
		return false
	}
	return out.Flush() == nil
}

// newsView is the little frame of a page without a script.
type newsView struct {
	frame
	Since int64
	New   bool
}

// news is for browsers without a script: a frame that looks by itself and says when
// there is something new. The page around it, and what is being written there, stays.
func (g *Pages) news(c echo.Context) error {
	v, err := g.enter(c, false)
	if err != nil {
		return g.render(c, http.StatusOK, "news", newsView{g.frame(g.Bundle(&flows.State{}), g.asked(c)), 0, true})
	}
	since, err := strconv.ParseInt(c.QueryParam("since"), 10, 64)
	return g.render(c, http.StatusOK, "news", newsView{g.frame(v.bundle, v.lang()), since, err != nil || v.Change > since})
}
