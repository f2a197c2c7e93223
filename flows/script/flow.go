package script

import (
	"strings"
)

// value reads what stands behind a key or a list mark, and repairs it. indent is
// that of its line: block text below it is deeper.
func (s *scanner) value(v string, indent int) string {
	v, remark := s.remark(v)
	switch {
	case v == "":
	case blockHead.MatchString(v):
		s.block = indent
	case strings.HasPrefix(v, "［") || strings.HasPrefix(v, "｛"):
		s.note("bracket-wide", firstRune(v), "かっこが全角です。半角の [ ] { } と、区切りの半角「, 」にします。")
		v = s.brackets(halfBrackets(v))
	case v[0] == '[' || v[0] == '{':
		v = s.brackets(v)
	default:
		v = s.plain(v)
	}
	return strings.TrimRight(v+remark, " ")
}

// remark parts the value from the author's note behind it.
func (s *scanner) remark(v string) (string, string) {
	quote := byte(0)
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case quote == '"' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && (i == 0 || strings.IndexByte("[{, ", v[i-1]) >= 0):
			quote = c
		case c == '#' && (i == 0 || v[i-1] == ' '):
			if i+1 < len(v) && v[i+1] != ' ' {
				s.note("hash-in-text", "#", "空白のあとの「#」からうしろは、覚え書きになって読まれません。文の一部なら、全体を \" \" で囲みます。覚え書きなら「# 」と空白をあけます。")
				return quoted(v), ""
			}
			return strings.TrimRight(v[:i], " "), "  " + v[i:]
		}
	}
	if i := wideRemark(v); i >= 0 {
		s.note("hash-wide", "＃", "覚え書きの「＃」が全角です。半角の「#」と空白で始めます。")
		return strings.TrimRight(v[:i], " 　"), "  # " + strings.TrimLeft(v[i+len("＃"):], " 　")
	}
	return v, ""
}

// wideRemark finds a remark begun with a full-width ＃: a blank on both sides
// tells it from 「＃いのちSOS」 in a sentence.
func wideRemark(v string) int {
	for _, before := range []string{" ", "　"} {
		for _, after := range []string{" ", "　"} {
			if i := strings.Index(v, before+"＃"+after); i >= 0 {
				return i + len(before)
			}
		}
	}
	return -1
}

// plain reads a single text.
func (s *scanner) plain(v string) string {
	if open, closing := wideQuotes(v); open != "" {
		s.note("quote-wide", open, "引用符が全角です。半角の \" で囲みます。")
		return quoted(strings.TrimSuffix(strings.TrimPrefix(v, open), closing))
	}
	switch c := v[0]; c {
	case '"', '\'':
		return s.quotedValue(v)
	case '&', '*', '!':
		s.note("anchor", string(c), "「"+string(c)+"」で始まることばは、この形式では別の意味になります。文の一部なら全体を \" \" で囲みます(めじるし・参照・型は使いません)。")
		return quoted(v)
	case '@', '`', '%', '|', '>', ',', ']', '}':
		s.note("first-mark", string(c), "「"+string(c)+"」で始まることばは読み取れません。全体を \" \" で囲みます。")
		return quoted(v)
	}
	if strings.HasPrefix(v, "? ") || strings.HasPrefix(v, "- ") {
		s.note("first-mark", v[:1], "「"+v[:1]+" 」で始まることばは読み取れません。全体を \" \" で囲みます。")
		return quoted(v)
	}
	if strings.Contains(v, ": ") || strings.HasSuffix(v, ":") {
		s.note("colon-in-text", ":", "文の中に半角の「: 」があります。全角の「：」にするか、全体を \" \" で囲みます。")
		return quoted(v)
	}
	return v
}

