package prove

import (
	"strings"
	"testing"

	"engawa/flows"
)

// read gives what lint says of one sentence.
func read(t *testing.T, key string, f form, p flows.Phrase) []Finding {
	t.Helper()
	b := *shipped(t)
	c := newChecker(&b, Options{Banned: []string{"おたく"}})
	s := said{key: key, p: p, form: f}
	for _, l := range flows.Langs {
		text, ok := p[l]
		if !ok {
			continue
		}
		c.length(&s, l, text)
		c.tone(&s, l, text)
		if l == flows.JaEasy {
			c.easy(&s, text)
		}
		if l != flows.Ja {
			c.tongue(&s, l, text)
		}
	}
	return c.all
}

func TestSentencesAreReadAsAuthorsMeanThem(t *testing.T) {
	both := func(ja string, l flows.Lang, text string) flows.Phrase { return flows.Phrase{flows.Ja: ja, l: text} }
	for _, x := range []struct {
		name string
		form form
		p    flows.Phrase
		want string // property and a piece of what is said; "" = nothing
	}{
		{"a calm sentence", bubble, ja("書いてくれて、ありがとうございます。短くても大丈夫です。"), ""},
		{"not to be named is no question", bubble, ja("名前を言わずに書けます。住所も要りません。"), ""},
		{"不必ず is fine", bubble, ja("必ずしも全部を話さなくて大丈夫です。"), ""},
		{"a question in quotes", bubble, ja("窓口では「いくらですか」「いつですか」と聞けます。"), ""},
		{"the house's own banned word", bubble, ja("おたくの話ですね。"), "tone 「おたく」"},
		{"a word for no house", bubble, ja("アセスメントをします。"), "tone 「アセスメント」"},
		{"a banned word behind readings", bubble, both("つらいですね。", flows.JaEasy, "頑(がん)張(ば)って ください。"), "tone 頑張って"},
		{"a promise", bubble, ja("絶対に直ります。"), "tone 約束しすぎ"},
		{"blame", bubble, ja("どうして早く来なかったのですか。"), "tone 責めて"},
		{"a name", bubble, ja("お名前を教えてください。"), "tone だれかを聞いて"},
		{"two questions", bubble, ja("眠れますか。食べられますか。"), "tone 2つ聞いて"},
		{"a loud voice", bubble, ja("よかったです！"), "tone 大きな声"},
		{"an emoji", bubble, ja("ありがとうございます😀"), "tone 絵文字"},
		{"the leaf", bubble, ja("ここは縁側です🌿"), ""},
		{"a long sentence", bubble, ja(strings.Repeat("とても", 21) + "。"), "text 63文字"},
		{"a long label", button, ja(strings.Repeat("あ", 21)), "text 21文字"},
		{"a label of twenty", button, ja(strings.Repeat("あ", 20)), ""},
		{"a family emoji is one letter", button, ja(strings.Repeat("👨‍👩‍👧", 20)), ""},
		{"an endless text", bubble, ja(strings.Repeat("𠮟。", 2501)), "text 長すぎて"},
		{"ja-easy as it should be", bubble, both("窓口に行けます。", flows.JaEasy, "窓口(まどぐち)に 行(い)けます。"), ""},
		{"ja-easy with two denials", bubble, both("行けます。", flows.JaEasy, "行(い)けない わけでは ありません。"), "easy 否定が2つ"},
		{"ja-easy without readings", bubble, both("窓口に行けます。", flows.JaEasy, "窓口に 行けます。"), "easy 読み"},
		{"ja-easy that is long", bubble, both("行けます。", flows.JaEasy, strings.Repeat("いつでも ", 9)+"いけます。"), "easy 35文字まで"},
		{"a wrong digit", bubble, both("119に電話できます。", flows.En, "You can call 191."), "tongue 番号 119"},
		{"five in the afternoon", bubble, both("9時から17時です。", flows.En, "From 9 am to 5 pm."), ""},
		{"another hour", bubble, both("9時から17時です。", flows.En, "From 9 am to 6 pm."), "tongue 数 17"},
		{"a number in words", bubble, both("2人が読みます。", flows.En, "Two people read it."), ""},
		{"a lost hole", bubble, both("{when}に読みます。", flows.En, "Somebody will read."), "tongue あとから入る"},
		{"not translated", bubble, both("ありがとうございます。", flows.Ko, "ありがとうございます。"), "tongue 日本語の文が残って"},
		{"a sentence to show", bubble, both("「お金のことで」と言えます。", flows.En, "You can say 「お金のことで」 there."), ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			got := read(t, "okane/家賃/ことば/1", x.form, x.p)
			if x.want == "" {
				if len(got) > 0 {
					t.Errorf("got %v, want nothing", got)
				}
				return
			}
			property, piece, _ := strings.Cut(x.want, " ")
			for _, f := range got {
				if f.Property == property && strings.Contains(f.Why, piece) {
					return
				}
			}
			t.Errorf("got %v, want %s", got, x.want)
		})
	}
}

func TestTheCrisisAnswerNeitherAsksHowNorEndsWithANumber(t *testing.T) {
	last := num(len(shipped(t).Lines["crisis.life"]))
	for text, want := range map[string]string{
		"いま命があぶないときは、119へ。":          "番号で終わって",
		"方法は決めていますか。ここにいます。":         "方法を聞いて",
		"119に電話できます。ここはこのまま開けておきます。": "",
	} {
		got := read(t, "line/crisis.life/"+last, bubble, ja(text))
		if want == "" && len(got) > 0 || want != "" && (len(got) == 0 || !strings.Contains(got[0].Why, want)) {
			t.Errorf("%s: got %v, want %q", text, got, want)
		}
	}
}

func TestSayingsNearToEachOtherAreFoundWhateverTheKana(t *testing.T) {
	for _, x := range []struct {
		a, b string
		near bool
	}{
		{"家賃が払えない", "家賃が払えない。", true},
		{"ゲームをやめられない", "げーむをやめられない", true},
		{"家賃が払えない", "仕事がない", false},
		{"さみしい", "さみしくない", false},
	} {
		if got := jaccard(pairsOf(x.a), pairsOf(x.b)) > tooNear; got != x.near {
			t.Errorf("%s, %s: got near %v, want %v", x.a, x.b, got, x.near)
		}
	}
}
