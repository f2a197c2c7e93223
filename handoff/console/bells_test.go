package console

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"engawa/handoff/alarm/push"
)

// fakeBells remember what browsers they were given.
type fakeBells struct {
	mu    sync.Mutex
	all   []push.Browser
	tried []string
	fail  error
}

func (f *fakeBells) Key(context.Context) (string, error) { return strings.Repeat("B", 87), nil }

func (f *fakeBells) Of(_ context.Context, account string) (mine []push.Browser, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, b := range f.all {
		if b.Account == account {
			mine = append(mine, b)
		}
	}
	return mine, nil
}

func (f *fakeBells) Put(_ context.Context, account string, b push.Browser) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		return f.fail
	}
	b.Account, b.ID = account, push.IDOf(b.Endpoint)
	f.all = append(f.all, b)
	return nil
}

func (f *fakeBells) with(account, id string, do func(int)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.all, func(b push.Browser) bool { return b.Account == account && b.ID == id })
	if i < 0 {
		return push.ErrUnknown
	}
	do(i)
	return f.fail
}

func (f *fakeBells) Change(_ context.Context, account, id string, waiting bool, from, to int) error {
	return f.with(account, id, func(i int) { f.all[i].Waiting, f.all[i].From, f.all[i].To = waiting, from, to })
}

func (f *fakeBells) Drop(_ context.Context, account, id string) error {
	return f.with(account, id, func(i int) { f.all = slices.Delete(f.all, i, i+1) })
}

func (f *fakeBells) Try(_ context.Context, account, id string) error {
	return f.with(account, id, func(int) { f.tried = append(f.tried, id) })
}

func withBells(f *fakeBells) func(*Parts) { return func(p *Parts) { p.Bells = f } }

func TestOnesBrowsersAreSwitchedOnChangedTriedAndOff(t *testing.T) {
	bells := &fakeBells{}
	h := newHouse(t, withBells(bells))
	b := h.as(t, "suzu")
	b.post("/me/bells", "endpoint", "https://fcm.googleapis.com/1", "p256dh", "k", "auth", "a").wants(t, http.StatusNoContent)
	id := push.IDOf("https://fcm.googleapis.com/1")
	b.get("/me").wants(t, http.StatusOK, "端末 1", `data-bell="`+id+`"`, "静かな時間")
	b.post("/me/bells/"+id, "waiting", "yes", "from", "22:30", "to", "07:00").wants(t, http.StatusOK, "変えました。", `value="22:30"`)
	if got := bells.all[0]; !got.Waiting || got.From != 22*60+30 || got.To != 7*60 || got.Lang != "ja" {
		t.Errorf("changed to %+v", got)
	}
	b.post("/me/bells/"+id, "from", "22:30").wants(t, http.StatusUnprocessableEntity, "まだ変わっていません")
	b.post("/me/bells/"+id+"/try").wants(t, http.StatusOK, "試しの知らせを出しました")
	bells.fail = push.ErrHost
	b.post("/me/bells/"+id+"/try").wants(t, http.StatusBadGateway, "止まっているかもしれません")
	b.post("/me/bells", "endpoint", "https://push.example.org/1").wants(t, http.StatusForbidden)
	bells.fail = nil
	h.as(t, "kaede").post("/me/bells/"+id+"/off").wants(t, http.StatusNotFound)
	b.post("/me/bells/"+id+"/off").wants(t, http.StatusOK, "この端末への知らせをやめました")
	if len(bells.all) != 0 {
		t.Errorf("left: %+v", bells.all)
	}
}

func TestWithoutPushNobodyIsOfferedAny(t *testing.T) {
	b := newHouse(t).as(t, "suzu")
	b.get("/me").lacks(t, "この端末に知らせる")
	b.post("/me/bells", "endpoint", "https://fcm.googleapis.com/1").wants(t, http.StatusNotFound)
	b.post("/me/bells/x/off").wants(t, http.StatusNotFound)
}

// TestABrowserRingsThoughNoPageIsOpen lets Chromium take the switch and install the
// worker; made up are the push service, which is not here, and its ring.
func TestABrowserRingsThoughNoPageIsOpen(t *testing.T) {
	bells := &fakeBells{}
	h := newHouse(t, forGuest, withBells(bells))
	v := h.signedIn(t, desktop, "light")
	if _, err := chromedp.Call(v.ctx, cdppage.SetBypassCSP, cdppage.SetBypassCSPParams{Enabled: true}); err != nil {
		t.Fatal(err) // the script below is run in the page
	}
	v.open("/me")
	eval[bool](v, `(Notification.requestPermission = async () => "granted",
		PushManager.prototype.subscribe = async function (how) { return { toJSON: () => ({ endpoint: "https://fcm.googleapis.com/" + how.applicationServerKey.length, keys: { p256dh: "k", auth: "a" } }) }; }, true)`)
	eval[bool](v, `(document.querySelector("#bell button").click(), true)`)
	v.until("the browser is in the list", `document.querySelector("[data-bell]")`)
	if got := v.text("#notice"); !strings.Contains(got, "この端末に知らせます") {
		t.Errorf("the page says %q", got)
	}
	v.axe("me with a browser")
	v.shot("desktop-light-bells")
	shown := eval[string](v, `(async () => {
		const on = {}, shown = [];
		const self = { addEventListener: (name, do_) => { on[name] = do_; }, skipWaiting() {},
			registration: { showNotification: async (title, how) => { shown.push(title + " | " + (how.body ?? "") + " | " + how.tag); } } };
		new Function("self", await (await fetch("/push.js")).text())(self);
		const ring = async (data) => { let done; on.push({ data, waitUntil: (p) => { done = p; } }); await done; };
		await ring({ json: () => ({ title: "縁側: 急ぎの知らせがあります", tag: "urgent", lang: "ja" }) });
		await ring(null);
		return shown.join(", ");
	})()`)
	if want := "縁側: 急ぎの知らせがあります |  | urgent, 縁側 |  | engawa"; shown != want {
		t.Errorf("the browser shows %q, want %q", shown, want)
	}
}