// quotedValue reads a text that the author put into quotation marks.
func (s *scanner) quotedValue(v string) string {
	c := v[0]
	end := 0
	for i := 1; i < len(v) && end == 0; i++ {
		switch {
		case c == '"' && v[i] == '\\', c == '\'' && strings.HasPrefix(v[i:], "''"): // a mark that is part of the text
			i++
		case v[i] == c:
			end = i + 1
		}
	}
	if end == 0 {
		s.note("quote-open", string(c), "引用符が閉じていません。同じ行の終わりで閉じます。")
		return quoted(v[1:])
	}
	if strings.TrimSpace(v[end:]) != "" {
		s.note("quote-rest", string(c), "引用符が閉じたあとに、文が続いています。全体を囲むか、引用符のかわりに「」を使います。")
		return quoted(strings.ReplaceAll(v, string(c), ""))
	}
	return v
}

// wideQuotes gives the pair of typographic quotes that the whole value stands in.
func wideQuotes(v string) (open, closing string) {
	for _, q := range [][2]string{{"“", "”"}, {"”", "”"}, {"“", "“"}, {"‘", "’"}, {"＂", "＂"}, {"＇", "＇"}, {"〝", "〟"}} {
		inner, ok := strings.CutPrefix(v, q[0])
		if ok && strings.HasSuffix(inner, q[1]) && !strings.Contains(strings.TrimSuffix(inner, q[1]), q[0]) {
			return q[0], q[1]
		}
	}
	return "", ""
}

func quoted(v string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
}

// halfBrackets makes a list written wholly in full-width marks a half-width one.
func halfBrackets(v string) string {
	v = strings.NewReplacer("［", "[", "］", "]", "｛", "{", "｝", "}").Replace(v)
	if !strings.ContainsAny(v, ",") {
		v = strings.NewReplacer("、", ", ", "，", ", ").Replace(v)
	}
	if v[0] == '{' {
		v = strings.NewReplacer("： ", ": ", "：", ": ").Replace(v)
	}
	return v
}

// brackets reads a one-line list or mapping: [a, b] or {a: b, c: d}.
func (s *scanner) brackets(v string) string {
	l := &bracketed{scanner: s, rs: []rune(v)}
	for ; l.i < len(l.rs); l.i++ {
		r := l.rs[l.i]
		switch {
		case l.quote != 0:
			l.quotedRune(r)
		case strings.ContainsRune("[{［｛", r):
			l.opening(r)
		case strings.ContainsRune("]}］｝", r):
			l.closing(r)
		case strings.ContainsRune(",，、", r):
			l.comma(r)
		case strings.ContainsRune("\"'“”＂", r):
			l.quoting(r)
		case r == '：' || r == ':':
			l.partingColon(r)
		case r == '　' && fresh(l.out.String()):
			s.note("space-wide", "　", "区切りのあとに全角の空白があります。半角の空白にします。")
		default:
			l.out.WriteRune(r)
		}
	}
	return s.closed(l.out.String(), l.open, l.quote)
}

// bracketed is a one-line list or mapping while it is read.
type bracketed struct {
	*scanner
	rs    []rune
	i     int
	out   strings.Builder
	open  []byte // brackets to close, innermost last
	quote rune   // the quotation we are inside, 0 none
	colon bool   // the present pair of a {} has its colon
}

func (l *bracketed) inMap() bool { return len(l.open) > 0 && l.open[len(l.open)-1] == '}' }

func (l *bracketed) quotedRune(r rune) {
	l.out.WriteRune(r)
	switch {
	case r == '\\' && l.quote == '"' && l.i+1 < len(l.rs):
		l.i++
		l.out.WriteRune(l.rs[l.i])
	case r == l.quote:
		l.quote = 0
	}
}

func (l *bracketed) quoting(r rune) {
	if r != '"' && r != '\'' {
		l.note("quote-wide", string(r), "引用符が全角です。半角の \" で囲みます。")
		l.out.WriteByte('"')
		return
	}
	if fresh(l.out.String()) {
		l.quote = r
	}
	l.out.WriteRune(r)
}

func (l *bracketed) opening(r rune) {
	if r == '［' || r == '｛' {
		l.note("bracket-wide", string(r), "かっこが全角です。半角の [ ] { } にします。")
	}
	if r == '[' || r == '［' {
		l.open = append(l.open, ']')
		l.out.WriteByte('[')
	} else {
		l.open = append(l.open, '}')
		l.out.WriteByte('{')
	}
	l.colon = false
}

