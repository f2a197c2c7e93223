package emulator

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// reply wraps messages as a reply request.
func replyBody(messages ...string) string {
	return `{"replyToken":"x","messages":[` + strings.Join(messages, ",") + `]}`
}

func flexOf(contents string) string {
	return replyBody(`{"type":"flex","altText":"a","contents":` + contents + `}`)
}

func boxOf(layout string, contents ...string) string {
	return flexOf(`{"type":"bubble","body":{"type":"box","layout":"` + layout + `","contents":[` + strings.Join(contents, ",") + `]}}`)
}

func quick(action string, more string) string {
	return replyBody(`{"type":"text","text":"a","quickReply":{"items":[{"type":"action","action":` + action + `}` + more + `]}}`)
}

func templateOf(t string) string {
	return replyBody(`{"type":"template","altText":"a","template":` + t + `}`)
}

func times(s string, n int) string {
	return strings.TrimSuffix(strings.Repeat(s+",", n), ",")
}

const (
	tapA   = `{"type":"postback","label":"はい","data":"d"}`
	cat    = "👩‍👩‍👧‍👦" // one grapheme, eleven UTF-16 units
	bubble = `{"type":"bubble","body":{"type":"box","layout":"vertical","contents":[{"type":"text","text":"a"}]}}`
)

func postback(label, data string) string {
	return fmt.Sprintf(`{"type":"postback","label":%q,"data":%q}`, label, data)
}

