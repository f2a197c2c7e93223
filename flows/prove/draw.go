package prove

import (
	"fmt"
	"html"
	"strings"
	"unicode"

	"engawa/flows"
)

// Sizes of the map, in its own units.
const (
	boxWide   = 190
	boxHigh   = 68
	gapWide   = 160 // the words of the buttons stand in it
	wayHigh   = 13  // from one of them to the next
	gapHigh   = 26
	bandGap   = 64
	margin    = 32
	headHigh  = 132
	lineRoom  = 20 // letters of one line in a box, half-width ones count half
	labelRoom = 13
)

// The colours of look.md that the map needs. Vermilion is kept for 明らか alone.
const (
	paper    = "#FBF7F0"
	ink      = "#2B2622"
	softInk  = "#5F564D"
	wood     = "#A08562"
	moss     = "#2F6B4F"
	mossTint = "#DCEBE1"
	lamp     = "#F6D99B"
	indigo   = "#2A4B8D"
)

// draw writes the bands one below the other.
func draw(b *flows.Bundle, bands []*band, findings []Finding) []byte {
	wide, y := 720, headHigh
	for _, bd := range bands {
		bd.top = y
		for l, layer := range bd.layer {
			for i, bx := range layer {
				bx.x = margin + l*(boxWide+gapWide)
				bx.y = y + 34 + i*(boxHigh+gapHigh)
			}
		}
		wide = max(wide, 2*margin+len(bd.layer)*(boxWide+gapWide)-gapWide)
		y += 34 + bd.deep*(boxHigh+gapHigh) + bandGap
	}
	var w strings.Builder
	fmt.Fprintf(&w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" lang="ja" font-family="'BIZ UDPGothic','Hiragino Sans','Noto Sans JP',sans-serif">`+"\n", wide, y, wide, y)
	fmt.Fprintf(&w, "<title>%s</title>\n", html.EscapeString(b.House.Name+" "+b.House.City+" の流れの地図"))
	fmt.Fprintf(&w, `<rect width="%d" height="%d" fill="%s"/>`+"\n", wide, y, paper)
	fmt.Fprintf(&w, `<defs><marker id="way" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="%s"/></marker></defs>`+"\n", wood)
	legend(&w, b, findings)
	for _, bd := range bands {
		bd.write(&w)
	}
	w.WriteString("</svg>\n")
	return []byte(w.String())
}

func text(w *strings.Builder, x, y, size int, fill, weight, s string) {
	fmt.Fprintf(w, `<text x="%d" y="%d" font-size="%d" fill="%s" font-weight="%s">%s</text>`+"\n", x, y, size, fill, weight, html.EscapeString(s))
}

// legend tells what the marks mean, in words.
func legend(w *strings.Builder, b *flows.Bundle, findings []Finding) {
	text(w, margin, 44, 22, ink, "bold", b.House.Name+" "+b.House.City+"の流れの地図")
	bad := len(Errors(findings))
	told := fmt.Sprintf("%d入口・%d場面・%dカード。直すところ %d、気づいたこと %d。", len(b.Flows), len(b.Scenes), len(b.Cards), bad, len(findings)-bad)
	text(w, margin, 70, 14, softInk, "normal", told)
	x := margin
	for _, s := range []struct {
		bx   box
		word string
	}{
		{box{kind: boxDoor}, "入口"}, {box{kind: boxScene}, "場面"}, {box{kind: boxCard}, "カード"}, {box{kind: boxHuman}, "人"}, {box{kind: boxEnd}, "おわり"},
		{box{kind: boxScene, errors: []string{""}}, "直す"}, {box{kind: boxScene, warns: []string{""}}, "気づき"},
	} {
		s.bx.x, s.bx.y = x, 86
		s.bx.frame(w, 26, 20)
		text(w, x+34, 101, 13, ink, "normal", s.word)
		x += 96
	}
}

func (bd *band) write(w *strings.Builder) {
	fmt.Fprintf(w, `<g aria-label="%s">`+"\n", html.EscapeString(bd.title))
	text(w, margin, bd.top+14, 17, ink, "bold", bd.title)
	fmt.Fprintf(w, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="%s"/>`+"\n", margin, bd.top+22, margin+len(bd.layer)*(boxWide+gapWide)-gapWide, bd.top+22, wood)
	leaving := map[*box]int{}
	var words strings.Builder // over all the ways
	for _, e := range bd.edges {
		e.write(w, &words, leaving[e.from])
		if e.said() {
			leaving[e.from]++
		}
	}
	w.WriteString(words.String())
	for _, bx := range bd.boxes {
		bx.write(w)
	}
	w.WriteString("</g>\n")
}

// said says whether a way has words of its own: a button's.
func (e edge) said() bool {
	return e.label != "つぎ" && e.label != "カード" && e.label != "つなぐ" && e.label != ""
}

// write draws a way: forward as a curve, back below the boxes.
func (e edge) write(w, words *strings.Builder, nth int) {
	x1, y1 := e.from.x+boxWide, e.from.y+boxHigh-4
	if e.said() {
		y1 = e.from.y + 12 + nth*wayHigh%(boxHigh-8)
	}
	x2, y2 := e.to.x, e.to.y+boxHigh/2
	dash := ""
	if e.dashed {
		dash = ` stroke-dasharray="5 4"`
	}
	path := fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1+gapWide*2/3, y1, x2-gapWide*2/3, y2, x2, y2)
	if e.to.layer <= e.from.layer {
		x2, y2 = e.to.x+boxWide/2, e.to.y+boxHigh
		low := max(e.from.y, e.to.y) + boxHigh + gapHigh/2
		path = fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1+gapWide/2, low, x2, low+gapHigh/2, x2, y2)
	}
	fmt.Fprintf(w, `<path d="%s" fill="none" stroke="%s"%s marker-end="url(#way)"><title>%s</title></path>`+"\n", path, wood, dash,
		html.EscapeString(e.from.name+" → "+e.label+" → "+e.to.name))
	if e.said() {
		fmt.Fprintf(words, `<text x="%d" y="%d" font-size="11" fill="%s" stroke="%s" stroke-width="3" paint-order="stroke">%s</text>`+"\n",
			x1+6, y1+3, softInk, paper, html.EscapeString(cut(e.label, labelRoom)))
	}
}

func (bx *box) write(w *strings.Builder) {
	to := ""
	if bx.goes != "" {
		to = fmt.Sprintf(` data-kind="%d" data-scene="%s"`, bx.kind, html.EscapeString(bx.goes)) // a page around the map makes a way of it
	}
	fmt.Fprintf(w, `<g%s><title>%s</title>`+"\n", to, html.EscapeString(bx.told()))
	bx.frame(w, boxWide, boxHigh)
	name := bx.name
	if bx.kind == boxCard {
		name = "◇ " + name
	} else if bx.kind == boxHuman {
		name = "人: " + name
	}
	text(w, bx.x+10, bx.y+23, 14, ink, "bold", cut(name, lineRoom-8))
	text(w, bx.x+10, bx.y+42, 11, softInk, "normal", cut(bx.small, lineRoom-5))
	if mark := bx.mark(); mark != "" {
		x := bx.x + boxWide - 10 - 11*len([]rune(mark))
		fmt.Fprintf(w, `<rect x="%d" y="%d" width="%d" height="18" rx="9" fill="%s" stroke="%s"/>`+"\n", x-6, bx.y-9, 12+11*len([]rune(mark)), paper, ink)
		text(w, x, bx.y+4, 11, ink, "bold", mark)
	}
	w.WriteString("</g>\n")
}

// mark is the word on a box that has something wrong.
func (bx *box) mark() string {
	switch {
	case len(bx.errors) > 0:
		return fmt.Sprintf("直す%d", len(bx.errors))
	case len(bx.warns) > 0:
		return fmt.Sprintf("気づき%d", len(bx.warns))
	}
	return ""
}

// told is what a screen reader says of a box.
func (bx *box) told() string {
	s := bx.name
	if bx.small != "" {
		s += "。" + bx.small
	}
	for _, why := range bx.errors {
		s += "\n直す: " + why
	}
	for _, why := range bx.warns {
		s += "\n気づいたこと: " + why
	}
	return s
}

// frame draws a box by its kind: a colour, and a shape of its own.
func (bx *box) frame(w *strings.Builder, wide, high int) {
	fill, stroke, thick, round, dash := paper, wood, 1, 10, ""
	switch bx.kind {
	case boxDoor:
		stroke, thick, round = indigo, 2, 2
	case boxHuman:
		fill, stroke, thick, round = mossTint, moss, 2, high/2
	case boxCard:
		round = 0
	case boxEnd:
		round, dash = high/2, ` stroke-dasharray="2 3"`
	}
	switch {
	case len(bx.errors) > 0:
		fill, stroke, thick = lamp, ink, 3
	case len(bx.warns) > 0:
		stroke, thick, dash = ink, 2, ` stroke-dasharray="6 3"`
	}
	fmt.Fprintf(w, `<rect x="%d" y="%d" width="%d" height="%d" rx="%d" fill="%s" stroke="%s" stroke-width="%d"%s/>`+"\n", bx.x, bx.y, wide, high, round, fill, stroke, thick, dash)
}

// cut shortens a text to so many full-width letters; the whole stands in the title.
func cut(s string, room int) string {
	taken := 0
	for i, r := range s {
		taken += 2
		if r < 0x100 || unicode.Is(unicode.Latin, r) {
			taken--
		}
		if taken > 2*room {
			return s[:i] + "…"
		}
	}
	return s
}
