package emulator

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The rules that depend on where an object stands. Structure is already sound
// when they run, so they only ask for what they need.

// place is where an action stands; LINE's label and kind rules differ by it.
type place struct {
	label    int      // longest label in graphemes
	need     bool     // must have a label
	not      []string // kinds of action that cannot stand here
	noAltURI bool
}

var (
	onlyQuick = []string{"camera", "cameraRoll", "location"}
	offMenu   = append([]string{"richmenuswitch"}, onlyQuick...)

	inQuickReply    = place{label: 20, need: true, not: []string{"richmenuswitch"}, noAltURI: true}
	inTemplate      = place{label: 20, need: true, not: offMenu}
	inImageCarousel = place{label: 12, not: offMenu}
	onTemplate      = place{label: 20, not: offMenu} // defaultAction
	inFlexButton    = place{label: 40, need: true, not: offMenu}
	onFlex          = place{label: 40, not: offMenu} // action of a box, image, text or bubble
	inRichMenu      = place{label: 20, not: onlyQuick}
)

// rules applies everything that the table cannot say.
func (c *reader) rules(shapeName string, v map[string]any) {
	switch shapeName {
	case "RichMenuRequest":
		c.richMenu(v)
	case "ShowLoadingAnimationRequest":
		if n, ok := v["loadingSeconds"].(json.Number); ok {
			if i, _ := n.Int64(); i%5 != 0 {
				c.say("loadingSeconds", "Must be one of the following values: [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60]")
			}
		}
	}
	for i, m := range items(v, "messages") {
		c.message(m, at("messages", i))
	}
}

func (c *reader) message(m map[string]any, here string) {
	for i, item := range items(child(m, "quickReply"), "items") {
		c.action(child(item, "action"), inQuickReply, at(here+".quickReply.items", i)+".action")
	}
	if name := text(child(m, "sender"), "name"); strings.Contains(name, "LINE") || strings.EqualFold(name, "line") {
		c.say(here+".sender.name", "The name contains a word that is not allowed")
	}
	switch m["type"] {
	case "text":
		c.emojis(m, here)
	case "textV2":
		c.placeholders(m, here)
	case "template":
		c.template(child(m, "template"), here+".template")
	case "flex":
		c.flex(child(m, "contents"), here+".contents")
	case "imagemap":
		if n, _ := child(m, "baseSize")["width"].(json.Number); n.String() != "1040" {
			c.say(here+".baseSize.width", "Must be one of the following values: [1040]")
		}
	}
}

// emojis: each stands for one $ of the text, at its UTF-16 index.
func (c *reader) emojis(m map[string]any, here string) {
	if m["emojis"] == nil {
		return
	}
	units := map[int64]rune{}
	n := int64(0)
	for _, r := range text(m, "text") {
		units[n] = r
		n += int64(length(string(r), utf16Units))
	}
	for i, e := range items(m, "emojis") {
		index, _ := e["index"].(json.Number)
		if where, _ := index.Int64(); units[where] != '$' {
			c.say(at(here+".emojis", i)+".index", "Must point at a $ of the text")
		}
	}
}

var placeholder = regexp.MustCompile(`\{\{|\}\}|\{([0-9A-Za-z_]{1,20})\}|[{}]`)

// placeholders: every brace of a textV2 is a known {key}, or doubled.
func (c *reader) placeholders(m map[string]any, here string) {
	known := child(m, "substitution")
	for _, found := range placeholder.FindAllStringSubmatch(text(m, "text"), -1) {
		switch {
		case found[0] == "{{" || found[0] == "}}":
		case found[1] == "" || known[found[1]] == nil:
			c.say(here+".text", "A placeholder of the text has no substitution")
			return
		}
	}
	emoji, mention := 0, 0
	for _, key := range sorted(known) {
		switch child(known, key)["type"] {
		case "emoji":
			emoji++
		case "mention":
			mention++
		}
	}
	if emoji > 20 || mention > 20 {
		c.say(here+".substitution", "Size must be between 0 and 20")
	}
}

