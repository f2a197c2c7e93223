package emulator

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestAResidentWritesTapsAndIsAnswered(t *testing.T) {
	p := openPhone(t, false)
	p.shot("01-new")
	p.do("add", p.ctx, chromedp.Click(chromedp.ID("add")))
	p.until("the greeting", shows+`'ひなた区の縁側です')`)
	p.shot("02-greeting")
	p.write("家賃がもう無理かもしれない")
	p.until("my words", `[...document.querySelectorAll('.mine .bubble')].some(b => b.textContent === '家賃がもう無理かもしれない')`)
	p.until("the mark of reading", `document.querySelector('.mine .read').textContent === '既読'`)
	p.until("buttons drawn", `document.querySelectorAll('.sheet .f-button').length >= 10`)
	p.until("quick replies", `document.querySelectorAll('#quick button').length === 2`)
	p.shot("03-doors")
	p.do("tap", p.ctx, chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll('.f-button')].filter(b => b.textContent === '家賃がきびしい').at(-1).click()`))
	if got := p.tapped(); got != "okane/1" {
		t.Errorf("the tap arrived as %q, want okane/1", got)
	}
	p.until("what I tapped and the answer", shows+`'「okane/1」ですね。')`)
	p.until("quick replies are gone", `document.getElementById('quick').hidden`)
	p.until("a human has a lamp", `document.querySelector('.turn.lamp .name').textContent === '相談員 すずらん'`)
	p.shot("04-human")
	if errs := p.errs(); len(errs) > 0 {
		t.Errorf("the page broke: %v", errs)
	}
}

func TestEnterNeverSendsWhileJapaneseIsComposed(t *testing.T) {
	p := openPhone(t, false)
	press := func(how string) {
		p.do("press", p.ctx, chromedp.Evaluate[chromedp.Void](`{const w = document.getElementById('words'); w.value = 'かんじ';
			w.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true, `+how+`}))}`))
	}
	press("isComposing: true")
	press("keyCode: 229")
	press("shiftKey: true")
	if got := len(p.e.Events()); got != 0 {
		t.Fatalf("%d events were sent while composing, want 0", got)
	}
	press("keyCode: 13")
	p.until("it is sent", shows+`'かんじ')`)
}

func TestAMessageCanBeTakenBackAndTheAccountBlocked(t *testing.T) {
	p := openPhone(t, false)
	p.write("消したいことば")
	p.until("it is there", `document.querySelector('.mine .less') !== null`)
	p.do("menu", p.ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector('.mine .less').click()`), chromedp.WaitVisible(chromedp.ID("unsend")))
	p.shot("05-unsend")
	p.do("unsend", p.ctx, chromedp.Click(chromedp.ID("unsend")))
	p.until("it is gone", shows+`'送信を取り消しました') && !`+shows+`'消したいことば')`)
	p.do("settings", p.ctx, chromedp.Click(chromedp.ID("more")), chromedp.WaitVisible(chromedp.ID("block")))
	p.shot("06-settings")
	p.do("block", p.ctx, chromedp.Click(chromedp.ID("block")), chromedp.WaitVisible(chromedp.ID("unblock")))
	p.shot("07-blocked")
	p.do("unblock", p.ctx, chromedp.Click(chromedp.ID("unblock")), chromedp.WaitVisible(chromedp.ID("words")))
	kinds := []string{}
	for _, ev := range p.e.Events() {
		kinds = append(kinds, ev.Type)
	}
	if got, want := strings.Join(kinds, " "), "message unsend unfollow follow"; got != want {
		t.Errorf("events = %s, want %s", got, want)
	}
}

func TestStickersPlacesAndPCLINE(t *testing.T) {
	p := openPhone(t, true)
	p.write("こんばんは")
	p.until("the doors", `document.querySelectorAll('#quick button').length === 2`)
	p.do("tray", p.ctx, chromedp.Click(chromedp.ID("attach")), chromedp.WaitVisible(chromedp.ID("stickers")))
	p.shot("08-tray-dark")
	p.do("sticker", p.ctx, chromedp.Click(chromedp.CSS(`#stickers [aria-label="ありがとう"]`)))
	p.until("the sticker", `document.querySelector('.mine .sticker') !== null`)
	p.do("place", p.ctx, chromedp.Click(chromedp.ID("attach")), chromedp.WaitVisible(chromedp.ID("pickplace")),
		chromedp.Click(chromedp.ID("pickplace")), chromedp.WaitVisible(chromedp.ID("placename")), chromedp.Click(chromedp.CSS("#placeform .moss")))
	p.until("the place", shows+`'ひなた区みどり町')`)
	p.shot("09-place-dark")
	p.until("quick replies", `document.querySelectorAll('#quick button').length === 2`)
	p.do("pc", p.ctx, chromedp.Evaluate[chromedp.Void](`document.getElementById('pc').click()`))
	p.until("no quick replies on PC", `getComputedStyle(document.getElementById('quick')).display === 'none'`)
	p.shot("10-pc-dark")
	if errs := p.errs(); len(errs) > 0 {
		t.Errorf("the page broke: %v", errs)
	}
}
