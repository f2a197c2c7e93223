package line_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"engawa/bot/line"
	"engawa/flows"
)

// obj is any JSON object.
type obj = map[string]any

func render(t testing.TB, e flows.Effect, o line.RenderOptions) []obj {
	t.Helper()
	msgs, err := line.Render(e, o)
	if err != nil {
		t.Fatalf("Render: %v", err)
	}
	return lawful(t, msgs)
}

// lawful checks messages by LINE's rules of counting and by its description, and reads them.
func lawful(t testing.TB, msgs []json.RawMessage) []obj {
	t.Helper()
	if len(msgs) < 1 || len(msgs) > 5 {
		t.Fatalf("got %d messages, want 1 to 5", len(msgs))
	}
	conform(t, msgs)
	out := make([]obj, len(msgs))
	for i, m := range msgs {
		if err := json.Unmarshal(m, &out[i]); err != nil {
			t.Fatalf("message %d is no JSON: %v", i, err)
		}
		if !utf8.Valid(m) {
			t.Errorf("message %d is not UTF-8", i)
		}
		within(t, "text", out[i]["text"], 5000)
		within(t, "altText", out[i]["altText"], 1500)
		if c, ok := out[i]["contents"]; ok {
			if raw, _ := json.Marshal(c); len(raw) > 30*1024 {
				t.Errorf("a bubble of %d bytes, LINE takes 30 KB", len(raw))
			}
		}
		if out[i]["quickReply"] != nil && i < len(msgs)-1 {
			t.Errorf("quick replies on message %d of %d would never be seen", i+1, len(msgs))
		}
		walk(out[i], func(o obj) { lawfulPart(t, o) })
	}
	return out
}

func lawfulPart(t testing.TB, o obj) {
	t.Helper()
	switch o["type"] {
	case "text":
		if s, _ := o["text"].(string); strings.TrimSpace(s) == "" {
			t.Errorf("an empty text: %v", o)
		}
	case "postback":
		within(t, "data", o["data"], 300)
		if n := uniseg.GraphemeClusterCount(o["displayText"].(string)); n > 300 {
			t.Errorf("displayText of %d graphemes", n)
		}
	case "uri":
		uri := o["uri"].(string)
		if len(uri) > 1000 || !strings.HasPrefix(uri, "tel:") && !strings.HasPrefix(uri, "http") && !strings.HasPrefix(uri, "line:") {
			t.Errorf("uri %q", uri)
		}
	case "box":
		if list, _ := o["contents"].([]any); len(list) == 0 {
			t.Errorf("an empty box")
		}
	}
	if l, ok := o["label"].(string); ok && (l == "" || uniseg.GraphemeClusterCount(l) > 40) {
		t.Errorf("label %q", l)
	}
	if q, ok := o["quickReply"].(obj); ok {
		items := q["items"].([]any)
		if len(items) == 0 || len(items) > 13 {
			t.Errorf("%d quick replies", len(items))
		}
		for _, it := range items {
			if l := it.(obj)["action"].(obj)["label"].(string); uniseg.GraphemeClusterCount(l) > 20 {
				t.Errorf("quick reply label %q has more than 20 graphemes", l)
			}
		}
	}
	if s, ok := o["sender"].(obj); ok {
		within(t, "sender", s["name"], 20)
	}
}

func within(t testing.TB, what string, v any, max int) {
	t.Helper()
	s, ok := v.(string)
	if n := len(utf16.Encode([]rune(s))); ok && (n == 0 || n > max) {
		t.Errorf("%s has %d UTF-16 units, want 1 to %d", what, n, max)
	}
}

func walk(v any, do func(obj)) {
	switch v := v.(type) {
	case obj:
		do(v)
		for _, x := range v {
			walk(x, do)
		}
	case []any:
		for _, x := range v {
			walk(x, do)
		}
	}
}

// labels collects the labels of a kind of component, in the order of the page.
func labels(v any, style string) []string {
	var out []string
	switch v := v.(type) {
	case obj:
		if v["type"] == "button" && v["style"] == style {
			return []string{v["action"].(obj)["label"].(string)}
		}
		for _, part := range []string{"contents", "header", "body", "footer"} {
			out = append(out, labels(v[part], style)...)
		}
	case []any:
		for _, x := range v {
			out = append(out, labels(x, style)...)
		}
	}
	return out
}

// seen is every word that stands in a message.
func seen(msgs []obj) string {
	var b strings.Builder
	for _, m := range msgs {
		walkInOrder(m, &b)
	}
	return b.String()
}

