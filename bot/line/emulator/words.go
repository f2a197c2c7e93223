package emulator

import (
	"encoding/json"
	"strings"
)

// read makes a message object readable: its words and what can be tapped.
// The message has passed check, but read must bear anything.
func read(raw json.RawMessage) Delivered {
	d := Delivered{Raw: raw}
	m, err := decode(raw)
	if err != nil {
		return d
	}
	d.Type, d.AltText = text(m, "type"), text(m, "altText")
	sender := child(m, "sender")
	d.Sender, d.Icon = text(sender, "name"), text(sender, "iconUrl")
	w := &words{}
	switch d.Type {
	case "flex":
		w.flex(child(m, "contents"), 0)
	case "template":
		w.template(child(m, "template"))
	case "location":
		w.add(text(m, "title"), text(m, "address"))
	default:
		w.add(text(m, "text"))
	}
	d.Text, d.Buttons = strings.Join(w.lines, "\n"), w.buttons
	for _, item := range items(child(m, "quickReply"), "items") {
		d.Quick = append(d.Quick, button(child(item, "action")))
	}
	return d
}

// words gathers what a person reads and can tap, in the order of the screen.
type words struct {
	lines   []string
	buttons []Button
}

func (w *words) add(lines ...string) {
	for _, l := range lines {
		if l != "" {
			w.lines = append(w.lines, l)
		}
	}
}

func (w *words) flex(v map[string]any, depth int) {
	if v == nil || depth > deepest {
		return
	}
	for _, part := range []string{"header", "hero", "body", "footer"} {
		w.flex(child(v, part), depth+1)
	}
	switch v["type"] {
	case "text", "span":
		w.add(text(v, "text"))
	case "button":
		w.add(text(child(v, "action"), "label"))
	}
	if a := child(v, "action"); a != nil {
		w.buttons = append(w.buttons, button(a))
	}
	for _, inner := range items(v, "contents") {
		w.flex(inner, depth+1)
	}
}

func (w *words) template(t map[string]any) {
	if t == nil {
		return
	}
	w.add(text(t, "title"), text(t, "text"))
	actions := items(t, "actions")
	if one := child(t, "action"); one != nil {
		actions = append(actions, one)
	}
	for _, a := range actions {
		w.add(text(a, "label"))
		w.buttons = append(w.buttons, button(a))
	}
	for _, column := range items(t, "columns") {
		if column["columns"] == nil {
			w.template(column)
		}
	}
}

func button(a map[string]any) Button {
	return Button{
		Label: text(a, "label"), Type: text(a, "type"), Data: text(a, "data"), Text: text(a, "text"),
		Shown: text(a, "displayText"), URI: text(a, "uri"), action: a,
	}
}

// voice tells which mark stands beside a bubble: a leaf for the machine, a lamp
// for a human. The sender's icon says it; without one, the name does.
func voice(d Delivered) string {
	switch {
	case strings.Contains(d.Icon, "human") || strings.Contains(d.Icon, "lamp"):
		return "lamp"
	case strings.Contains(d.Icon, "machine") || strings.Contains(d.Icon, "leaf") || d.Sender == "":
		return "leaf"
	}
	for _, machine := range []string{"機械", "縁側", "machine", "engawa"} {
		if strings.Contains(strings.ToLower(d.Sender), machine) {
			return "leaf"
		}
	}
	return "lamp"
}
