package script

import (
	"fmt"
	"regexp"
	"strings"

	"engawa/flows"

	yaml "go.yaml.in/yaml/v4"
)

// exitIDs lists the exits in the order of the contract.
var exitIDs = []flows.Exit{flows.ExHuman, flows.ExEnd, flows.ExStop, flows.ExBack, flows.ExRestart, flows.ExLang, flows.ExDelete,
	flows.ExDeleteNow, flows.ExForget, flows.ExBot, flows.ExLeave, flows.ExHide, flows.ExShowAll, flows.ExMenu, flows.ExPrivacy,
	flows.ExNoModel, flows.ExModel, flows.ExYes, flows.ExNo, flows.ExNone}

// exitWords are the same as authors write them in every language's file.
var exitWords = map[string]flows.Exit{
	"人と話す": flows.ExHuman, "ここまで": flows.ExEnd, "もう送らないで": flows.ExStop, "もどる": flows.ExBack,
	"はじめから": flows.ExRestart, "ことば": flows.ExLang, "消す": flows.ExDelete, "いま消す": flows.ExDeleteNow,
	"この話を消す": flows.ExForget, "機械の案内にもどる": flows.ExBot, "やっぱりいい": flows.ExLeave, "見せない": flows.ExHide,
	"前の話も見せる": flows.ExShowAll, "メニュー": flows.ExMenu, "ここのこと": flows.ExPrivacy,
	"AIを使わない": flows.ExNoModel, "AIを使ってもいい": flows.ExModel,
	"はい": flows.ExYes, "いいえ": flows.ExNo, "どれも違う": flows.ExNone, "とっておいたもの": flows.ExKept, "会のお知らせ": flows.ExPost,
	"部屋をひらく": flows.ExRoom, "LINEで話す": flows.ExLine, "そのままがいい": flows.ExSame,
}

var exitNames = []string{"人と話す", "ここまで", "もう送らないで", "もどる", "はじめから", "ことば", "消す", "いま消す", "この話を消す",
	"機械の案内にもどる", "やっぱりいい", "見せない", "前の話も見せる", "メニュー", "ここのこと", "AIを使わない", "AIを使ってもいい", "はい", "いいえ", "どれも違う", "とっておいたもの", "会のお知らせ", "部屋をひらく", "LINEで話す", "そのままがいい"}

// readWords reads words/<list>[.<lang>].yaml.
func (l *loader) readWords(f *file, root *yaml.Node, base string) {
	list, lang, good := f.tagged(base)
	if !good {
		return
	}
	switch list {
	case "exits":
		l.readExits(f, root)
	case "talk":
		fs := f.fields(root, "雑談のことば", "雑談")
		if e, ok := fs["雑談"]; ok {
			l.b.Words.Talk = append(l.b.Words.Talk, f.sayings(e.value, "雑談")...)
		}
	case "harsh":
		l.readHarsh(f, root, flows.Lang(lang))
	case "langs":
		for _, e := range f.fields(root, "ことばの名前", langList()...) {
			l.b.Words.Langs[flows.Lang(e.key)] = append(l.b.Words.Langs[flows.Lang(e.key)], f.sayings(e.value, e.key)...)
		}
	case "sayings":
		l.readSayings(f, root)
	case "urgent":
		l.readUrgent(f, root, flows.Lang(lang))
	default:
		f.at(1, 1, "name", "words に置けるのは exits・talk・harsh・langs・sayings・urgent です。", "")
	}
}

// tagged parts 「sayings.en」 into the list and its language, which may be left out.
func (f *file) tagged(base string) (list, lang string, good bool) {
	list, lang, has := strings.Cut(base, ".")
	if has && !isLang(flows.Lang(lang)) {
		f.at(1, 1, "name", fmt.Sprintf("「%s」という言語の印はありません。使えるのは: %s。", lang, langNames()), "")
		return list, lang, false
	}
	return list, lang, true
}

// readSayings reads what people type, listed under the flow that they look for.
// They stand in words/sayings.<lang>.yaml, or one file for each flow in words/sayings/.
func (l *loader) readSayings(f *file, root *yaml.Node) {
	for _, e := range f.entries(root, "言い方") {
		id := flows.FlowID(e.key)
		l.refs = append(l.refs, reference{file: f, at: e.at, kind: "flow", local: id})
		l.says[id] = append(l.says[id], f.sayings(e.value, e.key)...)
	}
}

func (l *loader) readExits(f *file, root *yaml.Node) {
	fs := f.fields(root, "出口のことば", exitNames...)
	for _, word := range exitNames {
		if e, ok := fs[word]; ok {
			x := exitWords[word]
			l.b.Words.Exits[x] = append(l.b.Words.Exits[x], f.sayings(e.value, word)...)
		}
	}
}

