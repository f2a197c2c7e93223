package flows

import (
	"testing"
	"time"
)

// roomOn is a house with rooms, at an hour at which somebody reads.
func roomOn(v RoomView) View {
	v.On = true
	return View{Now: time.Unix(1_800_000_000, 0), Open: true, Room: v}
}

func inCaseInRoom() State {
	return State{Turn: 3, Greeted: true, Mode: ModeHuman, Case: "c1", Staff: "すずらん", Place: InRoom, Visit: 1, Last: 1_799_999_000}
}

// said is what a turn says to the resident, by line, with its place.
func said(out []Effect) map[string]Place {
	m := map[string]Place{}
	for _, e := range out {
		switch e.Kind {
		case EfAnswer, EfHuman, EfNudge:
			m[e.Line] = e.Place
		}
	}
	return m
}

func noted(out []Effect, do NoteDo) *DeskNote {
	for i := range out {
		if out[i].Kind == EfDesk && out[i].Desk.Do == do {
			return &out[i].Desk
		}
	}
	return nil
}

func answer() Event {
	return Event{ID: "d", Kind: EvDesk, Desk: DeskAct{Do: DeskAnswered, Case: "c1", Staff: "すずらん", Words: true}}
}

func tapOf(x Exit, at Place) Event { return Event{ID: "t", Kind: EvTap, Tap: Tap{Exit: x}, Place: at} }

func TestAHumansWordsGoToTheRoomAndLINESaysOnceThatThereIsAnAnswer(t *testing.T) {
	b := &Bundle{}
	s, out, _ := Step(b, roomOn(RoomView{Unread: true}), inCaseInRoom(), answer())
	got := said(out)
	if p, ok := got["words"]; !ok || p != InRoom {
		t.Errorf("the words went to %q (%v), want the room", p, ok)
	}
	if p, ok := got["room.notice"]; !ok || p != InLINE {
		t.Errorf("the notice went to %q (%v), want LINE", p, ok)
	}
	_, out, _ = Step(b, roomOn(RoomView{Unread: true}), s, answer())
	if _, again := said(out)["room.notice"]; again {
		t.Error("a second notice came before anybody had looked")
	}
	v := roomOn(RoomView{Unread: true, Read: s.Told + 1})
	if _, out, _ = Step(b, v, s, answer()); len(said(out)) != 2 {
		t.Errorf("after a look: %v, want words and a notice again", said(out))
	}
}

func TestAnOpenPageGetsHalfAMinuteBeforeLINESpeaks(t *testing.T) {
	b := &Bundle{}
	s, out, _ := Step(b, roomOn(RoomView{Here: true, Unread: true}), inCaseInRoom(), answer())
	if _, told := said(out)["room.notice"]; told {
		t.Error("LINE spoke while the page was looked at")
	}
	var set *Timer
	for i := range out {
		if out[i].Kind == EfTimer {
			set = &out[i].Timer
		}
	}
	if set == nil || set.Kind != TimerUnread {
		t.Fatal("nothing will ask whether the page has shown it")
	}
	due := Event{ID: "w", Kind: EvTimer, Timer: *set}
	if _, out, _ = Step(b, roomOn(RoomView{}), s, due); len(said(out)) != 0 {
		t.Errorf("it was seen, and LINE said %v", said(out))
	}
	if _, out, _ = Step(b, roomOn(RoomView{Unread: true}), s, due); len(said(out)) != 1 {
		t.Errorf("it was not seen, and LINE said %v, want the notice", said(out))
	}
	s.Muted = true
	if _, out, _ = Step(b, roomOn(RoomView{Unread: true}), s, due); len(said(out)) != 0 {
		t.Errorf("after もう送らないで LINE said %v", said(out))
	}
}

func TestAnswersComeWhereOneWrote(t *testing.T) {
	b := &Bundle{}
	s := State{Turn: 3, Greeted: true, Visit: 1, Last: 1_799_999_000}
	for _, place := range []Place{InLINE, InRoom} {
		for _, x := range []Exit{ExHuman, ExStop, ExDelete, ExEnd, ExLang, ExPrivacy, ExForget, ExMenu} {
			_, out, _ := Step(b, roomOn(RoomView{}), s, tapOf(x, place))
			for line, at := range said(out) {
				if at != place {
					t.Errorf("%s in %q was answered (%s) in %q", x, place, line, at)
				}
			}
		}
		cry := Event{ID: "x", Kind: EvText, Place: place, Readings: []Reading{{Urgency: Life, Level: Clear, Rules: []string{"r"}}}}
		_, out, _ := Step(b, roomOn(RoomView{}), s, cry)
		if at, ok := said(out)["crisis.life"]; !ok || at != place {
			t.Errorf("a cry in %q was answered in %q (%v)", place, at, ok)
		}
	}
}

