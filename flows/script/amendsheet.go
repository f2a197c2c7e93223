package script

import (
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// spot is a place in a sheet: line and letter, from 0.
type spot struct{ line, col int }

func from(n *yaml.Node) spot { return spot{n.Line - 1, n.Column - 1} }

func braced(n *yaml.Node) bool { return n.Style&yaml.FlowStyle != 0 }

// set puts a value at a path below a mapping.
func (s *sheet) set(n *yaml.Node, path []string, value string) error {
	k, v := pair(n, path[0])
	switch {
	case k == nil:
		return s.insert(n, nest(path, value))
	case len(path) > 1 && v.Kind == yaml.MappingNode:
		return s.set(v, path[1:], value)
	case len(path) > 1:
		return ErrForm
	case v.Kind == yaml.ScalarNode && v.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0, braced(v):
		return s.replace(v, value)
	}
	return s.rewrite(k, v, path[0]+": "+value) // a block: it becomes one line
}

// nest writes a value below the keys that are not there yet.
func nest(path []string, value string) string {
	for _, key := range slices.Backward(path[1:]) {
		value = "{" + key + ": " + value + "}"
	}
	return path[0] + ": " + value
}

// replace writes a value where another one stands.
func (s *sheet) replace(v *yaml.Node, value string) error {
	at := from(v)
	end, ok := s.end(v)
	if !ok {
		return ErrForm
	}
	s.cut(at, end, value)
	return nil
}

// rewrite writes a whole entry anew, in its place; what stands after it on the line stays.
func (s *sheet) rewrite(k, v *yaml.Node, entry string) error {
	at := from(k)
	if end, ok := s.end(v); ok {
		s.cut(at, end, entry)
		return nil
	}
	last := s.lastLine(at)
	s.cut(at, spot{last, len(s.lines[last])}, entry)
	return nil
}

// insert adds an entry at the end of a mapping.
func (s *sheet) insert(n *yaml.Node, entry string) error {
	if n.Kind != yaml.MappingNode {
		return ErrForm
	}
	if !braced(n) {
		if len(n.Content) < 2 {
			return ErrForm
		}
		at := from(n.Content[len(n.Content)-2])
		line := append([]rune(strings.Repeat(" ", at.col)), []rune(entry)...)
		s.lines = slices.Insert(s.lines, s.lastLine(at)+1, line)
		return nil
	}
	end, ok := s.end(n)
	if !ok {
		return ErrForm
	}
	if len(n.Content) > 0 {
		entry = ", " + entry
	}
	brace := spot{end.line, end.col - 1}
	s.cut(brace, brace, entry)
	return nil
}

// remove takes a key away; a mapping that holds nothing else goes with it.
func (s *sheet) remove(n *yaml.Node, path []string) (gone bool, err error) {
	k, v := pair(n, path[0])
	if k == nil {
		return false, nil
	}
	if len(path) > 1 {
		if v.Kind != yaml.MappingNode {
			return false, ErrForm
		}
		if inner, _ := pair(v, path[1]); inner == nil || len(v.Content) > 2 {
			return s.remove(v, path[1:])
		}
		if len(path) > 2 {
			return s.remove(v, path[1:])
		}
	}
	if !braced(n) {
		at := from(k)
		s.lines = slices.Delete(s.lines, at.line, s.lastLine(at)+1)
		return true, nil
	}
	end, ok := s.end(v)
	at := from(k)
	if !ok || end.line != at.line {
		return false, ErrForm
	}
	line := s.lines[at.line]
	for end.col < len(line) && line[end.col] == ' ' {
		end.col++
	}
	if end.col < len(line) && line[end.col] == ',' {
		for end.col++; end.col < len(line) && line[end.col] == ' '; end.col++ {
			continue
		}
	} else {
		for at.col > 0 && (line[at.col-1] == ' ' || line[at.col-1] == ',') {
			at.col--
		}
	}
	s.cut(at, end, "")
	return true, nil
}

// cut replaces what stands between two spots.
func (s *sheet) cut(at, end spot, with string) {
	line := slices.Concat(s.lines[at.line][:at.col], []rune(with), s.lines[end.line][end.col:])
	s.lines = slices.Replace(s.lines, at.line, end.line+1, line)
}

// end finds where a value ends; not of blocks, which end with their last line.
func (s *sheet) end(n *yaml.Node) (spot, bool) {
	at := from(n)
	if at.line >= len(s.lines) || at.col > len(s.lines[at.line]) {
		return at, false
	}
	tail := s.lines[at.line][at.col:]
	switch {
	case n.Kind != yaml.ScalarNode && braced(n):
		return s.closing(at)
	case n.Kind != yaml.ScalarNode || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return at, false
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		n := quoteEnd(tail)
		return spot{at.line, at.col + n}, n > 0
	}
	if value := []rune(n.Value); len(value) <= len(tail) && slices.Equal(tail[:len(value)], value) {
		return spot{at.line, at.col + len(value)}, true
	}
	return at, false
}

// quoteEnd gives where a quoted text ends, 0 if not on this line.
func quoteEnd(text []rune) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[0] == '"' && text[i] == '\\':
			i++
		case text[i] == text[0] && text[0] == '\'' && i+1 < len(text) && text[i+1] == '\'':
			i++
		case text[i] == text[0]:
			return i + 1
		}
	}
	return 0
}

// closing finds the bracket that closes the one at a spot.
func (s *sheet) closing(at spot) (spot, bool) {
	deep := 0
	for l := at.line; l < len(s.lines); l++ {
		line, i := s.lines[l], 0
		if l == at.line {
			i = at.col
		}
		for ; i < len(line); i++ {
			switch c := line[i]; {
			case (c == '"' || c == '\'') && i > 0 && strings.ContainsRune("{[,: ", line[i-1]):
				n := quoteEnd(line[i:])
				if n == 0 {
					return at, false
				}
				i += n - 1
			case c == '{' || c == '[':
				deep++
			case c == '}' || c == ']':
				if deep--; deep == 0 {
					return spot{l, i + 1}, true
				}
			case c == '#' && i > 0 && line[i-1] == ' ':
				i = len(line)
			}
		}
	}
	return at, false
}

// lastLine gives the last line of the entry whose key stands at a spot.
func (s *sheet) lastLine(at spot) int {
	last := at.line
	for l := at.line + 1; l < len(s.lines); l++ {
		text := strings.TrimLeft(string(s.lines[l]), " ")
		indent := len(s.lines[l]) - len([]rune(text))
		switch {
		case text == "":
			continue
		case indent > at.col, indent == at.col && strings.HasPrefix(text, "- "):
			last = l
		default:
			return last
		}
	}
	return last
}
