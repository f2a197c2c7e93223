package preview

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"engawa/flows"
	"engawa/flows/catalogue"
)

// desk is an author at work: a folder of their own, and the preview of it in a browser.
type desk struct {
	t    *testing.T
	dir  string
	url  string
	ctx  context.Context
	said chan string // what the pages throw, and what their policy refuses
}

// copyContent gives the test the shipped words in a folder of its own.
func copyContent(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "machi")
	if err := os.CopyFS(dir, os.DirFS("../../flows/content")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func examples(b *flows.Bundle) *flows.Bundle { return catalogue.Examples(b, time.Now()) }

// follow serves the preview of a folder until the test ends.
func follow(t testing.TB, dir string) (*Follower, string) {
	t.Helper()
	f, err := Follow(dir, examples, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.Run(ctx)
	}()
	s := New(f.Book, Options{Folder: "machi"})
	web := httptest.NewServer(s)
	t.Cleanup(func() {
		stop()
		s.Close()
		web.Close()
		<-done
	})
	return f, web.URL
}

func openDesk(t *testing.T, wide, high int64) *desk {
	t.Helper()
	d := &desk{t: t, dir: copyContent(t), said: make(chan string, 100)}
	_, d.url = follow(t, d.dir)
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-component-update", true))...)
	tab, quit := chromedp.NewContext(alloc)
	ctx, cancel := context.WithTimeout(tab, 120*time.Second)
	t.Cleanup(func() {
		cancel()
		quit()
		stop()
	})
	d.do("start", tab, chromedp.EmulateViewport(wide, high))
	d.ctx = ctx
	err := chromedp.Listen(d.ctx, func(ev any) {
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			d.said <- ev.ExceptionDetails.Text
		case *log.EventEntryAdded:
			if ev.Entry.Level == log.EntryLevelError {
				d.said <- ev.Entry.Text + " " + ev.Entry.URL
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	d.do("open", d.ctx, chromedp.Navigate(d.url), chromedp.WaitVisible(chromedp.ID("phone")))
	d.until("the greeting", phoneSays("ここは「縁側」です"))
	return d
}

func (d *desk) do(what string, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	d.t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		d.t.Fatalf("%s: %v", what, err)
	}
}

// until waits until a JavaScript expression is true.
func (d *desk) until(what, expression string) {
	d.t.Helper()
	if _, err := chromedp.Run(d.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(30*time.Second))); err != nil {
		seen, _ := chromedp.Run(d.ctx, chromedp.Evaluate[string](`document.body.innerText + '\n----\n' + document.getElementById('phone').contentDocument.getElementById('talk').innerText`))
		d.t.Fatalf("%s: %v\non the page:\n%s", what, err, seen)
	}
}

// run runs a JavaScript expression.
func (d *desk) run(what, expression string) {
	d.t.Helper()
	if _, err := chromedp.Run(d.ctx, chromedp.Evaluate[bool]("("+expression+", true)")); err != nil {
		d.t.Fatalf("%s: %v", what, err)
	}
}

// edit changes a file as an editor does on saving.
func (d *desk) edit(name, old, new string) {
	d.t.Helper()
	path := filepath.Join(d.dir, name)
	data, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		d.t.Fatalf("%s does not hold %q", name, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), old, new, 1)), 0o644); err != nil {
		d.t.Fatal(err)
	}
}

