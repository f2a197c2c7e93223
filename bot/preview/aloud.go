package preview

import (
	"encoding/json"
	"strings"
)

// Spoken is one thing that a screen reader says: what it is, and its words.
type Spoken struct {
	Role string `json:"role"` // 話し手, 文, ボタン, リンク, 返事のボタン
	Text string `json:"text"`
}

// aloud tells messages in the order in which a screen reader meets them.
func aloud(messages []json.RawMessage) []Spoken {
	var out []Spoken
	speaker := ""
	for _, raw := range messages {
		var m map[string]any
		if json.Unmarshal(raw, &m) != nil {
			continue
		}
		if who, _ := m["sender"].(map[string]any); who != nil && text(who, "name") != speaker {
			speaker = text(who, "name")
			out = append(out, Spoken{"話し手", speaker})
		}
		if s := text(m, "text"); s != "" {
			out = append(out, Spoken{"文", s})
		}
		if box, _ := m["contents"].(map[string]any); box != nil {
			for _, part := range []string{"header", "body", "footer"} {
				out = walk(out, box[part])
			}
		}
		quick, _ := m["quickReply"].(map[string]any)
		for _, item := range list(quick, "items") {
			out = act(out, "返事のボタン", item)
		}
	}
	return out
}

// walk tells a part of a Flex bubble.
func walk(out []Spoken, v any) []Spoken {
	n, _ := v.(map[string]any)
	switch text(n, "type") {
	case "text":
		return append(out, Spoken{"文", text(n, "text")})
	case "button":
		return act(out, "ボタン", n)
	}
	for _, inner := range list(n, "contents") {
		out = walk(out, inner)
	}
	return out
}

func act(out []Spoken, role string, v any) []Spoken {
	n, _ := v.(map[string]any)
	a, _ := n["action"].(map[string]any)
	if text(a, "type") == "uri" {
		role = "リンク"
		if strings.HasPrefix(text(a, "uri"), "tel:") {
			role = "電話のボタン"
		}
	}
	return append(out, Spoken{role, text(a, "label")})
}

func text(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

func list(m map[string]any, key string) []any {
	l, _ := m[key].([]any)
	return l
}
