package house

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"engawa/bot/outbox"
	"engawa/bot/people"
	"engawa/config/privacy"
	"engawa/flows"
	"engawa/handoff/console"
	"engawa/handoff/ready"
)

// console builds the coordinators' pages. What they show of the bot goes through
// the small adapters below: the console itself knows only the desk.
func (h *house) console(ctx context.Context) (*echo.Echo, error) {
	words := h.wording()
	return console.New(ctx, console.Parts{
		RoomOffer: h.offersRooms(), Desk: h.desk, Staff: h.staff, Alarms: h.alarms,
		Roster: h.shifts, Shifts: h.shifts, Opening: h.shifts,
		Undo: h.undo(), Eyes: h.desk, Keeps: h.desk, Rests: h.desk, Erases: h.desk,
		Search:   &console.Search{Desk: h.desk, Talks: h.talksOf},
		Ready:    ready.New(h.rdb, h.clock),
		Plain:    h.plainWords,
		Places:   (&shelf{house: h}).placesFor,
		Words:    wordsOf{h.people},
		Tasks:    h.desk,
		Teams:    h.desk,
		Overview: h.desk, Voices: h.voices,
		Entry:   h.entryName,
		Record:  h.recordOf,
		LINEID:  h.lineID,
		Letters: lettersOf{h.outbox},
		Ledger:  h.ledger,
		House:   h.shifts.InForce,
		Cards:   h.cardsFor,
		Cost:    h.cost,
		Pushes:  h.pushes,
		Reason:  h.reason,
		Heard:   func() []console.Heard { return heardBy(h.bundle()) },
		Scene:   h.sceneName,
		Spoken:  h.spoken,
		Harsh:   h.harsh,
		Model:   advice{h: h},
		Groups:  groupsOf{h},
		Notices: switchesOf{h},
		Bells:   h.bellsShown(), Own: h.own, Mails: h.cfg.Alarm.MailServer.Set(),
		Office:  &console.Office{Accounts: h.staff, Book: h.book, Weeks: h.shifts, Rooms: h.desk, Town: townOf{h}},
		Content: words, Preview: h.tryOut(ctx, words),
		Drafts:  h.bundle().Drafts,
		Checkup: h.watch.checkup,
		Looked:  h.watch.saw,
		Guest:   console.Guest{Code: h.guest.code, Name: h.guest.name},
		ViewFor: h.cfg.ClosedView,
		// Plain http happens on loopback only; config refuses everything else.
		Loopback: h.cfg.ConsoleCert == "" && len(h.cfg.TrustedProxies) == 0,
		Proxies:  h.cfg.TrustedProxies,
		Now:      h.clock, Log: h.log,
	})
}

// wordsOf shows a person's talk to the console.
type wordsOf struct{ people *people.Store }

// Talk gives the talk in order of time.
func (w wordsOf) Talk(ctx context.Context, p flows.PersonID, since time.Time) ([]console.Line, error) {
	said, err := w.people.Talk(ctx, p, since)
	return linesOf(said), err
}

func linesOf(said []people.Said) []console.Line {
	said = spokenOnly(said)
	lines := make([]console.Line, len(said))
	for i, s := range said {
		lines[i] = console.Line{ID: s.ID, At: s.At, By: s.By, Kind: s.Kind, Text: s.Text, Staff: s.Staff, Line: s.Line, Gone: s.Gone, Event: s.Event}
	}
	return lines
}

// recordOf is what the city keeps of a case whose person said 消す.
func (h *house) recordOf(ctx context.Context, id flows.CaseID) ([]console.Line, error) {
	said, err := h.people.Record(ctx, id)
	return linesOf(said), err
}

// lineID is the id that a supervisor may tell the police; the desk has said so.
func (h *house) lineID(ctx context.Context, p flows.PersonID) (string, error) {
	id, err := h.people.RiskID(ctx, p)
	if errors.Is(err, privacy.ErrShredded) {
		return "", console.ErrNoID
	}
	return id, err
}

// lettersOf shows what could not be delivered.
type lettersOf struct{ outbox *outbox.Outbox }

