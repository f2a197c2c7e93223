package line

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"engawa/flows"
)

// The colours of the house (look.md) that a talk needs.
const (
	paper    = "#FBF7F0"
	ink      = "#2B2622"
	softInk  = "#5F564D"
	wood     = "#A08562"
	moss     = "#2F6B4F"
	mossTint = "#DCEBE1"
	lamp     = "#F6D99B"
	indigo   = "#2A4B8D"
)

// message is one message object of LINE.
type message struct {
	Type       string  `json:"type"`
	Text       string  `json:"text,omitempty"`
	AltText    string  `json:"altText,omitempty"`
	Contents   *bubble `json:"contents,omitempty"`
	Sender     *sender `json:"sender,omitempty"`
	QuickReply *quick  `json:"quickReply,omitempty"`
}

type sender struct {
	Name string `json:"name"`
	Icon string `json:"iconUrl,omitempty"`
}

type quick struct {
	Items []quickItem `json:"items"`
}

type quickItem struct {
	Type   string  `json:"type"`
	Action *action `json:"action"`
}

type action struct {
	Type        string `json:"type"`
	Label       string `json:"label"`
	Data        string `json:"data,omitempty"`
	DisplayText string `json:"displayText,omitempty"`
	URI         string `json:"uri,omitempty"`
	Mode        string `json:"mode,omitempty"`
}

type bubble struct {
	Type   string `json:"type"`
	Size   string `json:"size"`
	Header *node  `json:"header,omitempty"`
	Body   *node  `json:"body,omitempty"`
	Footer *node  `json:"footer,omitempty"`
}

// node is a Flex component: a box, a text, a button or a separator.
type node struct {
	Type       string  `json:"type"`
	Layout     string  `json:"layout,omitempty"`
	Contents   []*node `json:"contents,omitempty"`
	Text       string  `json:"text,omitempty"`
	Wrap       bool    `json:"wrap,omitempty"`
	Weight     string  `json:"weight,omitempty"`
	Size       string  `json:"size,omitempty"`
	Color      string  `json:"color,omitempty"`
	Style      string  `json:"style,omitempty"`
	Height     string  `json:"height,omitempty"`
	AdjustMode string  `json:"adjustMode,omitempty"`
	Scaling    bool    `json:"scaling,omitempty"` // follows the font size that the person chose
	Margin     string  `json:"margin,omitempty"`
	Spacing    string  `json:"spacing,omitempty"`
	Padding    string  `json:"paddingAll,omitempty"`
	Ground     string  `json:"backgroundColor,omitempty"`
	Action     *action `json:"action,omitempty"`
}

func column(contents ...*node) *node {
	return &node{Type: "box", Layout: "vertical", Contents: contents, Spacing: "md", Padding: "16px", Ground: paper}
}

func words(s string) *node {
	return &node{Type: "text", Text: s, Wrap: true, Size: "md", Color: ink, Scaling: true}
}

func rule() *node { return &node{Type: "separator", Color: wood, Margin: "lg"} }

// act makes the action of a button, its label cut to max graphemes. A button that
// LINE would refuse is nil: one bad button must not cost the person the answer.
// [Check] finds such buttons before they are published.
func act(b flows.Button, max int) *action {
	label := oneLine(b.Label)
	if blank(label) {
		return nil
	}
	if b.URI != "" {
		uri, ok := sendable(b.URI)
		if !ok {
			return nil
		}
		return &action{Type: "uri", Label: clip(label, max), URI: uri}
	}
	if b.Data == "" || units(b.Data) > maxData || clean(b.Data) != b.Data {
		return nil
	}
	if b.Pick != "" {
		return &action{Type: "datetimepicker", Label: clip(label, max), Data: b.Data, Mode: b.Pick}
	}
	return &action{Type: "postback", Label: clip(label, max), Data: b.Data, DisplayText: clip(label, maxDisplayText)}
}