func (c *reader) template(t map[string]any, here string) {
	switch t["type"] {
	case "buttons":
		c.column(t, 60, inTemplate, here)
	case "confirm":
		c.actions(t, inTemplate, here)
	case "carousel":
		columns := items(t, "columns")
		for i, col := range columns {
			where := at(here+".columns", i)
			c.column(col, 60, inTemplate, where)
			if len(items(col, "actions")) != len(items(columns[0], "actions")) {
				c.say(where+".actions", "Every column has the same number of actions")
			}
		}
	case "image_carousel":
		for i, col := range items(t, "columns") {
			c.action(child(col, "action"), inImageCarousel, at(here+".columns", i)+".action")
		}
	}
}

// column is a buttons template or one column of a carousel: its text is
// shorter when a title or an image stands above it.
func (c *reader) column(t map[string]any, short int, p place, here string) {
	if (t["title"] != nil || t["thumbnailImageUrl"] != nil) && length(text(t, "text"), graphemes) > short {
		c.say(here+".text", "Length must be between 1 and %d", short)
	}
	if d := child(t, "defaultAction"); d != nil {
		c.action(d, onTemplate, here+".defaultAction")
	}
	c.actions(t, p, here)
}

func (c *reader) actions(t map[string]any, p place, here string) {
	for i, a := range items(t, "actions") {
		c.action(a, p, at(here+".actions", i))
	}
}

func (c *reader) action(a map[string]any, p place, here string) {
	is, _ := a["type"].(string)
	if slices.Contains(p.not, is) {
		c.say(here+".type", "This action cannot stand here")
	}
	if n := length(text(a, "label"), graphemes); n > p.label || p.need && n == 0 {
		c.say(here+".label", "Length must be between %d and %d", min(1, p.label), p.label)
	}
	switch is {
	case "uri":
		if !isURL(text(a, "uri"), "http", "https", "line", "tel") {
			c.say(here+".uri", "Invalid URI scheme")
		}
		if p.noAltURI && a["altUri"] != nil {
			c.say(here+".altUri", "altUri.desktop cannot be used in quick replies")
		}
	case "postback":
		if a["displayText"] != nil && a["text"] != nil {
			c.say(here+".text", "Cannot be used together with displayText")
		}
		if a["fillInText"] != nil && a["inputOption"] != "openKeyboard" {
			c.say(here+".fillInText", "Needs inputOption openKeyboard")
		}
	case "datetimepicker":
		c.picker(a, here)
	}
}

var pickerForms = map[string][]string{
	"date": {"2006-01-02"}, "time": {"15:04"}, "datetime": {"2006-01-02T15:04", "2006-01-02t15:04"},
}

func (c *reader) picker(a map[string]any, here string) {
	forms := pickerForms[text(a, "mode")]
	read := func(key string) (t time.Time, ok bool) {
		s := text(a, key)
		if s == "" {
			return t, false
		}
		for _, form := range forms {
			if t, err := time.Parse(form, s); err == nil && (text(a, "mode") == "time" || t.Year() >= 1900 && t.Year() <= 2100) {
				return t, true
			}
		}
		c.say(here+"."+key, "Invalid date or time")
		return t, false
	}
	_, _ = read("initial")
	lo, hasLo := read("min")
	hi, hasHi := read("max")
	if hasLo && hasHi && !lo.Before(hi) {
		c.say(here+".min", "Must be before max")
	}
}

func (c *reader) richMenu(v map[string]any) {
	size := child(v, "size")
	w, h := whole64(size, "width"), whole64(size, "height")
	if float64(w)/float64(h) < 1.45 {
		c.say("size", "The aspect ratio (width / height) must be at least 1.45")
	}
	for i, area := range items(v, "areas") {
		b := child(area, "bounds")
		if whole64(b, "x")+whole64(b, "width") > w || whole64(b, "y")+whole64(b, "height") > h {
			c.say(at("areas", i)+".bounds", "Must lie within the menu")
		}
		c.action(child(area, "action"), inRichMenu, at("areas", i)+".action")
	}
}
