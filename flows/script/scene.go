package script

import (
	"fmt"
	"strings"

	"engawa/flows"

	yaml "go.yaml.in/yaml/v4"
)

const (
	maxChoices = 5
	minChoices = 2
	maxCards   = 3
	maxMenu    = 6 // lines of the house menu: what a phone shows without scrolling
)

// readScene reads one scene: at most 3 bubbles, at most 5 choices, exactly one way on.
func (l *loader) readScene(f *file, e entry, flow flows.FlowID, key flows.SceneKey) *flows.Scene {
	sc := &flows.Scene{Key: key, Flow: flow, Name: e.key}
	fs := f.fields(e.value, "場面「"+e.key+"」", "ことば", "カード", "もし", "選ぶ", "書いたら", "つなぐ", "つぎ")
	if t, ok := fs["ことば"]; ok {
		items := f.texts(t.value, "ことば")
		if len(items) > maxBubble {
			f.fault(t.at, "bubbles", fmt.Sprintf("ひとつの場面の「ことば」は %d つまでです(いま %d つ)。場面を分けて「つぎ」でつなげます。", maxBubble, len(items)), "")
		}
		for i, it := range items {
			sc.Texts = append(sc.Texts, l.say(f, it.at, fmt.Sprintf("%s/ことば/%d", key, i+1), it.text, false))
		}
	} else {
		f.fault(e.at, "missing", fmt.Sprintf("場面「%s」に「ことば」がありません。", e.key), "")
	}
	if c, ok := fs["カード"]; ok {
		items := f.ids(c.value, "カード")
		if len(items) > maxCards {
			f.fault(c.at, "cards", fmt.Sprintf("一度に見せるカードは %d 枚までです(いま %d 枚)。", maxCards, len(items)), "")
		}
		for _, it := range items {
			sc.Cards = append(sc.Cards, l.card(f, it))
		}
	}
	if w, ok := fs["書いたら"]; ok {
		word := f.text(w.value, "書いたら")
		switch word {
		case string(flows.WriteSearch), string(flows.WriteHuman):
			sc.Write = flows.Write(word)
		case "":
		default:
			f.unknown(w.value, "word", word, "書いたら", []string{string(flows.WriteSearch), string(flows.WriteHuman)})
		}
	}
	if m, ok := fs["もし"]; ok {
		sc.If = l.readIf(f, m.value, flow)
	}
	l.readWay(f, e, fs, flow, sc)
	return sc
}

// readWay reads the one way on.
func (l *loader) readWay(f *file, e entry, fs map[string]entry, flow flows.FlowID, sc *flows.Scene) {
	var ways []string
	for _, way := range []string{"選ぶ", "つぎ", "つなぐ"} {
		if _, ok := fs[way]; ok {
			ways = append(ways, way)
		}
	}
	if len(ways) != 1 {
		told := "ありません"
		if len(ways) > 1 {
			told = strings.Join(ways, "・") + " があります"
		}
		f.fault(e.at, "way", fmt.Sprintf("場面「%s」の先へすすむ道は「選ぶ」「つぎ」「つなぐ」のどれかひとつです(いま %s)。終わるときは「つぎ: おわり」です。", e.key, told), "")
	}
	if c, ok := fs["選ぶ"]; ok {
		sc.Choices = l.readChoices(f, c, flow, sc.Key)
	}
	if nx, ok := fs["つぎ"]; ok {
		sc.Next, sc.End = l.target(f, nx.value, flow, "つぎ")
	}
	if h, ok := fs["つなぐ"]; ok {
		sc.Handoff = l.readHandoff(f, h.value)
	}
}

func (l *loader) readChoices(f *file, c entry, flow flows.FlowID, key flows.SceneKey) []flows.Choice {
	if c.value.Kind != yaml.SequenceNode {
		f.fault(c.value, "shape", "「選ぶ」には「- ボタンのことば: 行き先の場面」の一覧を書きます。", "")
		return nil
	}
	n := len(c.value.Content)
	if n < minChoices || n > maxChoices {
		f.fault(c.at, "choices", fmt.Sprintf("選べるものは %d つから %d つまでです(いま %d つ)。", minChoices, maxChoices, n), "")
	}
	seen := map[string]bool{}
	var out []flows.Choice
	for i, it := range c.value.Content {
		if it.Kind != yaml.MappingNode || len(it.Content) != 2 {
			f.fault(it, "shape", "「選ぶ」の一行は「- ボタンのことば: 行き先の場面」です。", "")
			continue
		}
		label := f.text(it.Content[0], "選ぶ")
		if seen[label] {
			f.fault(it.Content[0], "duplicate", fmt.Sprintf("ボタン「%s」が2つあります。", label), "")
		}
		seen[label] = true
		ch := l.readChoice(f, it.Content[1], flow)
		ch.Label = l.say(f, it.Content[0], fmt.Sprintf("%s/選ぶ/%d", key, i+1), label, true)
		out = append(out, ch)
	}
	return out
}

