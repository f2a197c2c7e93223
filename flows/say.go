package flows

import (
	"strconv"
	"strings"
	"time"
)

const (
	maxBubbles = 3
	maxExits   = 13 // LINE: quick replies under one message
)

// say answers the person's own event with the fixed line key. Callers set the
// state first: mode and question decide what stands beneath.
func (t *turn) say(key string, extra ...Exit) *Effect {
	return t.speak(EfAnswer, key, extra...)
}

func (t *turn) speak(kind EffectKind, key string, extra ...Exit) *Effect {
	e := t.add(kind, key)
	phrases := t.b.Lines[key]
	if (key == "talk" || key == "sticker") && len(phrases) > 0 { // these phrases are equals, not parts
		i := int(t.s.Varied % uint32(len(phrases))) //#nosec G115 -- phrases are a handful
		phrases = phrases[i : i+1]
		t.s.Varied++
	}
	t.write(e, phrases)
	if len(e.Bubbles) == 0 {
		t.write(e, []Phrase{lastResort(key)})
	}
	e.Exits = t.exits(extra...)
	return e
}

// add appends an empty effect; the pointer is good until the next one.
func (t *turn) add(kind EffectKind, line string) *Effect {
	if cap(t.out) == 0 {
		t.out = make([]Effect, 0, 2)
	}
	t.out = append(t.out, Effect{Kind: kind, Line: line, Lang: t.lang(), Place: t.where(kind)})
	return &t.out[len(t.out)-1]
}

// write puts phrases into an effect as bubbles, in the person's language.
func (t *turn) write(e *Effect, phrases []Phrase) {
	for _, p := range phrases {
		text, used, own := p.pick(t.lang())
		if text == "" {
			continue
		}
		t.foreign = t.foreign || !own
		text = t.expand(text, used)
		if len(e.Bubbles) == maxBubbles { // an over-long line is still said to its end
			e.Bubbles[maxBubbles-1].Text += "\n\n" + text
			continue
		}
		e.Bubbles = append(e.Bubbles, Bubble{Text: text})
	}
}

// pick is In, and tells which language it found.
func (p Phrase) pick(l Lang) (text string, used Lang, own bool) {
	text, own = p.In(l)
	switch {
	case own && (l != JaEasy || p[JaEasy] != ""):
		return text, l, true
	case own:
		return text, Ja, true
	case p[JaEasy] != "":
		return text, JaEasy, false
	}
	return text, Ja, false
}

// label is the text of a button: a line of one phrase.
func (b *Bundle) label(key string, l Lang) string {
	if ps := b.Lines[key]; len(ps) > 0 {
		if s, _ := ps[0].In(l); s != "" {
			return s
		}
	}
	if s, _ := resort[key].In(l); s != "" {
		return s
	}
	return key
}

// expand fills the placeholders of a line. Unknown ones stay as they are:
// check names them before a release does.
func (t *turn) expand(s string, l Lang) string {
	if strings.IndexByte(s, '{') < 0 {
		return s
	}
	var w strings.Builder
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			w.WriteString(s)
			return w.String()
		}
		n := strings.IndexByte(s[i:], '}')
		if n < 0 {
			w.WriteString(s)
			return w.String()
		}
		w.WriteString(s[:i])
		w.WriteString(t.slot(s[i:i+n+1], l))
		s = s[i+n+1:]
	}
}

func (t *turn) slot(name string, l Lang) string {
	switch name {
	case "{when}":
		return t.when(l)
	case "{staff}":
		if t.staff != "" {
			return t.staff
		}
		return t.b.label("label.staff", l)
	case "{from}":
		return t.from
	case "{ahead}":
		return strconv.Itoa(t.ahead)
	case "{group}":
		return t.groupName()
	case "{scene}":
		return t.b.placeName(t.was.Scene, l)
	}
	return name
}

// closes is until when somebody reads, while somebody does: as the roster says, which
// may lie over the hours of the house.
func (t *turn) closes() time.Time {
	open, closes := t.b.House.OpenAt(t.local())
	if next := t.v.NextOpen; next.After(t.v.Now) {
		return next
	}
	if !open {
		return time.Time{}
	}
	return closes
}

// when tells the coordinator's promise where the line is about one, else who reads next.
func (t *turn) when(l Lang) string {
	now := t.local()
	if !t.promise.IsZero() && t.resting() {
		return spoken(t.promise, now, around, l) // when it goes on, not until when somebody answers
	}
	if !t.promise.IsZero() {
		return spoken(t.promise, now, by, l)
	}
	if !t.v.Open {
		return spoken(t.v.NextOpen, now, around, l)
	}
	if closes := t.closes(); !closes.IsZero() {
		return spoken(closes, now, until, l)
	}
	switch l { // open beyond the usual hours: nobody promised an end
	case JaEasy:
		return "きょう"
	case Ja, "":
		return "きょうのうち"
	case En:
		return "today"
	}
	return ""
}

func (t *turn) local() time.Time {
	if t.b.House.Zone != nil {
		return t.v.Now.In(t.b.House.Zone)
	}
	return t.v.Now
}

// placeName is a scene as one would name it to the person: 「家賃」.
func (b *Bundle) placeName(k SceneKey, l Lang) string {
	if sc := b.Scenes[k]; sc != nil {
		flow := b.Flows[sc.Flow]
		if (l == Ja || l == "") && sc.Name != "" && (flow == nil || flow.Start != k) {
			return sc.Name
		}
		if flow != nil {
			if s, _ := flow.Title.In(l); s != "" {
				return s
			}
		}
	}
	return b.label("label.place", l)
}

// exits are the ways out under an effect: human and end first, always in the
// same place, then what fits the mode and the moment.
func (t *turn) exits(extra ...Exit) []Button {
	list := make([]Exit, 0, 8)
	list = append(list, ExHuman, ExEnd)
	switch t.s.Mode {
	case ModeWaiting:
		list = append(list, ExLeave)
	case ModeHuman:
		list = append(list, ExBot)
		if t.s.From != "" && !t.s.Wished {
			list = append(list, ExSame)
		}
	}
	if t.s.Place == InRoom && t.e.Place == InLINE {
		list = append(list, ExRoom)
	}
	for _, x := range extra {
		if !hasExit(list, x) && len(list) < maxExits {
			list = append(list, x)
		}
	}
	out := make([]Button, len(list), len(list)+3)
	for i, x := range list {
		out[i] = t.button(Tap{Exit: x})
		if x == ExSame {
			out[i] = t.sameButton()
		}
	}
	return out
}

func hasExit(list []Exit, x Exit) bool {
	for _, have := range list {
		if have == x {
			return true
		}
	}
	return false
}

// button draws a tap as the person sees it now.
func (t *turn) button(tap Tap) Button { return draw(t.b, &t.s, tap) }

func draw(b *Bundle, s *State, tap Tap) Button {
	tap.Bundle, tap.Turn = b.Hash, s.Turn
	if tap.Label == "" {
		tap.Label = LabelOf(b, s.Lang, tap)
	}
	return Button{Label: tap.Label, Data: EncodeTap(tap), Pick: picks(tap)}
}

// chip adds a way on beside the exits, while there is room for it.
func (e *Effect) chip(b Button) {
	if len(e.Exits) < maxExits && b.Label != "" {
		e.Exits = append(e.Exits, b)
	}
}
