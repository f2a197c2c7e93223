package emulator

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// echo is the smallest bot there is: it shows three doors to whoever writes, and
// says back what was tapped.
type echo struct {
	api  string
	taps chan string
}

const threeDoors = `[{"type":"text","text":"来てくださって、ありがとうございます。\nここは、ひなた区の縁側です。","sender":{"name":"縁側(機械)"}},
 {"type":"flex","altText":"どれが近いですか","sender":{"name":"縁側(機械)"},
  "contents":{"type":"bubble","size":"mega","body":{"type":"box","layout":"vertical","spacing":"md","paddingAll":"16px","contents":[
   {"type":"text","text":"どれが近いですか。どれでもなくて大丈夫です。","wrap":true},
   {"type":"button","style":"secondary","color":"#DCEBE1","action":{"type":"postback","label":"家賃がきびしい","data":"okane/1","displayText":"家賃がきびしい"}},
   {"type":"button","style":"secondary","color":"#DCEBE1","action":{"type":"postback","label":"居場所をさがしたい","data":"ibasho/1","displayText":"居場所をさがしたい"}},
   {"type":"button","style":"secondary","color":"#DCEBE1","action":{"type":"postback","label":"ただ話したい","data":"talk/1","displayText":"ただ話したい"}}]},
   "footer":{"type":"box","layout":"horizontal","paddingAll":"8px","contents":[
   {"type":"button","height":"sm","action":{"type":"postback","label":"人と話す","data":"x/human","displayText":"人と話す"}},
   {"type":"button","height":"sm","action":{"type":"postback","label":"ここまで","data":"x/end","displayText":"ここまで"}}]}},
  "quickReply":{"items":[
   {"type":"action","action":{"type":"postback","label":"人と話す","data":"x/human","displayText":"人と話す"}},
   {"type":"action","action":{"type":"postback","label":"ここまで","data":"x/end","displayText":"ここまで"}}]}}]`

func (b *echo) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	var body struct {
		Events []struct {
			Type       string
			ReplyToken string
			Postback   struct{ Data string }
		}
	}
	_ = json.Unmarshal(raw, &body)
	for _, ev := range body.Events {
		switch {
		case ev.Type == "postback":
			b.taps <- ev.Postback.Data
			b.reply(ev.ReplyToken, `[{"type":"text","text":"「`+ev.Postback.Data+`」ですね。","sender":{"name":"相談員 すずらん"}}]`)
		case ev.ReplyToken != "":
			b.reply(ev.ReplyToken, threeDoors)
		}
	}
}

func (b *echo) reply(token, messages string) {
	req, err := http.NewRequest("POST", b.api+"/v2/bot/message/reply", strings.NewReader(`{"replyToken":"`+token+`","messages":`+messages+`}`))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	req.Header.Set("Content-Type", "application/json")
	if res, err := http.DefaultClient.Do(req); err == nil {
		_ = res.Body.Close()
	}
}

// phone is a browser tab with a talk in it.
type phone struct {
	t    *testing.T
	ctx  context.Context
	e    *Emulator
	bot  *echo
	url  string
	user string
	errs func() []string
}

// openPhone starts the emulator, the echo and a headless Chromium with a phone's screen.
func openPhone(t *testing.T, dark bool) *phone {
	t.Helper()
	p := &phone{t: t, bot: &echo{taps: make(chan string, 20)}}
	ours := httptest.NewServer(p.bot)
	p.e = New(Options{ChannelSecret: secret, AccessToken: bearer, WebhookURL: ours.URL, Patience: 20 * time.Second})
	api := httptest.NewServer(p.e)
	p.bot.api, p.url = api.URL, api.URL+"/phone?user=hanako"
	p.user = p.e.PhoneUser("hanako")
	alloc, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-component-update", true))...)
	tab, quit := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		quit()
		stop()
		p.e.Close()
		api.Close()
		ours.Close()
	})
	scheme := map[bool]string{true: "dark", false: "light"}[dark]
	p.do("start", tab, chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2)),
		chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			return err
		}))
	var cancel context.CancelFunc
	p.ctx, cancel = context.WithTimeout(tab, 90*time.Second)
	t.Cleanup(cancel)
	p.errs = p.listen()
	p.do("open", p.ctx, chromedp.Navigate(p.url), chromedp.WaitVisible(chromedp.ID("words")))
	return p
}

// listen gathers what the page throws and what its policy refuses.
func (p *phone) listen() func() []string {
	var said []string
	got := make(chan string, 100)
	err := chromedp.Listen(p.ctx, func(ev any) {
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			got <- ev.ExceptionDetails.Text
		case *log.EventEntryAdded:
			if ev.Entry.Level == log.EntryLevelError {
				got <- ev.Entry.Text
			}
		}
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return func() []string {
		for {
			select {
			case s := <-got:
				said = append(said, s)
			default:
				return said
			}
		}
	}
}

func (p *phone) do(what string, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// until waits until a JavaScript expression is true.
func (p *phone) until(what, expression string) {
	p.t.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(20*time.Second))); err != nil {
		seen, _ := chromedp.Run(p.ctx, chromedp.Text(chromedp.ID("talk")))
		p.t.Fatalf("%s: %v\non the screen:\n%s", what, err, seen)
	}
}

// shot keeps a picture where ENGAWA_SHOTS says, for people to look at.
func (p *phone) shot(name string) {
	p.t.Helper()
	dir := os.Getenv("ENGAWA_SHOTS")
	if dir == "" {
		return
	}
	p.until("fades are over", `document.getAnimations().every(a => a.animationName !== 'appear')`)
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *phone) write(words string) {
	p.t.Helper()
	p.do("write", p.ctx, chromedp.SendKeys(chromedp.ID("words"), words), chromedp.Click(chromedp.ID("send")))
}

func (p *phone) tapped() string {
	p.t.Helper()
	select {
	case data := <-p.bot.taps:
		return data
	case <-time.After(20 * time.Second):
		p.t.Fatal("no tap arrived")
		return ""
	}
}

const (
	shows = `document.getElementById('talk').innerText.includes(`
	click = `[...document.querySelectorAll('button')].find(b => b.textContent === `
)
