package flows

import "time"

// desk takes what a coordinator, or the desk itself, did. There is no other way
// from the desk to a resident: here it is decided what is said and what is not.
func (t *turn) desk() {
	act := &t.e.Desk
	if act.Staff != "" {
		t.staff = act.Staff
	}
	if t.whoever(act) {
		return
	}
	if t.s.Mode == ModeBot || act.Case != t.s.Case || act.Case == "" {
		t.notOurs(act)
		return
	}
	switch act.Do {
	case DeskClaimed:
		t.claimed(act)
	case DeskAnswered:
		t.answered(act)
	case DeskPromised:
		t.setUntil(act)
		if !act.Until.IsZero() {
			t.promise = act.Until
			t.news("promised")
		}
	case DeskReturned:
		t.s.Mode, t.s.Staff, t.s.Until = ModeWaiting, "", 0
		t.s.alone()
		t.news("returned")
	case DeskHandBack, DeskClosed:
		t.over(act)
	case DeskRoom:
		t.offerRoom(act)
	case DeskPassed, DeskKept, DeskPaused, DeskResumed:
		t.changed(act)
	default:
		t.because("desk.unknown")
	}
}

// whoever takes the acts that need no open case, false if this is none of them.
func (t *turn) whoever(act *DeskAct) bool {
	switch act.Do {
	case DeskOpened:
		t.opened(act)
	case DeskErased:
		t.erased(act.Ref)
	case DeskAlarmed:
		t.alarmed()
	case DeskRead:
	default:
		return false
	}
	return true
}

// notOurs is an act of a case that the person has left or never had. The desk is
// told, unless it was only putting that case away.
func (t *turn) notOurs(act *DeskAct) {
	t.because("desk.not_ours")
	switch act.Do {
	case DeskClaimed, DeskAnswered, DeskPromised, DeskRoom, DeskPassed, DeskKept, DeskPaused:
		t.refuse(act.Case, "left")
	}
}

// changed: somebody else has the talk, or it rests.
func (t *turn) changed(act *DeskAct) {
	switch act.Do {
	case DeskPassed:
		t.passed(act)
	case DeskKept:
		t.goesOn(act)
	case DeskPaused:
		t.paused(act)
	default:
		t.resumed(act)
	}
}

func (t *turn) refuse(id CaseID, why string) {
	if t.s.Turn == 0 && why == "left" { // nothing is known of this person any more
		why = "forgotten"
	}
	t.because("refused." + why)
	t.add(EfDesk, "").Desk = DeskNote{Do: NoteRefused, Case: id, Lang: t.lang(), Act: t.e.ID, Why: why}
}

// opened makes the case known here. Who has left the line meanwhile is let go.
func (t *turn) opened(act *DeskAct) {
	s := &t.s
	if act.Case == "" {
		return
	}
	if s.Mode == ModeBot && act.Why == "words" {
		// Words were on their way when the case was closed: somebody has to read them,
		// so the talk waits again, and the desk is told that it does.
		t.because("desk.words_under_way")
		s.Mode, s.Ask = ModeWaiting, stopOnly(s.Ask)
		note := t.noteOf(NoteOpen)
		note.Case = act.Case
		t.add(EfDesk, "").Desk = note
	}
	if s.Mode == ModeBot && act.Why == "task" && !s.Stopped && !s.Blocked && s.Turn > 0 {
		// They asked for something in a task, and a coordinator answers: who comes is
		// said when they have claimed it, which is the next act.
		t.because("desk.task")
		s.Mode, s.Case, s.Staff, s.Until, s.Receipt = ModeWaiting, act.Case, "", 0, 0
		t.dropCheckIn()
		if t.v.Room.On && t.b.House.Place == string(InRoom) {
			t.moves(InRoom)
		}
		return
	}
	if s.Mode == ModeBot {
		t.because("desk.not_ours")
		t.add(EfDesk, "").Desk = DeskNote{Do: NoteLeave, Case: act.Case, Lang: t.lang(), Why: "left"}
		return
	}
	if s.Mode == ModeHuman && s.Case != "" {
		return
	}
	first := s.Case == ""
	s.Case = act.Case
	t.ahead = act.Ahead
	if first && s.Level != Clear { // after a crisis answer nobody is told a number
		key := "line.place"
		if act.Ahead <= 0 && len(t.b.Lines["line.place.next"]) > 0 {
			key = "line.place.next"
		}
		t.news(key)
	}
}

