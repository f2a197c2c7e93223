package emulator

import (
	"bufio"
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestThePageHoldsNothingThatItsPolicyForbids(t *testing.T) {
	f := start(t)
	r := f.call("GET", "/phone?user=hanako", "")
	f.want(r, 200, f.PhoneUser("hanako"))
	policy := r.header.Get("Content-Security-Policy")
	for _, word := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'self'"} {
		if !strings.Contains(policy, word) {
			t.Errorf("policy %q lacks %q", policy, word)
		}
	}
	for _, inline := range []string{` style=`, `<style`, ` onclick=`, `javascript:`, `http://`, `https://`} {
		if strings.Contains(r.body, inline) {
			t.Errorf("the page holds %q", inline)
		}
	}
	if strings.Count(r.body, "<script") != 1 || !strings.Contains(r.body, `<script type="module" src="phone/static/phone.js"></script>`) {
		t.Errorf("the page has a script that is no file")
	}
	for _, file := range []string{"phone.css", "phone.js", "flex.js"} {
		got := f.call("GET", "/phone/static/"+file, "")
		f.want(got, 200, "")
		if strings.Contains(got.body, "://") && !strings.Contains(got.body, "http://www.w3.org/2000/svg") {
			t.Errorf("%s asks somebody else", file)
		}
	}
	f.want(f.call("GET", "/phone/static/phone.html", ""), 404, "")
}

func TestTheStyleSheetKnowsNoOtherColours(t *testing.T) {
	raw, err := static.ReadFile("static/phone.css")
	if err != nil {
		t.Fatal(err)
	}
	house := []string{ // look.md, light and dark
		"#FBF7F0", "#2B2622", "#5F564D", "#A08562", "#2F6B4F", "#DCEBE1", "#F6D99B", "#A3241B", "#2A4B8D",
		"#1D1B19", "#F1EAE0", "#B9AEA1", "#8A7458", "#7FC6A0", "#FF9C8F", "#9DB8F2",
	}
	for _, c := range regexp.MustCompile(`#[0-9A-Fa-f]{3,8}\b`).FindAllString(string(raw), -1) {
		if !strings.Contains(strings.Join(house, " "), c) {
			t.Errorf("%s is no colour of the house", c)
		}
	}
}

func TestEveryBrowserIsSomebodyElseAndStaysTheSame(t *testing.T) {
	f := start(t)
	who := regexp.MustCompile(`data-user="(U[0-9a-f]{32})"`)
	first, second := f.call("GET", "/phone", ""), f.call("GET", "/phone", "")
	a, b := who.FindStringSubmatch(first.body), who.FindStringSubmatch(second.body)
	if a == nil || b == nil || a[1] == b[1] {
		t.Fatalf("users = %v and %v, want two people", a, b)
	}
	again := f.call("GET", "/phone", "", "Cookie", strings.SplitN(first.header.Get("Set-Cookie"), ";", 2)[0])
	if c := who.FindStringSubmatch(again.body); c == nil || c[1] != a[1] {
		t.Errorf("the same browser became %v, want %s", c, a[1])
	}
	if !strings.Contains(first.header.Get("Set-Cookie"), "HttpOnly; SameSite=Strict") {
		t.Errorf("cookie = %s", first.header.Get("Set-Cookie"))
	}
	if f.PhoneUser("taro") == f.PhoneUser("hanako") || f.PhoneUser(a[1]) != a[1] {
		t.Error("names and people are mixed up")
	}
}

