package prove

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/rivo/uniseg"

	"engawa/flows"
)

// LINE's limits, and the house's own.
const (
	maxText    = 5000     // UTF-16 units of a text message
	maxLabel   = 20       // graphemes of a button
	maxQuick   = 13       // quick replies under one message
	maxData    = 300      // UTF-16 units of postback data
	maxSaid    = 3        // text bubbles of one answer
	maxObjects = 5        // messages of one reply
	maxChoices = 5        // buttons to choose from
	maxCards   = 3        // cards of one answer
	maxFlex    = 20 << 10 // bytes that the words of one Flex bubble may take, half of LINE's 50 KB with its frame
)

func units(s string) int { return len(utf16.Encode([]rune(s))) }

func graphemes(s string) int { return uniseg.GraphemeClusterCount(s) }

// shape names the screens of a step: which lines or scenes with how many buttons.
func shape(w []byte, out []flows.Effect) []byte {
	for i := range out {
		e := &out[i]
		if !reaches(e) {
			continue
		}
		w = append(append(w, e.Line...), byte('0'+len(e.Bubbles)%64), byte('0'+len(e.Choices)%64), byte('0'+len(e.Exits)%64), e.Kind[0])
	}
	return w
}

// sample is one way to each screen that the walk has seen.
type sample struct {
	s    flows.State
	d    deed
	way  trail
	line string // its shape
}

// from is the flow whose walk sees the screen again, "" for the root's.
func (s *sample) from(c *checker) flows.FlowID {
	if s.ofScene() {
		return c.flowOf(&s.s)
	}
	return ""
}

// measure holds every screen against LINE's limits in every language, with the
// real words and everything filled in.
func (c *checker) measure() {
	for i := range c.again {
		if !c.ground {
			c.measureIn(&c.again[i])
		}
	}
	for i := range c.samples {
		c.measureIn(&c.samples[i])
	}
}

// measureIn measures one screen in every language.
func (c *checker) measureIn(t *sample) {
	for _, l := range flows.Langs {
		was := awaken(t.s, t.d.v.Now, t.d.pause)
		if was.Lang = l; l == flows.Ja {
			was.Lang = ""
		}
		v := t.d.view()
		v.Friend = false // the longest answer
		e := t.d.e
		e.At, e.ID = v.Now, "e"
		if e.Kind == flows.EvTap && e.Tap.Exit == flows.ExLang && e.Tap.Arg != "" {
			e.Tap.Arg = string(l) // told in the new language
		}
		_, out, _ := flows.Step(c.b, v, was, e)
		c.report.Steps++
		for j := range out {
			if reaches(&out[j]) {
				c.screen(t, l, &out[j])
			}
		}
	}
}

// screen is one answer in one language.
func (c *checker) screen(t *sample, l flows.Lang, e *flows.Effect) {
	c.held("screen")
	key := lineKey(e)
	bad := func(s Severity, why, fix string) {
		c.find(Finding{Property: "screen", Severity: s, Key: key, Lang: l, Why: why, Fix: fix, Path: t.way.told(), from: t.from(c)})
	}
	texts, cards, objects := 0, 0, 0
	for i := range e.Bubbles {
		b := &e.Bubbles[i]
		switch {
		case b.Words: // the coordinator's own
			objects++
		case b.Form: // drawn by the shell, within the limits of a card
			cards, objects = cards+1, objects+1
		case b.Card != nil:
			cards, objects = cards+1, objects+1
			if n := weight(b.Card, e); n > maxFlex {
				bad(Error, fmt.Sprintf("カードとボタンのことばが多すぎて、LINEで送れません(%dバイト)。", n), "カードのことばを短くします。")
			}
		default:
			texts, objects = texts+1, objects+1
			c.bubble(bad, b.Text)
		}
	}
	if texts > maxSaid {
		bad(Error, fmt.Sprintf("ひと息に出ることばが %dつあります。%dつまでです。", texts, maxSaid), "ことばをへらすか、「選ぶ」で分けます。")
	}
	if cards > maxCards || objects > maxObjects {
		bad(Error, fmt.Sprintf("ひと息に出るふきだしとカードが、あわせて %dあります。カードは %d枚、あわせて %dまでです。", objects, maxCards, maxObjects), "カードかことばをへらします。")
	}
	if len(e.Choices) > maxChoices && !manyAllowed(c, e) {
		bad(Error, fmt.Sprintf("選べるものが %dあります。%dまでです。", len(e.Choices), maxChoices), "場面を分けます。")
	}
	if len(e.Exits) > maxQuick {
		bad(Error, fmt.Sprintf("下のボタンが %dあります。%dまでです。", len(e.Exits), maxQuick), "")
	}
	c.buttons(t, l, e)
}

// manyAllowed: the languages and the house's own menu may be more than five; a
// disaster's entrance stands before the menu.
func manyAllowed(c *checker, e *flows.Effect) bool {
	first, menu := tapOf(e.Choices[0]), len(c.b.Menu)
	x := first.Exit
	if x == flows.ExMenu && c.disaster != "" && flows.SceneKey(first.Arg) == c.disaster {
		menu++
	}
	return x == flows.ExLang || len(e.Choices) <= menu && (x == flows.ExMenu || x != flows.NoExit)
}

