package house

import (
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"engawa/flows"
	"engawa/flows/contacts"
)

// contactsPath is where the page of contacts lies on the public listener.
const contactsPath = "/contacts"

type contactsCmd struct {
	contentFlags
	HTML string `name:"html" help:"書くファイル / the file to write" required:"" placeholder:"FILE"`
}

// Run writes the page as one file. It needs neither store nor LINE.
func (c contactsCmd) Run() error {
	b, err := c.load()
	if err != nil {
		return err
	}
	page, err := contacts.Page(b, flows.Notice{}, time.Now())
	if err != nil {
		return err
	}
	return writePage(c.HTML, page, "連絡先のページ")
}

// writePage writes a page for the city's web site and says where its address goes.
func writePage(name string, page []byte, setting string) error {
	//#nosec G306 -- everybody may read it
	if err := os.WriteFile(name, page, 0o644); err != nil {
		return fmt.Errorf("%s を書けませんでした / cannot write: %w", name, err)
	}
	fmt.Printf("書きました。市のサイトに置いて、その住所を house.yaml の「%s」に書けます / written: %s\n", setting, name)
	return nil
}

// leaflet keeps the page in memory: whatever else is down, it is served.
type leaflet struct {
	mu   sync.Mutex
	made leafletKey
	page []byte
}

// leafletKey is what the page depends on.
type leafletKey struct {
	bundle, day    string
	away, disaster bool
	notice         flows.Notice
}

// serveContacts gives the page. Nothing here asks a store.
func (h *house) serveContacts(c echo.Context) error {
	page, err := h.leaflet.at(h.bundle(), h.noticeNow(), h.clock())
	if err != nil {
		return err
	}
	pageHeaders(c.Response().Header())
	return c.HTMLBlob(http.StatusOK, page)
}

func (l *leaflet) at(b *flows.Bundle, n flows.Notice, now time.Time) ([]byte, error) {
	key := leafletKey{bundle: b.Hash, day: now.In(b.House.Zone).Format(time.DateOnly), away: n.AwayAt(now), disaster: n.DisasterAt(now), notice: n}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.page != nil && l.made == key {
		return l.page, nil
	}
	page, err := contacts.Page(b, n, now)
	if err != nil {
		return nil, err
	}
	l.made, l.page = key, page
	return page, nil
}
