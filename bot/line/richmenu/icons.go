package richmenu

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/vector"
)

// path is a line through points of a square of 100 by 100.
type path [][2]float64

// arc goes round a middle, from one angle to another in degrees, clockwise from the right.
func arc(cx, cy, rx, ry, from, to float64) (p path) {
	const steps = 40
	for i := 0; i <= steps; i++ {
		a := (from + (to-from)*float64(i)/steps) * math.Pi / 180
		p = append(p, [2]float64{cx + rx*math.Cos(a), cy + ry*math.Sin(a)})
	}
	return p
}

// curve bends from one point to another, drawn towards a third.
func curve(from, towards, to [2]float64) (p path) {
	const steps = 30
	for i := 0; i <= steps; i++ {
		t := float64(i) / steps
		at := func(k int) float64 { return (1-t)*(1-t)*from[k] + 2*t*(1-t)*towards[k] + t*t*to[k] }
		p = append(p, [2]float64{at(0), at(1)})
	}
	return p
}

// join puts paths into one line.
func join(all ...path) (p path) {
	for _, one := range all {
		p = append(p, one...)
	}
	return p
}

// drawings are the little pictures, one quiet line each, by the name that menu.yaml gives.
var drawings = map[string][]path{
	"湯のみ": {{{22, 40}, {26, 74}, {34, 84}, {58, 84}, {66, 74}, {70, 40}, {22, 40}}, arc(70, 57, 13, 12, -80, 95),
		{{36, 28}, {40, 22}, {36, 15}, {40, 9}}, {{54, 28}, {58, 22}, {54, 15}, {58, 9}}},
	"虫めがね": {arc(43, 42, 27, 27, 0, 360), {{63, 62}, {86, 86}}, arc(43, 42, 16, 16, 190, 260)},
	"家":    {{{10, 50}, {50, 14}, {90, 50}}, {{22, 42}, {22, 86}, {78, 86}, {78, 42}}, {{42, 86}, {42, 62}, {58, 62}, {58, 86}}},
	"ことば": {join(path{{24, 72}}, arc(50, 42, 40, 30, 140, 470), path{{20, 90}, {24, 72}}),
		{{32, 36}, {68, 36}}, {{32, 50}, {56, 50}}},
	"灯り": {{{34, 12}, {66, 12}, {82, 46}, {18, 46}, {34, 12}}, {{50, 46}, {50, 84}}, {{32, 86}, {68, 86}}, arc(50, 46, 9, 9, 0, 180),
		{{12, 60}, {6, 68}}, {{88, 60}, {94, 68}}},
	"葉":  {curve([2]float64{22, 82}, [2]float64{8, 16}, [2]float64{86, 12}), curve([2]float64{86, 12}, [2]float64{92, 82}, [2]float64{22, 82}), {{10, 94}, {58, 44}}},
	"手":  {{{22, 54}, {40, 84}, {66, 84}, {80, 58}, {80, 34}}, {{80, 34}, {68, 56}}, {{66, 56}, {66, 16}}, {{52, 52}, {52, 10}}, {{38, 54}, {38, 16}}, {{22, 54}, {38, 66}}},
	"暦":  {{{16, 22}, {84, 22}, {84, 86}, {16, 86}, {16, 22}}, {{16, 42}, {84, 42}}, {{34, 12}, {34, 28}}, {{66, 12}, {66, 28}}, {{34, 58}, {42, 58}}, {{58, 58}, {66, 58}}, {{34, 72}, {42, 72}}},
	"本":  {{{50, 24}, {50, 84}}, {{50, 24}, {32, 16}, {10, 18}, {10, 78}, {32, 76}, {50, 84}, {68, 76}, {90, 78}, {90, 18}, {68, 16}, {50, 24}}},
	"傘":  {join(arc(50, 52, 42, 38, 180, 360), path{{8, 52}}), join(path{{50, 8}, {50, 78}}, arc(60, 78, 10, 10, 180, 0))},
	"電話": {{{32, 8}, {68, 8}, {72, 12}, {72, 88}, {68, 92}, {32, 92}, {28, 88}, {28, 12}, {32, 8}}, {{44, 80}, {56, 80}}, {{28, 20}, {72, 20}}, {{28, 70}, {72, 70}}},
}

// trace draws a path as a line of some width, with round ends.
func trace(img *image.RGBA, p path, at image.Rectangle, wide float64, ink color.Color) {
	scale := float64(at.Dx()) / 100
	point := func(q [2]float64) (x, y float64) {
		return float64(at.Min.X) + q[0]*scale, float64(at.Min.Y) + q[1]*scale
	}
	for i := range p {
		x, y := point(p[i])
		disc(img, x, y, wide/2, ink)
		if i > 0 {
			fromX, fromY := point(p[i-1])
			stroke(img, fromX, fromY, x, y, wide, ink)
		}
	}
}

func disc(img *image.RGBA, x, y, r float64, ink color.Color) {
	p := arc(x, y, r, r, 0, 360)
	fill(img, p, ink)
}

func stroke(img *image.RGBA, ax, ay, bx, by, wide float64, ink color.Color) {
	long := math.Hypot(bx-ax, by-ay)
	if long == 0 {
		return
	}
	dx, dy := (by-ay)/long*wide/2, -(bx-ax)/long*wide/2
	fill(img, path{{ax + dx, ay + dy}, {bx + dx, by + dy}, {bx - dx, by - dy}, {ax - dx, ay - dy}}, ink)
}

// fill paints a closed shape, given in pixels.
func fill(img *image.RGBA, p path, ink color.Color) {
	left, top, right, bottom := p[0][0], p[0][1], p[0][0], p[0][1]
	for _, q := range p {
		left, right, top, bottom = min(left, q[0]), max(right, q[0]), min(top, q[1]), max(bottom, q[1])
	}
	at := image.Rect(int(left)-1, int(top)-1, int(right)+2, int(bottom)+2).Intersect(img.Bounds())
	if at.Empty() {
		return
	}
	r := vector.NewRasterizer(at.Dx(), at.Dy())
	for i, q := range p {
		x, y := float32(q[0])-float32(at.Min.X), float32(q[1])-float32(at.Min.Y)
		if i == 0 {
			r.MoveTo(x, y)
		} else {
			r.LineTo(x, y)
		}
	}
	r.ClosePath()
	r.Draw(img, at, image.NewUniform(ink), image.Point{})
}
