package dialogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"engawa/bot/inbox"
	"engawa/bot/line"
	"engawa/config/privacy"
	"engawa/flows"
)

// heard is an entry, opened. It lives in the entry's Memo, so that an event that
// waits or fails is opened once per process.
type heard struct {
	in    line.Inbound // FromLINE
	order order        // FromDesk
	timer flows.Timer  // Timer
	raw   []byte       // as it came
	why   string       // it cannot be answered, and why

	failures int  // of turns with it that were not the store's
	alone    bool // it takes its turns by itself now
}

// order is what the desk, the board or an operator puts into a person's lane.
type order struct {
	At     int64            `json:"t"`           // unix ms
	Act    *flows.DeskAct   `json:"a,omitempty"` //
	Words  []byte           `json:"w,omitempty"` // as people.SealWords made them
	Post   *flows.PostNews  `json:"p,omitempty"` // what became of a post that the person kept
	Group  *flows.GroupNews `json:"g,omitempty"` // what concerns a group that the person posts for
	Reply  bool             `json:"r,omitempty"` // a group has answered; Words are theirs
	Delete bool             `json:"x,omitempty"` // 消す on somebody's behalf
}

// Why an event could not be answered, as the console shows it.
const (
	whyBroken = "broken"   // well signed by LINE, and unreadable
	whyKey    = "key gone" // its words cannot be opened any more
	whySeal   = "seal"     // the store gave back other bytes than we put there
	whyPoison = "poison"   // our own program failed on it, again and again
)

func of(e *inbox.Entry) *heard {
	h, _ := e.Memo.(*heard)
	return h
}

// timerAAD binds a sealed timer to its event.
func timerAAD(event string) string { return "timer:" + event }

// open makes entries readable. What cannot be opened says why; an error means that
// the key store did not answer.
func (d *Dialogue) open(ctx context.Context, entries []*inbox.Entry) error {
	var items []privacy.Item
	var closed []*inbox.Entry
	for _, e := range entries {
		if e.Memo != nil {
			continue
		}
		it := privacy.Item{Owner: privacy.Day(e.Arrived), AAD: inbox.SealName(e.Event), Data: e.Sealed}
		if e.Kind == inbox.Timer {
			it.Owner, it.AAD = privacy.Person(string(e.Person)), timerAAD(e.Event)
		}
		items, closed = append(items, it), append(closed, e)
	}
	if len(items) == 0 {
		return nil
	}
	if err := d.Vault.OpenMany(ctx, items); err != nil {
		return fmt.Errorf("dialogue: open: %w", err)
	}
	for i, e := range closed {
		if err := items[i].Err; err != nil && !isGone(err) && !errors.Is(err, privacy.ErrBroken) {
			return fmt.Errorf("dialogue: open: %w", err) // a wrong master key is no reason to give anything up
		}
		e.Memo = hear(e, items[i])
	}
	return nil
}

func hear(e *inbox.Entry, it privacy.Item) *heard {
	h := &heard{raw: it.Data}
	switch {
	case errors.Is(it.Err, privacy.ErrShredded):
		h.why = whyKey
	case it.Err != nil:
		h.why = whySeal
	case e.Kind == inbox.FromLINE:
		in, err := line.Parse(it.Data)
		if err != nil || in.EventID != e.Event {
			h.why = whyBroken
		}
		h.in = in
	case e.Kind == inbox.FromRoom:
		if h.in, h.why = fromRoom(e, it.Data); h.why != "" {
			return h
		}
	case e.Kind == inbox.FromDesk && json.Unmarshal(it.Data, &h.order) != nil,
		e.Kind == inbox.Timer && json.Unmarshal(it.Data, &h.timer) != nil,
		e.Kind == inbox.Broken:
		h.why = whyBroken
	}
	return h
}

// text says whether the entry is something written by a person in their own talk.
func (h *heard) text(e *inbox.Entry) bool {
	return e.Resident() && h.why == "" && h.personal() &&
		(h.in.Type == "message" || h.in.Type == "messageEdited") && h.in.Message.Type == "text"
}

// personal is false for groups, and for events that name nobody.
func (h *heard) personal() bool { return h.in.GroupID == "" && h.in.UserID != "" }

// silent lists events that are no part of a talk. New kinds are not in it: a person
// who sent one gets a kind word.
var silent = map[string]bool{
	"accountLink": true, "beacon": true, "videoPlayComplete": true, "membership": true, "delivery": true,
	"join": true, "leave": true, "memberJoined": true, "memberLeft": true,
	"module": true, "activated": true, "deactivated": true, "botSuspended": true, "botResumed": true,
}

// quiet says whether nobody is answered, by rule.
func (h *heard) quiet(e *inbox.Entry) bool {
	if e.Kind != inbox.FromLINE {
		return false
	}
	if !h.personal() || silent[h.in.Type] {
		return true
	}
	switch h.in.Type {
	case "message", "messageEdited", "follow", "unfollow", "unsend":
		return false
	case "postback":
		return h.in.Postback.Menu != "" && !choosesLanguage(h.in.Postback.Data) // a tab of the rich menu was switched
	}
	return h.in.ReplyToken == ""
}

// choosesLanguage: the tab of a language changes the talk too, not only the menu.
func choosesLanguage(data string) bool {
	tap, err := flows.DecodeTap(data)
	return err == nil && tap.Exit == flows.ExLang && tap.Arg != ""
}
