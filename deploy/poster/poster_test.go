package poster

import (
	"bytes"
	"image/png"
	"regexp"
	"strconv"
	"testing"

	"github.com/boombuler/barcode/qr"
)

const id = "@123abcde"

func TestThePictureHoldsTheCodeAndItsBorder(t *testing.T) {
	link, err := Link(id)
	if err != nil || link != "https://line.me/R/ti/p/@123abcde" {
		t.Fatalf("got %q (%v)", link, err)
	}
	b, err := PNG(link, 8)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	want, err := qr.Encode(link, qr.Q, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	n := want.Bounds().Dx()
	if side := img.Bounds().Dx(); side != (n+8)*8 {
		t.Fatalf("side %d, want %d", side, (n+8)*8)
	}
	for y := -quiet; y < n+quiet; y++ {
		for x := -quiet; x < n+quiet; x++ {
			inside := x >= 0 && y >= 0 && x < n && y < n
			black := inside && dark(want, x, y)
			if got := dark(img, (x+quiet)*8+4, (y+quiet)*8+4); got != black {
				t.Fatalf("module %d,%d is dark %v, want %v", x, y, got, black)
			}
		}
	}
}

func TestThePageIsAWholePDFWithOneSquarePerDarkModule(t *testing.T) {
	link, _ := Link(id)
	b, err := PDF(link, id)
	if err != nil {
		t.Fatal(err)
	}
	code, _ := qr.Encode(link, qr.Q, qr.Auto)
	squares := 0
	for y := range code.Bounds().Dy() {
		for x := range code.Bounds().Dx() {
			if dark(code, x, y) {
				squares++
			}
		}
	}
	if got := bytes.Count(b, []byte(" re\n")); got != squares {
		t.Errorf("got %d squares, want %d", got, squares)
	}
	start := regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindSubmatch(b)
	if start == nil {
		t.Fatal("no end of the file")
	}
	at, _ := strconv.Atoi(string(start[1]))
	if !bytes.HasPrefix(b[at:], []byte("xref\n")) {
		t.Error("the table of objects is not where the file says")
	}
	for i, m := range regexp.MustCompile(`(\d{10}) 00000 n `).FindAllSubmatch(b, -1) {
		at, _ := strconv.Atoi(string(m[1]))
		if want := strconv.Itoa(i+1) + " 0 obj"; !bytes.HasPrefix(b[at:], []byte(want)) {
			t.Errorf("object %d is not at %d", i+1, at)
		}
	}
	if !bytes.Contains(b, []byte("("+id+") Tj")) {
		t.Error("the id does not stand on the page")
	}
}

func TestOnlyAnAccountsIDGetsAPoster(t *testing.T) {
	for _, bad := range []string{"", "123", "@", "@a b", "@a)Tj", "@" + string(make([]byte, 30))} {
		if _, err := Link(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
