package console

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// canary must never stand on a page as it was typed, nor in the log at all.
const canary = `"><script>x`

var (
	unescaped  = regexp.MustCompile(`(?i)<script>x|"(&gt;|>)(&lt;|<)script|(?:href|action|src|formaction)="\s*javascript:`)
	ownAddress = regexp.MustCompile(`^/([^/\\].*)?$`)
)

// FuzzForms sends forms as nobody's page would: any of the console's addresses, with
// its own fields and others, with values that fit and that do not, three at most, one
// after the other. Whatever comes, the console answers with a page of its own.
func FuzzForms(f *testing.F) {
	in := newFuzzed(f)
	for i := range in.forms {
		f.Add([]byte{byte(i)}, "あした、お返事します")
		f.Add(append([]byte{byte(i), 0, 3 * byte(i%2)}, slices.Repeat([]byte{1, 4, byte(i), 5, byte(i + 3), 2, 0, 4, byte(3 * i), 7}, 3)...), "あ\xff\x00javascript:x"+canary)
	}
	f.Fuzz(func(t *testing.T, plan []byte, text string) {
		in.again(t)
		hand := &hand{fuzzed: in, t: t, plan: plan, text: text}
		for range 3 {
			hand.send()
			if len(hand.plan) == 0 {
				break
			}
		}
		if log := in.log.String(); strings.Contains(log, "<script>") {
			t.Errorf("the log says what was typed: %s", log)
		}
	})
}

// hand fills in forms as the plan says, byte by byte.
type hand struct {
	*fuzzed
	t    *testing.T
	plan []byte
	text string
}

func (h *hand) next() int {
	if len(h.plan) == 0 {
		return 0
	}
	b := h.plan[0]
	h.plan = h.plan[1:]
	return int(b)
}

func pick[T any](n int, from []T) T { return from[n%len(from)] }

// send fills in one form, sends it, and looks at what it led to.
func (h *hand) send() {
	h.t.Helper()
	r, who, flags := pick(h.next(), h.forms), h.next(), h.next()
	token, id := pick(who, h.tokens), h.id(r.path)
	if flags&1 != 0 {
		h.groups.err, h.content.refuse = ErrGroupWords, &Refused{Why: []string{h.text}}
	}
	form := url.Values{}
	for _, name := range h.fields[r.path] {
		h.fill(form, name, h.known[r.path])
	}
	body, kind := form.Encode(), "application/x-www-form-urlencoded"
	switch {
	case flags&2 != 0:
		body += "&" + h.text
	case flags&4 != 0:
		body = h.text
	}
	if flags&8 != 0 {
		kind = pick(flags>>4, []string{"", "multipart/form-data; boundary=x", "text/plain", "application/json"})
	}
	path := strings.Replace(r.path, ":id", url.PathEscape(id), 1)
	res := h.ask(http.MethodPost, path, token, body, kind)
	if token == "" && !slices.Equal(r.roles, anyone) && res.StatusCode < 400 {
		h.t.Errorf("%s answers %d to somebody whom nobody knows", r.path, res.StatusCode)
	}
	if to := res.Header.Get("Location"); to != "" {
		if !ownAddress.MatchString(to) {
			h.t.Errorf("%s leads away, to %q", r.path, to)
		}
		h.ask(http.MethodGet, to, token, "", "")
	}
	for range 2 {
		look := pick(h.next(), h.pages)
		h.ask(http.MethodGet, strings.Replace(look, ":id", url.PathEscape(h.id(look)), 1)+"?"+form.Encode(), token, "", "")
	}
}

// id is one that belongs to such an address, or any other, or none at all.
func (h *hand) id(path string) string {
	room, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return pick(h.next(), append(slices.Concat(h.ids[room], []string{h.text, canary, "..", ""}), h.ids["case"]...))
}

// fill puts a value into a field: one that fits it, one that does not, several, or none.
func (h *hand) fill(form url.Values, name string, known []string) {
	fits, ok := h.fits[name]
	if !ok {
		fits = []string{h.text}
	}
	switch h.next() % 8 {
	case 0:
		form[name] = fits[:1]
	case 1:
		form.Set(name, h.text)
	case 2:
		form.Set(name, canary)
	case 3:
		form.Set(name, pick(h.next(), odd))
	case 4:
		form.Set(name, pick(h.next(), fits))
	case 5:
		form.Set(name, pick(h.next(), append(known, canary)))
	case 6:
		form[name] = append([]string{h.text, canary}, fits...)
	}
}

// odd values have been trouble elsewhere.
var odd = []string{"0", "-1", "99999999999999999999", "2026-02-30", "25:00", "9999999999", "/", "//evil.example/", "\\evil.example", "https://evil.example", "javascript:x", "%00", "\r\nX-Evil: 1", strings.Repeat("長", 9000)}

// ask asks the console and looks at its answer as anybody's browser would.
func (h *hand) ask(method, path, token, body, kind string) *http.Response {
	h.t.Helper()
	req := httptest.NewRequest(method, "/", strings.NewReader(body))
	to, err := url.Parse(path)
	if err != nil {
		h.t.Fatalf("%q is no address: %v", path, err)
	}
	req.URL, req.RequestURI, req.Host = to, to.RequestURI(), "127.0.0.1"
	req.Header.Set("Content-Type", kind)
	if token != "" {
		req.AddCookie(&http.Cookie{Name: "engawa_console", Value: token})
	}
	rec := httptest.NewRecorder()
	h.Config.Handler.ServeHTTP(rec, req)
	res := rec.Result()
	page, err := io.ReadAll(res.Body)
	if err != nil && !errors.Is(err, io.EOF) {
		h.t.Fatal(err)
	}
	if res.StatusCode >= 500 {
		h.t.Errorf("%s %s: %d; the log says %s", method, path, res.StatusCode, h.log)
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		if at := unescaped.FindIndex(page); at != nil {
			h.t.Errorf("%s %s shows what was typed as it was: …%s…", method, path, page[max(0, at[0]-80):min(len(page), at[1]+40)])
		}
	}
	return res
}
