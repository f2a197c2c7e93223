package script

import (
	"fmt"
	"io/fs"
	"sort"
	"strings"
	"time"

	"engawa/flows"

	yaml "go.yaml.in/yaml/v4"
)

// Talk is one test in Japanese: who writes what, and what must come of it.
type Talk struct {
	Name  string     // 試し
	File  string     //
	Lang  flows.Lang // 前提: ことば
	At    time.Time  // 前提: 時刻
	Staff string     // 前提: 相談員: いる, 不在, or "" as the hours say
	Must  []string   // 必ず

	lines []talkLine
	file  *file
}

// talkLine is one line of やりとり: something happens, or something is expected.
type talkLine struct {
	does   string
	words  []string          // one text or a list
	fields map[string]string // つながる
	at     *yaml.Node
}

// What happens to the talk, and what is expected of it.
var (
	happens = []string{"人", "押す", "スタンプ", "写真", "友だち追加", "送信取消", "相談員", "時がたつ"}
	expects = []string{"候補", "場面", "カード", "ことば", "いわない", "出口", "つながる", "あぶない", "知らせ", "だれが話す", "ことばの種類", "機械は黙る", "送る", "送らない"}
	musts   = []string{"毎場面で人へ1タップ", "やめると止まる", "禁句なし"}
)

var talkTime = "2006-01-02 15:04"

// Talks reads tests/*.yaml. They are no part of the bundle: changing one is no release.
func Talks(fsys fs.FS) ([]Talk, Faults) {
	names, err := fs.Glob(fsys, "tests/*.yaml")
	if err != nil {
		return nil, Faults{{File: "tests", Code: "read", Text: "フォルダーを開けませんでした。"}}
	}
	sort.Strings(names)
	var out []Talk
	var faults Faults
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			faults = append(faults, Fault{File: name, Code: "read", Text: "このファイルを開けませんでした。"})
			continue
		}
		f := scan(name, data)
		if root := f.parse(); root != nil {
			t := f.talk(root)
			out = append(out, t)
		}
		faults = append(faults, f.faults...)
	}
	faults.sort()
	return out, faults
}

func (f *file) talk(root *yaml.Node) Talk {
	t := Talk{File: f.name, file: f}
	fs := f.fields(root, "試しのファイル", "試し", "前提", "やりとり", "必ず")
	for _, key := range []string{"試し", "前提", "やりとり"} {
		if _, ok := fs[key]; !ok {
			f.fault(root, "missing", fmt.Sprintf("「%s」がありません。", key), key+": ")
		}
	}
	if e, ok := fs["試し"]; ok {
		t.Name = f.text(e.value, "試し")
	}
	if e, ok := fs["前提"]; ok {
		f.given(e.value, &t)
	}
	if e, ok := fs["必ず"]; ok {
		for _, it := range f.ids(e.value, "必ず") {
			if !contains(musts, it.text) {
				f.unknown(it.at, "word", it.text, "必ず", musts)
				continue
			}
			t.Must = append(t.Must, it.text)
		}
	}
	e, ok := fs["やりとり"]
	if !ok {
		return t
	}
	if e.value.Kind != yaml.SequenceNode {
		f.fault(e.value, "shape", "「やりとり」には「- 人: 書いたこと」の一覧を書きます。", "")
		return t
	}
	for _, n := range e.value.Content {
		if l, ok := f.talkLine(n); ok {
			t.lines = append(t.lines, l)
		}
	}
	return t
}

func (f *file) given(n *yaml.Node, t *Talk) {
	fs := f.fields(n, "前提", "ことば", "時刻", "相談員")
	if e, ok := fs["ことば"]; ok {
		t.Lang = flows.Lang(f.text(e.value, "ことば"))
		if !isLang(t.Lang) {
			f.unknown(e.value, "word", string(t.Lang), "ことば", langList())
		}
	}
	if e, ok := fs["時刻"]; ok {
		at, err := time.ParseInLocation(talkTime, f.text(e.value, "時刻"), time.FixedZone("Asia/Tokyo", 9*60*60))
		if err != nil {
			f.fault(e.value, "date", "「時刻」は、半角で 2026-12-05 02:10 の形にします。", "")
		}
		t.At = at
	} else {
		f.fault(n, "missing", "「時刻」がありません。", "前提: {時刻: 2026-12-05 02:10}")
	}
	if e, ok := fs["相談員"]; ok {
		t.Staff = "不在"
		if f.either(e.value, "相談員", "いる", "不在") {
			t.Staff = "いる"
		}
	}
}

func (f *file) talkLine(n *yaml.Node) (talkLine, bool) {
	es := f.entries(n, "やりとり")
	if len(es) != 1 {
		if len(es) > 1 {
			f.fault(n, "shape", "「やりとり」の一行には、ひとつだけ書きます。", "")
		}
		return talkLine{}, false
	}
	e := es[0]
	known := append(append([]string(nil), happens...), expects...)
	if !contains(known, e.key) {
		f.unknown(e.at, "key", e.key, "やりとり", known)
		return talkLine{}, false
	}
	l := talkLine{does: e.key, at: e.at}
	if e.key == "つながる" && e.value.Kind == yaml.MappingNode {
		l.fields = map[string]string{}
		for key, v := range f.fields(e.value, "つながる", "先", "急ぎ", "返事の目安", "話題") {
			l.fields[key] = f.text(v.value, key)
		}
		return l, true
	}
	for _, it := range f.texts(e.value, e.key) {
		l.words = append(l.words, it.text)
	}
	return l, len(l.words) > 0
}

// told makes a fault of an expectation that did not come true.
func (t *Talk) told(l talkLine, format string, args ...any) Fault {
	as := ""
	if l.at.Line >= 1 && l.at.Line <= len(t.file.lines) {
		as = t.file.lines[l.at.Line-1]
	}
	return Fault{File: t.File, Line: l.at.Line, Col: l.at.Column, Code: "talk",
		Text: fmt.Sprintf("試し「%s」: ", t.Name) + fmt.Sprintf(format, args...), As: strings.TrimSpace(as)}
}