func (t *turn) claimed(act *DeskAct) {
	s := &t.s
	again := s.Mode == ModeHuman && s.Staff == act.Staff
	s.Mode, s.Staff, s.Ask = ModeHuman, act.Staff, stopOnly(s.Ask)
	s.alone()
	t.setUntil(act)
	s.Alarm = 0 // somebody is here
	t.dropCheckIn()
	if !again {
		t.news("joined")
	}
}

func stopOnly(q Question) Question {
	if q == AskStop {
		return q
	}
	return AskNothing
}

func (t *turn) setUntil(act *DeskAct) {
	if !act.Until.IsZero() {
		t.s.Until = act.Until.Unix()
	}
}

// answered carries a coordinator's words to the person, or tells the desk why not.
func (t *turn) answered(act *DeskAct) {
	if why := t.mayNot(); why != "" {
		t.refuse(act.Case, why)
		return
	}
	if !act.Words {
		t.refuse(act.Case, "empty")
		return
	}
	s := &t.s
	if s.Mode == ModeWaiting {
		s.Mode, s.Staff = ModeHuman, act.Staff
	}
	s.Paused = 0
	t.setUntil(act)
	s.Ask = AskNothing
	t.dropCheckIn()
	t.carry(act)
}

// carry brings the words of a coordinator to where the talk is.
func (t *turn) carry(act *DeskAct) {
	if why := t.mayNot(); why != "" {
		t.refuse(act.Case, why)
		return
	}
	t.s.Spoke = true
	e := t.add(EfHuman, "words")
	e.Voice, e.Staff = Human, t.staff
	e.Bubbles = []Bubble{{Words: true}}
	e.Exits = t.exits()
	inRoom := e.Place == InRoom
	n := t.noteOf(NoteSent)
	n.Act = t.e.ID
	t.add(EfDesk, "").Desk = n
	if inRoom {
		t.notify()
	}
}

// mayNot says why nothing of the desk may reach the person now, "" if it may.
func (t *turn) mayNot() string {
	switch {
	case t.s.Blocked:
		return "blocked"
	case t.s.Muted && t.s.Ask == AskStop:
		return "asking"
	case t.s.Muted:
		return "stopped"
	}
	return ""
}

// news is a line that the desk causes. The machine signs it.
func (t *turn) news(key string, extra ...Exit) *Effect {
	if why := t.mayNot(); why != "" {
		t.because("quiet." + why)
		return nil
	}
	e := t.speak(EfHuman, key, extra...)
	e.Staff = t.staff
	t.promise = time.Time{}
	return e
}

// over ends the case: the talk goes back to the machine, to the kept place.
func (t *turn) over(act *DeskAct) {
	key := "closed"
	if act.Do == DeskHandBack {
		key = "handback"
	}
	quiet := t.mayNot()
	s := &t.s
	asks, id := t.mayAskTalk(), s.Case
	stays := s.Place == InRoom && t.v.Room.Here // they are looking: said to them there
	t.release()
	s.Urgent, s.Level, s.Alarm = NoUrgency, NoLevel, 0
	if quiet != "" {
		t.because("quiet." + quiet)
		return
	}
	e := t.speak(EfHuman, key, ExMenu)
	e.Staff = t.staff
	if stays {
		e.Place = InRoom
	}
	t.back2place(e)
	if asks {
		t.askTalk(e, id)
	}
}
