package console

import (
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	formShape  = regexp.MustCompile(`(?s)<form[^>]*method="post"[^>]*action="([^"#]*)[^"]*".*?</form>`)
	fieldShape = regexp.MustCompile(`<(?:textarea|input)[^>]*>`)
	blankShape = regexp.MustCompile(`\{\{[^}]*\}\}`)
	nameShape  = regexp.MustCompile(` name="([^"]*)"`)
	keptShape  = regexp.MustCompile(`name="(kept_to|kept|draft|draft_for|next)"(?: rows="4" readonly)?(?: value="([^"]*)"|>([^<]*)</textarea>)`)
)

// freeForm is one form of the console in which somebody can write.
type freeForm struct {
	action string
	fields []string
}

// freeForms reads them all out of the templates.
func freeForms(t *testing.T) (all []freeForm) {
	t.Helper()
	files, err := filepath.Glob("templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range formShape.FindAllStringSubmatch(string(text), -1) {
			action := strings.Replace(m[1], "{{$at}}", "/people/suzu", 1)
			f := freeForm{action: blankShape.ReplaceAllString(action, "x1")}
			for _, field := range fieldShape.FindAllString(m[0], -1) {
				kind := strings.HasPrefix(field, "<textarea") || strings.Contains(field, `type="text"`) || strings.Contains(field, `type="email"`)
				if name := nameShape.FindStringSubmatch(blankShape.ReplaceAllString(field, "f1")); kind && name != nil && !strings.Contains(field, "readonly") {
					f.fields = append(f.fields, name[1])
				}
			}
			if len(f.fields) > 0 {
				all = append(all, f)
			}
		}
	}
	return all
}

// TestWhatWasTypedIntoAnyFormComesBackAfterSigningInAgain: a session may end in the
// middle of a sentence, whatever the page.
func TestWhatWasTypedIntoAnyFormComesBackAfterSigningInAgain(t *testing.T) {
	h := newHouse(t)
	h.wait("c1", "みどりのつばめ 27", 5)
	secrets := []string{"/sign-in", "/sign-in/code", "/first", "/me/password", "/me/second/begin", "/me/second/confirm", "/me/second/codes", "/search", "/book"}
	tried := 0
	for _, f := range freeForms(t) {
		if slices.Contains(secrets, f.action) {
			continue
		}
		action := strings.Replace(f.action, "/case/x1", "/case/c1", 1)
		b := h.browser(t)
		pairs, words := []string{"act", "a1"}, []string{}
		for i, name := range f.fields {
			word := "書きかけ " + string(rune('a'+i))
			pairs, words = append(pairs, name, word), append(words, word)
		}
		door := b.post(action, pairs...)
		if door.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s without a session: %d, want the door", action, door.StatusCode)
			continue
		}
		in := []string{"name", "kaede", "password", password}
		for _, m := range keptShape.FindAllStringSubmatch(door.body, -1) {
			in = append(in, m[1], html.UnescapeString(m[2]+m[3]))
		}
		back := b.post("/sign-in", in...)
		for _, word := range words {
			if !strings.Contains(back.body, word) {
				t.Errorf("%s: %q does not come back; signed in one sees %s (%d)", action, word, back.Request.URL.Path, back.StatusCode)
			}
		}
		if len(words) > 0 {
			tried++
		}
	}
	if tried < 20 {
		t.Errorf("%d forms were tried: some were not found", tried)
	}
}

func TestAFormThatCameThroughTheDoorIsSentByOnesOwnHandOnly(t *testing.T) {
	h := newHouse(t)
	b := h.browser(t)
	for to, form := range map[string]string{"https://elsewhere.example/x": "words=a", "/me/password": "old=a", "/nowhere": "words=a", "/sign-out": "x=y"} {
		if a := b.post("/sign-in", "name", "suzu", "password", password, "kept_to", to, "kept", form); strings.Contains(a.body, `action="`+to+`"`) && to != "/sign-out" || strings.Contains(a.body, "書いていたものが残っています") {
			t.Errorf("%s came back as a form", to)
		}
	}
	a := b.post("/sign-in", "name", "suzu", "password", password, "kept_to", "/hours/day", "kept", url.Values{"why": {"<b>行事</b>"}, "date": {"2026-12-01"}}.Encode())
	a.wants(t, http.StatusOK, "書いていたものが残っています", "&lt;b&gt;行事", "いまの役割では送れません")
	a.lacks(t, `action="/hours/day"`, "<b>行事")
}
