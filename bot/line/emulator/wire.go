package emulator

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Sign is LINE's signature: base64 of HMAC-SHA256 over the raw body, keyed with the channel secret.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// wire is a string as LINE writes it: signs outside the BMP (emoji) as \uXXXX
// pairs, so that whoever decodes and encodes a body again never finds the
// signature right. A surrogate that stands alone (three bytes ED A0..BF xx in a
// Go string) goes out alone too, as broken phones do send it.
type wire string

// MarshalJSON writes the escapes.
func (w wire) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('"')
	for s := string(w); s != ""; {
		r, n := utf8.DecodeRuneInString(s)
		switch lone, is := loneSurrogate(s); {
		case is:
			fmt.Fprintf(&b, `\u%04x`, lone)
			n = 3
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == utf8.RuneError || r == '\u2028' || r == '\u2029':
			fmt.Fprintf(&b, `\u%04x`, r)
		case r > 0xFFFF:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
		default:
			b.WriteRune(r)
		}
		s = s[n:]
	}
	b.WriteByte('"')
	return []byte(b.String()), nil
}

// loneSurrogate reads the three bytes that would encode a surrogate, which UTF-8 forbids.
func loneSurrogate(s string) (rune, bool) {
	if len(s) < 3 || s[0] != 0xED || s[1] < 0xA0 || s[1] > 0xBF || s[2] < 0x80 || s[2] > 0xBF {
		return 0, false
	}
	return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), true
}

// LoneSurrogate is half an emoji, for texts that tests send.
const LoneSurrogate = "\xED\xA0\xBD"

// encode writes JSON without HTML escapes.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("emulator: encode: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
