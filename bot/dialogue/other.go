package dialogue

import (
	"context"
	"strings"

	"engawa/bot/inbox"
	"engawa/bot/people"
	"engawa/flows"
	"engawa/flows/understand"
)

// mostKeywords of a sticker are shown to a coordinator; LINE sends up to 15.
const mostKeywords = 3

// listenOther makes the event of everything that is not a written text.
func (t *turn) listenOther(ctx context.Context, e *inbox.Entry, h *heard) error {
	m := h.in.Message
	if m.ID != "" && t.taken[m.ID] {
		t.event.Kind = "" // taken back before its turn
		return nil
	}
	switch h.in.Type {
	case "message", "messageEdited":
		t.listenMessage(e, h)
	case "postback":
		t.listenTap(e, h)
	case "follow":
		t.event.Kind = flows.EvFollow
		t.person.Friend = true
	case "unfollow":
		t.event.Kind = flows.EvUnfollow
		t.person.Friend = false
		if t.mode == modeNew {
			t.mode = modeNone // they leave before we have met
		}
	case "unsend":
		t.event.Kind, t.event.Ref = flows.EvUnsend, h.in.Unsent
		if err := t.d.People.UnsendRecord(ctx, h.in.Unsent); err != nil { // of a talk before 消す
			return err
		}
		if t.mode == modeNew {
			t.mode = modeNone
		}
	default:
		t.event.Kind = flows.EvUnknown
	}
	return nil
}

func (t *turn) listenMessage(e *inbox.Entry, h *heard) {
	m := h.in.Message
	said := people.Said{ID: m.ID}
	switch m.Type {
	case "sticker":
		if t.listenSticker(e, h) {
			return
		}
		t.event.Kind = flows.EvSticker
		said.Kind, said.Text = people.KindSticker, strings.Join(m.Keywords[:min(len(m.Keywords), mostKeywords)], "・")
		if m.Text != "" {
			said.Text = m.Text
		}
	case "image", "video", "audio", "file":
		t.event.Kind, t.event.Media, t.event.Ref = flows.EvMedia, m.Type, m.ID
		said.Kind, said.Text = people.KindMedia, m.Type
	case "location": // where exactly stands in the sealed event only and goes with it
		t.event.Kind = flows.EvLocation
		said.Kind = people.KindLocation
	default:
		t.event.Kind = flows.EvUnknown
		return
	}
	t.keep(e, said)
}

// listenSticker reads the words that a person typed onto a message sticker. Where
// they speak of danger they are a text like any other.
func (t *turn) listenSticker(e *inbox.Entry, h *heard) bool {
	m := h.in.Message
	if m.Text == "" {
		return false
	}
	r := t.d.readers.of(t.bundle).Read(m.Text, understand.Here{Lang: flows.Ja})
	if r.Level == flows.NoLevel {
		return false
	}
	t.event.Kind, t.event.Readings = flows.EvText, []flows.Reading{r}
	t.keep(e, people.Said{ID: m.ID, Kind: people.KindText, Text: m.Text})
	return true
}

// listenTap reads a button. What it said is looked up in the bundle. A button that
// we never drew is answered like a very old one: with what is on the screen.
func (t *turn) listenTap(e *inbox.Entry, h *heard) {
	tap, err := flows.DecodeTap(h.in.Postback.Data)
	if err != nil {
		tap = flows.Tap{}
	}
	lang := t.person.State.Lang
	if lang == "" {
		lang = flows.Ja
	}
	tap.Pick = h.in.Postback.Pick
	tap.Label = flows.LabelOf(t.bundle, lang, tap)
	t.event.Kind, t.event.Tap = flows.EvTap, tap
	if flows.AboutTalk(tap) {
		return // how a talk was stands in no talk: who works at the desk would read it
	}
	t.keep(e, people.Said{Kind: people.KindTap, Text: tap.Label})
}
