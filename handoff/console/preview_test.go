package console

import (
	"io"
	"net/http"
	"slices"
	"testing"
)

// tried remembers what reached the pages on which the words are tried out.
type tried struct{ paths []string }

func (p *tried) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.paths = append(p.paths, r.Method+" "+r.URL.Path)
	if _, limited := r.Context().Deadline(); limited && r.URL.Path == "/t/ABCDEFGH/live" {
		w.WriteHeader(http.StatusTeapot)
	}
	_, _ = io.WriteString(w, "電話")
}

func TestWhoMayReadTheWordsMayTryThemOut(t *testing.T) {
	p := &tried{}
	h := newHouse(t, withContent(&fakeContent{}), func(parts *Parts) { parts.Preview = p })
	for _, who := range []string{"suzu", "kaede", "admin", "audit"} {
		b := h.as(t, who)
		b.get("/content").wants(t, http.StatusOK, `href="/preview/"`)
		b.get("/preview/").wants(t, http.StatusOK, "電話")
	}
	b := h.as(t, "suzu")
	a := b.get("/preview/t/ABCDEFGH/phone")
	a.wants(t, http.StatusOK, "電話")
	if got := a.Header.Get("X-Frame-Options"); got != "SAMEORIGIN" {
		t.Errorf("got X-Frame-Options %q: the phone stands inside the page", got)
	}
	b.get("/preview/t/ABCDEFGH/live").wants(t, http.StatusOK) // not ended by the patience for a page
	b.post("/preview/t/ABCDEFGH/do").wants(t, http.StatusOK)
	for _, path := range []string{"GET /", "GET /t/ABCDEFGH/phone", "POST /t/ABCDEFGH/do"} {
		if !slices.Contains(p.paths, path) {
			t.Errorf("got %v, want %s among them", p.paths, path)
		}
	}
}

func TestTryingOutIsForStaffAndForThisSiteAlone(t *testing.T) {
	p := &tried{}
	h := newHouse(t, func(parts *Parts) { parts.Preview = p })
	h.as(t, "group").get("/preview/").wants(t, http.StatusForbidden)
	stranger := h.browser(t)
	stranger.get("/preview/t/ABCDEFGH/live").wants(t, http.StatusUnauthorized)
	stranger.post("/preview/t/ABCDEFGH/do").wants(t, http.StatusUnauthorized)
	if got := stranger.get("/preview/").Request.URL.Path; got != "/sign-in" && len(p.paths) > 0 {
		t.Errorf("a stranger came to %s", got)
	}
	b := h.as(t, "suzu")
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://example.org"} {
		req := b.request("/preview/t/ABCDEFGH/do")
		req.Header.Set(header, value)
		b.do(req).wants(t, http.StatusForbidden)
	}
	if len(p.paths) > 0 {
		t.Errorf("%v reached the words", p.paths)
	}
	newHouse(t).as(t, "suzu").get("/preview/").wants(t, http.StatusNotFound)
}

// What is tried out changes nothing for anybody: the book of what staff did has no line of it.
func TestTryingOutLeavesNoLineInTheBook(t *testing.T) {
	o := newOffice(t, func(parts *Parts) { parts.Preview = &tried{} })
	b := o.as(t, "suzu")
	before := o.lines(t)
	b.post("/preview/t/ABCDEFGH/do").wants(t, http.StatusOK)
	if got := o.lines(t); !slices.Equal(got, before) {
		t.Errorf("the book has %v, want %v as before", got, before)
	}
}
