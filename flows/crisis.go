package flows

import (
	"strconv"
	"strings"
	"time"
)

const (
	alarmWait = 3 * time.Minute // nobody has acknowledged: the person gets the card after all
	alarmKey  = "alarm:"
	cardKey   = "alarm.card:" // an alarm whose card the person has not seen yet
)

// crisis answers a text that clearly speaks of danger, in every mode and before
// anything else: fixed words, a human first, a case, an alarm. The place in the
// talk is kept. It is false for everything less.
func (t *turn) crisis() bool {
	if t.read.Level != Clear || t.read.Urgency == NoUrgency {
		return false
	}
	t.inDanger(t.read.Urgency, t.read.Rules)
	return true
}

func (t *turn) inDanger(u Urgency, rules []string) {
	t.because("crisis." + string(u))
	for _, r := range rules {
		t.because("rule:" + r)
	}
	s := &t.s
	rose := s.Level != Clear || u.Weight() > s.Urgent.Weight()
	if rose {
		s.Urgent, s.Level = u, Clear
	}
	s.Tried = 0
	if s.Mode == ModeHuman {
		t.dangerWithHuman(u, rules)
		return
	}
	hadCase := s.Mode == ModeWaiting
	note := t.opening()
	note.Urgency, note.Level, note.Rules = u, Clear, rules
	if hadCase {
		note.Do = NoteRisk
	}
	s.Mode = ModeWaiting
	t.crisisCard(u)
	if hadCase {
		t.add(EfDesk, "").Desk = note
		t.toCase()
		if rose {
			t.risen(u)
		}
	} else {
		t.open(note)
	}
	t.alarm(u, rules, false)
}

// dangerWithHuman lets the coordinator know at once and leaves the talk to them,
// unless nobody reads at this hour.
func (t *turn) dangerWithHuman(u Urgency, rules []string) {
	note := t.noteOf(NoteRisk)
	note.Urgency, note.Level, note.Rules = u, Clear, rules
	note.Since = t.s.Visit
	t.add(EfDesk, "").Desk = note
	t.toCase()
	here := t.v.Open && !t.resting() // while the talk rests nobody is about to write
	t.alarm(u, rules, here)
	if !here {
		t.crisisCard(u)
	}
}

// alarm wakes people, unless nobody could wake: with no night duty and outside
// hours nothing pretends to. The case then heads the morning's line.
func (t *turn) alarm(u Urgency, rules []string, cardOwed bool) {
	if !t.v.Open && !t.v.Night {
		t.because("alarm.nobody_on_duty")
		return
	}
	t.add(EfAlarm, "").Alarm = Alarm{Urgency: u, Level: Clear, Rules: rules}
	if t.s.Alarm != 0 {
		return // its three minutes are running; more words must not put them off
	}
	key := alarmKey
	if cardOwed {
		key = cardKey
	}
	t.s.Alarm = t.s.Turn
	t.add(EfTimer, "").Timer = Timer{Kind: TimerAlarm, At: t.v.Now.Add(alarmWait), Turn: t.s.Turn,
		Key: key + strconv.FormatUint(uint64(t.s.Turn), 10)}
}

// crisisCard is the fixed answer: when a human reads, a button to one, and the
// numbers that always answer.
func (t *turn) crisisCard(u Urgency) {
	key := "crisis." + string(u)
	if len(t.b.Lines[key]) == 0 {
		key = "crisis.life"
	}
	if !t.v.Open && !t.v.Night && len(t.b.Lines[key+".night"]) > 0 {
		key += ".night"
	}
	if t.s.Mode != ModeHuman {
		t.s.Ask = AskHuman
	}
	t.inTheirWords(func() {
		e := t.say(key)
		e.Crisis = true
		e.Choices = append(e.Choices, t.button(Tap{Exit: ExHuman}))
		for _, phone := range emergency(u) {
			e.Choices = append(e.Choices, Button{Label: t.b.phoneName(phone, t.lang()), URI: "tel:" + phone})
		}
		e.Choices = append(e.Choices, t.ears(u, maxContacts-len(emergency(u)))...)
		if u == Violence { // somebody may look at this screen later
			e.chip(t.button(Tap{Exit: ExForget}))
		}
	})
}

// maxContacts is how many numbers stand in a crisis answer: more is a list, not help.
const maxContacts = 3

// ears are others who listen at this very hour: cards that the city named for this
// danger, that a person has verified, and that are known to be open now. Who is here
// writes, so those who can be written to come before those who must be phoned,
// however the city has listed them; else the city's own order holds.
func (t *turn) ears(u Urgency, most int) []Button {
	var written, spoken []Button
	for _, id := range t.b.House.Urgent[u] {
		c := t.b.Cards[id]
		if c == nil || !c.Fresh(t.v.Now) {
			continue
		}
		if open, _, known := t.b.OpenNow(c, t.local()); !known || !open {
			continue
		}
		title, _ := c.Title.In(t.lang())
		switch {
		case title == "" || len([]rune(title)) > maxLabel:
		case c.URL != "":
			written = append(written, Button{Label: title, URI: c.URL})
		case c.Phone != "":
			spoken = append(spoken, Button{Label: title, URI: "tel:" + c.Phone})
		}
	}
	ears := append(written, spoken...)
	return ears[:min(len(ears), most)]
}

