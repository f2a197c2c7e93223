package line

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrBroken is an event that we cannot read although LINE signed it. The bytes
// are kept elsewhere (sealed); the error never holds them.
var ErrBroken = errors.New("line: event cannot be read")

// Inbound is one webhook event of LINE in the words of this house. What LINE left
// out is zero. Ids are strings throughout: message ids exceed 2^53.
type Inbound struct {
	EventID    string    // webhookEventId; the same on every redelivery
	Type       string    // message, postback, follow, unfollow, unsend, … or newer than we are
	Standby    bool      // another module of LINE has the talk: nothing may be sent
	Redelivery bool      // LINE sends it again
	Source     string    // user, group, room, or "" (some events have none)
	UserID     string    // of the person; may be missing in groups
	GroupID    string    // of the group or room
	At         time.Time // when it happened, not when it was delivered
	ReplyToken string    // "" if LINE gave none
	Message    Message   // Type message (and messageEdited)
	Postback   Postback  // Type postback
	Unsent     string    // Type unsend: id of the message taken back
	Unblocked  bool      // Type follow: after a block, as far as LINE knows
}

// Message is what a person sent.
type Message struct {
	ID        string
	Type      string   // text, sticker, image, video, audio, file, location, or newer
	Text      string   // text; the words of a message sticker
	Keywords  []string // sticker: what LINE says it means
	PackageID string   // sticker
	StickerID string   // sticker
	FileName  string   // file
	FileSize  int64    // file, bytes
	Duration  int64    // video, audio, ms
	External  string   // image, video, audio that does not lie at LINE: its URL
	SetID     string   // image: which pictures were sent together
	SetIndex  int      // image: 1-based place among them
	SetTotal  int      //
	Title     string   // location
	Address   string   // location
	Latitude  float64  // location
	Longitude float64  // location
	Quoted    string   // id of the message that this one answers
	ReadToken string   // markAsReadToken
}

// Postback is a tapped button.
type Postback struct {
	Data string
	Pick string // date, time or datetime that was picked, as LINE wrote it
	Menu string // richmenuswitch: alias of the menu that is shown now; such taps are not answered
}

// wire* are the shapes on the wire. Only what must be right has a strict type;
// everything else is loose, so that an odd extra never costs us a person's words.
type wireEvent struct {
	ID         string          `json:"webhookEventId"`
	Type       string          `json:"type"`
	Mode       looseText       `json:"mode"`
	Timestamp  looseNumber     `json:"timestamp"`
	ReplyToken looseText       `json:"replyToken"`
	Source     *wireSource     `json:"source"`
	Context    json.RawMessage `json:"deliveryContext"`
	Message    *wireMessage    `json:"message"`
	Postback   *wirePostback   `json:"postback"`
	Follow     json.RawMessage `json:"follow"`
	Unsend     *struct {
		MessageID string `json:"messageId"`
	} `json:"unsend"`
}

type wireSource struct {
	Type    string    `json:"type"`
	UserID  looseText `json:"userId"`
	GroupID looseText `json:"groupId"`
	RoomID  looseText `json:"roomId"`
}

type wireMessage struct {
	ID        string          `json:"id"`
	Type      string          `json:"type"`
	Text      looseText       `json:"text"`
	Keywords  json.RawMessage `json:"keywords"`
	PackageID looseText       `json:"packageId"`
	StickerID looseText       `json:"stickerId"`
	FileName  looseText       `json:"fileName"`
	FileSize  looseNumber     `json:"fileSize"`
	Duration  looseNumber     `json:"duration"`
	Provider  json.RawMessage `json:"contentProvider"`
	Set       json.RawMessage `json:"imageSet"`
	Title     looseText       `json:"title"`
	Address   looseText       `json:"address"`
	Latitude  looseNumber     `json:"latitude"`
	Longitude looseNumber     `json:"longitude"`
	Quoted    looseText       `json:"quotedMessageId"`
	ReadToken looseText       `json:"markAsReadToken"`
}

type wirePostback struct {
	Data   string          `json:"data"`
	Params json.RawMessage `json:"params"`
}

// looseText takes a JSON string and lets everything else be empty.
type looseText string

