package flows

import (
	"slices"
	"strconv"
	"time"
)

// Place says where words reach a person: in LINE's talk, or in the room, a page on
// the house's own server where the same talk goes on. Their own event is answered
// where they wrote it; a human's words go to the place of the case; what we begin
// ourselves, and the notice that there is an answer, to LINE.
type Place string

// The places.
const (
	InLINE Place = ""
	InRoom Place = "room"
)

// What the room brings into a talk, and takes out of it.
const (
	ExRoom Exit = "room" // 部屋をひらく: a fresh link to it
	ExLine Exit = "line" // LINEで話す: the answers come to LINE again, the open pages close

	DeskRoom    DeskDo     = "room"   // a coordinator offers the room
	NotePlace   NoteDo     = "place"  // the case goes on somewhere else: DeskNote.Place
	EfCloseRoom EffectKind = "room"   // closes the open pages; Effect.Ref says why
	TimerUnread TimerKind  = "unread" // an answer went to an open page: has it been seen?
)

// Why open pages close, as they tell it.
const (
	RoomLine    = "line"   // they went back to LINE
	RoomForget  = "forget" // この話を消す
	RoomDeleted = "gone"   // 消す
)

// RoomView is what the room knows of itself at the moment of a turn.
type RoomView struct {
	On     bool  `json:",omitempty"` // the house has rooms
	Here   bool  `json:",omitempty"` // a page of this person is being looked at
	Unread bool  `json:",omitempty"` // a human's words lie there that no page has shown
	Read   int64 `json:",omitempty"` // unix ms when a page was last shown
}

const (
	unreadWait = 30 * time.Second // for an open page to show an answer, before LINE says that there is one
	maxLinks   = 6                // links an hour
	unreadKey  = "unread"
)

// where is the place of what is being said now.
func (t *turn) where(kind EffectKind) Place {
	switch kind {
	case EfAnswer:
		if t.e.Kind != EvTimer && t.e.Kind != EvDesk {
			return t.e.Place
		}
		return t.s.Place
	case EfHuman:
		return t.s.Place
	}
	return InLINE
}

// movesIn says whether a new case is one that the city wants talked about in the
// room, or that began there.
func (t *turn) movesIn(n *DeskNote) bool {
	if !t.v.Room.On {
		return false
	}
	h := &t.b.House
	if t.e.Place == InRoom || h.Place == string(InRoom) {
		return true
	}
	for _, topic := range h.Rooms {
		if topic == n.Topic {
			return true
		}
	}
	for _, u := range h.RoomRisks {
		if u == n.Urgency && n.Level != NoLevel {
			return true
		}
	}
	return false
}

// risen moves a waiting case into the room when a danger rises in it for which the
// city chose the room, once: who went back to LINE stays there until more rises. Where
// a human has the talk they see the city's choice, and offer it in their own words.
func (t *turn) risen(u Urgency) {
	if t.s.Mode != ModeWaiting || t.s.Place == InRoom || !t.v.Room.On || !slices.Contains(t.b.House.RoomRisks, u) {
		return
	}
	t.because("room.risk")
	t.moves(InRoom)
	t.link(t.say("room.invite"))
}

// settle puts a case that opens into its place. Who is not in the room yet gets
// the way there.
func (t *turn) settle(n *DeskNote) {
	s := &t.s
	s.Place, s.Told = InLINE, 0
	if !t.movesIn(n) {
		return
	}
	s.Place = InRoom
	t.because("room.case")
	if t.e.Place != InRoom {
		t.link(t.say("room.invite"))
	}
}

// link puts the button to the room under an effect. The shell makes the address.
func (t *turn) link(e *Effect) {
	e.Place = InLINE
	e.Choices = append(e.Choices, Button{Label: t.b.label("label.room", t.lang()), Room: true})
	if len(e.Exits) < maxExits && t.s.Place == InRoom { // for the day when this link is old
		e.Exits = addExit(e.Exits, t.button(Tap{Exit: ExRoom}))
	}
}

func addExit(list []Button, b Button) []Button {
	for _, have := range list {
		if have.Data == b.Data {
			return list
		}
	}
	return append(list, b)
}

// room gives a fresh link. It ends the one before, and an open case moves.
func (t *turn) room() {
	s := &t.s
	switch {
	case !t.v.Room.On:
		t.say("room.none", ExMenu)
		return
	case t.e.Place == InRoom:
		t.say("room.here")
		return
	case t.linksOften():
		t.because("room.often")
		t.say("room.often")
		return
	}
	t.because("room.link")
	if s.Mode != ModeBot {
		t.moves(InRoom)
	}
	e := t.say("room.link")
	t.link(e)
	if s.Place == InRoom {
		e.Exits = addExit(e.Exits, t.button(Tap{Exit: ExLine}))
	}
}

