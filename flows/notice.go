package flows

import "time"

// Notice is what the house tells everybody for a while: that nobody is there
// today, that there was a disaster. Each has its end and ends by itself.
type Notice struct {
	Away     time.Time // until when nobody reads, whatever the hours say; zero = they are there
	Disaster time.Time // until when the house lives under a disaster; zero = it does not
}

// AwayAt says whether nobody reads at t because of the notice.
func (n Notice) AwayAt(t time.Time) bool { return t.Before(n.Away) }

// DisasterAt says whether the house lives under a disaster at t.
func (n Notice) DisasterAt(t time.Time) bool { return t.Before(n.Disaster) }

// heed lets the notice change what the turn sees: who reads when, and which
// entrance leads. It works by value, so a replay of the turn says the same.
func (t *turn) heed() {
	n := t.v.Notice
	t.s.Disaster = n.DisasterAt(t.v.Now)
	if !n.AwayAt(t.v.Now) {
		return
	}
	back := t.b.House.Reopens(n.Away)
	if t.v.Open || t.v.NextOpen.Before(back) && !t.v.NextOpen.IsZero() {
		t.v.NextOpen = back
	}
	t.v.Open = false
}

// noticed are the lines that begin with the notice: those with which a talk or a
// wait begins. Everything else is changed by who reads when.
var noticed = map[string]bool{"greeting": true, "greeting.back": true, "follow": true, "menu.lead": true, "restart": true,
	"human.open": true, "human.closed": true}

// tellNotice puts the notice first, once a turn, unless a human has the talk.
func (t *turn) tellNotice() {
	if t.s.Mode == ModeHuman {
		return
	}
	for i := range t.out {
		e := &t.out[i]
		if e.Kind != EfAnswer || e.Crisis || !noticed[e.Line] {
			continue
		}
		text := ""
		if t.v.Notice.AwayAt(t.v.Now) && e.Line != "human.closed" { // that line says the same
			text = t.filled("notice.away", e.Lang)
		}
		if t.s.Disaster {
			if more := t.filled("notice.disaster", e.Lang); text != "" && more != "" {
				text = more + "\n\n" + text
			} else if more != "" {
				text = more
			}
		}
		if text != "" {
			t.because("notice")
			e.lead(text)
		}
		return
	}
}

// filled is a fixed sentence with its places filled in.
func (t *turn) filled(key string, l Lang) string {
	if len(t.b.Lines[key]) == 0 {
		return ""
	}
	text, used, _ := t.b.Lines[key][0].pick(l)
	return t.expand(text, used)
}

// disasterDoor is the entrance that leads in a disaster, "" if the city has none.
func (b *Bundle) disasterDoor() SceneKey {
	for _, id := range b.Order {
		if f := b.Flows[id]; f != nil && f.Topic == "disaster" && b.Scenes[f.Start] != nil {
			return f.Start
		}
	}
	return ""
}

// Reopens is when somebody reads next, at back or later.
func (h *House) Reopens(back time.Time) time.Time {
	if open, next := h.OpenAt(back); !open {
		return next
	}
	return back
}

// SpokenAt tells a coming time as people say it, for pages beside the talk.
func SpokenAt(at, now time.Time, l Lang) string { return spoken(at, now, around, l) }
