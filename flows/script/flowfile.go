package script

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"engawa/flows"

	yaml "go.yaml.in/yaml/v4"
)

// topics are the house plan's list, as authors say them.
var topics = map[string]string{
	"話したい": "talk", "お金": "money", "食べもの": "food", "住まい": "home", "仕事": "work",
	"外に出にくい": "hikikomori", "学校": "school", "子育て": "child", "介護": "care", "家族の世話": "young_carer",
	"障害": "disability", "こころとからだ": "health", "家族": "family", "近所": "neighbor", "気になる人": "concern",
	"居場所": "place", "手伝いたい": "join", "手続き": "procedure", "ことば": "language", "やめられない": "addiction",
	"出てきたあと": "reentry", "災害": "disaster", "人と話す": "human", "もよおし": "event_post",
	"ここのこと": "privacy", "雑談": "smalltalk", "ほか": "other",
}

var topicWords = []string{"話したい", "お金", "食べもの", "住まい", "仕事", "外に出にくい", "学校", "子育て", "介護", "家族の世話",
	"障害", "こころとからだ", "家族", "近所", "気になる人", "居場所", "手伝いたい", "手続き", "ことば", "やめられない",
	"出てきたあと", "災害", "人と話す", "もよおし", "ここのこと", "雑談", "ほか"}

const endWord = "おわり"

// reference is a name that must exist once all files are read.
type reference struct {
	file  *file
	at    *yaml.Node
	kind  string // scene, card
	scene flows.SceneKey
	card  flows.CardID
	flow  flows.FlowID
	local flows.FlowID // for suggestions
}

var halfName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

// fileName reads a half-width file name that must be the one of the file.
func (f *file) fileName(n *yaml.Node, what, base string) string {
	v := f.text(n, what)
	if v == base && halfName.MatchString(v) {
		return v
	}
	f.fault(n, "name", fmt.Sprintf("「%s」には、ファイルの名前と同じ、半角の小文字の名前を書きます。", what), f.instead(n, base))
	return base
}

func (l *loader) readFlow(f *file, root *yaml.Node, base string) {
	fs := f.fields(root, "流れのファイル", "流れ", "題", "話題", "持ち主", "見直し日", "聞かずに案内", "入口", "場面", "下書き", "確認")
	fl := &flows.Flow{ID: flows.FlowID(base)}
	for _, key := range []string{"流れ", "題", "話題", "持ち主", "見直し日", "入口", "場面"} {
		if _, ok := fs[key]; !ok {
			f.fault(root, "missing", fmt.Sprintf("「%s」がありません。", key), key+": ")
		}
	}
	if e, ok := fs["流れ"]; ok {
		fl.ID = flows.FlowID(f.fileName(e.value, "流れ", base))
	}
	if e, ok := fs["題"]; ok {
		fl.Title = l.say(f, e.value, base+"/題", f.text(e.value, "題"), true)
	}
	if e, ok := fs["話題"]; ok {
		word := f.text(e.value, "話題")
		if fl.Topic, ok = topics[word]; !ok && word != "" {
			f.unknown(e.value, "word", word, "話題", topicWords)
		}
	}
	if e, ok := fs["持ち主"]; ok {
		fl.Team = f.text(e.value, "持ち主")
	}
	if e, ok := fs["見直し日"]; ok {
		if d := f.date(e.value, "見直し日"); !d.IsZero() && !l.opt.Now.IsZero() && d.Before(l.opt.Now) {
			f.warn(e.value, "review", "見直す日を過ぎています。読みなおして、次の日を書きます。", "")
		}
	}
	if e, ok := fs["聞かずに案内"]; ok {
		fl.Harmless = f.yes(e.value, "聞かずに案内")
	}
	l.b.Flows[fl.ID] = fl
	l.b.Order = append(l.b.Order, fl.ID)
	if e, ok := fs["入口"]; ok {
		l.readDoor(f, e.value, fl)
	}
	if e, ok := fs["場面"]; ok {
		l.readScenes(f, e.value, fl)
	}
	l.standing(f, root, fs)
}

// readDoor reads 入口: how people find the flow.
func (l *loader) readDoor(f *file, n *yaml.Node, fl *flows.Flow) {
	fs := f.fields(n, "入口", "メニュー", "こう言われたら", "これは違う")
	if e, ok := fs["メニュー"]; ok {
		l.labels[fl.ID] = l.say(f, e.value, string(fl.ID)+"/メニュー", f.text(e.value, "メニュー"), true)
	}
	if e, ok := fs["こう言われたら"]; ok {
		fl.Sayings = f.sayings(e.value, "こう言われたら")
	}
	if len(fl.Sayings) < 5 {
		f.warn(n, "sayings", "「こう言われたら」は、5つ以上あると見つけやすくなります。", "")
	}
	if e, ok := fs["これは違う"]; ok {
		fl.NotThis = f.sayings(e.value, "これは違う")
	}
}

// sayings reads a list of what people type; one entry with 「、」 in brackets is a list gone wrong.
func (f *file) sayings(n *yaml.Node, what string) []string {
	items := f.texts(n, what)
	if n.Kind == yaml.SequenceNode && n.Style&yaml.FlowStyle != 0 && len(items) == 1 && strings.Contains(items[0].text, "、") {
		it := items[0]
		f.fault(it.at, "comma-wide", fmt.Sprintf("「%s」の区切りが「、」になっています。半角の「,」と空白にします。", what),
			f.instead(it.at, strings.ReplaceAll(it.text, "、", ", ")))
	}
	var out []string
	for _, it := range items {
		if contains(out, it.text) {
			f.warn(it.at, "twice", fmt.Sprintf("「%s」が2回あります。", it.text), "")
			continue
		}
		out = append(out, it.text)
	}
	return out
}

func (l *loader) readScenes(f *file, n *yaml.Node, fl *flows.Flow) {
	es := f.entries(n, "場面")
	for i, e := range es {
		if e.key == endWord || strings.ContainsAny(e.key, "/ ") {
			f.fault(e.at, "name", "場面の名前に「おわり」「/」空白は使えません。", "")
		}
		key := sceneKey(fl.ID, e.key)
		if i == 0 || e.key == "はじめ" {
			fl.Start = key
		}
		sc := l.readScene(f, e, fl.ID, key)
		l.b.Scenes[key] = sc
		l.sceneOrder = append(l.sceneOrder, key)
		l.sceneAt[key] = reference{file: f, at: e.at}
	}
	if len(es) == 0 {
		f.fault(n, "missing", "場面がひとつもありません。", "")
	}
}

func sceneKey(flow flows.FlowID, name string) flows.SceneKey {
	return flows.SceneKey(string(flow) + "/" + norm.NFC.String(name))
}

// target reads where something leads: a scene of this flow, 「ほかの流れ/場面」, or おわり.
func (l *loader) target(f *file, n *yaml.Node, flow flows.FlowID, what string) (key flows.SceneKey, end bool) {
	v := norm.NFC.String(f.text(n, what))
	if v == "" || v == endWord {
		return "", v == endWord
	}
	key = sceneKey(flow, v)
	if strings.Contains(v, "/") {
		key = flows.SceneKey(v)
	}
	l.refs = append(l.refs, reference{file: f, at: n, kind: "scene", scene: key, local: flow})
	return key, false
}

func (l *loader) card(f *file, it item) flows.CardID {
	id := flows.CardID(it.text)
	l.refs = append(l.refs, reference{file: f, at: it.at, kind: "card", card: id})
	return id
}
