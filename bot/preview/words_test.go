package preview

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var keysAsked = regexp.MustCompile(`\.Say\.(\w+)|\bsay\("(\w+)"`)

// TestThePageSpeaksTwoLanguages: every word that the page asks for is there in both,
// none is left over, and an English page has no Japanese of its own.
func TestThePageSpeaksTwoLanguages(t *testing.T) {
	asked := map[string]bool{}
	for _, name := range []string{"preview.html", "preview.js"} {
		raw, err := static.ReadFile("static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range keysAsked.FindAllStringSubmatch(string(raw), -1) {
			asked[m[1]+m[2]] = true
		}
	}
	delete(asked, "code")
	for key := range asked {
		if words[key][0] == "" || words[key][1] == "" {
			t.Errorf("the page asks for %q, which is not said in both languages", key)
		}
	}
	for key := range words {
		if !asked[key] {
			t.Errorf("%q is never asked for", key)
		}
	}
	s := New(new(Book), Options{Back: "/content", English: func(r *http.Request) bool { return r.Header.Get("Want") == "en" }})
	t.Cleanup(s.Close)
	ask := func(want string) string {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/?talk=ABCDEFGHIJ", nil)
		r.Header.Set("Want", want)
		s.ServeHTTP(w, r)
		return w.Body.String()
	}
	if got := ask("ja"); !strings.Contains(got, `<html lang="ja">`) || !strings.Contains(got, "<h1>ことばの下見</h1>") {
		t.Errorf("got %s, want Japanese", got)
	}
	own := regexp.MustCompile(`<option[^>]*>[^<]*</option>|― 縁側`).ReplaceAllString(ask("en"), "") // languages call themselves by their own names
	if i := strings.IndexFunc(own, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) }); i >= 0 {
		t.Errorf("an English page says %q", own[i:min(len(own), i+40)])
	}
}
