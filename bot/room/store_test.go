package room

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/redis/go-redis/v9"

	"engawa/bot/people"
	"engawa/config/redistest"
	"engawa/flows"
)

const (
	hanako = flows.PersonID("03-hanako")
	taro   = flows.PersonID("03-taro")
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// given puts a fresh link where the commit of a turn puts it.
func given(t *testing.T, rdb redis.UniversalClient, p flows.PersonID, now time.Time) string {
	t.Helper()
	token, hash := NewLink(3)
	rdb.HSet(t.Context(), LinksKey(3), hash, string(p)+" "+ms(now.Add(LinkFor)))
	if err := rdb.HSet(t.Context(), Key(p), "link", hash).Err(); err != nil {
		t.Fatal(err)
	}
	return token
}

func whyOf(err error) string {
	var c ClosedError
	if errors.As(err, &c) {
		return c.Why
	}
	return ""
}

func TestALinkOpensOnceAndForOneBrowser(t *testing.T) {
	rdb := redistest.Client(t)
	s := NewStore(rdb, 16)
	link := given(t, rdb, hanako, noon)
	mine, theirs := newSecret(3), newSecret(3)
	for range 3 { // a double tap, a lost answer
		if err := s.Redeem(t.Context(), link, mine, noon); err != nil {
			t.Fatalf("redeem: %v", err)
		}
	}
	if err := s.Redeem(t.Context(), link, theirs, noon); whyOf(err) != whyLink {
		t.Errorf("a used link in other hands: %v, want closed: link", err)
	}
	if _, err := s.Sit(t.Context(), theirs, true, noon); whyOf(err) != whyNone {
		t.Errorf("a browser that was not let in: %v, want closed: none", err)
	}
	g, err := s.Sit(t.Context(), mine, true, noon)
	if err != nil || g.Person != hanako {
		t.Errorf("the bound browser sees the talk of %q (%v), want %q", g.Person, err, hanako)
	}
	for _, key := range []string{LinksKey(3), SeatsKey(3), Key(hanako)} {
		all, err := rdb.HGetAll(t.Context(), key).Result()
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range all {
			if strings.Contains(k+v, link) || strings.Contains(k+v, mine) {
				t.Errorf("%s holds a secret in clear", key)
			}
		}
	}
}

func TestANewLinkEndsTheOneBefore(t *testing.T) {
	rdb := redistest.Client(t)
	s := NewStore(rdb, 16)
	old := given(t, rdb, hanako, noon)
	fresh := given(t, rdb, hanako, noon)
	if err := s.Redeem(t.Context(), old, newSecret(3), noon); whyOf(err) != whyLink {
		t.Errorf("the old link: %v, want closed", err)
	}
	if err := s.Redeem(t.Context(), fresh, newSecret(3), noon.Add(LinkFor+time.Second)); whyOf(err) != whyLink {
		t.Errorf("a link whose time is over: %v, want closed", err)
	}
	if err := s.Redeem(t.Context(), fresh, newSecret(3), noon); err != nil {
		t.Errorf("the fresh link: %v", err)
	}
}

func TestABrowserThatDoesNothingIsLetOutAndToldSo(t *testing.T) {
	rdb := redistest.Client(t)
	s := NewStore(rdb, 16)
	seat := newSecret(3)
	if err := s.Redeem(t.Context(), given(t, rdb, hanako, noon), seat, noon); err != nil {
		t.Fatal(err)
	}
	now := noon
	for now.Before(noon.Add(Whole - Idle)) { // who is busy stays
		now = now.Add(Idle - time.Minute)
		if _, err := s.Sit(t.Context(), seat, true, now); err != nil {
			t.Fatalf("busy at %s: %v", now, err)
		}
	}
	if _, err := s.Sit(t.Context(), seat, true, noon.Add(Whole+time.Minute)); whyOf(err) != whyIdle {
		t.Errorf("after the whole time: %v, want closed: idle", err)
	}
	if _, err := s.Sit(t.Context(), seat, true, noon); whyOf(err) != whyIdle {
		t.Errorf("once closed: %v, want it to stay closed", err)
	}
}

func TestOneBrowserClosesTheOthersAndAFourthOneTheOldest(t *testing.T) {
	rdb := redistest.Client(t)
	s := NewStore(rdb, 16)
	var seats []string
	for i := range mostSeats + 1 {
		seat, now := newSecret(3), noon.Add(time.Duration(i)*time.Second)
		if err := s.Redeem(t.Context(), given(t, rdb, hanako, now), seat, now); err != nil {
			t.Fatal(err)
		}
		seats = append(seats, seat)
	}
	if _, err := s.Sit(t.Context(), seats[0], true, noon); whyOf(err) != whyOthers {
		t.Errorf("the oldest of too many: %v, want closed: others", err)
	}
	g, err := s.Sit(t.Context(), seats[3], true, noon)
	if err != nil || g.Seats != mostSeats {
		t.Fatalf("%d browsers (%v), want %d", g.Seats, err, mostSeats)
	}
	if err := s.Others(t.Context(), g, noon); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sit(t.Context(), seats[2], true, noon); whyOf(err) != whyOthers {
		t.Errorf("another one: %v, want closed: others", err)
	}
	if g, err := s.Sit(t.Context(), seats[3], true, noon); err != nil || g.Seats != 1 {
		t.Errorf("%d browsers (%v), want this one alone", g.Seats, err)
	}
}

func TestOnlyAPageThatWasShownHasSeen(t *testing.T) {
	rdb := redistest.Client(t)
	s := NewStore(rdb, 16)
	given(t, rdb, hanako, noon)
	rdb.HSet(t.Context(), Key(hanako), "n", 4, "h", 4)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Seen(t.Context(), hanako, 0, noon)) // a stream that is open
	v, err := s.Look(t.Context(), hanako, noon.Add(time.Second))
	if err != nil || !v.Here || !v.Unread {
		t.Errorf("an open stream: %+v (%v), want here and unread", v, err)
	}
	must(s.Seen(t.Context(), hanako, 4, noon))
	must(s.Seen(t.Context(), hanako, 3, noon)) // an older page comes late
	if v, err = s.Look(t.Context(), hanako, noon.Add(time.Hour)); err != nil || v.Here || v.Unread {
		t.Errorf("after the page: %+v (%v), want read and away", v, err)
	}
}

