package line

import (
	"encoding/json"
	"errors"
	"strings"

	"engawa/flows"
)

// What Render cannot make a message of.
var (
	ErrEmpty   = errors.New("line: render: nothing to say")
	ErrTooLong = errors.New("line: render: more than five messages can hold")
)

// RenderOptions is what an effect does not say about its looks. Zero values are the house's own.
type RenderOptions struct {
	Words   string // EfHuman: what the coordinator wrote
	Machine string // sender's name of the machine: 縁側(機械)
	Human   string // sender's name of a human, {staff} is their alias: 相談員 {staff}
	Notify  string // what the lock screen shows of a human's words: お返事があります
	Icons   string // https address under which machine.png and human.png lie; "" = no icons
}

// Lengths of our own, so that a talk stays a talk.
const (
	leadUnits  = 600  // a longer last text stays a text message; its buttons follow in a bubble of their own
	wordsUnits = 2000 // a human's words per bubble
	mostLinks  = 4    // buttons made of addresses and numbers, per bubble
)

// piece is one message in the making: a text, or a Flex bubble with its alternative text.
type piece struct {
	text string
	flex *bubble
	alt  string
}

// Render makes the LINE messages of one effect: at most five, each within LINE's
// limits. Texts stay texts; choices stand as full-width buttons in a Flex bubble,
// offers as cards, a human's words in a bubble whose notification says only that
// there is an answer. The exits stand in the last bubble and, for phones, as quick
// replies under it. Nothing is cut silently: what is long is split.
func Render(e flows.Effect, o RenderOptions) ([]json.RawMessage, error) {
	o.fill()
	pieces := bubbles(e, o)
	if len(pieces) == 0 {
		return nil, ErrEmpty
	}
	pieces, err := fit(closing(pieces, e))
	if err != nil {
		return nil, err
	}
	from := o.sender(e.Voice, e.Staff)
	out := make([]json.RawMessage, len(pieces))
	for i, p := range pieces {
		m := message{Type: "text", Text: p.text, Sender: from}
		if p.flex != nil {
			m = message{Type: "flex", AltText: clipUnits(p.alt, maxAltText), Contents: p.flex, Sender: from}
		}
		if i == len(pieces)-1 {
			m.QuickReply = chips(e.Exits)
		}
		out[i] = encode(m)
	}
	return out, nil
}

// Looks are the names under which the two mouths of a house speak in a language.
func Looks(b *flows.Bundle, l flows.Lang) RenderOptions {
	name := func(key string) string {
		for _, p := range b.Lines[key] {
			text, _ := p.In(l)
			return text
		}
		return ""
	}
	return RenderOptions{Machine: name("sender.machine"), Human: name("sender.human"), Notify: name("notify.alt")}
}

func (o *RenderOptions) fill() {
	for field, own := range map[*string]string{&o.Machine: "縁側(機械)", &o.Human: "相談員 {staff}", &o.Notify: "お返事があります"} {
		if blank(*field) {
			*field = own
		}
	}
}

// sender names the mouth that speaks. LINE refuses names that look like its own.
func (o *RenderOptions) sender(v flows.Voice, staff string) *sender {
	name, icon := o.Machine, "machine.png"
	if v == flows.Human {
		name, icon = strings.ReplaceAll(o.Human, "{staff}", staff), "human.png"
	}
	name = oneLine(name)
	if blank(name) || strings.Contains(strings.ToLower(name), "line") {
		name = map[bool]string{true: "相談員", false: "縁側(機械)"}[v == flows.Human]
	}
	s := &sender{Name: clipUnits(name, maxSender)}
	if o.Icons != "" {
		s.Icon = strings.TrimRight(o.Icons, "/") + "/" + icon
	}
	return s
}

// bubbles turns what is to be said into pieces, in order.
func bubbles(e flows.Effect, o RenderOptions) []piece {
	var out []piece
	placed := false
	for _, b := range e.Bubbles {
		out = append(out, texts(b.Text)...)
		if b.Card != nil {
			out = append(out, card(b.Card)...)
		}
		if b.Words {
			out, placed = append(out, spoken(o)...), true
		}
	}
	if !placed && e.Kind == flows.EfHuman {
		out = append(out, spoken(o)...)
	}
	return out
}

func texts(s string) []piece {
	var out []piece
	for _, t := range split(clean(s), maxText) {
		if !blank(t) {
			out = append(out, piece{text: t})
		}
	}
	return out
}

// card is a Flex bubble; one that LINE would find too big is told as text.
func card(c *flows.CardView) []piece {
	b := drawCard(c)
	if b.Header == nil && len(b.Body.Contents) == 0 {
		return nil
	}
	if len(b.Body.Contents) == 0 {
		b.Body = nil
	}
	alt := strings.TrimSpace(oneLine(c.Title) + "\n" + clean(c.Lead))
	if blank(alt) {
		alt = "…"
	}
	if len(encode(b)) <= maxBubbleJSON/2 { // the other half is for choices and exits
		return []piece{{flex: b, alt: alt}}
	}
	out := texts(alt + "\n" + strings.Join(c.Facts, "\n"))
	if list := buttons(c.Buttons, "secondary", mossTint); list != nil {
		out = append(out, piece{flex: &bubble{Type: "bubble", Size: "giga", Body: column(list...)}, alt: alt})
	}
	return out
}

