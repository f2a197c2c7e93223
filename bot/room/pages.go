package room

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"engawa/bot/people"
	"engawa/flows"
)

//go:embed templates/*.html style.css room.js
var files embed.FS

// Parts is what the pages are put together from.
type Parts struct {
	Store   *Store
	People  People
	Written func(ctx context.Context, p flows.PersonID, event string, w Written) error // durable when it returns nil
	Bundle  func(s *flows.State) *flows.Bundle                                         // the release that speaks to this person
	Often   func(ctx context.Context, who string, n int, during time.Duration) error   // an error for who comes too often
	Exit    string                                                                     // where the quick way out leads; "" = a page of our own that says nothing
	Secure  bool                                                                       // cookies over https only
	Now     func() time.Time
	Log     *slog.Logger
}

// People is what the pages need of *people.Store.
type People interface {
	Get(ctx context.Context, p flows.PersonID) (people.Person, error)
	Talk(ctx context.Context, p flows.PersonID, since time.Time) ([]people.Said, error)
	One(ctx context.Context, p flows.PersonID, text string) (people.Said, bool, error)
}

// Pages answers on the public listener.
type Pages struct {
	Parts
	looks  *template.Template
	marks  map[string]string // name of a file → its address
	ending chan struct{}     // closed when the house closes
}

// NewPages reads the templates.
func NewPages(p Parts) (*Pages, error) {
	g := &Pages{Parts: p, marks: map[string]string{}, ending: make(chan struct{})}
	for _, name := range []string{"style.css", "room.js"} {
		b, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("room: %w", err)
		}
		sum := sha256.Sum256(b)
		g.marks[name] = Path + "/file/" + hex.EncodeToString(sum[:4]) + "/" + name
	}
	var err error
	if g.looks, err = template.ParseFS(files, "templates/*.html"); err != nil {
		return nil, fmt.Errorf("room: %w", err)
	}
	return g, nil
}

// Run ends the open streams with ctx, so that nobody who closes the house waits for them.
func (g *Pages) Run(ctx context.Context) error {
	<-ctx.Done()
	close(g.ending)
	return nil
}

// Register adds the addresses to the public listener.
func (g *Pages) Register(e *echo.Echo) {
	in := e.Group(Path, g.guard)
	in.GET("", g.talk)
	in.GET("/in/:link", g.doorstep)
	in.POST("/in/:link", g.redeem)
	in.GET("/talk", g.piece)
	in.GET("/news", g.news)
	in.GET("/live", g.live)
	in.POST("/say", g.say)
	in.POST("/tap", g.tap)
	in.POST("/unsend", g.unsend)
	in.POST("/others", g.others)
	in.POST("/quit", g.quit)
	in.GET("/closed", g.closed)
	in.GET("/file/:mark/:name", g.file)
}

// maxForm is most bytes of a form: five thousand characters, written out.
const maxForm = 96 << 10

// guard puts on every answer what keeps it harmless, and turns away forms of other sites.
func (g *Pages) guard(next echo.HandlerFunc) echo.HandlerFunc {
	other := http.NewCrossOriginProtection()
	policy := g.policy()
	return func(c echo.Context) (err error) {
		defer func() {
			if p := recover(); p != nil {
				g.Log.Error("a page of the room broke", "path", c.Path(), "type", fmt.Sprintf("%T", p))
				err = c.NoContent(http.StatusInternalServerError)
			}
		}()
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // an origin must come with our own forms
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("X-Robots-Tag", "noindex, noarchive")
		h.Set("Cache-Control", "no-store")
		if other.Check(c.Request()) != nil {
			return c.NoContent(http.StatusForbidden)
		}
		r := c.Request()
		r.Body = http.MaxBytesReader(c.Response(), r.Body, maxForm)
		if err := next(c); err != nil {
			return g.fault(c, err)
		}
		return nil
	}
}