func walkInOrder(v any, b *strings.Builder) {
	switch v := v.(type) {
	case obj:
		if s, ok := v["text"].(string); ok {
			b.WriteString(s)
		}
		for _, part := range []string{"contents", "header", "body", "footer"} {
			walkInOrder(v[part], b)
		}
	case []any:
		for _, x := range v {
			walkInOrder(x, b)
		}
	}
}

func quickLabels(m obj) []string {
	q, ok := m["quickReply"].(obj)
	if !ok {
		return nil
	}
	var out []string
	for _, it := range q["items"].([]any) {
		out = append(out, it.(obj)["action"].(obj)["label"].(string))
	}
	return out
}

var exits = []flows.Button{{Label: "人と話す", Data: "x:human"}, {Label: "ここまで", Data: "x:end"}}

func TestATurnOfThreeBubblesEndsInButtonsAndWaysOut(t *testing.T) {
	got := render(t, flows.Effect{
		Kind:    flows.EfAnswer,
		Bubbles: []flows.Bubble{{Text: "家賃、きびしいですよね。"}, {Text: "使えるものがいくつかあります。"}, {Text: "どれに近いですか。"}},
		Choices: []flows.Button{{Label: "家賃がきびしい", Data: "c:1"}, {Label: "光熱費が払えない", Data: "c:2"}},
		Exits:   exits,
	}, line.RenderOptions{})
	if len(got) != 3 || got[0]["type"] != "text" || got[2]["type"] != "flex" {
		t.Fatalf("got %d messages of types %v…%v, want text, text, flex", len(got), got[0]["type"], got[len(got)-1]["type"])
	}
	if l := labels(got[2]["contents"], "secondary"); strings.Join(l, "/") != "家賃がきびしい/光熱費が払えない" {
		t.Errorf("choices: got %v", l)
	}
	if l := labels(got[2]["contents"], "link"); strings.Join(l, "/") != "人と話す/ここまで" {
		t.Errorf("ways out in the bubble (PC): got %v", l)
	}
	if l := quickLabels(got[2]); strings.Join(l, "/") != "人と話す/ここまで" {
		t.Errorf("ways out as quick replies (phone): got %v", l)
	}
	if got[2]["altText"] != "どれに近いですか。" {
		t.Errorf("altText: got %v", got[2]["altText"])
	}
	for _, m := range got {
		if n := m["sender"].(obj)["name"]; n != "縁側(機械)" {
			t.Errorf("sender: got %v, want 縁側(機械)", n)
		}
	}
}

func TestATextAloneStillEndsInWaysOut(t *testing.T) {
	got := render(t, flows.Effect{Kind: flows.EfAnswer, Bubbles: []flows.Bubble{{Text: "いつでもどうぞ。"}}, Exits: exits}, line.RenderOptions{})
	if len(got) != 1 || len(labels(got[0]["contents"], "link")) != 2 || len(quickLabels(got[0])) != 2 {
		t.Errorf("got %v, want one bubble with the two ways out, and quick replies", got)
	}
}

func TestATextWithANumberStaysATextSoThatItCanBeTapped(t *testing.T) {
	got := render(t, flows.Effect{Kind: flows.EfAnswer, Bubbles: []flows.Bubble{{Text: "くらしの窓口 03-1234-5678 です。"}}, Exits: exits}, line.RenderOptions{})
	if len(got) != 2 || got[0]["type"] != "text" || got[1]["type"] != "flex" {
		t.Fatalf("got %v, want the text and a bubble with the ways out", got)
	}
}

func TestAHumansWordsStaySilentOnTheLockScreen(t *testing.T) {
	const words = "きのうの書類、届きましたよ。\nhttps://example.org/a と 03-1234-5678 です。"
	got := render(t, flows.Effect{
		Kind: flows.EfHuman, Voice: flows.Human, Staff: "すずらん", Bubbles: []flows.Bubble{{Words: true}}, Exits: exits,
	}, line.RenderOptions{Words: words})
	if len(got) != 1 || got[0]["altText"] != "お返事があります" {
		t.Fatalf("got %v, want one bubble that says only お返事があります outside", got)
	}
	if s := seen(got); !strings.Contains(s, words) {
		t.Errorf("the words are not whole: %q", s)
	}
	if n := got[0]["sender"].(obj)["name"]; n != "相談員 すずらん" {
		t.Errorf("sender: got %v", n)
	}
	l := labels(got[0]["contents"], "link")
	if strings.Join(l, "/") != "example.org/a/03-1234-5678/人と話す/ここまで" {
		t.Errorf("what one would tap: got %v", l)
	}
}

