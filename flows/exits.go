package flows

import "strings"

// exit takes a way out, false if it is none here: a 「はい」 without a question is
// a word like any other. No author can remove these and no mode can lock them.
func (t *turn) exit(x Exit, arg string) bool {
	switch x {
	case ExDelete:
		t.askDelete()
	case ExDeleteNow:
		if t.ask == AskDelete {
			t.erase()
		} else {
			t.askDelete()
		}
	case ExStop:
		t.stop()
	case ExHuman:
		t.human()
	case ExLang:
		t.language(Lang(arg))
	case ExForget:
		t.s.Ask = AskForget
		t.say("forget.ask").Choices = Offered(t.b, t.s)
	case ExLeave:
		t.leave()
	case ExBot:
		t.toMachine()
	case ExHide, ExShowAll:
		t.share(x)
	case ExEnd:
		t.end()
	case ExPrivacy, ExRoom, ExLine:
		t.about(x)
	case ExModel, ExNoModel:
		t.model(x)
	case ExBack, ExRestart, ExMenu:
		t.wander(x, arg)
	case ExYes, ExNo, ExNone, ExSame:
		return t.reply(x, arg)
	default:
		if !x.OfBoard() || t.toHuman(x, arg) { // a word to them
			return false
		}
		t.board(x, arg)
	}
	t.because("exit." + string(x))
	t.s.Tried = 0
	return true
}

// reply answers a question of the root: the one named on the button, or the one
// that stands open; そのままがいい answers who has come.
func (t *turn) reply(x Exit, arg string) bool {
	if x == ExSame {
		return t.same(arg)
	}
	q, about, _ := strings.Cut(arg, ".")
	if q == "" {
		q = string(t.ask)
	}
	yes := x == ExYes
	if t.s.Mode == ModeHuman && !answeredByRoot(Question(q), yes) {
		return false // a word to the coordinator
	}
	switch Question(q) {
	case AskDelete:
		return t.replyDelete(yes)
	case AskForget:
		return t.replyForget(yes)
	case AskStop:
		return t.replyStop(yes)
	case AskWorry:
		t.replyWorry(yes, Urgency(about))
	case AskTell:
		return t.replyTell(yes)
	case AskLeave:
		return t.replyLeave(yes)
	case AskResume:
		if yes {
			t.because("resume.go")
			t.show()
		} else {
			t.wander(ExRestart, "")
		}
	default:
		return t.replyGuess(x, Question(q))
	}
	return true
}

// replyGuess answers 「こういうことですか」 and 「つなぎましょうか」. While a case is
// open such a word is for the case.
func (t *turn) replyGuess(x Exit, q Question) bool {
	guess := q == AskHuman || q == AskClarify
	if t.s.Mode != ModeBot || x != ExNone && !guess {
		return false
	}
	if x == ExYes && q == AskHuman {
		t.human()
		return true
	}
	if taps := t.b.offered(&t.was); x == ExYes && t.was.Ask == AskClarify && len(taps) == 2 {
		return t.act(taps[0])
	}
	t.noneOfThese()
	return true
}

// answeredByRoot says which questions the machine still takes the answer to
// while a human has the talk.
func answeredByRoot(q Question, yes bool) bool {
	switch q {
	case AskDelete, AskForget, AskStop:
		return true
	case AskWorry:
		return yes
	}
	return false
}

func (t *turn) askDelete() {
	t.s.Ask = AskDelete
	key := "delete.ask"
	if t.v.Records && len(t.b.Lines["delete.ask.records"]) > 0 {
		key = "delete.ask.records" // the city keeps words of a claimed case, and says so before the second tap
	}
	t.say(key).Choices = Offered(t.b, t.s)
}

func (t *turn) replyDelete(yes bool) bool {
	switch {
	case yes && t.ask == AskDelete:
		t.erase()
	case yes: // a button of an old question: nothing is destroyed without asking now
		t.askDelete()
	default:
		t.because("delete.no")
		t.back2place(t.say("delete.no"))
	}
	return true
}

// erase is the second tap of 消す: everything goes, and nothing of this turn is
// remembered. The farewell rides on the reply token alone.
func (t *turn) erase() {
	t.because("delete.now")
	note := t.noteOf(NoteForgotten)
	t.s.Mode = ModeBot
	t.say("delete.done").Final = true
	t.add(EfDesk, "").Desk = note
	t.add(EfCancel, "").Timer.Key = "*"
	t.closeRoom(RoomDeleted)
	t.add(EfPurge, "")
	t.gone = true
}

// stop ends every message that we would begin ourselves. With an open case the
// coordinator's replies are held back as well until the person says what about them.
func (t *turn) stop() {
	s := &t.s
	again := s.Stopped && s.Mode != ModeBot && t.ask == AskStop
	s.Stopped = true
	t.dropCheckIn()
	t.tellNothing()
	switch {
	case s.Mode == ModeBot:
		t.say("stop")
	case again || t.was.Muted: // said a second time it means the replies too
		s.Muted, s.Ask = true, AskNothing
		t.say("stop.muted")
		t.tell(NoteStopped, "all")
	default:
		s.Muted, s.Ask = true, AskStop
		t.say("stop.ask").Choices = Offered(t.b, t.s)
		t.tell(NoteStopped, "asking")
	}
}

