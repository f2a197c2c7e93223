package richmenu

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
)

// shipped is the content of the made-up ward, drafts and all.
var shipped = sync.OnceValue(func() *flows.Bundle {
	b, faults := script.Load(content.FS, script.Options{AcceptDrafts: true})
	if b == nil {
		panic(faults.Err())
	}
	return b
})

const page = "https://hinata.example.lg.jp/engawa.html"

var drawn = sync.OnceValue(func() []Menu {
	menus, err := Make(shipped(), page)
	if err != nil {
		panic(err)
	}
	return menus
})

func TestEveryLetterOfEveryLabelHasAShape(t *testing.T) {
	m := shipped().Rich
	if m == nil {
		t.Fatal("the shipped content has no menu.yaml")
	}
	labels := []flows.Phrase{m.Bar}
	for _, c := range append(slices.Clone(m.Cells), m.Strip...) {
		labels = append(labels, c.Label)
	}
	for _, l := range flows.Langs {
		for _, p := range labels {
			text, own := p.In(l)
			if !own || p[l] == "" {
				t.Errorf("%s: 「%s」 has no words of its own", l, p[flows.Ja])
			}
			if gone, err := Missing(text, l); err != nil || len(gone) > 0 {
				t.Errorf("%s: 「%s」 lacks %q, %v", l, text, string(gone), err)
			}
		}
		if gone, err := Missing(l.OwnName(), l); err != nil || len(gone) > 0 {
			t.Errorf("%s: its own name lacks %q, %v", l, string(gone), err)
		}
	}
	if gone, _ := Missing("話す𓀀", flows.Ja); string(gone) != "𓀀" {
		t.Errorf("Missing = %q, want the letter that no font has", string(gone))
	}
}

func TestNoGlyphIsTheEmptyBox(t *testing.T) {
	m := shipped().Rich
	for _, l := range flows.Langs {
		p, err := newPen(l)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range append(slices.Clone(m.Cells), m.Strip...) {
			text, _ := c.Label.In(l)
			for _, run := range p.shape(text, 100) {
				for _, g := range run.Glyphs {
					if g.GlyphID == 0 {
						t.Errorf("%s: 「%s」 is drawn with an empty box", l, text)
					}
				}
			}
		}
	}
}

func TestDevanagariPutsItsLettersTogether(t *testing.T) {
	p, err := newPen(flows.Ne)
	if err != nil {
		t.Fatal(err)
	}
	plain := 0
	for _, r := range "मान्छे" {
		if _, ok := p.faces[0].NominalGlyph(r); ok {
			plain++
		}
	}
	if runs := p.shape("मान्छे", 100); len(runs) != 1 || len(runs[0].Glyphs) >= plain {
		t.Errorf("मान्छे has %d runs, want one with fewer than %d glyphs: its half letter joins the next", len(runs), plain)
	}
	ki := p.shape("कि", 100)[0].Glyphs
	ka, _ := p.faces[0].NominalGlyph('क')
	if len(ki) != 2 || ki[1].GlyphID != ka {
		t.Error("कि: the vowel sign is not drawn before its letter")
	}
}

func TestLabelsAreLargeAndStayInTheirFields(t *testing.T) {
	m := shipped().Rich
	for _, l := range flows.Langs {
		p, err := newPen(l)
		if err != nil {
			t.Fatal(err)
		}
		check := func(cells []flows.RichCell, columns int, most, least float64) {
			wide := float64(width/columns - 2*margin)
			for _, c := range cells {
				text, _ := c.Label.In(l)
				lines, size := p.fit(text, wide, most, least)
				for _, one := range lines {
					if w := p.width(one, size); size < least || w > wide {
						t.Errorf("%s: 「%s」 is %.0f wide at size %.0f, want at most %.0f at %.0f or more", l, one, w, size, wide, least)
					}
				}
			}
		}
		check(m.Cells, 3, bigText, smallText)
		check(m.Strip, len(m.Strip), bigStrip, smallStrip)
	}
}

// luminance and contrast are those of WCAG 2.
func luminance(c color.RGBA) float64 {
	part := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.03928 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

func contrast(a, b color.RGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrast(t *testing.T) {
	for name, c := range map[string]struct {
		on, ground color.RGBA
		least      float64
	}{
		"words on paper": {ink, paper, 4.5}, "words on the tint": {ink, tint, 4.5},
		"drawings on paper": {moss, paper, 3}, "drawings on the tint": {moss, tint, 3}, "frames": {wood, paper, 3},
	} {
		if got := contrast(c.on, c.ground); got < c.least {
			t.Errorf("%s: contrast %.2f, want at least %.1f", name, got, c.least)
		}
	}
}

func TestPicturesAreAsLINETakesThem(t *testing.T) {
	menus := drawn()
	if want := len(flows.Langs) + 1; len(menus) != want {
		t.Fatalf("%d menus, want %d", len(menus), want)
	}
	for _, m := range menus {
		cfg, err := png.DecodeConfig(bytes.NewReader(m.PNG))
		if err != nil || cfg.Width != 2500 || cfg.Height != 1686 || len(m.PNG) > maxBytes {
			t.Errorf("%s: %d×%d, %d bytes, %v", m.Key, cfg.Width, cfg.Height, len(m.PNG), err)
		}
		whole := image.Rect(0, 0, 2500, 1686)
		for i, a := range m.Spec.Areas {
			at := image.Rect(int(a.Bounds.X), int(a.Bounds.Y), int(a.Bounds.X+a.Bounds.Width), int(a.Bounds.Y+a.Bounds.Height))
			if !at.In(whole) {
				t.Errorf("%s: area %d leaves the picture", m.Key, i+1)
			}
			for _, b := range m.Spec.Areas[:i] {
				if at.Overlaps(image.Rect(int(b.Bounds.X), int(b.Bounds.Y), int(b.Bounds.X+b.Bounds.Width), int(b.Bounds.Y+b.Bounds.Height))) {
					t.Errorf("%s: areas overlap", m.Key)
				}
			}
		}
		if dir := os.Getenv("ENGAWA_DRAW"); dir != "" { // to look at them
			if err := os.WriteFile(filepath.Join(dir, m.Key+".png"), m.PNG, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTheSameContentIsTheSamePicture(t *testing.T) {
	again, err := Make(shipped(), page)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range again {
		if m.Name != drawn()[i].Name {
			t.Errorf("%s: %s, then %s", m.Key, drawn()[i].Name, m.Name)
		}
	}
}

func TestWithoutAPageTheStripKeepsItsNumbers(t *testing.T) {
	menus, err := Make(shipped(), "")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(menus[0].Spec.Areas), len(drawn()[0].Spec.Areas)-1; got != want {
		t.Errorf("%d areas without a page, want %d", got, want)
	}
}

func TestEveryIconIsDrawn(t *testing.T) {
	for _, name := range script.Icons {
		if len(drawings[name]) == 0 {
			t.Errorf("絵 「%s」 can be written and is not drawn", name)
		}
	}
	if len(drawings) != len(script.Icons) {
		t.Errorf("%d drawings, %d names for them", len(drawings), len(script.Icons))
	}
}
