package pages_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"engawa/bot/board"
)

// mailbox gives the letters that leave now.
func (s *site) mailbox() (all []board.Letter) {
	s.t.Helper()
	if err := s.store.Deliver(s.t.Context(), func(_ context.Context, _ string, l board.Letter) error { all = append(all, l); return nil }); err != nil {
		s.t.Fatal(err)
	}
	return all
}

var linkIn = regexp.MustCompile(`https?://[^\s]+`)

// path is where the link of a letter leads.
func (s *site) path(l board.Letter) string {
	s.t.Helper()
	for _, secret := range []string{"ひだまり", "お茶"} {
		if strings.Contains(l.Subject+l.Body, secret) {
			s.t.Errorf("a letter names the group: %s", l.Body)
		}
	}
	u, err := url.Parse(linkIn.FindString(l.Body))
	if err != nil || u.Path == "" {
		s.t.Fatalf("no link in %q", l.Body)
	}
	return u.RequestURI()
}

func TestAMemberWithoutLINEJoinsByALetterAndGetsALinkAnewWhenItIsLost(t *testing.T) {
	s := open(t, true)
	s.pages.Mail = true
	s.enter()
	fields := url.Values{"token": {s.token()}, "act": {board.NewID()}, "do": {"write"}, "mail": {"nazuna@example.jp"}}
	for range 2 { // a double tap
		if status, page := s.read(s.client.PostForm(s.url+"/g/people", fields)); status != http.StatusOK || !strings.Contains(page, "招待のメールを送ります") {
			t.Fatalf("got %d %s", status, page)
		}
	}
	letters := s.mailbox()
	if len(letters) != 1 || letters[0].To != "nazuna@example.jp" {
		t.Fatalf("got %v, want one letter", letters)
	}
	s.client = s.browser() // another person's phone
	_, page := s.get(s.path(letters[0]))
	if _, home := s.submit(page, "/g/join", url.Values{"code": {code(page)}, "name": {"なずな"}}); !strings.Contains(home, "なずなさんとして") {
		t.Fatalf("the letter did not let them in: %s", home)
	}
	s.client = s.browser() // a new phone; the cookie is gone, and so is the letter
	if status, page := s.get("/g"); status != http.StatusForbidden || !strings.Contains(page, "/g/lost") {
		t.Fatalf("got %d %s, want the way to a new link", status, page)
	}
	for _, who := range []string{"nobody@example.jp", "nazuna@example.jp"} {
		_, page = s.get("/g/lost")
		status, answer := s.submit(page, "/g/lost", url.Values{"mail": {who}})
		if status != http.StatusOK || !strings.Contains(answer, "リンクが届きます") || strings.Contains(answer, who) {
			t.Errorf("got %d %s, want the same answer whoever asks", status, answer)
		}
	}
	letters = s.mailbox()
	if len(letters) != 1 || letters[0].To != "nazuna@example.jp" {
		t.Fatalf("got %v, want one letter to who is there", letters)
	}
	to := s.path(letters[0])
	_, page = s.get(to)
	if _, home := s.submit(page, to, nil); !strings.Contains(home, "なずなさんとして") {
		t.Errorf("the new link does not open: %s", home)
	}
	s.client = s.browser()
	_, page = s.get(to)
	if status, _ := s.submit(page, to, nil); status != http.StatusForbidden {
		t.Errorf("the link opens in a second browser: got %d, want 403", status)
	}
}

var codeIn = regexp.MustCompile(`name="code" value="([^"]+)"`)

func code(page string) string {
	if m := codeIn.FindStringSubmatch(page); m != nil {
		return m[1]
	}
	return ""
}

func TestAnInvitationOpensTheTalkWithItsTextReady(t *testing.T) {
	s := open(t, true)
	s.pages.Talk = func(text string) string { return "https://line.example/?" + url.PathEscape(text) }
	s.enter()
	fields := url.Values{"token": {s.token()}, "act": {board.NewID()}, "do": {"invite"}}
	_, page := s.read(s.client.PostForm(s.url+"/g/people", fields))
	g, err := s.store.Group(t.Context(), s.group)
	if err != nil {
		t.Fatal(err)
	}
	code := g.Invites[len(g.Invites)-1]
	talk := "https://line.example/?" + url.PathEscape("会に入る "+code)
	if !strings.Contains(page, talk) || !strings.Contains(page, "<svg class=\"qr\"") {
		t.Errorf("the host is shown no link and code that open the talk: %s", page)
	}
	s.client = s.browser()
	if _, page := s.get("/g/join/" + code); !strings.Contains(page, talk) {
		t.Errorf("the page of the invitation does not lead into the talk: %s", page)
	}
}

func TestAGroupIsPausedAndAnsweredForOnItsOwnPage(t *testing.T) {
	s := open(t, true)
	s.pages.Rest = func() time.Duration { return 30 * 24 * time.Hour }
	s.enter()
	s.write("静かなお茶の会")
	_, home := s.get("/g")
	if _, home = s.submit(home, "/g/life", url.Values{"do": {"pause"}}); !strings.Contains(home, "また始める") {
		t.Fatalf("it is not paused: %s", home)
	}
	if status, _ := s.get("/event/" + s.only().ID); status != http.StatusNotFound {
		t.Errorf("the page of a paused group's event: got %d, want 404", status)
	}
	if _, home = s.submit(home, "/g/life", url.Values{"do": {"still"}}); !strings.Contains(home, "お休みにする") {
		t.Fatalf("it does not go on: %s", home)
	}
	s.now = s.now.Add(91 * 24 * time.Hour)
	silence := board.Silence{Ask: 90 * 24 * time.Hour, Rest: 30 * 24 * time.Hour}
	if err := s.store.Tend(t.Context(), s.follow, silence, nil); err != nil {
		t.Fatal(err)
	}
	if status, home := s.get("/g"); status != http.StatusOK || !strings.Contains(home, "つづけています") || !strings.Contains(home, "30日") {
		t.Errorf("got %d %s: after 90 silent days the browser is not shut out, and is asked", status, home)
	}
	g, err := s.store.Group(t.Context(), s.group)
	if err != nil {
		t.Fatal(err)
	}
	link, err := s.store.NewLink(t.Context(), s.group, g.Members[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	s.client = s.browser()
	_, door := s.get("/g/in/" + link + "?still=1")
	if !strings.Contains(door, "つづけています") {
		t.Fatalf("the letter's link: %s", door)
	}
	if _, home := s.submit(door, "/g/in/"+link, url.Values{"still": {"1"}}); !strings.Contains(home, "そのまま出ています") {
		t.Errorf("one tap is not enough: %s", home)
	}
	if g, err = s.store.Group(t.Context(), s.group); err != nil || !g.Quiet.IsZero() {
		t.Errorf("the group still waits for an answer: %v %v", g.Quiet, err)
	}
}