// sendable writes an address as LINE takes it: a known scheme, percent-encoded.
func sendable(raw string) (string, bool) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return "", false
	}
	switch u.Scheme {
	case "http", "https":
		if u.Host == "" {
			return "", false
		}
	case "tel":
		if strings.Trim(u.Opaque, "+#*0123456789-") != "" || u.Opaque == "" && u.Fragment == "" {
			return "", false
		}
	case "line":
	default:
		return "", false
	}
	s := u.String()
	return s, len(s) <= maxURI && strings.IndexFunc(s, func(r rune) bool { return r < '!' || r > '~' }) < 0
}

// button draws one full-width button. What does not fit on it stands above it in full.
func button(b flows.Button, style, color string) []*node {
	a := act(b, maxFlexLabel)
	if a == nil {
		return nil
	}
	n := &node{Type: "button", Style: style, Color: color, Height: "md", AdjustMode: "shrink-to-fit", Scaling: true, Action: a}
	if full := oneLine(b.Label); full != a.Label {
		return []*node{words(clipUnits(full, leadUnits)), n}
	}
	return []*node{n}
}

func buttons(list []flows.Button, style, color string) []*node {
	var out []*node
	for _, b := range list {
		out = append(out, button(b, style, color)...)
	}
	return out
}

// ways draws the exits: always last, two in a row, calm. PC LINE shows no quick
// replies, so they stand here too.
func ways(exits []flows.Button) *node {
	var rows []*node
	var row *node
	for _, e := range exits {
		a := act(e, maxQuickLabel)
		if a == nil {
			continue
		}
		if row == nil || len(row.Contents) == 2 {
			row = &node{Type: "box", Layout: "horizontal", Spacing: "sm"}
			rows = append(rows, row)
		}
		row.Contents = append(row.Contents, &node{
			Type: "button", Style: "link", Color: indigo, Height: "sm", AdjustMode: "shrink-to-fit", Scaling: true, Action: a,
		})
	}
	if rows == nil {
		return nil
	}
	return &node{Type: "box", Layout: "vertical", Contents: rows, Padding: "8px", Ground: paper}
}

// chips are the same exits as quick replies, for phones.
func chips(exits []flows.Button) *quick {
	var q quick
	for _, e := range exits {
		if a := act(e, maxQuickLabel); a != nil && len(q.Items) < maxQuick {
			q.Items = append(q.Items, quickItem{Type: "action", Action: a})
		}
	}
	if q.Items == nil {
		return nil
	}
	return &q
}

// field is the ground of a card's head: calm, by what the card is.
func field(kind string) string {
	switch kind {
	case "service", "contact":
		return lamp // somebody is there
	case "ibasho", "event", "role":
		return mossTint
	}
	return paper
}

// drawCard draws an offer: its name on a field of colour, a sentence, facts, what to do.
func drawCard(c *flows.CardView) *bubble {
	b := &bubble{Type: "bubble", Size: "giga", Body: column()}
	if t := oneLine(c.Title); !blank(t) {
		title := words(t)
		title.Weight, title.Size = "bold", "lg"
		b.Header = column(title)
		b.Header.Ground = field(c.Kind)
	}
	if lead := clean(c.Lead); !blank(lead) {
		b.Body.Contents = append(b.Body.Contents, words(lead))
	}
	for _, f := range c.Facts {
		if f = oneLine(f); !blank(f) {
			line := words("・" + f)
			line.Color, line.Size = softInk, "sm"
			b.Body.Contents = append(b.Body.Contents, line)
		}
	}
	style, color := "primary", moss // the one next act; the others are quieter
	for _, choice := range c.Buttons {
		if n := button(choice, style, color); n != nil {
			b.Body.Contents = append(b.Body.Contents, n...)
			style, color = "secondary", mossTint
		}
	}
	return b
}

// encode is compact JSON with its signs as they are, so that sizes are LINE's sizes.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("line: encode: " + err.Error()) // strings and booleans only: cannot fail
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