// shot keeps a picture where ENGAWA_SHOTS says, for people to look at.
func (d *desk) shot(name string) {
	d.t.Helper()
	dir := os.Getenv("ENGAWA_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(d.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// quiet is what every page must be: nothing thrown, nothing refused.
func (d *desk) quiet() {
	d.t.Helper()
	for {
		select {
		case s := <-d.said:
			d.t.Errorf("the page says: %s", s)
		default:
			return
		}
	}
}

const phoneDoc = `document.getElementById('phone').contentDocument`

func phoneSays(words string) string {
	return phoneDoc + `.getElementById('talk')?.innerText.includes('` + words + `')`
}

func pageSays(id, words string) string {
	return `document.getElementById('` + id + `').innerText.includes('` + words + `')`
}

func TestAnAuthorSeesASavedSentenceOnThePhone(t *testing.T) {
	d := openDesk(t, 1440, 900)
	d.run("all of the map", `document.getElementById('mapall').click()`)
	d.until("the map", `document.querySelector('#mapbox [data-scene="okane/はじめ"]') !== null`)
	d.run("to money", `document.querySelector('#mapbox [data-scene="okane/はじめ"]').dispatchEvent(new MouseEvent('click', {bubbles: true}))`)
	d.until("the scene on the phone", phoneSays("お金の話は"))
	d.until("the file of the scene", pageSays("sheet", "流れ: okane"))
	d.until("the current lines are marked", `document.querySelector('#sheet .here .line')?.innerText.includes('はじめ')`)
	d.run("this flow alone", `document.getElementById('mapone').click()`)
	d.until("the current scene is marked on the map", `document.querySelector('#mapbox .now')?.dataset.scene === 'okane/はじめ'`)

	d.edit("flows/okane.yaml", "    ことば:\n      - ", "    ことば:\n      - 縁側のためしの一文です。")
	d.until("the new sentence on the phone", phoneSays("縁側のためしの一文です。"))
	d.until("the new sentence in the file", pageSays("sheet", "縁側のためしの一文です。"))
	d.until("the new sentence is read aloud", `document.getElementById('aloud').textContent.includes('縁側のためしの一文です。')`)
	d.shot("preview-desktop")

	d.edit("flows/okane.yaml", "題: お金のこと", "題： お金のこと")
	d.until("the slip is told with its place", pageSays("faults", "flows/okane.yaml 2行目"))
	d.until("and as it should be", pageSays("faults", "題: お金のこと"))
	d.until("and where it is", `document.querySelector('#sheet .wrong .fault') !== null`)
	d.shot("preview-fault")
	d.run("the last good words go on talking", `[...`+phoneDoc+`.querySelectorAll('#talk button')].findLast(b => b.textContent.includes('家賃')).click()`)
	d.until("an answer", `document.body.dataset.at === 'okane/家賃'`)
	d.edit("flows/okane.yaml", "題： お金のこと", "題: お金のこと")
	d.until("all is well again", `document.getElementById('faults').hidden`)
	d.quiet()
}

func TestThePreviewPlaysLanguageClockStaffAndPhones(t *testing.T) {
	d := openDesk(t, 1440, 900)
	set := func(id, value string) {
		d.run(id, `(document.getElementById('`+id+`').value = '`+value+`', document.getElementById('`+id+`').dispatchEvent(new Event('change')))`)
	}
	set("clock", "2026-12-05T02:10")
	d.until("it is night", pageSays("hours", "相談員はいない時間"))
	set("staff", "here")
	d.until("somebody is there all the same", pageSays("hours", "相談員がいる時間"))
	set("staff", "away")
	d.until("nobody is", pageSays("hours", "相談員はいない時間"))
	set("lang", "en")
	d.until("the phone speaks English", phoneSays("English"))
	d.run("start anew", `document.getElementById('restart').click()`)
	d.until("the phone is empty again", phoneDoc+`.getElementById('talk')?.innerText.split('Press "Talk').length === 2`)
	d.until("in the chosen language", phoneSays("Engawa"))
	set("lang", "ja")
	d.run("without buttons", `(document.getElementById('pc').click(), document.getElementById('typed').click(), document.getElementById('large').click())`)
	d.until("the phone is dressed", phoneDoc+`.documentElement.classList.contains('typed') && `+phoneDoc+`.documentElement.classList.contains('pc') && `+phoneDoc+`.documentElement.dataset.size === '150'`)
	d.run("a number is written", `(`+phoneDoc+`.getElementById('words').value = 'メニュー', `+phoneDoc+`.getElementById('send').click())`)
	d.until("the menu", `document.getElementById('aloud').textContent.includes('お金')`)
	d.shot("preview-typed")
	d.run("its second choice, by its number", `(`+phoneDoc+`.getElementById('words').value = '2', `+phoneDoc+`.getElementById('send').click())`)
	d.until("an entrance", `document.body.dataset.at.startsWith('kurashi/')`)
	d.run("a tap does nothing now", phoneDoc+`.querySelector('#talk .f-body button').click()`)
	d.until("the list has roles", `[...document.querySelectorAll('#aloud b')].map(b => b.textContent).includes('ボタン')`)
	d.quiet()
}

func TestThePreviewFitsAPhone(t *testing.T) {
	d := openDesk(t, 390, 844)
	d.until("one pane at a time", `getComputedStyle(document.querySelector('.pane.file')).display === 'none'`)
	d.shot("preview-390-phone")
	d.run("to the map", `document.querySelector('.panes [data-to=map]').click()`)
	d.until("the map", `document.querySelector('#mapbox [data-scene="okane/はじめ"]') !== null`)
	d.run("to money", `document.querySelector('#mapbox [data-scene="okane/はじめ"]').dispatchEvent(new MouseEvent('click', {bubbles: true}))`)
	d.run("to the file", `document.querySelector('.panes [data-to=file]').click()`)
	d.until("its file", pageSays("sheet", "流れ: okane"))
	d.edit("flows/okane.yaml", "    ことば:\n      - ", "    ことば:\n      - 小さな画面の一文です。")
	d.until("the new sentence in the file", pageSays("sheet", "小さな画面の一文です。"))
	d.shot("preview-390-file")
	d.run("to the phone", `document.querySelector('.panes [data-to=phone]').click()`)
	d.until("and on the phone", phoneSays("小さな画面の一文です。"))
	d.until("nothing stands over the edge", `document.documentElement.scrollWidth <= 390`)
	d.quiet()
}
