// Package pages is what peer groups and people without LINE see of the board:
// the pages on which a group posts from a phone, and the public pages and
// calendar feeds of what is on.
//
// All of it works without a script. Reading changes nothing and needs no cookie;
// posting is bound to a browser by a one-time link, with no password.
//
//	pages.go    the addresses, and what every answer carries
//	door.go     links, invitations, the browser that is let in
//	form.go     posting in six steps, with a draft that survives
//	when.go     days, hours and repetition, as a form shows them
//	manage.go   what a group does with what stands: cancel, move, again
//	people.go   who posts: invitations, addresses, questions; pausing and going on
//	letters.go  mails to members, links that open the talk
//	picture.go  a flyer made clean
//	public.go   the calendar, one event, one place, a sheet for the wall
//	feed.go     calendar feeds
package pages

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"engawa/bot/board"
	"engawa/flows"
	"engawa/flows/catalogue"
)

//go:embed templates/*.html style.css
var files embed.FS

// Parts is what the pages are put together from.
type Parts struct {
	Store   *board.Store
	Board   *board.Follower
	Entries func() []*catalogue.Entry // everything that may be public: cards and posts
	House   func() *flows.House
	// Asked gives the words of a question; false if they were taken back. nil: none are asked.
	Asked  func(ctx context.Context, q *board.Question) (words string, there bool)
	URL    func() string            // where the world reaches us, no slash at the end
	Talk   func(text string) string // opens our talk with a text ready; "" not possible. nil: there is none
	Mail   bool                     // letters can be sent
	Rest   func() time.Duration     // how long a group that is asked has to answer; nil: none is asked
	Secure bool                     // cookies over https only
	Now    func() time.Time
	Log    *slog.Logger
}

// Pages answers on the public listener.
type Pages struct {
	Parts
	looks map[string]*template.Template
	style []byte
	mark  string // of the style, for its address
}

// New reads the templates.
func New(p Parts) (*Pages, error) {
	style, err := files.ReadFile("style.css")
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	sum := sha256.Sum256(style)
	g := &Pages{Parts: p, looks: map[string]*template.Template{}, style: style, mark: hex.EncodeToString(sum[:4])}
	names, err := files.ReadDir("templates")
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	for _, n := range names {
		name := strings.TrimSuffix(n.Name(), ".html")
		if name == "base" {
			continue
		}
		t, err := template.New("base").Funcs(words).ParseFS(files, "templates/base.html", "templates/"+n.Name())
		if err != nil {
			return nil, fmt.Errorf("pages: %w", err)
		}
		g.looks[name] = t
	}
	return g, nil
}

// words are what templates may say by themselves.
var words = template.FuncMap{
	"ja":   func(p flows.Phrase) string { s, _ := p.In(flows.Ja); return s },
	"kind": func(k catalogue.Kind) string { return kinds[k] },
	"add":  func(a, b int) int { return a + b },
}

var kinds = map[catalogue.Kind]string{catalogue.Ibasho: "居場所", catalogue.Event: "もよおし", catalogue.Role: "やること", catalogue.Service: "窓口", catalogue.Contact: "連絡先"}

// most bytes of a form; a flyer from a phone's camera fits.
const maxForm = 12 << 20

// Register adds the addresses to the public listener.
func (g *Pages) Register(e *echo.Echo) {
	in := e.Group("/g", g.guard)
	in.GET("", g.home)
	in.GET("/in/:link", g.doorstep)
	in.POST("/in/:link", g.redeem)
	in.GET("/join", g.joinPage)
	in.GET("/join/:code", g.joinPage)
	in.POST("/join", g.join)
	in.GET("/lost", g.lostPage)
	in.POST("/lost", g.lost)
	in.POST("/out", g.out)
	in.POST("/life", g.life)
	in.GET("/people", g.people)
	in.POST("/people", g.changePeople)
	in.POST("/q/:question", g.answer)
	in.POST("/new", g.begin)
	in.GET("/post", g.stepPage)
	in.POST("/post", g.step)
	in.POST("/send", g.send)
	in.GET("/p/:post", g.managePage)
	in.POST("/p/:post/again", g.again)
	in.POST("/p/:post/edit", g.edit)
	in.POST("/p/:post/cancel", g.cancel)
	in.POST("/p/:post/move", g.move)

	open := e.Group("", g.guard)
	open.GET("/style/:mark", g.styleSheet)
	open.GET("/flyer/:name", g.flyer)
	open.GET("/calendar", g.calendar)
	open.GET("/event/:id", g.event)
	open.GET("/event/:id/print", g.sheet)
	open.GET("/place/:id", g.place)
	open.GET("/feed/all.ics", g.feedAll)
	open.GET("/feed/event/:id", g.feedEvent)
	open.GET("/feed/area/:name", g.feedArea)
	open.GET("/feed/tag/:name", g.feedTag)
}