func (l *bracketed) closing(r rune) {
	if r == '］' || r == '｝' {
		l.note("bracket-wide", string(r), "かっこが全角です。半角の [ ] { } にします。")
	}
	if len(l.open) == 0 {
		l.note("bracket-close", string(r), "開いていないかっこが閉じています。消します。")
		return
	}
	l.out.WriteByte(l.open[len(l.open)-1])
	l.open = l.open[:len(l.open)-1]
	l.colon = true
}

// comma parts elements; 「、」 does so only where it can be nothing else.
func (l *bracketed) comma(r rune) {
	next := l.rs[l.i+1:]
	switch {
	case r == '、' && !(l.inMap() && l.colon && strings.ContainsAny(pairAhead(next), ":：")):
		l.out.WriteRune(r)
		return
	case r == ',':
		l.out.WriteRune(r)
		if len(next) > 0 && next[0] != ' ' && next[0] != '　' {
			l.out.WriteByte(' ')
		}
	default:
		l.note("comma-wide", string(r), "区切りの「"+string(r)+"」が全角です。半角の「,」と空白にします。")
		l.out.WriteString(", ")
	}
	l.colon = false
}

// partingColon writes a colon inside brackets; only the first of a pair parts it.
func (l *bracketed) partingColon(r rune) {
	parts := l.inMap() && !l.colon
	blank := l.i+1 < len(l.rs) && l.rs[l.i+1] == ' '
	switch {
	case parts && r == '：':
		l.note("colon-wide", "：", "「：」が全角です。半角の「:」と、半角の空白ひとつにします。")
		l.out.WriteString(":")
		if !blank {
			l.out.WriteByte(' ')
		}
	case parts && !blank:
		l.note("colon-space", ":", "「:」のあとに半角の空白が要ります。")
		l.out.WriteString(": ")
	case !parts && r == ':' && blank:
		l.note("colon-in-text", ":", "文の中に半角の「: 」があります。全角の「：」にします。")
		l.out.WriteString("：")
	default:
		l.out.WriteRune(r)
	}
	l.colon = l.colon || parts
}

// closed closes what was left open at the end of the line.
func (s *scanner) closed(v string, open []byte, quote rune) string {
	if quote != 0 {
		s.note("quote-open", string(quote), "引用符が閉じていません。同じ行の中で閉じます。")
		v = strings.TrimRight(v, "]}") + string(quote)
		for i := len(open) - 1; i >= 0; i-- {
			v += string(open[i])
		}
		return v
	}
	if len(open) > 0 {
		s.note("bracket-open", string(map[byte]rune{']': '[', '}': '{'}[open[len(open)-1]]),
			"かっこが閉じていません。同じ行の終わりで閉じます。長いときは「- 」の一覧にします。")
		v = strings.TrimRight(v, " ,")
		for i := len(open) - 1; i >= 0; i-- {
			v += string(open[i])
		}
		return v
	}
	if i := lastBracket(v); i >= 0 && strings.TrimSpace(v[i+1:]) != "" {
		s.note("bracket-rest", firstRune(strings.TrimSpace(v[i+1:])), "かっこが閉じたあとに、文が続いています。文なら、全体を \" \" で囲みます。")
		return quoted(v)
	}
	return v
}

func lastBracket(v string) int { return strings.LastIndexAny(v, "]}") }

// fresh tells whether a new element begins here.
func fresh(before string) bool {
	t := strings.TrimRight(before, " ")
	return t == "" || strings.HasSuffix(t, "[") || strings.HasSuffix(t, "{") || strings.HasSuffix(t, ",") || strings.HasSuffix(t, ":")
}

// pairAhead gives the text up to the next separator.
func pairAhead(rs []rune) string {
	for i, r := range rs {
		if strings.ContainsRune(",，、]}］｝", r) {
			return string(rs[:i])
		}
	}
	return string(rs)
}
