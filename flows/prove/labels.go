package prove

import (
	"fmt"
	"strconv"
	"strings"

	"engawa/flows"
)

// buttons holds the buttons of one screen against LINE, and against each other:
// two that say the same must do the same, or a typed label would be a lottery.
func (c *checker) buttons(t *sample, l flows.Lang, e *flows.Effect) {
	key := lineKey(e)
	bad := func(property, why, fix string) {
		c.find(Finding{Property: property, Severity: Error, Key: key, Lang: l, Why: why, Fix: fix, Path: t.way.told(), from: t.from(c)})
	}
	does := map[string]string{}
	list := append(e.Choices[:len(e.Choices):len(e.Choices)], e.Exits...)
	for i, b := range list {
		c.held("label")
		if why := unfit(b); why != "" {
			bad("screen", "ボタン「"+b.Label+"」: "+why, "ボタンのことばを短くします。")
		}
		act := deedOf(b)
		was, known := does[b.Label]
		does[b.Label] = act
		switch {
		case !known:
		case was != act:
			bad("label", "ひとつの画面に、ちがうことをする「"+b.Label+"」が2つあります。", "どちらかのことばを変えます。")
		case i < len(e.Choices):
			bad("label", "ひとつの画面に「"+b.Label+"」が2つあります。", "ひとつにします。")
		}
	}
	for i := range e.Bubbles {
		if e.Bubbles[i].Card == nil {
			continue
		}
		for _, b := range e.Bubbles[i].Card.Buttons {
			if why := unfit(b); why != "" {
				bad("screen", "カード「"+e.Bubbles[i].Card.Title+"」のボタン「"+b.Label+"」: "+why, "")
			}
		}
	}
}

// deedOf names what a button does, whichever bundle or turn drew it.
func deedOf(b flows.Button) string {
	if b.URI != "" {
		return b.URI
	}
	t := tapOf(b)
	if t.Exit != flows.NoExit {
		return string(t.Exit) + " " + t.Arg
	}
	return string(t.Scene) + " " + strconv.Itoa(t.Choice)
}

// unfit says why LINE would refuse a button, or what it would lose on the way.
func unfit(b flows.Button) string {
	switch n := graphemes(b.Label); {
	case strings.TrimSpace(b.Label) == "":
		return "ことばがありません。"
	case n > maxLabel:
		return fmt.Sprintf("%d文字あります。%d文字までです。", n, maxLabel)
	case strings.ContainsAny(b.Label, "\r\n"):
		return "2行になっています。"
	}
	if b.URI != "" {
		if !strings.HasPrefix(b.URI, "tel:") && !strings.HasPrefix(b.URI, "https://") {
			return "電話か https:// のページではありません。"
		}
		return ""
	}
	if units(b.Data) > maxData {
		return "押したときに送られる印が長すぎます。"
	}
	if t := tapOf(b); t.Exit == flows.NoExit && t.Scene == "" {
		return "場面の名前が長すぎて、押しても行き先が分かりません。"
	}
	return ""
}
