package console

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"engawa/handoff"
)

// press sends keys to whatever has the focus.
func (v *screen) press(keys string, mods ...chromedp.Modifier) {
	v.t.Helper()
	v.do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(mods...)))
}

// key strikes one key as a person does: the letter comes only if nobody took the key.
func (v *screen) key(k string) {
	v.t.Helper()
	v.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, typ := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
			p := input.DispatchKeyEventParams{Type: typ, Key: k}
			if typ == input.DispatchKeyEventTypeKeyDown {
				p.Text = k
			}
			if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, p); err != nil {
				return err
			}
		}
		return nil
	}))
}

// ready waits until the scripts of the page listen.
func (v *screen) ready() {
	v.t.Helper()
	v.until("the page is complete", `document.readyState === "complete" && document.getElementById("pause")?.hidden !== true`)
}

func (v *screen) focus() string {
	v.t.Helper()
	return eval[string](v, `(a => a.id || a.closest("[data-row]")?.dataset.row || a.dataset.key || a.tagName)(document.activeElement)`)
}

// TestWholeDayByKeyboard walks from the entrance to a sent answer without a mouse.
func TestWholeDayByKeyboard(t *testing.T) {
	h := newHouse(t)
	h.wait("c1", "みどりのつばめ 27", 30)
	h.wait("c2", "しろいかもめ 8", 4)
	v := h.screen(t, desktop, "light")
	v.open("/sign-in")
	v.press("\t\t")
	v.do(chromedp.Focus(chromedp.CSS("[name=name]")), chromedp.KeyEvent("suzu"), chromedp.KeyEvent("\t"), chromedp.KeyEvent(password), chromedp.KeyEvent(kb.Enter))
	v.until("the line is open", `document.querySelectorAll("[data-row]").length === 2`)
	v.ready()

	v.key("j")
	if got := v.focus(); got != "c1" {
		t.Errorf("j goes to %s, want the first person", got)
	}
	v.key("j")
	v.key("k")
	if got := v.focus(); got != "c1" {
		t.Errorf("k goes to %s, want back to the first", got)
	}
	v.press(kb.Enter)
	v.until("the talk is open", `location.pathname === "/case/c1"`)
	v.ready()
	v.key("o")
	v.until("the seal is broken", `document.body.innerText.includes("電話がこわい")`)
	v.ready()
	v.key("c")
	v.until("the talk is mine", `document.getElementById("words") !== null`)
	v.ready()

	v.key("m")
	if got := v.focus(); got != "note" {
		t.Errorf("m goes to %s, want the note", got)
	}
	v.press("jc?")
	if got := eval[string](v, `document.getElementById("note").value`); got != "jc?" {
		t.Errorf("the note holds %q: letters are letters while writing", got)
	}
	v.press(kb.Escape)
	v.key("e")
	v.until("ten minutes more", `document.body.innerText.includes("14時25分まで")`)
	v.ready()
	v.key("?")
	v.until("the keys are listed", `document.getElementById("keys").open`)
	v.axe("key list")
	v.press(kb.Escape)
	v.until("the list is closed", `!document.getElementById("keys").open`)

	v.key("r")
	v.press("すずらんです。読みました。")
	v.press(kb.Enter)
	v.press("いっしょに考えられます。")
	v.press(kb.Enter, chromedp.Modifier(2)) // Ctrl
	v.until("the answer stands in the talk", `[...document.querySelectorAll(".letter.staff")].some(l => l.innerText.includes("いっしょに考えられます"))`)
	if got := h.desk.answers(); !slices.Equal(got, []string{"すずらんです。読みました。\nいっしょに考えられます。"}) {
		t.Errorf("sent %q", got)
	}
	v.ready()
	if got := eval[string](v, `document.getElementById("words").value`); got != "" {
		t.Errorf("the box still holds %q", got)
	}
	v.key("b")
	if got := eval[bool](v, `document.querySelector("[data-key=return]").parentElement.open`); !got {
		t.Error("b does not show what putting back means")
	}
	v.key("l")
	v.until("back at the line", `location.pathname === "/"`)
}