// linksOften counts the links of the hour.
func (t *turn) linksOften() bool {
	s := &t.s
	if hour := t.now / 3600; s.LinksAt != hour {
		s.LinksAt, s.Links = hour, 0
	}
	s.Links++
	return s.Links > maxLinks
}

// moves takes an open case to another place, and tells the desk.
func (t *turn) moves(to Place) {
	if t.s.Place == to {
		return
	}
	t.s.Place, t.s.Told = to, 0
	n := t.noteOf(NotePlace)
	n.Place = to
	t.add(EfDesk, "").Desk = n
}

// toLINE is LINEで話す. Where the city lets a human's words go to rooms alone, it
// says so and gives the way there instead.
func (t *turn) toLINE() {
	s := &t.s
	if s.Mode != ModeBot && s.Place == InRoom && t.b.House.Place == string(InRoom) {
		t.because("room.must")
		e := t.say("room.must")
		if t.e.Place == InLINE && !t.linksOften() {
			t.link(e)
		}
		return
	}
	t.because("room.left")
	if s.Mode != ModeBot {
		t.moves(InLINE)
	}
	s.Place = InLINE
	t.say("room.back")
	t.add(EfCloseRoom, "").Ref = RoomLine
}

// offerRoom: a coordinator offers the room; the case goes on there.
func (t *turn) offerRoom(act *DeskAct) {
	if why := t.mayNot(); why != "" {
		t.refuse(act.Case, why)
		return
	}
	if !t.v.Room.On {
		t.refuse(act.Case, "noroom")
		return
	}
	t.moves(InRoom)
	t.s.Told = t.v.Now.UnixMilli() // it leads there like any notice
	e := t.speak(EfHuman, "room.offer")
	e.Staff = t.staff
	t.link(e)
}

// notify sees to it that LINE says once that there is an answer in the room: now, or
// when an open page has not shown it in a while.
func (t *turn) notify() {
	if !t.v.Room.Here {
		t.tellUnread()
		return
	}
	t.add(EfTimer, "").Timer = Timer{Kind: TimerUnread, At: t.v.Now.Add(unreadWait), Key: unreadKey, Turn: t.s.Turn}
}

// tellUnread is 「お返事があります」: at most once until a page has been looked at again.
func (t *turn) tellUnread() {
	s := &t.s
	if s.Told > 0 && t.v.Room.Read <= s.Told {
		t.because("room.told")
		return
	}
	s.Told = t.v.Now.UnixMilli()
	e := t.speak(EfHuman, "room.notice")
	t.link(e)
}

// unread: the page had its time.
func (t *turn) unread() {
	switch {
	case t.s.Place != InRoom || !t.v.Room.Unread:
		t.because("timer.late")
	case t.mayNot() != "":
		t.because("quiet." + t.mayNot())
	default:
		t.tellUnread()
	}
}

// closeRoom closes the open pages of somebody whose words go.
func (t *turn) closeRoom(why string) {
	if t.v.Room.On {
		t.add(EfCloseRoom, "").Ref = why
	}
}

// WaysOut are what always stands under the room: first what fits the moment, then
// the rest.
func WaysOut(b *Bundle, s State) (first, rest []Button) {
	draws := func(list ...Exit) (out []Button) {
		for _, x := range list {
			out = append(out, draw(b, &s, Tap{Exit: x}))
		}
		return out
	}
	switch s.Mode {
	case ModeWaiting:
		first = draws(ExLeave)
	case ModeHuman:
		first = draws(ExBot)
		if s.From != "" && !s.Wished {
			first = append(first, draw(b, &s, Tap{Exit: ExSame, Arg: strconv.Itoa(s.Pass)}))
		}
	default:
		first = draws(ExHuman, ExMenu)
	}
	return append(first, draws(ExLine)...), draws(ExHuman, ExEnd, ExLang, ExPrivacy, ExHide, ExShowAll, ExStop, ExForget, ExDelete)
}

// Sentence is a fixed line of the house as a page outside the talk shows it.
func (b *Bundle) Sentence(key string, l Lang) string {
	if l == "" {
		l = Ja
	}
	if ps := b.Lines[key]; len(ps) > 0 {
		if s, _ := ps[0].In(l); s != "" {
			return s
		}
	}
	s, _ := resort[key].In(l)
	return s
}
