package emulator

import (
	"encoding/json"
	"strconv"
)

// Small readers over decoded JSON. They answer with nothing when something is
// absent, so that the rules read as sentences.

func child(o map[string]any, key string) map[string]any {
	v, _ := o[key].(map[string]any)
	return v
}

func items(o map[string]any, key string) []map[string]any {
	list, _ := o[key].([]any)
	out := make([]map[string]any, 0, len(list))
	for _, v := range list {
		m, _ := v.(map[string]any)
		out = append(out, m)
	}
	return out
}

func text(o map[string]any, key string) string {
	s, _ := o[key].(string)
	return s
}

func whole64(o map[string]any, key string) int64 {
	n, _ := o[key].(json.Number)
	i, _ := n.Int64()
	return i
}

func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
