package console

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// taste is how somebody likes to see the pages. It lives in a cookie of the
// browser, not in the account: a desk and a phone differ.
type taste struct{ Lang, Size, Theme, Keys string }

var plain = taste{Lang: "ja", Size: "100", Theme: "auto", Keys: "on"}

// tastes are the values that each setting may have.
var tastes = map[string][]string{
	"lang":  {"ja", "en"},
	"size":  {"100", "125", "150"},
	"theme": {"auto", "light", "dark"},
	"keys":  {"on", "off"},
}

const tasteCookie = "engawa_look"

func (t *taste) set(name, value string) {
	if !slices.Contains(tastes[name], value) {
		return
	}
	switch name {
	case "lang":
		t.Lang = value
	case "size":
		t.Size = value
	case "theme":
		t.Theme = value
	case "keys":
		t.Keys = value
	}
}

func tasteOf(ec echo.Context) taste {
	t := plain
	k, err := ec.Cookie(tasteCookie)
	if err != nil {
		return t
	}
	parts := strings.Split(k.Value, ".")
	for i, name := range []string{"lang", "size", "theme", "keys"} {
		if i < len(parts) {
			t.set(name, parts[i])
		}
	}
	return t
}

// look changes one setting and goes back to where it was changed.
func (c *console) look(v *visit) error {
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	for name := range tastes {
		v.Taste.set(name, v.form(name))
	}
	//#nosec G124 -- Secure everywhere but on this machine (demo)
	v.SetCookie(&http.Cookie{
		Name: tasteCookie, Path: "/", MaxAge: 365 * 24 * 60 * 60,
		Value:  strings.Join([]string{v.Taste.Lang, v.Taste.Size, v.Taste.Theme, v.Taste.Keys}, "."),
		Secure: !c.Loopback, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	back := "/me"
	if v.form("back") == "/sign-in" {
		back = "/sign-in"
	}
	return v.Redirect(http.StatusSeeOther, back)
}
