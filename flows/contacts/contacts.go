// Package contacts makes the static pages of the house, in every language: the
// numbers that answer (contacts.go), and who reads what for how long (privacy.go).
// Each is one file that needs nothing but a browser. The city puts them on its own
// web site, so that who is in danger finds a number on the day we are down.
package contacts

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"engawa/flows"
)

//go:embed *.html
var sources embed.FS

var pages = template.Must(template.ParseFS(sources, "*.html"))

// section is the page in one language.
type section struct {
	Lang, Name, HTMLLang                   string
	Title, Lead, Write, None, Made, Notice string
	Calls, Writes                          []entry
	Others                                 bool // some number beside the three is verified
}

type entry struct {
	Title, Lead, Hours string
	Phone              string // as it is dialled
	Href               template.URL
}

// Page draws it as it is at the time now. 110, 119 and 189 always stand there;
// any other contact only while a person's verification of it holds. Drafts never
// matter here: what nobody verified is not shown, whatever else is accepted.
func Page(b *flows.Bundle, n flows.Notice, now time.Time) ([]byte, error) {
	if b.House.Zone != nil {
		now = now.In(b.House.Zone)
	}
	data := struct {
		House, City, Date string
		Sections          []section
	}{b.House.Name, b.House.City, now.Format(time.DateOnly), nil}
	for _, l := range flows.Langs {
		data.Sections = append(data.Sections, sectionIn(b, n, l, now))
	}
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, "page.html", data); err != nil {
		return nil, fmt.Errorf("contacts: %w", err)
	}
	return out.Bytes(), nil
}

func sectionIn(b *flows.Bundle, n flows.Notice, l flows.Lang, now time.Time) section {
	say := func(key string) string {
		if ps := b.Lines[key]; len(ps) > 0 {
			if text, _ := ps[0].In(l); text != "" {
				return text
			}
		}
		return own[key]
	}
	s := section{Lang: string(l), Name: l.OwnName(), HTMLLang: htmlLang(l), Title: say("contacts.title"), Lead: say("contacts.lead"),
		Write: say("contacts.write"), None: say("contacts.none"), Made: say("contacts.made")}
	var told []string
	if n.DisasterAt(now) {
		told = append(told, say("notice.disaster"))
	}
	if n.AwayAt(now) {
		told = append(told, strings.ReplaceAll(say("notice.away"), "{when}", flows.SpokenAt(b.House.Reopens(n.Away), now, l)))
	}
	s.Notice = strings.Join(told, " ")
	cards := ready(b, now)
	for _, phone := range always {
		if !slices.ContainsFunc(cards, func(c *flows.Card) bool { return c.Always && c.Phone == phone }) { // whatever the folder has
			//#nosec G203 -- tel: before digits, or an address that begins with https://; the template quotes it
			s.Calls = append(s.Calls, entry{Title: phone, Phone: phone, Href: template.URL("tel:" + phone)})
		}
	}
	for _, c := range cards {
		e := entry{Phone: c.Phone}
		e.Title, _ = c.Title.In(l)
		e.Lead, _ = c.Lead.In(l)
		e.Hours, _ = c.Hours.In(l)
		s.Others = s.Others || !c.Always
		if c.Phone != "" {
			e.Href = template.URL("tel:" + dialled(c.Phone)) //#nosec G203 -- tel: before digits, or an address that begins with https://; the template quotes it
			s.Calls = append(s.Calls, e)
		} else if strings.HasPrefix(c.URL, "https://") {
			e.Href = template.URL(c.URL) //#nosec G203 -- tel: before digits, or an address that begins with https://; the template quotes it
			s.Writes = append(s.Writes, e)
		}
	}
	return s
}

// own are the words for a folder that has none of its own: the numbers must not
// stand there without a heading.
var own = map[string]string{"contacts.title": "いまつながる電話 / Numbers that answer now", "contacts.made": "作った日 / made on",
	"contacts.write": "文字で話せるところ / Places to write"}

// always are the numbers that stand there in any case, in this order.
var always = []string{"119", "110", "189"}

// ready lists the contacts that may be shown: the three first, then by name.
func ready(b *flows.Bundle, now time.Time) []*flows.Card {
	var out []*flows.Card
	for _, c := range b.Cards {
		if c != nil && c.Kind == "contact" && c.Fresh(now) && (c.Phone != "" || c.URL != "") {
			out = append(out, c)
		}
	}
	place := func(c *flows.Card) int {
		if i := slices.Index(always, c.Phone); i >= 0 && c.Always {
			return i
		}
		return len(always)
	}
	slices.SortFunc(out, func(x, y *flows.Card) int {
		if d := place(x) - place(y); d != 0 {
			return d
		}
		return strings.Compare(string(x.ID), string(y.ID))
	})
	return out
}

func dialled(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' || r == '#' {
			return r
		}
		return -1
	}, phone)
}

// htmlLang is a language as browsers and screen readers know it.
func htmlLang(l flows.Lang) string {
	switch l {
	case flows.JaEasy:
		return "ja"
	case flows.Zh:
		return "zh-Hans"
	}
	return string(l)
}
