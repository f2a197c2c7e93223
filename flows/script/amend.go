package script

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	yaml "go.yaml.in/yaml/v4"
)

// Edit is one value of one file as it is to stand: a sentence, a number, or a small
// mapping in braces, written as in the file. An empty value takes the key away.
type Edit struct {
	File  string   `json:"file"`
	Key   []string `json:"key"`
	Value string   `json:"value"`
}

// ErrForm is what an edit meets that cannot be made without touching more than its value.
var ErrForm = errors.New("この形で書かれたところは、画面からは直せません。ファイルを直します")

// Quote writes a text so that it is read as that text, whatever it begins with.
func Quote(text string) string {
	text = strings.TrimSpace(strings.Join(strings.Fields(text), " "))
	var back yaml.Node
	err := yaml.Load([]byte("v: "+text+"\n"), &back)
	if err == nil && len(back.Content) == 1 && len(back.Content[0].Content) == 2 && !strings.ContainsAny(text, "{}[],#&*!|>'\"%@`") {
		if v := back.Content[0].Content[1]; v.Kind == yaml.ScalarNode && v.Style == 0 && v.Value == text && text != "" {
			return text
		}
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// Amend makes edits in the bytes of one file. Comments, order and form of everything
// else stay as they are; an edit that is there already changes nothing.
func Amend(name string, data []byte, edits []Edit) ([]byte, error) {
	for _, e := range edits {
		if Holds(name, data, e) {
			continue
		}
		next, err := amendOne(name, data, e)
		if err != nil {
			return nil, err
		}
		if !Holds(name, next, e) {
			return nil, fmt.Errorf("%s「%s」: %w", name, strings.Join(e.Key, "・"), ErrForm)
		}
		data = next
	}
	return data, nil
}

func amendOne(name string, data []byte, e Edit) ([]byte, error) {
	s, err := openSheet(name, data)
	if err != nil {
		return nil, err
	}
	key := e.Key
	if slices.Equal(key, confirmKey) && e.Value != "" {
		if k, v := pair(s.root, "下書き"); k != nil { // the mark changes in its place
			err = s.rewrite(k, v, "確認: "+e.Value)
			return s.bytes(), err
		}
	}
	switch {
	case len(key) == 0:
		err = ErrForm
	case e.Value == "":
		_, err = s.remove(s.root, key)
	default:
		err = s.set(s.root, key, e.Value)
	}
	if err != nil {
		return nil, fmt.Errorf("%s「%s」: %w", name, strings.Join(key, "・"), err)
	}
	return s.bytes(), nil
}

var confirmKey = []string{"確認"}

// Holds says whether a file says already what an edit would make it say.
func Holds(name string, data []byte, e Edit) bool {
	s, err := openSheet(name, data)
	if err != nil {
		return false
	}
	n := dig(s.root, e.Key)
	if e.Value == "" {
		return n == nil
	}
	want := fragment(e.Value)
	return n != nil && want != nil && alike(n, want)
}

// Written gives a value of a file as people would type it: a text as it is read, a
// small mapping without its braces. "" when there is none.
func Written(name string, data []byte, key ...string) string {
	s, err := openSheet(name, data)
	if err != nil {
		return ""
	}
	n := dig(s.root, key)
	switch {
	case n == nil:
		return ""
	case n.Kind == yaml.MappingNode:
		return strings.TrimSuffix(strings.TrimPrefix(oneLine(n), "{"), "}")
	case n.Kind == yaml.SequenceNode:
		return oneLine(n)
	}
	return n.Value
}

// Keys lists the keys of a mapping of a file, in its order.
func Keys(name string, data []byte, key ...string) (out []string) {
	s, err := openSheet(name, data)
	if err != nil {
		return nil
	}
	n := dig(s.root, key)
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		out = append(out, keyOf(n.Content[i]))
	}
	return out
}

// oneLine writes a small tree on one line.
func oneLine(n *yaml.Node) string {
	var parts []string
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			parts = append(parts, n.Content[i].Value+": "+oneLine(n.Content[i+1]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case yaml.SequenceNode:
		for _, c := range n.Content {
			parts = append(parts, oneLine(c))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return Quote(n.Value)
}

// fragment reads a value as it would stand in a file.
func fragment(value string) *yaml.Node {
	var doc yaml.Node
	if yaml.Load([]byte("v: "+value+"\n"), &doc) != nil || len(doc.Content) != 1 || len(doc.Content[0].Content) != 2 {
		return nil
	}
	return doc.Content[0].Content[1]
}

// alike says whether two trees say the same, however they are written.
func alike(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || len(a.Content) != len(b.Content) {
		return false
	}
	if a.Kind == yaml.ScalarNode {
		return strings.TrimSpace(a.Value) == strings.TrimSpace(b.Value)
	}
	if a.Kind == yaml.SequenceNode {
		return slices.EqualFunc(a.Content, b.Content, alike)
	}
	for i := 0; i+1 < len(a.Content); i += 2 {
		if _, v := pair(b, keyOf(a.Content[i])); v == nil || !alike(a.Content[i+1], v) {
			return false
		}
	}
	return true
}

func keyOf(n *yaml.Node) string { return norm.NFC.String(strings.TrimSpace(n.Value)) }

// pair finds a key of a mapping.
func pair(n *yaml.Node, key string) (k, v *yaml.Node) {
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if keyOf(n.Content[i]) == key {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

func dig(n *yaml.Node, path []string) *yaml.Node {
	for _, key := range path {
		if _, n = pair(n, key); n == nil {
			return nil
		}
	}
	return n
}

// sheet is a file as lines that can be changed, and its tree as it was before.
type sheet struct {
	lines [][]rune
	root  *yaml.Node
	crlf  bool
	ended bool // the last line has an end
}

func openSheet(name string, data []byte) (*sheet, error) {
	f := scan(name, data)
	root := f.parse()
	if err := f.faults.Err(); err != nil || root == nil {
		return nil, fmt.Errorf("%s: 先に、ファイルの打ちまちがいを直します / the file has faults: %w", name, errors.Join(err, ErrForm))
	}
	s := &sheet{root: root, crlf: bytes.Contains(data, []byte("\r\n")), ended: bytes.HasSuffix(data, []byte("\n"))}
	for _, l := range f.lines {
		s.lines = append(s.lines, []rune(l))
	}
	return s, nil
}

func (s *sheet) bytes() []byte {
	end := "\n"
	if s.crlf {
		end = "\r\n"
	}
	var out strings.Builder
	for i, l := range s.lines {
		out.WriteString(string(l))
		if i+1 < len(s.lines) || s.ended {
			out.WriteString(end)
		}
	}
	return []byte(out.String())
}
