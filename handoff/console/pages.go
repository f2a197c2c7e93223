package console

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"

	"engawa/handoff/staff"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static/*
var staticFiles embed.FS

// pages are all templates in all languages, and the files that go with them.
type pages struct {
	words   map[string]catalogue
	made    map[string]map[string]*template.Template // language → page → template
	files   map[string][]byte
	version string // changes with the files, so that browsers may keep them
}

// parts are the templates that every page may use; all others are whole pages.
var parts = []string{"templates/base.html", "templates/drawings.html", "templates/line.html", "templates/talk.html", "templates/helps.html", "templates/place.html"}

func newPages() (*pages, error) {
	p := &pages{words: map[string]catalogue{}, made: map[string]map[string]*template.Template{}, files: map[string][]byte{}}
	if err := p.readFiles(); err != nil {
		return nil, err
	}
	whole, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("console: templates: %w", err)
	}
	whole = slices.DeleteFunc(whole, func(file string) bool { return slices.Contains(parts, file) })
	for _, lang := range tastes["lang"] {
		words, err := readCatalogue(lang)
		if err != nil {
			return nil, err
		}
		p.words[lang] = words
		base := template.New("").Funcs(template.FuncMap{
			"t":      words.say,
			"static": func(name string) string { return "/static/" + p.version + "/" + name },
			"keys":   func() []keyHelp { return keyTable },
		})
		if base, err = base.ParseFS(templateFiles, parts...); err != nil {
			return nil, fmt.Errorf("console: templates: %w", err)
		}
		p.made[lang] = map[string]*template.Template{}
		for _, file := range whole {
			name := strings.TrimSuffix(path.Base(file), ".html")
			page, err := template.Must(base.Clone()).ParseFS(templateFiles, file)
			if err != nil {
				return nil, fmt.Errorf("console: templates: %s: %w", name, err)
			}
			p.made[lang][name] = page
		}
	}
	return p, nil
}

func (p *pages) readFiles() error {
	sum := sha256.New()
	entries, err := fs.ReadDir(staticFiles, "static")
	if err != nil {
		return fmt.Errorf("console: static: %w", err)
	}
	for _, e := range entries {
		data, err := fs.ReadFile(staticFiles, "static/"+e.Name())
		if err != nil {
			return fmt.Errorf("console: static: %w", err)
		}
		p.files[e.Name()] = data
		sum.Write(data)
	}
	p.version = hex.EncodeToString(sum.Sum(nil))[:12]
	return nil
}

func (p *pages) say(lang string) sayer { return p.words[lang].say }

// render makes a page whole before a byte of it leaves: half a page is no page.
func (c *console) render(v *visit, status int, name string, data any) error {
	return c.renderPart(v, status, name, "base", data)
}

func (c *console) renderPart(v *visit, status int, name, part string, data any) error {
	var b bytes.Buffer
	if err := c.pages.made[v.Taste.Lang][name].ExecuteTemplate(&b, part, data); err != nil {
		return fmt.Errorf("console: render %s: %w", name, err)
	}
	return v.HTMLBlob(status, b.Bytes())
}

var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

// static serves the embedded files by their exact name; there is no folder to climb out of.
func (c *console) static(v *visit) error {
	data, ok := c.pages.files[v.Param("file")]
	kind := mediaTypes[path.Ext(v.Param("file"))]
	if !ok || kind == "" {
		return errMissing
	}
	if v.Param("version") == c.pages.version {
		v.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	return v.Blob(http.StatusOK, kind, data)
}

// page is what every page shows around its own part.
type page struct {
	Lang, Size, Theme string
	Keys              bool
	Title, Here       string
	Staff             string // alias; "" before sign-in
	Account           string
	roles             *visit
	OnDuty, NextOpen  string
	Pushes            *pushView
	Out               string // until when oneself is out
	Shifts            bool   // people may go out and come back
	Drafts            string
	Health            *healthView
	Telling           *tellingView
	Notice, Sent      string
	Live, Case        string // what the script listens to
	Hush              string // when it may not sound
	Seat              string // names the sign-in to the tabs of one browser
}

type pushView struct {
	Text  string
	Width int // of 100
}

// sections are the pages that the navigation names, in its order. What somebody who
// reads talks needs only now and then is behind one word, so that the rest stays on
// one line.
var sections = []section{
	{"line", "/", "nav.line", reads, false},
	{"tasks", "/tasks", "nav.tasks", reads, false},
	{"search", "/search", "nav.search", reads, false},
	{"groups", "/groups", "nav.groups", guides, false},
	{"practice", "/practice", "nav.practice", speaks, true},
	{"recheck", "/recheck", "nav.recheck", rechecks, true},
	{"overview", "/overview", "nav.overview", counts, false},
	{"voices", "/voices", "nav.voices", hears, true},
	{"ledger", "/ledger", "nav.ledger", counts, true},
	{"content", "/content", "nav.content", counts, true},
	{"hours", "/hours", "nav.hours", keepsHours, true},
	{"areas", "/areas", "nav.areas", seesAreas, true},
	{"people", "/people", "nav.people", seesPeople, true},
	{"book", "/book", "nav.book", audits, true},
}

// section is one place in the navigation and who sees it.
type section struct {
	Here, Href, Word string
	roles            []staff.Role
	seldom           bool
}

// Sections are the places that this person may go to.
func (p page) Sections() []section { return p.places(false) }

// Seldom are those behind one word.
func (p page) Seldom() []section { return p.places(true) }

func (p page) places(seldom bool) []section {
	return slices.DeleteFunc(slices.Clone(sections), func(s section) bool {
		return !p.sees(s.roles) || (s.seldom && p.Reads()) != seldom
	})
}

// Reads says whether this person may read talks.
func (p page) Reads() bool { return p.sees(reads) }

func (p page) sees(roles []staff.Role) bool { return p.roles != nil && p.roles.has(roles) }

// May says whether the buttons of an act are shown.
func (p page) May(what string) bool {
	return p.roles != nil && p.roles.has(map[string][]staff.Role{"letters": repairs, "speak": speaks}[what])
}

// plainPage is a page for somebody whose session is not known.
func (c *console) plainPage(v *visit, title string) page {
	return page{Lang: v.Taste.Lang, Size: v.Taste.Size, Theme: v.Taste.Theme, Keys: v.Taste.Keys == "on", Title: title}
}

// fullPage adds who is on, when the house opens and what has been sent.
func (c *console) fullPage(v *visit, here, title string) page {
	p := c.plainPage(v, title)
	say, now := c.pages.say(v.Taste.Lang), c.now()
	p.Here, p.Staff, p.Account, p.roles, p.Live = here, v.Alias, v.Name, v, "/live"
	if !v.has(reads) {
		p.Live = ""
	}
	p.Seat, p.Hush = seatOf(v.Session.ID), c.hush(v)
	p.OnDuty = c.onDuty(v.Request().Context(), say)
	switch open, next := c.Roster.OpenAt(now); {
	case next.IsZero():
	case open:
		p.NextOpen = say("now.open", "until", say.coming(next.In(c.zone()), now))
	default:
		p.NextOpen = say("now.next", "when", say.coming(next.In(c.zone()), now))
	}
	if p.Shifts = c.Shifts != nil && v.has(speaks); p.Shifts {
		if until := c.outUntil(v.Name); !until.IsZero() {
			p.Out = say("out.until", "until", say.coming(until, now))
		}
	}
	if b, ok := c.budget(v.Request().Context()); ok {
		p.Pushes = pushes(say, b)
	}
	if c.Drafts {
		p.Drafts = say("now.drafts")
	}
	p.Health = c.health(v, say)
	p.Telling = c.telling(v, say)
	p.Notice, p.Sent = c.notice(v, say)
	return p
}

// onDuty names who is on shift. Without an answer of the store it says nothing rather than "nobody".
func (c *console) onDuty(ctx context.Context, say sayer) string {
	accounts, err := c.Staff.List(ctx)
	if err != nil {
		return ""
	}
	var on []string
	for _, a := range accounts {
		if !a.Disabled && (&visit{Session: staff.Session{Account: a}}).has(speaks) && c.Roster.On(a.Name, c.now()) {
			on = append(on, a.Alias)
		}
	}
	if len(on) == 0 {
		return say("now.nobody")
	}
	return say("now.on", "staff", strings.Join(on, "・"))
}

// did are the sentences that may follow a form; the address names them, nothing else.
var did = slices.Concat(placeDid, keepDid, restDid, eraseDid, undoDid, eyesDid, readyDid, taskDid, contentDid, groupDid, recheckDid, peopleDid, areaDid, []string{"ownreach"}, secondDid, []string{
	"sent", "noted", "claimed", "opened", "more", "returned", "handback", "closed", "extended", "acked",
	"resent", "dropped", "sessionended", "signedoutok", "password",
	"hours", "switched", "switchended", "bellon", "bellchanged", "belloff", "belltried", "snoozed", "asked", "unasked", "accepted", "declined", "out", "back", "returnedall", "looked",
})

// notice gives the sentence that follows a form, and the act that was sent, for
// the script to let go of its draft.
func (c *console) notice(v *visit, say sayer, pairs ...any) (text, sent string) {
	if key := v.QueryParam("did"); slices.Contains(did, key) {
		text = say("notice."+key, pairs...)
	}
	if act := v.QueryParam("sent"); actShape.MatchString(act) {
		sent = act
	}
	return text, sent
}

var actShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
