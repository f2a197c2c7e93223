package richmenu

import (
	"image"
	"image/color"
	"strings"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"engawa/flows"
)

// pen sets text in the fonts of one language.
type pen struct {
	lang   flows.Lang
	faces  []*font.Face
	shaper shaping.HarfbuzzShaper
}

func newPen(l flows.Lang) (*pen, error) {
	f, err := faces(l)
	if err != nil {
		return nil, err
	}
	return &pen{lang: l, faces: f}, nil
}

// tongue is a language as fonts know it.
func tongue(l flows.Lang) language.Language {
	if l == flows.JaEasy {
		l = flows.Ja
	}
	return language.NewLanguage(string(l))
}

// shape turns a line into glyphs, run by run of one font and one script: Devanagari
// puts its letters together, and no letter is drawn from a font that lacks it.
func (p *pen) shape(text string, size float64) (runs []shaping.Output) {
	rs := []rune(text)
	for from := 0; from < len(rs); {
		face, script := faceOf(p.faces, rs[from]), language.LookupScript(rs[from])
		if face == nil {
			face = p.faces[0]
		}
		to := from + 1
		for to < len(rs) && p.together(face, script, rs[to]) {
			if script == language.Common || script == language.Inherited {
				script = language.LookupScript(rs[to])
			}
			to++
		}
		runs = append(runs, p.shaper.Shape(shaping.Input{Text: rs, RunStart: from, RunEnd: to, Direction: di.DirectionLTR,
			Face: face, Size: fixed.Int26_6(size * 64), Script: script, Language: tongue(p.lang)}))
		from = to
	}
	return runs
}

// together says whether a letter goes on in the same run.
func (p *pen) together(face *font.Face, script language.Script, r rune) bool {
	next := language.LookupScript(r)
	common := next == language.Common || next == language.Inherited || script == language.Common || script == language.Inherited
	f := faceOf(p.faces, r)
	return (f == face || f == nil || next == language.Inherited) && (next == script || common)
}

func (p *pen) width(text string, size float64) float64 {
	w := 0.0
	for _, run := range p.shape(text, size) {
		w += float64(run.Advance) / 64
	}
	return w
}

// fit finds the largest size, between the two, at which a label stands in a width,
// on one line or on two.
func (p *pen) fit(text string, width, most, least float64) (lines []string, size float64) {
	for size = most; ; size -= 4 {
		if p.width(text, size) <= width {
			return []string{text}, size
		}
		two := p.split(text)
		if size <= least || p.width(two[0], size) <= width && p.width(two[len(two)-1], size) <= width {
			return two, size
		}
	}
}

// split breaks a label in two, at the space, dot or hyphen nearest its middle. A
// word of letters is never cut; one of kanji and kana is, in its middle.
func (p *pen) split(text string) []string {
	best, cut := len(text)*2, -1
	for i, r := range text {
		if !strings.ContainsRune(" ・-(", r) || i == 0 {
			continue
		}
		at := i
		if r == '・' || r == '-' { // these stay with what stands before them
			at += len(string(r))
		}
		if off := max(len(text)-2*at, 2*at-len(text)); off < best {
			best, cut = off, at
		}
	}
	rs := []rune(text)
	if cut < 0 && language.LookupScript(rs[0]) != language.Latin && language.LookupScript(rs[0]) != language.Devanagari {
		cut = len(string(rs[:(len(rs)+1)/2]))
	}
	if cut < 0 {
		return []string{text}
	}
	return []string{strings.TrimSpace(text[:cut]), strings.TrimSpace(text[cut:])}
}

// write draws a line with its middle at x and its foot at y.
func (p *pen) write(img *image.RGBA, text string, x, y, size float64, ink color.Color) {
	runs := p.shape(text, size)
	total := 0.0
	for _, run := range runs {
		total += float64(run.Advance) / 64
	}
	at := x - total/2
	for _, run := range runs {
		scale := float32(size / float64(run.Face.Upem()))
		for _, g := range run.Glyphs {
			if outline, ok := run.Face.GlyphDataOutline(g.GlyphID); ok {
				glyph(img, outline, float32(at)+float32(g.XOffset)/64, float32(y)-float32(g.YOffset)/64, scale, ink)
			}
			at += float64(g.Advance) / 64
		}
	}
}

// glyph fills one outline.
func glyph(img *image.RGBA, o font.GlyphOutline, x, y, scale float32, ink color.Color) {
	if len(o.Segments) == 0 {
		return
	}
	box := img.Bounds()
	left, top, right, bottom := float32(box.Max.X), float32(box.Max.Y), float32(0), float32(0)
	for i := range o.Segments {
		for _, a := range o.Segments[i].ArgsSlice() {
			px, py := x+a.X*scale, y-a.Y*scale
			left, right, top, bottom = min(left, px), max(right, px), min(top, py), max(bottom, py)
		}
	}
	at := image.Rect(int(left)-1, int(top)-1, int(right)+2, int(bottom)+2).Intersect(box)
	if at.Empty() {
		return
	}
	r := vector.NewRasterizer(at.Dx(), at.Dy())
	point := func(a opentype.SegmentPoint) (float32, float32) {
		return x + a.X*scale - float32(at.Min.X), y - a.Y*scale - float32(at.Min.Y)
	}
	for i := range o.Segments {
		s := &o.Segments[i]
		ax, ay := point(s.Args[0])
		bx, by := point(s.Args[1])
		cx, cy := point(s.Args[2])
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			r.ClosePath()
			r.MoveTo(ax, ay)
		case opentype.SegmentOpLineTo:
			r.LineTo(ax, ay)
		case opentype.SegmentOpQuadTo:
			r.QuadTo(ax, ay, bx, by)
		case opentype.SegmentOpCubeTo:
			r.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	r.ClosePath()
	r.Draw(img, at, image.NewUniform(ink), image.Point{})
}
