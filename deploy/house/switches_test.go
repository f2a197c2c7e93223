package house

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"engawa/flows"
	"engawa/handoff/staff"
)

// supervisor signs somebody in at this house's console and sends forms in their name.
func (c *cottage) supervisor(name, alias string) func(path string, pairs ...string) string {
	c.t.Helper()
	password, err := c.staff.Add(c.ctx, staff.Account{Name: name, Alias: alias, Roles: []staff.Role{staff.Supervisor}}, "")
	c.do(err)
	e, err := c.console(c.ctx)
	c.do(err)
	desk := httptest.NewServer(e)
	c.t.Cleanup(desk.Close)
	jar, err := cookiejar.New(nil)
	c.do(err)
	web := &http.Client{Jar: jar, Timeout: 30 * time.Second}
	does := func(path string, pairs ...string) string {
		c.t.Helper()
		form := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		var page string
		if len(pairs) == 0 {
			page, err = pageOf(web.Get(desk.URL + path))
		} else {
			page, err = pageOf(web.PostForm(desk.URL+path, form))
		}
		c.do(err)
		return page
	}
	does("/sign-in", "name", name, "password", password)
	does("/first", "password", ownPassword, "again", ownPassword)
	return does
}

var actField = regexp.MustCompile(`name="act" value="([^"]+)"`)

func TestASwitchSetInTheConsoleReachesTheTalksAsItWasShown(t *testing.T) {
	c := newCottage(t, false)
	c.alwaysOpen()
	c.hire(suzuran.Name, suzuran.Alias)
	does := c.supervisor("mori", "もり")
	end := time.Now().In(c.bundle().House.Zone).AddDate(0, 0, 2)
	date := end.Format(time.DateOnly)
	set := func(kind string, shown ...string) []string {
		page := does("/notices/sure?" + url.Values{"kind": {kind}, "date": {date}, "clock": {"10:00"}}.Encode())
		for _, want := range shown {
			if !strings.Contains(page, want) {
				t.Errorf("before %s is set the page does not show %q", kind, want)
			}
		}
		form := []string{"act", actField.FindStringSubmatch(page)[1], "kind", kind, "date", date, "clock", "10:00"}
		for range 3 {
			does("/notices/set", form...)
		}
		return form
	}
	c.writes("人と話したい", "人につなぎます")
	first := set("disaster", "いま、災害のときの案内をしています", "災害")
	c.user = c.phone.NewUser()
	c.writes("人と話したい", "いま、災害のときの案内をしています")
	set("away", "いま、相談員はいません。次に人が読むのは", "午前10時")
	c.user = c.phone.NewUser()
	c.writes("人と話したい", "いま、相談員はいません。次に人が読むのは")
	if n := c.noticeNow(); n.Away.In(end.Location()).Format("2006-01-02 15:04") != date+" 10:00" {
		t.Errorf("the turns see %+v, want both until the %s at ten", n, date)
	}
	does("/notices/end", "act", "e1", "kind", "disaster")
	does("/notices/end", "act", "e2", "kind", "away")
	if page := does("/notices/set", first...); strings.Contains(page, "いま終わらせる") { // the first form once more
		t.Error("an old form turned the switch on again")
	}
	c.user = c.phone.NewUser()
	c.writes("人と話したい", "人につなぎます")
	if n := c.noticeNow(); n != (flows.Notice{}) {
		t.Errorf("in the end the turns see %+v", n)
	}
}