func TestThePhoneDoesWhatAResidentCanDo(t *testing.T) {
	f := start(t)
	user := f.PhoneUser("hanako")
	act := func(body string) result { return f.call("POST", "/phone/act?user=hanako", body) }
	for _, body := range []string{
		`{"do":"follow"}`, `{"do":"text","text":"こんにちは"}`, `{"do":"postback","data":"d","shown":"はい"}`,
		`{"do":"picked","data":"d","key":"time","value":"10:00"}`, `{"do":"switch","data":"d","value":"no-such-tab"}`,
		`{"do":"sticker","pack":"11537","id":"52002734","keywords":["こんにちは"]}`,
		`{"do":"location","title":"区役所","address":"a","lat":35,"lon":139}`, `{"do":"again"}`,
	} {
		f.want(act(body), 204, "")
	}
	bodies := f.ours.await(t, 8)
	for i, has := range []string{`"follow"`, "こんにちは", `"data":"d"`, `"time":"10:00"`, "RICHMENU_ALIAS_ID_NOTFOUND", "sticker", "区役所", `"isRedelivery":true`} {
		if !strings.Contains(bodies[i], has) || !strings.Contains(bodies[i], user) {
			t.Errorf("%d: %s lacks %s", i, bodies[i], has)
		}
	}
	f.want(act(`{"do":"weather","value":"down"}`), 204, "")
	f.want(f.call("GET", "/v2/bot/info", ""), 503, "")
	f.want(act(`{"do":"weather","value":"slow"}`), 204, "")
	f.want(act(`{"do":"weather","value":"fine"}`), 204, "")
	f.want(f.call("GET", "/v2/bot/info", ""), 200, "")
	for _, bad := range []string{`{"do":"text","text":""}`, `{"do":"dance"}`, `{`, `{"do":"unsend","id":"1"}`, `{"do":"weather","value":"storm"}`} {
		f.want(act(bad), 400, "")
	}
	f.want(f.call("POST", "/phone/act?user=../x", `{"do":"follow"}`), 400, "")
	f.want(act(`{"do":"unfollow"}`), 204, "")
	f.want(act(`{"do":"text","text":"ブロック中"}`), 400, "")
}

func TestNoOtherSiteCanActAsAResident(t *testing.T) {
	f := start(t)
	f.want(f.call("POST", "/phone/act?user=hanako", `{"do":"follow"}`, "Sec-Fetch-Site", "cross-site"), 403, "")
	f.want(f.call("POST", "/phone/photo?user=hanako", "x", "Sec-Fetch-Site", "cross-site", "Content-Type", "image/png"), 403, "")
	if got := len(f.Events()); got != 0 {
		t.Errorf("%d events, want 0", got)
	}
}

func TestPhotosAreShownAndNothingElseIs(t *testing.T) {
	f := start(t)
	f.want(f.call("POST", "/phone/photo?user=hanako", "pixels", "Content-Type", "image/png"), 204, "")
	f.want(f.call("POST", "/phone/photo?user=hanako", "<svg/>", "Content-Type", "image/svg+xml"), 400, "")
	id := f.Events()[0].Message
	f.want(f.call("GET", "/phone/media/"+id, ""), 200, "pixels")
	file := f.Do(File(f.PhoneUser("hanako"), "a.html", []byte("<script>")))
	f.want(f.call("GET", "/phone/media/"+file.Message, ""), 404, "")
	f.want(f.call("GET", "/phone/menu/none", ""), 404, "")
}

func TestThePageIsToldWhatItHasNotSeen(t *testing.T) {
	f := start(t)
	user := f.PhoneUser("hanako")
	f.SendText(user, "一つめ")
	last := f.stream(t, "", "event: state")
	f.pushTo(user, "", "二つめ")
	fresh := f.stream(t, lastID(last), "二つめ")
	if strings.Contains(fresh, "一つめ") {
		t.Errorf("the page was told twice:\n%s", fresh)
	}
	if got := f.stream(t, "999999", "event: restart"); !strings.Contains(got, "restart") {
		t.Errorf("a page of another emulator was told %s", got)
	}
}

func lastID(s string) string {
	ids := regexp.MustCompile(`(?m)^id: (\d+)$`).FindAllStringSubmatch(s, -1)
	return ids[len(ids)-1][1]
}

// stream reads a page's events until one line has been seen.
func (f *fixture) stream(t *testing.T, seen, until string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", f.api.URL+"/phone/events?user=hanako", nil)
	if err != nil {
		t.Fatal(err)
	}
	if seen != "" {
		req.Header.Set("Last-Event-ID", seen)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var got strings.Builder
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		got.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), until) {
			return got.String()
		}
	}
	t.Fatalf("the stream ended without %q:\n%s", until, got.String())
	return ""
}
