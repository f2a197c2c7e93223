package flows

import "time"

// Facts is the closed list of what makes a step low, in the order in which it is
// shown. Each has its sentence in the languages as the line 「fact.…」.
var Facts = []string{"話さなくてOK", "見学だけ", "途中で帰れる", "名前いらない", "10分だけ", "オンライン", "文字で話せる",
	"付き添いOK", "子連れOK", "段差なし", "無料", "予約いらない", "夜もあいている"}

// How long a verification by a person is good for.
const (
	contactFresh = 90 * 24 * time.Hour
	placeFresh   = 180 * 24 * time.Hour
)

// Fresh says whether a card may reach a resident at the time now: it is one of
// the numbers that always answer, or a person verified it not too long ago.
func (c *Card) Fresh(now time.Time) bool {
	if c.Always {
		return true
	}
	return now.Before(c.FreshUntil())
}

// FreshUntil is until when a verification holds; zero if there is none.
func (c *Card) FreshUntil() time.Time {
	switch {
	case c.By == "" || c.Verified.IsZero():
		return time.Time{}
	case !c.Expires.IsZero(): // the city's own shelf life, or the author's last day
		return c.Expires
	case c.Kind == "contact":
		return c.Verified.Add(contactFresh)
	}
	return c.Verified.Add(placeFresh)
}

// Showable finds the card that may be shown for id: itself, or what its author
// named in its stead, or nothing.
func (b *Bundle) Showable(id CardID, now time.Time) *Card {
	for hops := 0; hops < 4; hops++ {
		c := b.Cards[id]
		if c == nil {
			return nil
		}
		if c.Kind == "memo" || c.Fresh(now) {
			return c
		}
		id = c.Instead
	}
	return nil
}

// Draw puts a card into the words of a language.
func (b *Bundle) Draw(c *Card, l Lang) CardView {
	v := CardView{ID: c.ID, Kind: c.Kind}
	v.Title, _ = c.Title.In(l)
	v.Lead, _ = c.Lead.In(l)
	add := func(p Phrase) {
		if s, _ := p.In(l); s != "" {
			v.Facts = append(v.Facts, s)
		}
	}
	for _, id := range c.Facts {
		if len(b.Lines["fact."+id]) > 0 {
			add(b.Lines["fact."+id][0])
		} else {
			v.Facts = append(v.Facts, id)
		}
	}
	add(c.Hours)
	add(c.Place)
	add(c.Arrive)
	if c.Phone != "" {
		v.Facts = append(v.Facts, c.Phone) // a PC cannot call, but its user can read
		v.Buttons = append(v.Buttons, Button{Label: b.label("label.call", l), URI: "tel:" + c.Phone})
	}
	if c.URL != "" {
		v.Buttons = append(v.Buttons, Button{Label: b.label("label.look", l), URI: c.URL})
	}
	return v
}

// OpenNow says whether a card answers at the moment now, and when that changes.
// known is false where its hours are told in words only.
func (b *Bundle) OpenNow(c *Card, now time.Time) (open bool, next time.Time, known bool) {
	if len(c.Week) == 0 {
		return false, time.Time{}, false
	}
	hours := House{Zone: b.House.Zone, Hours: c.Week}
	if !c.Holidays {
		hours.Closed = b.House.Closed
	}
	open, next = hours.OpenAt(now)
	return open, next, true
}

// DrawAt is Draw with a word on whether it is open at this moment, before the
// other facts: who reads it at night must not find a closed door.
func (b *Bundle) DrawAt(c *Card, l Lang, now time.Time) CardView {
	v := b.Draw(c, l)
	open, _, known := b.OpenNow(c, now)
	if !known {
		return v
	}
	key := "card.closed"
	if open {
		key = "card.open"
	}
	if ps := b.Lines[key]; len(ps) > 0 {
		if text, _ := ps[0].In(l); text != "" {
			v.Facts = append([]string{text}, v.Facts...)
		}
	}
	return v
}

// drawCard appends a card to an effect, if it may be shown, and once.
func (t *turn) drawCard(e *Effect, id CardID) {
	c := t.b.Showable(id, t.v.Now)
	if c == nil {
		t.because("card.hidden " + string(id))
		return
	}
	for i := range e.Bubbles {
		if e.Bubbles[i].Card != nil && e.Bubbles[i].Card.ID == c.ID {
			return
		}
	}
	view := t.b.DrawAt(c, t.lang(), t.v.Now)
	t.memo(&view, c)
	e.Bubbles = append(e.Bubbles, Bubble{Card: &view})
}