func TestACityChoosesWhichTalksAreForTheRoom(t *testing.T) {
	s := State{Turn: 3, Greeted: true, Visit: 1, Last: 1_799_999_000}
	for _, c := range []struct {
		what  string
		house House
		room  bool
		event Event
		want  Place
	}{
		{"LINE by default", House{}, true, tapOf(ExHuman, InLINE), InLINE},
		{"all talks", House{Place: "room"}, true, tapOf(ExHuman, InLINE), InRoom},
		{"all talks, but there is no room", House{Place: "room"}, false, tapOf(ExHuman, InLINE), InLINE},
		{"a danger", House{RoomRisks: []Urgency{Violence}}, true, Event{ID: "v", Kind: EvText, Readings: []Reading{{Urgency: Violence, Level: Clear}}}, InRoom},
		{"another danger", House{RoomRisks: []Urgency{Violence}}, true, Event{ID: "v", Kind: EvText, Readings: []Reading{{Urgency: Life, Level: Clear}}}, InLINE},
		{"a topic", House{Rooms: []string{"money"}}, true, Event{ID: "m", Kind: EvText, Readings: []Reading{{Exit: ExHuman, Topics: []Scored{{Flow: "okane", Topic: "money"}}}}}, InRoom},
		{"who asks in the room", House{}, true, tapOf(ExHuman, InRoom), InRoom},
	} {
		v := roomOn(RoomView{})
		v.Room.On = c.room
		after, out, _ := Step(&Bundle{House: c.house}, v, s, c.event)
		note := noted(out, NoteOpen)
		if note == nil || note.Place != c.want || after.Place != c.want {
			t.Errorf("%s: state %q, note %+v, want place %q", c.what, after.Place, note, c.want)
		}
		_, invited := said(out)["room.invite"]
		if want := c.want == InRoom && c.event.Place == InLINE; invited != want {
			t.Errorf("%s: invited %v, want %v", c.what, invited, want)
		}
	}
}

func TestTheTalkGoesToTheRoomAndBackAndTheDeskHearsOfIt(t *testing.T) {
	b := &Bundle{}
	s := inCaseInRoom()
	s.Place = InLINE
	s, out, _ := Step(b, roomOn(RoomView{}), s, tapOf(ExRoom, InLINE))
	if n := noted(out, NotePlace); n == nil || n.Place != InRoom || s.Place != InRoom {
		t.Errorf("into the room: state %q, note %+v", s.Place, n)
	}
	s, out, _ = Step(b, roomOn(RoomView{}), s, tapOf(ExLine, InRoom))
	if n := noted(out, NotePlace); n == nil || n.Place != InLINE || s.Place != InLINE {
		t.Errorf("back to LINE: state %q, note %+v", s.Place, n)
	}
	if s.Mode != ModeHuman || s.Case != "c1" {
		t.Errorf("the case did not stay: %q %q", s.Mode, s.Case)
	}
	_, out, _ = Step(&Bundle{House: House{Place: "room"}}, roomOn(RoomView{}), inCaseInRoom(), tapOf(ExLine, InRoom))
	if _, must := said(out)["room.must"]; !must || noted(out, NotePlace) != nil {
		t.Errorf("where words go to rooms alone: %v, want it said", said(out))
	}
}

func TestLinksAreGivenOnlySoOften(t *testing.T) {
	b, s := &Bundle{}, State{Turn: 3, Greeted: true, Visit: 1, Last: 1_799_999_000}
	links := 0
	for range 2 * maxLinks {
		var out []Effect
		s, out, _ = Step(b, roomOn(RoomView{}), s, tapOf(ExRoom, InLINE))
		for _, e := range out {
			for _, c := range e.Choices {
				if c.Room {
					links++
				}
			}
		}
	}
	if links != maxLinks {
		t.Errorf("%d links in an hour, want %d", links, maxLinks)
	}
}

// TestADangerThatRisesMovesAWaitingTalkOnce: where the city chose the room for it. Who
// goes back to LINE is left there; where a human has the talk the machine keeps quiet.
func TestADangerThatRisesMovesAWaitingTalkOnce(t *testing.T) {
	waits := State{Turn: 3, Greeted: true, Mode: ModeWaiting, Case: "c1", Visit: 1, Last: 1_799_999_000}
	cry := func(u Urgency, l Level) Event {
		return Event{ID: "x", Kind: EvText, Readings: []Reading{{Urgency: u, Level: l, Rules: []string{"r"}}}}
	}
	b := &Bundle{House: House{RoomRisks: []Urgency{Violence}}}
	for _, level := range []Level{Worry, Clear} {
		s, out, _ := Step(b, roomOn(RoomView{}), waits, cry(Violence, level))
		if s.Place != InRoom || noted(out, NotePlace) == nil || noted(out, NoteRisk) == nil {
			t.Errorf("%s: the talk is in %q, the desk heard of place %v and risk %v; want the room and both", level, s.Place, noted(out, NotePlace), noted(out, NoteRisk))
		}
		if at, ok := said(out)["room.invite"]; !ok || at != InLINE {
			t.Errorf("%s: the way there came in %q (%v), want LINE", level, at, ok)
		}
		if _, ok := said(out)["crisis.life"]; level == Clear && !ok {
			t.Error("the crisis answer is missing beside it")
		}
		s, _, _ = Step(b, roomOn(RoomView{}), s, tapOf(ExLine, InLINE))
		if s, out, _ = Step(b, roomOn(RoomView{}), s, cry(Violence, level)); s.Place != InLINE || noted(out, NotePlace) != nil {
			t.Errorf("%s: who went back to LINE was moved again to %q", level, s.Place)
		}
	}
	if s, _, _ := Step(b, roomOn(RoomView{}), waits, cry(Life, Clear)); s.Place != InLINE {
		t.Error("another danger moved the talk")
	}
	if s, _, _ := Step(b, View{Now: roomOn(RoomView{}).Now, Open: true}, waits, cry(Violence, Clear)); s.Place != InLINE {
		t.Error("a house without rooms moved the talk")
	}
	has := waits
	has.Mode, has.Staff = ModeHuman, "すずらん"
	s, out, _ := Step(b, roomOn(RoomView{}), has, cry(Violence, Clear))
	if len(said(out)) != 0 || s.Place != InLINE || noted(out, NoteRisk) == nil {
		t.Errorf("with a human there the machine said %v in %q, want silence and the desk told", said(out), s.Place)
	}
}
