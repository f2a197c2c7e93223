package console

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "folder that gets a picture of each page")

// chromium is started once for all tests of this package and gone after them.
var chromium = sync.OnceValues(func() (context.Context, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		path, err = exec.LookPath("chromium-browser")
	}
	if err != nil {
		return nil, fmt.Errorf("Chromium is not here; `make test` installs it: %w", err)
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("autoplay-policy", "user-gesture-required"), chromedp.Flag("hide-scrollbars", false),
	)...)
	ctx, cancel := chromedp.NewContext(alloc)
	endBrowser = func() { cancel(); stop() }
	return ctx, chromedp.Do(ctx)
})

var endBrowser = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	endBrowser()
	os.Exit(code)
}

// screen is a tab of its own, with cookies of its own.
type screen struct {
	t   testing.TB
	h   *house
	ctx context.Context
}

// size is a device that coordinators use.
type size struct {
	name          string
	width, height int64
	options       []chromedp.EmulateViewportOption
}

var (
	desktop = size{"desktop", 1440, 900, nil}
	tablet  = size{"tablet", 900, 1100, []chromedp.EmulateViewportOption{chromedp.EmulateTouch}}
	phone   = size{"phone", 390, 844, []chromedp.EmulateViewportOption{chromedp.EmulateMobile, chromedp.EmulateTouch}}
)

func (h *house) screen(t testing.TB, s size, theme string) *screen {
	t.Helper()
	parent, err := chromium()
	if err != nil {
		t.Fatalf("no browser: %v", err)
	}
	ctx, stop := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	ctx, stopTime := context.WithTimeout(ctx, 4*time.Minute)
	t.Cleanup(stopTime)
	v := &screen{t: t, h: h, ctx: ctx}
	v.do(chromedp.EmulateViewport(s.width, s.height, s.options...))
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
	return v
}

// signedIn is a screen of すずらん, by the demo's link.
func (h *house) signedIn(t testing.TB, s size, theme string) *screen {
	t.Helper()
	v := h.screen(t, s, theme)
	v.open("/enter/teatime")
	return v
}

// forGuest lets signedIn in.
func forGuest(p *Parts) { p.Guest = Guest{Code: "teatime", Name: "suzu"} }

func (v *screen) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, steps...); err != nil {
		v.t.Fatalf("browser: %v", err)
	}
}

func (v *screen) open(path string) {
	v.t.Helper()
	v.do(chromedp.Navigate(v.h.URL + path))
}

func eval[T any](v *screen, script string) T {
	v.t.Helper()
	out, err := chromedp.Run(v.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		v.t.Fatalf("script: %v\n%s", err, script)
	}
	return out
}

// until waits for something to become true on the page.
func (v *screen) until(what, script string) {
	v.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		ok, err := chromedp.Run(v.ctx, chromedp.Evaluate[bool](`Boolean(`+script+`)`))
		if err == nil && ok {
			return
		}
		if v.ctx.Err() != nil {
			break
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-v.ctx.Done():
		}
	}
	v.t.Fatalf("it never happened: %s\npage: %s", what, eval[string](v, `document.body.innerText`))
}

func (v *screen) text(selector string) string {
	v.t.Helper()
	return eval[string](v, fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ""`, selector))
}

// shot keeps a picture when -shots names a folder.
func (v *screen) shot(name string) {
	v.t.Helper()
	if *shots == "" {
		return
	}
	png, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		v.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), png, 0o644); err != nil {
		v.t.Fatal(err)
	}
}

var axeSource = sync.OnceValues(func() (string, error) {
	path := filepath.Join("..", "..", ".cache", "axe", "axe.min.js")
	source, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("axe-core 4.14.1 is not at .cache/axe/axe.min.js; `make test` installs it: %w", err)
	}
	return string(source), nil
})

// axe finds nothing wrong with the page as it stands.
func (v *screen) axe(name string) {
	v.t.Helper()
	source, err := axeSource()
	if err != nil {
		v.t.Fatal(err)
	}
	eval[chromedp.Void](v, source+"\n;void 0")
	found := eval[string](v, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
		.then(r => JSON.stringify(r.violations.map(x => ({id: x.id, help: x.help, nodes: x.nodes.map(n => n.target.join(" ") + " — " + n.failureSummary)}))))`)
	var violations []struct {
		ID, Help string
		Nodes    []string
	}
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		v.t.Fatal(err)
	}
	for _, x := range violations {
		v.t.Errorf("%s: axe: %s: %s\n  %s", name, x.ID, x.Help, strings.Join(x.Nodes, "\n  "))
	}
}