func (t *looseText) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = looseText(s)
	}
	return nil
}

// looseNumber takes a JSON number and lets everything else be zero.
type looseNumber float64

func (n *looseNumber) UnmarshalJSON(b []byte) error {
	var f float64
	if json.Unmarshal(b, &f) == nil {
		*n = looseNumber(f)
	}
	return nil
}

// Parse reads one event of a batch. Events, messages and values that are newer
// than we are come back as they are, with their common fields filled in.
func Parse(raw []byte) (Inbound, error) {
	var w wireEvent
	if err := json.Unmarshal(raw, &w); err != nil {
		return Inbound{}, fmt.Errorf("%w: %d bytes, not the JSON of an event", ErrBroken, len(raw))
	}
	if w.ID == "" || w.Type == "" {
		return Inbound{}, fmt.Errorf("%w: %d bytes, without id or type", ErrBroken, len(raw))
	}
	in := Inbound{
		EventID: w.ID, Type: w.Type, Standby: w.Mode == "standby",
		At: time.UnixMilli(int64(w.Timestamp)), ReplyToken: string(w.ReplyToken),
		Redelivery: flag(w.Context, "isRedelivery"),
		Unblocked:  flag(w.Follow, "isUnblocked"),
	}
	if s := w.Source; s != nil {
		in.Source, in.UserID, in.GroupID = s.Type, string(s.UserID), string(s.GroupID+s.RoomID)
	}
	if w.Unsend != nil {
		in.Unsent = w.Unsend.MessageID
	}
	if w.Message != nil {
		in.Message = w.Message.read()
	}
	if p := w.Postback; p != nil {
		in.Postback = p.read()
	}
	return in, in.whole()
}

// whole tells whether the event has the part that its type is about.
func (in Inbound) whole() error {
	m := in.Message
	missing := in.Type == "message" && (m.ID == "" || m.Type == "" || m.Type == "text" && m.Text == "") ||
		in.Type == "unsend" && in.Unsent == ""
	if missing {
		return fmt.Errorf("%w: %s without its content", ErrBroken, in.Type)
	}
	return nil
}

func (m *wireMessage) read() Message {
	out := Message{
		ID: m.ID, Type: m.Type, Text: string(m.Text),
		PackageID: string(m.PackageID), StickerID: string(m.StickerID),
		FileName: string(m.FileName), FileSize: int64(m.FileSize), Duration: int64(m.Duration),
		Title: string(m.Title), Address: string(m.Address),
		Latitude: float64(m.Latitude), Longitude: float64(m.Longitude),
		Quoted: string(m.Quoted), ReadToken: string(m.ReadToken),
	}
	var words []looseText
	if json.Unmarshal(m.Keywords, &words) == nil {
		for _, w := range words {
			out.Keywords = append(out.Keywords, string(w))
		}
	}
	var set struct {
		ID    looseText   `json:"id"`
		Index looseNumber `json:"index"`
		Total looseNumber `json:"total"`
	}
	if json.Unmarshal(m.Set, &set) == nil {
		out.SetID, out.SetIndex, out.SetTotal = string(set.ID), int(set.Index), int(set.Total)
	}
	var from struct {
		Type looseText `json:"type"`
		URL  looseText `json:"originalContentUrl"`
	}
	if json.Unmarshal(m.Provider, &from) == nil && from.Type == "external" {
		out.External = string(from.URL)
	}
	return out
}

func (p *wirePostback) read() Postback {
	out := Postback{Data: p.Data}
	var params struct {
		Date     looseText `json:"date"`
		Time     looseText `json:"time"`
		DateTime looseText `json:"datetime"`
		Menu     looseText `json:"newRichMenuAliasId"`
	}
	if json.Unmarshal(p.Params, &params) == nil {
		out.Pick, out.Menu = string(params.Date+params.Time+params.DateTime), string(params.Menu)
	}
	return out
}

// flag reads one boolean of a small object; anything else is false.
func flag(raw json.RawMessage, name string) bool {
	var all map[string]json.RawMessage
	var yes bool
	return json.Unmarshal(raw, &all) == nil && json.Unmarshal(all[name], &yes) == nil && yes
}
