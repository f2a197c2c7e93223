package console

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"engawa/flows"
	"engawa/handoff/staff"
)

func TestEveryRouteStatesItsRoles(t *testing.T) {
	h := newHouse(t)
	e, err := New(t.Context(), h.parts)
	if err != nil {
		t.Fatal(err)
	}
	table := map[string][]staff.Role{}
	for _, r := range routes {
		table[r.method+" "+r.path] = r.roles
	}
	for _, r := range e.Routes() {
		roles, ok := table[r.Method+" "+r.Path]
		if !ok {
			t.Errorf("%s %s is served and not in the table", r.Method, r.Path)
		}
		if len(roles) == 0 {
			t.Errorf("%s %s has no roles", r.Method, r.Path)
		}
		for _, role := range roles {
			if role != "anyone" && !slices.Contains(staff.Roles[:], role) {
				t.Errorf("%s %s: %q is no role", r.Method, r.Path, role)
			}
		}
		delete(table, r.Method+" "+r.Path)
	}
	for missing := range table {
		t.Errorf("%s is in the table and not served", missing)
	}
}

// Who may open what, as a table: a change of access is a change of a line here.
func TestRolesOpenWhatTheyMay(t *testing.T) {
	for _, row := range []struct {
		who  string
		may  []string
		not  []string
		home string
	}{
		{"suzu", []string{"/", "/case/c1", "/ledger", "/me", "/help", "/pieces?want=line"}, nil, "/"},
		{"kaede", []string{"/", "/case/c1", "/ledger", "/me"}, nil, "/"},
		{"admin", []string{"/ledger", "/me", "/help"}, []string{"/case/c1", "/pieces?want=line", "/live"}, "/ledger"},
		{"audit", []string{"/ledger", "/me", "/help"}, []string{"/case/c1", "/pieces?want=case&case=c1", "/live"}, "/ledger"},
		{"group", []string{"/groups", "/me", "/help"}, []string{"/case/c1", "/ledger", "/live"}, "/groups"},
	} {
		t.Run(row.who, func(t *testing.T) {
			h := newHouse(t)
			h.wait("c1", "みどりのつばめ 27", 3)
			b := h.as(t, row.who)
			for _, path := range row.may {
				b.get(path).wants(t, http.StatusOK)
			}
			for _, path := range row.not {
				a := b.get(path)
				a.wants(t, http.StatusForbidden)
				a.lacks(t, "みどりのつばめ")
			}
			if got := b.get("/").Request.URL.Path; got != row.home {
				t.Errorf("begins at %s, want %s", got, row.home)
			}
		})
	}
}

func TestFormsOfOtherRolesChangeNothing(t *testing.T) {
	h := newHouse(t)
	h.wait("c1", "みどりのつばめ 27", 3)
	h.letters.letters = []Letter{{ID: "d1", State: "dead"}}
	for _, who := range []string{"admin", "audit", "group"} {
		b := h.as(t, who)
		for _, act := range []string{"open", "claim", "answer", "extend", "return", "handback", "close", "note"} {
			b.post("/case/c1/"+act, "act", "a", "words", "w", "note", "n").wants(t, http.StatusForbidden)
		}
		b.post("/alarm/ack", "id", "a").wants(t, http.StatusForbidden)
	}
	h.as(t, "audit").post("/letter/drop", "id", "d1", "reason", "x").wants(t, http.StatusForbidden)
	if c := h.desk.cases["c1"]; c.State != "waiting" || len(h.letters.did) > 0 {
		t.Errorf("case is %s, letters did %v: want nothing changed", c.State, h.letters.did)
	}
}

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	h := newHouse(t)
	b := h.as(t, "suzu")
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
			"connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
		"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control": "no-store", "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
	}
	for _, path := range []string{"/", "/ledger", "/me", "/help", "/sign-in", "/nowhere", "/case/unknown", "/pieces?want=line"} {
		a := b.get(path)
		for name, value := range want {
			if got := a.Header.Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", path, name, got, value)
			}
		}
		if a.Header.Get("Server") != "" {
			t.Errorf("%s tells what serves it", path)
		}
	}
}