// List gives the letters that wait for a decision.
func (l lettersOf) List(ctx context.Context) ([]console.Letter, error) {
	all, err := l.outbox.List(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]console.Letter, len(all))
	for i, u := range all {
		out[i] = console.Letter{ID: u.ID, State: "dead", Class: u.Class, Alias: u.Alias, At: u.At, Why: u.State}
		if u.State == outbox.StateUncertain {
			out[i].State = outbox.StateUncertain
		}
		if u.Kind == "event" {
			out[i].Class = "in"
		}
	}
	return out, nil
}

// Resend sends a letter again.
func (l lettersOf) Resend(ctx context.Context, id, reason, staff string) error {
	return letterErr(l.outbox.Resend(ctx, id, reason, staff))
}

// Drop lets go of a letter, with a reason.
func (l lettersOf) Drop(ctx context.Context, id, reason, staff string) error {
	return letterErr(l.outbox.Drop(ctx, id, reason, staff))
}

func letterErr(err error) error {
	if errors.Is(err, outbox.ErrNoLetter) {
		return console.ErrNoLetter
	}
	return err
}

// cardsFor gives what can be offered for a topic, as plain words.
func (h *house) cardsFor(topic string, lang flows.Lang) []console.Card {
	now := h.clock()
	var out []console.Card
	seen := map[flows.CardID]bool{}
	for _, id := range h.bundle().Order {
		f := h.bundle().Flows[id]
		if topic != "" && f.Topic != topic {
			continue
		}
		for _, key := range h.scenesOf(id) {
			for _, c := range h.bundle().Scenes[key].Cards {
				card := h.bundle().Showable(c, now)
				if card == nil || seen[card.ID] {
					continue
				}
				seen[card.ID] = true
				v := h.bundle().DrawAt(card, lang, now)
				out = append(out, console.Card{Title: v.Title, Text: cardWords(v)})
			}
		}
	}
	return out
}

// entryName is what the catalogue calls an entry.
func (h *house) entryName(id flows.CardID, lang flows.Lang) string {
	card := h.bundle().Cards[id]
	if card != nil {
		return h.bundle().Draw(card, lang).Title
	}
	if e := h.posted.Now().Entry(string(id)); e != nil {
		name, _ := e.Title.In(lang)
		return name
	}
	return ""
}

// scenesOf lists a flow's scenes in a steady order.
func (h *house) scenesOf(flow flows.FlowID) []flows.SceneKey {
	var keys []flows.SceneKey
	for key, s := range h.bundle().Scenes {
		if s.Flow == flow {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// cost says whether a reply would travel free just now.
func (h *house) cost(ctx context.Context, p flows.PersonID) console.Cost {
	if fresh, err := h.outbox.Fresh(ctx, p); err == nil && fresh {
		return console.Free
	}
	return console.Counted
}

// blanks are the places in a sentence that are filled in when it is said.
var blanks = regexp.MustCompile(`\{[^{}]*\}`)

// spoken is what the machine says in a line or scene, as it stands now.
func (h *house) spoken(line string, lang flows.Lang) string {
	phrases := h.bundle().Lines[line]
	if s := h.bundle().Scenes[flows.SceneKey(line)]; s != nil {
		phrases = s.Texts
	}
	var texts []string
	for _, p := range phrases {
		text, _ := p.In(lang)
		texts = append(texts, blanks.ReplaceAllString(text, "…"))
	}
	return strings.Join(texts, "\n\n")
}

// harsh tells the desk what somebody may rather not read unwarned.
func (h *house) harsh(text string) bool { return h.turns.Harsh(h.bundle(), text) }

// sceneName is what somebody had chosen, as the flow's author called it.
func (h *house) sceneName(flow flows.FlowID, scene flows.SceneKey) string {
	name := ""
	if f := h.bundle().Flows[flow]; f != nil {
		name, _ = f.Title.In(flows.Ja)
	}
	if s := h.bundle().Scenes[scene]; s != nil {
		if name == "" {
			if f := h.bundle().Flows[s.Flow]; f != nil {
				name, _ = f.Title.In(flows.Ja)
			}
		}
		if s.Name != "" && s.Name != "はじめ" {
			name += " › " + s.Name
		}
	}
	return name
}

// undo is the desk's holding back of answers, unless the operator wants none.
func (h *house) undo() console.Undo {
	if h.cfg.Undo == 0 {
		return nil
	}
	return h.desk
}
