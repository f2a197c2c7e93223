package flows

import "time"

const (
	visitGap  = 24 * time.Hour      // after so long a silence a new visit begins, and the place is asked about
	placeKept = 90 * 24 * time.Hour // for so long the place is kept at all
)

// Step decides what one event does. It is pure and total: the same four inputs
// give the same output, byte for byte, and no state, event or bundle makes it
// fail. The state it was given is left untouched. The third result says why, in
// short codes without anybody's words.
//
// The order of the questions it asks is the promise of the house and fixed:
// unsend, crisis, delete, stop, human, language, who has the talk, the other
// ways out, the scene, the entrances, asking back, and a human last.
func Step(b *Bundle, v View, s State, e Event) (State, []Effect, []string) {
	return StepInto(nil, b, v, s, e)
}

// StepInto is Step for those who take millions of steps and keep few: the effects
// are written over what stood in room, as far as it reaches.
func StepInto(room []Effect, b *Bundle, v View, s State, e Event) (State, []Effect, []string) {
	if b == nil {
		b = &Bundle{}
	}
	t := turn{b: b, v: v, e: e, s: s, ask: s.Ask, now: v.Now.Unix(), out: room[:0]}
	t.mend()
	t.was = t.s
	t.heed()
	t.run()
	t.finish()
	return t.s, t.out, t.why
}

// turn is one Step at work.
type turn struct {
	b   *Bundle
	v   View
	e   Event
	s   State    // becomes the new state; its slices and map are replaced, never written into
	was State    // the state before
	ask Question // the question that stood when the event came
	now int64

	read Reading  // all texts of the event as one
	also []FlowID // further entrances that a burst named surely

	staff   string    // {staff}
	from    string    // {from}: who had the talk before
	ahead   int       // {ahead}
	promise time.Time // {when}, where the line is about a promise
	foreign bool      // a sentence was missing in the person's language
	greet   bool      // the turn met the person as a guest: the first-use notice fits
	gone    bool      // 消す was done: nothing is remembered, not even this turn

	out []Effect
	why []string
}

func (t *turn) because(code string) { t.why = append(t.why, code) }

// mend makes any state a possible one: it may come from an older program, and a
// scene may be gone from this release.
func (t *turn) mend() {
	s := &t.s
	if s.Mode != ModeWaiting && s.Mode != ModeHuman {
		s.Mode = ModeBot
	}
	if ownNames[s.Lang] == "" || s.Lang == Ja {
		s.Lang = ""
	}
	t.hop()
	if !t.v.Room.On {
		s.Place = InLINE
	}
	if len(s.Back) > maxBack {
		s.Back = s.Back[len(s.Back)-maxBack:]
		s.Undo = nil
	}
	if s.Tried < 0 {
		s.Tried = 0
	}
	if s.Mode != ModeHuman {
		s.alone()
	}
	t.staff = s.Staff
	t.ahead = t.v.Ahead
}

func (t *turn) lang() Lang {
	if t.s.Lang == "" {
		return Ja
	}
	return t.s.Lang
}

func (t *turn) run() {
	switch t.e.Kind {
	case EvUnsend:
		t.unsend()
	case EvUnfollow:
		t.unfollow()
	case EvDesk:
		t.desk()
	case EvTimer:
		t.timer()
	case EvPost:
		t.postNews()
	case EvGroup:
		t.groupNews(t.e.Group)
	case EvReply:
		t.groupReply()
	default:
		t.person()
	}
}

// person takes what the resident did: wrote, tapped, sent, came back.
func (t *turn) person() {
	t.read, t.also = merge(t.e.Readings)
	if t.e.Standby {
		t.standby()
		return
	}
	t.arrive()
	switch t.e.Kind {
	case EvFollow:
		t.follow()
	case EvTap:
		if !t.twice() {
			t.tap(t.e.Tap)
		}
	case EvText:
		t.text()
	case EvSticker:
		t.sent("sticker")
	case EvMedia:
		t.sent("media")
	case EvLocation:
		t.sent("location")
	default:
		t.sent("unknown")
	}
}

// arrive notes that the person is here.
func (t *turn) arrive() {
	s := &t.s
	away := t.away()
	if s.Mode == ModeBot && away >= placeKept {
		s.Scene, s.Back, s.Undo, s.Memory, s.Candidates = "", nil, nil, nil, nil
	}
	if s.Visit == 0 || s.Mode == ModeBot && away >= visitGap {
		s.Visit = t.now
		if at := t.e.At.Unix(); at > 0 && at < t.now {
			s.Visit = at
		}
		s.Tried = 0
		if s.Mode == ModeBot {
			s.Urgent, s.Level = NoUrgency, NoLevel
		}
	}
	t.crowded()
	t.formMend()
	s.Blocked = false
	s.Last, s.Candidates = t.now, nil
	if s.Ask != AskStop { // this one stays open until it is answered
		s.Ask = AskNothing
	}
	if s.Turn++; s.Turn == 0 {
		s.Turn = 1
	}
}