func TestOtherSitesCannotSendForms(t *testing.T) {
	h := newHouse(t)
	h.wait("c1", "みどりのつばめ 27", 3)
	b := h.as(t, "suzu")
	for _, row := range []struct{ name, header, value string }{
		{"cross-site", "Sec-Fetch-Site", "cross-site"},
		{"same-site", "Sec-Fetch-Site", "same-site"},
		{"origin of another", "Origin", "https://example.org"},
		{"origin null", "Origin", "null"},
	} {
		req := b.request("/case/c1/claim")
		req.Header.Set(row.header, row.value)
		b.do(req).wants(t, http.StatusForbidden)
		req = b.request("/sign-in", "name", "kaede", "password", password)
		req.Header.Set(row.header, row.value)
		b.do(req).wants(t, http.StatusForbidden)
	}
	if h.desk.cases["c1"].State != "waiting" {
		t.Error("a form of another site was carried out")
	}
	req := b.request("/case/c1/claim")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	b.do(req).wants(t, http.StatusOK)
}

func TestCookieIsBoundToThisHost(t *testing.T) {
	cookie := func(h *house) *http.Cookie {
		b := h.browser(t)
		b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		a := b.post("/sign-in", "name", "suzu", "password", password)
		a.wants(t, http.StatusSeeOther)
		if n := len(a.Cookies()); n != 1 {
			t.Fatalf("%d cookies, want 1", n)
		}
		return a.Cookies()[0]
	}
	open := cookie(newHouse(t, func(p *Parts) { p.Loopback = false }))
	if open.Name != "__Host-engawa" || !open.Secure || !open.HttpOnly || open.SameSite != http.SameSiteStrictMode || open.Path != "/" || open.Domain != "" {
		t.Errorf("over https: %+v", open)
	}
	local := cookie(newHouse(t))
	if local.Name != "engawa_console" || local.Secure || !local.HttpOnly || local.SameSite != http.SameSiteStrictMode {
		t.Errorf("on loopback: %+v", local)
	}
}

func TestSessionIsNewAtSignIn(t *testing.T) {
	h := newHouse(t)
	b := h.as(t, "suzu")
	b.post("/sign-in", "name", "suzu", "password", password).wants(t, http.StatusOK)
	if n := len(h.staff.open); n != 1 {
		t.Errorf("%d sessions are open, want the new one alone", n)
	}
	if _, ok := h.staff.open["token-1"]; ok {
		t.Error("the session of before is still open")
	}
}

func TestPlainHTTPAnswersToThisMachineOnly(t *testing.T) {
	h := newHouse(t)
	b := h.browser(t)
	req := b.request("/sign-in", "name", "suzu", "password", password)
	req.Host = "console.example.org"
	b.do(req).wants(t, http.StatusForbidden)
	for host, want := range map[string]bool{
		"localhost:8081": true, "127.0.0.1:8081": true, "[::1]:8081": true, "127.0.0.1": true,
		"example.org": false, "localhost.example.org": false, "10.0.0.1:80": false, "": false,
	} {
		if got := loopbackHost(host); got != want {
			t.Errorf("loopbackHost(%q) = %v", host, got)
		}
	}
}

func TestAddressIsWhatANamedProxySays(t *testing.T) {
	ask := func(proxies ...netip.Prefix) string {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = "10.1.2.3:555"
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		r.Header.Set("X-Real-IP", "203.0.113.9")
		return AddressOf(proxies)(r)
	}
	if got := ask(); got != "10.1.2.3" {
		t.Errorf("without proxies: %s", got)
	}
	if got := ask(netip.MustParsePrefix("10.1.0.0/16")); got != "203.0.113.9" {
		t.Errorf("behind the named proxy: %s", got)
	}
	if got := ask(netip.MustParsePrefix("192.168.0.0/16")); got != "10.1.2.3" {
		t.Errorf("behind another: %s", got)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	h := newHouse(t)
	b := h.as(t, "suzu")
	b.post("/sign-in", "name", strings.Repeat("a", maxBody)).wants(t, http.StatusRequestEntityTooLarge, "大きすぎました")
	req := b.request("/case/c1/answer")
	req.Body, req.ContentLength = http.NoBody, -1
	req.Body = readCloser{strings.NewReader("words=" + strings.Repeat("a", maxBody))}
	b.do(req).wants(t, http.StatusRequestEntityTooLarge)
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

func TestPathsLeadNowhereElse(t *testing.T) {
	h := newHouse(t)
	h.wait("c1", "みどりのつばめ 27", 3)
	b := h.as(t, "suzu")
	v := newVersion(t)
	for _, path := range []string{
		"/static/" + v + "/..%2fconsole.go", "/static/" + v + "/%2e%2e/words/ja.yaml", "/static/" + v + "/base.html",
		"/static/x/ja.yaml", "/static/" + v + "/", "/case/..%2f..%2fledger", "/case/%00", "/case/" + strings.Repeat("a", 200),
		"/case/c1%0d%0aSet-Cookie:x", "/case/%3Cscript%3E", "/case/...", "/enter/", "/enter/x", "/case/c1/nothing",
	} {
		a := b.get(path)
		if a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, a.StatusCode)
		}
	}
	b.get("/static/"+v+"/look.css").wants(t, http.StatusOK, "--paper: #fbf7f0")
	if got := b.get("/static/" + v + "/look.css").Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("a file of this version may be kept, got %q", got)
	}
	if got := b.get("/static/old/look.css").Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("a file of another version may not, got %q", got)
	}
}