// dangerWords are the kinds of danger in an order of their own: a map is never ranged over for output.
var dangerWords = []string{"命", "暴力", "からだ"}
var dangers = map[string]flows.Urgency{"命": flows.Life, "暴力": flows.Violence, "からだ": flows.Medical}
var levels = map[string]flows.Level{"明らか": flows.Clear, "気がかり": flows.Worry}
var ruleName = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)?-(life|violence|medical)-[a-z0-9-]+$`)

// readUrgent reads the rules that see danger. Each says why, in words for the
// supervisor who checks the list and the coordinator who gets the case.
func (l *loader) readUrgent(f *file, root *yaml.Node, lang flows.Lang) {
	fs := f.fields(root, "急ぎのことば", "なかま", "どの決まりでも外す言い方", "決まり")
	e, ok := fs["決まり"]
	if !ok || e.value.Kind != yaml.SequenceNode {
		f.fault(root, "missing", "「決まり:」の下に「- 番号: …」の一覧を書きます。", "")
		return
	}
	groups := f.wordGroups(fs["なかま"])
	always := f.patterns(fs["どの決まりでも外す言い方"], groups)
	seen := map[string]bool{}
	for _, u := range l.b.Words.Urgent {
		seen[u.ID] = true
	}
	for _, n := range e.value.Content {
		r := f.urgentRule(n, lang, groups)
		r.Not = append(r.Not, always...)
		if r.ID != "" && (!ruleName.MatchString(r.ID) || seen[r.ID]) {
			f.fault(n, "rule", "「番号」は ja-life-01 の形で、ほかと重ならないものにします。", "")
		}
		seen[r.ID] = true
		l.b.Words.Urgent = append(l.b.Words.Urgent, r)
	}
}

// readHarsh reads what is hard to hear: it is written as a rule for danger is.
func (l *loader) readHarsh(f *file, root *yaml.Node, lang flows.Lang) {
	fs := f.fields(root, "きつい言葉", "なかま", "どれか", "ただし")
	groups := f.wordGroups(fs["なかま"])
	l.b.Words.Harsh = append(l.b.Words.Harsh, flows.HarshList{
		Lang: lang, Any: f.patterns(fs["どれか"], groups), Not: f.patterns(fs["ただし"], groups)})
}

// wordGroups reads なかま: words that stand for each other in many rules. A rule
// writes 〔家族〕 where any of them may stand.
func (f *file) wordGroups(e entry) *strings.Replacer {
	var pairs []string
	if e.value != nil {
		for _, g := range f.entries(e.value, "なかま") {
			pairs = append(pairs, "〔"+g.key+"〕", "（"+strings.Join(f.sayings(g.value, g.key), "｜")+"）")
		}
	}
	return strings.NewReplacer(pairs...)
}

func (f *file) urgentRule(n *yaml.Node, lang flows.Lang, groups *strings.Replacer) flows.UrgentRule {
	r := flows.UrgentRule{Lang: lang}
	in := f.fields(n, "決まり", "番号", "何の", "どのくらい", "だれの", "どれか", "どれも", "ただし", "例", "ちがう例", "わけ")
	for _, key := range []string{"番号", "何の", "どのくらい", "どれか", "わけ"} {
		if _, ok := in[key]; !ok {
			f.fault(n, "missing", fmt.Sprintf("「%s」がありません。", key), "")
		}
	}
	if e, ok := in["番号"]; ok {
		r.ID = f.text(e.value, "番号")
	}
	if e, ok := in["何の"]; ok {
		word := f.text(e.value, "何の")
		if r.Urgency, ok = dangers[word]; !ok {
			f.unknown(e.value, "word", word, "何の", dangerWords)
		}
	}
	if e, ok := in["どのくらい"]; ok {
		word := f.text(e.value, "どのくらい")
		if r.Level, ok = levels[word]; !ok {
			f.unknown(e.value, "word", word, "どのくらい", []string{"明らか", "気がかり"})
		}
	}
	r.Any = f.patterns(in["どれか"], groups)
	r.All = f.patterns(in["どれも"], groups)
	r.Not = f.patterns(in["ただし"], groups)
	r.Fires = f.patterns(in["例"], nil)
	r.Calm = f.patterns(in["ちがう例"], nil)
	if e, ok := in["だれの"]; ok {
		r.Who = f.text(e.value, "だれの")
	}
	if e, ok := in["わけ"]; ok {
		r.Reason = f.text(e.value, "わけ")
	}
	return r
}

// patterns reads a list of a rule and writes its groups out.
func (f *file) patterns(e entry, groups *strings.Replacer) []string {
	if e.value == nil {
		return nil
	}
	says := f.sayings(e.value, e.key)
	for i, s := range says {
		if groups == nil {
			continue
		}
		if says[i] = groups.Replace(s); strings.Contains(says[i], "〔") {
			f.fault(e.value, "group", fmt.Sprintf("「%s」の〔 〕の名前が「なかま」にありません。", s), "")
		}
	}
	return says
}

func isLang(l flows.Lang) bool {
	for _, k := range flows.Langs {
		if k == l {
			return true
		}
	}
	return false
}

func langList() []string {
	var out []string
	for _, k := range flows.Langs {
		out = append(out, string(k))
	}
	return out
}

func langNames() string { return strings.Join(langList(), "・") }
