package webhook

import (
	"encoding/json"
	"strings"

	"engawa/bot/inbox"
)

// glance reads a body of the shape that LINE always sends, in one pass over bytes
// that are known to be JSON. Whatever looks otherwise in the least (an escape in a
// name, a name twice, a number where a word belongs) is left to [line.Envelope] and
// [study], which know what to do with it; a fuzz test holds the two equal.
func glance(body []byte) (destination string, events []arrival, ok bool) {
	if !json.Valid(body) {
		return "", nil, false
	}
	var list []byte
	seen := 0
	ok = members(body, envelopeNames, func(name string, value []byte) bool {
		seen++
		if name == "events" {
			list = value
			return value[0] == '['
		}
		destination, ok = word(value)
		return ok
	})
	if !ok || seen != len(envelopeNames) {
		return "", nil, false
	}
	if events = make([]arrival, 0, 1); !elements(list, func(raw []byte) bool {
		e, ok := glanceEvent(raw)
		events = append(events, e)
		return ok
	}) {
		return "", nil, false
	}
	return destination, events, true
}

var (
	envelopeNames = []string{"destination", "events"}
	eventNames    = []string{"type", "webhookEventId", "source"}
	sourceNames   = []string{"type", "userId", "groupId", "roomId"}
)

func glanceEvent(raw []byte) (arrival, bool) {
	var id, kind string
	var user, group, room string
	ok := members(raw, eventNames, func(name string, value []byte) (ok bool) {
		switch name {
		case "type":
			kind, ok = word(value)
		case "webhookEventId":
			id, ok = word(value)
		default:
			ok = members(value, sourceNames, func(name string, value []byte) (ok bool) {
				switch name {
				case "userId":
					user, ok = word(value)
				case "groupId":
					group, ok = word(value)
				case "roomId":
					room, ok = word(value)
				default:
					_, ok = word(value)
				}
				return ok
			})
		}
		return ok
	})
	if !ok || kind == "" || !plain(id) {
		return arrival{}, false
	}
	from := user
	if room != "" {
		from = room
	}
	if group != "" {
		from = group
	}
	return arrival{id: id, kind: inbox.FromLINE, from: from, raw: raw}, true
}

// members goes through an object and gives each wanted member once. It says no when
// this is no object, or when encoding/json might read another name than we do.
func members(object []byte, wanted []string, give func(name string, value []byte) bool) bool {
	if i := space(object, 0); i == len(object) || object[i] != '{' {
		return false
	}
	given := 0 // one bit for each wanted name
	for i := space(object, space(object, 0)+1); object[i] != '}'; {
		end := value(object, i)
		name := object[i+1 : end-1]
		i = space(object, space(object, end)+1) // past the colon
		end = value(object, i)
		which, sure := find(wanted, name)
		if !sure || which >= 0 && given&(1<<which) != 0 {
			return false
		}
		if which >= 0 {
			given |= 1 << which
			if !give(wanted[which], object[i:end]) {
				return false
			}
		}
		if i = space(object, end); object[i] == ',' {
			i = space(object, i+1)
		}
	}
	return true
}

// find looks a name up. It is not sure of one that would fold into a wanted name,
// because encoding/json does not mind the case.
func find(wanted []string, name []byte) (which int, sure bool) {
	for i, w := range wanted {
		if string(name) == w {
			return i, true
		}
	}
	for _, c := range name {
		if c == '\\' || c >= 0x80 {
			return -1, false
		}
	}
	for _, w := range wanted {
		if len(w) == len(name) && strings.EqualFold(w, string(name)) {
			return -1, false
		}
	}
	return -1, true
}

// elements gives each element of an array.
func elements(array []byte, give func([]byte) bool) bool {
	for i := space(array, 1); array[i] != ']'; {
		end := value(array, i)
		if !give(array[i:end]) {
			return false
		}
		if i = space(array, end); array[i] == ',' {
			i = space(array, i+1)
		}
	}
	return true
}

// word is a string of plain signs, which needs no decoding.
func word(value []byte) (string, bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	value = value[1 : len(value)-1]
	for _, c := range value {
		if c == '\\' || c < ' ' || c > '~' {
			return "", false
		}
	}
	return string(value), true
}

// space skips white space.
func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// value finds the end of the value that begins here. The bytes are JSON, so nothing
// needs to be checked, and depth is only counted.
func value(b []byte, i int) int {
	depth := 0
	for {
		switch b[i] {
		case '"':
			i = quoted(b, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		case ',', ':', ' ', '\n', '\t', '\r':
			i++
			continue // no value ends with these
		default:
			for i < len(b) && !strings.ContainsRune(",]} \n\t\r", rune(b[i])) {
				i++
			}
		}
		if depth == 0 {
			return i
		}
	}
}

// quoted finds the end of the string that begins here.
func quoted(b []byte, i int) int {
	for i++; ; i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}
