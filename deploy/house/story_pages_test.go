package house

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// device is what somebody holds or sits at.
type device struct {
	name          string
	width, height int64
	touch         bool
	options       []chromedp.EmulateViewportOption
}

var (
	phoneDevice = device{"phone", 390, 844, true, []chromedp.EmulateViewportOption{
		chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(2),
	}}
	deskDevice = device{"desktop", 1440, 900, false, nil}
)

// startBrowser gives one Chromium for a test and all of its screens.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser"} {
		if p, err := exec.LookPath(name); err == nil && path == "" {
			path = p
		}
	}
	if path == "" {
		t.Fatal("no chromium on this machine; `make test` installs it")
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true),
	)...)
	ctx, quit := chromedp.NewContext(alloc)
	t.Cleanup(func() { quit(); stop() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("chromium: %v", err)
	}
	return ctx
}

// screen is one window of one person, with cookies of its own. It writes down
// what the browser complains about and whatever is asked of another host.
type screen struct {
	testing.TB
	ctx  context.Context
	who  string
	dev  device
	home string // the only address that it may ask

	mu     sync.Mutex
	faults []string
}

func newScreen(t testing.TB, browser context.Context, who, home string, dev device) *screen {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	ctx, stop := context.WithTimeout(ctx, 5*time.Minute)
	v := &screen{TB: t, ctx: ctx, who: who, dev: dev, home: home}
	t.Cleanup(func() {
		if t.Failed() {
			v.keep("failed-" + v.dev.name + "-" + v.who)
		}
		stop()
		closeTab()
		v.mu.Lock()
		defer v.mu.Unlock()
		for _, f := range v.faults {
			t.Errorf("%s's browser: %s", v.who, f)
		}
	})
	v.do(chromedp.EmulateViewport(dev.width, dev.height, dev.options...))
	v.theme("light")
	if err := chromedp.Listen(ctx, v.heard); err != nil {
		t.Fatal(err)
	}
	return v
}

var complaints = []runtime.ConsoleAPICalledType{
	runtime.ConsoleAPICalledTypeError, runtime.ConsoleAPICalledTypeWarning, runtime.ConsoleAPICalledTypeAssert,
}

// heard takes what the browser tells about the page.
func (v *screen) heard(ev any) {
	fault := ""
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		fault = "a script broke: " + ev.ExceptionDetails.Text
		if e := ev.ExceptionDetails.Exception; e != nil {
			fault += " " + e.Description
		}
	case *runtime.EventConsoleAPICalled:
		if slices.Contains(complaints, ev.Type) {
			fault = "its console has a message of kind " + string(ev.Type)
		}
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError || ev.Entry.Level == log.EntryLevelWarning {
			fault = ev.Entry.Text + " " + ev.Entry.URL
		}
	case *network.EventRequestWillBeSent:
		u := ev.Request.URL
		ours := slices.ContainsFunc([]string{v.home + "/", "data:", "blob:"}, func(p string) bool { return strings.HasPrefix(u, p) })
		if !ours {
			fault = "asked another host: " + u
		}
	}
	if fault != "" {
		v.mu.Lock()
		v.faults = append(v.faults, fault)
		v.mu.Unlock()
	}
}

func (v *screen) do(steps ...chromedp.Action[chromedp.Void]) {
	v.Helper()
	if err := chromedp.Do(v.ctx, steps...); err != nil {
		v.Fatalf("%s's browser: %v", v.who, err)
	}
}

// theme is day or night, as the device says.
func (v *screen) theme(scheme string) {
	v.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(v.ctx, emulation.SetEmulatedMedia, media); err != nil {
		v.Fatal(err)
	}
}

func (v *screen) open(path string) {
	v.Helper()
	v.do(chromedp.Navigate(v.home + path))
	v.settled()
}

// settled waits until the page and its scripts are there and nothing fades.
func (v *screen) settled() {
	v.Helper()
	v.until("the page is still", `document.readyState === "complete" &&
		document.getAnimations().every(a => a.effect.getComputedTiming().iterations === Infinity || a.playState === "finished")`)
}

func ask[T any](v *screen, script string) T {
	v.Helper()
	out, err := chromedp.Run(v.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		v.Fatalf("%s's page: %v\n%s", v.who, err, tail(script, 300))
	}
	return out
}

// until waits for something to be true on the page.
func (v *screen) until(what, script string) {
	v.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`Boolean(`+script+`)`))
		if err == nil && ok {
			return
		}
		select {
		case <-ctx.Done():
			page, _ := chromedp.Run(v.ctx, chromedp.Evaluate[string](`location.pathname + "\n" + document.body.innerText.replace(/\n+/g, "\n")`))
			v.Fatalf("%s never saw: %s (%v)\non the screen: %s", v.who, what, err, tail(page, 3000))
		case <-tick.C:
		}
	}
}

// sees waits until somewhere in a part of the page stands a text.
func (v *screen) sees(selector, text string) {
	v.Helper()
	v.until("「"+text+"」", fmt.Sprintf(`[...document.querySelectorAll(%s)].some(e => e.innerText.includes(%s))`, js(selector), js(text)))
}

