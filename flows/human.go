package flows

import "time"

const receiptEvery = 12 * time.Hour

// human is 人と話す: answered at once with what the roster promises and with what
// the coordinator will see. Nothing is asked first, and nobody gets two cases.
func (t *turn) human() {
	s := &t.s
	if s.Muted { // who asks for a human wants to hear from one
		s.Muted, s.Ask = false, AskNothing
		defer t.tell(NoteStopped, "nudges")
	}
	switch s.Mode {
	case ModeHuman:
		t.receipt()
	case ModeWaiting:
		t.say("human.again", ExHide, ExShowAll)
	default:
		note := t.opening()
		s.Mode = ModeWaiting
		t.heedTeam("", note.Topic)
		t.promiseHuman()
		t.open(note)
	}
}

// promiseHuman says who reads when, and what is passed on.
func (t *turn) promiseHuman() {
	key := "human.closed"
	if t.v.Open {
		key = "human.open"
	}
	e := t.say(key, ExHide, ExShowAll)
	// What is passed on stands last: its two exits hang under the last bubble.
	if !t.v.Friend && len(e.Bubbles) < maxBubbles-1 { // without that a push stops arriving after seven days
		t.write(e, t.b.Lines["friend.hint"])
	}
	if len(e.Bubbles) < maxBubbles {
		t.write(e, t.b.Lines["human.shared"])
	}
}

// opening is the note that makes a case: the words of this visit and where the
// person was, never earlier visits or memory.
func (t *turn) opening() DeskNote {
	n := t.noteOf(NoteOpen)
	n.Since = t.s.Visit
	n.Flow, n.Topic = t.subject()
	return n
}

// subject is what the talk is about: the scene's flow, else what the texts named.
func (t *turn) subject() (FlowID, string) {
	if sc := t.b.Scenes[t.s.Scene]; sc != nil {
		if f := t.b.Flows[sc.Flow]; f != nil {
			return f.ID, f.Topic
		}
	}
	if len(t.read.Topics) > 0 {
		return t.read.Topics[0].Flow, t.read.Topics[0].Topic
	}
	return "", ""
}

// open puts the person in the line. A human cares for them from here on, so a
// check-in of the machine is off.
func (t *turn) open(n DeskNote) {
	s := &t.s
	s.Mode, s.Case, s.Staff, s.Until, s.Receipt = ModeWaiting, "", "", 0, 0
	s.Muted, s.Tried, s.Spoke = false, 0, false
	t.dropCheckIn()
	t.settle(&n)
	n.Place = s.Place
	t.add(EfDesk, "").Desk = n
}

// noteOf is a note to the desk with what every note carries.
func (t *turn) noteOf(do NoteDo) DeskNote {
	return DeskNote{Do: do, Case: t.s.Case, Scene: t.s.Scene, Lang: t.lang(), Urgency: t.s.Urgent, Level: t.s.Level}
}

func (t *turn) tell(do NoteDo, why string) {
	n := t.noteOf(do)
	n.Why = why
	t.add(EfDesk, "").Desk = n
}

// toCase passes on that there are new words, or a tap, for the open case.
func (t *turn) toCase() {
	n := t.noteOf(NoteWords)
	n.Flow, n.Topic = t.subject()
	if t.e.Kind == EvTap && t.e.Tap.Scene != "" {
		n.Scene = t.e.Tap.Scene
	}
	t.because("case.words")
	t.add(EfDesk, "").Desk = n
}

// burstToCase passes on the other texts of a burst that held a way out.
func (t *turn) burstToCase() {
	if t.was.Mode == ModeBot || t.s.Mode == ModeBot || t.gone {
		return
	}
	for i := range t.e.Readings {
		if t.e.Readings[i].Exit == NoExit {
			t.toCase()
			return
		}
	}
}

// receipt says that a human has the talk and when they answer.
func (t *turn) receipt() {
	if at := time.Unix(t.s.Until, 0); t.s.Until > 0 && at.After(t.v.Now) {
		t.promise = at
	}
	key := "human.receipt"
	if t.resting() {
		key = "paused.receipt"
		t.promise = t.pauseEnds()
	}
	t.say(key).Staff = t.staff
	if t.s.Place == InRoom && t.e.Place == InLINE {
		t.link(t.say("room.elsewhere"))
	}
	t.promise = time.Time{}
}