// spoken is a human's words. They travel as Flex, so that the lock screen stays
// silent; what one would tap in them becomes a button.
func spoken(o RenderOptions) []piece {
	var out []piece
	for _, t := range split(clean(o.Words), wordsUnits) {
		if blank(t) {
			continue
		}
		body := column(words(t))
		for i, l := range links(t) {
			if i < mostLinks {
				body.Contents = append(body.Contents, button(flows.Button{Label: clip(l.label, maxFlexLabel), URI: l.uri}, "link", indigo)...)
			}
		}
		out = append(out, piece{flex: &bubble{Type: "bubble", Size: "giga", Body: body}, alt: o.Notify})
	}
	return out
}

// closing gives the last bubble its choices and the ways out.
func closing(pieces []piece, e flows.Effect) []piece {
	list, exits := buttons(e.Choices, "secondary", mossTint), ways(e.Exits)
	if list == nil && exits == nil {
		return pieces
	}
	last := pieces[len(pieces)-1]
	switch {
	case last.flex != nil:
	case units(last.text) <= leadUnits && len(links(last.text)) == 0:
		last = piece{flex: &bubble{Type: "bubble", Size: "giga", Body: column(words(last.text))}, alt: last.text}
		pieces[len(pieces)-1] = last
	default: // long, or with something to tap in it
		last = piece{flex: &bubble{Type: "bubble", Size: "giga"}, alt: last.text}
		pieces = append(pieces, last)
	}
	pieces = offer(pieces, list)
	last = pieces[len(pieces)-1]
	for last.flex.Footer = exits; exits != nil && len(encode(last.flex)) > maxBubbleJSON; {
		exits.Contents = exits.Contents[:len(exits.Contents)-1] // it still stands among the quick replies
		if len(exits.Contents) == 0 {
			last.flex.Footer, exits = nil, nil
		}
	}
	return pieces
}

// offer sets choices under what the last bubble says. Where LINE would find it too
// big, the rest goes to a bubble of its own.
func offer(pieces []piece, list []*node) []piece {
	last := pieces[len(pieces)-1]
	if list == nil {
		return pieces
	}
	if last.flex.Body == nil {
		last.flex.Body = column()
	}
	said := last.flex.Body.Contents
	if len(said) > 1 {
		list = append([]*node{rule()}, list...)
	}
	last.flex.Body.Contents = append(said, list...)
	if len(encode(last.flex)) <= maxBubbleJSON*2/3 {
		return pieces
	}
	last.flex.Body.Contents = said
	if len(list) == 1 && len(said) == 0 {
		last.flex.Body.Contents = list
		return pieces
	}
	half := max(1, len(list)/2)
	if len(said) == 0 { // already alone: halve it
		pieces = offer(pieces, list[:half])
		list = list[half:]
	}
	return offer(append(pieces, piece{flex: &bubble{Type: "bubble", Size: "giga"}, alt: last.alt}), list)
}

// fit brings the pieces down to the five that one reply can carry, by joining
// texts that stand next to each other.
func fit(pieces []piece) ([]piece, error) {
	for i := 0; len(pieces) > maxObjects; {
		if i+1 >= len(pieces) {
			return nil, ErrTooLong
		}
		a, b := pieces[i], pieces[i+1]
		if joined := a.text + "\n" + b.text; a.flex == nil && b.flex == nil && units(joined) <= maxText {
			pieces = append(pieces[:i], pieces[i+1:]...)
			pieces[i] = piece{text: joined}
			continue
		}
		i++
	}
	return pieces, nil
}

// Check tells what Render would have to bend or leave out, for those who publish
// words: nil means that everything will be seen as it was written.
func Check(e flows.Effect) error {
	var all []error
	say := func(what, label string) { all = append(all, errors.New("line: "+what+": "+label)) }
	list := append(append([]flows.Button{}, e.Choices...), e.Exits...)
	for _, b := range e.Bubbles {
		if b.Card != nil {
			list = append(list, b.Card.Buttons...)
		}
	}
	for _, b := range list {
		switch a := act(b, maxQuickLabel); {
		case a == nil:
			say("button cannot be sent", b.Label)
		case a.Label != b.Label:
			say("label is longer than 20 graphemes or has more than one line", b.Label)
		}
	}
	if len(e.Exits) > maxQuick {
		say("more than 13 exits", "")
	}
	if _, err := Render(e, RenderOptions{Words: "…"}); err != nil {
		all = append(all, err)
	}
	return errors.Join(all...)
}
