package contacts

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
)

var now = time.Date(2026, 11, 22, 10, 0, 0, 0, time.FixedZone("Asia/Tokyo", 9*3600))

func shipped(t *testing.T) *flows.Bundle {
	t.Helper()
	b, faults := script.Load(content.FS, script.Options{AcceptDrafts: true})
	if b == nil {
		t.Fatal(faults.Err())
	}
	return b
}

func drawn(t *testing.T, b *flows.Bundle, n flows.Notice) string {
	t.Helper()
	page, err := Page(b, n, now)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

func TestThePageHasTheThreeNumbersInEveryLanguageAndNothingUnverified(t *testing.T) {
	got := drawn(t, shipped(t), flows.Notice{})
	for _, phone := range always {
		if n := strings.Count(got, `href="tel:`+phone+`"`); n != len(flows.Langs) {
			t.Errorf("%s stands there %d times, want once in each of %d languages", phone, n, len(flows.Langs))
		}
	}
	if n := strings.Count(got, "tel:"); n != len(always)*len(flows.Langs) {
		t.Errorf("%d numbers, want only the three: nobody has verified another", n)
	}
	for _, l := range flows.Langs {
		if !strings.Contains(got, `href="#`+string(l)+`"`) || !strings.Contains(got, `id="`+string(l)+`"`) {
			t.Errorf("%s has no anchor", l)
		}
	}
	if !strings.Contains(got, "2026-11-22") {
		t.Error("the page does not say when it was made")
	}
}

func TestThePageNeedsNothingFromAnywhere(t *testing.T) {
	got := drawn(t, shipped(t), flows.Notice{})
	if bad := regexp.MustCompile(`(?i)<script|<link|<img|src=|@import|url\(`).FindString(got); bad != "" {
		t.Errorf("the page asks for something: %s", bad)
	}
}

func TestAVerifiedContactIsShownUntilItIsStale(t *testing.T) {
	b := shipped(t)
	c := *b.Cards["inochi-sos"]
	c.By, c.Verified, c.Expires = "鈴木", now.AddDate(0, 0, -10), time.Time{}
	b.Cards["inochi-sos"] = &c
	if got := drawn(t, b, flows.Notice{}); !strings.Contains(got, `href="tel:0120061338"`) {
		t.Error("a verified contact is missing")
	}
	c.Verified = now.AddDate(0, 0, -100)
	if got := drawn(t, b, flows.Notice{}); strings.Contains(got, "0120061338") {
		t.Error("a contact verified 100 days ago is still shown")
	}
}

func TestTheThreeStandThereEvenInAFolderWithoutThem(t *testing.T) {
	b := shipped(t)
	for _, id := range []flows.CardID{"110", "119", "189"} {
		delete(b.Cards, id)
	}
	b.Lines = nil
	got := drawn(t, b, flows.Notice{})
	for _, phone := range always {
		if !strings.Contains(got, `href="tel:`+phone+`"`) {
			t.Errorf("%s is missing", phone)
		}
	}
}

func TestTheNoticeStandsOnThePageUntilItsEnd(t *testing.T) {
	b := shipped(t)
	n := flows.Notice{Away: now.Add(24 * time.Hour), Disaster: now.Add(time.Hour)}
	got := drawn(t, b, n)
	for _, want := range []string{"いま、災害のときの案内をしています", "きょうは、相談員がいません", "No one is here to read today"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(got, "{when}") {
		t.Error("the time was not filled in")
	}
	if page, _ := Page(b, n, now.Add(48*time.Hour)); strings.Contains(string(page), "きょうは、相談員がいません") {
		t.Error("said after its end")
	}
}
