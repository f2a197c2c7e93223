package pages_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/url"
	"strings"
	"testing"

	"engawa/bot/board/pages"
)

func photo(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = byte(i * 7)
	}
	return m
}

func asJPEG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF puts a camera's notes (orientation and a place) into a photo.
func withEXIF(raw []byte, orientation byte) []byte {
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00\x00\x00\x00\x00GPS 35.68N 139.76E")
	body := append([]byte("Exif\x00\x00"), tiff...)
	head := append([]byte{0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))...)
	return append(append(append([]byte{}, raw[:2]...), append(head, body...)...), raw[2:]...)
}

func TestAFlyerIsDrawnAnewWithoutWhatTheCameraNoted(t *testing.T) {
	raw := withEXIF(asJPEG(t, photo(400, 200)), 6)
	clean, err := pages.Clean(raw)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(clean, []byte("Exif")) || bytes.Contains(clean, []byte("GPS")) {
		t.Error("what the camera noted is still there")
	}
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(clean))
	if err != nil || cfg.Width != 200 || cfg.Height != 400 {
		t.Errorf("got %d x %d, %v, want the photo upright", cfg.Width, cfg.Height, err)
	}
	big, err := pages.Clean(asPNG(t, photo(3200, 1000)))
	if err != nil {
		t.Fatal(err)
	}
	if cfg, err := jpeg.DecodeConfig(bytes.NewReader(big)); err != nil || cfg.Width != 1600 || cfg.Height != 500 {
		t.Errorf("got %d x %d, %v, want it made smaller", cfg.Width, cfg.Height, err)
	}
}

func TestASmallerFlyerShowsWhatTheLargeOneDid(t *testing.T) {
	large := image.NewNRGBA(image.Rect(0, 0, 4800, 2400)) // its right half lets the paper through
	for y := range 2400 {
		for x := range 2400 {
			large.SetNRGBA(x, y, color.NRGBA{200, 30, 30, 255})
		}
	}
	clean, err := pages.Clean(asPNG(t, large))
	if err != nil {
		t.Fatal(err)
	}
	got, err := jpeg.Decode(bytes.NewReader(clean))
	if err != nil || got.Bounds() != image.Rect(0, 0, 1600, 800) {
		t.Fatalf("got %v, %v", got.Bounds(), err)
	}
	near := func(a, b uint32) bool { return max(a, b)-min(a, b) < 8<<8 }
	for at, want := range map[image.Point]color.Color{
		{10, 10}: color.RGBA{200, 30, 30, 255}, {700, 799}: color.RGBA{200, 30, 30, 255}, {900, 0}: color.White, {1599, 799}: color.White,
	} {
		r, g, b, _ := got.At(at.X, at.Y).RGBA()
		wr, wg, wb, _ := want.RGBA()
		if !near(r, wr) || !near(g, wg) || !near(b, wb) {
			t.Errorf("at %v got %d %d %d, want %d %d %d", at, r>>8, g>>8, b>>8, wr>>8, wg>>8, wb>>8)
		}
	}
}

// BenchmarkFlyer is the largest photo that is let in; the reference only decodes it.
func BenchmarkFlyer(b *testing.B) {
	var raw bytes.Buffer
	if err := jpeg.Encode(&raw, image.NewYCbCr(image.Rect(0, 0, 8164, 6123), image.YCbCrSubsampleRatio420), nil); err != nil {
		b.Fatal(err)
	}
	for name, do := range map[string]func() error{
		"clean":     func() error { _, err := pages.Clean(raw.Bytes()); return err },
		"reference": func() error { _, err := jpeg.Decode(bytes.NewReader(raw.Bytes())); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// bomb is a small PNG that says it is enormous.
func bomb(t *testing.T) []byte {
	raw := asPNG(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	binary.BigEndian.PutUint32(raw[16:], 60_000)
	binary.BigEndian.PutUint32(raw[20:], 60_000)
	binary.BigEndian.PutUint32(raw[29:], crc32.ChecksumIEEE(raw[12:29]))
	return raw
}

func moving(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	m := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Black, color.White})
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{m, m}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBombsPolyglotsAndMovingPicturesAreRefused(t *testing.T) {
	animated := asPNG(t, photo(8, 8))
	animated = append(animated[:33:33], append([]byte("\x00\x00\x00\x08acTL\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00"), animated[33:]...)...)
	for name, raw := range map[string][]byte{
		"pixel bomb":          bomb(t),
		"eleven megabytes":    append(asJPEG(t, photo(10, 10)), make([]byte, 11<<20)...),
		"zip behind a jpeg":   append(asJPEG(t, photo(10, 10)), []byte("PK\x03\x04 something else")...),
		"html behind a png":   append(asPNG(t, photo(10, 10)), []byte("<script>alert(1)</script>")...),
		"moving gif":          moving(t),
		"moving png":          animated,
		"a text called jpg":   []byte("hello"),
		"a page":              []byte("<html><svg onload=alert(1)>"),
		"half a picture":      asJPEG(t, photo(100, 100))[:500],
		"nothing":             nil,
		"a jpeg of no pixels": {0xff, 0xd8, 0xff, 0xd9},
	} {
		if _, err := pages.Clean(raw); err == nil {
			t.Errorf("%s is let in", name)
		}
	}
}

func TestAFlyerGoesThroughTheFormAndABadOneIsExplained(t *testing.T) {
	s := open(t, true)
	home := s.enter()
	s.submit(home, "/g/new", url.Values{})
	if page := s.upload("a.gif", moving(t)); !strings.Contains(page, "動く画像") {
		t.Errorf("got %s", page)
	}
	s.upload("a.jpg", withEXIF(asJPEG(t, photo(300, 200)), 1))
	_, page := s.get("/g/post?step=5")
	at := strings.Index(page, "/flyer/")
	if at < 0 {
		t.Fatalf("no flyer is shown: %s", page)
	}
	status, raw := s.get(page[at : at+len("/flyer/")+24])
	if status != 200 || strings.Contains(raw, "GPS") {
		t.Errorf("got %d with %d bytes, want the clean picture", status, len(raw))
	}
}
