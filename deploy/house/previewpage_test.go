package house

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestStaffTryOutTheWordsInForce opens, signed in, the page that shows what residents
// are told now: the file, a phone, the map, and what the console has just put right.
func TestStaffTryOutTheWordsInForce(t *testing.T) {
	d, printed := startDemo(t, shippedWords(t))
	_, _, deskLink := d.links(t, printed)
	site := "http://" + d.cfg.ConsoleAddr
	browser := startBrowser(t)
	for _, dev := range []device{deskDevice, phoneDevice} {
		v := newScreen(t, browser, "staff", site, dev)
		v.open("/preview/")
		v.until("nothing without signing in", `document.querySelector("input[type=password]")`)
		v.open(strings.TrimPrefix(deskLink, site))
		v.open("/preview/")
		v.until("the phone greets", previewPhone+`?.innerText.includes("ここは「縁側」です")`)
		v.write("居場所をさがしたい")
		v.until("a place to be, as the board has it", previewPhone+`?.querySelector(".f-body, .card, [data-card]") && `+previewPhone+`.innerText.includes("例")`)
		v.axe("words tried out")
		v.shot("tryout-" + dev.name)
	}
	v := newScreen(t, browser, "somebody who mends", site, deskDevice)
	v.open(strings.TrimPrefix(deskLink, site))
	v.open("/content/card/food")
	v.do(chromedp.Evaluate[chromedp.Void](`(f => { f.elements.lead.value = "画面で直したひとことです。"; f.requestSubmit() })(document.querySelector('form[action="/content/card/food"]'))`))
	v.until("it is put right", `location.pathname === "/content" || document.body.innerText.includes("数秒で住民に届きます")`)
	v.open("/preview/")
	v.until("the phone greets", previewPhone+`?.innerText.includes("ここは「縁側」です")`)
	v.write("給料日まで食べるものがない")
	v.pressThere("食べもの・電気・ガス")
	v.until("what was put right", previewPhone+`?.innerText.includes("画面で直したひとことです。")`)
}

// pressThere presses the newest button of that name on the phone of the preview.
func (v *screen) pressThere(label string) {
	v.Helper()
	button := `[...(` + previewPhone + `?.querySelectorAll("button") ?? [])].findLast(b => b.innerText.includes(` + js(label) + `))`
	v.until("a button 「"+label+"」", button)
	v.do(chromedp.Evaluate[chromedp.Void](button + `.click()`))
}

// write writes on the phone of the preview.
func (v *screen) write(words string) {
	v.Helper()
	v.do(chromedp.Evaluate[chromedp.Void](`(d => { d.getElementById("words").value = ` + js(words) + `; d.getElementById("send").click() })(document.getElementById("phone").contentDocument)`))
}