var rules = []struct {
	name string
	body string
	ok   bool
}{
	{"a text", replyBody(`{"type":"text","text":"こんにちは"}`), true},
	{"five messages", replyBody(times(`{"type":"text","text":"a"}`, 5)), true},
	{"six messages", replyBody(times(`{"type":"text","text":"a"}`, 6)), false},
	{"no message", replyBody(), false},
	{"no reply token", `{"messages":[{"type":"text","text":"a"}]}`, false},
	{"a field nobody knows in the request", `{"replyToken":"x","messages":[{"type":"text","text":"a"}],"hello":1}`, false},
	{"5000 kanji", replyBody(`{"type":"text","text":"` + strings.Repeat("漢", 5000) + `"}`), true},
	{"5001 kanji", replyBody(`{"type":"text","text":"` + strings.Repeat("漢", 5001) + `"}`), false},
	{"2500 emoji are 5000 units", replyBody(`{"type":"text","text":"` + strings.Repeat("🍎", 2500) + `"}`), true},
	{"2501 emoji are too many", replyBody(`{"type":"text","text":"` + strings.Repeat("🍎", 2501) + `"}`), false},
	{"a text without text", replyBody(`{"type":"text"}`), false},
	{"an empty text", replyBody(`{"type":"text","text":""}`), false},
	{"a text that is a number", replyBody(`{"type":"text","text":3}`), false},
	{"a type nobody knows", replyBody(`{"type":"tekst","text":"a"}`), false},
	{"a message without type", replyBody(`{"text":"a"}`), false},
	{"a message that is a string", replyBody(`"hello"`), false},
	{"a field nobody knows", replyBody(`{"type":"text","text":"a","colour":"red"}`), false},
	{"a null where nothing may be", replyBody(`{"type":"text","text":"a","quickReply":null,"sender":null}`), true},
	{"a null where something must be", replyBody(`{"type":"text","text":null}`), false},
	{"emoji of LINE at a dollar", replyBody(`{"type":"text","text":"漢🍎$","emojis":[{"index":3,"productId":"5","emojiId":"1"}]}`), true},
	{"emoji of LINE beside the dollar", replyBody(`{"type":"text","text":"漢🍎$","emojis":[{"index":2,"productId":"5","emojiId":"1"}]}`), false},
	{"a sender", replyBody(`{"type":"text","text":"a","sender":{"name":"相談員 すずらん","iconUrl":"https://a.example/lamp.png"}}`), true},
	{"a sender of 21 signs", replyBody(`{"type":"text","text":"a","sender":{"name":"` + strings.Repeat("あ", 21) + `"}}`), false},
	{"a sender named LINE", replyBody(`{"type":"text","text":"a","sender":{"name":"LINE相談"}}`), false},
	{"an icon over plain http", replyBody(`{"type":"text","text":"a","sender":{"name":"a","iconUrl":"http://a.example/i.png"}}`), false},

	{"textV2 with its key", replyBody(`{"type":"textV2","text":"{a} {{x}}","substitution":{"a":{"type":"emoji","productId":"1","emojiId":"2"}}}`), true},
	{"textV2 with a stray brace", replyBody(`{"type":"textV2","text":"a { b"}`), false},
	{"textV2 with a key nobody gave", replyBody(`{"type":"textV2","text":"{who}"}`), false},
	{"a sticker", replyBody(`{"type":"sticker","packageId":"446","stickerId":"1988"}`), true},
	{"a sticker by name", replyBody(`{"type":"sticker","packageId":"446","stickerId":"cat"}`), false},
	{"an image", replyBody(`{"type":"image","originalContentUrl":"https://a.example/a.png","previewImageUrl":"https://a.example/p.png"}`), true},
	{"an image over http", replyBody(`{"type":"image","originalContentUrl":"http://a.example/a.png","previewImageUrl":"https://a.example/p.png"}`), false},
	{"a place", replyBody(`{"type":"location","title":"区役所","address":"ひなた区1-1","latitude":35.1,"longitude":139.1}`), true},
	{"a place with a long name", replyBody(`{"type":"location","title":"` + strings.Repeat("a", 101) + `","address":"b","latitude":35.1,"longitude":139.1}`), false},
	{"a file, which LINE does not send", replyBody(`{"type":"file","fileName":"a.pdf"}`), false},

	{"13 quick replies", quick(tapA, ","+times(`{"type":"action","action":`+tapA+`}`, 12)), true},
	{"14 quick replies", quick(tapA, ","+times(`{"type":"action","action":`+tapA+`}`, 13)), false},
	{"a quick label of 20 graphemes", quick(postback(strings.Repeat(cat, 20), "d"), ""), true},
	{"a quick label of 21 graphemes", quick(postback(strings.Repeat("あ", 21), "d"), ""), false},
	{"a quick reply without label", quick(`{"type":"postback","data":"d"}`, ""), false},
	{"a camera as quick reply", quick(`{"type":"camera","label":"写真"}`, ""), true},
	{"a tab switch as quick reply", quick(`{"type":"richmenuswitch","label":"a","data":"d","richMenuAliasId":"a"}`, ""), false},
	{"altUri in a quick reply", quick(`{"type":"uri","label":"a","uri":"https://a.example","altUri":{"desktop":"https://a.example"}}`, ""), false},
	{"postback data of 300", quick(postback("a", strings.Repeat("d", 300)), ""), true},
	{"postback data of 301", quick(postback("a", strings.Repeat("d", 301)), ""), false},
	{"postback without data", quick(`{"type":"postback","label":"a"}`, ""), false},
	{"displayText beside text", quick(`{"type":"postback","label":"a","data":"d","text":"x","displayText":"y"}`, ""), false},
	{"fillInText without a keyboard", quick(`{"type":"postback","label":"a","data":"d","fillInText":"y"}`, ""), false},
	{"fillInText with a keyboard", quick(`{"type":"postback","label":"a","data":"d","fillInText":"y","inputOption":"openKeyboard"}`, ""), true},
	{"an inputOption nobody knows", quick(`{"type":"postback","label":"a","data":"d","inputOption":"openDoor"}`, ""), false},
	{"a telephone link", quick(`{"type":"uri","label":"119","uri":"tel:119"}`, ""), true},
	{"a javascript link", quick(`{"type":"uri","label":"a","uri":"javascript:alert(1)"}`, ""), false},
	{"a date picker", quick(`{"type":"datetimepicker","label":"a","data":"d","mode":"date","min":"2026-01-01","max":"2026-12-31"}`, ""), true},
	{"a date picker backwards", quick(`{"type":"datetimepicker","label":"a","data":"d","mode":"date","min":"2026-12-31","max":"2026-01-01"}`, ""), false},
	{"a date picker with a time", quick(`{"type":"datetimepicker","label":"a","data":"d","mode":"date","initial":"10:00"}`, ""), false},

	{"buttons", templateOf(`{"type":"buttons","text":"a","actions":[` + times(tapA, 4) + `]}`), true},
	{"five buttons", templateOf(`{"type":"buttons","text":"a","actions":[` + times(tapA, 5) + `]}`), false},
	{"buttons with 160 signs", templateOf(`{"type":"buttons","text":"` + strings.Repeat("あ", 160) + `","actions":[` + tapA + `]}`), true},
	{"buttons with 161 signs", templateOf(`{"type":"buttons","text":"` + strings.Repeat("あ", 161) + `","actions":[` + tapA + `]}`), false},
	{"buttons with title and 61 signs", templateOf(`{"type":"buttons","title":"t","text":"` + strings.Repeat("あ", 61) + `","actions":[` + tapA + `]}`), false},
	{"a camera as a button", templateOf(`{"type":"buttons","text":"a","actions":[{"type":"camera","label":"写真"}]}`), false},
	{"confirm", templateOf(`{"type":"confirm","text":"a","actions":[` + times(tapA, 2) + `]}`), true},
	{"confirm with three", templateOf(`{"type":"confirm","text":"a","actions":[` + times(tapA, 3) + `]}`), false},
	{"an uneven carousel", templateOf(`{"type":"carousel","columns":[{"text":"a","actions":[` + tapA + `]},{"text":"a","actions":[` + times(tapA, 2) + `]}]}`), false},
	{"eleven columns", templateOf(`{"type":"carousel","columns":[` + times(`{"text":"a","actions":[`+tapA+`]}`, 11) + `]}`), false},
	{"image carousel label of 13", templateOf(`{"type":"image_carousel","columns":[{"imageUrl":"https://a.example/a.png","action":` + postback(strings.Repeat("あ", 13), "d") + `}]}`), false},

	{"altText of 1500", replyBody(`{"type":"flex","altText":"` + strings.Repeat("a", 1500) + `","contents":` + bubble + `}`), true},
	{"altText of 1501", replyBody(`{"type":"flex","altText":"` + strings.Repeat("a", 1501) + `","contents":` + bubble + `}`), false},
	{"no altText", replyBody(`{"type":"flex","contents":` + bubble + `}`), false},
	{"a bubble", flexOf(bubble), true},
	{"a bubble without any block", flexOf(`{"type":"bubble"}`), false},
	{"twelve bubbles", flexOf(`{"type":"carousel","contents":[` + times(bubble, 12) + `]}`), true},
	{"thirteen bubbles", flexOf(`{"type":"carousel","contents":[` + times(bubble, 13) + `]}`), false},
	{"bubbles of two sizes", flexOf(`{"type":"carousel","contents":[` + bubble + `,` + strings.Replace(bubble, `"bubble"`, `"bubble","size":"nano"`, 1) + `]}`), false},
	{"a bubble over 30 KB", boxOf("vertical", `{"type":"text","text":"`+strings.Repeat("a", 31<<10)+`"}`), false},
	{"a carousel over 50 KB", flexOf(`{"type":"carousel","contents":[` + times(strings.Replace(bubble, `"text":"a"`, `"text":"`+strings.Repeat("a", 18<<10)+`"`, 1), 3) + `]}`), false},
	{"a box laid out diagonally", boxOf("diagonal", `{"type":"text","text":"a"}`), false},
	{"an empty box", boxOf("vertical"), true},
	{"a box whose contents are null", flexOf(`{"type":"bubble","body":{"type":"box","layout":"vertical","contents":null}}`), false},
	{"an icon in a vertical box", boxOf("vertical", `{"type":"icon","url":"https://a.example/i.png"}`), false},
	{"an icon in a baseline box", boxOf("baseline", `{"type":"icon","url":"https://a.example/i.png"}`), true},
	{"a button in a baseline box", boxOf("baseline", `{"type":"button","action":`+tapA+`}`), false},
	{"a flex button of 40 signs", boxOf("vertical", `{"type":"button","action":`+postback(strings.Repeat("あ", 40), "d")+`}`), true},
	{"a flex button of 41 signs", boxOf("vertical", `{"type":"button","action":`+postback(strings.Repeat("あ", 41), "d")+`}`), false},
	{"a flex button without label", boxOf("vertical", `{"type":"button","action":{"type":"postback","data":"d"}}`), false},
	{"a tappable box without label", boxOf("vertical", `{"type":"box","layout":"vertical","contents":[],"action":{"type":"postback","data":"d"}}`), true},
	{"a colour by name", boxOf("vertical", `{"type":"text","text":"a","color":"red"}`), false},
	{"a colour in digits", boxOf("vertical", `{"type":"text","text":"a","color":"#2F6B4F"}`), true},
	{"a size nobody knows", boxOf("vertical", `{"type":"text","text":"a","size":"huge"}`), false},
	{"an empty flex text", boxOf("vertical", `{"type":"text","text":""}`), false},
	{"a flex text of spans", boxOf("vertical", `{"type":"text","contents":[{"type":"span","text":"a","weight":"bold"}]}`), true},
	{"a span outside a text", boxOf("vertical", `{"type":"span","text":"a"}`), false},
	{"a video in the body", boxOf("vertical", `{"type":"video","url":"https://a.example/v.mp4","previewUrl":"https://a.example/p.png","altContent":{"type":"image","url":"https://a.example/p.png"}}`), false},
	{"a text as hero", flexOf(`{"type":"bubble","hero":{"type":"text","text":"a"}}`), false},
	{"an image as hero", flexOf(`{"type":"bubble","hero":{"type":"image","url":"https://a.example/p.png","aspectRatio":"20:13","size":"full"}}`), true},
	{"an image four times as high as wide", flexOf(`{"type":"bubble","hero":{"type":"image","url":"https://a.example/p.png","aspectRatio":"1:4"}}`), false},
	{"a header that is no box", flexOf(`{"type":"bubble","header":{"type":"text","text":"a"}}`), false},

	{"no JSON", `{"replyToken":`, false},
	{"two JSON values", `{} {}`, false},
	{"a list", `[]`, false},
	{"null", `null`, false},
	{"bytes that are no text", "{\"replyToken\":\"\xff\"}", false},
}