// guard puts on every answer what keeps it harmless, and turns away forms of other sites.
func (g *Pages) guard(next echo.HandlerFunc) echo.HandlerFunc {
	other := http.NewCrossOriginProtection()
	return func(c echo.Context) (err error) {
		defer func() {
			if p := recover(); p != nil {
				g.Log.Error("a page broke", "path", c.Path(), "type", fmt.Sprintf("%T", p))
				err = g.fault(c, errors.New("pages: panic"))
			}
		}()
		h := c.Response().Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if other.Check(c.Request()) != nil {
			return g.fault(c, errForm)
		}
		r := c.Request()
		r.Body = http.MaxBytesReader(c.Response(), r.Body, maxForm)
		if err := next(c); err != nil {
			return g.fault(c, err)
		}
		return nil
	}
}

var (
	errForm = errors.New("pages: the form is not ours")
	errGone = errors.New("pages: nothing is here")
)

// frame is what every page shows around its own words.
type frame struct {
	Title, House, City, Style string
	Group                     *board.Group
	Token                     string
	Public                    bool
}

func (g *Pages) frame(title string) frame {
	house := g.House()
	return frame{Title: title, House: house.Name, City: house.City, Style: "/style/" + g.mark}
}

// render writes a page whole or not at all.
func (g *Pages) render(c echo.Context, status int, look string, view any) error {
	var b bytes.Buffer
	if err := g.looks[look].ExecuteTemplate(&b, "base", view); err != nil {
		return fmt.Errorf("pages: %s: %w", look, err)
	}
	return c.HTMLBlob(status, b.Bytes())
}

// messageView is a page that only says something and shows the way on.
type messageView struct {
	frame
	Says, Then string
	Link, Act  string
}

// fault says what happened, what is safe and what to do. The errors of the board
// hold no words of anybody.
func (g *Pages) fault(c echo.Context, err error) error {
	v := messageView{frame: g.frame("ひらけませんでした"), Link: "/g", Act: "会のページへ"}
	status := http.StatusInternalServerError
	var router *echo.HTTPError // the router's own: no such address, or not by this method
	switch {
	case errors.Is(err, errGone), errors.Is(err, board.ErrUnknown), errors.As(err, &router) && router.Code < http.StatusInternalServerError:
		status, v.Says, v.Then, v.Link, v.Act = http.StatusNotFound, "このページは、いまはありません。", "おわった会や、取りやめになった会かもしれません。", "/calendar", "いまあるものを見る"
	case errors.Is(err, board.ErrLink):
		status, v.Says, v.Then, v.Link, v.Act = http.StatusForbidden, "このリンクは、もう使えません。", "新しいリンクを、すぐに出せます。書きかけのものは1週間のこっています。", "/g/lost", "新しいリンクをもらう"
	case errors.Is(err, board.ErrCode):
		status, v.Says, v.Then, v.Link, v.Act = http.StatusForbidden, "この番号では入れませんでした。", "使い終わったか、まちがいがあるかもしれません。もう一度たしかめられます。", "/g/join", "番号を入れなおす"
	case errors.Is(err, board.ErrOften):
		status, v.Says, v.Then = http.StatusTooManyRequests, "つづけて何度も届いたので、少しお休みしています。", "10分ほどたってから、もう一度できます。書いたものはのこっています。"
	case errors.Is(err, board.ErrMay), errors.Is(err, errForm):
		status, v.Says, v.Then = http.StatusForbidden, "この操作はできませんでした。", "会のページから、もう一度はじめられます。何も変わっていません。"
	case board.Edited(err):
		status, v.Says, v.Then = http.StatusConflict, "ほかの人が、先に直していました。", "先に直したほうがのこっています。あなたの書いたものも下書きにあります。いまの内容を見てから、もう一度直せます。"
	case errors.Is(err, board.ErrState):
		status, v.Says, v.Then = http.StatusConflict, "いまの状態では、できない操作でした。", "会のページで、いまの様子を見られます。"
	default:
		g.Log.Error("a page could not be made", "path", c.Path(), "err", err)
		v.Says, v.Then = "いま、うまく動いていません。", "書いたものはのこっています。少しあとで、もう一度ひらけます。"
	}
	return g.render(c, status, "message", v)
}

// cached lets a public answer be kept, and asked for by its mark each time: what
// is cancelled is seen at once, and what has not changed costs nobody a byte.
func (g *Pages) cached(c echo.Context, kind string, body []byte) error {
	sum := sha256.Sum256(body)
	mark := `"` + hex.EncodeToString(sum[:8]) + `"`
	h := c.Response().Header()
	h.Set("Cache-Control", "public, no-cache")
	h.Set("ETag", mark)
	if c.Request().Header.Get("If-None-Match") == mark {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, kind, body)
}

func (g *Pages) styleSheet(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return c.Blob(http.StatusOK, "text/css; charset=utf-8", g.style)
}

func (g *Pages) closed() catalogue.Closed { return catalogue.Closed(g.House().Closed) }
