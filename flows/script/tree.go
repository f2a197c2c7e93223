package script

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	yaml "go.yaml.in/yaml/v4"
)

// parse makes a tree of the repaired lines. Nothing is interpreted: 0120 stays 「0120」.
func (f *file) parse() *yaml.Node {
	if f.lines == nil {
		return nil
	}
	var doc yaml.Node
	err := yaml.Load([]byte(strings.Join(f.fixed, "\n")+"\n"), &doc)
	var le *yaml.LoadError
	switch {
	case err != nil && errors.As(err, &le) && le.Mark.Line > 0:
		f.at(min(le.Mark.Line, len(f.lines)), le.Mark.Column, "yaml", plainReason(le.Message), "")
		return nil
	case err != nil || doc.Kind != yaml.DocumentNode || len(doc.Content) == 0:
		f.at(1, 1, "empty", "中身がありません。", "")
		return nil
	}
	root := doc.Content[0]
	f.tame(root)
	if root.Kind != yaml.MappingNode {
		f.fault(root, "shape", "ファイルは「ことば: 中身」の形で始まります。", "")
		return nil
	}
	return root
}

// plainReason tells YAML's own complaint in Japanese: the scanner leaves few to tell.
func plainReason(msg string) string {
	switch {
	case strings.Contains(msg, "quoted"), strings.Contains(msg, "end of stream"):
		return "引用符かかっこが閉じていないようです。"
	case strings.Contains(msg, "expected key"), strings.Contains(msg, "indentation"):
		return "字下げが前の行とそろっていないようです。"
	case strings.Contains(msg, "mapping values"):
		return "1行に「: 」が2つあるようです。文は \" \" で囲みます。"
	}
	return "この行が読み取れません。記号で始まることばは \" \" で囲みます。"
}

// tame refuses what the format does not have: anchors, references, tags, merges.
func (f *file) tame(n *yaml.Node) {
	if n.Anchor != "" || n.Kind == yaml.AliasNode || n.Style&yaml.TaggedStyle != 0 || n.Tag == "!!merge" {
		f.fault(n, "anchor", "めじるし(&)・参照(*)・型(!)・まとめ(<<)は使いません。同じことばは、もう一度書きます。文なら \" \" で囲みます。", "")
		n.Kind, n.Tag = yaml.ScalarNode, "!!str"
	}
	for _, c := range n.Content {
		f.tame(c)
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	kept := n.Content[:0]
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != "<<" {
			kept = append(kept, n.Content[i], n.Content[i+1])
		}
	}
	n.Content = kept
}

// at records a fault at a place of the file.
func (f *file) at(line, col int, code, text, should string) {
	as := ""
	if line >= 1 && line <= len(f.lines) {
		as = f.lines[line-1]
	}
	f.faults = append(f.faults, Fault{File: f.name, Line: line, Col: max(col, 1), Code: code, Text: text, As: as, Should: should})
}

func (f *file) fault(n *yaml.Node, code, text, should string) {
	f.at(n.Line, n.Column, code, text, should)
}

func (f *file) warn(n *yaml.Node, code, text, should string) {
	f.fault(n, code, text, should)
	f.faults[len(f.faults)-1].Warn = true
}

// instead gives the line of n with its text replaced.
func (f *file) instead(n *yaml.Node, to string) string {
	if n.Line < 1 || n.Line > len(f.fixed) {
		return ""
	}
	line := f.fixed[n.Line-1]
	rs := []rune(line)
	if n.Column < 1 || n.Column > len(rs) {
		return line
	}
	head, tail := string(rs[:n.Column-1]), string(rs[n.Column-1:])
	from := n.Value
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		if end := quotedEnd(tail); end > 0 {
			from = tail[:end]
		}
	}
	if from == "" || !strings.HasPrefix(tail, from) {
		return line
	}
	return head + to + tail[len(from):]
}

// entry is one key of a mapping with its value.
type entry struct {
	key   string
	at    *yaml.Node // the key
	value *yaml.Node
}

// entries lists a mapping in its order; a key that stands twice is a fault.
func (f *file) entries(n *yaml.Node, what string) []entry {
	if n.Kind != yaml.MappingNode {
		f.fault(n, "shape", fmt.Sprintf("「%s」には「ことば: 中身」の形で書きます。", what), "")
		return nil
	}
	var out []entry
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			f.fault(k, "shape", "「:」の左には、ことばをひとつだけ書きます。", "")
			continue
		}
		key := norm.NFC.String(strings.TrimSpace(k.Value))
		if first, twice := seen[key]; twice {
			f.fault(k, "duplicate", fmt.Sprintf("「%s」が2回あります(%d行目にもあります)。ひとつにまとめます。", key, first), "")
			continue
		}
		seen[key] = k.Line
		out = append(out, entry{key, k, v})
	}
	return out
}

// fields reads a mapping whose keys are known; others are told with the nearest known one.
func (f *file) fields(n *yaml.Node, what string, known ...string) map[string]entry {
	out := map[string]entry{}
	for _, e := range f.entries(n, what) {
		if !contains(known, e.key) {
			f.unknown(e.at, "key", e.key, what, known)
			if near := nearest(e.key, known); near != "" { // read on as if it had been meant
				if _, taken := out[near]; !taken {
					out[near] = e
				}
			}
			continue
		}
		out[e.key] = e
	}
	return out
}

// listed is how many known words are told to whom wrote an unknown one.
const listed = 24

