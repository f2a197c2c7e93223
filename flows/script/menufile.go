package script

import (
	"fmt"

	"github.com/rivo/uniseg"
	yaml "go.yaml.in/yaml/v4"

	"engawa/flows"
)

// Icons are the small drawings of the rich menu.
var Icons = []string{"湯のみ", "虫めがね", "家", "ことば", "灯り", "葉", "手", "暦", "本", "傘", "電話"}

const (
	maxCells = 6
	maxStrip = 3
	maxBar   = 14 // LINE: graphemes of the bar under the talk
	pageWord = "連絡先のページ"
)

// readMenu reads menu.yaml: the picture menu under the talk.
func (l *loader) readMenu(f *file, root *yaml.Node) {
	fs := f.fields(root, "menu.yaml", "開くところ", "大きなボタン", "下の帯", "下書き", "確認")
	m := &flows.RichMenu{}
	if e, ok := fs["開くところ"]; ok {
		word := f.text(e.value, "開くところ")
		m.Bar = l.say(f, e.value, "menu/開くところ", word, true)
		if n := uniseg.GraphemeClusterCount(word); n > maxBar {
			f.fault(e.value, "label-long", fmt.Sprintf("「開くところ」のことばは %d文字までです(いま %d文字)。", maxBar, n), "")
		}
	} else {
		f.fault(root, "missing", "「開くところ」(メニューを開くところに出ることば)がありません。", "開くところ: メニュー")
	}
	if e, ok := fs["大きなボタン"]; ok {
		m.Cells = l.readCells(f, e, maxCells)
	} else {
		f.fault(root, "missing", "「大きなボタン」がありません。", "大きなボタン:")
	}
	if e, ok := fs["下の帯"]; ok {
		m.Strip = l.readCells(f, e, maxStrip)
	}
	l.b.Rich = m
	l.standing(f, root, fs)
}

// readCells reads a list of 「- ことば: {絵, 行き先か電話}」.
func (l *loader) readCells(f *file, e entry, most int) (out []flows.RichCell) {
	if e.value.Kind != yaml.SequenceNode {
		f.fault(e.value, "shape", fmt.Sprintf("「%s」には「- ボタンのことば: {絵: 家, 行き先: kurashi}」の一覧を書きます。", e.key), "")
		return nil
	}
	if n := len(e.value.Content); n > most {
		f.fault(e.at, "choices", fmt.Sprintf("「%s」は %d つまでです(いま %d つ)。", e.key, most, n), "")
	}
	for i, it := range e.value.Content {
		if it.Kind != yaml.MappingNode || len(it.Content) != 2 {
			f.fault(it, "shape", fmt.Sprintf("「%s」の一行は「- ボタンのことば: {絵: 家, 行き先: kurashi}」です。", e.key), "")
			continue
		}
		c := l.readCell(f, it.Content[1], e.key)
		c.Label = l.say(f, it.Content[0], fmt.Sprintf("menu/%s/%d", e.key, i+1), f.text(it.Content[0], e.key), true)
		out = append(out, c)
	}
	return out
}

func (l *loader) readCell(f *file, n *yaml.Node, what string) (c flows.RichCell) {
	fs := f.fields(n, what, "絵", "行き先", "電話")
	if e, ok := fs["絵"]; ok {
		c.Icon = f.text(e.value, "絵")
		if c.Icon != "" && !contains(Icons, c.Icon) {
			f.unknown(e.value, "word", c.Icon, "絵", Icons)
		}
	}
	to, hasTo := fs["行き先"]
	phone, hasPhone := fs["電話"]
	switch {
	case hasTo == hasPhone:
		f.fault(n, "way", "「行き先」か「電話」の、どちらかひとつを書きます。", "")
	case hasPhone:
		c.Phone = f.text(phone.value, "電話")
		if c.Phone != "" && !contains(alwaysNumbers, c.Phone) {
			f.fault(phone.value, "phone", "ここに置ける電話は、いつでもつながる 110・119・189 だけです。ほかの番号は、カードと連絡先のページに出ます。", "")
		}
	default:
		word := f.text(to.value, "行き先")
		if x, ok := exitWords[word]; ok {
			c.Exit = x
		} else if word == pageWord {
			c.Contacts = true
		} else if word != "" {
			c.Flow = flows.FlowID(word)
			l.cellRefs = append(l.cellRefs, reference{flow: c.Flow, file: f, at: to.value})
		}
	}
	return c
}

// joinMenu finds the entrances that the picture menu leads to, once all are read.
func (l *loader) joinMenu() {
	for _, r := range l.cellRefs {
		if l.b.Flows[r.flow] == nil {
			var known []string
			for _, id := range l.b.Order {
				known = append(known, string(id))
			}
			r.file.unknown(r.at, "flow", string(r.flow), "行き先", append(append(known, pageWord), exitNames...))
		}
	}
	if l.b.Rich == nil {
		return
	}
	for _, cells := range [][]flows.RichCell{l.b.Rich.Cells, l.b.Rich.Strip} {
		for i := range cells {
			if fl := l.b.Flows[cells[i].Flow]; fl != nil {
				cells[i].Scene = fl.Start
			}
		}
	}
}
