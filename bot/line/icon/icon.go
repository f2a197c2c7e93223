// Package icon draws the two small pictures that stand beside LINE's bubbles, so
// that anybody sees at a glance who speaks: a leaf for the machine, a lamp for a
// human. Never a face. They are drawn by the program, in the colours of the house.
package icon

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"net/http"
	"strconv"
	"sync"

	"github.com/labstack/echo/v4"
)

// Path is where the pictures lie on the public listener.
const Path = "/icons"

// The names under which the renderer asks for them.
const (
	Machine = "machine.png"
	Human   = "human.png"
)

// side is the edge of a picture in pixels: sharp on any phone, far below LINE's 1 MB.
const side = 256

// The colours of the house.
var (
	paper = color.RGBA{0xFB, 0xF7, 0xF0, 0xFF}
	moss  = color.RGBA{0x2F, 0x6B, 0x4F, 0xFF}
	tint  = color.RGBA{0xDC, 0xEB, 0xE1, 0xFF}
	wood  = color.RGBA{0xA0, 0x85, 0x62, 0xFF}
	light = color.RGBA{0xF6, 0xD9, 0x9B, 0xFF}
	ink   = color.RGBA{0x2B, 0x26, 0x22, 0xFF}
)

// shape says whether a point of the unit square lies in it.
type shape func(x, y float64) bool

// layer is one shape in one colour.
type layer struct {
	in   shape
	with color.RGBA
}

// Leaf is the machine's picture as PNG.
var Leaf = sync.OnceValue(func() []byte { return draw(tint, leaf()) })

// Lamp is a human's picture as PNG.
var Lamp = sync.OnceValue(func() []byte { return draw(paper, lamp()) })

// leaf is where two circles meet, with a vein and a stalk.
func leaf() []layer {
	const reach, apart = 0.40, 0.235 // radius of the circles, and how far each stands from the axis
	// The leaf leans: u runs along its axis from stalk to tip, v across.
	turn := func(x, y float64) (u, v float64) {
		x, y = x-0.5, y-0.5
		return (x - y) / math.Sqrt2, (x + y) / math.Sqrt2
	}
	blade := func(x, y float64) bool {
		u, v := turn(x, y)
		return math.Hypot(u, v-apart) < reach && math.Hypot(u, v+apart) < reach
	}
	vein := func(x, y float64) bool {
		u, v := turn(x, y)
		return math.Abs(v) < 0.012 && u > -0.30 && u < 0.22
	}
	stalk := func(x, y float64) bool {
		u, v := turn(x, y)
		return math.Abs(v-0.35*(u+0.30)*(u+0.30)) < 0.016 && u > -0.43 && u < -0.28
	}
	return []layer{{stalk, moss}, {blade, moss}, {vein, tint}}
}

// lamp is an andon: paper that glows between wooden bars.
func lamp() []layer {
	box := func(left, top, right, bottom float64) shape {
		return func(x, y float64) bool { return x >= left && x <= right && y >= top && y <= bottom }
	}
	glow := func(x, y float64) bool { return math.Hypot(x-0.5, y-0.52) < 0.43 }
	flame := func(x, y float64) bool { return math.Hypot((x-0.5)*1.5, y-0.55) < 0.11 }
	return []layer{
		{glow, light}, {box(0.30, 0.24, 0.70, 0.80), paper}, {flame, light},
		{box(0.30, 0.24, 0.325, 0.80), wood}, {box(0.675, 0.24, 0.70, 0.80), wood}, {box(0.49, 0.24, 0.51, 0.80), wood},
		{box(0.30, 0.41, 0.70, 0.43), wood}, {box(0.27, 0.20, 0.73, 0.245), ink}, {box(0.27, 0.795, 0.73, 0.84), ink},
		{box(0.45, 0.13, 0.55, 0.15), ink}, {box(0.45, 0.13, 0.465, 0.21), ink}, {box(0.535, 0.13, 0.55, 0.21), ink},
	}
}

// draw paints layers over a ground; each pixel is the mean of sixteen points.
func draw(ground color.RGBA, layers []layer) []byte {
	const fine = 4
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for py := range side {
		for px := range side {
			var r, g, b int
			for i := range fine * fine {
				x := (float64(px) + (float64(i%fine)+0.5)/fine) / side
				y := (float64(py) + (float64(i/fine)+0.5)/fine) / side
				c := ground
				for _, l := range layers {
					if l.in(x, y) {
						c = l.with
					}
				}
				r, g, b = r+int(c.R), g+int(c.G), b+int(c.B)
			}
			const n = fine * fine
			img.SetRGBA(px, py, color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 0xFF})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(err) // a buffer takes everything
	}
	return out.Bytes()
}

// Register serves the pictures on the public listener: to anybody, and cached for a day.
func Register(e *echo.Echo) {
	for name, picture := range map[string]func() []byte{Machine: Leaf, Human: Lamp} {
		e.GET(Path+"/"+name, func(c echo.Context) error {
			b := picture()
			h := c.Response().Header()
			h.Set("Cache-Control", "public, max-age=86400")
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set(echo.HeaderContentLength, strconv.Itoa(len(b)))
			return c.Blob(http.StatusOK, "image/png", b)
		})
	}
}
