package emulator

import (
	"time"
)

// Act is one thing that a resident (or a group, or LINE itself) does. Acts are
// made by the functions below and carried out by Do, Batch and Reorder.
type Act struct {
	From    string // user or group id
	typ     string // of the event
	message map[string]any
	fields  map[string]any
	raw     string
	mute    bool   // no reply token
	standby bool   // another module has the talk
	shown   string // what a tap puts on the screen
	media   *content
	do      func(*talk, time.Time) // changes the person, before the event is brought
	member  string                 // in a group: who it was
}

// Text says something.
func Text(user, words string) Act {
	return Act{From: user, typ: "message", message: map[string]any{"type": "text", "text": wire(words)}, shown: words}
}

// Quote answers a message of the bot's with its id, as a long press does.
func Quote(user, words, messageID string) Act {
	a := Text(user, words)
	a.message["quotedMessageId"] = messageID
	return a
}

// Postback taps a button with this data. shown is its displayText, "" = none.
func Postback(user, data, shown string) Act {
	return Act{From: user, typ: "postback", fields: map[string]any{"postback": map[string]any{"data": wire(data)}}, shown: shown}
}

// Picked answers a datetimepicker; key is date, time or datetime.
func Picked(user, data, key, value string) Act {
	return Act{From: user, typ: "postback", fields: map[string]any{
		"postback": map[string]any{"data": wire(data), "params": map[string]string{key: value}},
	}}
}

// Switched is a tap on a tab of a rich menu.
func Switched(user, data, alias, status string) Act {
	params := map[string]string{"status": status}
	if alias != "" {
		params["newRichMenuAliasId"] = alias
	}
	return Act{From: user, typ: "postback", fields: map[string]any{
		"postback": map[string]any{"data": wire(data), "params": params},
	}}
}

// Sticker sends one; keywords are LINE's guesses at its meaning.
func Sticker(user, pack, sticker string, keywords ...string) Act {
	m := map[string]any{"type": "sticker", "packageId": pack, "stickerId": sticker, "stickerResourceType": "STATIC"}
	if len(keywords) > 0 {
		m["keywords"] = keywords
	}
	return Act{From: user, typ: "message", message: m}
}

// Image, Video, Audio and File send bytes that the content API then gives out.
func Image(user string, data []byte, contentType string) Act {
	return media(user, "image", &content{data: data, kind: contentType}, nil)
}

// Video is ready at once; see [Emulator.Prepare] for LINE's 202.
func Video(user string, data []byte, length time.Duration) Act {
	return media(user, "video", &content{data: data, kind: "video/mp4"}, map[string]any{"duration": length.Milliseconds()})
}

// Audio is a voice message.
func Audio(user string, data []byte, length time.Duration) Act {
	return media(user, "audio", &content{data: data, kind: "audio/m4a"}, map[string]any{"duration": length.Milliseconds()})
}

// File is any other attachment.
func File(user, name string, data []byte) Act {
	a := media(user, "file", &content{data: data, kind: "application/octet-stream"}, map[string]any{
		"fileName": wire(name), "fileSize": len(data),
	})
	delete(a.message, "contentProvider")
	a.shown = name
	return a
}

func media(user, kind string, c *content, more map[string]any) Act {
	m := map[string]any{"type": kind, "contentProvider": map[string]any{"type": "line"}}
	for k, v := range more {
		m[k] = v
	}
	return Act{From: user, typ: "message", message: m, media: c}
}

// Location sends a place; title and address may be "".
func Location(user, title, address string, latitude, longitude float64) Act {
	m := map[string]any{"type": "location", "latitude": latitude, "longitude": longitude}
	if title != "" {
		m["title"] = wire(title)
	}
	if address != "" {
		m["address"] = wire(address)
	}
	return Act{From: user, typ: "message", message: m, shown: title}
}

// Follow adds the account as a friend, or unblocks it.
func Follow(user string) Act {
	return Act{From: user, typ: "follow", do: func(t *talk, _ time.Time) { t.friend, t.blocked = true, false }}
}

// Unfollow blocks the account.
func Unfollow(user string) Act {
	return Act{From: user, typ: "unfollow", mute: true, do: func(t *talk, _ time.Time) { t.friend, t.blocked = false, true }}
}

// InGroup makes an act one in a group: the group is the source, the user its member.
func InGroup(group string, a Act) Act {
	a.member, a.From = a.From, group
	return a
}

// Joined brings the bot into a group; Left throws it out.
func Joined(group string) Act { return Act{From: group, typ: "join"} }

// Left is a group that threw the bot out.
func Left(group string) Act { return Act{From: group, typ: "leave", mute: true} }

// Standby says something while another module of LINE has the talk: no reply
// token, and the bot must not answer.
func Standby(user, words string) Act {
	a := Text(user, words)
	a.standby, a.mute = true, true
	return a
}

// Unknown is an event of a type that LINE will invent one day.
func Unknown(user, typ string) Act {
	return Act{From: user, typ: typ, fields: map[string]any{typ: map[string]any{"something": "new"}}}
}

// UnknownMessage is a message of a type that LINE will invent one day.
func UnknownMessage(user, typ string) Act {
	return Act{From: user, typ: "message", message: map[string]any{"type": typ, "wonder": true}}
}

// Edited is a text changed afterwards (LINE has it in groups today).
func Edited(user, messageID, words string) Act {
	return Act{From: user, typ: "messageEdited", message: map[string]any{"id": messageID, "type": "text", "text": wire(words)}}
}

// AccountLink, Beacon and VideoPlayed are events that a front door takes and leaves alone.
func AccountLink(user, nonce string, ok bool) Act {
	result := "ok"
	if !ok {
		result = "failed"
	}
	return Act{From: user, typ: "accountLink", mute: !ok, fields: map[string]any{"link": map[string]any{"result": result, "nonce": nonce}}}
}

// Beacon is a phone that came near one.
func Beacon(user, hwid string) Act {
	return Act{From: user, typ: "beacon", fields: map[string]any{"beacon": map[string]any{"hwid": hwid, "type": "enter"}}}
}

// VideoPlayed tells that a video of ours was seen to its end.
func VideoPlayed(user, trackingID string) Act {
	return Act{From: user, typ: "videoPlayComplete", fields: map[string]any{"videoPlayComplete": map[string]any{"trackingId": trackingID}}}
}

// Broken is an event as no LINE would send it: the bytes go into the batch as they are.
func Broken(raw string) Act { return Act{raw: raw} }