func TestSingleKeysCanBeTurnedOff(t *testing.T) {
	h := newHouse(t, forGuest)
	h.wait("c1", "みどりのつばめ 27", 30)
	v := h.signedIn(t, desktop, "light")
	v.open("/me")
	v.do(chromedp.Click(chromedp.CSS(`[name=keys][value=off]`)))
	v.until("they are off", `document.body.dataset.keys === "off"`)
	v.open("/case/c1")
	v.ready()
	v.key("c")
	v.key("?")
	if eval[bool](v, `document.getElementById("keys").open`) || h.desk.cases["c1"].State != handoff.Waiting {
		t.Error("a single letter did something")
	}
}

func TestEnterNeverSendsWhileComposing(t *testing.T) {
	h := newHouse(t, forGuest)
	h.wait("c1", "みどりのつばめ 27", 30)
	v := h.signedIn(t, desktop, "light")
	v.open("/case/c1")
	v.ready()
	v.key("c")
	v.until("the talk is mine", `document.getElementById("words") !== null`)
	v.ready()
	got := eval[int](v, `(() => {
		let sent = 0;
		const box = document.getElementById("words");
		box.form.addEventListener("submit", e => { sent++; e.preventDefault(); });
		box.focus();
		box.value = "おはよう";
		const enter = (o) => box.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, ...o}));
		enter({isComposing: true});
		enter({isComposing: true, ctrlKey: true});
		enter({keyCode: 229, ctrlKey: true});
		enter({keyCode: 229});
		enter({});
		enter({shiftKey: true});
		return sent;
	})()`)
	if got != 0 {
		t.Errorf("%d answers were sent by Enter", got)
	}
	if got := eval[int](v, `(() => {
		let sent = 0;
		const box = document.getElementById("words");
		box.form.addEventListener("submit", e => { sent++; e.preventDefault(); });
		box.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, bubbles: true, cancelable: true}));
		return sent;
	})()`); got != 1 {
		t.Errorf("Ctrl+Enter sent %d answers, want 1", got)
	}
}

func TestDraftsSurviveReloadAndGoWhenSent(t *testing.T) {
	h := newHouse(t, forGuest)
	h.wait("c1", "みどりのつばめ 27", 30)
	h.wait("c2", "しろいかもめ 8", 4)
	v := h.signedIn(t, desktop, "light")
	for _, id := range []string{"c2", "c1"} {
		v.open("/case/" + id)
		v.ready()
		v.key("c")
		v.until("the talk is mine", `document.getElementById("words") !== null`)
		v.ready()
	}
	v.key("r")
	v.press("書きかけの返事")
	v.press(kb.Escape)
	v.key("m")
	v.press("書きかけの覚え書き")
	v.do(chromedp.Reload())
	v.ready()
	values := func() string {
		return eval[string](v, `document.getElementById("words").value + "|" + document.getElementById("note").value`)
	}
	if got := values(); got != "書きかけの返事|書きかけの覚え書き" {
		t.Errorf("after a reload: %q", got)
	}
	v.open("/case/c2")
	v.ready()
	if got := values(); got != "|" {
		t.Errorf("another person's boxes hold %q", got)
	}
	v.open("/case/c1")
	v.ready()
	v.do(chromedp.DoubleClick(chromedp.CSS(".write .main")))
	v.until("it is sent", `document.querySelectorAll(".letter.staff").length === 1`)
	v.do(chromedp.Reload())
	v.ready()
	if got := values(); got != "|書きかけの覚え書き" {
		t.Errorf("after sending: %q, want the note alone", got)
	}
	if got := h.desk.answers(); len(got) != 1 {
		t.Errorf("a double click sent %q", got)
	}
}

func TestEndOfTheSessionKeepsTheTextInTheBrowser(t *testing.T) {
	h := newHouse(t, forGuest)
	h.wait("c1", "みどりのつばめ 27", 30)
	v := h.signedIn(t, desktop, "light")
	v.open("/case/c1")
	v.ready()
	v.key("c")
	v.until("the talk is mine", `document.getElementById("words") !== null`)
	v.ready()
	v.key("r")
	v.press("まだ途中の")
	h.staff.endAll()
	h.wait("c2", "しろいかもめ 8", 1)
	v.until("the page says so", `document.getElementById("notice").innerText.includes("サインインが切れました")`)
	if got := eval[string](v, `document.getElementById("words").value`); got != "まだ途中の" {
		t.Errorf("the box holds %q", got)
	}
	v.axe("ended session")
	v.do(chromedp.Click(chromedp.CSS("#notice a")))
	v.until("the entrance is open", `location.pathname === "/sign-in"`)
	v.do(chromedp.SendKeys(chromedp.CSS("[name=name]"), "suzu"), chromedp.SendKeys(chromedp.CSS("[name=password]"), password+"\n"))
	v.until("the words are back", `document.getElementById("words")?.value === "まだ途中の"`)
}

