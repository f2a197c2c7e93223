package richmenu

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"engawa/bot/line"
	"engawa/bot/line/emulator"
)

// account is a LINE account behind a wire that can be cut.
type account struct {
	*emulator.Emulator
	line   *line.Client
	cut    atomic.Int64 // the call of this number is the last that arrives; 0 = none
	calls  atomic.Int64
	answer atomic.Bool // whether that last call is still answered
}

func newAccount(t *testing.T) *account {
	t.Helper()
	a := &account{Emulator: emulator.New(emulator.Options{ChannelSecret: "s", AccessToken: "token", WebhookURL: "http://127.0.0.1:1/"})}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, cut := a.calls.Add(1), a.cut.Load()
		if cut > 0 && (n > cut || n == cut && !a.answer.Load()) {
			if n == cut { // LINE has taken it, and we never hear of it
				a.ServeHTTP(httptest.NewRecorder(), r)
			}
			panic(http.ErrAbortHandler)
		}
		a.ServeHTTP(w, r)
	}))
	srv.Config.ErrorLog = nil
	t.Cleanup(func() { srv.Close(); a.Close() })
	var err error
	a.line, err = line.NewClient(line.Fixed(func() string { return "token" }), line.Options{Endpoint: srv.URL, Data: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.line.Close)
	return a
}

// run syncs and gives what was done, without the ids.
func (a *account) run(t *testing.T, dry bool, menus []Menu) (done []string, err error) {
	t.Helper()
	s := &Syncer{LINE: a.line, Dry: dry, Say: func(l string) { done = append(done, l) }, Wait: func(time.Duration) {}}
	err = s.Run(t.Context(), menus)
	return done, err
}

// state is what LINE has: names, aliases by name, the default's name.
func (a *account) state(t *testing.T) []string {
	t.Helper()
	list, err := a.line.Menus(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	var out []string
	for _, m := range list {
		names[m.ID] = m.Name
		painted, err := a.line.MenuPainted(t.Context(), m.ID)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s painted=%v", m.Name, painted))
	}
	aliases, err := a.line.MenuAliases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for k, id := range aliases {
		out = append(out, k+" → "+names[id])
	}
	def, err := a.line.DefaultMenu(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return append(out, "default "+names[def])
}

// few are three small menus: the rule is the same, the pictures are lighter.
func few(t *testing.T, print string) []Menu {
	t.Helper()
	var out []Menu
	for _, m := range []Menu{drawn()[0], drawn()[2], drawn()[9]} {
		spec := *m.Spec
		m.Name = namePrefix + m.Key + "/" + strings.Repeat(print, 16)
		spec.Name = m.Name
		m.Spec = &spec
		out = append(out, m)
	}
	return out
}

func TestLINEIsMadeEqualAndStaysSo(t *testing.T) {
	a := newAccount(t)
	theirs := *drawn()[0].Spec
	theirs.Name = "お店のメニュー"
	if _, err := a.line.MakeMenu(t.Context(), &theirs); err != nil {
		t.Fatal(err)
	}
	if err := a.line.SetMenuAlias(t.Context(), "shop", mustList(t, a)[0].ID, false); err != nil {
		t.Fatal(err)
	}
	if done, err := a.run(t, true, drawn()); err != nil || len(done) == 0 {
		t.Fatalf("dry run: %v, %v", done, err)
	}
	if got := len(mustList(t, a)); got != 1 {
		t.Fatalf("a dry run left %d menus, want theirs alone", got)
	}
	if _, err := a.run(t, false, drawn()); err != nil {
		t.Fatal(err)
	}
	want := a.state(t)
	if got := len(mustList(t, a)); got != len(drawn())+1 {
		t.Errorf("%d menus, want ours and theirs", got)
	}
	for range 2 {
		done, err := a.run(t, false, drawn())
		if err != nil || len(done) > 0 {
			t.Errorf("again: did %v, %v; want nothing", done, err)
		}
	}
	if got := a.state(t); !slices.Equal(got, want) {
		t.Errorf("state %v, want %v", got, want)
	}
}

func TestWhoHasChosenALanguageKeepsItWhenTheMenuChanges(t *testing.T) {
	a := newAccount(t)
	user := a.NewUser()
	a.Follow(user)
	if _, err := a.run(t, false, few(t, "a")); err != nil {
		t.Fatal(err)
	}
	ids, err := a.line.MenuAliases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	link(t, a, "POST", user, "/"+ids["engawa-en"])
	if _, err := a.run(t, false, few(t, "b")); err != nil {
		t.Fatal(err)
	}
	if ids, err = a.line.MenuAliases(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := link(t, a, "GET", user, ""); !strings.Contains(got, ids["engawa-en"]) {
		t.Errorf("the person's menu is %s, want the new English one %s", got, ids["engawa-en"])
	}
	for _, m := range mustList(t, a) {
		if strings.Contains(m.Name, "aaaa") {
			t.Errorf("%s is still there", m.Name)
		}
	}
}

func TestKilledAnywhereThreeMoreRunsGiveTheSame(t *testing.T) {
	whole := newAccount(t)
	if _, err := whole.run(t, false, few(t, "b")); err != nil {
		t.Fatal(err)
	}
	want := whole.state(t)
	for _, heard := range []bool{true, false} {
		for at := int64(1); ; at++ {
			a := newAccount(t)
			if _, err := a.run(t, false, few(t, "a")); err != nil { // the release before
				t.Fatal(err)
			}
			a.calls.Store(0)
			a.answer.Store(heard)
			a.cut.Store(at)
			_, err := a.run(t, false, few(t, "b"))
			over := a.calls.Load() < at
			a.cut.Store(0)
			for range 3 {
				if _, err := a.run(t, false, few(t, "b")); err != nil {
					t.Fatalf("after a kill at call %d: %v", at, err)
				}
			}
			if got := a.state(t); !slices.Equal(got, want) {
				t.Errorf("killed at call %d (heard %v, %v):\n%v\nwant\n%v", at, heard, err, got, want)
			}
			if over {
				break
			}
		}
	}
}

func mustList(t *testing.T, a *account) []line.Menu {
	t.Helper()
	list, err := a.line.Menus(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// link asks LINE for a person's own menu, or gives one, as a phone's tab would.
func link(t *testing.T, a *account, method, user, menu string) string {
	t.Helper()
	r := httptest.NewRequest(method, "/v2/bot/user/"+user+"/richmenu"+menu, nil)
	r.Header.Set("Authorization", "Bearer token")
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s %s: %d %s", method, menu, w.Code, w.Body)
	}
	return w.Body.String()
}
