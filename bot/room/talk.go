package room

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"html/template"
	"net/http"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/labstack/echo/v4"

	"engawa/bot/people"
	"engawa/flows"
)

const (
	maxWords = 5000                    // of one text, counted as LINE and browsers count
	maxLines = 300                     // shown at once
	settling = 2500 * time.Millisecond // that a form waits for its answer before the page is shown
	writing  = 4 * time.Second         // for the stores
)

// line is one thing that was said, as the page shows it.
type line struct {
	ID      string // of the resident's own texts: they can be taken back
	Who     string
	Kind    string // mine, staff, machine
	Time    string
	ISO     string
	Text    string
	Gone    bool
	Bubbles []flows.Bubble
	Choices []flows.Button
	Crisis  bool
}

// talkView is the page.
type talkView struct {
	frame
	Lines       []line
	First, Rest []flows.Button
	Form        string // names what is written next
	Change      int64
	Max         int
	Many        bool   // other browsers may look too
	Draft       string // what could not be sent
	Trouble     string
	Exit        string
}

// talk is the room.
func (g *Pages) talk(c echo.Context) error {
	v, err := g.enter(c, true)
	if err != nil {
		return err
	}
	return g.show(v, http.StatusOK, "talk", "", "")
}

// piece is the same without what stands around it, for a page that is open.
func (g *Pages) piece(c echo.Context) error {
	v, err := g.enter(c, false)
	if err != nil {
		return err
	}
	return g.show(v, http.StatusOK, "lines", "", "")
}

func (g *Pages) show(v *visit, status int, look, draft, trouble string) error {
	ctx := v.Request().Context()
	said, err := g.People.Talk(ctx, v.Person, time.Unix(v.person.State.Visit, 0))
	if err != nil {
		return err
	}
	view := talkView{
		frame: g.frame(v.bundle, v.lang()), Lines: g.lines(v, said), Form: rand.Text(), Change: v.Change, Max: maxWords,
		Many: v.Seats > 1, Draft: draft, Trouble: trouble, Exit: g.Exit,
	}
	view.Token = formToken(v.seat)
	view.First, view.Rest = flows.WaysOut(v.bundle, v.person.State)
	if view.Exit == "" {
		view.Exit = Path + "/closed"
	}
	if err := g.render(v, status, look, view); err != nil {
		return err
	}
	// Only now: a page that could not be made has shown nothing.
	return g.Store.Seen(ctx, v.Person, v.Change, g.Now())
}

// lines are the talk, the oldest first.
func (g *Pages) lines(v *visit, said []people.Said) (out []line) {
	f := g.frame(v.bundle, v.lang())
	zone := v.bundle.House.Zone
	if zone == nil {
		zone = time.UTC
	}
	today := g.Now().In(zone).Format(time.DateOnly)
	for _, s := range said {
		at := s.At.In(zone)
		l := line{Time: at.Format("15:04"), ISO: at.Format(time.RFC3339), Text: s.Text, Gone: s.Gone}
		if at.Format(time.DateOnly) != today {
			l.Time = at.Format("1/2 15:04")
		}
		if !l.fill(f, s) {
			continue
		}
		for i := range out { // what was asked before is not asked any more
			if !out[i].Crisis && l.Kind != "staff" {
				out[i].Choices = nil
			}
		}
		out = append(out, l)
	}
	if len(out) > maxLines {
		out = out[len(out)-maxLines:]
	}
	return out
}

// fill says who said it and how; false for what the room does not show.
func (l *line) fill(f frame, s people.Said) bool {
	switch {
	case s.By == people.ByStaff:
		l.Kind, l.Who = "staff", strings.ReplaceAll(f.Line("sender.human"), "{staff}", s.Staff)
	case s.By == people.ByResident && s.Kind == people.KindText, s.By == people.ByResident && s.Kind == people.KindTap:
		l.Kind, l.Who = "mine", f.Say("you")
		if s.Kind == people.KindText && !s.Gone {
			l.ID = s.ID
		}
	case s.Kind == people.KindShown && !s.Gone:
		var shown Shown
		if json.Unmarshal([]byte(s.Text), &shown) != nil {
			return false
		}
		l.Kind, l.Who, l.Text = "machine", f.Line("sender.machine"), ""
		l.Bubbles, l.Choices, l.Crisis = shown.Bubbles, shown.Choices, shown.Crisis
	default:
		return false
	}
	return l.Gone || l.Text != "" || len(l.Bubbles) > 0
}