func newVersion(t *testing.T) string {
	t.Helper()
	p, err := newPages()
	if err != nil {
		t.Fatal(err)
	}
	return p.version
}

func TestSignInLeadsToOwnPagesOnly(t *testing.T) {
	for path, want := range map[string]string{
		"/case/c1": "/case/c1", "/ledger": "/ledger", "/": "/", "": "/",
		"https://example.org": "/", "//example.org": "/", "/\\example.org": "/", "/case/../x": "/", "/sign-out": "/", "/case/c1?x=1": "/",
	} {
		if got := nextOf(path); got != want {
			t.Errorf("nextOf(%q) = %q, want %q", path, got, want)
		}
	}
}

// A fault shows what happened, what is safe and what to do, and never the error itself.
func TestFaultsAreToldPlainly(t *testing.T) {
	secret := "redis: 10.0.0.7 みどりのつばめ password=hunter2"
	for _, row := range []struct {
		name   string
		fail   error
		status int
		says   string
	}{
		{"store away", &net.OpError{Op: "dial", Err: errors.New(secret)}, http.StatusServiceUnavailable, "住民から届いたことばは、失われていません"},
		{"store slow", context.DeadlineExceeded, http.StatusServiceUnavailable, "保存場所につながりません"},
		{"own mistake", errors.New(secret), http.StatusInternalServerError, "うまくいきませんでした"},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := newHouse(t)
			h.wait("c1", "みどりのつばめ 27", 3)
			b := h.as(t, "suzu")
			h.desk.fail = row.fail
			a := b.post("/case/c1/answer", "act", "a1", "words", "あしたの10時に電話します")
			a.wants(t, row.status, row.says, "あしたの10時に電話します")
			a.lacks(t, "hunter2", "10.0.0.7")
		})
	}
}

func TestPanicIsAPlainPageAndTellsNoWords(t *testing.T) {
	h := newHouse(t, func(p *Parts) {
		p.Cost = nil
		p.Cards = func(string, flows.Lang) []Card { panic("家賃がもう無理") }
	})
	h.wait("c1", "みどりのつばめ 27", 3)
	b := h.as(t, "suzu")
	b.get("/case/c1").wants(t, http.StatusInternalServerError, "うまくいきませんでした")
	if strings.Contains(h.log.String(), "家賃") {
		t.Error("the panic's words are in the log")
	}
}

func TestServerHasTimeLimits(t *testing.T) {
	h := newHouse(t)
	e, err := New(t.Context(), h.parts)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*http.Server{e.Server, e.TLSServer} {
		if s.ReadHeaderTimeout == 0 || s.ReadTimeout == 0 || s.WriteTimeout == 0 || s.IdleTimeout == 0 || s.MaxHeaderBytes == 0 {
			t.Errorf("a limit is missing: %+v", s)
		}
	}
	if e.IPExtractor == nil {
		t.Error("Echo would believe any X-Forwarded-For")
	}
}

func TestPagesHaveADeadline(t *testing.T) {
	c := &console{}
	var left time.Duration
	e := echo.New()
	ec := e.NewContext(httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder())
	err := c.limits(func(ec echo.Context) error {
		at, _ := ec.Request().Context().Deadline()
		left = time.Until(at)
		return nil
	})(ec)
	if err != nil || left <= 0 || left > patience {
		t.Errorf("err %v, time left %s", err, left)
	}
}
