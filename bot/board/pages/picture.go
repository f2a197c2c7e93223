package pages

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif" // known only to be refused by its name
	"image/jpeg"
	"image/png"
)

// What a flyer may be. Larger than any phone's camera makes, and small enough
// that the decoder cannot be made to eat the machine.
const (
	MaxPicture = 10 << 20
	maxPixels  = 50_000_000
	longSide   = 1600
)

// Why a picture is refused, in words for who chose it.
var (
	errBigPicture = errors.New("写真が大きすぎます。10MB までの写真をえらべます。")
	errNoPicture  = errors.New("写真として読めませんでした。JPEG か PNG の写真をえらべます。")
	errMoving     = errors.New("動く画像はのせられません。1枚の写真をえらべます。")
)

var drawing = make(chan struct{}, 1)

// Clean reads a picture and draws it anew: what is not pixels (EXIF, places,
// names, anything hidden behind the picture) is not in what comes out.
func Clean(raw []byte) ([]byte, error) {
	if len(raw) > MaxPicture {
		return nil, errBigPicture
	}
	cfg, format, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return nil, errNoPicture
	}
	if format == "gif" || format == "png" && bytes.Contains(raw[:min(len(raw), 4096)], []byte("acTL")) {
		return nil, errMoving
	}
	if cfg.Width <= 0 || cfg.Height <= 0 || cfg.Width > maxPixels/cfg.Height {
		return nil, errBigPicture
	}
	if !wholePicture(raw, format) {
		return nil, errNoPicture
	}
	drawing <- struct{}{} // one at a time: a picture that is drawn anew takes hundreds of megabytes
	defer func() { <-drawing }()
	var img image.Image
	switch format {
	case "jpeg":
		img, err = jpeg.Decode(bytes.NewReader(raw))
	case "png":
		img, err = png.Decode(bytes.NewReader(raw))
	default:
		return nil, errNoPicture
	}
	if err != nil {
		return nil, errNoPicture
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(smaller(img), orientation(raw)), &jpeg.Options{Quality: 82}); err != nil {
		return nil, errNoPicture
	}
	return out.Bytes(), nil
}

// wholePicture tells that the file ends where the picture does: what carries
// another file behind it is no photo.
func wholePicture(raw []byte, format string) bool {
	if format == "png" {
		end := bytes.Index(raw, []byte("IEND\xaeB`\x82"))
		return end >= 0 && end+8 == len(raw)
	}
	end := bytes.LastIndex(raw, []byte{0xff, 0xd9})
	rest := raw[max(end+2, 0):]
	return end > 0 && len(bytes.Trim(rest, "\x00")) == 0 && !bytes.Contains(raw[:min(len(raw), 1024)], []byte("<script"))
}

// smaller fits a picture into longSide, each new pixel the mean of those it covers. It
// goes strip by strip: a second copy of a camera's 50 million pixels would be 200 MB more.
func smaller(src image.Image) *image.RGBA {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	nw, nh := w, h
	if long := max(w, h); long > longSide {
		nw, nh = max(1, w*longSide/long), max(1, h*longSide/long)
	}
	out := image.NewRGBA(image.Rect(0, 0, nw, nh))
	strip := image.NewRGBA(image.Rect(0, 0, w, h/nh+1))
	for y := range nh {
		top, end := y*h/nh, (y+1)*h/nh
		draw.Draw(strip, strip.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(strip, strip.Rect, src, image.Pt(b.Min.X, b.Min.Y+top), draw.Over)
		for x := range nw {
			out.SetRGBA(x, y, mean(strip, x*w/nw, 0, (x+1)*w/nw, end-top))
		}
	}
	return out
}

func mean(p *image.RGBA, x0, y0, x1, y1 int) color.RGBA {
	var r, g, b, n int
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			i := p.PixOffset(x, y)
			r, g, b, n = r+int(p.Pix[i]), g+int(p.Pix[i+1]), b+int(p.Pix[i+2]), n+1
		}
	}
	return color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255} //#nosec G115 -- a mean of bytes is a byte
}

// orientation finds how a phone held its camera: the one thing of EXIF that the
// picture itself needs, before all of it goes.
func orientation(raw []byte) int {
	at := bytes.Index(raw[:min(len(raw), 64<<10)], []byte("Exif\x00\x00"))
	if at < 0 || at+14 > len(raw) {
		return 1
	}
	t := raw[at+6:]
	little := bytes.HasPrefix(t, []byte("II"))
	num := func(off, n int) int {
		if off < 0 || off+n > len(t) {
			return 0
		}
		v := 0
		for i := range n {
			k := i
			if little {
				k = n - 1 - i
			}
			v = v<<8 | int(t[off+k])
		}
		return v
	}
	ifd := num(4, 4)
	for i := range min(num(ifd, 2), 64) {
		if e := ifd + 2 + 12*i; num(e, 2) == 0x0112 {
			if o := num(e+8, 2); o >= 1 && o <= 8 {
				return o
			}
		}
	}
	return 1
}

// upright turns a picture as its camera was held. The four that are turned
// upside down or sideways are all that phones make.
func upright(src image.Image, o int) image.Image {
	if o != 3 && o != 6 && o != 8 {
		return src
	}
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if o != 3 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			c := src.At(b.Min.X+x, b.Min.Y+y)
			switch o {
			case 3:
				out.Set(w-1-x, h-1-y, c)
			case 6:
				out.Set(h-1-y, x, c)
			case 8:
				out.Set(y, w-1-x, c)
			}
		}
	}
	return out
}
