package house

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"engawa/config/privacy"
	"engawa/flows"
	"engawa/flows/contacts"
)

// aYear is how each language says for how long talks with a coordinator stay.
var aYear = map[flows.Lang]string{flows.Ja: "1年", flows.JaEasy: "1年", flows.En: "a year", flows.Zh: "一年", flows.Ko: "1년",
	flows.Vi: "1 năm", flows.Ne: "१ वर्ष|1 वर्ष|एक वर्ष", flows.Tl: "1 taon|isang taon", flows.Pt: "1 ano|um ano"}

// thirtyDays is how each language writes that number.
var thirtyDays = map[flows.Lang]string{flows.Ne: "30|३०"}

func TestThePrivacyPageSaysInEveryLanguageWhatTheKeepTableHolds(t *testing.T) {
	if got := privacy.Keep[privacy.CaseWords]; got != 365*24*time.Hour {
		t.Fatalf("case words are kept for %v: the sentences of nine languages say a year", got)
	}
	days := strconv.Itoa(int(privacy.Keep[privacy.Words] / (24 * time.Hour)))
	b, err := contentFlags{}.load()
	if err != nil {
		t.Fatal(err)
	}
	page, err := contacts.Privacy(b, contacts.Facts{Kept: keptTable()}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range flows.Langs {
		_, rest, ok := strings.Cut(string(page), `<section id="`+string(l)+`"`)
		part, _, _ := strings.Cut(rest, "</section>")
		if !ok {
			t.Errorf("%s: no part of the page", l)
			continue
		}
		// readings in brackets stand between number and unit in plain Japanese
		plain := regexp.MustCompile(`[(（][^)）]*[)）]`).ReplaceAllString(part, "")
		number := days
		if own := thirtyDays[l]; own != "" {
			number = own
		}
		for what, want := range map[string]string{"words without a case": number, "words of a case": aYear[l], "not for emergencies": "119", "a draft, marked": "下書き"} {
			if !regexp.MustCompile(want).MatchString(plain) {
				t.Errorf("%s: %s: want %q in %s", l, what, want, plain)
			}
		}
		if l != flows.Ja && l != flows.JaEasy && strings.Contains(part, "まだ訳がありません") {
			t.Errorf("%s: falls back to plain Japanese", l)
		}
	}
	for _, row := range privacy.KeepTable {
		if !strings.Contains(string(page), row.What+`</th><td>`+lengthOf(row.For)) {
			t.Errorf("the page does not say how long %s is kept", row.What)
		}
	}
	if bad := regexp.MustCompile(`(?i)<script|<link|<img|src=|@import|url\(`).FindString(string(page)); bad != "" {
		t.Errorf("the page asks for something: %s", bad)
	}
}

func TestThePrivacyPageIsServedWhileTheStoreIsDown(t *testing.T) {
	h := standingHouse(t)
	_, _ = h.rdb.Close(), h.sure.Close()
	w := httptest.NewRecorder()
	h.public().ServeHTTP(w, httptest.NewRequest(http.MethodGet, privacyPath, nil))
	if w.Code != http.StatusOK || strings.Count(w.Body.String(), "<section") != len(flows.Langs) {
		t.Errorf("%d, %d bytes; want the page in nine languages", w.Code, w.Body.Len())
	}
}

func TestPrivacyWritesOneFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "page.html")
	if err := (privacyCmd{HTML: name}).Run(); err != nil {
		t.Fatal(err)
	}
	if page, err := os.ReadFile(name); err != nil || !strings.Contains(string(page), `lang="pt"`) {
		t.Errorf("%d bytes, %v", len(page), err)
	}
}

func TestTheFirstNoticeLinksOurOwnPageWhereTheCityNamesNone(t *testing.T) {
	h := &house{}
	h.cfg.PublicURL = "https://engawa.example.jp"
	if got := h.withPages(&flows.Bundle{}).House.Privacy; got != "https://engawa.example.jp/privacy" {
		t.Errorf("got %q, want our own page", got)
	}
	named := &flows.Bundle{House: flows.House{Privacy: "https://city.example.jp/line"}}
	if got := h.withPages(named).House.Privacy; got != named.House.Privacy {
		t.Errorf("got %q, want the city's own", got)
	}
	h.cfg.PublicURL = ""
	if got := h.withPages(&flows.Bundle{}).House.Privacy; got != "" {
		t.Errorf("got %q, want no link where nobody could open it", got)
	}
}
