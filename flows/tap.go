package flows

import (
	"errors"
	"hash/fnv"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// ErrTap is returned for postback data that no button of ours ever carried.
var ErrTap = errors.New("flows: not a button of ours")

const (
	tapVersion = "1"
	tapMax     = 300 // LINE: postback data, in UTF-16 units
	hashMax    = 12
)

// EncodeTap writes a tap as postback data: version, bundle, turn, exit, scene,
// choice, argument. The label stays behind: what a button said is looked up in
// the bundle, never believed from the wire. A tap too long for LINE becomes one
// that only says when it was drawn, which is answered with what is on the screen.
func EncodeTap(t Tap) string {
	var room [128]byte
	return string(appendTap(room[:0], &t))
}

func appendTap(w []byte, t *Tap) []byte {
	if !utf8.ValidString(t.Bundle) || !utf8.ValidString(string(t.Exit)) || !utf8.ValidString(string(t.Scene)) || !utf8.ValidString(t.Arg) {
		return appendBare(w, t)
	}
	from := len(w)
	w = append(w, tapVersion+"|"...)
	w = append(escape(w, shortHash(t.Bundle)), '|')
	w = append(strconv.AppendUint(w, uint64(t.Turn), 36), '|')
	w = append(escape(w, string(t.Exit)), '|')
	w = append(escape(w, string(t.Scene)), '|')
	if t.Choice > 0 {
		w = strconv.AppendInt(w, int64(t.Choice), 10)
	}
	w = escape(append(w, '|'), t.Arg)
	if fitsTap(w[from:]) {
		return w
	}
	return appendBare(w[:from], t)
}

func appendBare(w []byte, t *Tap) []byte {
	w = append(w, tapVersion+"||"...)
	return append(strconv.AppendUint(w, uint64(t.Turn), 36), "||||"...)
}

func shortHash(h string) string {
	if len(h) > hashMax && utf8.ValidString(h[:hashMax]) {
		return h[:hashMax]
	}
	return h
}

func fitsTap(s []byte) bool {
	if len(s) <= tapMax { // bytes are never fewer than UTF-16 units
		return true
	}
	n := 0
	for len(s) > 0 {
		r, size := utf8.DecodeRune(s)
		n += utf16.RuneLen(r)
		s = s[size:]
	}
	return n <= tapMax
}

// escape keeps the separator out of names; nothing else needs it.
func escape(w []byte, s string) []byte {
	for {
		i := 0
		for i < len(s) && s[i] != '|' && s[i] != '%' {
			i++
		}
		if i == len(s) {
			return append(w, s...)
		}
		w = append(w, s[:i]...)
		if s[i] == '|' {
			w = append(w, "%7C"...)
		} else {
			w = append(w, "%25"...)
		}
		s = s[i+1:]
	}
}

var escaped = strings.NewReplacer("%7C", "|", "%25", "%")

func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	return escaped.Replace(s)
}

// DecodeTap reads postback data. Only what EncodeTap can have written is read;
// everything else is ErrTap, without the data in it.
func DecodeTap(data string) (Tap, error) {
	if len(data) > 4*tapMax || !utf8.ValidString(data) || strings.Count(data, "|") != 6 {
		return Tap{}, ErrTap
	}
	var parts [7]string
	rest := data
	for i := range parts {
		parts[i], rest, _ = strings.Cut(rest, "|")
	}
	turn, err := strconv.ParseUint(parts[2], 36, 32)
	if err != nil || parts[0] != tapVersion {
		return Tap{}, ErrTap
	}
	t := Tap{
		Bundle: unescape(parts[1]),
		Turn:   uint32(turn),
		Exit:   Exit(unescape(parts[3])),
		Scene:  SceneKey(unescape(parts[4])),
		Arg:    unescape(parts[6]),
	}
	if parts[5] != "" {
		if t.Choice, err = strconv.Atoi(parts[5]); err != nil || t.Choice < 1 {
			return Tap{}, ErrTap
		}
	}
	// One button has one spelling: what we would not write ourselves is not ours.
	var room [128]byte
	if string(appendTap(room[:0], &t)) != data {
		return Tap{}, ErrTap
	}
	return t, nil
}

// mark is a short print of a choice. It finds the same choice again in a later
// release, where its place among the others may have changed.
func mark(c *Choice) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(c.Label[Ja]))
	_, _ = h.Write([]byte{0})
	_, _ = h.Write([]byte(c.Next))
	return strconv.FormatUint(uint64(h.Sum32()), 36)
}

// chosen finds the choice that a tap means in this bundle, 0 if it is gone.
func (b *Bundle) chosen(t Tap) (*Scene, int) {
	sc := b.Scenes[b.Moved(t.Scene)]
	if sc == nil {
		return nil, 0
	}
	if t.Choice >= 1 && t.Choice <= len(sc.Choices) && (t.Arg == "" || t.Bundle == shortHash(b.Hash) || mark(&sc.Choices[t.Choice-1]) == t.Arg) {
		return sc, t.Choice
	}
	for i := range sc.Choices {
		if t.Arg != "" && mark(&sc.Choices[i]) == t.Arg {
			return sc, i + 1
		}
	}
	return nil, 0
}
