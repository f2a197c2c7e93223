// Package poster makes the QR code by which residents find the account: as a
// picture, and as a page for printing. A QR code on a notice board at the bus stop
// reaches people whom no counter ever sees.
package poster

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"regexp"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// quiet is the empty border that readers need, in modules (ISO/IEC 18004).
const quiet = 4

var basicID = regexp.MustCompile(`^@[0-9A-Za-z._-]{1,20}$`)

// ErrID says that an account's id is not one.
var ErrID = errors.New("poster: an account's basic id looks like @123abcde")

// Link is the address that opens the account in LINE.
func Link(id string) (string, error) {
	if !basicID.MatchString(id) {
		return "", ErrID
	}
	return "https://line.me/R/ti/p/" + id, nil
}

// modules is the code as squares, without its border. Level Q survives a crease.
func modules(link string) (barcode.Barcode, error) {
	code, err := qr.Encode(link, qr.Q, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("poster: %w", err)
	}
	return code, nil
}

func dark(code image.Image, x, y int) bool {
	r, _, _, _ := code.At(x, y).RGBA()
	return r == 0
}

// PNG is the code as a picture with its border, each module that many pixels wide.
func PNG(link string, scale int) ([]byte, error) {
	code, err := modules(link)
	if err != nil {
		return nil, err
	}
	n := code.Bounds().Dx()
	side := (n + 2*quiet) * scale
	img := image.NewGray(image.Rect(0, 0, side, side))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	for y := range n {
		for x := range n {
			if !dark(code, x, y) {
				continue
			}
			at := image.Pt((x+quiet)*scale, (y+quiet)*scale)
			draw.Draw(img, image.Rectangle{at, at.Add(image.Pt(scale, scale))}, image.NewUniform(color.Gray{}), image.Point{}, draw.Src)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("poster: %w", err)
	}
	return out.Bytes(), nil
}

// A4 in points, and how wide the code stands on it: 12 cm, readable from two metres.
const (
	pageWidth, pageHeight = 595.28, 841.89
	codeWidth             = 340.16
)

// PDF is one A4 page with the code in the middle and the id below it, as squares
// that stay sharp at any size. The city puts its own words around it.
func PDF(link, id string) ([]byte, error) {
	code, err := modules(link)
	if err != nil {
		return nil, err
	}
	n := code.Bounds().Dx()
	step := codeWidth / float64(n)
	left, bottom := (pageWidth-codeWidth)/2, (pageHeight-codeWidth)/2
	var draws bytes.Buffer
	draws.WriteString("0 g\n")
	for y := range n {
		for x := range n {
			if dark(code, x, y) {
				fmt.Fprintf(&draws, "%.3f %.3f %.3f %.3f re\n", left+float64(x)*step, bottom+float64(n-1-y)*step, step, step)
			}
		}
	}
	draws.WriteString("f\n")
	const size, wide = 24.0, 0.55 // Helvetica's letters are about half as wide as high
	fmt.Fprintf(&draws, "BT /F1 %.0f Tf %.2f %.2f Td (%s) Tj ET\n", size, (pageWidth-float64(len(id))*size*wide)/2, bottom-48, id)
	return document(draws.Bytes()), nil
}

// document wraps one page's drawing into a PDF 1.4 file (ISO 32000-1, 7.5).
func document(draws []byte) []byte {
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>", pageWidth, pageHeight),
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(draws), draws),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n")
	at := make([]int, len(objects))
	for i, o := range objects {
		at[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range at {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return out.Bytes()
}