func TestTheSweepTakesWhatIsOverAndNothingElse(t *testing.T) {
	rdb := redistest.Client(t)
	s := NewStore(rdb, 16)
	link, seat := given(t, rdb, hanako, noon), newSecret(3)
	if err := s.Redeem(t.Context(), link, seat, noon); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at   time.Time
		left int64
	}{{noon.Add(time.Minute), 2}, {noon.Add(Whole + 2*WhyFor), 0}} {
		if err := s.Sweep(t.Context(), c.at); err != nil {
			t.Fatal(err)
		}
		if n := rdb.HLen(t.Context(), LinksKey(3)).Val() + rdb.HLen(t.Context(), SeatsKey(3)).Val(); n != c.left {
			t.Errorf("at %s %d entries are left, want %d", c.at, n, c.left)
		}
	}
}

// nobody is a house in which one person has said nothing yet.
type nobody struct{ flows.PersonID }

func (n nobody) Get(context.Context, flows.PersonID) (people.Person, error) {
	return people.Person{ID: n.PersonID}, nil
}

func (nobody) Talk(context.Context, flows.PersonID, time.Time) ([]people.Said, error) {
	return nil, nil
}

func (nobody) One(context.Context, flows.PersonID, string) (people.Said, bool, error) {
	return people.Said{}, false, nil
}

