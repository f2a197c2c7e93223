package pages

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/labstack/echo/v4"

	"engawa/flows"
	"engawa/flows/catalogue"
)

// ahead is how far the calendar page looks, mostRows how many dates it holds.
const (
	ahead     = 60 * 24 * time.Hour
	mostRows  = 300
	mostDates = 20 // in that time; with more it is a place that is simply open
)

// offer is an entry as a public page shows it. What is told only on asking and
// the link of an online meeting are not in it at all.
type offer struct {
	ID, Title, Lead, Host, Kind   string
	Place, PlaceID, Way, Station  string
	Asked, Online                 bool
	Facts                         []string
	For                           []string
	Arrive, OnDay, Phone, Picture string
	Hours, Rule                   string
	Capacity                      int
	Access, Langs                 []string
	Dates                         []dateRow
	Cancelled                     bool
	Verified, By                  string
}

func ja(p flows.Phrase) string { s, _ := p.In(flows.Ja); return s }

func (g *Pages) offer(e *catalogue.Entry, now time.Time) offer {
	o := offer{
		ID: e.ID, Title: e.Name(), Lead: ja(e.Lead), Host: e.Host, Kind: kinds[e.Kind], Asked: e.Where.Asked, Online: e.Where.Online != "" || e.Has("オンライン"),
		Facts: e.Facts, Arrive: ja(e.Arrive), OnDay: e.OnDay, Phone: e.Phone, Picture: e.Picture, Hours: ja(e.Hours), Capacity: e.Capacity, Access: e.Access,
		Cancelled: e.State == catalogue.Cancelled,
	}
	for _, l := range e.Langs {
		o.Langs = append(o.Langs, l.OwnName())
	}
	for _, f := range e.For {
		o.For = append(o.For, string(f))
	}
	if !e.Where.Asked {
		o.Place, o.Way, o.Station = ja(e.Where.Place), e.Where.Way, e.Where.Station
		o.PlaceID = placeID(e)
	}
	if !e.Verified.IsZero() {
		o.Verified = e.Verified.In(catalogue.Tokyo).Format("2006年1月2日")
	}
	if len(e.Times) > 0 && o.Hours == "" {
		o.Rule = e.Times[0].RuleWords()
	}
	for _, t := range e.Occurrences(now, now.Add(ahead), g.closed()) {
		if len(o.Dates) < 6 {
			o.Dates = append(o.Dates, dateRow{t.Day, t.Words(now), t.Off})
		}
	}
	return o
}

func placeID(e *catalogue.Entry) string {
	p := ja(e.Where.Place)
	if p == "" || e.Where.Asked {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(p), " ")))
	return hex.EncodeToString(sum[:6])
}

// public are the entries that anybody may see now. Numbers to call are on their
// own page of the city; here are places and what is on.
func (g *Pages) public() []*catalogue.Entry {
	now := g.Now()
	var out []*catalogue.Entry
	for _, e := range g.Entries() {
		if e.Kind != catalogue.Contact && (e.Shown(now) || e.State == catalogue.Cancelled) {
			out = append(out, e)
		}
	}
	return out
}

func (g *Pages) find(id string) (*catalogue.Entry, error) {
	for _, e := range g.public() {
		if e.ID == id {
			return e, nil
		}
	}
	return nil, errGone
}

type dayView struct {
	Words string
	Rows  []calendarRow
}

type calendarRow struct {
	offer
	Time string
	Off  bool
}

type calendarView struct {
	frame
	Days      []dayView
	Always    []offer // open on most days: told once, not every day
	Areas     []string
	Tags      []string
	Area, Tag string
	Feed      string
}

