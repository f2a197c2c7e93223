// Package catalogue answers what can be offered now: which card may stand in for
// which, what is open at this hour, and what a person on the staff has to verify
// before it may be shown at all.
//
// The rule is one sentence: no contact but 110, 119 and 189 reaches a resident
// unless a person verified it within its shelf life; an expired one is replaced
// by its fallback and put on a list. The rule itself is [flows.Card.Fresh]; this
// package applies it to a whole release.
package catalogue

import (
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strings"
	"time"

	"engawa/flows"
)

// Stands tells for each card which card is shown in its place at the moment now:
// itself, its fallback, or none (then it is absent).
type Stands map[flows.CardID]flows.CardID

// Fresh applies the rule to every card of a bundle. With showExamples (demo and
// preview, never serve) an unverified card stands for itself: see [Examples].
func Fresh(b *flows.Bundle, now time.Time, showExamples bool) Stands {
	if showExamples {
		b = Examples(b, now)
	}
	out := Stands{}
	for id := range b.Cards {
		if c := b.Showable(id, now); c != nil {
			out[id] = c.ID
		}
	}
	return out
}

// Version names what is shown at present, for the journal of turns: two moments
// with the same version offer the same.
func (s Stands) Version() string {
	lines := make([]string, 0, len(s))
	for id, shown := range s {
		lines = append(lines, string(id)+"="+string(shown))
	}
	sort.Strings(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])[:12]
}

// marks tell in each language that a card is made up.
var marks = map[flows.Lang]string{flows.Ja: "（例）", flows.JaEasy: "（例(れい)）", flows.En: "[example] ", flows.Zh: "[示例] ", flows.Ko: "[예] ",
	flows.Vi: "[ví dụ] ", flows.Ne: "[उदाहरण] ", flows.Tl: "[halimbawa] ", flows.Pt: "[exemplo] "}

// Examples gives a bundle in which unverified cards can be seen, each marked as
// an example in its title. The given bundle stays as it is. Only demo and
// preview, where everything is made up, may say anything from it.
func Examples(b *flows.Bundle, now time.Time) *flows.Bundle {
	out := *b
	out.Cards = make(map[flows.CardID]*flows.Card, len(b.Cards))
	for id, c := range b.Cards {
		if c.Kind == "memo" || c.Fresh(now) {
			out.Cards[id] = c
			continue
		}
		shown := *c
		shown.Verified, shown.By, shown.Expires = now, "例", time.Time{}
		shown.Title = flows.Phrase{}
		for l, title := range c.Title {
			shown.Title[l] = marks[l] + title
		}
		out.Cards[id] = &shown
	}
	return &out
}

// Why says what keeps a card from being shown, or soon will.
type Why string

// The reasons on the staff's list.
const (
	Unverified Why = "unverified" // nobody has verified it yet
	Expired    Why = "expired"    // it was verified too long ago
	Soon       Why = "soon"       // it expires within a fortnight
)

const fortnight = 14 * 24 * time.Hour

// Row is one card for somebody to verify.
type Row struct {
	ID     flows.CardID
	Title  string // in Japanese
	Why    Why
	Until  time.Time    // Soon, Expired: the end of its shelf life
	Source string       // where to look
	Shown  flows.CardID // what residents see instead; "" nothing
}

// Unready lists what the staff has to verify: what is hidden first, then what
// soon will be, each by name.
func Unready(b *flows.Bundle, now time.Time) []Row {
	var out []Row
	for id, c := range b.Cards {
		why := standing(c, now)
		if why == "" {
			continue
		}
		r := Row{ID: id, Title: c.Title[flows.Ja], Why: why, Until: c.Expires, Source: c.Source}
		if s := b.Showable(id, now); s != nil {
			r.Shown = s.ID
		}
		out = append(out, r)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if (a.Why == Soon) != (b.Why == Soon) {
			return b.Why == Soon
		}
		return a.ID < b.ID
	})
	return out
}

func standing(c *flows.Card, now time.Time) Why {
	switch {
	case c.Always || c.Kind == "memo":
		return ""
	case c.By == "" || c.Verified.IsZero():
		return Unverified
	case !c.Fresh(now):
		return Expired
	case !c.Fresh(now.Add(fortnight)):
		return Soon
	}
	return ""
}
