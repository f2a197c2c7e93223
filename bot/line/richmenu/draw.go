package richmenu

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"engawa/flows"
)

// Size of the picture: LINE's largest, sharp on any phone.
const (
	width, height = 2500, 1686
	stripHeight   = 330
	maxBytes      = 1 << 20 // LINE's limit of a picture
)

// The house's colours, from its style sheet.
var (
	paper = color.RGBA{0xFB, 0xF7, 0xF0, 0xFF}
	ink   = color.RGBA{0x2B, 0x26, 0x22, 0xFF}
	wood  = color.RGBA{0xA0, 0x85, 0x62, 0xFF}
	moss  = color.RGBA{0x2F, 0x6B, 0x4F, 0xFF}
	tint  = color.RGBA{0xDC, 0xEB, 0xE1, 0xFF}
)

// Sizes of letters in the picture. A phone shows it at about a sixth of its width.
const (
	bigText, smallText   = 128, 84 // of a field's label
	bigStrip, smallStrip = 104, 68 // of the strip's
	margin, lineHeight   = 44, 1.25
	iconSide, iconWide   = 250, 13
	border               = 5
)

// field is one area, ready to draw.
type field struct {
	label string
	icon  string
	at    image.Rectangle
	strip bool
	warm  bool // stands on the moss tint: the way to a human
	lang  flows.Lang
}

// grid divides a rectangle into n equal parts, so many in a row.
func grid(in image.Rectangle, n, columns int) []image.Rectangle {
	rows := (n + columns - 1) / columns
	var out []image.Rectangle
	for i := range n {
		row, in0 := i/columns, i%columns
		cols := min(columns, n-row*columns)
		out = append(out, image.Rect(
			in.Min.X+in.Dx()*in0/cols, in.Min.Y+in.Dy()*row/rows,
			in.Min.X+in.Dx()*(in0+1)/cols, in.Min.Y+in.Dy()*(row+1)/rows))
	}
	return out
}

// paint draws the fields as a PNG of few colours, well under LINE's limit.
func paint(fields []field) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(img, img.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	for _, f := range fields {
		if f.warm {
			draw.Draw(img, f.at, image.NewUniform(tint), image.Point{}, draw.Src)
		}
	}
	for _, f := range fields {
		p, err := newPen(f.lang)
		if err != nil {
			return nil, err
		}
		frame(img, f.at)
		f.draw(img, p)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, fewColours(img)); err != nil {
		return nil, fmt.Errorf("richmenu: %w", err)
	}
	if out.Len() > maxBytes {
		return nil, fmt.Errorf("richmenu: the picture has %d bytes, LINE takes %d", out.Len(), maxBytes)
	}
	return out.Bytes(), nil
}

// draw puts the little picture above the label, in the middle of the field.
func (f field) draw(img *image.RGBA, p *pen) {
	most, least := float64(bigText), float64(smallText)
	if f.strip {
		most, least = bigStrip, smallStrip
	}
	lines, size := p.fit(f.label, float64(f.at.Dx()-2*margin), most, least)
	text := size * lineHeight * float64(len(lines))
	icon := 0.0
	if f.icon != "" {
		icon = iconSide + 34
	}
	x, top := float64(f.at.Min.X+f.at.Max.X)/2, float64(f.at.Min.Y)+(float64(f.at.Dy())-text-icon)/2
	if f.icon != "" {
		at := image.Rect(0, 0, iconSide, iconSide).Add(image.Pt(int(x)-iconSide/2, int(top)))
		for _, path := range drawings[f.icon] {
			trace(img, path, at, iconWide, moss)
		}
	}
	for i, l := range lines {
		p.write(img, l, x, top+icon+size*(lineHeight*float64(i)+1), size, ink)
	}
}

// frame draws a thin line of wood around a field.
func frame(img *image.RGBA, at image.Rectangle) {
	line := image.NewUniform(wood)
	for _, side := range []image.Rectangle{
		{at.Min, image.Pt(at.Max.X, at.Min.Y+border)}, {image.Pt(at.Min.X, at.Max.Y-border), at.Max},
		{at.Min, image.Pt(at.Min.X+border, at.Max.Y)}, {image.Pt(at.Max.X-border, at.Min.Y), at.Max},
	} {
		draw.Draw(img, side, line, image.Point{}, draw.Src)
	}
}

// fewColours is the picture with the house's colours and what lies between them.
func fewColours(img *image.RGBA) *image.Paletted {
	var colours color.Palette
	for _, pair := range [][2]color.RGBA{{paper, ink}, {paper, moss}, {tint, ink}, {tint, moss}, {paper, wood}} {
		const steps = 12
		for i := 0; i <= steps; i++ {
			mix := func(a, b uint8) uint8 { return uint8((int(a)*(steps-i) + int(b)*i) / steps) } //#nosec G115 -- between two bytes lies a byte; a palette has at most 256 colours
			colours = append(colours, color.RGBA{mix(pair[0].R, pair[1].R), mix(pair[0].G, pair[1].G), mix(pair[0].B, pair[1].B), 0xFF})
		}
	}
	out := image.NewPaletted(img.Bounds(), colours)
	known := map[color.RGBA]uint8{} // a drawing has few colours and many points
	var last color.RGBA
	var n uint8
	for i := 0; i < len(img.Pix); i += 4 {
		c := color.RGBA{img.Pix[i], img.Pix[i+1], img.Pix[i+2], 0xFF}
		if c != last { // most points are like the one before
			var ok bool
			if n, ok = known[c]; !ok {
				n = uint8(colours.Index(c)) //#nosec G115 -- between two bytes lies a byte; a palette has at most 256 colours
				known[c] = n
			}
			last = c
		}
		out.Pix[i/4] = n
	}
	return out
}
