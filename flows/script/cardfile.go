package script

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"engawa/flows"

	yaml "go.yaml.in/yaml/v4"
)

var cardKinds = map[string]string{"窓口": "service", "連絡先": "contact", "居場所": "ibasho", "もよおし": "event", "やること": "role", "メモ": "memo"}
var cardKindWords = []string{"窓口", "連絡先", "居場所", "もよおし", "やること", "メモ"}

// Facts is the closed list of what makes a step low.
var Facts = flows.Facts

// alwaysNumbers are the only contacts that need no verifying: all of Japan knows them.
var alwaysNumbers = []string{"110", "119", "189"}

// readCard reads one offer. Facts that can grow old (number, place, hours) stand
// under 行き先 with 出典, so that they can be verified and expire together.
func (l *loader) readCard(f *file, root *yaml.Node, base string) {
	fs := f.fields(root, "カードのファイル", "カード", "種類", "題", "ひとこと", "行ったら", "気軽さ", "行き先", "出典", "期限", "かわり", "いつも出す", "選んだことをのせる", "下書き", "確認")
	c := &flows.Card{ID: flows.CardID(base)}
	for _, key := range []string{"カード", "種類", "題", "ひとこと"} {
		if _, ok := fs[key]; !ok {
			f.fault(root, "missing", fmt.Sprintf("「%s」がありません。", key), key+": ")
		}
	}
	if e, ok := fs["カード"]; ok {
		c.ID = flows.CardID(f.fileName(e.value, "カード", base))
	}
	if e, ok := fs["種類"]; ok {
		word := f.text(e.value, "種類")
		if c.Kind, ok = cardKinds[word]; !ok && word != "" {
			f.unknown(e.value, "word", word, "種類", cardKindWords)
		}
	}
	key := "card/" + base + "/"
	words := func(name string, label bool) flows.Phrase {
		e, ok := fs[name]
		if !ok {
			return nil
		}
		return l.say(f, e.value, key+name, f.text(e.value, name), label)
	}
	c.Title, c.Lead, c.Arrive = words("題", false), words("ひとこと", false), words("行ったら", false)
	if e, ok := fs["気軽さ"]; ok {
		c.Facts = l.readFacts(f, e.value)
	}
	if e, ok := fs["行き先"]; ok {
		l.readWhere(f, e.value, c, key)
	}
	if e, ok := fs["選んだことをのせる"]; ok {
		if c.Chosen = f.yes(e.value, "選んだことをのせる"); c.Chosen && c.Kind != "memo" {
			f.fault(e.at, "memo", "「選んだことをのせる」は、種類がメモのカードだけに書きます。ほかのカードは、だれにでも同じです。", "")
		}
	}
	l.readSource(f, fs, c)
	l.b.Cards[c.ID] = c
	l.standing(f, root, fs)
}

func (l *loader) readFacts(f *file, n *yaml.Node) []string {
	var out []string
	for _, it := range f.ids(n, "気軽さ") {
		if contains(Facts, it.text) {
			out = append(out, it.text)
		} else {
			f.unknown(it.at, "word", it.text, "気軽さ", Facts)
		}
	}
	return out
}

func (l *loader) readWhere(f *file, n *yaml.Node, c *flows.Card, key string) {
	fs := f.fields(n, "行き先", "電話", "ページ", "場所", "時間", "開いている時間", "匿名")
	if e, ok := fs["電話"]; ok {
		c.Phone = f.phone(e.value)
	}
	if e, ok := fs["ページ"]; ok {
		c.URL = f.url(e.value, "ページ")
	}
	if e, ok := fs["場所"]; ok {
		c.Place = l.say(f, e.value, key+"場所", f.text(e.value, "場所"), false)
	}
	if e, ok := fs["時間"]; ok {
		c.Hours = l.say(f, e.value, key+"時間", f.text(e.value, "時間"), false)
	} else if c.Phone != "" {
		f.fault(n, "missing", "電話には「時間」(いつ話せるか)が要ります。", "時間: 平日の9時から17時まで")
	}
	if e, ok := fs["開いている時間"]; ok {
		c.Week, c.Holidays = f.week(e.value, "開いている時間")
	}
	if e, ok := fs["匿名"]; ok {
		c.Anon = f.yes(e.value, "匿名")
	}
}

