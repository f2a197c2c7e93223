package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"engawa/bot/inbox"
	"engawa/bot/line"
)

// arrival is one event of a request, as far as the door needs to know it.
type arrival struct {
	id   string
	kind inbox.Kind
	from string // LINE's id of the person, else of the group; "" if nobody's
	raw  []byte
}

// heading is the little that the door reads of an event. LINE's own library would
// lose the whole request over one event that it cannot read; here each stands alone.
type heading struct {
	Type   string `json:"type"`
	ID     string `json:"webhookEventId"`
	Source *struct {
		Type  string `json:"type"`
		User  string `json:"userId"`
		Group string `json:"groupId"`
		Room  string `json:"roomId"`
	} `json:"source"`
}

// split takes a body apart. What is broken keeps its bytes and its place.
func (d *Door) split(body []byte) []arrival {
	destination, events, ok := glance(body)
	if !ok {
		var raws []json.RawMessage
		var err error
		if destination, raws, err = line.Envelope(body); err != nil {
			d.log.Error("webhook: well signed and unreadable, kept as it is", "bytes", len(body))
			return []arrival{broken(body)}
		}
		for _, raw := range raws {
			events = append(events, study(raw))
		}
	}
	if d.bot != "" && destination != d.bot {
		d.strange.Inc()
		d.log.Warn("webhook: meant for another bot; is the webhook URL set on the right channel?")
	}
	return events
}

// study reads one event of whatever shape.
func study(raw []byte) arrival {
	var h heading
	if err := json.Unmarshal(raw, &h); err != nil || h.Type == "" || !plain(h.ID) {
		return broken(raw)
	}
	return arrival{id: h.ID, kind: inbox.FromLINE, from: h.from(), raw: raw}
}

// from picks whose talk it is: a group's stays the group's, whoever spoke in it.
func (h *heading) from() string {
	switch {
	case h.Source == nil:
		return ""
	case h.Source.Group != "":
		return h.Source.Group
	case h.Source.Room != "":
		return h.Source.Room
	default:
		return h.Source.User
	}
}

// broken is named by its bytes, so that bringing it again changes nothing.
func broken(raw []byte) arrival {
	sum := sha256.Sum256(raw)
	return arrival{id: "x:" + hex.EncodeToString(sum[:16]), kind: inbox.Broken, raw: raw}
}

// plain says whether an event id can be part of a key: LINE's are 26 letters and digits.
func plain(id string) bool {
	for i := range len(id) {
		c := id[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return id != "" && len(id) <= 64
}
