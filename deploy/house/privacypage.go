package house

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"engawa/config/privacy"
	"engawa/flows"
	"engawa/flows/contacts"
)

// privacyPath is where the page about who reads and what is kept lies on the public listener.
const privacyPath = "/privacy"

type privacyCmd struct {
	contentFlags
	HTML string `name:"html" help:"書くファイル / the file to write" required:"" placeholder:"FILE"`
}

// Run writes the page as one file. It needs neither store nor LINE.
func (c privacyCmd) Run() error {
	b, err := c.load()
	if err != nil {
		return err
	}
	page, err := contacts.Privacy(b, contacts.Facts{Records: b.House.Records, Kept: keptTable()}, time.Now())
	if err != nil {
		return err
	}
	return writePage(c.HTML, page, "ここのことのページ")
}

// keptTable is the Keep table as people read it.
func keptTable() []contacts.Kept {
	out := make([]contacts.Kept, 0, len(privacy.KeepTable))
	for _, row := range privacy.KeepTable {
		out = append(out, contacts.Kept{What: row.What, For: lengthOf(row.For), From: row.From})
	}
	return out
}

// lengthOf tells how long in days or whole years.
func lengthOf(d time.Duration) string {
	const day, year = 24 * time.Hour, 365 * 24 * time.Hour
	switch {
	case d == privacy.Forever:
		return "ずっと"
	case d >= year && d%year == 0:
		return fmt.Sprintf("%d年", d/year)
	}
	return fmt.Sprintf("%d日", d/day)
}

// withPages leads to our own page on who reads and what is kept, where the content
// names none of the city's own.
func (h *house) withPages(b *flows.Bundle) *flows.Bundle {
	if b.House.Privacy != "" || h.cfg.PublicURL == "" {
		return b
	}
	own := *b
	own.House.Privacy = h.cfg.PublicURL + privacyPath
	return &own
}

// servePrivacy gives the page. Nothing here asks a store.
func (h *house) servePrivacy(c echo.Context) error {
	b := h.bundle()
	page, err := contacts.Privacy(b, contacts.Facts{Records: b.House.Records, Model: h.model.On(), Kept: keptTable()}, h.clock())
	if err != nil {
		return err
	}
	pageHeaders(c.Response().Header())
	return c.HTMLBlob(http.StatusOK, page)
}

// pageHeaders are those of a page that runs nothing and asks nobody.
func pageHeaders(head http.Header) {
	head.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Cache-Control", "public, max-age=300") // a browser's copy helps when we are gone
}