// readChoice reads what a tap does: a scene's name, or {つぎ, おぼえる, あとで}.
func (l *loader) readChoice(f *file, n *yaml.Node, flow flows.FlowID) (ch flows.Choice) {
	if n.Kind == yaml.ScalarNode {
		ch.Next, ch.End = l.target(f, n, flow, "行き先の場面")
		return ch
	}
	fs := f.fields(n, "選ぶ", "つぎ", "おぼえる", "あとで")
	if e, ok := fs["つぎ"]; ok {
		ch.Next, ch.End = l.target(f, e.value, flow, "つぎ")
	} else {
		f.fault(n, "missing", "行き先がありません。{つぎ: 場面} か {つぎ: おわり} を書きます。", "")
	}
	if e, ok := fs["おぼえる"]; ok {
		v := f.text(e.value, "おぼえる")
		key, val, found := strings.Cut(strings.ReplaceAll(v, "＝", "="), "=")
		key, val = strings.TrimSpace(key), strings.TrimSpace(val)
		if v != "" && (!found || key == "" || val == "" || strings.Contains(v, "＝")) {
			f.fault(e.value, "remember", "「おぼえる」は、半角で 名前=中身 と書きます。", f.instead(e.value, key+"="+val))
		}
		if key != "" && val != "" {
			ch.Remember = [2]string{key, val}
			if l.sets[key] == nil {
				l.sets[key] = map[string]bool{}
			}
			l.sets[key][val] = true
		}
	}
	if e, ok := fs["あとで"]; ok {
		in := f.fields(e.value, "あとで", "日", "場面")
		la := &flows.Later{}
		if d, ok := in["日"]; ok {
			la.Days = f.count(d.value, "日", 1, 30)
		}
		if s, ok := in["場面"]; ok {
			la.Scene, _ = l.target(f, s.value, flow, "場面")
		}
		if len(in) == 2 {
			ch.Later = la
		} else {
			f.fault(e.at, "missing", "「あとで」には、日と場面を書きます。", "あとで: {日: 3, 場面: その後}")
		}
	}
	return ch
}

func (l *loader) readHandoff(f *file, n *yaml.Node) *flows.Handoff {
	h := &flows.Handoff{}
	team := n
	if n.Kind == yaml.MappingNode {
		fs := f.fields(n, "つなぐ", "先", "急ぎ", "渡す", "時間外")
		if e, ok := fs["急ぎ"]; ok {
			h.Urgent = f.yes(e.value, "急ぎ")
		}
		if e, ok := fs["渡す"]; ok {
			for _, it := range f.ids(e.value, "渡す") {
				h.Pass = append(h.Pass, it.text)
			}
		}
		if e, ok := fs["時間外"]; ok {
			if id := f.text(e.value, "時間外"); id != "" {
				h.OffHours = l.card(f, item{id, e.value})
			}
		}
		e, ok := fs["先"]
		if !ok {
			f.fault(n, "missing", "「つなぐ」に「先」(窓口の名前)がありません。", "")
			return h
		}
		team = e.value
	}
	h.Team = f.text(team, "先")
	if h.Team != "" && !contains(l.b.House.Teams, h.Team) {
		f.unknown(team, "team", h.Team, "house.yaml の 窓口", l.b.House.Teams)
	}
	return h
}

// readIf reads もし: closed facts only, the first that holds wins.
func (l *loader) readIf(f *file, n *yaml.Node, flow flows.FlowID) []flows.Branch {
	if n.Kind != yaml.SequenceNode {
		f.fault(n, "shape", "「もし」には「- 時間: 時間外」と「つぎ: 場面」を組にした一覧を書きます。", "")
		return nil
	}
	var out []flows.Branch
	for _, it := range n.Content {
		br := flows.Branch{}
		facts, next := 0, false
		for _, e := range f.entries(it, "もし") {
			if e.key == "つぎ" {
				br.Next, _ = l.target(f, e.value, flow, "つぎ")
				next = br.Next != ""
				continue
			}
			facts++
			br.Fact, br.Value = e.key, f.text(e.value, e.key)
			if e.key == "時間" && br.Value != "時間内" && br.Value != "時間外" {
				f.unknown(e.value, "word", br.Value, "時間", []string{"時間内", "時間外"})
			}
		}
		if facts != 1 || !next {
			f.fault(it, "if", "「もし」のひとつには、たしかめること1つと「つぎ」を書きます。", "")
			continue
		}
		out = append(out, br)
	}
	return out
}
