package flows

import (
	"slices"
	"strings"
	"time"
)

// What belongs to a visit after it, and to a question before it.
const (
	ExAfter    Exit      = "after" // 行ったあと、聞いて; Arg: the post, "@" and its day
	ExFelt     Exit      = "felt"  // どうでしたか; Arg: one of [Felts], a dot and the post
	AskFelt    Question  = "felt"  // how was it, of State.About
	TimerVisit TimerKind = "visit" // a visit that the person agreed to be asked about should be over
	BoardFelt  BoardDo   = "felt"  // counts one answer
	EvReply    EventKind = "reply" // a group has answered this person's question
)

const (
	maxAfter   = 3                  // visits that somebody may be asked about
	askedAt    = 10                 // o'clock, on the day after
	unsaidStay = 7 * 24 * time.Hour // where no day is known
)

// after is the consent to one question about this visit.
func (t *turn) after(p *Post) {
	if slices.IndexFunc(t.s.After, func(k Kept) bool { return k.ID == p.ID }) < 0 {
		after := slices.Clone(t.s.After)
		if len(after) >= maxAfter {
			t.add(EfCancel, "").Timer.Key = visitKey(after[0].ID)
			after = after[1:]
		}
		t.s.After = append(after, Kept{ID: p.ID, Day: p.Day})
		at := p.At
		if at.IsZero() {
			at = t.v.Now.Add(unsaidStay)
		}
		y, m, d := at.In(t.local().Location()).Date()
		at = time.Date(y, m, d+1, askedAt, 0, 0, 0, t.local().Location())
		t.add(EfTimer, "").Timer = Timer{Kind: TimerVisit, At: at, Key: visitKey(p.ID), Post: PostNews{ID: p.ID, Day: p.Day}}
	}
	t.s.Stopped = false // asked for anew, so it also lifts an earlier stop
	t.because("visit.agreed")
	t.say("visit.agreed", ExKept, ExMenu)
}

func visitKey(id PostID) string { return "visit:" + string(id) }

// visitOver asks, once, how it was: only who agreed, never after a stop, by day, not
// beside a human, not about what did not take place, and not where whoever else
// looks at this phone might learn that somebody went out.
func (t *turn) visitOver() {
	n := t.e.Timer.Post
	i := slices.IndexFunc(t.s.After, func(k Kept) bool { return k.ID == n.ID })
	if i < 0 || t.s.Stopped || t.s.Blocked {
		t.because("visit.unasked")
		return
	}
	if at, wait := t.laterHour(dayBegins, t.s.Mode != ModeBot); wait {
		t.because("visit.not_yet")
		t.add(EfTimer, "").Timer = Timer{Kind: TimerVisit, At: at, Key: visitKey(n.ID), Post: n}
		return
	}
	t.s.After = slices.Delete(slices.Clone(t.s.After), i, i+1)
	if len(t.s.After) == 0 {
		t.s.After = nil
	}
	p := t.post(About(n.ID, n.Day))
	if p == nil || p.Standing == PostGone || p.Standing == PostCancelled || t.s.Urgent == Violence {
		t.because("visit.off")
		return
	}
	t.because("nudge")
	t.s.Ask, t.s.About = AskFelt, About(n.ID, n.Day)
	t.speak(EfNudge, "visit.ask", ExStop).Choices = Offered(t.b, t.s)
}

// feltTaps are the answers, on which nobody waits.
func feltTaps(about string) []Tap {
	taps := make([]Tap, len(Felts))
	for i, felt := range Felts {
		taps[i] = Tap{Exit: ExFelt, Arg: felt + "." + about}
	}
	return taps
}

// felt counts one answer. Who gave it is told nobody.
func (t *turn) felt(arg string) {
	if AboutTalk(Tap{Exit: ExFelt, Arg: arg}) {
		t.talked(arg)
		return
	}
	felt, about, _ := strings.Cut(arg, ".")
	id, _ := AboutOf(about)
	t.say("visit.thanks", ExMenu)
	if slices.Contains(Felts[:], felt) && id != "" {
		t.because("visit.felt")
		t.add(EfBoard, "").Board = BoardNote{Do: BoardFelt, Post: id, Felt: felt}
	}
}

// askNothing withdraws what was agreed about visits.
func (t *turn) askNothing() {
	for _, k := range t.s.After {
		t.add(EfCancel, "").Timer.Key = visitKey(k.ID)
	}
	t.s.After = nil
}

// groupReply brings a group's own words to who asked for them. While a human has the
// talk they wait and come again, so that nobody talks over anybody; after a stop they
// go no further.
func (t *turn) groupReply() {
	switch {
	case t.s.Stopped || t.s.Blocked || t.s.Muted:
		t.because("reply.stopped")
	case t.s.Mode == ModeHuman:
		t.because("reply.human")
		t.add(EfBoard, "").Board = BoardNote{Do: BoardAgain, Event: t.e.ID}
	default:
		e := t.speak(EfHuman, "post.answer", ExMenu)
		e.Bubbles = append(e.Bubbles[:min(len(e.Bubbles), maxBubbles-1)], Bubble{Words: true})
	}
}
