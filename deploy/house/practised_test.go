package house

import (
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/bot/line/emulator"
)

var (
	practised = regexp.MustCompile(`href="/practice/([a-z0-9-]+)"`)
	doneSoFar = regexp.MustCompile(`name="done" value="([^"]*)"`)
)

// names says whether a request to LINE sends something or names a person; asking for
// the account's own numbers does neither.
func names(r emulator.Request) bool {
	return r.Method != http.MethodGet || strings.Contains(r.Path, "/profile") || strings.Contains(r.Path, "/content")
}

// sends is posts with fields that stand several times.
func (c *clerk) sends(path string, pairs ...string) (string, error) {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	res, err := c.web.PostForm("http://"+c.console+path, form)
	return pageOf(res, err)
}

// TestWhoeverPractisesThroughThePagesReachesNobody goes the whole way of every person of
// the practice, on the pages of a running house, beside somebody who really waits.
func TestWhoeverPractisesThroughThePagesReachesNobody(t *testing.T) {
	d, printed := startDemo(t, shippedWords(t))
	_, _, desk := d.links(t, printed)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &clerk{town: &town{TB: t}, web: &http.Client{Jar: jar, Timeout: 15 * time.Second}, console: d.cfg.ConsoleAddr}
	if _, err := pageOf(c.web.Get(desk)); err != nil {
		t.Fatal(err)
	}
	real := d.line.NewUser()
	d.line.Follow(real)
	d.line.SendText(real, "人と話したい")
	c.await(20*time.Second, "somebody real in the line", func() bool {
		body, err := pageOf(c.web.Get("http://" + c.console + "/"))
		return err == nil && len(rowLine.FindAllString(body, -1)) == 1
	})
	c.await(20*time.Second, "they know their place, which is the last thing they are told", func() bool {
		return slices.ContainsFunc(d.line.Messages(real), func(m emulator.Delivered) bool { return strings.Contains(m.Text, "順番がとれました") })
	})
	line, err := pageOf(c.web.Get("http://" + c.console + "/practice"))
	if err != nil {
		t.Fatal(err)
	}
	people := practised.FindAllStringSubmatch(line, -1)
	if len(people) < 3 {
		t.Fatalf("%d people to practise with, want at least 3", len(people))
	}
	before, answers := len(d.line.Requests()), 0
	for _, p := range people {
		for _, last := range []string{"close", "ask"} {
			path := "/practice/" + p[1]
			page := c.does(path, "do", "claim")
			for _, act := range []string{"answer", "answer", last} {
				pairs := []string{"do", act, "words", "読みました。いま、ここにいます。"}
				for _, m := range doneSoFar.FindAllStringSubmatch(page, -1) {
					pairs = append(pairs, "done", html.UnescapeString(m[1]))
				}
				if page, err = c.sends(path, pairs...); err != nil {
					t.Fatal(err)
				}
				if act == "answer" && strings.Contains(page, "いま、ここにいます") {
					answers++
				}
			}
		}
	}
	if answers != 4*len(people) {
		t.Errorf("%d answers stand on the pages of the practice, want %d", answers, 4*len(people))
	}
	sent := slices.DeleteFunc(slices.Clone(d.line.Requests()[before:]), func(r emulator.Request) bool { return !names(r) })
	if len(sent) != 0 {
		t.Errorf("while somebody practised LINE was asked %d times, first by %s; want never", len(sent), sent[0].Endpoint)
	}
	body, err := pageOf(c.web.Get("http://" + c.console + "/"))
	if err != nil || len(rowLine.FindAllString(body, -1)) != 1 {
		t.Errorf("%v; the real line has %d rows, want the one who really waits", err, len(rowLine.FindAllString(body, -1)))
	}
}
