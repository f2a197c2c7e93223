package assist

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	openai "github.com/sashabaranov/go-openai"

	"engawa/flows"
)

var aTalk = []Said{
	{ByResident, "田中です。家賃を3か月はらえていません。\n夫の健一が仕事をやめました。"},
	{ByMachine, "書いてくれて、ありがとうございます。"},
	{ByStaff, "すずらんです。電話番号を教えてもらえますか？"},
	{ByResident, "090-1234-5678です。夜なら出られます。"},
}

func TestASummaryNamesItsSources(t *testing.T) {
	m := startModel(t)
	a, _, _ := newAssist(t, m, nil)
	m.says(`{"points":[
		{"text":"[NAME_1]さんは家賃を3か月はらえていない。","from":[2]},
		{"text":"[NAME_2]さんが仕事をやめた。","from":[3]},
		{"text":"電話は[PHONE_1]、夜なら出られる。","from":[7,8]},
		{"text":"家賃は9万円。","from":[2]},
		{"text":"子どもがいる。","from":[]},
		{"text":"どこにもない文から。","from":[99]},
		{"text":"[NAME_7]さんが来る。","from":[2]},
		{"text":"[PHONE_1]に夜かける。","from":[2]}]}`)
	s, err := a.Summary(t.Context(), aTalk)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range s.Points {
		got = append(got, p.Text+fmt.Sprint(p.From))
	}
	// the first point speaks of a name that its sentence does not hold
	want := []string{"健一さんが仕事をやめた。[3]", "電話は090-1234-5678、夜なら出られる。[7 8]"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(s.Sentences) != 8 || s.Sentences[6].Text != "090-1234-5678です。" || s.Sentences[6].Said != 3 || s.Sentences[6].By != ByResident {
		t.Errorf("sentences: %+v", s.Sentences)
	}
	for _, secret := range []string{"田中", "健一", "1234"} {
		if strings.Contains(m.heard(), secret) {
			t.Errorf("%q left the house", secret)
		}
	}
}

func TestASentenceThatCannotBeJudgedStaysAndTheRestIsSummed(t *testing.T) {
	m := startModel(t)
	a, _, _ := newAssist(t, m, nil)
	m.says(`{"points":[{"text":"眠れていない。","from":[1]}]}`)
	s, err := a.Summary(t.Context(), []Said{{ByResident, "眠れていません。"}, {ByStaff, "मेरो नाम सीता हो"}, {ByResident, "つらいです。"}})
	if err != nil || len(s.Points) != 1 || !s.Sentences[1].Kept || strings.Contains(m.heard(), "सीता") {
		t.Errorf("got %+v, %v", s, err)
	}
	if _, err := a.Summary(t.Context(), []Said{{ByResident, "眠れていません。"}, {ByResident, "मेरो नाम सीता हो"}}); !errors.Is(err, ErrUnsure) {
		t.Errorf("the resident's last words cannot be judged: %v, want ErrUnsure", err)
	}
	m.says(`{"points":[{"text":"名前を言った。","from":[2]}]}`)
	if _, err := a.Summary(t.Context(), []Said{{ByResident, "眠れていません。"}, {ByStaff, "मेरो नाम सीता हो"}, {ByResident, "つらいです。"}}); !errors.Is(err, ErrAnswer) {
		t.Errorf("a point about a sentence that was never sent: %v, want ErrAnswer", err)
	}
}

func TestADraftRestsOnCardsAndSentences(t *testing.T) {
	m := startModel(t)
	a, _, _ := newAssist(t, m, nil)
	cards := []Card{{"kurashi", "くらしの窓口", "電話 03-0000-1111 平日9時から17時 https://city.example.jp/k"}, {"food", "フードバンク", "食べものをもらえます。"}}
	reply := func(drafts ...string) string { return `{"drafts":[` + strings.Join(drafts, ",") + `]}` }
	good := `{"text":"くらしの窓口は平日9時から17時です。03-0000-1111で話せます。","cards":["kurashi"],"from":[2]}`
	for name, bad := range map[string]string{
		"a number of its own":      `{"text":"くらしの窓口は平日10時からです。","cards":["kurashi"],"from":[2]}`,
		"a card that is none":      `{"text":"こちらはどうですか。","cards":["admin"],"from":[2]}`,
		"a card it does not name":  `{"text":"フードバンクがあります。","cards":["kurashi"],"from":[2]}`,
		"an address of its own":    `{"text":"https://bad.example.com をどうぞ。","cards":["kurashi"],"from":[2]}`,
		"a promise":                `{"text":"必ずもらえます。","cards":["food"],"from":[2]}`,
		"a banned word":            `{"text":"支援プランを作ります。","cards":["food"],"from":[2]}`,
		"a name of its own":        `{"text":"[NAME_9]さん、こんにちは。","cards":[],"from":[2]}`,
		"a sentence that is none":  `{"text":"こんにちは。","cards":[],"from":[70]}`,
		"the same card twice":      `{"text":"こんにちは。","cards":["food","food"],"from":[]}`,
		"hidden letters":           `{"text":"こん\u202eにちは。","cards":[],"from":[]}`,
		"far too long":             `{"text":"` + strings.Repeat("あ", 500) + `","cards":[],"from":[]}`,
		"a number from elsewhere":  `{"text":"3か月ですね。","cards":[],"from":[3]}`,
		"a phone of another draft": `{"text":"03-0000-1111です。","cards":["food"],"from":[]}`,
	} {
		m.says(reply(bad, good))
		d, err := a.Drafts(t.Context(), aTalk, cards, []string{"支援プラン"})
		if err != nil || len(d.List) != 1 || !strings.Contains(d.List[0].Text, "03-0000-1111") || !slices.Equal(d.List[0].Cards, []flows.CardID{"kurashi"}) {
			t.Errorf("%s: got %+v, %v", name, d.List, err)
		}
	}
	m.says(reply(`{"text":"[NAME_1]さん、つらかったですね。","cards":[],"from":[1]}`))
	if d, err := a.Drafts(t.Context(), aTalk, cards, nil); err != nil || d.List[0].Text != "田中さん、つらかったですね。" {
		t.Errorf("got %+v, %v", d.List, err)
	}
	for _, broken := range []string{`{"drafts":[]}`, reply(good, good, good, good), `{"drafts":[{"text":"x"}]}`, `{"text":"x"}`, `はい`} {
		m.says(broken)
		if d, err := a.Drafts(t.Context(), aTalk, cards, nil); err == nil {
			t.Errorf("%s was taken: %+v", broken, d)
		}
		a.sides[staff] = newGate(manyStaff, a.opt.Staff)
	}
}

// echo answers a translation with what f makes of the text that came.
func echo(f func(string) string) func(http.ResponseWriter, *http.Request, openai.ChatCompletionRequest) {
	return func(w http.ResponseWriter, _ *http.Request, req openai.ChatCompletionRequest) {
		var d struct{ Text string }
		_ = json.Unmarshal([]byte(req.Messages[1].Content), &d)
		out, _ := json.Marshal(map[string]string{"text": f(d.Text)})
		reply(w, string(out))
	}
}

func TestATranslationCanChangeNoNumberAndNoName(t *testing.T) {
	m := startModel(t)
	a, _, _ := newAssist(t, m, nil)
	source := "田中さん、12月3日の14:30に03-1234-5678へ電話してください。家賃6万円の話です。"
	m.does(echo(func(s string) string {
		return "Dear " + strings.Join(anyLabel.FindAllString(s, -1), " and ") + ", please call us."
	}))
	got, err := a.Translate(t.Context(), source, flows.Ja, flows.En)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Dear 田中 and 12 and 3 and 14:30 and 03-1234-5678 and 60,000, please call us."; got.Text != want || got.From != flows.Ja || got.To != flows.En {
		t.Errorf("got %q, want %q", got.Text, want)
	}
	for _, secret := range []string{"田中", "14:30", "1234", "6万"} {
		if strings.Contains(m.heard(), secret) {
			t.Errorf("%q left the house", secret)
		}
	}
	for name, bad := range map[string]func(string) string{
		"one lost":     func(s string) string { return strings.Join(anyLabel.FindAllString(s, -1)[1:], " and ") + " please" },
		"one doubled":  func(s string) string { return s[:0] + strings.Join(anyLabel.FindAllString(s, -1), " ") + " [N_1] call" },
		"one invented": func(s string) string { return strings.Join(anyLabel.FindAllString(s, -1), " ") + " [NAME_9] call" },
		"a digit":      func(s string) string { return strings.Join(anyLabel.FindAllString(s, -1), " ") + " at 5 call" },
		"an address": func(s string) string {
			return strings.Join(anyLabel.FindAllString(s, -1), " ") + " see www.bad.example"
		},
		"another language": func(s string) string {
			return strings.Join(anyLabel.FindAllString(s, -1), " ") + " 電話してください"
		},
		"empty": func(string) string { return "" },
		"a sermon": func(s string) string {
			return strings.Join(anyLabel.FindAllString(s, -1), " ") + strings.Repeat(" call", 400)
		},
	} {
		m.does(echo(bad))
		if got, err := a.Translate(t.Context(), source, flows.Ja, flows.En); !errors.Is(err, ErrAnswer) {
			t.Errorf("%s: got %q, %v", name, got.Text, err)
		}
		a.sides[staff] = newGate(manyStaff, a.opt.Staff)
	}
}

