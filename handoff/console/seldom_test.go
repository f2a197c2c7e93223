package console

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// signsIn types into the door as it stands.
func (v *screen) signsIn(name string) {
	v.t.Helper()
	v.do(chromedp.SendKeys(chromedp.CSS("[name=name]"), name), chromedp.SendKeys(chromedp.CSS("[name=password]"), password+"\n"))
}

// TestPagesThatAreSeldomSeenAreUsableByEverybodyToo: those that no address leads to, once
// in each theme and size. Whoever sees them is in a hurry, or is new.
func TestPagesThatAreSeldomSeenAreUsableByEverybodyToo(t *testing.T) {
	for _, on := range []struct {
		size
		theme string
	}{{desktop, "dark"}, {phone, "light"}} {
		t.Run(on.name+" "+on.theme, func(t *testing.T) {
			gone := false
			h := newHouse(t, withIDs(&gone))
			c := h.wait("c1", "あおいやまどり 3", 3, urgent)
			h.raise(c)
			shown := func(v *screen, name string) {
				t.Helper()
				v.axe(name)
				v.shot(on.name + "-" + on.theme + "-" + name)
			}

			v := h.screen(t, on.size, on.theme)
			v.open("/sign-in")
			eval[bool](v, `(() => {
				const f = document.body.appendChild(document.createElement("form"));
				f.method = "post"; f.action = "/hours/day";
				for (const [n, w] of [["date", "2026-12-01"], ["why", "避難訓練"]]) Object.assign(f.appendChild(document.createElement("input")), {name: n, value: w});
				setTimeout(() => f.submit());
				return true;
			})()`)
			v.until("the door keeps the form", `document.querySelector("[name=kept]") !== null`)
			shown(v, "door-kept")
			v.signsIn("kaede")
			v.until("what was typed is there", `document.body.innerText.includes("書いていたものが残っています")`)
			shown(v, "kept")

			v.open("/case/c1")
			v.ready()
			eval[bool](v, `(() => {
				const f = document.querySelector("form[action$=identify]");
				f.closest("details").open = true;
				f.elements.reason.value = "橋の上と書いたので警察へ";
				setTimeout(() => f.requestSubmit());
				return true;
			})()`)
			v.until("the id is shown", `document.body.innerText.includes("`+policeID+`")`)
			shown(v, "police")

			new := h.staff.accounts["suzu"]
			new.OneTime = true
			h.staff.accounts["suzu"] = new
			first := h.screen(t, on.size, on.theme)
			first.open("/sign-in")
			first.signsIn("suzu")
			first.until("their own is asked for", `document.querySelector("[name=again]") !== null`)
			shown(first, "first")
		})
	}
}
