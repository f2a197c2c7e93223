package prove

import "engawa/flows"

// What stands in class.talked: what decides whether a talk is asked about when it ends,
// and whether an answer counts.
const (
	talkedSpoke byte = 1 << iota // a human's words went out
	talkedGrave                  // in danger, or looked over
	talkedSame                   // this very talk was asked about before
	talkedWaits                  // an answer would be counted
)

// talkOf sorts a state by what is asked about a talk.
func talkOf(s *flows.State) class {
	k := class{facet: talks, mode: s.Mode, known: s.Case != "", stopped: s.Stopped, muted: s.Muted, blocked: s.Blocked}
	if s.Spoke {
		k.talked |= talkedSpoke
	}
	if s.Spoke && (s.Level == flows.Clear || s.Urgent == flows.Life || s.Urgent == flows.Violence) {
		k.talked |= talkedGrave
	}
	if s.Talk != nil && s.Talk.Case == s.Case {
		k.talked |= talkedSame
	}
	if s.Talk != nil && !s.Talk.Done {
		k.talked |= talkedWaits
	}
	return k
}

// onTalk says whether a deed is one that talkOf decides about: the end of the talk, or
// an answer while no human has it.
func onTalk(d *deed, s *flows.State) bool {
	if d.e.Kind == flows.EvTap {
		return flows.AboutTalk(d.e.Tap) && d.e.Tap.Arg != "talk-more" && s.Mode != flows.ModeHuman
	}
	do := d.e.Desk.Do
	return d.e.Kind == flows.EvDesk && (do == flows.DeskClosed || do == flows.DeskHandBack)
}

// felts are the answers to how a talk was, from a button of now or of before.
func (l *deedList) felts() {
	for _, felt := range flows.TalkFelts {
		d := l.tap(flows.Tap{Exit: flows.ExFelt, Arg: felt})
		d.when = "前のボタンで"
		l.add(d)
	}
}

// talked: P8. How a talk was is asked once, in the line that its closing causes anyway,
// of nobody who stopped, is in danger or never read a human's word; and an answer
// reaches no case.
func (w *watcher) talked(t *turn) {
	if flows.AboutTalk(t.d.e.Tap) && t.d.e.Kind == flows.EvTap {
		w.checked["P8"]++
		if note(t, flows.NoteWords) != nil {
			w.broken(t, "P8", "line/talked.ask", "話がどうだったかの答えが、相談員に伝わります。", "")
		}
		return
	}
	if t.s.Ask != flows.AskTalked || t.was.Ask == flows.AskTalked {
		return
	}
	w.checked["P8"]++
	did := t.d.e.Desk.Do
	switch said := count(t, flows.EfHuman) + count(t, flows.EfAnswer) + count(t, flows.EfNudge); {
	case t.d.e.Kind != flows.EvDesk || did != flows.DeskClosed && did != flows.DeskHandBack || said != 1:
		w.broken(t, "P8", "line/talked.ask", "話がどうだったかを、話の終わりのことば以外で聞きます。", "")
	case !t.was.Spoke, t.was.Stopped, t.was.Blocked, t.was.Muted:
		w.broken(t, "P8", "line/talked.ask", "人が書いていない話、または送らないでと言った人に、どうだったかを聞きます。", "")
	case t.was.Level == flows.Clear, t.was.Urgent == flows.Violence:
		w.broken(t, "P8", "line/talked.ask", "危ないことのあった話に、どうだったかを聞きます。", "")
	case t.was.Talk != nil && t.was.Talk.Case == t.was.Case:
		w.broken(t, "P8", "line/talked.ask", "同じ話に、もう一度どうだったかを聞きます。", "")
	}
}