// bubble holds a filled-in text against what LINE takes, and looks for what was not filled in.
func (c *checker) bubble(bad func(Severity, string, string), text string) {
	if n := units(text); n > maxText {
		bad(Error, fmt.Sprintf("ことばが長すぎて、LINEで送れません(%d文字、%d文字まで)。", n, maxText), "ことばを分けます。")
	}
	if strings.TrimSpace(text) == "" {
		bad(Error, "ふきだしが空です。", "ことばを書きます。")
	}
	if from := strings.IndexByte(text, '{'); from >= 0 && strings.IndexByte(text[from:], '}') > 0 {
		bad(Error, "あとから入ることば "+text[from:from+strings.IndexByte(text[from:], '}')+1]+" が、入らないまま出ます。", "{ } の中を直すか、消します。")
	}
}

// weight is about how many bytes the words of a card with its choices take.
func weight(card *flows.CardView, e *flows.Effect) int {
	n := len(card.Title) + len(card.Lead)
	for _, f := range card.Facts {
		n += len(f) + 120
	}
	for _, list := range [][]flows.Button{card.Buttons, e.Choices, e.Exits} {
		for _, b := range list {
			n += 2*len(b.Label) + len(b.Data) + len(b.URI) + 160
		}
	}
	return n
}

// length is about one sentence of the files.
func (c *checker) length(s *said, l flows.Lang, text string) {
	bad := func(sev Severity, why, fix string) {
		c.find(Finding{Property: "text", Severity: sev, Key: s.key, Lang: l, Why: why, Fix: fix})
	}
	switch s.form {
	case button:
		if n := graphemes(text); n > maxLabel {
			bad(Error, fmt.Sprintf("ボタンのことばが %d文字です。%d文字までです。", n, maxLabel), "短くします。")
		}
		if strings.ContainsAny(text, "\r\n") {
			bad(Error, "ボタンのことばが2行になっています。", "1行にします。")
		}
	case bubble:
		if n := units(text); n > maxText {
			bad(Error, fmt.Sprintf("ことばが長すぎて、LINEで送れません(%d文字、%d文字まで)。", n, maxText), "ことばを分けます。")
		}
		if l != flows.Ja {
			return
		}
		for _, one := range sentencesOf(text) {
			if n := len([]rune(one)); n > maxSentence {
				bad(Warning, fmt.Sprintf("一文が %d文字です(「%s…」)。%d文字までが読みやすい長さです。", n, head(one, 12), maxSentence), "文を2つに分けます。")
			}
		}
	}
	if strings.TrimSpace(text) == "" {
		bad(Error, "文が空です。", "文を書くか、消します。")
	}
}

// maxSentence is how long a Japanese sentence stays easy to read on a phone.
const maxSentence = 60

// sentencesOf parts a text at its full stops. What stands in 「」 belongs to its sentence.
func sentencesOf(text string) (out []string) {
	depth, from := 0, 0
	rs := []rune(text)
	for i, r := range rs {
		switch r {
		case '「', '『', '(', '（':
			depth++
		case '」', '』', ')', '）':
			depth = max(depth-1, 0)
		case '。', '！', '？', '!', '?', '\n':
			if depth == 0 {
				out, from = appendText(out, rs[from:i]), i+1
			}
		}
	}
	return appendText(out, rs[from:])
}

func appendText(out []string, rs []rune) []string {
	if s := strings.TrimSpace(string(rs)); s != "" {
		return append(out, s)
	}
	return out
}

func head(s string, n int) string {
	rs := []rune(s)
	return string(rs[:min(n, len(rs))])
}

// house looks at hours and duty.
func (c *checker) house() {
	c.held("house")
	bad := func(s Severity, why, fix string) {
		c.find(Finding{Property: "house", Severity: s, Key: "house", Why: why, Fix: fix})
	}
	if !c.day.Open {
		bad(Error, "昼に人が読む時間がありません。いつ返事が来るのか、だれにも言えません。", "「開いている時間」を書きます。")
	}
	if c.b.House.Zone == nil {
		bad(Error, "時間帯がありません。", "「時間帯: Asia/Tokyo」を書きます。")
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		for _, s := range c.b.House.Hours[d] {
			if s.To <= s.From || s.From < 0 || s.To > 36*60 {
				bad(Error, "開いている時間の、はじまりとおわりが逆です。", "9:00-17:00 のように書きます。")
			}
		}
	}
	for _, sc := range c.sortedScenes() {
		if sc.Handoff != nil && !has(c.b.House.Teams, sc.Handoff.Team) {
			c.find(Finding{Property: "house", Severity: Error, Key: string(sc.Key), Why: "「つなぐ」の先「" + sc.Handoff.Team + "」という窓口がありません。", Fix: "house.yaml の「窓口」にある名前にします。"})
		}
	}
}
