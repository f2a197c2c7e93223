package flows

// What happens to a talk from outside the talk: coming, going, taking back, time.

// follow greets once. Who comes back begins anew, with nothing of before on the screen.
func (t *turn) follow() {
	s := &t.s
	if s.Mode == ModeHuman { // a human is speaking; the machine keeps quiet
		s.Greeted = true
		return
	}
	s.Scene, s.Back, s.Undo, s.Memory, s.Candidates, s.Tried = "", nil, nil, nil, nil, 0
	key := "greeting"
	switch {
	case s.Greeted && t.was.Blocked:
		key = "greeting.back"
	case s.Greeted: // they wrote first and pressed 追加 later
		key = "follow"
	}
	s.Greeted = true
	if e := t.say(key, ExMenu, ExPrivacy, ExLang); key == "greeting" {
		t.terms(e)
	}
}

// terms adds to the greeting what depends on the house: when LINE's 既読 appears, and
// that it must not promise more than the city deletes.
func (t *turn) terms(e *Effect) {
	mark := t.b.Lines["greeting.mark"]
	if t.b.House.ReadMark {
		mark = t.b.Lines["greeting.read"]
	}
	t.write(e, mark)
	if t.v.Records {
		t.write(e, t.b.Lines["greeting.records"])
	}
}

// unfollow: we cannot reach them, and do not try.
func (t *turn) unfollow() {
	t.dropCheckIn()
	t.s.Blocked = true
	if t.s.Mode != ModeBot {
		t.tell(NoteStopped, "blocked")
	}
}

// unsend destroys what was taken back, and says nothing about it. A case, its
// risk and a running alarm stay.
func (t *turn) unsend() {
	t.add(EfUnsend, "").Ref = t.e.Ref
	if t.s.Form != nil { // words of a draft go with their text
		t.s.Form = t.s.Form.without(t.e.Ref)
	}
	if t.s.Mode != ModeBot {
		t.tell(NoteUnsent, "")
	}
}

// erased destroys a line in the same way because the desk asks for it. Nothing is said,
// and a case, its risk and a running alarm stay here too.
func (t *turn) erased(ref string) {
	if ref == "" {
		t.because("desk.unknown")
		return
	}
	t.because("desk.erased")
	t.add(EfUnsend, "").Ref = ref
	if t.s.Form != nil {
		t.s.Form = t.s.Form.without(ref)
	}
}

func (t *turn) timer() {
	switch t.e.Timer.Kind {
	case TimerAlarm:
		t.alarmTimer()
	case TimerCheckIn:
		t.checkIn()
	case TimerVisit:
		t.visitOver()
	case TimerGroup:
		t.groupNews(t.e.Timer.Group)
	case TimerUnread:
		t.unread()
	case TimerPost:
		t.e.Post = t.e.Timer.Post
		t.postNews()
	default:
		t.because("timer.unknown")
	}
}

// checkIn is the one message that we begin: only by the tap that asked for it,
// never after a stop, and in daytime.
func (t *turn) checkIn() {
	s := &t.s
	timer := t.e.Timer
	if s.Consent == "" || s.Consent != timer.Key || s.Stopped || s.Blocked || s.Mode != ModeBot {
		t.because("timer.late")
		return
	}
	now := t.local()
	at := daytime(now)
	if now.Before(timer.At) {
		at = timer.At
	}
	if at.After(now) {
		t.because("timer.not_yet")
		timer.At = at
		t.add(EfTimer, "").Timer = timer
		return
	}
	s.Consent = ""
	timer.Scene = t.b.Moved(timer.Scene)
	if t.b.Scenes[timer.Scene] == nil {
		t.because("scene.gone")
		return
	}
	s.Back, s.Undo, s.Ask, s.Tried = nil, nil, AskNothing, 0
	s.Visit, s.Last = t.now, t.now // what they answer belongs to this, not to last week
	t.because("nudge")
	if s.Urgent == Violence { // whoever else looks at this phone must learn nothing
		s.Scene, s.Ask = timer.Scene, AskResume
		t.speak(EfNudge, "nudge.quiet", ExStop).Choices = Offered(t.b, t.s)
		return
	}
	t.enter(EfNudge, timer.Scene)
}

// finish says what belongs to the turn as a whole and closes the books.
func (t *turn) finish() {
	if t.gone {
		t.tellForeign()
		t.s = State{}
		return
	}
	t.tellForeign()
	t.tellDraft()
	t.offerTongue()
	t.tellFirst()
	t.tellNotice() // last, so that it stands first, also before a greeting
	if t.was.Blocked && !t.s.Blocked && t.s.Mode != ModeBot {
		t.tell(NoteStopped, "unblocked")
	}
	if t.s.Turn > 0 {
		t.s.Bundle = t.b.Hash
	}
}

// tellForeign owns up to a sentence that is missing in the person's language.
func (t *turn) tellForeign() {
	if !t.foreign {
		return
	}
	for i := range t.out {
		if len(t.out[i].Bubbles) == 0 || t.out[i].Bubbles[0].Words {
			continue
		}
		switch text := t.sentence("lang.fallback", t.out[i].Lang); {
		case text == "":
		case t.out[i].Crisis:
			t.out[i].trail(text)
		default:
			t.out[i].lead(text)
		}
		return
	}
}

// sentence is a fixed line of one bubble, "" where the bundle has none.
func (t *turn) sentence(key string, l Lang) string {
	if len(t.b.Lines[key]) == 0 {
		return ""
	}
	text, _ := t.b.Lines[key][0].In(l)
	return text
}

// tellDraft says once that nobody has confirmed these sentences yet.
func (t *turn) tellDraft() {
	if !t.b.Drafts || t.s.DraftTold || t.s.Mode == ModeHuman || t.s.Ask == AskWorry { // not before a question that matters more
		return
	}
	for i := range t.out {
		e := &t.out[i]
		if e.Kind != EfAnswer || e.Crisis || len(e.Bubbles) == 0 || len(e.Bubbles) >= maxBubbles {
			continue
		}
		if text := t.sentence("draft.notice", e.Lang); text != "" {
			t.s.DraftTold = true
			e.lead(text)
		}
		return
	}
}

// lead puts a sentence before what an effect says.
func (e *Effect) lead(text string) {
	if len(e.Bubbles) >= maxBubbles && e.Bubbles[0].Text != "" {
		e.Bubbles[0].Text = text + "\n\n" + e.Bubbles[0].Text
		return
	}
	e.Bubbles = append([]Bubble{{Text: text}}, e.Bubbles...)
}

// trail puts a sentence behind it.
func (e *Effect) trail(text string) {
	if n := len(e.Bubbles); n >= maxBubbles {
		e.Bubbles[n-1].Text += "\n\n" + text
		return
	}
	e.Bubbles = append(e.Bubbles, Bubble{Text: text})
}

// tellFirst puts the first-use notice before the first answer of somebody who
// never came through the door of 友だち追加. Help goes first where it is urgent.
func (t *turn) tellFirst() {
	if !t.greet || t.s.Greeted || t.s.Mode != ModeBot || len(t.out) == 0 || t.out[0].Kind != EfAnswer {
		return
	}
	t.s.Greeted = true
	answer := t.out
	t.out = make([]Effect, 0, len(answer)+1)
	t.inTheirWords(func() {
		e := t.say("greeting")
		t.terms(e)
		for _, b := range e.Bubbles[1:] {
			e.Bubbles[0].Text += "\n\n" + b.Text
		}
		e.Bubbles = e.Bubbles[:1]
	})
	t.out = append(t.out, answer...)
}
