package assist

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxAnswer is how long an answer may be that we look into at all.
const maxAnswer = 16 << 10

var errShape = errors.New("assist: not the agreed form")

// object is a JSON object whose keys were checked: exactly these, each once, in
// this spelling. encoding/json would forgive all three.
type object map[string]any

// parse reads one JSON object and nothing behind it. Values are object, []any,
// string, json.Number, bool or nil.
func parse(s string) (object, error) {
	if len(s) > maxAnswer || !utf8.ValidString(s) {
		return nil, errShape
	}
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	v, err := value(d, 0)
	if err != nil {
		return nil, errShape
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errShape
	}
	o, ok := v.(object)
	if !ok {
		return nil, errShape
	}
	return o, nil
}

// value reads one value from the stream of tokens; four levels are more than any answer needs.
func value(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil || depth > 4 {
		return nil, errShape
	}
	open, ok := t.(json.Delim)
	if !ok {
		return t, nil
	}
	if open == '[' {
		list := []any{}
		for d.More() {
			v, err := value(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	}
	if open != '{' {
		return nil, errShape
	}
	o := object{}
	for d.More() {
		k, err := d.Token()
		key, ok := k.(string)
		if _, twice := o[key]; err != nil || !ok || twice {
			return nil, errShape
		}
		if o[key], err = value(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err = d.Token()
	return o, err
}

// only says whether an object has exactly these keys.
func (o object) only(keys ...string) bool {
	if len(o) != len(keys) {
		return false
	}
	for k := range o {
		if !slices.Contains(keys, k) {
			return false
		}
	}
	return true
}

func (o object) text(key string) string {
	s, _ := o[key].(string)
	return s
}

// list is the objects of an array; false if anything else is in it or there are too many.
func (o object) list(key string, most int) ([]object, bool) {
	raw, ok := o[key].([]any)
	if !ok || len(raw) > most {
		return nil, false
	}
	out := make([]object, len(raw))
	for i, v := range raw {
		if out[i], ok = v.(object); !ok {
			return nil, false
		}
	}
	return out, true
}

// texts is an array of strings.
func (o object) texts(key string, most int) ([]string, bool) {
	raw, ok := o[key].([]any)
	if !ok || len(raw) > most {
		return nil, false
	}
	out := make([]string, len(raw))
	for i, v := range raw {
		if out[i], ok = v.(string); !ok {
			return nil, false
		}
	}
	return out, true
}

// whole is a number without a fraction, written like one.
func whole(v any) (int, bool) {
	n, ok := v.(json.Number)
	if !ok || strings.ContainsAny(n.String(), ".eE+-") {
		return 0, false
	}
	i, err := n.Int64()
	return int(i), err == nil && i < 1<<31
}

// numbers is an array of such numbers.
func (o object) numbers(key string, most int) ([]int, bool) {
	raw, ok := o[key].([]any)
	if !ok || len(raw) > most {
		return nil, false
	}
	out := make([]int, len(raw))
	for i, v := range raw {
		if out[i], ok = whole(v); !ok {
			return nil, false
		}
	}
	return out, true
}
