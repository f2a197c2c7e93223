package line

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// LINE's limits, as far as we come near them. Texts count UTF-16 units, labels graphemes.
const (
	maxObjects     = 5    // message objects of one reply or push
	maxText        = 5000 // UTF-16 units of a text message
	maxAltText     = 1500 // UTF-16 units
	maxFlexLabel   = 40   // graphemes on a Flex button
	maxQuickLabel  = 20   // graphemes on a quick reply
	maxQuick       = 13   // quick replies
	maxData        = 300  // UTF-16 units of postback data
	maxDisplayText = 50   // graphemes; LINE allows 300
	maxURI         = 1000
	maxSender      = 20    // UTF-16 units of a sender's name
	maxBubbleJSON  = 30000 // bytes; LINE allows 30 KB
)

// units is the length of s as LINE counts texts.
func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// clean makes any string fit to be sent: broken encoding becomes U+FFFD, control
// characters vanish, and so do the marks that turn the direction of whatever
// follows them. Joiners stay: emoji and Nepali are spelt with them.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return '\n'
		case unicode.IsControl(r), r == '\uFEFF', r >= '\uFFF9' && r <= '\uFFFB', r&0xFFFE == 0xFFFE,
			r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
}

// blank tells whether nothing of s would be seen: LINE refuses such a text.
func blank(s string) bool {
	for _, r := range s {
		if !unicode.IsSpace(r) && !unicode.In(r, unicode.Cf, unicode.Mn, unicode.Me) && r != '\u3164' && r != '\u2800' {
			return false
		}
	}
	return true
}

// oneLine is clean for labels: a label has one line.
func oneLine(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// clip shortens a label to max graphemes and shows that it did. A grapheme can be
// endless, so its units are bounded too.
func clip(s string, max int) string {
	s = clipUnits(s, 8*max)
	if uniseg.GraphemeClusterCount(s) <= max {
		return s
	}
	var b strings.Builder
	for g := uniseg.NewGraphemes(s); max > 1 && g.Next(); max-- {
		b.WriteString(g.Str())
	}
	return b.String() + "…"
}

// clipUnits is clip for what LINE counts in UTF-16 units.
func clipUnits(s string, max int) string {
	if units(s) <= max {
		return s
	}
	var b strings.Builder
	n := 1
	for g := uniseg.NewGraphemes(s); g.Next(); {
		if n += units(g.Str()); n > max {
			break
		}
		b.WriteString(g.Str())
	}
	return b.String() + "…"
}

// split cuts s into pieces of at most max UTF-16 units. Nothing is lost: the
// pieces joined are s. It cuts where people pause (a line, a sentence, a space),
// inside a grapheme only if a single one is longer than a piece.
func split(s string, max int) []string {
	var out []string
	for units(s) > max {
		at := pause(s, max)
		out = append(out, s[:at])
		s = s[at:]
	}
	return append(out, s)
}

// pause finds the best place to cut s, at most max units in, never 0.
func pause(s string, max int) int {
	var pos, n int                // bytes and units so far
	var line, sentence, space int // the last place of each kind in the second half
	for g := uniseg.NewGraphemes(s); g.Next(); {
		c := g.Str()
		if n += units(c); n > max {
			break
		}
		pos += len(c)
		switch {
		case n <= max/2:
		case c == "\n":
			line = pos
		case strings.ContainsAny(c, "。！？!?"):
			sentence = pos
		case c == " " || c == "　" || c == "、":
			space = pos
		}
	}
	for _, at := range [...]int{line, sentence, space, pos} {
		if at > 0 {
			return at
		}
	}
	return runes(s, max) // one endless grapheme
}

// runes is the byte length of as many runes of s as fit in max units.
func runes(s string, max int) int {
	n := 0
	for i, r := range s {
		if n++; r > 0xFFFF {
			n++
		}
		if n > max {
			return i
		}
	}
	return len(s)
}

var (
	webLink = regexp.MustCompile(`https?://[!#-;=?-Z_a-z~%\[\]]+`)
	phone   = regexp.MustCompile(`(?:^|[^0-9-])(0\d{1,4}-\d{1,4}-\d{3,4}|0\d{9,10}|11[09]|189|#[78]\d{3})(?:$|[^0-9-])`)
)

// link is something in a text that a person would want to tap.
type link struct{ label, uri string }

// links finds the web addresses and telephone numbers of s, once each. Flex texts,
// unlike text messages, do not make them tappable by themselves.
func links(s string) []link {
	var out []link
	add := func(l link) {
		for _, o := range out {
			if o.uri == l.uri {
				return
			}
		}
		out = append(out, l)
	}
	for _, u := range webLink.FindAllString(s, -1) {
		u = strings.TrimRight(u, ".,;:!?)]'")
		_, label, _ := strings.Cut(u, "://")
		add(link{label, u})
	}
	for _, m := range phone.FindAllStringSubmatch(narrowDigits(webLink.ReplaceAllString(s, " ")), -1) {
		add(link{m[1], "tel:" + strings.ReplaceAll(m[1], "-", "")})
	}
	return out
}

// narrowDigits writes full-width digits and the many dashes of Japanese telephone
// numbers in the one way that a telephone understands.
func narrowDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case strings.ContainsRune("‐‑–—−ー－", r):
			return '-'
		case r == '＃':
			return '#'
		}
		return r
	}, s)
}