var phoneForm = regexp.MustCompile(`^(#?[0-9]{3,4}|0[0-9-]{8,13})$`)

// phone reads a number as it is dialled; wide digits and brackets are told.
func (f *file) phone(n *yaml.Node) string {
	v := f.text(n, "電話")
	if v == "" || phoneForm.MatchString(v) {
		return v
	}
	w := strings.NewReplacer("(", "-", ")", "-", " ", "-", "ー", "-", "−", "-", "‐", "-", "–", "-", "―", "-").Replace(norm.NFKC.String(v))
	w = strings.Trim(strings.ReplaceAll(w, "--", "-"), "-")
	should := ""
	if phoneForm.MatchString(w) {
		should = f.instead(n, w)
	}
	f.fault(n, "phone", "電話番号は、半角の数字と - で、市外局番から書きます。", should)
	return ""
}

// readSource reads where the facts come from, who verified them and until when they hold.
func (l *loader) readSource(f *file, fs map[string]entry, c *flows.Card) {
	if e, ok := fs["いつも出す"]; ok && f.yes(e.value, "いつも出す") {
		if c.Always = contains(alwaysNumbers, c.Phone); !c.Always {
			f.fault(e.at, "always", "「いつも出す」は 110・119・189 だけです。ほかの連絡先は、人が確かめてから出ます。", "")
		}
	}
	if e, ok := fs["かわり"]; ok {
		if id := f.text(e.value, "かわり"); id != "" {
			c.Instead = l.card(f, item{id, e.value})
		}
	}
	if e, ok := fs["出典"]; ok {
		in := f.fields(e.value, "出典", "もと", "ページ", "確かめた日", "確かめた人")
		if s, ok := in["もと"]; ok {
			c.Source = f.text(s.value, "もと")
		}
		if s, ok := in["ページ"]; ok {
			f.url(s.value, "ページ")
		}
		day, hasDay := in["確かめた日"]
		who, hasWho := in["確かめた人"]
		switch {
		case hasDay && hasWho:
			c.Verified, c.By = f.date(day.value, "確かめた日"), f.text(who.value, "確かめた人")
		case hasDay || hasWho:
			f.fault(e.at, "missing", "「確かめた日」と「確かめた人」は、2つそろえて書きます。", "")
		}
	} else if c.Kind != "memo" && !c.Always {
		f.fault(f.firstKey(fs), "missing", "「出典」がありません。どこで知ったことかを「もと」に書きます。", "出典: {もと: }")
	}
	l.readShelf(f, fs, c)
}

// readShelf works out until when the facts hold: the author's own date or the shelf life of the kind.
func (l *loader) readShelf(f *file, fs map[string]entry, c *flows.Card) {
	if e, ok := fs["期限"]; ok {
		c.Expires = f.date(e.value, "期限")
	}
	if c.Verified.IsZero() {
		return
	}
	days, ok := l.keeps[c.Kind]
	if !ok {
		days = l.keeps[""]
	}
	// The last day counts whole.
	if end := c.Verified.AddDate(0, 0, days); c.Expires.IsZero() || end.Before(c.Expires) {
		c.Expires = end
	}
	if !l.opt.Now.IsZero() && l.opt.Now.After(c.Expires.Add(24*time.Hour)) && !c.Always {
		f.warn(f.firstKey(fs), "expired", "このカードの確かめた日が古くなっています。確かめなおすまで、かわりのカードが出ます。", "")
	}
}

// firstKey gives a place to point at when a key is missing: the first key there is.
func (f *file) firstKey(fs map[string]entry) *yaml.Node {
	first := &yaml.Node{Line: 1, Column: 1}
	for _, k := range []string{"カード", "種類", "題"} {
		if e, ok := fs[k]; ok {
			return e.at
		}
	}
	return first
}
