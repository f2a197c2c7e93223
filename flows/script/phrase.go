package script

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"unicode/utf16"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"

	"engawa/flows"

	yaml "go.yaml.in/yaml/v4"
)

// LINE's own limits, and ours.
const (
	maxLabel  = 20   // graphemes on a button
	maxText   = 5000 // UTF-16 units in a text message
	longText  = 120  // letters in a bubble that people still read
	longIn    = 300  // the same in letters of alphabets
	maxBubble = 3
)

// say registers a Japanese sentence that residents see, under its stable key.
func (l *loader) say(f *file, n *yaml.Node, key, text string, label bool) flows.Phrase {
	p := flows.Phrase{}
	if text == "" {
		return p
	}
	p[flows.Ja] = text
	l.sources[key] = &source{key: key, text: text, phrase: p, file: f, line: n.Line, label: label}
	l.keys = append(l.keys, key)
	l.measure(f, n, text, label, flows.Ja)
	for _, w := range l.b.House.Banned {
		if strings.Contains(text, w) {
			f.fault(n, "banned", fmt.Sprintf("「%s」は、使わないと決めたことばです(house.yaml の 禁句)。別の言い方にします。", w), "")
		}
	}
	return p
}

// measure holds a sentence against LINE's limits and the house's own.
func (l *loader) measure(f *file, n *yaml.Node, text string, label bool, lang flows.Lang) {
	if label {
		if g := uniseg.GraphemeClusterCount(text); g > maxLabel {
			f.fault(n, "label-long", fmt.Sprintf("ボタンのことばは %d文字までです(いま %d文字)。", maxLabel, g), "")
		}
		return
	}
	if u := len(utf16.Encode([]rune(text))); u > maxText {
		f.fault(n, "text-long", fmt.Sprintf("LINEで送れるのは %d文字までです(いま %d文字)。", maxText, u), "")
		return
	}
	limit := longText
	if lang != flows.Ja && lang != flows.JaEasy && lang != flows.Zh && lang != flows.Ko {
		limit = longIn
	}
	if c := runes(reading.ReplaceAllString(text, "")); c > limit {
		f.warn(n, "bubble-long", fmt.Sprintf("ひとつのふきだしは %d文字までが読みやすい長さです(いま %d文字)。2つに分けられます。", limit, c), "")
	}
}

// Hash of a Japanese sentence: four digits tie a translation to what it translates.
func stamp(text string) string {
	sum := sha256.Sum256([]byte(norm.NFC.String(text)))
	return hex.EncodeToString(sum[:])[:4]
}

// mark reads how far a file's sentences are: 下書き, or 確認 by a named person.
// A confirmation holds for the very words that were confirmed: it carries their hash.
func (l *loader) mark(f *file, root *yaml.Node, fs map[string]entry, said string) (confirmed bool) {
	by := ""
	defer func() { l.marks = append(l.marks, Mark{File: f.name, Hash: said, By: by, Confirmed: confirmed}) }()
	draft, isDraft := fs["下書き"]
	conf, isConf := fs["確認"]
	switch {
	case isDraft && isConf:
		f.fault(draft.at, "mark", "「下書き」と「確認」は、どちらかひとつだけ書きます。", "")
		return false
	case isDraft:
		if !f.yes(draft.value, "下書き") {
			f.fault(draft.at, "mark", "下書きでなければ、「下書き」の行を「確認: {人: 名前, 日: 2026-11-20, 文: "+said+"}」にします。", "")
		}
		return false
	case !isConf:
		f.fault(root, "mark", "このファイルの文がまだ下書きか、だれが確かめたかを書きます。", "下書き: はい")
		return false
	}
	in := f.fields(conf.value, "確認", "人", "日", "文")
	for _, k := range []string{"人", "日", "文"} {
		if _, ok := in[k]; !ok {
			f.fault(conf.at, "mark", "「確認」には、人・日・文 の3つを書きます。", fmt.Sprintf("確認: {人: 名前, 日: 2026-11-20, 文: %s}", said))
			return false
		}
	}
	who := f.text(in["人"].value, "人")
	by = who
	f.date(in["日"].value, "日")
	if got := f.text(in["文"].value, "文"); got != said {
		f.warn(in["文"].value, "mark-stale", "確かめたあとで文が変わっています。もう一度読んで確かめるまでは、下書きとして扱います。", f.instead(in["文"].value, said))
		return false
	}
	return who != ""
}

// said hashes all sentences that a file says, for its mark of confirmation.
func (l *loader) said(f *file) string {
	var lines []string
	for _, k := range l.keys {
		if s := l.sources[k]; s.file == f {
			lines = append(lines, k+"\x00"+norm.NFC.String(s.text))
		}
	}
	return saidHash(lines)
}

func saidHash(lines []string) string {
	sort.Strings(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\x01")))
	return hex.EncodeToString(sum[:])[:8]
}

// standing takes note of a file's mark: unconfirmed Japanese holds a release back
// unless drafts are accepted.
func (l *loader) standing(f *file, root *yaml.Node, fs map[string]entry) {
	if l.mark(f, root, fs, l.said(f)) {
		return
	}
	if !l.opt.accepts(flows.Ja) {
		f.fault(root, "draft", "このファイルの文は、まだだれも確かめていません(下書き)。確かめて「確認」を書くか、ENGAWA_ACCEPT_DRAFTS=yes で下書きのまま動かします。", "")
		return
	}
	l.b.Drafts = true
}

// reading is the kana in brackets behind a word of ja-easy: LINE has no ruby.
var reading = regexp.MustCompile(`\([ぁ-んー]+\)`)
var placeholder = regexp.MustCompile(`\{[a-z]+\}`)
var digits = regexp.MustCompile(`[0-9][0-9-]{2,}[0-9]|[0-9]{3,}`)

// holes lists what Step fills in, sorted: {staff} {when}.
func holes(text string) []string {
	out := placeholder.FindAllString(text, -1)
	sort.Strings(out)
	return out
}