// press clicks with the mouse or a finger where a thing stands: what lies over it
// gets the press instead, as it would from a person. What the page has drawn anew
// between the look and the press is looked for again, as a person would.
func (v *screen) press(what, find string) {
	v.Helper()
	for {
		v.until(what, `(e => { document.querySelectorAll("[data-story]").forEach(x => delete x.dataset.story);
		if (!e || e.offsetParent === null && getComputedStyle(e).position !== "fixed") return false; e.dataset.story = "press"; return true; })(`+find+`)`)
		ctx, stop := context.WithTimeout(v.ctx, 3*time.Second)
		err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS("[data-story]")))
		stop()
		switch {
		case err == nil:
			return
		case v.ctx.Err() != nil || ask[bool](v, `Boolean(document.querySelector("[data-story]"))`):
			v.Fatalf("%s's browser, %s: %v", v.who, what, err)
		}
	}
}

// types writes with the keyboard into a box.
func (v *screen) types(selector, text string) {
	v.Helper()
	v.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// writes sends a line on the resident's page as this device does: Enter with a
// keyboard, the button on glass.
func (v *screen) writes(text string) {
	v.Helper()
	v.types("#words", text)
	if v.dev.touch {
		v.press("send", `document.getElementById("send")`)
	} else {
		v.enter()
	}
	v.until("my own words", fmt.Sprintf(`[...document.querySelectorAll(".mine .bubble")].some(b => b.innerText === %s)`, js(text)))
}

// taps presses the newest button with a label: below the talk on a phone, in the talk else.
func (v *screen) taps(label string) {
	v.Helper()
	v.press("the button 「"+label+"」", fmt.Sprintf(
		`[...document.querySelectorAll("#talk .f-button, #quick button")].filter(b => b.textContent === %s).at(-1)`, js(label)))
}

// enter strikes Enter as a keyboard does: a page that takes the key gets no line end.
func (v *screen) enter(mods ...chromedp.Modifier) {
	v.Helper()
	held := int64(0)
	for _, m := range mods {
		held |= int64(m)
	}
	v.strike(input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, WindowsVirtualKeyCode: 13, Text: "\r", Modifiers: held})
}

func (v *screen) strike(p input.DispatchKeyEventParams) {
	v.Helper()
	p.Key, p.Code = "Enter", "Enter"
	v.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, p); err != nil {
			return err
		}
		p.Type, p.Text = input.DispatchKeyEventTypeKeyUp, ""
		_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, p)
		return err
	}))
}

// composes writes as with an input method: sounds first, then Enter, which chooses
// the characters and must do nothing else.
func (v *screen) composes(selector, sounds, words string) {
	v.Helper()
	v.do(chromedp.Focus(chromedp.CSS(selector)))
	n := int64(len([]rune(sounds)))
	if _, err := chromedp.Call(v.ctx, input.ImeSetComposition, input.ImeSetCompositionParams{Text: sounds, SelectionStart: n, SelectionEnd: n}); err != nil {
		v.Fatal(err)
	}
	const processKey = 229 // what a key is called while an input method has it
	v.strike(input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, WindowsVirtualKeyCode: processKey})
	if _, err := chromedp.Call(v.ctx, input.InsertText, input.InsertTextParams{Text: words}); err != nil {
		v.Fatal(err)
	}
}

// lacks tells every word that the page still holds, seen or hidden.
func (v *screen) lacks(words ...string) {
	v.Helper()
	for _, w := range words {
		v.until("the page without 「"+w+"」", `!document.documentElement.outerHTML.includes(`+js(w)+`) &&
			![...document.querySelectorAll("textarea, input")].some(e => e.value.includes(`+js(w)+`))`)
	}
}

var axeSource = sync.OnceValues(func() (string, error) {
	source, err := os.ReadFile(filepath.Join(".cache", "axe", "axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("axe-core is not at .cache/axe/axe.min.js; `make test` installs it: %w", err)
	}
	return string(source), nil
})

// axe finds nothing wrong with the page as it stands, by day and by night.
func (v *screen) axe(name string) {
	v.Helper()
	source, err := axeSource()
	if err != nil {
		v.Fatal(err)
	}
	if !ask[bool](v, `"axe" in window`) {
		ask[chromedp.Void](v, source+"\n;void 0")
	}
	defer v.theme("light")
	for _, scheme := range []string{"light", "dark"} {
		v.theme(scheme)
		v.settled()
		found := ask[string](v, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
			.then(r => JSON.stringify(r.violations.map(x => ({id: x.id, help: x.help, nodes: x.nodes.map(n => n.target.join(" ") + " — " + n.failureSummary)}))))`)
		var violations []struct {
			ID, Help string
			Nodes    []string
		}
		if err := json.Unmarshal([]byte(found), &violations); err != nil {
			v.Fatal(err)
		}
		for _, x := range violations {
			v.Errorf("%s, %s, %s: axe: %s: %s\n  %s", v.dev.name, name, scheme, x.ID, x.Help, strings.Join(x.Nodes, "\n  "))
		}
	}
}

// shot keeps a picture in the folder that ENGAWA_SHOTS names.
func (v *screen) shot(name string) {
	v.Helper()
	if os.Getenv("ENGAWA_SHOTS") == "" {
		return
	}
	ask[chromedp.Void](v, `window.had = document.activeElement; window.had?.blur(); void 0`)
	v.settled()
	v.keep(name)
	ask[chromedp.Void](v, `window.had?.focus(); void 0`)
}

func (v *screen) keep(name string) {
	dir := os.Getenv("ENGAWA_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(v.ctx, chromedp.CaptureScreenshot())
	err = errors.Join(err, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
	if err != nil {
		v.Errorf("picture %s: %v", name, err)
	}
}

const control = chromedp.Modifier(2)

// js writes a text as JavaScript does.
func js(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}