// maxLabel is LINE's limit for the label of a button.
const maxLabel = 20

// emergency are the numbers that always answer, the fitting one first.
func emergency(u Urgency) []string {
	switch u {
	case Violence:
		return []string{"110", "189"}
	case Medical:
		return []string{"119"}
	}
	return []string{"119", "110"}
}

// phoneName is the title of the card with that number, else the number.
func (b *Bundle) phoneName(phone string, l Lang) string {
	var found *Card
	for _, c := range b.Cards {
		if c != nil && c.Always && c.Phone == phone && (found == nil || c.ID < found.ID) {
			found = c
		}
	}
	if found == nil {
		return phone
	}
	title, _ := found.Title.In(l)
	if title == "" || len([]rune(title)) > 15 {
		return phone
	}
	if !strings.Contains(title, phone) {
		title = phone + " " + title
	}
	return title
}

// worry asks, gently and concretely, where a text may speak of danger. With
// a human in the talk only they learn of it.
func (t *turn) worry() bool {
	if t.read.Level != Worry || t.read.Urgency == NoUrgency {
		return false
	}
	s := &t.s
	if s.Level == Clear && s.Mode == ModeBot { // it was clear before, and they left the line: this is no less
		t.inDanger(t.read.Urgency, t.read.Rules)
		return true
	}
	asked, rose := s.Level != NoLevel && s.Urgent == t.read.Urgency, s.Level == NoLevel
	t.because("worry." + string(t.read.Urgency))
	if s.Level != Clear {
		s.Urgent, s.Level = t.read.Urgency, Worry
	}
	if s.Mode != ModeBot {
		note := t.noteOf(NoteRisk)
		note.Urgency, note.Level, note.Rules = t.read.Urgency, Worry, t.read.Rules
		t.add(EfDesk, "").Desk = note
	}
	if s.Mode == ModeHuman || asked && (s.Mode == ModeWaiting || t.read.Sure) {
		return false
	}
	if asked && t.ask != AskHuman { // the same question again would be an interrogation
		t.offerHuman()
		return true
	}
	if s.Mode == ModeWaiting {
		t.toCase()
	}
	key := "worry." + string(t.read.Urgency)
	s.Ask = AskWorry
	t.inTheirWords(func() { t.say(key).Choices = Offered(t.b, t.s) })
	if rose {
		t.risen(s.Urgent)
	}
	return true
}

// replyWorry takes the answer. A yes is as clear as any word.
func (t *turn) replyWorry(yes bool, about Urgency) {
	if about.Weight() == 0 {
		about = t.s.Urgent
	}
	if about.Weight() == 0 {
		about = Life
	}
	if yes {
		t.inDanger(about, []string{"worry.yes"})
		return
	}
	t.because("worry.no")
	e := t.say("worry.ok", ExMenu)
	if t.s.Mode == ModeBot && t.b.Scenes[t.s.Scene] == nil {
		e.Choices = t.menuButtons() // who has answered must not stand before an empty screen
		return
	}
	t.back2place(e)
}

// alarmTimer: three minutes have gone and nobody has said that they saw it.
func (t *turn) alarmTimer() {
	s := &t.s
	if s.Alarm == 0 || t.e.Timer.Turn != s.Alarm {
		t.because("timer.late")
		return
	}
	s.Alarm = 0
	if t.v.Alarmed {
		t.because("alarm.seen")
		return
	}
	t.because("alarm.unseen")
	if t.v.Open || t.v.Night {
		t.add(EfAlarm, "").Alarm = Alarm{Urgency: s.Urgent, Level: Clear}
	}
	if s.Mode == ModeHuman && strings.HasPrefix(t.e.Timer.Key, cardKey) {
		t.crisisCard(s.Urgent)
		if s.Place == InRoom {
			t.notify()
		}
	}
}

// alarmed: somebody has seen it.
func (t *turn) alarmed() {
	turn := strconv.FormatUint(uint64(t.s.Alarm), 10)
	if t.s.Alarm == 0 {
		return
	}
	t.s.Alarm = 0
	t.add(EfCancel, "").Timer.Key = alarmKey + turn
	t.add(EfCancel, "").Timer.Key = cardKey + turn
}

// standby: another module of LINE has the talk. Nothing may be sent; a clear cry
// for help still wakes somebody.
func (t *turn) standby() {
	switch t.e.Kind {
	case EvFollow:
		t.s.Blocked = false
	case EvText:
		if t.read.Level == Clear && t.read.Urgency != NoUrgency {
			t.because("standby." + string(t.read.Urgency))
			t.add(EfAlarm, "").Alarm = Alarm{Urgency: t.read.Urgency, Level: Clear, Rules: t.read.Rules, Standby: true}
		}
	}
}
