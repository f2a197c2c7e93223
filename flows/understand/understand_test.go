package understand

import (
	"reflect"
	"strings"
	"testing"

	"engawa/flows"
)

// fakeBundle has a few rules of each kind; the shipped rules are tested with the content.
func fakeBundle() *flows.Bundle {
	flow := func(id flows.FlowID, harmless bool, title string, says ...string) *flows.Flow {
		return &flows.Flow{ID: id, Topic: string(id), Title: flows.Phrase{flows.Ja: title}, Harmless: harmless, Sayings: says}
	}
	money := flow("money", true, "お金のこと", "家賃が払えない", "来月からお金がない", "電気が止まりそう", "借金の電話がこわい")
	money.NotThis = []string{"お金を両替したい"}
	return &flows.Bundle{
		Order: []flows.FlowID{"money", "place", "talk"},
		Flows: map[flows.FlowID]*flows.Flow{
			"money": money,
			"place": flow("place", true, "居場所をさがす", "どこか行けるところないかな", "静かに座っていられる所", "だれかと一緒にいたい"),
			"talk":  flow("talk", false, "ただ話したい", "話を聞いてほしい", "さみしい", "だれかと話したい"),
		},
		Lines: map[string][]flows.Phrase{
			"exit.human":      {{flows.Ja: "人と話す", flows.En: "Talk to a person"}},
			"exit.yes":        {{flows.Ja: "はい"}},
			"exit.delete_now": {{flows.Ja: "いま消す"}},
		},
		Words: flows.Words{
			Exits: map[flows.Exit][]string{flows.ExEnd: {"やめる", "ここまで"}, flows.ExStop: {"もう送らないで"}},
			Talk:  []string{"こんばんは", "だれかいる?"},
			Langs: map[flows.Lang][]string{flows.Vi: {"tiếng Việt"}, flows.JaEasy: {"やさしい日本語で"}},
			Urgent: []flows.UrgentRule{
				{ID: "ja.life.1", Urgency: flows.Life, Level: flows.Clear, Any: []string{"死にたい", "しにたい", "氏にたい", "タヒにたい"}, Not: []string{"死にたいする"}},
				{ID: "ja.life.2", Urgency: flows.Life, Level: flows.Worry, Any: []string{"消えたい"}},
				{ID: "ja.med.1", Urgency: flows.Medical, Level: flows.Clear, Any: []string{"息ができない"}},
				{ID: "en.life.1", Urgency: flows.Life, Level: flows.Clear, Any: []string{"kill myself", "want to die"}, Not: []string{"die of laughing"}},
			},
		},
	}
}

func TestCriesForHelpAreHeardInEverySpelling(t *testing.T) {
	r := New(fakeBundle())
	for _, s := range []string{
		"死にたい", "シニタイ", "ｼﾆﾀｲ", "し に た い", "死・に・た・い", "し\u200bにたい", "死にたいいいい", "しにたーい",
		"もう4ヶ月ずっと、死にたいと思っています。", "タヒにたい", "氏にたい", "i want to die", "I WANT TO DIE!!!", "i'm going to k i l l myself", "死̶に̶た̶い̶",
	} {
		got := r.Read(s, Here{})
		if got.Urgency != flows.Life || got.Level != flows.Clear {
			t.Errorf("Read(%q) = %q/%q, want life/clear", s, got.Urgency, got.Level)
		}
	}
}

func TestAContextThatCalmsTakesAwayOnlyItself(t *testing.T) {
	r := New(fakeBundle())
	if got := r.Read("i could die of laughing", Here{}); got.Level != flows.NoLevel {
		t.Errorf("hyperbole: got level %q, want none", got.Level)
	}
	if got := r.Read("die of laughing? no. i want to die", Here{}); got.Level != flows.Clear {
		t.Errorf("hyperbole beside a cry: got level %q, want clear", got.Level)
	}
}

func TestTheGraverFindingWinsAndAllRulesAreNamed(t *testing.T) {
	got := NewRulesOnly(fakeBundle()).Read("消えたい。息ができない", Here{})
	if got.Level != flows.Clear || got.Urgency != flows.Medical {
		t.Errorf("got %q/%q, want medical/clear", got.Urgency, got.Level)
	}
	if want := "ja.life.2 ja.med.1"; strings.Join(got.Rules, " ") != want {
		t.Errorf("rules: got %q, want %q", got.Rules, want)
	}
}

func TestACryInsideAnExitIsStillHeard(t *testing.T) {
	b := fakeBundle()
	b.Words.Exits[flows.ExDelete] = []string{"消えたい"} // the worst word list one could write
	if got := New(b).Read("消えたい", Here{}); got.Level != flows.Worry {
		t.Errorf("got level %q, want worry", got.Level)
	}
}

