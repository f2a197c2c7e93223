package house

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"engawa/bot/line/emulator"
	"engawa/bot/room"
)

// What is written in the room, and must stand nowhere in clear.
const (
	inRoom     = "部屋でだけ話します。" + canaryName
	roomRegret = "さっきの番号は " + canaryPhone
)

// newRooms is a town whose residents can reach it with a browser.
func newRooms(t *testing.T, settings ...string) *town {
	t.Helper()
	tw := newTown(t, settings...)
	tw.env = append(tw.env, "ENGAWA_PUBLIC_URL=http://"+tw.public)
	return tw
}

// plainBrowser is a browser without a script.
type plainBrowser struct {
	*town
	client *http.Client
	page   string // as last seen
	status int
}

func newPlainBrowser(tw *town) *plainBrowser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		tw.Fatal(err)
	}
	return &plainBrowser{town: tw, client: &http.Client{Jar: jar, Timeout: 20 * time.Second}}
}

func (b *plainBrowser) opens(path string) { b.Helper(); b.asks(http.MethodGet, path, nil) }

// sends posts a form as the page has it now.
func (b *plainBrowser) sends(path string, fields ...string) {
	b.Helper()
	form := url.Values{"token": {b.hidden("token")}, "form": {b.hidden("form")}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	b.asks(http.MethodPost, path, form)
}

func (b *plainBrowser) asks(method, path string, form url.Values) {
	b.Helper()
	if !strings.HasPrefix(path, "http") {
		path = "http://" + b.public + path
	}
	r, err := http.NewRequestWithContext(b.Context(), method, path, strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := b.client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	b.page, b.status = string(text), res.StatusCode
	for _, header := range []string{"Content-Security-Policy", "X-Robots-Tag"} {
		if res.Header.Get(header) == "" && res.Request.URL.Host == b.public {
			b.Errorf("%s came without %s", path, header)
		}
	}
	if got := res.Header.Get("Cache-Control"); got != "no-store" {
		b.Errorf("%s may be kept: %q", path, got)
	}
}

var hiddenField = map[string]*regexp.Regexp{
	"token": regexp.MustCompile(`name="token" value="([^"]+)"`),
	"form":  regexp.MustCompile(`name="form" value="([^"]+)"`),
}

func (b *plainBrowser) hidden(name string) string {
	if m := hiddenField[name].FindStringSubmatch(b.page); m != nil {
		return m[1]
	}
	return ""
}

// button is the data of a button with that label on the page.
func (b *plainBrowser) button(label string) string {
	b.Helper()
	m := regexp.MustCompile(`<button name="(?:data|id)" value="([^"]+)">`+label+`</button>`).FindAllStringSubmatch(b.page, -1)
	if len(m) == 0 {
		b.Fatalf("no button 「%s」 on the page:\n%s", label, b.page)
	}
	return strings.ReplaceAll(m[len(m)-1][1], "&amp;", "&")
}

func (b *plainBrowser) sees(words ...string) {
	b.Helper()
	for _, w := range words {
		if !strings.Contains(b.page, w) {
			b.Fatalf("the page (%d) lacks 「%s」:\n%s", b.status, w, b.page)
		}
	}
}

// comes looks again until the words are there.
func (b *plainBrowser) comes(words string) {
	b.Helper()
	defer func() {
		if b.Failed() {
			b.Logf("the page (%d):\n%s", b.status, b.page)
		}
	}()
	b.await(20*time.Second, words, func() bool { b.opens("/room"); return strings.Contains(b.page, words) })
}

func (b *plainBrowser) lacks(words ...string) {
	b.Helper()
	for _, w := range words {
		if strings.Contains(b.page, w) {
			b.Fatalf("the page shows 「%s」:\n%s", w, b.page)
		}
	}
}

// link is the newest link to the room that a person got in LINE.
func (tw *town) link(user string, than ...string) string {
	tw.Helper()
	link := ""
	ctx, cancel := context.WithTimeout(tw.Context(), 20*time.Second)
	defer cancel()
	_, err := tw.line.Await(ctx, user, func(ms []emulator.Delivered) bool {
		for _, m := range ms {
			for _, b := range m.Buttons {
				if strings.Contains(b.URI, room.LinkPath) {
					link = b.URI
				}
			}
		}
		return link != "" && (len(than) == 0 || link != than[0])
	})
	if err != nil {
		tw.Fatal("no link to the room came")
	}
	return link
}

// comesIn goes from LINE into the room.
func (b *plainBrowser) comesIn(link string) {
	b.Helper()
	b.opens(link)
	b.sees("ひらく")
	b.asks(http.MethodPost, link, nil)
	b.sees("ここに書けます")
}

// TestTheRoomNeedsNoScript lives the room by plain forms: from LINE into it, words
// that come three times and count once, a power cut between word and answer, a link
// in the wrong hands, a lost link, a cry for help, and the end.
func TestTheRoomNeedsNoScript(t *testing.T) {
	tw := newRooms(t, "ENGAWA_CONTENT="+contentOpen(t, false))
	tw.start()
	user := tw.line.NewUser()
	tw.line.SendText(user, "部屋をひらく")
	link := tw.link(user)

	b := newPlainBrowser(tw)
	for range 3 { // LINE looks at links too
		newPlainBrowser(tw).opens(link)
	}
	b.comesIn(link)

	stranger := newPlainBrowser(tw)
	stranger.opens(link)
	stranger.asks(http.MethodPost, link, nil)
	if stranger.status != http.StatusForbidden {
		t.Errorf("a used link answered %d in the wrong hands, want %d", stranger.status, http.StatusForbidden)
	}
	stranger.sees("このボタンは、もう使えません", "部屋をひらく")
	b.asks(http.MethodPost, link, nil) // its own browser only comes back
	b.sees("ここに書けます")

	before := len(tw.texts(user))
	form := b.hidden("form")
	for range 3 {
		b.sends("/room/say", "words", inRoom, "form", form)
	}
	b.comes(inRoom)
	if n := strings.Count(b.page, inRoom); n != 1 {
		t.Errorf("words that came three times stand there %d times, want once", n)
	}
	b.sends("/room/tap", "data", b.button("人と話す"))
	b.comes("次に人が読むのは")
	b.comes("順番がとれました")

	b.sends("/room/say", "words", roomRegret)
	tw.stop(syscall.SIGKILL) // the power goes at some moment between the word and its answer
	tw.start()
	b.comes(roomRegret)
	b.sees(inRoom)

	mine := b.button("取り消す") // the last of their own
	b.sends("/room/unsend", "id", mine)
	tw.await(10*time.Second, "the word that was taken back to go", func() bool {
		b.opens("/room")
		return !strings.Contains(b.page, roomRegret)
	})
	b.sees("取り消しました", inRoom)

	b.sends("/room/say", "words", "もう死にたい")
	b.comes("いま命があぶないときは119")
	b.sees(`href="tel:119"`)
	for _, m := range tw.texts(user)[before:] {
		if strings.Contains(m, "119") || strings.Contains(m, "順番") {
			t.Errorf("what belongs to the room went to LINE: %q", m)
		}
	}
	roomEnds(t, tw, user, b, link)
}

// roomEnds: the link is lost, a new one comes, and everything is deleted.
func roomEnds(t *testing.T, tw *town, user string, b *plainBrowser, lost string) {
	tw.line.SendText(user, "部屋をひらく")
	fresh := tw.link(user, lost)
	other := newPlainBrowser(tw)
	other.comesIn(fresh)
	other.sees(inRoom, "ほかの画面を閉じる")
	other.sends("/room/others")
	b.opens("/room")
	b.sees("ほかの画面から閉じられました", "部屋をひらく")
	b.lacks(inRoom)

	other.opens("/room")
	other.sends("/room/say", "words", "消して")
	other.comes("いま消す")
	other.sends("/room/tap", "data", other.button("いま消す"))
	other.comes("すべて消しました")
	other.lacks(inRoom)
	tw.await(10*time.Second, "the person's room to be gone", func() bool { return len(tw.keys("*:room:*")) == 0 && len(tw.keys("*:words:*")) == 0 })
	tw.roomBooks(7) // words, a tap, regret, its taking back, a cry, and two steps of 消す
	tw.checkCanaries()
	if strings.Contains(tw.log.String(), strings.TrimPrefix(fresh, "http://"+tw.public)) {
		t.Error("a link stands in the log")
	}
}

// roomBooks: what residents brought, from LINE and from the room, adds up.
func (tw *town) roomBooks(fromRoom int64) {
	tw.Helper()
	var b book
	tw.await(20*time.Second, "nothing under way", func() bool {
		b = book{}
		if err := json.Unmarshal([]byte(tw.run("ledger", "--json")), &b); err != nil {
			tw.Fatal(err)
		}
		return b.Waiting == 0 && b.Counts["pending"] == tw.unread()
	})
	for _, f := range tw.line.Events() {
		if f.Taken {
			fromRoom++
		}
	}
	if !b.AddsUp || b.Counts["received"] != fromRoom || b.Counts["failed"] != 0 {
		tw.Errorf("ledger %v (adds up: %v), want %d received and none failed", b.Counts, b.AddsUp, fromRoom)
	}
	for _, c := range tw.line.Complaints() {
		tw.Errorf("LINE complains: %s", c)
	}
}
