package board

import (
	"regexp"

	"golang.org/x/text/unicode/norm"

	"engawa/flows"
	"engawa/flows/catalogue"
)

// Breach is a place where a post may break a house rule. A facilitator decides;
// the writer sees it while writing, with a kind word.
type Breach struct {
	Rule  string `json:"rule"`
	Field string `json:"field"`
	Word  string `json:"word"`
}

// Rule is one house rule for posts.
type Rule struct {
	ID   string
	Says string // to the writer
	is   *regexp.Regexp
}

// Rules are the house rules that a rule can check, with the words for who writes.
var Rules = []Rule{
	{"diagnosis", "診断や手帳があることを、来るための条件にはできません。", regexp.MustCompile(`診断書|診断(の|を|名).{0,8}(方のみ|方に限|必要|必須|お持ち|教えて|見せ)|診断を受けた(方|人)(のみ|に限|だけ)|手帳.{0,6}(お持ちの方(のみ|に限)|必須|が必要)|(病名|障害名)を(書|教|記入|伝え)`)},
	{"sales", "ものやサービスの販売、勧誘はのせられません。参加費は「お金」のところに書けます。", regexp.MustCompile(`(商品|サプリ|保険|浄水器|化粧品|教材|健康食品).{0,8}(販売|購入|紹介|ご案内)|即売|物販|入会金|会員を?募|副業|儲|稼げ|投資|ネットワークビジネス|代理店|権利収入|無料体験後|割引価格|販売(会|し)`)},
	{"politics", "選挙や政党、署名集めのよびかけはのせられません。", regexp.MustCompile(`選挙|投票(を|の)お願い|後援会|候補者|(政党|党員|党大会)|街頭演説|署名(を|に|活動|集め)|(議員|市長|区長|知事).{0,6}(応援|支援)`)},
	{"faith", "信仰への勧誘はのせられません。", regexp.MustCompile(`入信|布教|信者|教団|お布施|献金|洗礼|神様.{0,6}(信じ|救)|聖書.{0,6}(学び|勉強|教え)|先祖.{0,4}(供養|因縁)|霊感`)},
	{"personal", "個人の電話番号やメール、ほかの人の名前や病気のことは、公開の文には書けません。", regexp.MustCompile(`0[789]0[-ー ]?\d{4}[-ー ]?\d{4}|[\w.+-]+@[\w-]+\.[\w.]+|\b\d{4}[- ]?\d{4}[- ]?\d{4}\b|[\p{Han}]{1,4}(さん|くん|ちゃん|様)(は|の)(病気|障害|診断|うつ|家庭|事情|住所)`)},
}

// Check finds where a post may break a house rule.
func Check(e *catalogue.Entry) (all []Breach) {
	for _, f := range []struct {
		name string
		text flows.Phrase
	}{{"title", e.Title}, {"lead", e.Lead}, {"arrive", e.Arrive}, {"hours", e.Hours}, {"place", e.Where.Place}, {"way", catalogue.Ja(e.Where.Way)},
		{"on_day", catalogue.Ja(e.OnDay)}} {
		text, _ := f.text.In(flows.Ja)
		text = norm.NFKC.String(text)
		for _, r := range Rules {
			if word := r.is.FindString(text); word != "" {
				all = append(all, Breach{Rule: r.ID, Field: f.name, Word: word})
			}
		}
	}
	return all
}

// Says is what the writer reads about a breach.
func (b Breach) Says() string {
	for _, r := range Rules {
		if r.ID == b.Rule {
			return r.Says
		}
	}
	return ""
}