// leave is やっぱりいい: out of the line, without a word why.
func (t *turn) leave() {
	switch t.s.Mode {
	case ModeWaiting:
		note := t.noteOf(NoteLeave)
		note.Why = "left"
		t.release()
		t.back2place(t.say("line.left", ExMenu))
		t.add(EfDesk, "").Desk = note
	case ModeHuman: // said to the coordinator, most likely; they read it, and the way out stands beside
		t.say("end.human", ExStop)
		t.toCase()
	default:
		t.back2place(t.say("line.none", ExMenu))
	}
}

// toMachine is 機械の案内にもどる: one line, and the place as it was.
func (t *turn) toMachine() {
	if t.s.Mode == ModeBot {
		t.show()
		return
	}
	note := t.noteOf(NoteLeave)
	note.Why = "bot"
	t.release()
	e := t.say("bot.back", ExMenu)
	if t.s.Scene != "" {
		t.back2place(e)
	} else {
		e.Choices = t.menuButtons()
	}
	t.add(EfDesk, "").Desk = note
}

// release gives the talk back to the machine. What was grave stays noted for
// this visit.
func (t *turn) release() {
	s := &t.s
	s.Mode, s.Case, s.Staff, s.Until, s.Receipt, s.Muted, s.Spoke = ModeBot, "", "", 0, 0, false, false
	s.alone()
	s.Place, s.Told = InLINE, 0
	if s.Ask == AskStop {
		s.Ask = AskNothing
	}
}

// share is 見せない or 前の話も見せる. Where a life may be at stake the visit is
// always shown, and we say so instead of pretending.
func (t *turn) share(x Exit) {
	if t.s.Mode == ModeBot {
		e := t.say("late.tap", ExMenu)
		e.Choices = Offered(t.b, t.s)
		return
	}
	if x == ExHide && t.s.Level == Clear {
		t.because("share.kept")
		t.say("human.shared", ExShowAll)
		return
	}
	n := t.noteOf(NoteShare)
	if x == ExShowAll {
		n.Since, n.All = t.s.Visit, true
		t.say("human.all", ExHide)
	} else {
		t.say("human.hidden", ExShowAll)
	}
	t.add(EfDesk, "").Desk = n
}

// humanReads is 書いたら: 人が読む. The machine does not answer what was written.
func (t *turn) humanReads(sc *Scene) {
	t.because("write.human")
	note := t.opening()
	t.s.Mode = ModeWaiting
	t.heedTeam("", note.Topic)
	t.say("waiting.receipt", ExHide, ExShowAll)
	t.open(note)
	if sc.Next != "" {
		t.go2(sc.Next)
	}
}

// handoff is つなぐ: the scene has said why, now a human is asked for. Who is in
// the line or with a human already gets no second case.
func (t *turn) handoff(sc *Scene) {
	if t.s.Mode != ModeBot {
		n := t.noteOf(NoteWords)
		n.Flow, n.Topic = t.subject()
		n.Team = sc.Handoff.Team
		t.say("human.again", ExHide, ExShowAll)
		t.add(EfDesk, "").Desk = n
		return
	}
	n := t.opening()
	n.Team = sc.Handoff.Team
	if sc.Handoff.Urgent {
		n.Why = "hurry"
	}
	for _, key := range sc.Handoff.Pass {
		v := t.s.Memory[key]
		if f := t.b.Flows[sc.Flow]; key == "題" && f != nil {
			v = f.Title[Ja]
		}
		if v != "" {
			if n.Memory == nil {
				n.Memory = map[string]string{}
			}
			n.Memory[key] = v
		}
	}
	t.s.Mode = ModeWaiting
	t.heedTeam(n.Team, n.Topic)
	t.promiseHuman()
	if !t.v.Open && sc.Handoff.OffHours != "" {
		t.drawCard(&t.out[len(t.out)-1], sc.Handoff.OffHours)
	}
	t.open(n)
}
