package house

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// TestThePublicListenerBelievesNoHeaderAboutItself asks for every page that needs no
// id under a strange name, and through a proxy that nobody has named: the answer is
// the same, and nothing in it repeats what was claimed.
func TestThePublicListenerBelievesNoHeaderAboutItself(t *testing.T) {
	public := standingHouse(t).public()
	ask := func(path string, change func(*http.Request)) *httptest.ResponseRecorder {
		req := httptest.NewRequest(http.MethodGet, path, nil)
		change(req)
		got := httptest.NewRecorder()
		public.ServeHTTP(got, req)
		return got
	}
	for _, path := range []string{"/calendar", contactsPath, "/feed/all.ics", "/g/join", "/icons/human.png"} {
		plain := ask(path, func(*http.Request) {})
		if plain.Code != http.StatusOK {
			t.Fatalf("%s: %d, want a page to compare with", path, plain.Code)
		}
		told := ask(path, func(r *http.Request) {
			r.Host = "evil.example"
			for name, value := range map[string]string{
				"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "X-Forwarded-For": "203.0.113.99", "X-Forwarded-Prefix": "/evil",
				"X-Original-URL": "/metrics", "X-Rewrite-URL": "/metrics", "X-HTTP-Method-Override": "DELETE", "Forwarded": "host=evil.example",
			} {
				r.Header.Set(name, value)
			}
		})
		if told.Code != plain.Code || !bytes.Equal(told.Body.Bytes(), plain.Body.Bytes()) && strings.Contains(told.Body.String(), "evil") {
			t.Errorf("%s: %d under a strange name, or it repeats it", path, told.Code)
		}
		for name, values := range told.Header() {
			if text := strings.Join(values, " "); strings.Contains(text, "evil") || strings.Contains(text, "gopher") {
				t.Errorf("%s: the header %s repeats what was claimed: %s", path, name, text)
			}
		}
	}
}

// TestThePublicListenerAnswersOnlyToItsOwnPaths tries the ways out of a folder, the
// paths of the other two listeners, and methods that nobody offers.
func TestThePublicListenerAnswersOnlyToItsOwnPaths(t *testing.T) {
	public := standingHouse(t).public()
	for _, path := range []string{
		"/../deploy/example.env", "/..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e/etc/passwd", "/flyer/..%2f..%2fgo.mod", "/flyer/%00",
		"/metrics", "/readyz", "/healthz", "/sign-in", "/case/c1", "/ledger", "//metrics", "/./metrics", "/g/p/..%2f..%2fg",
		"/event/%3Cscript%3E", "/place/" + strings.Repeat("a", 5000), "/icons/..%2fgo.mod", "/debug/pprof/", "/.env", "/.git/config",
	} {
		got := httptest.NewRecorder()
		public.ServeHTTP(got, httptest.NewRequest(http.MethodGet, path, nil))
		if got.Code == http.StatusOK || strings.Contains(got.Body.String(), "engawa_") || strings.Contains(got.Body.String(), "<script>") {
			t.Errorf("%.40s: %d, want no such page", path, got.Code)
		}
	}
	for _, path := range []string{"/style/../go.mod", "/feed/tag/%2e%2e%2f%2e%2e%2fgo.mod", "/feed/area/..%2f..%2fgo.mod"} { // any name has a style and a feed
		got := httptest.NewRecorder()
		public.ServeHTTP(got, httptest.NewRequest(http.MethodGet, path, nil))
		if strings.Contains(got.Body.String(), "module engawa") {
			t.Errorf("%s leads to a file of the disk", path)
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodTrace, http.MethodConnect, "PROPFIND"} {
		for _, path := range []string{"/line/webhook", "/calendar", "/g"} {
			got := httptest.NewRecorder()
			public.ServeHTTP(got, httptest.NewRequest(method, path, nil))
			if got.Code < 400 {
				t.Errorf("%s %s: %d, want it refused", method, path, got.Code)
			}
		}
	}
}

// TestEveryTrickHasATest holds the list of tricks in the threat model complete: each
// row of the list is there, and names a test for each side or says why not.
func TestEveryTrickHasATest(t *testing.T) {
	b, err := os.ReadFile(threatModel)
	if err != nil {
		t.Fatal(err)
	}
	_, list, found := strings.Cut(string(b), "### 手口ごとのテスト")
	if !found {
		t.Fatal("the list of tricks is gone")
	}
	list, _, _ = strings.Cut(list, "\n## ")
	for _, trick := range []string{
		"brute force", "session fixation", "CSRF", "host header", "X-Forwarded", "path tricks", "SSE", "slow-loris", "decompression", "image bomb", "markup", "headers",
	} {
		row := ""
		for _, line := range strings.Split(list, "\n") {
			if strings.HasPrefix(line, "| ") && strings.Contains(strings.SplitN(line, "|", 3)[1], trick) {
				row = line
			}
		}
		cells := strings.Split(row, "|")
		if len(cells) != 5 {
			t.Errorf("no row for %s", trick)
			continue
		}
		for _, cell := range cells[2:4] {
			if !strings.Contains(cell, "`Test") && !strings.Contains(cell, "（") {
				t.Errorf("%s: a side names no test and no reason", trick)
			}
		}
		if !strings.Contains(row, "`Test") {
			t.Errorf("%s: no test at all", trick)
		}
	}
}
