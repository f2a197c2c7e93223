package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Problem is one thing LINE would not take: where, and why. It never repeats
// what was sent, because problems end up in error texts and logs.
type Problem struct {
	Message  string `json:"message"`
	Property string `json:"property,omitempty"`
}

// deepest is how far objects may nest; nothing LINE draws comes near it.
const deepest = 40

// reader walks a decoded request along the table and gathers what is wrong.
type reader struct {
	problems []Problem
}

// typeOf is the type word that an object of a shape must carry, if it belongs to a union.
var typeOf = func() map[string]string {
	words := map[string]string{}
	for _, u := range unions {
		for word, name := range u {
			words[name] = word
		}
	}
	return words
}()

func (c *reader) say(at, format string, args ...any) {
	if len(c.problems) < 10 { // LINE lists a few, not a flood
		c.problems = append(c.problems, Problem{Message: fmt.Sprintf(format, args...), Property: at})
	}
}

// decode reads one JSON value and nothing behind it. Numbers stay as written.
func decode(body []byte) (map[string]any, error) {
	if !utf8.Valid(body) {
		return nil, fmt.Errorf("emulator: not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("emulator: not a JSON object")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("emulator: something follows the JSON object")
	}
	if v == nil {
		return nil, fmt.Errorf("emulator: null is no request")
	}
	return v, nil
}

// check reads a body as one shape: its structure first, then the rules that
// depend on the place. It gives back the decoded body even if there are problems.
func check(shapeName string, body []byte) (map[string]any, []Problem, error) {
	v, err := decode(body)
	if err != nil {
		return nil, nil, err
	}
	c := &reader{}
	c.shape(shapeName, v, "", 0)
	if len(c.problems) == 0 {
		c.rules(shapeName, v)
	}
	return v, c.problems, nil
}

// shape checks one object against one shape.
func (c *reader) shape(name string, v any, at string, depth int) {
	if depth > deepest {
		c.say(at, "Nested too deeply")
		return
	}
	o, ok := v.(map[string]any)
	if !ok {
		c.say(at, "Must be an object")
		return
	}
	want := shapes[name]
	if word := typeOf[name]; word != "" && o["type"] != word {
		c.say(join(at, "type"), "Must be one of the following values: [%s]", word)
		return
	}
	for _, key := range sorted(o) {
		if _, known := want[key]; !known && (key != "type" || typeOf[name] == "") {
			c.say(join(at, printable(key)), "Unknown property")
		}
	}
	for _, key := range sorted(want) {
		f, value := want[key], o[key]
		if value == nil { // absent and null are the same to LINE
			if f.need {
				c.say(join(at, key), "May not be empty")
			}
			continue
		}
		c.field(f, value, join(at, key), depth)
	}
}

func (c *reader) field(f field, v any, at string, depth int) {
	switch f.kind {
	case aString:
		c.str(f, v, at)
	case anInt, aNumber:
		c.number(f, v, at)
	case aFlag:
		if _, ok := v.(bool); !ok {
			c.say(at, "Must be a boolean")
		}
	case anObject:
		c.object(f.of, v, at, depth)
	case aList:
		c.list(f, v, at, depth)
	case aMap:
		c.dict(f, v, at, depth)
	}
}

// object checks an object of a shape, or of whichever shape of a union its type names.
func (c *reader) object(of string, v any, at string, depth int) {
	u, isUnion := unions[of]
	if !isUnion {
		c.shape(of, v, at, depth+1)
		return
	}
	o, ok := v.(map[string]any)
	if !ok {
		c.say(at, "Must be an object")
		return
	}
	word, _ := o["type"].(string)
	name, known := u[word]
	if !known {
		c.say(join(at, "type"), "Must be one of the following values: [%s]", strings.Join(sorted(u), ", "))
		return
	}
	c.shape(name, v, at, depth+1)
}

func (c *reader) list(f field, v any, at string, depth int) {
	items, ok := v.([]any)
	if !ok {
		c.say(at, "Must be an array")
		return
	}
	if len(items) < f.min || f.max > 0 && len(items) > f.max {
		c.say(at, "Size must be between %d and %d", f.min, f.max)
		return
	}
	for i, item := range items {
		here := at + "[" + strconv.Itoa(i) + "]"
		if f.of != "" {
			c.object(f.of, item, here, depth)
		} else if _, ok := item.(string); !ok {
			c.say(here, "Must be a string")
		}
	}
}

func (c *reader) dict(f field, v any, at string, depth int) {
	o, ok := v.(map[string]any)
	if !ok {
		c.say(at, "Must be an object")
		return
	}
	if len(o) > f.max {
		c.say(at, "Size must be between 0 and %d", f.max)
		return
	}
	for _, key := range sorted(o) {
		c.object(f.of, o[key], join(at, printable(key)), depth)
	}
}

func (c *reader) str(f field, v any, at string) {
	s, ok := v.(string)
	if !ok {
		c.say(at, "Must be a string")
		return
	}
	if f.need && s == "" {
		c.say(at, "May not be empty")
		return
	}
	n := length(s, f.unit)
	if n < f.min || f.max > 0 && n > f.max {
		c.say(at, "Length must be between %d and %d", f.min, f.max)
		return
	}
	if f.enum != nil && !slices.Contains(f.enum, s) {
		c.say(at, "Must be one of the following values: [%s]", strings.Join(f.enum, ", "))
	}
	if f.re != nil && !f.re.MatchString(s) {
		c.say(at, "Invalid value")
	}
	if f.https && !isURL(s, "https") {
		c.say(at, "Invalid URL: https is needed")
	}
}

func (c *reader) number(f field, v any, at string) {
	n, ok := v.(json.Number)
	if !ok {
		c.say(at, "Must be a number")
		return
	}
	if f.kind == aNumber {
		if _, err := n.Float64(); err != nil {
			c.say(at, "Must be a number")
		}
		return
	}
	i, err := n.Int64()
	if err != nil {
		c.say(at, "Must be an integer")
		return
	}
	if i < int64(f.min) || f.max > 0 && i > int64(f.max) {
		c.say(at, "Must be between %d and %d", f.min, f.max)
	}
}

// length counts a string the way LINE does for that property.
func length(s string, u unit) int {
	if u == graphemes {
		return uniseg.GraphemeClusterCount(s)
	}
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// isURL tells whether s is an absolute URL of one of the schemes.
func isURL(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	if err != nil || !slices.Contains(schemes, u.Scheme) {
		return false
	}
	return u.Host != "" || u.Opaque != "" // tel:119 is opaque
}

func join(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

// printable keeps a foreign property name short and plain: it is not ours to repeat.
func printable(key string) string {
	if len(key) > 40 {
		return "…"
	}
	for _, r := range key {
		if r < '!' || r > '~' {
			return "…"
		}
	}
	return key
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