// pagesOf are the pages over https, with what was written.
func pagesOf(t *testing.T, s *Store, wrote *[]string) http.Handler {
	t.Helper()
	g, err := NewPages(Parts{
		Store: s, People: nobody{hanako}, Secure: true, Exit: "https://weather.example", Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
		Written: func(_ context.Context, _ flows.PersonID, event string, w Written) error {
			*wrote = append(*wrote, event)
			return nil
		},
		Bundle: func(*flows.State) *flows.Bundle { return &flows.Bundle{} },
		Often:  func(context.Context, string, int, time.Duration) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	e := echo.New()
	g.Register(e)
	return e
}

func TestOtherSitesCannotWriteInARoom(t *testing.T) {
	rdb := redistest.Client(t)
	s := NewStore(rdb, 16)
	seat := newSecret(3)
	if err := s.Redeem(t.Context(), given(t, rdb, hanako, noon), seat, noon); err != nil {
		t.Fatal(err)
	}
	var wrote []string
	e := pagesOf(t, s, &wrote)
	post := func(origin, token, cookie string) int {
		form := url.Values{"words": {"こんばんは"}, "form": {"ABCDEFGHIJKLMNOPQRST"}, "token": {token}}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://room.example/room/say", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Room", "1")
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		r.AddCookie(&http.Cookie{Name: cookie, Value: seat})
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		return w.Code
	}
	for _, c := range []struct {
		what, origin, token, cookie string
		want                        int
	}{
		{"another site", "https://evil.example", formToken(seat), "__Host-room", http.StatusForbidden},
		{"a form without its token", "https://room.example", "", "__Host-room", http.StatusForbidden},
		{"a cookie of another name", "https://room.example", formToken(seat), "room", http.StatusGone},
	} {
		if got := post(c.origin, c.token, c.cookie); got != c.want {
			t.Errorf("%s: %d, want %d", c.what, got, c.want)
		}
	}
	if len(wrote) != 0 {
		t.Errorf("%d events were written, want none", len(wrote))
	}
	for range 3 {
		if got := post("https://room.example", formToken(seat), "__Host-room"); got != http.StatusNoContent {
			t.Errorf("our own form: %d, want 204", got)
		}
	}
	if len(wrote) != 3 || wrote[0] != wrote[1] || wrote[1] != wrote[2] {
		t.Errorf("one form three times is %v, want one name", wrote)
	}
}

func TestTheWayOutNeedsNothingAndLeavesNothing(t *testing.T) {
	rdb := redistest.Client(t)
	s := NewStore(rdb, 16)
	seat := newSecret(3)
	if err := s.Redeem(t.Context(), given(t, rdb, hanako, noon), seat, noon); err != nil {
		t.Fatal(err)
	}
	var wrote []string
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://room.example/room/quit", nil)
	r.AddCookie(&http.Cookie{Name: "__Host-room", Value: seat})
	w := httptest.NewRecorder()
	pagesOf(t, s, &wrote).ServeHTTP(w, r)
	h := w.Header()
	if w.Code != http.StatusSeeOther || h.Get("Location") != "https://weather.example" {
		t.Errorf("out leads to %d %q, want the city's page", w.Code, h.Get("Location"))
	}
	if c := h.Get("Set-Cookie"); !strings.Contains(c, "Max-Age=0") || !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "Secure") || !strings.Contains(c, "SameSite=Lax") {
		t.Errorf("the cookie is %q, want it gone", c)
	}
	if !strings.Contains(h.Get("Content-Security-Policy"), "form-action 'self' https://weather.example;") || h.Get("Clear-Site-Data") == "" {
		t.Errorf("headers %v do not let the browser go and forget", h)
	}
	if _, err := s.Sit(t.Context(), seat, true, noon); whyOf(err) != whyQuit {
		t.Errorf("afterwards: %v, want closed: quit", err)
	}
}

func TestAFormThatWasChangedIsAnotherEvent(t *testing.T) {
	a, b := eventOf(hanako, "form", Written{Text: "a"}), eventOf(hanako, "form", Written{Text: "b"})
	if a == b || a == eventOf(taro, "form", Written{Text: "a"}) || a != eventOf(hanako, "form", Written{Text: "a"}) {
		t.Error("an event is not named by person, form and words")
	}
}