func (t *turn) replyStop(yes bool) bool {
	s := &t.s
	if s.Mode == ModeBot { // the case is over: there is nothing left to hold back
		return false
	}
	if s.Ask == AskStop {
		s.Ask = AskNothing
	}
	s.Muted = yes
	if yes {
		t.because("stop.all")
		t.say("stop.muted")
		t.tell(NoteStopped, "all")
		return true
	}
	t.because("stop.replies_kept")
	t.say("stop.kept")
	t.tell(NoteStopped, "nudges")
	return true
}

func (t *turn) replyForget(yes bool) bool {
	if !yes {
		t.because("forget.no")
		t.back2place(t.say("delete.no"))
		return true
	}
	if t.ask != AskForget {
		t.s.Ask = AskForget
		t.say("forget.ask").Choices = Offered(t.b, t.s)
		return true
	}
	t.because("forget.now")
	since := t.s.Visit
	t.dropCheckIn()
	s := &t.s
	s.Scene, s.Back, s.Undo, s.Memory, s.Candidates, s.Visit, s.Form = "", nil, nil, nil, nil, t.now, nil
	t.say("forget.done", ExMenu)
	t.closeRoom(RoomForget)
	t.add(EfForget, "").Since = since
	if s.Mode != ModeBot {
		note := t.noteOf(NoteUnsent)
		note.Since, note.Why = since, "forget"
		t.add(EfDesk, "").Desk = note
	}
	return true
}

// end is ここまで: it ends a topic and nothing else. A human who has the talk
// keeps it, and learns that the person said so.
func (t *turn) end() {
	s := &t.s
	if s.Mode != ModeBot {
		if s.Mode == ModeWaiting {
			s.Scene, s.Back, s.Undo = "", nil, nil
		}
		t.say("end.human", ExStop)
		t.toCase()
		return
	}
	s.Scene, s.Back, s.Undo, s.Candidates = "", nil, nil, nil
	t.say("end", ExStop, ExMenu)
}

// language switches and keeps scene and memory; without a name it asks.
func (t *turn) language(l Lang) {
	s := &t.s
	if ownNames[l] == "" || (l == t.lang() && t.e.Kind == EvText) {
		s.Ask = AskLang
		t.say("lang.ask").Choices = Offered(t.b, t.s)
		return
	}
	s.Lang = l
	if l == Ja {
		s.Lang = ""
	}
	t.back2place(t.say("lang.done", ExLang))
}

// model is AIを使わない or AIを使ってもいい. The wish is kept also where no model is
// switched on: it holds if the city gets one.
func (t *turn) model(x Exit) {
	t.s.NoModel = x == ExNoModel
	if t.s.NoModel {
		t.back2place(t.say("model.off", ExModel))
	} else {
		t.back2place(t.say("model.on", ExNoModel))
	}
}

// about is what concerns the house itself: who reads, and where one writes.
func (t *turn) about(x Exit) {
	switch x {
	case ExRoom:
		t.room()
	case ExLine:
		t.toLINE()
	default:
		t.privacy()
	}
}

func (t *turn) privacy() {
	extra := []Exit{ExForget, ExDelete, ExStop}
	if t.v.Model && t.s.NoModel {
		extra = append(extra, ExModel)
	} else if t.v.Model {
		extra = append(extra, ExNoModel)
	}
	key := "privacy"
	if t.v.Records && len(t.b.Lines["privacy.records"]) > 0 {
		key = "privacy.records"
	}
	e := t.say(key, extra...)
	if t.v.Model {
		t.write(e, t.b.Lines["privacy.model"])
	}
	if url := t.b.House.Privacy; url != "" {
		e.Choices = []Button{{Label: t.b.label("exit.privacy", t.lang()), URI: url}}
	}
}

// wander is もどる, はじめから, メニュー. While a human has the talk they are
// answered with who has it and the way back to the machine.
func (t *turn) wander(x Exit, arg string) {
	if t.s.Mode == ModeHuman {
		t.receipt()
		return
	}
	switch x {
	case ExBack:
		if t.formBack() {
			return
		}
		t.back()
	case ExRestart:
		s := &t.s
		s.Scene, s.Back, s.Undo, s.Memory, s.Candidates = "", nil, nil, nil, nil
		t.say("restart").Choices = t.menuButtons()
	case ExMenu:
		if sc := SceneKey(arg); t.b.Scenes[sc] != nil {
			t.go2(sc)
			return
		}
		if arg != "" {
			t.because("entrance.gone")
		}
		if t.s.Scene != "" {
			t.leaveScene("")
		}
		t.showMenu("menu.lead")
	}
}
