package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// kept is a form that somebody was filling in when their session ended. It goes
// through the door with them and comes back to be sent by their own hand.
type kept struct {
	To   string // where it was being sent
	Form string // its fields, as they are sent
}

// keptView is the page on which it comes back.
type keptView struct {
	Page   page
	Alarms []alarmView
	To     string // "" = this person may not send it
	Fields []keptField
	Hidden []keptField
	Back   string
}

type keptField struct{ Name, Value string }

var (
	// neverKept are forms whose fields are secrets, or are made by a script.
	neverKept = []string{"/sign-in", "/sign-in/code", "/first", "/me/password", "/me/second/begin", "/me/second/confirm", "/me/second/codes", "/me/second/drop", "/me/bells", "/look", "/sign-out", "/search", previewPath}
	// ownBox are those whose words come back into their own box on their own page.
	ownBox = []string{"/case/:id/answer", "/case/:id/note", "/case/:id/model", "/task/:id/note", "/task/:id/answer"}
	// notTyped are fields that a page fills in by itself.
	notTyped = []string{"act", "rev", "id", "kind", "of", "given", "seen", "hash", "file", "done", "do", "noteact", "back"}
)

// keep takes a form along, if anything in it was typed or chosen.
func keep(v *visit, r route) kept {
	f := v.Request().PostForm
	if slices.Contains(neverKept, r.path) || slices.Contains(ownBox, r.path) || strings.HasSuffix(r.path, "/writing") {
		return kept{}
	}
	for name, values := range f {
		if !slices.Contains(notTyped, name) && strings.TrimSpace(strings.Join(values, "")) != "" {
			return kept{To: v.Request().URL.Path, Form: f.Encode()}
		}
	}
	return kept{}
}

// keptForm is what came through the door.
func (v *visit) keptForm() kept { return kept{To: v.form("kept_to"), Form: v.form("kept")} }

// homeOf is the page on which a form stood, as far as its address tells.
func homeOf(path string) string {
	for path != "" {
		if next := nextOf(path); next != "/" {
			return next
		}
		path = path[:strings.LastIndex(path, "/")]
	}
	return "/"
}

// routeTo finds the form that a path belongs to.
func (c *console) routeTo(path string) (route, bool) {
	parts := strings.Split(path, "/")
	for _, r := range c.table {
		pattern := strings.Split(r.path, "/")
		fits := r.method == http.MethodPost && len(pattern) == len(parts) && !slices.Contains(neverKept, r.path)
		for i := 0; fits && i < len(parts); i++ {
			fits = pattern[i] == parts[i] || pattern[i] == ":id" && idShape.MatchString(parts[i])
		}
		if fits {
			return r, true
		}
	}
	return route{}, false
}

// hasKept says whether a form came along that can be shown.
func (c *console) hasKept(k kept) bool {
	_, known := c.routeTo(k.To)
	return known && k.Form != ""
}

// keptPage shows what somebody had typed, and lets them send it or let it go.
func (c *console) keptPage(v *visit, k kept, next string) error {
	say := c.pages.say(v.Taste.Lang)
	r, _ := c.routeTo(k.To)
	fields, err := url.ParseQuery(k.Form)
	if err != nil {
		return v.Redirect(http.StatusSeeOther, v.home())
	}
	view := keptView{Back: next}
	if view.Back == "/" {
		view.Back = v.home()
	}
	if v.has(r.roles) {
		view.To = k.To
	}
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range fields[name] {
			view.Hidden = append(view.Hidden, keptField{name, value})
			if !slices.Contains(notTyped, name) && strings.TrimSpace(value) != "" {
				view.Fields = append(view.Fields, keptField{say("kept.field", "n", len(view.Fields)+1), value})
			}
		}
	}
	if view.Alarms, err = c.alarmsFor(v.Request().Context(), v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "kept", say("kept.title"))
	return c.render(v, http.StatusOK, "kept", view)
}

// orKept shows the words by themselves where the page they belong to is no more.
func (c *console) orKept(v *visit, from doorView, err error) error {
	if status, _ := kindOf(err); err == nil || status != http.StatusNotFound {
		return err
	}
	return c.keptPage(v, kept{Form: url.Values{"words": {from.Draft}}.Encode()}, "/")
}