func TestWhatLINETakesAndWhatItRefuses(t *testing.T) {
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			_, problems, err := check("ReplyMessageRequest", []byte(r.body))
			if got := err == nil && len(problems) == 0; got != r.ok {
				t.Errorf("taken = %v, want %v (%v, %v)", got, r.ok, problems, err)
			}
		})
	}
}

func TestRichMenusFollowTheirRules(t *testing.T) {
	menu := func(size, areas string) string {
		return `{"size":` + size + `,"selected":true,"name":"n","chatBarText":"メニュー","areas":[` + areas + `]}`
	}
	area := `{"bounds":{"x":0,"y":0,"width":100,"height":100},"action":{"type":"message","text":"話す"}}`
	for _, r := range []struct {
		name, body string
		ok         bool
	}{
		{"six fields", menu(`{"width":2500,"height":1686}`, times(area, 6)), true},
		{"21 fields", menu(`{"width":2500,"height":1686}`, times(area, 21)), false},
		{"too high", menu(`{"width":800,"height":800}`, area), false},
		{"a field outside", menu(`{"width":800,"height":250}`, `{"bounds":{"x":750,"y":0,"width":100,"height":100},"action":`+tapA+`}`), false},
		{"a camera", menu(`{"width":800,"height":250}`, `{"bounds":{"x":0,"y":0,"width":100,"height":100},"action":{"type":"camera","label":"a"}}`), false},
	} {
		_, problems, err := check("RichMenuRequest", []byte(r.body))
		if got := err == nil && len(problems) == 0; got != r.ok {
			t.Errorf("%s: taken = %v, want %v (%v, %v)", r.name, got, r.ok, problems, err)
		}
	}
}

func TestProblemsNeverRepeatWhatWasSent(t *testing.T) {
	secret := "090-1234-5678"
	for _, body := range []string{
		replyBody(`{"type":"` + secret + `"}`),
		replyBody(`{"type":"text","text":"a","colour":"` + secret + `","ひみつ` + secret + `":1}`),
		boxOf("vertical", `{"type":"text","text":"a","color":"`+secret+`"}`),
	} {
		_, problems, _ := check("ReplyMessageRequest", []byte(body))
		said, _ := json.Marshal(problems)
		if len(problems) == 0 || strings.Contains(string(said), secret) {
			t.Errorf("problems = %s", said)
		}
	}
}

func FuzzCheckBearsAnything(f *testing.F) {
	for _, r := range rules {
		if len(r.body) < 4000 {
			f.Add([]byte(r.body))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, name := range []string{"ReplyMessageRequest", "PushMessageRequest", "RichMenuRequest"} {
			_, problems, err := check(name, body)
			if err != nil || len(problems) > 0 {
				continue
			}
			for _, raw := range rawMessages(body) { // what is taken can be drawn
				if d := read(raw); d.Type == "" {
					t.Errorf("a message was taken whose type nobody can read")
				}
			}
		}
	})
}
