package script

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// file is one source file: as it is, and as its reader understood it.
type file struct {
	name   string
	lines  []string // as typed, without line ends
	fixed  []string // repaired, line by line: positions in it are positions in the file
	faults Faults
}

// scanner walks over the lines of one file and knows how deep it is.
type scanner struct {
	*file
	at     int    // index of the line
	raw    string // the line as typed
	first  int    // index in faults of this line's first fault
	levels []level
	block  int // indent of the key whose block text (|) we are inside, -1 = none
}

// scan reads a file's lines, notes what an input method or an editor did to
// them, and repairs what has only one possible meaning.
func scan(name string, data []byte) *file {
	f := &file{name: name}
	if !utf8.Valid(data) {
		f.faults = append(f.faults, Fault{File: name, Code: "encoding",
			Text: "文字コードが UTF-8 ではありません。保存するときに「UTF-8」を選ぶと読めます。"})
		return f
	}
	text := string(data)
	bom := strings.HasPrefix(text, "\uFEFF")
	text = strings.TrimPrefix(text, "\uFEFF")
	crlf, lf := strings.Count(text, "\r\n"), strings.Count(text, "\n")
	mixed := strings.Count(text, "\r") != crlf || (crlf > 0 && crlf != lf)
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	f.lines = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	s := &scanner{file: f, block: -1, raw: f.lines[0]}
	if bom {
		s.add("bom", 1, "ファイルの頭に、見えない印(BOM)が入っています。「UTF-8(BOMなし)」で保存します。")
	}
	if mixed {
		s.add("newline", 1, "改行の種類が混ざっています。ひとつの編集ソフトで保存しなおすと、そろいます。")
	}
	for i := range f.faults {
		f.faults[i].Should = s.raw
	}
	for i, raw := range f.lines {
		s.at, s.raw, s.first = i, raw, len(f.faults)
		line := s.line(raw)
		f.fixed = append(f.fixed, line)
		for j := s.first; j < len(f.faults); j++ {
			f.faults[j].Should = line
		}
	}
	return f
}

// line reads one line and gives it back repaired.
func (s *scanner) line(raw string) string {
	l := s.visible(raw)
	l = s.leading(l)
	indent := len(l) - len(strings.TrimLeft(l, " "))
	if s.block >= 0 {
		if strings.TrimSpace(l) == "" || indent > s.block {
			return l
		}
		s.block = -1
	}
	l = s.trailing(l)
	body := l[indent:]
	switch {
	case body == "":
		return ""
	case strings.HasPrefix(body, "#"):
		return l
	case strings.HasPrefix(body, "＃"):
		s.note("hash-wide", "＃", "覚え書きの「＃」が全角です。半角の「#」と空白で始めます。")
		return l[:indent] + "# " + strings.TrimLeft(strings.TrimPrefix(body, "＃"), " 　")
	case strings.HasPrefix(body, "---") || strings.HasPrefix(body, "%") || body == "...":
		s.note("document", body[:1], "区切りの行は使いません。ひとつのファイルに、ひとつのことを書きます。この行は消せます。")
		return ""
	}
	return s.structure(indent, body)
}

// visible takes out characters that nobody sees and YAML or LINE would stumble
// over. Joiners stay: Nepali and emoji need them.
func (s *scanner) visible(l string) string {
	bad := func(r rune) bool {
		switch r {
		case '\t', '\u200c', '\u200d':
			return false
		}
		return unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || unicode.Is(unicode.Co, r)
	}
	if i := strings.IndexFunc(l, bad); i >= 0 {
		s.add("invisible", utf8.RuneCountInString(l[:i])+1, "目に見えない文字が入っています。ほかの画面から写したときに入ることがあります。消します。")
		l = strings.Map(func(r rune) rune {
			if bad(r) {
				return -1
			}
			return r
		}, l)
	}
	if strings.ContainsRune(l, '\u00a0') {
		s.note("nbsp", "\u00a0", "ふつうの空白に見える、別の空白が入っています。半角の空白に打ちなおします。")
		l = strings.ReplaceAll(l, "\u00a0", " ")
	}
	return l
}

// leading makes half-width blanks of whatever the line is indented with.
func (s *scanner) leading(l string) string {
	rest := strings.TrimLeft(l, " \t　")
	head := l[:len(l)-len(rest)]
	if rest == "" {
		return ""
	}
	if strings.Contains(head, "\t") {
		s.note("tab", "\t", "字下げにタブが使われています。半角の空白にします(1段は空白2つ)。")
	}
	if strings.Contains(head, "　") {
		s.note("indent-wide", "　", "字下げに全角の空白が使われています。半角の空白にします(1段は空白2つ)。")
	}
	return strings.Repeat(" ", s.depth(head)) + rest
}

// depth is how many half-width blanks an indent stands for. A full-width one is as
// wide as two, but whoever did not notice the input method has pressed the key as
// often as ever: what fits the lines above decides, and else the width.
func (s *scanner) depth(head string) int {
	tabs, wides := strings.Count(head, "\t"), strings.Count(head, "　")
	halves := len(head) - tabs - len("　")*wides
	for _, width := range [][2]int{{2, 2}, {4, 1}, {2, 1}} { // of a tab, of a full-width blank
		if n := halves + tabs*width[0] + wides*width[1]; s.fits(n) {
			return n
		}
	}
	return halves + 2*tabs + 2*wides
}

// fits says whether a line may begin here: beside what is open, or one step within.
func (s *scanner) fits(indent int) bool {
	for i, l := range s.levels {
		if l.indent == indent || i == len(s.levels)-1 && l.open && l.indent+2 == indent {
			return true
		}
	}
	return false
}

func (s *scanner) trailing(l string) string {
	t := strings.TrimRight(l, " \t　")
	if strings.Contains(l[len(t):], "　") {
		s.add("trailing-wide", utf8.RuneCountInString(s.raw), "行の終わりに全角の空白があります。消します。")
	}
	if i := strings.IndexByte(t, '\t'); i >= 0 {
		s.note("tab", "\t", "行の中にタブがあります。半角の空白にします。")
		t = strings.ReplaceAll(t, "\t", " ")
	}
	return t
}

// note records a fault of this line at the first place where needle stands.
func (s *scanner) note(code, needle, text string) {
	col := 1
	if i := strings.Index(s.raw, needle); i >= 0 {
		col = utf8.RuneCountInString(s.raw[:i]) + 1
	}
	s.add(code, col, text)
}

func (s *scanner) add(code string, col int, text string) {
	for _, f := range s.faults[min(s.first, len(s.faults)):] {
		if f.Code == code {
			return // once a line is enough
		}
	}
	s.faults = append(s.faults, Fault{File: s.name, Line: s.at + 1, Col: max(col, 1), Code: code, Text: text, As: s.raw})
}
