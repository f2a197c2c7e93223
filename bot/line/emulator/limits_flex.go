package emulator

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// LINE measures the JSON of a Flex container.
const (
	bubbleBytes   = 30 << 10
	carouselBytes = 50 << 10
	mostAnimated  = 10
)

// inBox says which components a box of a layout may hold.
var inBox = map[string][]string{
	"horizontal": {"box", "button", "filler", "image", "separator", "text"},
	"vertical":   {"box", "button", "filler", "image", "separator", "text"},
	"baseline":   {"filler", "icon", "text"},
}

func (c *reader) flex(f map[string]any, here string) {
	limit, what := bubbleBytes, "bubble"
	if f["type"] == "carousel" {
		limit, what = carouselBytes, "carousel"
	}
	if jsonSize(f) > limit {
		c.say(here, "The JSON of a %s is at most %d bytes", what, limit)
		return
	}
	bubbles := []map[string]any{f}
	if what == "carousel" {
		bubbles = items(f, "contents")
	}
	animated := 0
	for i, b := range bubbles {
		where := here
		if what == "carousel" {
			where = at(here+".contents", i)
			if text(b, "size") != text(bubbles[0], "size") {
				c.say(where+".size", "All bubbles of a carousel have the same size")
			}
		}
		c.bubble(b, where, &animated)
	}
	if animated > mostAnimated {
		c.say(here, "At most %d animated images", mostAnimated)
	}
}

func (c *reader) bubble(b map[string]any, here string, animated *int) {
	if a := child(b, "action"); a != nil {
		c.action(a, onFlex, here+".action")
	}
	blocks := 0
	for _, name := range []string{"header", "hero", "body", "footer"} {
		part := child(b, name)
		if part == nil {
			continue
		}
		blocks++
		if is := text(part, "type"); name == "hero" && !slices.Contains([]string{"box", "image", "video"}, is) {
			c.say(here+".hero.type", "Must be one of the following values: [box, image, video]")
			continue
		}
		c.component(part, here+"."+name, animated)
	}
	if blocks == 0 {
		c.say(here, "At least one block must be specified")
	}
}

func (c *reader) component(v map[string]any, here string, animated *int) {
	if a := child(v, "action"); a != nil && v["type"] != "button" {
		c.action(a, onFlex, here+".action")
	}
	switch v["type"] {
	case "box":
		for i, inner := range items(v, "contents") {
			where := at(here+".contents", i)
			if !slices.Contains(inBox[text(v, "layout")], text(inner, "type")) {
				c.say(where+".type", "This component cannot stand in a %s box", text(v, "layout"))
				continue
			}
			c.component(inner, where, animated)
		}
	case "button":
		c.action(child(v, "action"), inFlexButton, here+".action")
	case "text":
		if text(v, "text") == "" && len(items(v, "contents")) == 0 {
			c.say(here+".text", "Must be non-empty text")
		}
	case "image":
		if v["animated"] == true {
			*animated++
		}
		c.ratio(v, here)
	case "video":
		c.ratio(v, here)
		c.video(v, here, animated)
	}
}

func (c *reader) video(v map[string]any, here string, animated *int) {
	alt := child(v, "altContent")
	if is := text(alt, "type"); is != "box" && is != "image" {
		c.say(here+".altContent.type", "Must be one of the following values: [box, image]")
		return
	}
	if a := child(v, "action"); a != nil && a["type"] != "uri" {
		c.say(here+".action.type", "Must be one of the following values: [uri]")
	}
	c.component(alt, here+".altContent", animated)
}

// ratio: width and height up to 100000, height at most three times the width.
func (c *reader) ratio(v map[string]any, here string) {
	w, h, ok := strings.Cut(text(v, "aspectRatio"), ":")
	if !ok {
		return
	}
	wide, err1 := strconv.ParseFloat(w, 64)
	high, err2 := strconv.ParseFloat(h, 64)
	if err1 != nil || err2 != nil || wide <= 0 || high <= 0 || wide > 100000 || high > 3*wide {
		c.say(here+".aspectRatio", "Invalid aspect ratio")
	}
}

// jsonSize is the length of v as compact JSON with its signs as they are.
func jsonSize(v any) int {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return 1 << 30
	}
	return b.Len() - 1
}
