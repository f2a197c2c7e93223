package flows

// route finds out what a text wants when it was no way out, no answer and no
// choice: the scene may ask for it, an entrance may be meant, it may be small talk.
func (t *turn) route() {
	sc := t.b.Scenes[t.s.Scene]
	if sc != nil && sc.Write == WriteHuman {
		t.humanReads(sc)
		return
	}
	t.greet = true
	switch {
	case t.searched(sc):
	case t.enterSure():
	case t.read.Harsh:
		t.calmly()
	case len(t.read.Topics) == 0 && t.resume():
	case t.read.Talk, t.chatting(sc):
		t.smallTalk()
	default:
		t.clarify()
	}
}

// enterSure takes the entrance that a text names without doubt. Named again from
// its own first scene it would only repeat itself; then it is taken in instead.
func (t *turn) enterSure() bool {
	if !t.read.Sure || len(t.read.Topics) == 0 {
		return false
	}
	f := t.b.Flows[t.read.Topics[0].Flow]
	if f == nil || t.b.Scenes[f.Start] == nil || f.Start == t.s.Scene {
		return false
	}
	t.because("route." + string(f.ID))
	t.s.Tried, t.s.Candidates = 0, nil
	t.go2(f.Start)
	return true
}

// searched answers words that look for a place to be: where the scene asks for them,
// or where they name that entrance. Another entrance that they name surely goes first.
func (t *turn) searched(sc *Scene) bool {
	asked := sc != nil && sc.Write == WriteSearch
	topic := ""
	if len(t.read.Topics) > 0 {
		topic = t.read.Topics[0].Topic
	}
	switch {
	case t.read.Sure && topic != PlaceTopic, !asked && topic != PlaceTopic, len(t.v.Posts) == 0 && !asked:
		return false
	case t.v.Nearest && !asked: // the entrance has more to offer than what is only near
		return false
	}
	t.s.Tried, t.s.Candidates = 0, nil
	if !asked && t.read.Sure {
		if f := t.b.Flows[t.read.Topics[0].Flow]; f != nil && t.b.Scenes[f.Start] != nil && f.Start != t.s.Scene {
			t.leaveScene("")
			t.s.Scene = f.Start
		}
	}
	t.find()
	if asked && sc.Next != "" && len(t.v.Posts) > 0 {
		t.go2(sc.Next)
	}
	return true
}

// PlaceTopic is the topic under which places to be are looked for.
const PlaceTopic = "place"

// resume asks somebody who comes back after a day where they want to go on.
func (t *turn) resume() bool {
	if t.away() < visitGap || t.s.Scene == "" {
		return false
	}
	t.because("resume.ask")
	t.s.Ask = AskResume
	t.say("resume.lead").Choices = Offered(t.b, t.s)
	return true
}

// chatting says that the person is in small talk, where a cat is a cat and no
// reason to ask which entrance was meant.
func (t *turn) chatting(sc *Scene) bool {
	if sc == nil {
		return false
	}
	f := t.b.Flows[sc.Flow]
	return f != nil && f.Topic == "smalltalk"
}

// calmly takes words that are hard to hear as what they mostly are: somebody at
// the end of their strength. One warm line, a person within reach, the place kept.
func (t *turn) calmly() {
	t.because("harsh")
	t.back2place(t.say("harsh", ExMenu))
}

// smallTalk answers warmly and in turn, and leaves the place as it is.
func (t *turn) smallTalk() {
	t.because("talk")
	t.s.Tried = 0
	e := t.say("talk", ExMenu)
	t.back2place(e)
	for _, s := range t.read.Topics { // what was half said stays within reach, without a question
		if f := t.b.Flows[s.Flow]; f != nil && s.Score >= halfSaid && t.b.Scenes[f.Start] != nil && f.Start != t.s.Scene {
			e.chip(t.button(Tap{Exit: ExMenu, Arg: string(f.Start)}))
			return
		}
	}
}

// halfSaid is the score from which small talk shows the way to an entrance.
const halfSaid = 400

// clarify asks back, a step kinder each time and never with the same sentence
// twice: what it may have been, then the menu, then a human. State.Tried is the step.
func (t *turn) clarify() {
	s := &t.s
	if found := t.candidates(); len(found) > 0 && t.ask != AskClarify {
		t.because("clarify.candidates")
		s.Ask, s.Candidates, s.Tried = AskClarify, found, max(s.Tried, 1)
		t.say("clarify.lead").Choices = Offered(t.b, t.s)
		return
	}
	step := max(s.Tried, 1)
	s.Tried = min(step+1, 99)
	switch step % 3 {
	case 1:
		line := "clarify.again"
		if t.meansHere() {
			line = "clarify.here"
		}
		t.because(line)
		e := t.say(line, ExMenu)
		if sc := t.b.Scenes[s.Scene]; sc != nil && len(sc.Choices) > 0 {
			e.Choices = Offered(t.b, t.s) // they are in the midst of something: its own choices are nearest
		} else {
			e.Choices = t.menuButtons()
		}
	case 2:
		t.offerHuman()
	default:
		t.because("clarify.none")
		t.say("none.lead").Choices = t.menuButtons()
	}
}

// offerHuman asks whether a human shall read it.
func (t *turn) offerHuman() {
	t.because("clarify.human")
	t.s.Ask = AskHuman
	t.say("clarify.human", ExMenu).Choices = Offered(t.b, t.s)
}

// noneOfThese is どれも違う: the other entrances, and a human if those were none either.
func (t *turn) noneOfThese() {
	if t.s.Tried == 2 {
		t.s.Tried = 3
		t.offerHuman()
		return
	}
	t.s.Tried = 2
	t.because("clarify.none")
	t.say("none.lead").Choices = t.menuButtons()
}

// meansHere says that the entrance a text names first is the one they are in: then
// nothing was misunderstood, and another entrance would only lead them away.
func (t *turn) meansHere() bool {
	sc := t.b.Scenes[t.s.Scene]
	return sc != nil && len(t.read.Topics) > 0 && t.read.Topics[0].Flow == sc.Flow
}

// candidates are up to three entrances that the text may have meant.
func (t *turn) candidates() []FlowID {
	var out []FlowID
	if t.meansHere() {
		return nil
	}
	for _, s := range t.read.Topics {
		f := t.b.Flows[s.Flow]
		if f == nil || t.b.Scenes[f.Start] == nil || f.Start == t.s.Scene || len(out) == 3 {
			continue
		}
		known := false
		for _, id := range out {
			known = known || id == s.Flow
		}
		if !known {
			out = append(out, s.Flow)
		}
	}
	return out
}
