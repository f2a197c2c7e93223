package richmenu

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"strings"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"engawa/flows"
)

// Names of ours at LINE. What does not begin so was made by somebody else and stays.
const (
	namePrefix  = "engawa/"
	aliasPrefix = "engawa-"
	tongues     = "lang" // the menu in which a language is chosen
)

// Menu is one rich menu as LINE shall have it.
type Menu struct {
	Key   string // a language, or "lang"
	Name  string // namePrefix, key and the print of all that is in it
	Alias string // under which the other menus lead to it
	Spec  *messaging_api.RichMenuRequest
	PNG   []byte
}

// Make draws the menus of a release: one in each language and one in which the
// language is chosen. contacts is the address of the page of contacts; without it
// the field that opens it is left out. Without menu.yaml there are none.
func Make(b *flows.Bundle, contacts string) ([]Menu, error) {
	if b.Rich == nil {
		return nil, nil
	}
	var out []Menu
	for _, l := range flows.Langs {
		m, err := inLanguage(b, l, contacts)
		if err != nil {
			return nil, fmt.Errorf("richmenu: %s: %w", l, err)
		}
		out = append(out, m)
	}
	m, err := chooser(b)
	if err != nil {
		return nil, err
	}
	return append(out, m), nil
}

// inLanguage is the menu in one language.
func inLanguage(b *flows.Bundle, l flows.Lang, contacts string) (Menu, error) {
	strip := usable(b.Rich.Strip, contacts)
	top, bottom := image.Rect(0, 0, width, height-stripHeight), image.Rect(0, height-stripHeight, width, height)
	if len(strip) == 0 {
		top.Max.Y = height
	}
	cells := usable(b.Rich.Cells, contacts)
	var areas []messaging_api.RichMenuArea
	var fields []field
	add := func(c flows.RichCell, at image.Rectangle, inStrip bool) error {
		label, own := c.Label.In(l)
		pen := l
		if !own {
			pen = flows.JaEasy
		}
		if gone, err := Missing(label, pen); err != nil || len(gone) > 0 {
			return firstOf(err, fmt.Errorf("「%s」の %s は、絵にする字の形がありません。ほかの字にします / no glyph", label, string(gone)))
		}
		fields = append(fields, field{label: label, icon: c.Icon, at: at, strip: inStrip, warm: c.Exit == flows.ExHuman, lang: pen})
		areas = append(areas, area(at, action(c, label, contacts)))
		return nil
	}
	for i, at := range grid(top, len(cells), 3) {
		if err := add(cells[i], at, false); err != nil {
			return Menu{}, err
		}
	}
	for i, at := range grid(bottom, len(strip), max(1, len(strip))) {
		if err := add(strip[i], at, true); err != nil {
			return Menu{}, err
		}
	}
	bar, _ := b.Rich.Bar.In(l)
	return finish(string(l), bar, areas, fields)
}

// chooser is the menu of languages: each in its own letters, and the two numbers.
func chooser(b *flows.Bundle) (Menu, error) {
	var areas []messaging_api.RichMenuArea
	var fields []field
	for i, at := range grid(image.Rect(0, 0, width, height-stripHeight), len(flows.Langs), 3) {
		l := flows.Langs[i]
		fields = append(fields, field{label: l.OwnName(), at: at, lang: l})
		areas = append(areas, area(at, &messaging_api.RichMenuSwitchAction{Label: l.OwnName(), RichMenuAliasId: aliasPrefix + string(l),
			Data: flows.EncodeTap(flows.Tap{Exit: flows.ExLang, Arg: string(l)})}))
	}
	calls := []string{"119", "110"}
	for i, at := range grid(image.Rect(0, height-stripHeight, width, height), len(calls), len(calls)) {
		fields = append(fields, field{label: calls[i], at: at, strip: true, lang: flows.Ja})
		areas = append(areas, area(at, &messaging_api.UriAction{Label: calls[i], Uri: "tel:" + calls[i]}))
	}
	bar := b.Rich.Bar[flows.Ja]
	return finish(tongues, bar, areas, fields)
}

// usable leaves out what leads nowhere.
func usable(cells []flows.RichCell, contacts string) (out []flows.RichCell) {
	for _, c := range cells {
		if !c.Contacts || contacts != "" {
			out = append(out, c)
		}
	}
	return out
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func area(at image.Rectangle, do messaging_api.ActionInterface) messaging_api.RichMenuArea {
	return messaging_api.RichMenuArea{Bounds: &messaging_api.RichMenuBounds{
		X: int64(at.Min.X), Y: int64(at.Min.Y), Width: int64(at.Dx()), Height: int64(at.Dy())}, Action: do}
}

// action is what a tap does. The label is what a screen reader says.
func action(c flows.RichCell, label, contacts string) messaging_api.ActionInterface {
	switch {
	case c.Phone != "":
		return &messaging_api.UriAction{Label: label, Uri: "tel:" + c.Phone}
	case c.Contacts:
		return &messaging_api.UriAction{Label: label, Uri: contacts}
	case c.Exit == flows.ExLang:
		return &messaging_api.RichMenuSwitchAction{Label: label, RichMenuAliasId: aliasPrefix + tongues, Data: c.Data()}
	}
	return &messaging_api.PostbackAction{Label: label, Data: c.Data(), DisplayText: label}
}

// finish draws the menu and names it after all that is in it.
func finish(key, bar string, areas []messaging_api.RichMenuArea, fields []field) (Menu, error) {
	png, err := paint(fields)
	if err != nil {
		return Menu{}, err
	}
	spec := &messaging_api.RichMenuRequest{Size: &messaging_api.RichMenuSize{Width: width, Height: height}, Selected: true, ChatBarText: bar, Areas: areas}
	body, err := json.Marshal(spec)
	if err != nil {
		return Menu{}, fmt.Errorf("richmenu: %w", err)
	}
	sum := sha256.Sum256(append(body, png...))
	spec.Name = namePrefix + key + "/" + hex.EncodeToString(sum[:8])
	return Menu{Key: key, Name: spec.Name, Alias: aliasPrefix + key, Spec: spec, PNG: png}, nil
}

// keyOf is the key in a name of ours, "" in anybody else's.
func keyOf(name string) string {
	rest, ours := strings.CutPrefix(name, namePrefix)
	key, print, cut := strings.Cut(rest, "/")
	if !ours || !cut || len(print) != 16 {
		return ""
	}
	return key
}
