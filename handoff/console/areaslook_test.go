package console

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"engawa/handoff/alarm/own"
	"engawa/handoff/staff"
)

// TestTeamsAndAreasAreUsableByEverybodyAndByKeyboard walks the new rooms on a phone and
// at a desk, in both themes, and changes an area without a mouse.
func TestTeamsAndAreasAreUsableByEverybodyAndByKeyboard(t *testing.T) {
	o := newOffice(t, func(p *Parts) {
		p.Guest = Guest{Code: "teatime", Name: "lead"}
		p.Own, p.Mails = &fakeOwn{said: map[string]own.Reach{}}, true
	})
	if _, err := o.accounts.Add(t.Context(), staff.Account{Name: "lead", Alias: "はるか", Roles: []staff.Role{staff.AreaLead, staff.Administrator}}, password); err != nil {
		t.Fatal(err)
	}
	for _, at := range []struct {
		on    size
		theme string
	}{{desktop, "light"}, {phone, "dark"}} {
		v := o.signedIn(t, at.on, at.theme)
		for name, path := range map[string]string{"areas": "/areas", "area": onePlace("area", "北の圏域"), "team": onePlace("team", "くらしの窓口"), "own": "/me"} {
			v.open(path)
			v.axe(name)
			v.shot(at.on.name + "-" + at.theme + "-" + name)
		}
	}
	v := o.signedIn(t, desktop, "light")
	v.open("/areas")
	v.key("+")
	v.until("the form of a new area", `document.querySelector("form[action='/areas/save'] input[name=name]")`)
	v.do(chromedp.Focus(chromedp.CSS("input[name=name]")))
	v.press("東の圏域")
	v.press("\t\t") // past how wide it is, which is chosen, to who stands there
	v.press(" ")
	for range 30 {
		if eval[bool](v, `document.activeElement.matches("button.main")`) {
			break
		}
		v.press("\t")
	}
	v.press("\r")
	v.until("the list with it", `location.pathname === "/areas" && document.querySelector("main").innerText.includes("東の圏域")`)
	if got := v.text("#notice"); !strings.Contains(got, "変えました") {
		t.Errorf("the page says %q", got)
	}
	o.as(t, "lead").get("/areas").wants(t, http.StatusOK, "東の圏域")
	v.key("?")
	v.until("the keys", `document.getElementById("keys").open && document.getElementById("keys").innerText.includes("足す")`)
}