// policy lets the pages load and send to this house only; the way out may lead
// where the city wants.
func (g *Pages) policy() string {
	leads := ""
	if u, err := url.Parse(g.Exit); err == nil && u.Host != "" {
		leads = " " + u.Scheme + "://" + u.Host
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; " +
		"form-action 'self'" + leads + "; base-uri 'none'; frame-ancestors 'self'"
}

func (g *Pages) file(c echo.Context) error {
	kinds := map[string]string{"style.css": "text/css; charset=utf-8", "room.js": "text/javascript; charset=utf-8"}
	name := c.Param("name")
	b, err := files.ReadFile(name)
	if err != nil || kinds[name] == "" {
		return c.NoContent(http.StatusNotFound)
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return c.Blob(http.StatusOK, kinds[name], b)
}

// visit is one request of a browser that may look.
type visit struct {
	echo.Context
	Guest
	person people.Person
	bundle *flows.Bundle
}

// enter finds out who is there. acts says that somebody did something.
func (g *Pages) enter(c echo.Context, acts bool) (*visit, error) {
	guest, err := g.Store.Sit(c.Request().Context(), g.seat(c), acts, g.Now())
	if err != nil {
		return nil, err
	}
	v := &visit{Context: c, Guest: guest}
	v.person, err = g.People.Get(c.Request().Context(), guest.Person)
	if errors.Is(err, people.ErrNobody) {
		return nil, ClosedError{flows.RoomDeleted}
	}
	if err != nil {
		return nil, err
	}
	v.bundle = g.Bundle(&v.person.State)
	return v, nil
}

// errForm is a form that is none of ours.
var errForm = errors.New("room: the form is not ours")

// enterForm is enter for what changes something: the form must be one of ours.
func (g *Pages) enterForm(c echo.Context) (*visit, error) {
	v, err := g.enter(c, true)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(c.FormValue("token")), []byte(formToken(v.seat))) != 1 {
		return nil, errForm
	}
	return v, nil
}

func formToken(seat string) string {
	sum := sha256.Sum256([]byte("form " + seat))
	return hex.EncodeToString(sum[:16])
}

// lang is the language of the person's talk.
func (v *visit) lang() flows.Lang { return langOf(v.person.State) }

func langOf(s flows.State) flows.Lang {
	if s.Lang == "" {
		return flows.Ja
	}
	return s.Lang
}

// render writes a page whole or not at all.
func (g *Pages) render(c echo.Context, status int, look string, view any) error {
	var b bytes.Buffer
	if err := g.looks.ExecuteTemplate(&b, look, view); err != nil {
		return fmt.Errorf("room: %s: %w", look, err)
	}
	return c.HTMLBlob(status, b.Bytes())
}

// frame is what every page shows around its own words.
type frame struct {
	b             *flows.Bundle
	lang          flows.Lang
	Style, Script string
	Token         string // "" where nobody has been let in
}

func (g *Pages) frame(b *flows.Bundle, l flows.Lang) frame {
	return frame{b: b, lang: l, Style: g.marks["style.css"], Script: g.marks["room.js"]}
}

// Lang is the language of the page, as browsers know it.
func (f frame) Lang() string {
	if f.lang == flows.JaEasy {
		return string(flows.Ja)
	}
	return string(f.lang)
}

// Say is a word of the pages in the person's language.
func (f frame) Say(key string) string { return f.Line("room.page." + key) }

// Line is any fixed word of the house.
func (f frame) Line(key string) string {
	if s := f.b.Sentence(key, f.lang); s != "" {
		return s
	}
	return plain[key]
}

// overView tells why nothing is shown, and what to do.
type overView struct {
	frame
	Why string
}

// fault answers what went wrong: a closed browser gets the page that says so.
func (g *Pages) fault(c echo.Context, err error) error {
	var closed ClosedError
	status := http.StatusInternalServerError
	switch {
	case errors.As(err, &closed):
		if c.Request().Header.Get("X-Room") != "" {
			if c.Request().Method == http.MethodGet {
				return c.NoContent(http.StatusNoContent) // nothing to show any more, which is no fault of the page
			}
			return c.NoContent(http.StatusGone)
		}
		return g.over(c, closed.Why)
	case errors.Is(err, errForm):
		status = http.StatusForbidden
	default:
		g.Log.Error("a page of the room could not be made", "path", c.Path(), "err", err)
	}
	return c.NoContent(status)
}

func (g *Pages) over(c echo.Context, why string) error {
	f := g.frame(g.Bundle(&flows.State{}), g.asked(c))
	says := ""
	if why != whyNone && why != whyQuit {
		says = f.Say("over." + why)
	}
	status := http.StatusOK
	if why == whyLink {
		status = http.StatusForbidden
	}
	return g.render(c, status, "over", overView{f, says})
}

// asked is the language that the browser asks for: where nobody is known it is the
// best guess.
func (g *Pages) asked(c echo.Context) flows.Lang {
	for _, l := range flows.Langs {
		if want := c.Request().Header.Get("Accept-Language"); len(want) >= 2 && want[:2] == string(l) {
			return l
		}
	}
	return flows.Ja
}