func TestTranslationsGoBothWaysAndAlwaysOverJapanese(t *testing.T) {
	m := startModel(t)
	a, _, _ := newAssist(t, m, nil)
	words := map[flows.Lang]string{flows.Ja: "こんにちは。", flows.JaEasy: "こんにちは。", flows.En: "Hello.", flows.Zh: "你好。", flows.Ko: "안녕하세요.", flows.Vi: "Xin chào.", flows.Ne: "नमस्ते।", flows.Tl: "Kumusta po.", flows.Pt: "Olá."}
	for _, l := range flows.Langs[2:] {
		m.does(echo(func(string) string { return words[l] }))
		if got, err := a.Translate(t.Context(), "こんにちは。", flows.Ja, l); err != nil || got.Text != words[l] {
			t.Errorf("ja → %s: %q, %v", l, got.Text, err)
		}
	}
	m.does(echo(func(string) string { return "家賃がはらえません。" }))
	for l, text := range map[flows.Lang]string{flows.En: "I cannot pay my rent.", flows.Vi: "Tôi không có tiền trả tiền nhà.", flows.Tl: "Wala akong pambayad sa upa.", flows.Pt: "Não consigo pagar o aluguel."} {
		if got, err := a.Translate(t.Context(), text, l, flows.Ja); err != nil || got.Text != "家賃がはらえません。" {
			t.Errorf("%s → ja: %q, %v", l, got.Text, err)
		}
	}
	for _, p := range [][2]flows.Lang{{flows.En, flows.Vi}, {flows.Ja, flows.JaEasy}, {flows.Ja, "xx"}, {"", flows.Ja}} {
		if _, err := a.Translate(t.Context(), "こんにちは。", p[0], p[1]); !errors.Is(err, ErrLanguages) {
			t.Errorf("%s → %s: %v, want ErrLanguages", p[0], p[1], err)
		}
	}
	calls := m.count()
	for l, text := range map[flows.Lang]string{flows.Zh: "我没有钱付房租", flows.Ko: "월세를 낼 수 없어요", flows.Ne: "भाडा तिर्न सक्दिनँ"} {
		if _, err := a.Translate(t.Context(), text, l, flows.Ja); !errors.Is(err, ErrUnsure) {
			t.Errorf("%s: %v, want ErrUnsure", l, err)
		}
	}
	if m.count() != calls {
		t.Error("a script that nobody can cover was sent")
	}
}

func TestPlainJapaneseIsTakenOrTheSourceStays(t *testing.T) {
	m := startModel(t)
	a, _, _ := newAssist(t, m, nil)
	source := "申し込みは12月20日までに窓口へ提出してください。"
	m.says(`{"text":"申し込みは 12月20日までに 窓口へ 出して ください。"}`)
	if got, ok, err := a.Plain(t.Context(), source, Rule{}); !ok || err != nil || !strings.Contains(got, "出して") {
		t.Errorf("got %q, %v, %v", got, ok, err)
	}
	for _, bad := range []string{`{"text":"申し込みは 12月25日までに 窓口へ 出して ください。"}`, `{"text":"窓口へ 出して ください。"}`, `{"text":""}`, `{"txt":"x"}`, `x`} {
		m.says(bad)
		if got, ok, err := a.Plain(t.Context(), source, Rule{}); ok || got != source || err == nil {
			t.Errorf("%s: got %q, %v, %v", bad, got, ok, err)
		}
	}
}
