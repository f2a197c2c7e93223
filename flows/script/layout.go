package script

import (
	"regexp"
	"strings"
)

// level is one open list or mapping of the file.
type level struct {
	indent int
	list   bool
	key    string // mapping: the last key read
	open   bool   // the last entry has no value yet: what is deeper belongs to it
}

// listsOfPairs are the keys whose list items are 「左: 右」; everywhere else an item is one text.
var listsOfPairs = map[string]bool{"選ぶ": true, "もし": true, "やりとり": true, "決まり": true, "大きなボタン": true, "下の帯": true}

var blockHead = regexp.MustCompile(`^[|>][+-]?$`)

// structure reads a line that is neither blank nor a remark: list marks, key, value.
func (s *scanner) structure(indent int, body string) string {
	head := strings.Repeat(" ", indent)
	item := false
	for {
		rest, ok := s.mark(body)
		if !ok {
			break
		}
		item = true
		indent = s.place(indent, true, &head)
		head += "- "
		indent += 2
		body = rest
		if body == "" {
			return strings.TrimRight(head, " ")
		}
	}
	key, value, ok := s.split(body, item)
	if !ok {
		if !item {
			s.note("stray", firstRune(body), "この行が何なのか、読み取れません。「ことば: 中身」の形か、「- 」で始まる一覧にします。長い文も一行で書けます。")
			return "# " + body
		}
		s.settle(false)
		return head + s.value(body, indent-2)
	}
	indent = s.place(indent, false, &head)
	top := &s.levels[len(s.levels)-1]
	top.key = strings.Trim(key, `"'`)
	value = s.value(value, indent)
	top.open = value == "" || strings.HasPrefix(strings.TrimSpace(value), "#")
	if top.open {
		return head + key + ":" + value
	}
	return head + key + ": " + value
}

// mark takes a list mark off the front, whichever way it was typed.
func (s *scanner) mark(body string) (rest string, ok bool) {
	if body == "-" {
		return "", true
	}
	if strings.HasPrefix(body, "- ") {
		rest := strings.TrimLeft(body[2:], " ")
		if strings.HasPrefix(rest, "　") {
			s.note("space-wide", "　", "「-」のあとに全角の空白があります。半角の空白にします。")
		}
		return strings.TrimLeft(rest, " 　"), true
	}
	for _, m := range []string{"－", "−", "–", "—", "‐", "ー", "・", "•", "＊", "* ", "● ", "○ "} {
		if strings.HasPrefix(body, m) {
			s.note("dash-wide", strings.TrimSpace(m), "一覧の印は、半角の「-」と空白です。")
			return strings.TrimLeft(strings.TrimPrefix(body, m), " 　"), true
		}
	}
	if strings.HasPrefix(body, "-　") {
		s.note("space-wide", "　", "「-」のあとに全角の空白があります。半角の空白にします。")
		return strings.TrimLeft(body[1:], " 　"), true
	}
	if strings.HasPrefix(body, "-") {
		s.note("dash-space", "-", "「-」のあとに半角の空白が要ります。")
		return body[1:], true
	}
	return "", false
}

// split finds the colon that parts key and value.
func (s *scanner) split(body string, item bool) (key, value string, ok bool) {
	if strings.HasPrefix(body, "{") || strings.HasPrefix(body, "[") || strings.HasPrefix(body, "｛") || strings.HasPrefix(body, "［") {
		return "", "", false
	}
	if item && len(s.levels) > 0 && !s.pairs() {
		return "", "", false
	}
	from := quotedEnd(body)
	half, wide, tight := colons(body, from)
	if wide >= 0 && (half < 0 || (wide < half && !item)) {
		s.note("colon-wide", "：", "「：」が全角です。半角の「:」と、半角の空白ひとつにします。")
		return strings.TrimRight(body[:wide], " 　"), strings.TrimLeft(body[wide+len("："):], " 　"), true
	}
	if half < 0 && tight >= 0 {
		s.note("colon-space", ":", "「:」のあとに半角の空白が要ります。")
		return strings.TrimRight(body[:tight], " 　"), strings.TrimLeft(body[tight+1:], " 　"), true
	}
	if half < 0 {
		return "", "", false
	}
	key, value = body[:half], body[half+1:]
	if k := strings.TrimRight(key, " 　"); k != key {
		if strings.Contains(key[len(k):], "　") {
			s.note("space-wide", "　", "「:」の前に全角の空白があります。消します。")
		}
		key = k
	}
	v := strings.TrimLeft(value, " ")
	if strings.HasPrefix(v, "　") {
		s.note("space-wide", "　", "「:」のあとに全角の空白があります。半角の空白ひとつにします。")
	}
	return key, strings.TrimLeft(v, " 　"), true
}

// colons gives the first 「: 」, the first 「：」 and the first 「:」 without a blank, from byte from on.
func colons(body string, from int) (half, wide, tight int) {
	half, wide, tight = -1, -1, -1
	for i, r := range body {
		if i < from {
			continue
		}
		switch r {
		case ':':
			rest := body[i+1:]
			if rest == "" || rest[0] == ' ' || strings.HasPrefix(rest, "　") {
				if half < 0 {
					half = i
				}
			} else if tight < 0 {
				tight = i
			}
		case '：':
			if wide < 0 {
				wide = i
			}
		}
	}
	return half, wide, tight
}

// quotedEnd gives where a quoted key ends, 0 if the key is not quoted.
func quotedEnd(body string) int {
	if body == "" || (body[0] != '"' && body[0] != '\'') {
		return 0
	}
	if i := strings.IndexByte(body[1:], body[0]); i >= 0 {
		return i + 2
	}
	return 0
}

// pairs tells whether the list we stand in holds 「左: 右」.
func (s *scanner) pairs() bool {
	for i := len(s.levels) - 1; i >= 0; i-- {
		if !s.levels[i].list {
			return listsOfPairs[s.levels[i].key]
		}
	}
	return true
}

// place finds the list or mapping to which an entry at this indent belongs; an
// entry that stands a little off is moved to the nearest one.
func (s *scanner) place(indent int, list bool, head *string) int {
	lowest := -1
	for len(s.levels) > 0 {
		top := s.levels[len(s.levels)-1]
		if top.indent < indent || (top.indent == indent && (top.list == list || list)) {
			break
		}
		lowest = top.indent
		s.levels = s.levels[:len(s.levels)-1]
	}
	if len(s.levels) == 0 {
		want := 0
		if lowest >= 0 {
			want = lowest
		}
		if indent != want {
			indent = s.shift(want, head)
		}
		s.levels = append(s.levels, level{indent: indent, list: list, open: list})
		return indent
	}
	top := &s.levels[len(s.levels)-1]
	switch {
	case top.indent == indent && top.list == list:
		top.open = list
	case top.open: // deeper, or a list at the indent of its own key
		top.open = false
		s.levels = append(s.levels, level{indent: indent, list: list, open: list})
	case lowest >= 0:
		indent = s.shift(lowest, head)
		s.levels = append(s.levels, level{indent: indent, list: list, open: list})
	default:
		indent = s.shift(top.indent, head)
		top.open = list
	}
	return indent
}

func (s *scanner) shift(to int, head *string) int {
	s.add("indent", 1, "字下げがそろっていません。同じ仲間の行と、頭の位置をそろえます。")
	if !strings.Contains(*head, "-") {
		*head = strings.Repeat(" ", to)
	}
	return to
}

func (s *scanner) settle(open bool) {
	if n := len(s.levels); n > 0 {
		s.levels[n-1].open = open
	}
}

func firstRune(t string) string {
	for _, r := range t {
		return string(r)
	}
	return ""
}