// away is how long the person was silent before this turn.
func (t *turn) away() time.Duration {
	if t.was.Last <= 0 || t.now <= t.was.Last {
		return 0
	}
	return time.Duration(min(t.now-t.was.Last, int64(placeKept/time.Second))) * time.Second
}

// text answers what was written, in the fixed order.
func (t *turn) text() {
	x := t.read.Exit
	if t.crisis() {
		switch x { // these hold from every state, also beside a cry for help
		case ExDelete, ExDeleteNow, ExStop, ExForget:
			t.exit(x, "")
		}
		return
	}
	arg := ""
	if x == ExLang {
		arg = string(t.read.Lang)
	}
	if x != NoExit && t.exit(x, arg) {
		t.burstToCase()
		return
	}
	if t.worry() {
		return
	}
	if n := t.read.Choice; n > 0 {
		if taps := t.b.offered(&t.was); n <= len(taps) && t.act(taps[n-1]) {
			t.because("typed.choice")
			return
		}
	}
	if t.joined() || t.formText() || t.question() || t.gate() {
		return
	}
	t.route()
}

// tap answers a button of ours, however old.
func (t *turn) tap(tap Tap) {
	if tap.Exit == ExMenu && tap.Arg != "" || tap.Exit == NoExit || tap.Exit == ExNone || tap.Exit.OfBoard() && !AboutTalk(tap) {
		if t.s.Mode == ModeHuman { // any other tap goes to the case, like a text
			t.gate()
			return
		}
	}
	if t.act(tap) {
		return
	}
	if !t.gate() {
		t.because("tap.late")
		t.say("late.tap").Choices = Offered(t.b, t.s)
	}
}

// act does what a button says, false if this bundle does not know it any more.
func (t *turn) act(tap Tap) bool {
	if tap.Exit != NoExit {
		return t.exit(tap.Exit, tap.Arg)
	}
	sc, n := t.b.chosen(tap)
	if sc == nil {
		return false
	}
	return t.choose(tap.Scene, sc, n)
}

// twiceWithin is how close the second tap of a double tap follows.
const twiceWithin = 4

// twice is the second half of a double tap: the same button again, at once, when
// it has already done its work.
func (t *turn) twice() bool {
	tap := t.e.Tap
	if tap.Turn+1 != t.was.Turn || t.now-t.was.Last > twiceWithin || t.now < t.was.Last {
		return false
	}
	done := false
	switch tap.Exit {
	case NoExit:
		sc, n := t.b.chosen(tap)
		done = sc != nil && t.isHere(&sc.Choices[n-1])
	case ExDelete:
		done = t.was.Ask == AskDelete
	case ExForget:
		done = t.was.Ask == AskForget
	case ExStop:
		done = t.was.Ask == AskStop
	case ExHuman:
		done = t.was.Mode == ModeWaiting
	case ExMenu:
		done = tap.Arg != "" && SceneKey(tap.Arg) == t.was.Scene
	}
	if done {
		t.s = t.was
		t.s.Last = t.now
		t.because("tap.twice")
	}
	return done
}

// isHere says whether a choice has led where the person already is.
func (t *turn) isHere(c *Choice) bool {
	if c.Later != nil {
		return false
	}
	if c.End {
		return t.was.Scene == ""
	}
	if c.Next == "" || c.Next != t.was.Scene {
		return false
	}
	return c.Remember[0] == "" || t.was.Memory[c.Remember[0]] == c.Remember[1]
}

// gate hands what was written or sent to the human who has the talk, or whose
// turn comes. While a human has it the machine says nothing but one receipt.
func (t *turn) gate() bool {
	switch t.s.Mode {
	case ModeHuman:
		t.toCase()
		if t.now-t.s.Receipt >= int64(receiptEvery/time.Second) && !t.s.Muted {
			t.s.Receipt = t.now
			t.because("receipt")
			t.receipt()
		}
		return true
	case ModeWaiting:
		t.toCase()
		t.heedTeam(t.v.Team, "")
		t.say("waiting.receipt")
		return true
	}
	return false
}

// sent answers a sticker, a photo, a place, or something newer than we are.
func (t *turn) sent(line string) {
	if t.gate() || t.formPhoto() {
		return
	}
	if t.e.Kind == EvLocation && len(t.v.Posts) > 0 {
		t.find()
		return
	}
	sc := t.b.Scenes[t.s.Scene]
	if sc != nil && sc.Write == WriteHuman {
		t.humanReads(sc)
		return
	}
	t.greet = true
	if t.resume() {
		return
	}
	e := t.say(line, ExMenu)
	if sc != nil {
		e.Choices = Offered(t.b, t.s)
	}
}