// calendar lists what is on in the weeks to come.
func (g *Pages) calendar(c echo.Context) error {
	now := g.Now().In(catalogue.Tokyo)
	v := calendarView{frame: g.frame("これからの予定"), Area: c.QueryParam("area"), Tag: c.QueryParam("tag"), Feed: "/feed/all.ics"}
	v.Public = true
	type at struct {
		e *catalogue.Entry
		o catalogue.Occurrence
	}
	var all []at
	for _, e := range g.public() {
		v.Areas, v.Tags = keep(v.Areas, e.Where.Area), keep(v.Tags, e.Facts...)
		if e.Kind == catalogue.Service || v.Area != "" && e.Where.Area != v.Area || v.Tag != "" && !tagged(e, v.Tag) {
			continue
		}
		dates := e.Occurrences(now, now.Add(ahead), g.closed())
		if len(dates) > mostDates {
			v.Always = append(v.Always, g.offer(e, now))
			continue
		}
		for _, o := range dates {
			all = append(all, at{e, o})
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].o.Start.Before(all[j].o.Start) })
	last := ""
	for _, a := range all[:min(len(all), mostRows)] {
		if day := catalogue.DayWords(a.o.Start, now); day != last {
			v.Days, last = append(v.Days, dayView{Words: day}), day
		}
		d := &v.Days[len(v.Days)-1]
		clock := catalogue.ClockWords(a.o.Start) + "から" + catalogue.ClockWords(a.o.End) + "まで"
		d.Rows = append(d.Rows, calendarRow{offer: g.offer(a.e, now), Time: clock, Off: a.o.Off})
	}
	switch {
	case v.Area != "":
		v.Feed = "/feed/area/" + url.PathEscape(v.Area) + ".ics"
	case v.Tag != "":
		v.Feed = "/feed/tag/" + url.PathEscape(v.Tag) + ".ics"
	}
	sort.Strings(v.Areas)
	return g.show(c, "calendar", v)
}

func keep(list []string, more ...string) []string {
	for _, m := range more {
		if m != "" && !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

func tagged(e *catalogue.Entry, tag string) bool {
	return slices.Contains(e.Tags, tag) || e.Has(tag) || slices.Contains(e.For, catalogue.For(tag))
}

func (g *Pages) show(c echo.Context, look string, view any) error {
	var b bytes.Buffer
	if err := g.looks[look].ExecuteTemplate(&b, "base", view); err != nil {
		return fmt.Errorf("pages: %s: %w", look, err)
	}
	return g.cached(c, "text/html; charset=utf-8", b.Bytes())
}

type eventView struct {
	frame
	O  offer
	QR template.HTML
	At string
}

func (g *Pages) eventView(c echo.Context) (eventView, error) {
	e, err := g.find(c.Param("id"))
	if err != nil {
		return eventView{}, err
	}
	v := eventView{frame: g.frame(e.Name()), O: g.offer(e, g.Now().In(catalogue.Tokyo)), At: g.URL() + "/event/" + e.ID}
	v.Public = true
	return v, nil
}

func (g *Pages) event(c echo.Context) error {
	v, err := g.eventView(c)
	if err != nil {
		return err
	}
	return g.show(c, "event", v)
}

// sheet is an A4 page for a notice board, with a code that leads here.
func (g *Pages) sheet(c echo.Context) error {
	v, err := g.eventView(c)
	if err != nil {
		return err
	}
	if v.QR, err = QR(v.At); err != nil {
		return err
	}
	return g.show(c, "sheet", v)
}

type placeView struct {
	frame
	Place, Way string
	Offers     []offer
}

// place shows all that is at one place.
func (g *Pages) place(c echo.Context) error {
	now := g.Now().In(catalogue.Tokyo)
	v := placeView{}
	for _, e := range g.public() {
		if id := placeID(e); id != "" && id == c.Param("id") {
			v.Place, v.Way = ja(e.Where.Place), e.Where.Way
			v.Offers = append(v.Offers, g.offer(e, now))
		}
	}
	if v.Place == "" {
		return errGone
	}
	v.frame = g.frame(v.Place)
	v.Public = true
	return g.show(c, "place", v)
}

func (g *Pages) flyer(c echo.Context) error {
	b, err := g.Store.Picture(c.Request().Context(), c.Param("name"))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return c.Blob(http.StatusOK, "image/jpeg", b)
}

// QR draws a code as SVG, with the quiet border that readers need.
func QR(text string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("pages: code: %w", err)
	}
	const quiet = 4
	n := code.Bounds().Dx()
	var path strings.Builder
	for y := range n {
		for x := range n {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	side := n + 2*quiet
	//#nosec G203 -- numbers and M, h, v of our own loop, nothing that anybody wrote
	return template.HTML(fmt.Sprintf(`<svg class="qr" viewBox="0 0 %d %d" role="img" aria-label="QRコード"><rect width="%d" height="%d" fill="#fff"/><path d="%s" fill="#000"/></svg>`, side, side, side, side, path.String())), nil
}