// say takes what was written.
func (g *Pages) say(c echo.Context) error {
	v, err := g.enterForm(c)
	if err != nil {
		return err
	}
	words := clean(c.FormValue("words"))
	if words == "" {
		return g.done(v)
	}
	if len(utf16.Encode([]rune(words))) > maxWords {
		return g.notSent(v, http.StatusUnprocessableEntity, words, "trouble")
	}
	return g.write(v, Written{Text: words}, words)
}

// tap takes a button.
func (g *Pages) tap(c echo.Context) error {
	v, err := g.enterForm(c)
	if err != nil {
		return err
	}
	data := c.FormValue("data")
	if _, err := flows.DecodeTap(data); err != nil {
		return errForm
	}
	return g.write(v, Written{Tap: data}, "")
}

// unsend takes back a text of their own.
func (g *Pages) unsend(c echo.Context) error {
	v, err := g.enterForm(c)
	if err != nil {
		return err
	}
	said, there, err := g.People.One(c.Request().Context(), v.Person, c.FormValue("id"))
	if err != nil {
		return err
	}
	if !there || said.By != people.ByResident || said.Gone {
		return g.done(v)
	}
	return g.write(v, Written{Unsend: said.ID}, "")
}

// write puts it into the person's lane. What is not safely there is given back.
func (g *Pages) write(v *visit, w Written, draft string) error {
	ctx, cancel := context.WithTimeout(v.Request().Context(), writing)
	defer cancel()
	if err := g.Often(ctx, "room:"+hashOf(v.seat), 60, 5*time.Minute); err != nil {
		return g.notSent(v, http.StatusTooManyRequests, draft, "often")
	}
	form := v.FormValue("form")
	if len(form) < 16 || len(form) > 64 {
		return errForm
	}
	bell, stop := g.Store.listen(v.Person, mostStreams*2)
	defer stop()
	if err := g.Written(ctx, v.Person, eventOf(v.Person, form, w), w); err != nil {
		g.Log.Error("room: not stored; the page gives the words back", "err", err)
		return g.notSent(v, http.StatusServiceUnavailable, draft, "trouble")
	}
	g.await(v, bell)
	return g.done(v)
}

// await gives the answer a moment, so that the page that follows shows it.
func (g *Pages) await(v *visit, bell chan struct{}) {
	enough := time.NewTimer(settling)
	defer enough.Stop()
	look := time.NewTicker(150 * time.Millisecond) // the turn may be another process's
	defer look.Stop()
	for {
		select {
		case <-enough.C:
			return
		case <-v.Request().Context().Done():
			return
		case <-g.ending:
			return
		case <-bell:
		case <-look.C:
		}
		now, err := g.Store.Sit(v.Request().Context(), v.seat, false, g.Now())
		if err != nil || now.Change > v.Change {
			return
		}
	}
}

// done shows the room again; a script needs no page.
func (g *Pages) done(v *visit) error {
	if v.Request().Header.Get("X-Room") != "" {
		return v.NoContent(http.StatusNoContent)
	}
	return v.Redirect(http.StatusSeeOther, Path+"#end")
}

// notSent gives the words back with what can be done.
func (g *Pages) notSent(v *visit, status int, words, why string) error {
	if v.Request().Header.Get("X-Room") != "" {
		return v.NoContent(status)
	}
	return g.show(v, status, "talk", words, g.frame(v.bundle, v.lang()).Say(why))
}

// clean makes words fit to be stored.
func clean(words string) string {
	words = strings.ToValidUTF8(words, "\uFFFD")
	words = strings.ReplaceAll(words, "\r\n", "\n")
	return strings.TrimSpace(strings.ReplaceAll(words, "\x00", ""))
}

// way is one button with what its form needs.
type way struct {
	flows.Button
	URI         template.URL
	Token, Form string
	Out         bool // it leads to another page
}

// Way draws a button. Telephone numbers and https pages are the only addresses.
func (v talkView) Way(b flows.Button) way {
	w := way{Button: b, Token: v.Token, Form: v.Form}
	if strings.HasPrefix(b.URI, "tel:") || strings.HasPrefix(b.URI, "https://") || strings.HasPrefix(b.URI, "http://") {
		//#nosec G203 -- a number to dial or a web address, as looked at above; the template quotes it
		w.URI, w.Out = template.URL(b.URI), !strings.HasPrefix(b.URI, "tel:")
	}
	return w
}