func TestLongWordsAreSplitAndNeverCut(t *testing.T) {
	words := strings.Repeat("きょうはいい天気でした。あしたも会えますか。\n", 220) // 4,840 signs
	got := render(t, flows.Effect{Kind: flows.EfHuman, Voice: flows.Human, Bubbles: []flows.Bubble{{Words: true}}}, line.RenderOptions{Words: words})
	if s := seen(got); s != words {
		t.Errorf("%d of %d bytes arrive", len(s), len(words))
	}
	for _, m := range got {
		s := seen([]obj{m})
		if r := []rune(s); r[len(r)-1] != '\n' && r[len(r)-1] != '。' {
			t.Errorf("cut inside a sentence: …%s", string(r[len(r)-5:]))
		}
	}
	long := strings.Repeat("あ", 20001)
	if _, err := line.Render(flows.Effect{Kind: flows.EfHuman}, line.RenderOptions{Words: long}); !errors.Is(err, line.ErrTooLong) {
		t.Errorf("20,001 signs: got %v, want ErrTooLong and nothing sent in part", err)
	}
}

func TestACardIsDrawnWithOneMainButton(t *testing.T) {
	got := render(t, flows.Effect{
		Kind: flows.EfAnswer, Exits: exits,
		Bubbles: []flows.Bubble{{Card: &flows.CardView{
			ID: "a", Kind: "ibasho", Title: "みんなの縁側", Lead: "こんどの土曜 午後2時から",
			Facts:   []string{"話さなくてOK", "途中で帰れる"},
			Buttons: []flows.Button{{Label: "行き方を見る", URI: "https://example.org/道"}, {Label: "電話する", URI: "tel:0312345678"}},
		}}},
	}, line.RenderOptions{})
	if len(got) != 1 || got[0]["type"] != "flex" {
		t.Fatalf("got %v, want one card", got)
	}
	if l := labels(got[0]["contents"], "primary"); len(l) != 1 || l[0] != "行き方を見る" {
		t.Errorf("main button: got %v", l)
	}
	for _, w := range []string{"みんなの縁側", "こんどの土曜 午後2時から", "話さなくてOK", "途中で帰れる"} {
		if !strings.Contains(seen(got), w) {
			t.Errorf("%q is not on the card", w)
		}
	}
}

func TestThreeCardsAndChoicesFitIntoOneTurn(t *testing.T) {
	card := func(s string) flows.Bubble {
		return flows.Bubble{Card: &flows.CardView{Kind: "service", Title: s, Lead: s, Facts: []string{s, s, s}, Buttons: []flows.Button{{Label: "電話する", URI: "tel:110"}}}}
	}
	got := render(t, flows.Effect{
		Kind: flows.EfAnswer, Bubbles: []flows.Bubble{card("一"), card("二"), card("三")},
		Choices: []flows.Button{{Label: "ほかを見る", Data: "c"}}, Exits: exits,
	}, line.RenderOptions{})
	if len(got) != 3 {
		t.Errorf("got %d messages, want 3", len(got))
	}
}

func TestALabelThatDoesNotFitStandsAboveItsButton(t *testing.T) {
	label := strings.Repeat("とても長いことば", 8)
	got := render(t, flows.Effect{Kind: flows.EfAnswer, Bubbles: []flows.Bubble{{Text: "はい"}}, Choices: []flows.Button{{Label: label, Data: "c"}}}, line.RenderOptions{})
	if !strings.Contains(seen(got), label) {
		t.Errorf("the whole label is nowhere: %s", seen(got))
	}
}

func TestAButtonThatLINERefusesDoesNotCostTheAnswer(t *testing.T) {
	e := flows.Effect{Kind: flows.EfAnswer, Bubbles: []flows.Bubble{{Text: "はい"}}, Choices: []flows.Button{
		{Label: "よい", Data: "c"}, {Label: "", Data: "c"}, {Label: "行き先なし"}, {Label: "長い", Data: strings.Repeat("x", 301)},
		{Label: "よくない", URI: "javascript:alert(1)"}, {Label: "電話", URI: "tel:0123-abc"}, {Label: "空", URI: "https://"},
	}}
	got := render(t, e, line.RenderOptions{})
	if l := labels(got[0]["contents"], "secondary"); len(l) != 1 || l[0] != "よい" {
		t.Errorf("got %v, want only よい", l)
	}
	if err := line.Check(e); err == nil || strings.Count(err.Error(), "\n") != 5 {
		t.Errorf("Check: got %v, want six complaints", err)
	}
	if err := line.Check(flows.Effect{Bubbles: []flows.Bubble{{Text: "はい"}}, Exits: exits}); err != nil {
		t.Errorf("Check of a good effect: got %v", err)
	}
}