// unknown tells that a word is none of the known ones.
func (f *file) unknown(n *yaml.Node, code, word, what string, known []string) {
	near := nearest(word, known)
	if near != "" {
		f.fault(n, code, fmt.Sprintf("「%s」ということばは「%s」の中では使えません。「%s」のことでしょうか。", word, what, near), f.instead(n, near))
		return
	}
	list := strings.Join(known[:min(len(known), listed)], "・")
	if len(known) > listed {
		list += fmt.Sprintf(" など%d", len(known))
	}
	f.fault(n, code, fmt.Sprintf("「%s」ということばは「%s」の中では使えません。使えるのは: %s。", word, what, list), "")
}

// text reads a single text.
func (f *file) text(n *yaml.Node, what string) string {
	if n.Kind != yaml.ScalarNode {
		f.fault(n, "shape", fmt.Sprintf("「%s」には、ことばをひとつだけ書きます。", what), "")
		return ""
	}
	v := strings.TrimSpace(n.Value)
	if v == "" {
		f.fault(n, "blank", fmt.Sprintf("「%s」の中身がありません。", what), "")
	}
	return v
}

// item is one text of a list and where it stands.
type item struct {
	text string
	at   *yaml.Node
}

// texts reads one text or a list of them.
func (f *file) texts(n *yaml.Node, what string) []item {
	if n.Kind == yaml.ScalarNode {
		if t := f.text(n, what); t != "" {
			return []item{{t, n}}
		}
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		f.fault(n, "shape", fmt.Sprintf("「%s」には、ことばか「- 」の一覧を書きます。文の中の半角「: 」は全角「：」にします。", what), "")
		return nil
	}
	var out []item
	for _, c := range n.Content {
		if c.Kind != yaml.ScalarNode {
			f.fault(c, "shape", fmt.Sprintf("「%s」の一覧には、ことばだけを書きます。文の中の半角「: 」は全角「：」にします。", what), "")
			continue
		}
		if t := f.text(c, what); t != "" {
			out = append(out, item{t, c})
		}
	}
	return out
}

// ids reads a list of half-width names; 「、」 between them is a usual slip.
func (f *file) ids(n *yaml.Node, what string) []item {
	var out []item
	for _, it := range f.texts(n, what) {
		names := strings.FieldsFunc(it.text, func(r rune) bool { return r == '、' || r == '，' })
		if len(names) > 1 {
			f.fault(it.at, "comma-wide", fmt.Sprintf("「%s」の区切りが「、」になっています。半角の「,」と空白にします。", what),
				f.instead(it.at, strings.Join(names, ", ")))
		}
		for _, name := range names {
			out = append(out, item{strings.TrimSpace(name), it.at})
		}
	}
	return out
}

// yes reads はい or いいえ.
func (f *file) yes(n *yaml.Node, what string) bool {
	v := f.text(n, what)
	switch v {
	case "はい":
		return true
	case "いいえ", "":
		return false
	}
	should := "いいえ"
	switch strings.ToLower(norm.NFKC.String(v)) {
	case "yes", "true", "y", "on", "1", "ハイ", "○", "する", "有", "あり":
		should = "はい"
	}
	f.fault(n, "yes", fmt.Sprintf("「%s」には「はい」か「いいえ」を書きます。", what), f.instead(n, should))
	return should == "はい"
}

// date reads 2027-03-31.
func (f *file) date(n *yaml.Node, what string) time.Time {
	v := f.text(n, what)
	if t, err := time.Parse(time.DateOnly, v); err == nil {
		return t
	}
	if v == "" {
		return time.Time{}
	}
	w := strings.NewReplacer("/", "-", ".", "-", "年", "-", "月", "-", "日", "", "ー", "-", "−", "-", "‐", "-").Replace(norm.NFKC.String(v))
	if t, err := time.Parse("2006-1-2", w); err == nil {
		f.fault(n, "date", fmt.Sprintf("「%s」の日付は、半角で 2027-03-31 の形にします。", what), f.instead(n, t.Format(time.DateOnly)))
		return t
	}
	f.fault(n, "date", fmt.Sprintf("「%s」の「%s」は日付として読めません。半角で 2027-03-31 の形にします(西暦。ない日は書けません)。", what, v), "")
	return time.Time{}
}

// count reads a whole number from lo to hi.
func (f *file) count(n *yaml.Node, what string, lo, hi int) int {
	v := f.text(n, what)
	got, ok := number(v)
	if ok && got >= lo && got <= hi {
		return got
	}
	w := norm.NFKC.String(v)
	w = strings.TrimRight(w, "日 ")
	should := ""
	if got, ok = number(w); ok && got >= lo && got <= hi {
		should = f.instead(n, w)
	} else {
		got = 0
	}
	if v != "" {
		f.fault(n, "number", fmt.Sprintf("「%s」には、半角の数字で %d から %d までを書きます。", what, lo, hi), should)
	}
	return got
}

func number(v string) (int, bool) {
	n := 0
	if v == "" || len(v) > 6 {
		return 0, false
	}
	for _, r := range v {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + int(r-'0')
	}
	return n, true
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// nearest gives the known word that a person most likely meant, or "".
func nearest(word string, known []string) string {
	w := []rune(norm.NFKC.String(word))
	best, dist := "", len(w)/2+1
	for _, k := range known {
		if d := distance(w, []rune(norm.NFKC.String(k))); d < dist || (d == dist && best == "" && d <= 1) {
			best, dist = k, d
		}
	}
	return best
}

// distance counts the letters to change, add, leave out or swap.
func distance(a, b []rune) int {
	prev2, prev := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur := make([]int, len(b)+1)
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev = prev, cur
	}
	return prev[len(b)]
}

func runes(s string) int { return utf8.RuneCountInString(s) }