func TestTypedExitsMatchWholeMessagesOnly(t *testing.T) {
	r := New(fakeBundle())
	for s, want := range map[string]flows.Exit{
		"やめる": flows.ExEnd, "やめる。": flows.ExEnd, "人と話す": flows.ExHuman, "talk to a person": flows.ExHuman,
		"もう送らないで！": flows.ExStop, "仕事をやめることになった": "", "はい": flows.ExYes, "いま消す": "", "tiếng việt": flows.ExLang,
	} {
		if got := r.Read(s, Here{}).Exit; got != want {
			t.Errorf("Read(%q).Exit = %q, want %q", s, got, want)
		}
	}
	if got := r.Read("やさしい日本語で", Here{}).Lang; got != flows.JaEasy {
		t.Errorf("wish for easy Japanese: got %q, want %q", got, flows.JaEasy)
	}
}

func TestDigitsAndLabelsNameTheChoiceOnTheScreen(t *testing.T) {
	r := New(fakeBundle())
	here := Here{Offered: []string{"家賃・住まい", "食べもの・電気・水道", "借金・支払いの電話", "まだ言葉にできない"}}
	for s, want := range map[string]int{
		"2": 2, "２": 2, "②": 2, "2番": 2, "家賃・住まい": 1, "家賃住まい": 1, "借金・支払いの電話です": 3, "まだ言葉にできない": 4,
		"5": 0, "0": 0, "電": 0, "20": 0,
	} {
		if got := r.Read(s, here).Choice; got != want {
			t.Errorf("Read(%q).Choice = %d, want %d", s, got, want)
		}
	}
}

func TestTextsFindTheirEntrance(t *testing.T) {
	r := New(fakeBundle())
	for s, want := range map[string]flows.FlowID{
		"家賃がもう払えないです": "money", "でんきがとまりそう": "", "電気とまりそう": "money", "静かなところに座りたい": "place", "誰かと話したいです": "talk",
	} {
		got := r.Read(s, Here{})
		if want == "" {
			continue
		}
		if len(got.Topics) == 0 || got.Topics[0].Flow != want {
			t.Errorf("Read(%q).Topics = %v, want first %q", s, got.Topics, want)
		}
	}
	if got := r.Read("家賃が払えない", Here{}); !got.Sure {
		t.Errorf("an author's own saying: got unsure, want sure (%v)", got.Topics)
	}
	if got := r.Read("話を聞いてほしい", Here{}); got.Sure {
		t.Error("an entrance that is not harmless is taken without asking")
	}
	if got := r.Read("お金を両替したい", Here{}); len(got.Topics) > 0 && got.Topics[0].Flow == "money" {
		t.Errorf("これは違う: got %v, want no money", got.Topics)
	}
	if got := r.Read("zzz", Here{}); len(got.Topics) != 0 {
		t.Errorf("nonsense: got %v, want nothing", got.Topics)
	}
}

func TestLanguageIsGuessedOnlyWhereItIsClear(t *testing.T) {
	for s, want := range map[string]flows.Lang{
		"こんにちは": flows.Ja, "住民票": flows.Ja, "请帮助我": flows.Zh, "도와주세요": flows.Ko, "मलाई मद्दत चाहियो": flows.Ne,
		"Tôi cần giúp đỡ": flows.Vi, "please help me": flows.En, "preciso de ajuda": flows.Pt, "kailangan ko ng tulong": flows.Tl, "🙂": "", "123": "",
	} {
		if got := guess(s); got != want {
			t.Errorf("guess(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestTheSameTextAlwaysReadsTheSame(t *testing.T) {
	r := New(fakeBundle())
	want := r.Read("家賃も電気もだれかと話したい", Here{})
	for range 200 {
		got := r.Read("家賃も電気もだれかと話したい", Here{})
		for i := range want.Topics {
			if got.Topics[i] != want.Topics[i] {
				t.Fatalf("got %v, want %v", got.Topics, want.Topics)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	r := New(fakeBundle())
	for _, s := range []string{"", "死にたい", "\x00\xff", strings.Repeat("🙂", 50), "\u200fמ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := r.Read(s, Here{Offered: []string{"家賃・住まい", "借金"}})
		if got.Choice < 0 || got.Choice > 2 {
			t.Errorf("choice %d out of range", got.Choice)
		}
	})
}

func TestAReaderForTheNextBundleReadsAsANewOneWould(t *testing.T) {
	b := fakeBundle()
	next := *b
	next.Words.Talk = append([]string{"よいおひより"}, b.Words.Talk...)
	calmer := next
	calmer.Words.Urgent = b.Words.Urgent[:1]
	r := New(b)
	for name, later := range map[string]*flows.Bundle{"other small talk": &next, "fewer urgent words": &calmer} {
		got, want := r.For(later), New(later)
		for _, text := range []string{"死にたい", "消えたい", "よいおひより", "家賃が払えない", "人と話す"} {
			if g, w := got.Read(text, Here{}), want.Read(text, Here{}); !reflect.DeepEqual(g, w) {
				t.Errorf("%s, %s: got %+v, want %+v", name, text, g, w)
			}
		}
	}
	if shared := r.For(&next); shared.urgent != r.urgent {
		t.Error("got the urgent words prepared again, want them shared")
	}
}