func TestEverythingWorksWithoutScripts(t *testing.T) {
	h := newHouse(t, forGuest)
	h.wait("c1", "みどりのつばめ 27", 30)
	v := h.screen(t, phone, "light")
	if _, err := chromedp.Call(v.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	click := func(selector string) {
		t.Helper()
		if _, err := chromedp.RunResponse(v.ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
			t.Fatalf("click %s: %v", selector, err)
		}
	}
	v.open("/sign-in")
	v.do(chromedp.SendKeys(chromedp.CSS("[name=name]"), "suzu"), chromedp.SendKeys(chromedp.CSS("[name=password]"), password))
	click(".main")
	click(".row")
	click(".seal button")
	click("[data-key=claim]")
	v.do(chromedp.SendKeys(chromedp.CSS("#words"), "読みました"))
	click(".write .main")
	v.do(chromedp.SendKeys(chromedp.CSS("#note"), "次は電話"))
	click(".notes button")
	v.do(chromedp.Click(chromedp.CSS("[data-key=handback]")))
	click("form[action$=handback] button")
	if got := h.desk.answers(); !slices.Equal(got, []string{"読みました"}) {
		t.Errorf("sent %q", got)
	}
	if c := h.desk.cases["c1"]; c.State != handoff.Closed || len(h.desk.notes["c1"]) != 1 {
		t.Errorf("case %s with %d notes, want closed with 1", c.State, len(h.desk.notes["c1"]))
	}
}

func TestEverythingCanBeHitAndNothingOverflows(t *testing.T) {
	for _, s := range []size{desktop, phone} {
		for _, scale := range []string{"100", "125", "150"} {
			t.Run(s.name+" "+scale, func(t *testing.T) {
				h := newHouse(t, forGuest)
				h.fill()
				v := h.signedIn(t, s, "light")
				v.open("/me")
				if _, err := chromedp.RunResponse(v.ctx, chromedp.Click(chromedp.CSS(fmt.Sprintf("[name=size][value='%s']", scale)))); err != nil {
					t.Fatal(err)
				}
				v.until("the size is set", fmt.Sprintf(`document.documentElement.dataset.size === %q`, scale))
				for _, path := range []string{"/", "/case/c5", "/case/c2", "/ledger", "/me", "/help"} {
					v.open(path)
					if over := eval[int](v, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
						t.Errorf("%s is %d px wider than the screen", path, over)
					}
					small := eval[[]string](v, `[...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")]
						.filter(e => e.offsetParent !== null && !e.matches("p a, .skip"))
						.map(e => [e, (e.type === "checkbox" && e.closest("label") || e).getBoundingClientRect()]) // its words tick it too
						.filter(([e, r]) => r.height < 44 || r.width < 44)
						.map(([e, r]) => e.outerHTML.slice(0, 80) + " " + Math.round(r.width) + "×" + Math.round(r.height))`)
					if len(small) > 0 {
						t.Errorf("%s: smaller than 44 px:\n%s", path, strings.Join(small, "\n"))
					}
				}
				if scale == "150" {
					v.open("/case/c5")
					v.shot(s.name + "-150-mine")
				}
			})
		}
	}
}

func TestFocusIsAlwaysSeen(t *testing.T) {
	h := newHouse(t, forGuest)
	h.fill()
	v := h.signedIn(t, desktop, "light")
	v.open("/case/c5")
	v.ready()
	for range 12 {
		v.press("\t")
		got := eval[string](v, `(s => s.outlineWidth + " " + s.outlineStyle + " " + s.outlineColor)(getComputedStyle(document.activeElement))`)
		if got != "3px solid rgb(42, 75, 141)" {
			t.Errorf("focus on %s looks like %s", v.focus(), got)
		}
	}
}
