package pages_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"engawa/bot/board"
)

// canary must never stand on a page as it was typed, nor in the log at all.
const canary = `"><script>x`

var (
	unescaped  = regexp.MustCompile(`(?i)<script>x|"(&gt;|>)(&lt;|<)script|(?:href|action|src|formaction)="\s*javascript:`)
	ownAddress = regexp.MustCompile(`^/([^/\\].*)?$`)
	fieldAsked = regexp.MustCompile(`(?:FormValue\(|FormFile\(|field\(c, )"([a-z]+)"`)
)

// fuzzed is a group's pages with a post, a draft and a question, on the same morning
// before each run.
type fuzzed struct {
	*site
	cookie  *http.Cookie
	forms   []string
	looks   []string
	fields  []string
	fits    map[string][]string
	ids     []string
	morning map[string]string
}

func newFuzzed(t testing.TB) *fuzzed {
	t.Helper()
	s := open(t, true)
	f := &fuzzed{site: s, morning: map[string]string{}}
	s.pages.Mail = true
	s.asked(func(context.Context, *board.Question) (string, bool) { return "車いすで入れますか", true })
	s.enter()
	s.write("静かなお茶の会")
	post := s.only().ID
	if err := s.store.Ask(t.Context(), "q1", post, "07-anna", []string{"m1"}); err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(s.url + "/g")
	if err != nil {
		t.Fatal(err)
	}
	f.cookie = s.client.Jar.Cookies(at)[0]
	g, err := s.store.Group(t.Context(), s.group)
	if err != nil {
		t.Fatal(err)
	}
	f.ids = []string{post, "q1", s.link, g.Invites[0], "all.ics", post + ".ics"}
	f.fits = map[string][]string{
		"token": {s.token()}, "act": {board.NewID()}, "do": {"invite", "revoke", "remove", "host", "leave", "mail", "write", "pause", "open", "still"}, "member": {g.Members[0].ID}, "code": {g.Invites[0]}, "mail": {"a@b.example"},
		"day": {"2026-12-12"}, "from": {"14:00"}, "to": {"16:00", "2026-12-19"}, "until": {"16:00"}, "repeat": {"nth", "week"}, "capacity": {"8"}, "online": {"https://meet.example/x", "javascript:x"}, "title": {"お茶"},
	}
	for _, r := range s.echo.Routes() {
		switch r.Method {
		case http.MethodPost:
			f.forms = append(f.forms, r.Path)
		case http.MethodGet:
			f.looks = append(f.looks, r.Path)
		}
	}
	slices.Sort(f.forms)
	slices.Sort(f.looks)
	f.fields = []string{"fact", "for", "lang"}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fieldAsked.FindAllSubmatch(text, -1) {
			f.fields = append(f.fields, string(m[1]))
		}
	}
	slices.Sort(f.fields)
	f.fields = slices.Compact(f.fields)
	for _, key := range s.rdb.Keys(t.Context(), "*").Val() {
		f.morning[key] = s.rdb.Dump(t.Context(), key).Val()
	}
	return f
}

func (f *fuzzed) again(t *testing.T) {
	t.Helper()
	pipe := f.rdb.Pipeline()
	pipe.FlushDB(context.Background())
	for key, was := range f.morning {
		pipe.Restore(context.Background(), key, 0, was)
	}
	if _, err := pipe.Exec(context.Background()); err != nil {
		t.Fatalf("the same morning: %v", err)
	}
	if err := f.follow.Look(context.Background()); err != nil {
		t.Fatal(err)
	}
	f.log.Reset()
}

// FuzzForms sends forms as nobody's page would, to every address of a group that takes
// one: whatever comes, the answer is a page of ours.
func FuzzForms(f *testing.F) {
	in := newFuzzed(f)
	for i := range in.forms {
		f.Add([]byte{byte(i)}, "お茶を飲みます")
		f.Add(append([]byte{byte(i), byte(i % 4), byte(7 * i)}, slices.Repeat([]byte{0, 0, 1, 4, byte(i), 2, 0, 5}, 6)...), "あ\xff\x00javascript:x"+canary)
	}
	f.Fuzz(func(t *testing.T, plan []byte, text string) {
		in.again(t)
		h := &hand{fuzzed: in, t: t, plan: plan, text: text}
		for range 3 {
			if h.send(); len(h.plan) == 0 {
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

func (h *hand) address(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") {
			parts[i] = url.PathEscape(pick(h.next(), append(slices.Clone(h.ids), h.text, canary, "..", "")))
		}
	}
	return strings.Join(parts, "/")
}

func (h *hand) send() {
	h.t.Helper()
	route := pick(h.next(), h.forms)
	flags := h.next()
	path, form := h.address(route), url.Values{}
	for _, name := range h.fields {
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
			form.Set(name, pick(h.next(), []string{"-1", "99999999999999999999", "2026-02-30", "25:00", "//evil.example", strings.Repeat("長", 9000), "\r\nX-Evil: 1"}))
		case 4:
			form.Set(name, pick(h.next(), fits))
		case 5:
			form[name] = []string{h.text, canary}
		}
	}
	known := flags&1 == 0
	body, kind := form.Encode(), "application/x-www-form-urlencoded"
	switch {
	case flags&2 != 0:
		body = h.text
	case flags&4 != 0:
		body, kind = h.parts(form)
	}
	res := h.ask(http.MethodPost, path+"?step="+url.QueryEscape(pick(flags>>4, []string{"1", "2", "3", "4", "5", "6", h.text})), known, body, kind)
	if to := res.Header.Get("Location"); to != "" {
		if !ownAddress.MatchString(to) {
			h.t.Errorf("%s leads away, to %q", route, to)
		}
		h.ask(http.MethodGet, to, known, "", "")
	}
	h.ask(http.MethodGet, h.address(pick(h.next(), h.looks))+"?"+form.Encode(), known, "", "")
}

// parts is the form with a flyer that is none.
func (h *hand) parts(form url.Values) (body, kind string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, values := range form {
		for _, v := range values {
			_ = w.WriteField(name, v)
		}
	}
	if file, err := w.CreateFormFile("picture", canary); err == nil {
		_, _ = io.WriteString(file, h.text)
	}
	_ = w.Close()
	return b.String(), w.FormDataContentType()
}

func (h *hand) ask(method, path string, known bool, body, kind string) *http.Response {
	h.t.Helper()
	to, err := url.Parse(path)
	if err != nil {
		h.t.Fatalf("%q is no address: %v", path, err)
	}
	req := httptest.NewRequest(method, "/", strings.NewReader(body))
	req.URL, req.RequestURI = to, to.RequestURI()
	req.Header.Set("Content-Type", kind)
	if known {
		req.AddCookie(h.cookie)
	}
	rec := httptest.NewRecorder()
	h.echo.ServeHTTP(rec, req)
	res := rec.Result()
	if res.StatusCode >= 500 {
		h.t.Errorf("%s %s: %d; the log says %s", method, path, res.StatusCode, h.log)
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		if at := unescaped.FindIndex(rec.Body.Bytes()); at != nil {
			page := rec.Body.Bytes()
			h.t.Errorf("%s %s shows what was typed as it was: …%s…", method, path, page[max(0, at[0]-80):min(len(page), at[1]+40)])
		}
	}
	return res
}
