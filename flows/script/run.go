package script

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"engawa/flows"
)

// Read reads a text as understand does: the language spoken and the labels on the screen matter.
type Read func(text string, lang flows.Lang, offered []string) flows.Reading

// stage plays one talk: the real Read and Step, a clock that can be turned, and
// a desk that does as the test says.
type stage struct {
	b       *flows.Bundle
	read    Read
	talk    *Talk
	now     time.Time
	state   flows.State
	buttons map[string]string // label → data, of all that was shown; the newest wins
	timers  []flows.Timer
	last    []flows.Effect // what came of the last thing that happened
	events  int
	cases   int
	faults  Faults
	broken  map[string]bool // musts that were told already
}

// Play plays a talk and tells every expectation that does not come true.
func (t *Talk) Play(b *flows.Bundle, read Read) Faults {
	s := &stage{b: b, read: read, talk: t, now: t.At, buttons: map[string]string{}, broken: map[string]bool{}}
	if t.Lang != flows.Ja {
		s.state.Lang = t.Lang
	}
	s.state.Greeted, s.state.DraftTold = true, true // the notices of a first visit have tests of their own
	for _, l := range t.lines {
		if contains(happens, l.does) {
			s.happen(l)
			s.hold(l)
			continue
		}
		if why := s.wrong(l); why != "" {
			s.faults = append(s.faults, t.told(l, "%s", why))
		}
	}
	return s.faults
}

func (s *stage) happen(l talkLine) {
	s.last = nil
	for _, w := range l.words {
		e, err := s.event(l.does, w)
		if err != "" {
			s.faults = append(s.faults, s.talk.told(l, "%s", err))
			return
		}
		if e.Kind != "" {
			s.step(e)
		}
	}
}

// event makes what a line says happens.
func (s *stage) event(does, word string) (flows.Event, string) {
	switch does {
	case "人":
		var labels []string
		for _, b := range flows.Offered(s.b, s.state) {
			labels = append(labels, b.Label)
		}
		return flows.Event{Kind: flows.EvText, Readings: []flows.Reading{s.read(word, s.state.Lang, labels)}}, ""
	case "押す":
		data, ok := s.buttons[word]
		if !ok {
			return flows.Event{}, fmt.Sprintf("ボタン「%s」は、まだ画面に出ていません(いま: %s)。", word, strings.Join(s.choices(), "・"))
		}
		tap, err := flows.DecodeTap(data)
		if err != nil {
			return flows.Event{}, fmt.Sprintf("ボタン「%s」は、押しても話がすすみません(電話やページのボタンです)。", word)
		}
		tap.Label = word
		return flows.Event{Kind: flows.EvTap, Tap: tap}, ""
	case "スタンプ":
		return flows.Event{Kind: flows.EvSticker}, ""
	case "写真":
		return flows.Event{Kind: flows.EvMedia, Media: "image"}, ""
	case "友だち追加":
		s.state.Greeted = false
		return flows.Event{Kind: flows.EvFollow}, ""
	case "送信取消":
		return flows.Event{Kind: flows.EvUnsend, Ref: "m"}, ""
	case "相談員":
		return s.deskEvent(word)
	}
	return flows.Event{}, s.pass(word)
}

// deskEvent is what a coordinator called すずらん does.
func (s *stage) deskEvent(word string) (flows.Event, string) {
	acts := map[string]flows.DeskDo{"来る": flows.DeskClaimed, "返事": flows.DeskAnswered, "席をはなれる": flows.DeskReturned,
		"機械にもどす": flows.DeskHandBack, "終える": flows.DeskClosed, "知らせを見た": flows.DeskAlarmed,
		"代わる": flows.DeskPassed, "前の人にもどる": flows.DeskKept, "お休みする": flows.DeskPaused, "つづける": flows.DeskResumed}
	do, ok := acts[word]
	if !ok {
		return flows.Event{}, fmt.Sprintf("相談員がすることは「%s」ではなく、来る・返事・席をはなれる・機械にもどす・終える・知らせを見た・代わる・前の人にもどる・お休みする・つづける です。", word)
	}
	act := flows.DeskAct{Do: do, Case: s.state.Case, Staff: "すずらん", Words: do == flows.DeskAnswered}
	if do == flows.DeskPassed {
		act.Staff, act.From, act.Why, act.Pass = "れんげ", s.state.Staff, flows.PassedKnows, s.state.Pass+1
	}
	if do == flows.DeskClaimed || do == flows.DeskAnswered || do == flows.DeskPaused {
		act.Until = s.now.Add(24 * time.Hour)
	}
	return flows.Event{Kind: flows.EvDesk, Desk: act}, ""
}

// pass turns the clock, and lets the timers that fall due on the way go off.
func (s *stage) pass(word string) string {
	unit := map[string]time.Duration{"日": 24 * time.Hour, "時間": time.Hour, "分": time.Minute}
	for name, d := range unit {
		n, ok := number(strings.TrimSuffix(word, name))
		if !ok || !strings.HasSuffix(word, name) {
			continue
		}
		to := s.now.Add(time.Duration(n) * d)
		for {
			next := -1
			for i, t := range s.timers {
				if !t.At.After(to) && (next < 0 || t.At.Before(s.timers[next].At)) {
					next = i
				}
			}
			if next < 0 {
				break
			}
			t := s.timers[next]
			s.timers = append(s.timers[:next:next], s.timers[next+1:]...)
			s.now = maxTime(s.now, t.At)
			s.step(flows.Event{Kind: flows.EvTimer, Timer: t})
		}
		s.now = to
		return ""
	}
	return fmt.Sprintf("「時がたつ」は 14日・3時間・20分 のように書きます(いま「%s」)。", word)
}

func maxTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (s *stage) view() flows.View {
	open, next := s.b.House.OpenAt(s.now)
	switch s.talk.Staff {
	case "いる":
		open = true
	case "不在":
		if open { // closed today although the hours say open: the next opening is tomorrow's
			_, next = s.b.House.OpenAt(next)
		}
		open = false
	}
	return flows.View{Now: s.now, Open: open, NextOpen: next, Night: s.b.House.Night, Friend: true, Records: s.b.House.Records}
}

// step takes one turn, and what the desk does by itself because of it.
func (s *stage) step(e flows.Event) {
	s.events++
	e.ID, e.At = "e"+strconv.Itoa(s.events), s.now
	state, effects, _ := flows.Step(s.b, s.view(), s.state, e)
	s.state = state
	s.last = append(s.last, effects...)
	for i := range effects {
		s.note(&effects[i])
	}
	for i := range effects {
		if effects[i].Kind == flows.EfDesk && effects[i].Desk.Do == flows.NoteOpen {
			s.cases++
			s.step(flows.Event{Kind: flows.EvDesk, Desk: flows.DeskAct{Do: flows.DeskOpened, Case: flows.CaseID("c" + strconv.Itoa(s.cases))}})
		}
	}
}

// note remembers what stands on the screen and in the calendar.
func (s *stage) note(e *flows.Effect) {
	for _, list := range [][]flows.Button{e.Choices, e.Exits} {
		for _, b := range list {
			if b.Data != "" {
				s.buttons[b.Label] = b.Data
			}
		}
	}
	switch e.Kind {
	case flows.EfTimer:
		s.timers = append(s.timers, e.Timer)
	case flows.EfCancel:
		var left []flows.Timer
		for _, t := range s.timers {
			if e.Timer.Key != "*" && t.Key != e.Timer.Key {
				left = append(left, t)
			}
		}
		s.timers = left
	}
}
