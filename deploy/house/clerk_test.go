package house

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// clerk is a coordinator at the console without a browser: it sends the same forms.
type clerk struct {
	*town
	web     *http.Client
	console string
}

// ownPassword is what a clerk chooses.
const ownPassword = "縁側で会いましょう-2026"

// clerk signs a coordinator in, with a password of their own.
func (tw *town) clerk(name, alias string) *clerk {
	tw.Helper()
	lines := strings.Split(strings.TrimSpace(tw.run("coordinator", "add", name, "--alias", alias)), "\n")
	password := strings.TrimSpace(lines[len(lines)-1])
	jar, err := cookiejar.New(nil)
	if err != nil {
		tw.Fatal(err)
	}
	c := &clerk{town: tw, web: &http.Client{Jar: jar, Timeout: 15 * time.Second}, console: tw.console}
	c.does("/sign-in", "name", name, "password", password)
	c.does("/first", "password", ownPassword, "again", ownPassword)
	return c
}

var errPage = errors.New("the console refuses")

// posts sends a form and follows to the page that says what came of it.
func (c *clerk) posts(path string, pairs ...string) (page string, err error) {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	res, err := c.web.PostForm("http://"+c.console+path, form)
	return pageOf(res, err)
}

func pageOf(res *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%w: %s, %s", errPage, res.Request.URL.Path, res.Status)
	}
	return string(body), err
}

// does is posts of something that must go through.
func (c *clerk) does(path string, pairs ...string) string {
	c.Helper()
	page, err := c.posts(path, pairs...)
	if err != nil {
		c.Fatal(err)
	}
	return page
}

// insists presses again until it goes through, as a person does whose page shows
// that it did not. The form's own id makes that harmless.
func (c *clerk) insists(path string, pairs ...string) {
	c.Helper()
	c.await(time.Minute, "the console takes "+path, func() bool {
		_, err := c.posts(path, pairs...)
		return err == nil
	})
}

var rowLine = regexp.MustCompile(`data-row="([^"]+)"`)

// takes claims the one case that waits and gives its address.
func (c *clerk) takes() (page string) {
	c.Helper()
	c.await(20*time.Second, "a case in the line", func() bool {
		body, err := pageOf(c.web.Get("http://" + c.console + "/"))
		rows := rowLine.FindAllStringSubmatch(body, -1)
		if err != nil || len(rows) == 0 {
			return false
		}
		page = "/case/" + rows[0][1]
		return true
	})
	c.does(page + "/claim")
	return page
}