func TestNothingToSayIsAnError(t *testing.T) {
	for name, e := range map[string]flows.Effect{
		"no bubble":          {Kind: flows.EfAnswer},
		"spaces":             {Kind: flows.EfAnswer, Bubbles: []flows.Bubble{{Text: " \n　\u200b"}}},
		"human, no words":    {Kind: flows.EfHuman, Bubbles: []flows.Bubble{{Words: true}}},
		"an empty card":      {Kind: flows.EfAnswer, Bubbles: []flows.Bubble{{Card: &flows.CardView{}}}},
		"only control signs": {Kind: flows.EfAnswer, Bubbles: []flows.Bubble{{Text: "\x00\x07\u202e"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := line.Render(e, line.RenderOptions{}); !errors.Is(err, line.ErrEmpty) {
				t.Errorf("got %v, want ErrEmpty", err)
			}
		})
	}
}

func TestNamesThatLINERefusesAreReplaced(t *testing.T) {
	for name, want := range map[string]string{"LINE公式": "縁側(機械)", "": "縁側(機械)", "ひなた区の縁側": "ひなた区の縁側", strings.Repeat("な", 30): strings.Repeat("な", 19) + "…"} {
		got := render(t, flows.Effect{Kind: flows.EfAnswer, Bubbles: []flows.Bubble{{Text: "はい"}}}, line.RenderOptions{Machine: name, Icons: "https://example.org/i/"})
		s := got[0]["sender"].(obj)
		if s["name"] != want || s["iconUrl"] != "https://example.org/i/machine.png" {
			t.Errorf("%q: got %v, want %q", name, s, want)
		}
	}
}

func TestRenderingTwiceGivesTheSameBytes(t *testing.T) {
	e := flows.Effect{Kind: flows.EfAnswer, Bubbles: []flows.Bubble{{Text: "<はい> & \"いいえ\""}}, Choices: []flows.Button{{Label: "a", Data: "b"}}, Exits: exits}
	a, _ := line.Render(e, line.RenderOptions{})
	for range 20 {
		if b, _ := line.Render(e, line.RenderOptions{}); string(a[0]) != string(b[0]) {
			t.Fatalf("got %s, then %s: a retried push must not differ", a[0], b[0])
		}
	}
}

func FuzzRender(f *testing.F) {
	for _, s := range []string{
		strings.Repeat("あ", 5000), strings.Repeat("👨\u200d👩\u200d👧\u200d👦", 900), strings.Repeat("🏴󠁧󠁢󠁥󠁮󠁧󠁿🇯🇵", 300), "\u202eabc\u202c \u2066x", "a\x00b\x07", "\u200b\u200d\ufeff",
		"\xed\xa0\x80\xff\xfe", "e" + strings.Repeat("\u0301", 6000), "https://example.org/a。03-1234-5678 １１９", "\n\n\n", "…", strings.Repeat("x", 4999) + "🍎",
		"नमस्ते क्\u200dष", "<script>&\"\\", strings.Repeat("https://example.org/"+strings.Repeat("p", 900)+" ", 9), "\ufffe\uffff",
		strings.Repeat("🏴󠁧󠁢󠁥󠁮󠁧󠁿🇯🇵", 200), // few characters, and long by LINE's measure
	} {
		f.Add(s, s, uint8(3), uint8(2), true)
		f.Add("はい", s, uint8(12), uint8(15), false)
	}
	f.Fuzz(func(t *testing.T, text, label string, choices, outs uint8, human bool) {
		e := flows.Effect{Kind: flows.EfAnswer, Bubbles: []flows.Bubble{{Text: text}, {Card: &flows.CardView{
			Kind: "event", Title: label, Lead: text, Facts: []string{label, text}, Buttons: []flows.Button{{Label: label, URI: text}},
		}}, {Text: text}}}
		if human {
			e = flows.Effect{Kind: flows.EfHuman, Voice: flows.Human, Staff: label, Bubbles: []flows.Bubble{{Words: true}}}
		}
		kinds := []flows.Button{{Label: label, Data: "d"}, {Label: text, URI: label}, {Label: label, Data: label}, {Label: text, Data: "d"}, {Label: label, URI: text}}
		e.Choices = append(e.Choices, kinds[:choices%6]...)
		for range outs % 16 {
			e.Exits = append(e.Exits, flows.Button{Label: label, Data: "x"}, flows.Button{Label: text, Data: text})
		}
		msgs, err := line.Render(e, line.RenderOptions{Words: text, Machine: label, Notify: text})
		switch {
		case errors.Is(err, line.ErrEmpty), errors.Is(err, line.ErrTooLong) && len(utf16.Encode([]rune(text+label))) > 4000:
			return
		case err != nil:
			t.Fatalf("Render: %v", err)
		}
		lawful(t, msgs)
	})
}
